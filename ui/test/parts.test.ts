import { describe, expect, it } from "vitest";
import { rules } from "../screens/recorded";
import { countedFor, dayRows } from "../src/parts/day-line";
import { stage } from "../src/parts/ring";
import { cellPaints, painted, type Week } from "../src/parts/schedule";
import { strength } from "../src/parts/strength";
import { suiting } from "../src/screens/first-run";
import { dailyLimits, dayUses, scale, spanOf, weekStart } from "../src/screens/usage";

const CLOSED: Week = [[], [], [], [], [], [], []];

describe("the schedule", () => {
  it("becomes slots as it is painted, in any direction", () => {
    const week = painted(CLOSED, { day: 1, at: 40 }, { day: 0, at: 32 }, "open");
    const slot = { from: "16:00:00", until: "20:30:00", free: false };
    expect(week).toEqual([[slot], [slot], [], [], [], [], []]);
  });

  it("ends at 24:00 with the day", () => {
    const [day] = painted(CLOSED, { day: 0, at: 46 }, { day: 0, at: 47 }, "free");
    expect(day).toEqual([{ from: "23:00:00", until: null, free: true }]);
  });

  it("splits a slot that is closed in its middle and keeps what costs nothing", () => {
    const open = painted(CLOSED, { day: 2, at: 30 }, { day: 2, at: 41 }, "open");
    const free = painted(open, { day: 2, at: 40 }, { day: 2, at: 41 }, "free");
    const split = painted(free, { day: 2, at: 34 }, { day: 2, at: 35 }, "closed");
    expect(split[2]).toEqual([
      { from: "15:00:00", until: "17:00:00", free: false },
      { from: "18:00:00", until: "20:00:00", free: false },
      { from: "20:00:00", until: "21:00:00", free: true },
    ]);
    expect(cellPaints(split[2] ?? [])[34]).toBe("closed");
    expect(cellPaints(split[2] ?? [])[33]).toBe("open");
    expect(cellPaints(split[2] ?? [])[40]).toBe("free");
  });

  it("leaves a day that is not painted as it was, to the minute", () => {
    const exact = [{ from: "07:05:00", until: "08:10:00", free: false }];
    const week = painted([exact, [], [], [], [], [], []], { day: 1, at: 0 }, { day: 1, at: 0 }, "open");
    expect(week[0]).toBe(exact);
  });
});

describe("a secret", () => {
  it.each([
    ["", "short", false],
    ["482", "short", false],
    ["1234", "simple", false],
    ["7777", "simple", false],
    ["4827", "fair", true],
    ["482719", "good", true],
    ["con mèo", "short", false],
    ["aaaaaaab", "simple", false],
    ["con mèo nhỏ", "good", true],
    ["con mèo nhỏ leo cây cau", "strong", true],
  ])("%j is %s", (secret, level, acceptable) => {
    expect(strength(secret)).toEqual({ level, acceptable });
  });
});

describe("a preset", () => {
  const preset = (id: string, ages: [number, number]) => ({ id, ages, citation: "", since: "", rules: [] });
  it("is offered by age, the closest first", () => {
    const all = [preset("law", [0, 17]), preset("small", [6, 8]), preset("bigger", [9, 12])];
    expect(suiting(all, 10).map((one) => one.id)).toEqual(["bigger", "law"]);
    expect(suiting(all, 20)).toEqual([]);
  });
});

describe("usage", () => {
  const zone = "Asia/Ho_Chi_Minh";
  const sum = (day: string, target: object, used: number) =>
    ({ day, target, used, charged: used, granted: 0 }) as never;

  it("weeks start on Monday", () => {
    expect(weekStart(new Date("2026-11-24T00:00:00Z")).toISOString()).toContain("2026-11-23");
    expect(weekStart(new Date("2026-11-29T00:00:00Z")).toISOString()).toContain("2026-11-23");
  });

  it("puts days together from the sums", () => {
    const sums = [
      sum("2026-11-23", { on: "screen" }, 100),
      sum("2026-11-23", { on: "category", category: "game" }, 60),
      sum("2026-11-25", { on: "category", category: "video" }, 30),
    ];
    const week = dayUses({ child: 1, zone, sums, intervals: [] }, new Date("2026-11-23T00:00:00Z"), 7);
    expect(week.map((day) => day.total)).toEqual([100, 0, 30, 0, 0, 0, 0]);
    expect(week[0]?.parts).toEqual([{ category: "game", used: 60 }]);
  });

  it("has spans of a week and of a month, each with the one before", () => {
    const iso = (day: Date) => day.toISOString().slice(0, 10);
    const told = (period: "week" | "month", day: string) => {
      const span = spanOf(period, new Date(`${day}T00:00:00Z`));
      return [iso(span.from), span.days, iso(span.before), span.daysBefore];
    };
    expect(told("week", "2026-11-24")).toEqual(["2026-11-23", 7, "2026-11-16", 7]);
    expect(told("month", "2026-11-24")).toEqual(["2026-11-01", 30, "2026-10-01", 31]);
    expect(told("month", "2028-03-01")).toEqual(["2028-03-01", 31, "2028-02-01", 29]);
    expect(told("month", "2027-01-31")).toEqual(["2027-01-01", 31, "2026-12-01", 31]);
  });

  it("knows which allowances a stretch counted for", () => {
    const charged = (target: object) => ({ target, cost: { cost: "charged" } }) as never;
    const screen = charged({ on: "screen" });
    const games = charged({ on: "category", category: "game" });
    const paid = { target: { on: "screen" }, cost: { cost: "grant", grant: 1 } } as never;
    expect(countedFor([screen], rules).map((rule) => rule.id)).toEqual([1]);
    expect(countedFor([screen, games], rules).map((rule) => rule.id)).toEqual([1, 2]);
    expect(countedFor([paid], rules)).toEqual([]);
  });

  it("draws the strictest daily time of the screen", () => {
    expect(dailyLimits(rules)).toEqual([5400, 5400, 5400, 5400, 5400, 9000, 9000]);
    expect(dailyLimits([])).toEqual([null, null, null, null, null, null, null]);
  });

  it("has an axis of whole steps above the longest bar", () => {
    expect(scale(5400)).toEqual({ top: 5400, lines: [0, 1800, 3600, 5400] });
    expect(scale(1).lines).toEqual([0, 900]);
    expect(scale(86_400).top).toBeGreaterThanOrEqual(86_400);
  });

  it("cuts an interval over midnight at the day's ends", () => {
    const interval = {
      target: { on: "app", app: "x", name: "X" },
      app: "x",
      from: "2026-11-23T16:30:00Z",
      until: "2026-11-23T17:30:00Z",
      used: 3600,
      cost: { cost: "charged" },
      basis: "in-front",
    } as never;
    const [before] = dayRows([interval], new Date("2026-11-23T00:00:00Z"), zone);
    const [after] = dayRows([interval], new Date("2026-11-24T00:00:00Z"), zone);
    expect(before?.stretches[0]).toMatchObject({ from: 1410 / 1440, until: 1 });
    expect(after?.stretches[0]).toMatchObject({ from: 0, until: 30 / 1440 });
  });
});

describe("a ring", () => {
  it("tells the last stretch and the end apart", () => {
    expect(stage(3600, 5400)).toBe("ample");
    expect(stage(900, 5400)).toBe("last");
    expect(stage(400, 1200)).toBe("ample");
    expect(stage(0, 1200)).toBe("over");
  });
});
