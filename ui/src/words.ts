// What the app says: the shared Fluent files, and the sentences that crates/words makes of the service's facts.
// A test compares both word for word.

import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { createSignal } from "solid-js";
import enApp from "../../crates/words/locales/en/app.ftl?raw";
import enCore from "../../crates/words/locales/en/core.ftl?raw";
import enFacts from "../../crates/words/locales/en/facts.ftl?raw";
import enFair from "../../crates/words/locales/en/fair.ftl?raw";
import viApp from "../../crates/words/locales/vi/app.ftl?raw";
import viCore from "../../crates/words/locales/vi/core.ftl?raw";
import viFacts from "../../crates/words/locales/vi/facts.ftl?raw";
import viFair from "../../crates/words/locales/vi/fair.ftl?raw";
import type { Trouble } from "./generated/app";
import type {
  CategoryView,
  Cause,
  Detail,
  Fact,
  Failure,
  HelpView,
  NewRule,
  OriginView,
  ReasonView,
  ReplayDayView,
  SlotView,
  StopView,
  TargetView,
  VerdictView,
} from "./generated/protocol";

export type Language = "en" | "vi";

/** Now, and where: what "tomorrow" depends on. */
export interface Clock {
  now: Date;
  zone: string;
}

export type Arguments = Record<string, FluentVariable>;

function bundle(language: Language, files: string[]): FluentBundle {
  // The language is one of ours: what the system calls its own may be nothing that Intl takes.
  const made = new FluentBundle(language, { useIsolating: false });
  for (const file of files) made.addResource(new FluentResource(file));
  return made;
}

const BUNDLES: Record<Language, FluentBundle> = {
  en: bundle("en", [enCore, enFacts, enFair, enApp]),
  vi: bundle("vi", [viCore, viFacts, viFair, viApp]),
};

const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

export class Words {
  constructor(readonly language: Language) {}

  text(key: string, args?: Arguments): string {
    const pattern = BUNDLES[this.language].getMessage(key)?.value;
    if (!pattern) return key;
    return BUNDLES[this.language].formatPattern(pattern, args, []);
  }

  /** "45 minutes", "1 hour 5 minutes"; seconds only below a minute, else the nearest minute. */
  duration(seconds: number): string {
    if (seconds < 60) return this.text("duration-seconds", { count: seconds });
    const all = Math.floor((seconds + 30) / 60);
    const [hours, minutes] = [Math.floor(all / 60), all % 60];
    const sayHours = () => this.text("duration-hours", { count: hours });
    const sayMinutes = () => this.text("duration-minutes", { count: minutes });
    if (hours === 0) return sayMinutes();
    if (minutes === 0) return sayHours();
    return this.text("duration-hours-minutes", { hours: sayHours(), minutes: sayMinutes() });
  }

  /** "45 minutes left". */
  left(seconds: number): string {
    return this.text("time-left", { duration: this.duration(seconds) });
  }

  /** "20:30", "at 20:30", "until 20:30"; tomorrow, weekdays and dates as people say them. */
  moment(form: "time" | "at" | "until", at: Date, clock: Clock): string {
    const [now, then] = [local(clock.now, clock.zone), local(at, clock.zone)];
    const days = Math.round((then.day.getTime() - now.day.getTime()) / 86_400_000);
    const time = then.time;
    let kind = "date";
    if (days === 0) kind = "today";
    else if (days === 1) kind = time === "00:00" && then.second === 0 ? "midnight" : "tomorrow";
    else if (days >= 2 && days <= 6) kind = "weekday";
    return this.text(form, {
      kind,
      time,
      weekday: this.weekday((then.day.getUTCDay() + 6) % 7),
      date: this.date(then.day),
    });
  }

  /** "today at 18:40", "yesterday at 18:40", "on 3 October 2026 at 18:40" of what has been. */
  past(at: Date, clock: Clock): string {
    const [now, then] = [local(clock.now, clock.zone), local(at, clock.zone)];
    const days = Math.round((now.day.getTime() - then.day.getTime()) / 86_400_000);
    return this.text("past", {
      kind: days === 0 ? "today" : days === 1 ? "yesterday" : "date",
      time: then.time,
      date: this.date(then.day),
    });
  }

  /** "Monday" of 0 for Monday to 6. */
  weekday(day: number): string {
    return this.text("weekday", { day: WEEK[day] ?? "sun" });
  }

  /** "Mon". */
  weekdayShort(day: number): string {
    return this.text("weekday-short", { day: WEEK[day] ?? "sun" });
  }

  /** "1 December 2026" of a day given as midnight in UTC. */
  date(day: Date): string {
    const [date, month, year] = [day.getUTCDate(), day.getUTCMonth() + 1, day.getUTCFullYear()];
    if (this.language === "vi") return `${date}/${month}/${year}`;
    const name = new Intl.DateTimeFormat("en-GB", { month: "long", timeZone: "UTC" }).format(day);
    return `${date} ${name} ${year}`;
  }

  /** "November 2026", "tháng 11 năm 2026". */
  month(day: Date): string {
    const name = new Intl.DateTimeFormat("en-GB", { month: "long", timeZone: "UTC" }).format(day);
    return this.text("month", {
      name,
      number: String(day.getUTCMonth() + 1),
      year: String(day.getUTCFullYear()),
    });
  }

  /** "Mon–Fri", "Sat, Sun", "every day". */
  days(chosen: boolean[]): string {
    if (chosen.every(Boolean)) return this.text("every-day");
    const runs: string[][] = [];
    chosen.forEach((on, day) => {
      if (!on) return;
      if (day > 0 && chosen[day - 1]) runs.at(-1)?.push(this.weekdayShort(day));
      else runs.push([this.weekdayShort(day)]);
    });
    return runs.map((run) => (run.length < 3 ? run.join(", ") : `${run[0]}–${run.at(-1)}`)).join(", ");
  }

  category(category: CategoryView): string {
    return this.text("category", { category });
  }

  /** "Minecraft", "all games together", "the whole screen". */
  target(target: TargetView): string {
    switch (target.on) {
      case "app":
        return tame(target.name === "" ? target.app : target.name);
      case "category":
        return this.text("target-category", { category: target.category });
      case "each":
        return this.text("target-each", { category: target.category });
      case "screen":
        return this.text("target-screen");
    }
  }

  targetTitle(target: TargetView): string {
    return capitalised(this.target(target));
  }

  /** The plain sentence that states a rule. */
  rule(rule: NewRule): string {
    switch (rule.rule) {
      case "allowance": {
        const target = this.target(rule.target);
        if (rule.period.per === "week") {
          return this.text("rule-allowance-weekly", { amount: this.duration(rule.period.seconds), target });
        }
        const seconds = rule.period.seconds;
        const first = seconds[0];
        if (first !== null && seconds.every((other) => other === first)) {
          return this.text("rule-allowance-daily", { amount: this.duration(first), target });
        }
        const parts = group(seconds, (on, amount) => {
          const days = this.days(on);
          if (amount === null) return this.text("rule-allowance-part-open", { days });
          if (amount === 0) return this.text("rule-allowance-part-none", { days });
          return this.text("rule-allowance-part", { days, amount: this.duration(amount) });
        });
        return this.text("rule-allowance-days", { target, days: parts.join("; ") });
      }
      case "schedule": {
        const parts = group(rule.slots, (on, slots) => {
          const days = this.days(on);
          if (slots.length === 0) return this.text("rule-schedule-part-closed", { days });
          const said = slots.map((slot) => this.slot(slot)).join(", ");
          return this.text("rule-schedule-part", { days, slots: said });
        });
        return this.text("rule-schedule", { target: this.target(rule.target), days: parts.join("; ") });
      }
      case "break":
        return this.text("rule-break", {
          stretch: this.duration(rule.at_most),
          target: this.target(rule.target),
          rest: this.duration(rule.rest),
        });
      case "rating-ceiling":
        return this.text("rule-rating-ceiling", { age: age(rule.age) });
      case "block":
        return this.text("rule-block", { target: this.target(rule.target) });
      case "exemption":
        return this.text("rule-exemption", { target: this.target(rule.target) });
      case "allow-only":
        return this.text("rule-allow-only", {
          targets: rule.targets.map((target) => this.target(target)).join(", "),
        });
      case "bank":
        return this.text("rule-bank", {
          target: this.target(rule.target),
          keep: this.duration(rule.keep),
          borrow: this.duration(rule.borrow),
        });
      case "earn":
        return this.text("rule-earn", {
          every: this.duration(rule.every),
          by: this.target(rule.by),
          gives: this.duration(rule.gives),
          target: this.target(rule.target),
          most: this.duration(rule.at_most),
        });
      case "health-text":
        return this.text("rule-health-text", {
          every: this.duration(rule.every),
          target: this.target(rule.target),
        });
    }
  }

  private slot(slot: SlotView): string {
    return this.text("rule-schedule-slot", {
      free: slot.free ? "yes" : "no",
      from: slot.from.slice(0, 5),
      until: slot.until?.slice(0, 5) ?? "24:00",
    });
  }

  /** Who set a rule, with the legal source of a preset. */
  origin(origin: OriginView): string {
    switch (origin.by) {
      case "guardian":
        return this.text("origin-guardian");
      case "preset":
        return this.text("origin-preset", {
          preset: this.preset(origin.preset),
          citation: this.citation(origin.preset, origin.citation),
          since: this.date(new Date(`${origin.since}T00:00:00Z`)),
        });
      case "class":
        return this.text("origin-class", { class: origin.class });
    }
  }

  /** Who set a rule, without the source. */
  setBy(origin: OriginView): string {
    if (origin.by !== "preset") return this.origin(origin);
    return this.text("origin-preset-short", { preset: this.preset(origin.preset) });
  }

  preset(preset: string): string {
    return this.text("preset-name", { preset });
  }

  citation(preset: string, citation: string): string {
    return this.text("preset-citation", { preset, citation });
  }

  /** What a rule says no to. */
  cause(cause: Cause): string {
    switch (cause.cause) {
      case "allowance-spent":
        return this.spent("cause-allowance-spent", cause);
      case "outside-hours":
        return this.text("cause-outside-hours", { target: this.target(cause.target) });
      case "break-due":
        return this.text("cause-break-due", {
          target: this.target(cause.target),
          rest: this.duration(cause.rest),
        });
      case "rating-above":
        return this.text("cause-rating-above", { rating: age(cause.rating), ceiling: age(cause.ceiling) });
      case "blocked":
        return this.text("cause-blocked", { target: this.target(cause.target) });
      case "not-allowed-only":
        return this.text("cause-not-allowed-only");
      case "not-installed":
        return this.text("cause-not-installed");
    }
  }

  private coming(cause: Cause): string {
    switch (cause.cause) {
      case "allowance-spent":
        return this.spent("coming-allowance-spent", cause);
      case "outside-hours":
        return this.text("coming-outside-hours", { target: this.target(cause.target) });
      case "break-due":
        return this.text("coming-break-due", { rest: this.duration(cause.rest) });
      default:
        return this.text("coming-other");
    }
  }

  private spent(key: string, cause: Extract<Cause, { cause: "allowance-spent" }>): string {
    return this.text(key, {
      weekly: cause.weekly ? "yes" : "no",
      for: ` ${this.text("for-target", { target: this.target(cause.target) })}`,
      amount: this.duration(cause.amount),
      count: [1, 60, 3600].includes(cause.amount) ? 1 : 2,
    });
  }

  /** The whole answer to "why not": the rule, who set it, until when, and what would help. */
  reason(reason: ReasonView, clock: Clock): string {
    const sentences = [this.cause(reason.cause), this.origin(reason.origin)];
    if (reason.until !== null) sentences.push(this.opens(reason.until, clock));
    const helps = this.helps(reason.helps);
    if (helps !== null) sentences.push(helps);
    return sentences.join(" ");
  }

  /** Why what is open now will end: what comes then, and who set it. */
  ending(reason: ReasonView): string {
    return `${capitalised(this.coming(reason.cause))} ${this.origin(reason.origin)}`;
  }

  /** Why what is open now will end, without the source. */
  endingShort(reason: ReasonView): string {
    return `${capitalised(this.coming(reason.cause))} ${this.setBy(reason.origin)}`;
  }

  opens(until: string, clock: Clock): string {
    return this.text("reason-opens", { at: this.moment("at", new Date(until), clock) });
  }

  private helps(helps: HelpView[]): string | null {
    const keys: Record<HelpView, string> = {
      wait: this.text("help-wait"),
      rest: this.text("help-rest"),
      "ask-for-time": this.text("help-ask-for-time"),
      "ask-to-change": this.text("help-ask-to-change"),
    };
    const names = helps.map((help) => keys[help]);
    const last = names.pop();
    if (last === undefined) return null;
    const list = names.length === 0 ? last : this.text("list-or", { first: names.join(", "), last });
    return this.text("reason-helps", { list });
  }

  /** "open until 20:30", "not now, opens tomorrow at 08:00". */
  verdict(verdict: VerdictView, clock: Clock): string {
    switch (verdict.verdict) {
      case "allowed":
        if (verdict.until === null) return this.text("verdict-open");
        return this.text("verdict-open-until", {
          until: this.moment("until", new Date(verdict.until), clock),
        });
      case "warned": {
        const until = new Date(verdict.until);
        const left = Math.max(0, Math.trunc((until.getTime() - clock.now.getTime()) / 1000));
        return this.text("verdict-warned", {
          left: this.duration(left),
          until: this.moment("until", until, clock),
        });
      }
      case "held":
        return this.text("verdict-held", { at: this.moment("at", new Date(verdict.closes_at), clock) });
      case "denied":
        if (verdict.reason.until === null) return this.text("verdict-denied");
        return this.text("verdict-denied-until", {
          at: this.moment("at", new Date(verdict.reason.until), clock),
        });
    }
  }

  /** What would have been different on a day: "Tuesday 24/11 would have ended 25 minutes earlier, at 19:35." */
  replayed(day: ReplayDayView, clock: Clock): string {
    const date = new Date(`${day.day}T00:00:00Z`);
    const named = capitalised(
      this.text("day-named", {
        weekday: this.weekday((date.getUTCDay() + 6) % 7),
        date: `${date.getUTCDate()}/${date.getUTCMonth() + 1}`,
      }),
    );
    const lost = Math.max(0, day.used - day.kept);
    const earlier =
      day.last_used === null || day.last_kept === null
        ? 0
        : Math.trunc((Date.parse(day.last_used) - Date.parse(day.last_kept)) / 1000);
    if (day.used === 0) return this.text("replay-unused", { day: named });
    if (day.last_kept === null) return this.text("replay-nothing", { day: named });
    if (earlier >= 60) {
      return this.text("replay-earlier", {
        day: named,
        duration: this.duration(earlier),
        time: local(new Date(day.last_kept), clock.zone).time,
      });
    }
    if (lost > 0 || day.stops.length > 0) {
      const most = Math.max(lost, ...day.stops.map((stop) => stop.refused));
      return this.text("replay-less", { day: named, duration: this.duration(most) });
    }
    return this.text("replay-same", { day: named });
  }

  /** What would have been refused, and by what. */
  replayStop(stop: StopView, clock: Clock): string {
    const stopped = this.text("replay-stop", {
      target: this.target(stop.target),
      time: local(new Date(stop.at), clock.zone).time,
      duration: this.duration(stop.refused),
    });
    return capitalised(
      this.text("replay-stop-because", { stop: stopped, because: this.because(stop.reason.cause) }),
    );
  }

  private because(cause: Cause): string {
    switch (cause.cause) {
      case "allowance-spent":
        return this.text("because-allowance", {
          amount: this.duration(cause.amount),
          weekly: cause.weekly ? "yes" : "no",
          target: this.target(cause.target),
        });
      case "outside-hours":
        return this.text("because-hours", { target: this.target(cause.target) });
      case "break-due":
        return this.text("because-break", { rest: this.duration(cause.rest) });
      case "rating-above":
        return this.text("because-rating");
      case "blocked":
        return this.text("because-blocked");
      default:
        return this.text("because-not-listed");
    }
  }

  /** How the counted time of a day would have changed, where it would. */
  replayCounted(day: ReplayDayView): string | null {
    const difference = day.would_charge - day.charged;
    const lost = Math.max(0, day.used - day.kept);
    if (Math.abs(difference) < 60 || (difference < 0 && -difference <= lost)) return null;
    return this.text(difference < 0 ? "replay-counts-less" : "replay-counts-more", {
      duration: this.duration(Math.abs(difference)),
    });
  }

  /** What doctor found. */
  finding(fact: Fact): string {
    return this.text(`finding-${fact.id}`, this.factArguments(fact));
  }

  /** What to do about it. */
  remedy(fact: Fact): string {
    const restarts = fact.id === "not-refused" || fact.id === "gate-failed";
    return this.text(restarts ? "remedy-restart" : `remedy-${fact.id}`, this.factArguments(fact));
  }

  private factArguments(fact: Fact): Arguments {
    const state = (missing: unknown) => (missing === null ? "ok" : "missing");
    switch (fact.id) {
      case "clock-apart":
        return { way: fact.ahead ? "ahead" : "behind", duration: this.duration(fact.seconds) };
      case "secret":
        return { state: fact.set ? "ok" : "missing" };
      case "database":
        return { state: state(fact.trouble), detail: fact.trouble ?? "" };
      case "audit":
        return {
          state: state(fact.broken_at),
          entries: String(fact.entries),
          at: String(fact.broken_at ?? 0),
        };
      case "backup":
        return { state: fact.newest === null ? "missing" : "ok", at: stamp(fact.newest) };
      case "recovered":
        return { at: stamp(fact.backup) };
      default:
        if ("missing" in fact) return { state: state(fact.missing), detail: fact.missing ?? "" };
        return { ...fact };
    }
  }

  /** What exactly stands against a question. */
  detail(detail: Detail): string {
    const key = `detail-${detail.what}`;
    switch (detail.what) {
      case "missing":
        return this.text("missing", { thing: detail.thing, name: detail.name });
      case "lines":
        return this.text(key, { count: String(detail.at_most) });
      case "days":
        return this.text(key, { count: detail.at_most });
      case "birth-year":
        return this.text(key, { from: String(detail.from), until: String(detail.until) });
      case "allowance-too-long":
        return this.text(key, { duration: this.duration(detail.minutes * 60) });
      case "slot-backwards":
        return this.text(key, { time: detail.from.slice(0, 5) });
      case "slots-overlap":
        return this.text(key, { time: detail.at.slice(0, 5) });
      case "cannot-borrow":
        return this.text(key, { duration: this.duration(detail.seconds), count: detail.seconds });
      case "requests-waiting":
        return this.text(key, { count: detail.open });
      default:
        return this.text(key, { ...detail });
    }
  }

  /** The service's no. */
  failure(failure: Failure): string {
    if (failure.detail) return this.detail(failure.detail);
    const message = failure.message.trim();
    const stop = /[.?…]$/.test(message) ? "" : ".";
    const detail =
      message === "" ? "" : ` ${this.text("failure-detail", { message: `${capitalised(message)}${stop}` })}`;
    const wait = failure.retry_after === null ? "none" : this.duration(failure.retry_after);
    switch (failure.code) {
      case "needs-guardian":
        return this.text("failure-needs-guardian");
      case "not-yours":
        return this.text("failure-not-yours");
      case "wrong-secret":
        return this.text("failure-wrong-secret", { wait });
      case "too-soon":
        return this.text("failure-too-soon", { wait });
      case "not-set-up":
        return this.text("app-failure-not-set-up");
      case "too-many-requests":
        return this.text("failure-too-many-requests");
      case "not-found":
        return this.text("failure-not-found", { detail });
      case "invalid":
        return this.text("failure-invalid", { detail });
      case "unavailable":
        return this.text("failure-unavailable", { detail });
      case "internal":
        return this.text("app-failure-internal", { detail });
    }
  }

  /** Why there was no answer, for people who have no terminal. */
  trouble(trouble: Trouble): string {
    switch (trouble.trouble) {
      case "denied":
        return this.failure(trouble.failure);
      case "locked":
        return this.text("app-trouble-locked");
      case "administrator":
        return this.text("app-trouble-administrator", { detail: trouble.detail ?? "none" });
      case "not-running":
        return this.text("app-trouble-not-running");
      case "stranger":
        return this.text("app-trouble-stranger");
      case "timeout":
        return this.text("app-trouble-timeout", { wait: this.duration(trouble.seconds) });
      case "version":
        return this.text("app-trouble-version", {
          theirs: String(trouble.theirs),
          ours: String(trouble.ours),
        });
      case "closed":
        return this.text("error-closed");
      case "wire":
        return this.text("error-wire", { detail: trouble.detail });
      case "unsaved":
        return this.text("app-trouble-unsaved", { detail: trouble.detail });
    }
  }
}

/** The local day, as its midnight in UTC, and the local time of day of an instant. */
export function local(at: Date, zone: string): { day: Date; time: string; second: number; minutes: number } {
  const parts = Object.fromEntries(
    formatter(zone)
      .formatToParts(at)
      .map((part) => [part.type, Number(part.value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const two = (number: number) => String(number).padStart(2, "0");
  return {
    day: new Date(Date.UTC(year, month - 1, day)),
    time: `${two(hour)}:${two(minute)}`,
    second,
    minutes: hour * 60 + minute,
  };
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  let made = formatters.get(zone);
  if (!made) {
    const options: Intl.DateTimeFormatOptions = {
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
      hourCycle: "h23",
    };
    try {
      made = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone });
    } catch {
      // A zone that this webview does not know.
      made = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
    }
    formatters.set(zone, made);
  }
  return made;
}

/** A local day as the protocol writes it: "2026-11-24". */
export function isoDay(day: Date): string {
  return day.toISOString().slice(0, 10);
}

function stamp(at: string | null): string {
  return at === null ? "" : new Date(at).toISOString().slice(0, 16).replace("T", " ");
}

export function capitalised(text: string): string {
  const [first = "", ...rest] = text;
  return first.toUpperCase() + rest.join("");
}

function tame(text: string): string {
  return text.replace(/\p{Cc}/gu, " ");
}

function age(years: number): string {
  return String(years).padStart(2, "0");
}

/** Days with the same content together, in the order of their first day. */
function group<Content>(
  week: readonly Content[],
  say: (on: boolean[], content: Content) => string,
): string[] {
  const said = new Set<string>();
  const parts: string[] = [];
  for (const content of week) {
    const key = JSON.stringify(content);
    if (said.has(key)) continue;
    said.add(key);
    parts.push(
      say(
        week.map((other) => JSON.stringify(other) === key),
        content,
      ),
    );
  }
  return parts;
}

const [language, chooseLanguage] = createSignal<Language>("en");

const LANGUAGE_KEY = "lanh-language";

/** Takes the language that was chosen before, else this one. */
export function startLanguage(system: string): void {
  const stored = localStorage.getItem(LANGUAGE_KEY);
  apply((stored ?? system) === "vi" ? "vi" : "en");
}

export function setLanguage(chosen: Language): void {
  localStorage.setItem(LANGUAGE_KEY, chosen);
  apply(chosen);
}

function apply(chosen: Language): void {
  document.documentElement.lang = chosen;
  chooseLanguage(chosen);
}

export { language };

const WORDS: Record<Language, Words> = { en: new Words("en"), vi: new Words("vi") };

/** The words of the chosen language; a change shows wherever this is read. */
export function words(): Words {
  return WORDS[language()];
}

/** The text of a key in the chosen language. */
export function t(key: string, args?: Arguments): string {
  return words().text(key, args);
}
