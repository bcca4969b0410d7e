// A family as the service tells of it: for pictures and tests. The day is 24 November 2026, 18:40 in Vietnam.

import type { Backend } from "../src/backend";
import type { Push, Trouble } from "../src/generated/app";
import type {
  Answer,
  AppView,
  CategoryView,
  ChangeView,
  ChildView,
  DisputeView,
  IntervalView,
  NewRule,
  OriginView,
  PresetView,
  Question,
  ReasonView,
  ReplayDayView,
  RequestView,
  RuleView,
  ServiceInfo,
  SettingsView,
  StandingView,
  TargetView,
  UsageSum,
} from "../src/generated/protocol";

export const NOW = "2026-11-24T11:40:00Z";
const ZONE = "Asia/Ho_Chi_Minh";

const enforcement: NonNullable<ChildView["enforcement"]> = {
  warn_at: [900, 300, 60],
  strict_counting: false,
  strict_programs: false,
  save_thaws: 2,
  save_thaw: 60,
  hold_for: null,
  close_grace: 10,
};

const an: ChildView = { id: 1, name: "Nguyễn Hoài An", birth_year: 2015, accounts: ["an"], enforcement };
const binh: ChildView = { id: 2, name: "Bình", birth_year: 2019, accounts: ["binh"], enforcement };

function app(
  id: string,
  name: string,
  category: CategoryView,
  rating: number | null,
  more: Partial<AppView> = {},
): AppView {
  const rated = more.basis ?? "read";
  return {
    id,
    name,
    category,
    rating,
    basis: "read",
    rating_basis: rating === null ? "guess" : rated,
    perhaps: null,
    source: "desktop",
    last_seen: NOW,
    ...more,
  };
}

const minecraft = app("minecraft", "Minecraft", "game", 12);
const supertux = app("supertux2", "SuperTux", "game", 0);
const gcompris = app("gcompris", "GCompris", "learning", 0);
const firefox = app("firefox", "Firefox", "browser", null);

/** What runs as it is found, before anybody sorts it. */
const unknown = { basis: "guess", source: "path" } as const;

const programs: AppView[] = [
  minecraft,
  app("path:/home/an/Tải về/ToLauncher", "ToLauncher", "other", null, {
    ...unknown,
    perhaps: { name: "Roblox", category: "game" },
    last_seen: "2026-11-24T11:02:00Z",
  }),
  app("path:/home/an/.local/bin/sober", "Sober", "other", null, {
    ...unknown,
    last_seen: "2026-11-23T12:10:00Z",
  }),
  app("desktop:nhacviet", "Nhạc Việt", "other", null, {
    basis: "guess",
    last_seen: "2026-11-21T09:30:00Z",
  }),
  firefox,
  supertux,
  gcompris,
  app("flatpak:org.videolan.VLC", "VLC", "video", null, { source: "flatpak" }),
  app("steam:413150", "Stardew Valley", "game", 12, {
    source: "steam",
    basis: "known",
    last_seen: "2026-11-22T13:00:00Z",
  }),
  app("steam:730", "Counter-Strike 2", "game", 18, { source: "steam", basis: "known", last_seen: null }),
  app("snap:krita", "Krita", "creative", null, { source: "snap", last_seen: "2026-11-15T08:00:00Z" }),
  app("desktop:zalo", "Zalo", "social", null, { basis: "guardian", last_seen: "2026-11-20T13:12:00Z" }),
  app("desktop:hoctoan", "Học toán lớp 5", "learning", 0, { basis: "guardian", last_seen: null }),
  app("heroic:rocket", "Rocket League", "game", 0, { source: "heroic", last_seen: null }),
  app("desktop:settings", "Cài đặt", "system", null, { last_seen: null }),
];

/** Two hundred, with names as long as they come. */
const manyPrograms: AppView[] = Array.from({ length: 200 }, (_, index) =>
  app(
    `desktop:many-${index}`,
    index % 20 === 0
      ? `Chương trình có cái tên thật là dài để thử xem có vừa hay không ${index}`
      : `Program ${index}`,
    (["game", "learning", "video", "creative", "system"] as const)[index % 5] ?? "other",
    [null, 0, 12, 16, 18][index % 5] ?? null,
    { basis: index % 7 === 0 ? "guardian" : "known", last_seen: index % 3 === 0 ? NOW : null },
  ),
);

const screen: TargetView = { on: "screen" };
const games: TargetView = { on: "category", category: "game" };
const guardian: OriginView = { by: "guardian" };
const decree: OriginView = {
  by: "preset",
  preset: "vn-147",
  citation: "Decree 147/2024/NĐ-CP, Article 39.1(e)",
  since: "2024-12-25",
};

const reason: ReasonView = {
  rule: 2,
  origin: decree,
  cause: { cause: "allowance-spent", target: games, amount: 3600, weekly: false },
  until: "2026-11-24T17:00:00Z",
  helps: ["ask-for-time", "wait"],
};
const bedtime: ReasonView = {
  rule: 3,
  origin: guardian,
  cause: { cause: "outside-hours", target: screen },
  until: "2026-11-25T09:00:00Z",
  helps: ["wait", "ask-for-time"],
};

function week(amounts: (number | null)[]): NewRule {
  return { rule: "allowance", target: screen, period: { per: "day", seconds: amounts as never } };
}

export const rules: RuleView[] = [
  { id: 1, origin: guardian, rule: week([5400, 5400, 5400, 5400, 5400, 9000, 9000]) },
  {
    id: 2,
    origin: decree,
    rule: {
      rule: "allowance",
      target: games,
      period: { per: "day", seconds: [3600, 3600, 3600, 3600, 3600, 3600, 3600] },
    },
  },
  {
    id: 3,
    origin: guardian,
    rule: {
      rule: "schedule",
      target: screen,
      slots: [0, 1, 2, 3, 4, 5, 6].map((day) =>
        day < 5
          ? [{ from: "16:00:00", until: "20:30:00", free: false }]
          : [
              { from: "08:00:00", until: "11:30:00", free: false },
              { from: "13:00:00", until: "14:00:00", free: true },
              { from: "14:30:00", until: "21:00:00", free: false },
            ],
      ) as never,
    },
  },
  { id: 4, origin: guardian, rule: { rule: "break", target: screen, at_most: 2700, rest: 600 } },
  { id: 5, origin: decree, rule: { rule: "rating-ceiling", age: 12 } },
  {
    id: 6,
    origin: guardian,
    rule: { rule: "exemption", target: { on: "category", category: "learning" } },
  },
  { id: 7, origin: decree, rule: { rule: "health-text", target: games, every: 1800 } },
];

const [dailyTime, dailyGames, hours, rest, ...others] = rules;
const before = (rule: RuleView | undefined, was: NewRule): RuleView => ({ ...(rule as RuleView), rule: was });
const gentler = before(dailyTime, week([7200, 7200, 7200, 7200, 7200, 10_800, 10_800]));
const longer = before(rest, { rule: "break", target: screen, at_most: 3600, rest: 300 });
const blocked: RuleView = {
  id: 8,
  origin: guardian,
  rule: { rule: "block", target: { on: "category", category: "social" } },
};
const kept = [dailyGames, hours, ...others] as RuleView[];

/** The changes, newest first: each ends where the next one begins. */
const history: ChangeView[] = [
  { revision: 12, at: NOW, by: "guardian", before: [gentler, ...kept, rest as RuleView], after: rules },
  {
    revision: 11,
    at: "2026-11-23T13:05:00Z",
    by: "guardian",
    before: [gentler, ...kept, longer, blocked],
    after: [gentler, ...kept, rest as RuleView],
  },
  {
    revision: 9,
    at: "2026-11-15T02:10:00Z",
    by: "administrator",
    before: [gentler, ...kept, longer],
    after: [gentler, ...kept, longer, blocked],
  },
  { revision: 4, at: "2026-11-01T02:00:00Z", by: "guardian", before: [], after: [gentler, ...kept, longer] },
];

const request: RequestView = {
  id: 9,
  child: 1,
  name: an.name,
  target: { on: "app", app: "minecraft", name: "Minecraft" },
  seconds: 1800,
  words: "Con xây gần xong ngôi nhà rồi, cho con xây nốt với ạ",
  at: "2026-11-24T11:38:00Z",
  state: { state: "open" },
};

function anStanding(): StandingView {
  return {
    child: an,
    screen: { verdict: "allowed", until: "2026-11-24T12:22:00Z", reason: { ...bedtime } },
    used_today: 2880,
    budgets: [
      { rule: 1, target: screen, weekly: false, amount: 5400, used: 2880, left: 2520, counting: true },
      { rule: 2, target: games, weekly: false, amount: 3600, used: 3000, left: 600, counting: true },
    ],
    running: [
      { app: minecraft, verdict: { verdict: "warned", until: "2026-11-24T11:50:00Z", reason }, in_use: true },
      { app: firefox, verdict: { verdict: "allowed", until: null, reason: null }, in_use: false },
    ],
    grants: [],
    requests: [request],
    companion: true,
  };
}

function binhStanding(): StandingView {
  return {
    child: binh,
    screen: { verdict: "denied", reason: bedtime },
    used_today: 3600,
    budgets: [
      { rule: 11, target: screen, weekly: false, amount: 3600, used: 3600, left: 0, counting: false },
    ],
    running: [],
    grants: [
      {
        id: 4,
        child: 2,
        target: { on: "app", app: "gcompris", name: "GCompris" },
        amount: 900,
        left: 540,
        until: "2026-11-24T17:00:00Z",
      },
    ],
    requests: [],
    companion: true,
  };
}

const presets: PresetView[] = [
  {
    id: "vn-147",
    ages: [0, 17],
    citation: "Decree 147/2024/NĐ-CP, Article 39.1(e) and (g)",
    since: "2024-12-25",
    rules: [
      {
        rule: "allowance",
        target: { on: "each", category: "game" },
        period: { per: "day", seconds: [3600, 3600, 3600, 3600, 3600, 3600, 3600] },
      },
      {
        rule: "allowance",
        target: games,
        period: { per: "day", seconds: [10_800, 10_800, 10_800, 10_800, 10_800, 10_800, 10_800] },
      },
      { rule: "health-text", target: games, every: 1800 },
    ],
  },
  {
    id: "gentle-9-12",
    ages: [9, 12],
    citation: "WHO guidelines on physical activity and sedentary behaviour (2020)",
    since: "2020-11-25",
    rules: [
      week([5400, 5400, 5400, 5400, 5400, 7200, 7200]),
      {
        rule: "allowance",
        target: games,
        period: { per: "day", seconds: [3600, 3600, 3600, 3600, 3600, 3600, 3600] },
      },
      { rule: "break", target: screen, at_most: 2700, rest: 600 },
      { rule: "rating-ceiling", age: 12 },
      { rule: "exemption", target: { on: "category", category: "learning" } },
    ],
  },
];

/** Four weeks of play, some days of which would have ended earlier with an hour of games. */
function replayed(): ReplayDayView[] {
  const start = Date.parse("2026-10-27T00:00:00Z");
  return Array.from({ length: 28 }, (_, index) => {
    const day = new Date(start + index * 86_400_000).toISOString().slice(0, 10);
    const used = index % 9 === 4 ? 0 : 2400 + ((index * 1300) % 5200);
    const kept = Math.min(used, 5400);
    const lost = used - kept;
    const last = Date.parse(`${day}T12:50:00Z`);
    const iso = (at: number) => new Date(at).toISOString();
    return {
      day,
      used,
      kept,
      charged: used,
      would_charge: kept,
      last_used: used === 0 ? null : iso(last),
      last_kept: used === 0 ? null : iso(last - lost * 1000),
      stops:
        lost === 0
          ? []
          : [
              {
                at: iso(last - lost * 1000),
                target: { on: "app", app: "minecraft", name: "Minecraft" },
                reason: {
                  ...bedtime,
                  cause: { cause: "allowance-spent", target: screen, amount: 5400, weekly: false },
                },
                refused: lost,
              },
            ],
      left: [],
    };
  });
}

/** What was used on each day of two months: games, video, learning, browser. */
const USES: Record<string, [number, number, number, number]> = {
  "2026-11-16": [3600, 1800, 900, 600],
  "2026-11-17": [3300, 2400, 1200, 300],
  "2026-11-18": [3000, 1500, 1800, 600],
  "2026-11-19": [3600, 2400, 0, 900],
  "2026-11-20": [3600, 2700, 600, 300],
  "2026-11-21": [5400, 3600, 1800, 900],
  "2026-11-22": [4800, 3000, 2400, 600],
  "2026-11-23": [2700, 1200, 1500, 600],
  "2026-11-24": [3000, 0, 900, 300],
};
for (let day = 1; day <= 46; day += 1) {
  const date = new Date(Date.UTC(2026, 8, 30 + day)).toISOString().slice(0, 10);
  const weekend = day % 7 === 3 || day % 7 === 4;
  USES[date] ??=
    day % 11 === 5 ? [0, 0, 0, 0] : [1500 + ((day * 700) % 2400), weekend ? 3600 : 1200, 900, 300];
}

function sums(): UsageSum[] {
  return Object.entries(USES).flatMap(([day, [game, video, learning, browser]]) => {
    const sum = (target: TargetView, used: number): UsageSum => ({
      day,
      target,
      used,
      charged: used,
      granted: 0,
    });
    return [
      sum(screen, game + video + learning + browser),
      sum(games, game),
      sum({ on: "category", category: "video" }, video),
      sum({ on: "category", category: "learning" }, learning),
      sum({ on: "category", category: "browser" }, browser),
      sum({ on: "app", app: "minecraft", name: "Minecraft" }, Math.round(game * 0.7)),
      sum({ on: "app", app: "supertux2", name: "SuperTux" }, Math.round(game * 0.3)),
      sum({ on: "app", app: "vlc", name: "VLC" }, video),
      sum({ on: "app", app: "gcompris", name: "GCompris" }, learning),
      sum({ on: "app", app: "firefox", name: "Firefox" }, browser),
    ].filter((one) => one.used > 0);
  });
}

function interval(
  name: string,
  id: string,
  from: string,
  until: string,
  cost: IntervalView["cost"],
): IntervalView {
  const span = (Date.parse(`2026-11-24T${until}:00Z`) - Date.parse(`2026-11-24T${from}:00Z`)) / 1000;
  return {
    target: { on: "app", app: id, name },
    app: id,
    from: `2026-11-24T${from}:00Z`,
    until: `2026-11-24T${until}:00Z`,
    used: span,
    cost,
    basis: "in-front",
  };
}

const intervals: IntervalView[] = [
  interval("GCompris", "gcompris", "09:05", "09:20", { cost: "free", rule: 6 }),
  interval("Firefox", "firefox", "09:22", "09:27", { cost: "charged" }),
  interval("Minecraft", "minecraft", "09:40", "10:10", { cost: "charged" }),
  interval("Minecraft", "minecraft", "11:25", "11:40", { cost: "grant", grant: 3 }),
  interval("SuperTux", "supertux2", "10:20", "10:35", { cost: "charged" }),
];

const dispute: DisputeView = {
  id: 3,
  child: 1,
  name: an.name,
  target: { on: "app", app: "minecraft", name: "Minecraft" },
  from: "2026-11-24T09:55:00Z",
  until: "2026-11-24T10:10:00Z",
  words: "Lúc đó con đi ăn cơm, con quên tắt ạ",
  at: "2026-11-24T11:30:00Z",
  back: [
    { target: { on: "app", app: "minecraft", name: "Minecraft" }, seconds: 900 },
    { target: screen, seconds: 900 },
  ],
  evidence: intervals.slice(2, 3),
  state: { state: "open" },
};

export interface Scene {
  info: Partial<ServiceInfo>;
  language: "en" | "vi";
  children?: number;
  trouble?: Trouble;
  /** Nothing ever answers. */
  silent?: boolean;
  /** The child's game is frozen. */
  held?: boolean;
  /** Nothing was ever set or used. */
  bare?: boolean;
  /** Two hundred programs. */
  many?: boolean;
}

export function recorded(
  scene: Scene,
): Backend & { asked: Question[]; saved: { name: string; text: string }[]; push: (push: Push) => void } {
  const asked: Question[] = [];
  let settings: SettingsView = {
    zone: ZONE,
    week_start: "mon",
    retention_days: 365,
    totals_only: false,
    help_lines: ["111", "02623.951.567"],
    idle_after: 120,
  };
  let disputes: DisputeView[] = [dispute];
  const saved: { name: string; text: string }[] = [];
  let apps = scene.bare ? [] : scene.many ? manyPrograms : programs;
  let hear: (push: Push) => void = () => {};
  const info: ServiceInfo = {
    version: "0.1.0",
    mode: "root",
    set_up: true,
    role: { role: "guardian" },
    troubles: [],
    ...scene.info,
  };
  const standings = (): StandingView[] => {
    const all = [anStanding(), binhStanding()].slice(0, scene.children ?? 2);
    const [first] = all;
    if (scene.held && first) {
      first.budgets[1] = { ...first.budgets[1], used: 3600, left: 0, counting: false } as never;
      first.running = [
        {
          app: minecraft,
          verdict: { verdict: "held", reason, closes_at: "2026-11-24T17:00:00Z" },
          in_use: false,
        },
      ];
    }
    return all;
  };
  const answer = (question: Question): Answer => {
    switch (question.ask) {
      case "info":
        return { answer: "info", with: info };
      case "status":
        return {
          answer: "status",
          with: {
            now: NOW,
            zone: ZONE,
            children: info.role.role === "child" ? standings().slice(0, 1) : standings(),
            help_lines: ["111", "02623.951.567"],
          },
        };
      case "children":
        return { answer: "children", with: standings().map((one) => one.child) };
      case "accounts":
        return {
          answer: "accounts",
          with: [
            {
              name: "lan",
              id: "1000",
              full_name: "Trần Thị Lan",
              administrator: true,
              no_password: false,
              child: null,
            },
            {
              name: "an",
              id: "1001",
              full_name: "Nguyễn Hoài An",
              administrator: false,
              no_password: false,
              child: null,
            },
            {
              name: "khach",
              id: "1002",
              full_name: "",
              administrator: false,
              no_password: true,
              child: null,
            },
          ],
        };
      case "presets":
        return { answer: "presets", with: presets };
      case "set-secret":
        return { answer: "recovery-code", with: "7K2M-Q9XD-4HTR-BW3P" };
      case "put-child":
        return { answer: "child", with: { ...an, ...question.child, id: 1 } };
      case "rules":
        return { answer: "rules", with: scene.bare ? [] : rules };
      case "put-rule":
        return { answer: "rule", with: { id: 20, origin: guardian, rule: question.rule } };
      case "history":
        return {
          answer: "history",
          with: scene.bare ? [] : history,
        };
      case "rollback":
        return { answer: "rules", with: rules };
      case "disputes":
        return { answer: "disputes", with: scene.bare ? [] : disputes };
      case "dispute":
        return { answer: "dispute", with: { ...dispute, target: question.target, words: question.words } };
      case "answer-dispute":
        disputes = [];
        return { answer: "dispute", with: dispute };
      case "replay":
        return { answer: "replay", with: { child: 1, zone: ZONE, days: scene.bare ? [] : replayed() } };
      case "requests":
        return { answer: "requests", with: scene.held ? [{ ...request, at: new Date().toISOString() }] : [] };
      case "ask-for-time":
        return {
          answer: "request",
          with: { ...request, target: question.target, seconds: question.seconds },
        };
      case "answer-request":
        return { answer: "request", with: request };
      case "grant":
        return {
          answer: "grant",
          with: {
            id: 5,
            child: question.child,
            target: question.target,
            amount: question.seconds,
            left: question.seconds,
            until: NOW,
          },
        };
      case "apps":
        return {
          answer: "apps",
          with: apps.filter((one) => !question.unsorted || one.basis === "guess"),
        };
      case "rescan-apps":
        return { answer: "apps", with: apps };
      case "put-app": {
        const was = apps.find((one) => one.id === question.app) ?? minecraft;
        const sorted = question.category !== null && question.category !== "none";
        const now: AppView = {
          ...was,
          category: sorted ? (question.category as CategoryView) : was.category,
          basis: sorted ? "guardian" : was.basis,
          rating:
            question.rating === null
              ? was.rating
              : question.rating === "none"
                ? null
                : Number(question.rating),
        };
        if (question.category === "none") {
          const as = programs.find((one) => one.id === question.app) ?? was;
          Object.assign(now, { category: as.category, basis: as.basis });
        }
        apps = apps.map((one) => (one.id === now.id ? now : one));
        return { answer: "app", with: now };
      }
      case "why-charged":
        return {
          answer: "usage",
          with: {
            child: 1,
            zone: ZONE,
            sums: [],
            intervals: [screen, games, { on: "app", app: "minecraft", name: "Minecraft" } as TargetView].map(
              (target) => ({ ...(intervals[2] as IntervalView), target }),
            ),
          },
        };
      case "usage":
        return {
          answer: "usage",
          with: {
            child: 1,
            zone: ZONE,
            sums: scene.bare
              ? []
              : sums().filter((one) => one.day >= question.from && one.day <= question.until),
            intervals: question.intervals ? intervals : [],
          },
        };
      case "doctor":
        return {
          answer: "doctor",
          with: {
            findings: [
              { severity: "broken", id: "child-is-administrator", child: "An", account: "an" },
              { severity: "advice", id: "spare-account", account: "khach" },
              { severity: "ok", id: "gate", missing: null },
              { severity: "ok", id: "cgroup-freeze", missing: null },
              { severity: "ok", id: "sessions", missing: null },
            ],
          },
        };
      case "audit":
        return {
          answer: "audit",
          with: [
            { seq: 42, at: NOW, kind: "rule-added", actor: "guardian", child: 1, detail: "rule 7 was added" },
            { seq: 41, at: NOW, kind: "wrong-secret", actor: "uid:1001", child: null, detail: "a wrong PIN" },
          ],
        };
      case "settings":
        return { answer: "settings", with: settings };
      case "put-settings": {
        const { ask: _, ...changed } = question;
        settings = changed;
        return { answer: "settings", with: settings };
      }
      case "verify-audit":
        return { answer: "audit-verified", with: { entries: 42, broken_at: null } };
      case "backups":
        return {
          answer: "backups",
          with: [
            { name: "2026-11-24.db", at: "2026-11-24T02:00:00Z", size: 184_320 },
            { name: "2026-11-23.db", at: "2026-11-23T02:00:00Z", size: 180_224 },
          ],
        };
      case "backup":
        return { answer: "backup", with: { name: "2026-11-24-2.db", at: NOW, size: 184_320 } };
      default:
        return { answer: "done" };
    }
  };
  return {
    asked,
    saved,
    push: (push) => hear(push),
    ask: (question) => {
      asked.push(question);
      return scene.silent ? new Promise<Answer>(() => {}) : Promise.resolve(answer(question));
    },
    environment: () =>
      Promise.resolve({ language: scene.language, version: "0.1.0", asks_administrator: false }),
    listen: (listener) => {
      hear = listener;
      listener(
        scene.trouble ? { push: "down", trouble: scene.trouble } : { push: "up", info, locked: false },
      );
      return Promise.resolve();
    },
    lock: () =>
      Promise.resolve(hear({ push: "up", info: { ...info, role: { role: "nobody" } }, locked: true })),
    save: (name, text) => {
      saved.push({ name, text });
      return Promise.resolve(`/home/lan/Tải về/${name}`);
    },
    touch: () => Promise.resolve(),
  };
}
