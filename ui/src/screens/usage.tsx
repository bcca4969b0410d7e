// Usage: the week in bars with the limit drawn in, the day as a line of time, the programs; each with a table.

import ChartColumn from "lucide-solid/icons/chart-column";
import ChevronLeft from "lucide-solid/icons/chevron-left";
import ChevronRight from "lucide-solid/icons/chevron-right";
import Table2 from "lucide-solid/icons/table-2";
import TriangleAlert from "lucide-solid/icons/triangle-alert";
import { createEffect, createMemo, createSignal, For, type JSX, Match, on, Show, Switch } from "solid-js";
import { ask } from "../backend";
import type { CategoryView, RuleView, TargetView, UsageView } from "../generated/protocol";
import { Button } from "../parts/controls";
import { DayLine } from "../parts/day-line";
import { Disputes } from "../parts/disputes";
import { Export } from "../parts/export";
import { Empty, TroubleNote, Waiting } from "../parts/notes";
import { targetKey } from "../parts/standing";
import { live } from "../state";
import { type Clock, capitalised, isoDay, local, t, words } from "../words";

const DAY = 86_400_000;

/** Monday of the week of a local day. */
export function weekStart(day: Date): Date {
  return new Date(day.getTime() - ((day.getUTCDay() + 6) % 7) * DAY);
}

function after(day: Date, days: number): Date {
  return new Date(day.getTime() + days * DAY);
}

/** What the screen rules allow on each weekday, Monday first; null: no limit. */
export function dailyLimits(rules: RuleView[]): (number | null)[] {
  const limits: (number | null)[] = [null, null, null, null, null, null, null];
  for (const { rule } of rules) {
    if (rule.rule !== "allowance" || rule.target.on !== "screen" || rule.period.per !== "day") continue;
    rule.period.seconds.forEach((seconds, day) => {
      const before = limits[day] ?? null;
      if (seconds !== null) limits[day] = before === null ? seconds : Math.min(before, seconds);
    });
  }
  return limits;
}

export interface DayUse {
  day: Date;
  total: number;
  parts: { category: CategoryView; used: number }[];
}

/** Days in a row with what was used on each, by category. */
export function dayUses(usage: UsageView, first: Date, count: number): DayUse[] {
  return Array.from({ length: count }, (_, index) => {
    const day = after(first, index);
    const sums = usage.sums.filter((sum) => sum.day === isoDay(day));
    const parts = sums
      .flatMap((sum) =>
        sum.target.on === "category" ? [{ category: sum.target.category, used: sum.used }] : [],
      )
      .sort((left, right) => right.used - left.used);
    const screen = sums.find((sum) => sum.target.on === "screen")?.used;
    const total = screen ?? parts.reduce((sum, part) => sum + part.used, 0);
    return { day, total, parts };
  });
}

export type Period = "week" | "month";

/** A week or a month, and the one before it. */
export interface Span {
  from: Date;
  days: number;
  before: Date;
  daysBefore: number;
}

export function spanOf(period: Period, day: Date): Span {
  if (period === "week") {
    const from = weekStart(day);
    return { from, days: 7, before: after(from, -7), daysBefore: 7 };
  }
  const month = (offset: number) => new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + offset, 1));
  const count = (start: Date, end: Date) => Math.round((end.getTime() - start.getTime()) / DAY);
  return {
    from: month(0),
    days: count(month(0), month(1)),
    before: month(-1),
    daysBefore: count(month(-1), month(0)),
  };
}

function sumOf(week: DayUse[]): number {
  return week.reduce((sum, day) => sum + day.total, 0);
}

export function Usage(props: { child: number; name: string; clock: Clock }): JSX.Element {
  const today = local(props.clock.now, props.clock.zone).day;
  const [period, setPeriod] = createSignal<Period>("week");
  const [picked, setPicked] = createSignal(today);
  const [table, setTable] = createSignal(false);
  const span = createMemo(() => spanOf(period(), picked()), undefined, {
    equals: (left, right) => left.from.getTime() === right.from.getTime() && left.days === right.days,
  });
  const last = () => after(span().from, span().days - 1);
  const usage = live(async () => {
    const asked = span();
    const answer = await ask(
      {
        ask: "usage",
        child: props.child,
        from: isoDay(asked.before),
        until: isoDay(after(asked.from, asked.days - 1)),
        intervals: false,
      },
      "usage",
    );
    return { asked, answer };
  }, 30_000);
  const rules = live(() => ask({ ask: "rules", child: props.child }, "rules"), null);
  createEffect(on(span, () => void usage.refresh(), { defer: true }));
  // What is shown belongs to the span that it was asked for, also while the next one is awaited.
  const known = () => {
    const value = usage.value();
    return value && value.asked.from.getTime() === span().from.getTime() ? value.answer : undefined;
  };
  const days = createMemo(() => {
    const value = known();
    return value ? dayUses(value, span().from, span().days) : [];
  });
  const before = createMemo(() => {
    const value = known();
    return value ? dayUses(value, span().before, span().daysBefore) : [];
  });
  const isNow = () => span().from.getTime() === spanOf(period(), today).from.getTime();
  // What is not over is compared with as many days of the one before.
  const passed = () =>
    isNow() ? Math.round((today.getTime() - span().from.getTime()) / DAY) + 1 : span().days;
  const change = () => sumOf(days()) - sumOf(before().slice(0, passed()));
  const apps = createMemo(() => byTarget(known(), span(), "app"));
  const limits = () => dailyLimits(rules.value() ?? []);
  const go = (steps: number) => {
    const moved =
      period() === "week"
        ? after(span().from, steps * 7)
        : new Date(Date.UTC(span().from.getUTCFullYear(), span().from.getUTCMonth() + steps, 1));
    const now = spanOf(period(), today).from.getTime() === moved.getTime();
    setPicked(now ? today : after(moved, spanOf(period(), moved).days - 1));
  };
  const title = () => {
    if (period() === "month") return capitalised(words().month(span().from));
    if (isNow()) return t("week-this");
    return t("week-of", { from: words().date(span().from), until: words().date(last()) });
  };
  return (
    <>
      <div class="week-head">
        <div class="row">
          <button
            type="button"
            class="icon-button"
            aria-label={t("usage-before", { period: period() })}
            onClick={() => go(-1)}
          >
            <ChevronLeft aria-hidden="true" />
          </button>
          <h2>{title()}</h2>
          <button
            type="button"
            class="icon-button"
            aria-label={t("usage-next", { period: period() })}
            disabled={isNow()}
            onClick={() => go(1)}
          >
            <ChevronRight aria-hidden="true" />
          </button>
        </div>
        <div class="row">
          <fieldset class="switch" aria-label={t("usage-period")}>
            <For each={["week", "month"] as const}>
              {(one) => (
                <button type="button" aria-pressed={period() === one} onClick={() => setPeriod(one)}>
                  {t("usage-by", { period: one })}
                </button>
              )}
            </For>
          </fieldset>
          <Button look="quiet" class="as-table" aria-pressed={table()} onClick={() => setTable(!table())}>
            <Show when={table()} fallback={<Table2 aria-hidden="true" />}>
              <ChartColumn aria-hidden="true" />
            </Show>
            {table() ? t("as-chart") : t("as-table")}
          </Button>
          <Export child={props.child} name={props.name} from={span().from} until={last()} />
        </div>
      </div>
      <Disputes child={props.child} zone={props.clock.zone} onAnswered={() => void usage.refresh()} />
      <TroubleNote trouble={usage.trouble()} />
      <Switch fallback={<Show when={!usage.trouble()}>{<Waiting rows={3} />}</Show>}>
        <Match when={known() && sumOf(days()) === 0}>
          <Empty title={t("usage-empty", { name: props.name, period: period() })} icon={<ChartColumn />}>
            <p>{t("usage-empty-words")}</p>
          </Empty>
        </Match>
        <Match when={known()}>
          <section class="card stack" aria-labelledby="usage-week">
            <p class="answer" id="usage-week">
              {t("usage-answer", { name: props.name, total: words().duration(sumOf(days())) })}{" "}
              <Show when={sumOf(before()) > 0}>
                {t("usage-change", {
                  way: Math.abs(change()) < 60 ? "same" : change() < 0 ? "less" : "more",
                  amount: words().duration(Math.abs(change())),
                  period: period(),
                  part: isNow() ? "yes" : "no",
                })}
              </Show>
            </p>
            <Switch>
              <Match when={table()}>
                <DaysTable days={days()} limits={limits()} before={period() === "week" ? before() : []} />
              </Match>
              <Match when={period() === "week"}>
                <WeekBars
                  week={days()}
                  before={before()}
                  limits={limits()}
                  picked={picked()}
                  today={today}
                  onPick={setPicked}
                />
              </Match>
              <Match when={period() === "month"}>
                <MonthGrid
                  days={days()}
                  limits={limits()}
                  picked={picked()}
                  today={today}
                  onPick={setPicked}
                />
              </Match>
            </Switch>
          </section>
          <div class="usage-below">
            <DayLine
              child={props.child}
              day={picked()}
              zone={props.clock.zone}
              table={table()}
              rules={rules.value() ?? []}
            />
            <section class="card stack" aria-labelledby="usage-apps">
              <h2 id="usage-apps">{t("usage-apps")}</h2>
              <Show when={apps().length > 0} fallback={<p class="soft">{t("usage-no-apps")}</p>}>
                <ul class="app-bars">
                  <For each={apps().slice(0, 12)}>
                    {(app) => (
                      <li>
                        <span>{words().target(app.target)}</span>
                        <span class="soft">{words().duration(app.used)}</span>
                        <span class="bar" aria-hidden="true">
                          <span style={{ width: `${(100 * app.used) / (apps()[0]?.used || 1)}%` }} />
                        </span>
                      </li>
                    )}
                  </For>
                </ul>
              </Show>
            </section>
          </div>
        </Match>
      </Switch>
    </>
  );
}

function byTarget(
  usage: UsageView | undefined,
  span: Span,
  kind: TargetView["on"],
): { target: TargetView; used: number }[] {
  const [from, until] = [isoDay(span.from), isoDay(after(span.from, span.days - 1))];
  const found = new Map<string, { target: TargetView; used: number }>();
  for (const sum of usage?.sums ?? []) {
    if (sum.target.on !== kind || sum.day < from || sum.day > until) continue;
    const key = targetKey(sum.target);
    const known = found.get(key) ?? { target: sum.target, used: 0 };
    found.set(key, { ...known, used: known.used + sum.used });
  }
  return [...found.values()].sort((left, right) => right.used - left.used);
}

const HEIGHT = 200;

/** A round number of seconds over the longest bar and the highest limit, and the lines below it. */
export function scale(most: number): { top: number; lines: number[] } {
  const step = [900, 1800, 3600, 7200, 14_400].find((one) => most / one <= 4) ?? 21_600;
  const count = Math.max(1, Math.ceil(most / step));
  return { top: count * step, lines: Array.from({ length: count + 1 }, (_, index) => index * step) };
}

function WeekBars(props: {
  week: DayUse[];
  before: DayUse[];
  limits: (number | null)[];
  picked: Date;
  today: Date;
  onPick: (day: Date) => void;
}): JSX.Element {
  const most = () =>
    Math.max(
      600,
      ...[...props.week, ...props.before].map((day) => day.total),
      ...props.limits.map((limit) => limit ?? 0),
    );
  const axis = () => scale(most());
  const y = (seconds: number) => HEIGHT - (HEIGHT * seconds) / axis().top;
  const categories = () => [...new Set(props.week.flatMap((day) => day.parts.map((part) => part.category)))];
  return (
    <figure>
      <div class="bars" style={{ "--height": `${HEIGHT}px` }}>
        <div class="bars-lines" aria-hidden="true">
          <For each={axis().lines}>
            {(line) => (
              <span class="bars-line" style={{ top: `${y(line)}px` }}>
                {line === 0 ? "0" : words().text("axis-hours", { hours: String(line / 3600) })}
              </span>
            )}
          </For>
        </div>
        <ul class="bars-days">
          <For each={props.week}>
            {(day, index) => {
              const limit = () => props.limits[index()] ?? null;
              const ghost = () => props.before[index()]?.total ?? 0;
              const future = () => day.day.getTime() > props.today.getTime();
              return (
                <li>
                  <button
                    type="button"
                    class="bar-day"
                    aria-pressed={props.picked.getTime() === day.day.getTime()}
                    disabled={future()}
                    onClick={() => props.onPick(day.day)}
                  >
                    <span class="unseen">
                      {t("bar-day", {
                        day: words().weekday(index()),
                        used: words().duration(day.total),
                        limit: limit() === null ? "none" : words().duration(limit() ?? 0),
                      })}{" "}
                      {t("bar-before", { used: words().duration(ghost()) })}
                    </span>
                    <span class="bar-column" aria-hidden="true">
                      <Show when={ghost() > 0}>
                        <span class="bar-ghost" style={{ height: `${(HEIGHT * ghost()) / axis().top}px` }} />
                      </Show>
                      <span class="bar-stack" style={{ height: `${(HEIGHT * day.total) / axis().top}px` }}>
                        <For each={day.parts}>
                          {(part) => (
                            <span
                              class={`part part-${part.category}`}
                              style={{ "flex-grow": String(part.used) }}
                            />
                          )}
                        </For>
                      </span>
                      <Show when={limit() !== null}>
                        <span class="bar-limit" style={{ top: `${y(limit() ?? 0)}px` }} />
                      </Show>
                    </span>
                    <span class="bar-name" aria-hidden="true">
                      {capitalised(words().weekdayShort(index()))}
                    </span>
                  </button>
                </li>
              );
            }}
          </For>
        </ul>
      </div>
      <figcaption class="legend">
        <For each={categories()}>
          {(category) => (
            <span>
              <span class={`key part-${category}`} aria-hidden="true" />
              {words().category(category)}
            </span>
          )}
        </For>
        <Show when={props.limits.some((limit) => limit !== null)}>
          <span>
            <span class="key key-limit" aria-hidden="true" />
            {t("legend-limit")}
          </span>
        </Show>
        <Show when={props.before.some((day) => day.total > 0)}>
          <span>
            <span class="key key-ghost" aria-hidden="true" />
            {t("legend-before")}
          </span>
        </Show>
      </figcaption>
    </figure>
  );
}

/** A month as a calendar: each day with its time, filled up to its daily time. */
function MonthGrid(props: {
  days: DayUse[];
  limits: (number | null)[];
  picked: Date;
  today: Date;
  onPick: (day: Date) => void;
}): JSX.Element {
  const weekday = (day: Date) => (day.getUTCDay() + 6) % 7;
  const most = () => Math.max(1, ...props.days.map((day) => day.total));
  return (
    <figure>
      <div class="month-names" aria-hidden="true">
        <For each={[0, 1, 2, 3, 4, 5, 6]}>
          {(day) => <span>{capitalised(words().weekdayShort(day))}</span>}
        </For>
      </div>
      <ul class="month">
        <For each={props.days}>
          {(day, index) => {
            const limit = () => props.limits[weekday(day.day)] ?? null;
            const over = () => limit() !== null && day.total > (limit() ?? 0) + 60;
            return (
              <li style={index() === 0 ? { "grid-column-start": weekday(day.day) + 1 } : {}}>
                <button
                  type="button"
                  class="month-day"
                  data-over={over() || undefined}
                  aria-pressed={props.picked.getTime() === day.day.getTime()}
                  disabled={day.day.getTime() > props.today.getTime()}
                  onClick={() => props.onPick(day.day)}
                >
                  <span class="unseen">
                    {t("bar-day", {
                      day: `${words().weekday(weekday(day.day))} ${words().date(day.day)}`,
                      used: words().duration(day.total),
                      limit: limit() === null ? "none" : words().duration(limit() ?? 0),
                    })}
                  </span>
                  <span class="month-date" aria-hidden="true">
                    {day.day.getUTCDate()}
                  </span>
                  <Show when={day.total > 0}>
                    <span class="month-used" aria-hidden="true">
                      {clockTime(day.total)}
                    </span>
                    <Show when={over()}>
                      <TriangleAlert class="month-over" aria-hidden="true" />
                    </Show>
                    <span class="month-fill" aria-hidden="true">
                      <span style={{ width: `${Math.min(100, (100 * day.total) / (limit() || most()))}%` }} />
                    </span>
                  </Show>
                </button>
              </li>
            );
          }}
        </For>
      </ul>
      <figcaption class="legend">
        <span>
          <span class="key key-used" aria-hidden="true" />
          {t("legend-used")}
        </span>
        <Show when={props.limits.some((limit) => limit !== null)}>
          <span>
            <TriangleAlert class="month-over" aria-hidden="true" />
            {t("legend-over")}
          </span>
        </Show>
      </figcaption>
    </figure>
  );
}

/** "1:05" of 3900 seconds: for a place where no word fits; its words stand in its name. */
function clockTime(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

function DaysTable(props: {
  days: DayUse[];
  /** The days of the week before, if they are to be shown. */
  before: DayUse[];
  limits: (number | null)[];
}): JSX.Element {
  return (
    <div class="table-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{t("table-day")}</th>
            <th scope="col">{t("table-used")}</th>
            <th scope="col">{t("table-limit")}</th>
            <Show when={props.before.length > 0}>
              <th scope="col">{t("legend-before")}</th>
            </Show>
            <th scope="col">{t("table-what")}</th>
          </tr>
        </thead>
        <tbody>
          <For each={props.days}>
            {(day, index) => {
              const weekday = () => (day.day.getUTCDay() + 6) % 7;
              const limit = () => props.limits[weekday()] ?? null;
              return (
                <tr>
                  <th scope="row">
                    {capitalised(words().weekday(weekday()))}
                    <Show when={props.days.length > 7}> {day.day.getUTCDate()}</Show>
                  </th>
                  <td>{words().duration(day.total)}</td>
                  <td>{limit() === null ? t("table-no-limit") : words().duration(limit() ?? 0)}</td>
                  <Show when={props.before.length > 0}>
                    <td>{words().duration(props.before[index()]?.total ?? 0)}</td>
                  </Show>
                  <td>
                    {day.parts
                      .map((part) => `${words().category(part.category)} ${words().duration(part.used)}`)
                      .join(", ")}
                  </td>
                </tr>
              );
            }}
          </For>
        </tbody>
      </table>
    </div>
  );
}
