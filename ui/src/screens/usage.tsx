// Usage: the week in bars with the limit drawn in, the day as a line of time, the programs; each with a table.

import ChartColumn from "lucide-solid/icons/chart-column";
import ChevronLeft from "lucide-solid/icons/chevron-left";
import ChevronRight from "lucide-solid/icons/chevron-right";
import Table2 from "lucide-solid/icons/table-2";
import { createEffect, createMemo, createSignal, For, type JSX, Match, on, Show, Switch } from "solid-js";
import { ask } from "../backend";
import type { CategoryView, IntervalView, RuleView, TargetView, UsageView } from "../generated/protocol";
import { Button } from "../parts/controls";
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

/** The days of a week with what was used on each, by category. */
export function weekUse(usage: UsageView, start: Date): DayUse[] {
  return Array.from({ length: 7 }, (_, index) => {
    const day = after(start, index);
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

function sumOf(week: DayUse[]): number {
  return week.reduce((sum, day) => sum + day.total, 0);
}

export function Usage(props: { child: number; name: string; clock: Clock }): JSX.Element {
  const today = local(props.clock.now, props.clock.zone).day;
  const [start, setStart] = createSignal(weekStart(today));
  const [picked, setPicked] = createSignal(today);
  const [table, setTable] = createSignal(false);
  const usage = live(
    () =>
      ask(
        {
          ask: "usage",
          child: props.child,
          from: isoDay(after(start(), -7)),
          until: isoDay(after(start(), 6)),
          intervals: false,
        },
        "usage",
      ),
    30_000,
  );
  const rules = live(() => ask({ ask: "rules", child: props.child }, "rules"), null);
  createEffect(on(start, () => void usage.refresh(), { defer: true }));
  const week = createMemo(() => {
    const known = usage.value();
    return known ? weekUse(known, start()) : [];
  });
  const before = createMemo(() => {
    const known = usage.value();
    return known ? weekUse(known, after(start(), -7)) : [];
  });
  const isThisWeek = () => start().getTime() === weekStart(today).getTime();
  // This week is not over: only as many days of the week before count.
  const passed = () => (isThisWeek() ? Math.round((today.getTime() - start().getTime()) / DAY) + 1 : 7);
  const change = () => sumOf(week()) - sumOf(before().slice(0, passed()));
  const apps = createMemo(() => byTarget(usage.value(), start(), "app"));
  const limits = () => dailyLimits(rules.value() ?? []);
  const go = (weeks: number) => {
    const moved = after(start(), weeks * 7);
    setStart(moved);
    setPicked(weeks < 0 || moved.getTime() < weekStart(today).getTime() ? after(moved, 6) : today);
  };
  return (
    <>
      <div class="week-head">
        <div class="row">
          <button type="button" class="icon-button" aria-label={t("week-before")} onClick={() => go(-1)}>
            <ChevronLeft aria-hidden="true" />
          </button>
          <h2>
            {isThisWeek()
              ? t("week-this")
              : t("week-of", { from: words().date(start()), until: words().date(after(start(), 6)) })}
          </h2>
          <button
            type="button"
            class="icon-button"
            aria-label={t("week-next")}
            disabled={isThisWeek()}
            onClick={() => go(1)}
          >
            <ChevronRight aria-hidden="true" />
          </button>
        </div>
        <Button look="quiet" aria-pressed={table()} onClick={() => setTable(!table())}>
          <Show when={table()} fallback={<Table2 aria-hidden="true" />}>
            <ChartColumn aria-hidden="true" />
          </Show>
          {table() ? t("as-chart") : t("as-table")}
        </Button>
      </div>
      <TroubleNote trouble={usage.trouble()} />
      <Switch fallback={<Waiting rows={3} />}>
        <Match when={usage.value() && sumOf(week()) === 0}>
          <Empty title={t("usage-empty", { name: props.name })} icon={<ChartColumn />}>
            <p>{t("usage-empty-words")}</p>
          </Empty>
        </Match>
        <Match when={usage.value()}>
          <section class="card stack" aria-labelledby="usage-week">
            <p class="answer" id="usage-week">
              {t("usage-answer", { name: props.name, total: words().duration(sumOf(week())) })}{" "}
              <Show when={sumOf(before()) > 0}>
                {t("usage-change", {
                  way: Math.abs(change()) < 60 ? "same" : change() < 0 ? "less" : "more",
                  amount: words().duration(Math.abs(change())),
                })}
              </Show>
            </p>
            <Show
              when={table()}
              fallback={
                <WeekBars
                  week={week()}
                  limits={limits()}
                  picked={picked()}
                  today={today}
                  onPick={setPicked}
                />
              }
            >
              <WeekTable week={week()} limits={limits()} />
            </Show>
          </section>
          <div class="usage-below">
            <DayLine child={props.child} day={picked()} zone={props.clock.zone} table={table()} />
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
  start: Date,
  kind: TargetView["on"],
): { target: TargetView; used: number }[] {
  const [from, until] = [isoDay(start), isoDay(after(start, 6))];
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
  limits: (number | null)[];
  picked: Date;
  today: Date;
  onPick: (day: Date) => void;
}): JSX.Element {
  const most = () =>
    Math.max(600, ...props.week.map((day) => day.total), ...props.limits.map((limit) => limit ?? 0));
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
                      })}
                    </span>
                    <span class="bar-column" aria-hidden="true">
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
      </figcaption>
    </figure>
  );
}

function WeekTable(props: { week: DayUse[]; limits: (number | null)[] }): JSX.Element {
  return (
    <div class="table-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{t("table-day")}</th>
            <th scope="col">{t("table-used")}</th>
            <th scope="col">{t("table-limit")}</th>
            <th scope="col">{t("table-what")}</th>
          </tr>
        </thead>
        <tbody>
          <For each={props.week}>
            {(day, index) => (
              <tr>
                <th scope="row">{capitalised(words().weekday(index()))}</th>
                <td>{words().duration(day.total)}</td>
                <td>
                  {props.limits[index()] == null
                    ? t("table-no-limit")
                    : words().duration(props.limits[index()] ?? 0)}
                </td>
                <td>
                  {day.parts
                    .map((part) => `${words().category(part.category)} ${words().duration(part.used)}`)
                    .join(", ")}
                </td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  );
}

interface Stretch {
  from: number;
  until: number;
  interval: IntervalView;
}

/** The intervals of a day, one row a program, as shares of 24 hours. */
export function dayRows(
  intervals: IntervalView[],
  day: Date,
  zone: string,
): { target: TargetView; stretches: Stretch[]; used: number }[] {
  const apps = intervals.filter((interval) => interval.target.on === "app");
  // In totals-only mode there are no programs: the screen stands for all.
  const shown = apps.length > 0 ? apps : intervals.filter((interval) => interval.target.on === "screen");
  const rows = new Map<string, { target: TargetView; stretches: Stretch[]; used: number }>();
  const share = (at: string, end: boolean) => {
    const seen = local(new Date(at), zone);
    if (seen.day.getTime() < day.getTime()) return 0;
    if (seen.day.getTime() > day.getTime()) return 1;
    return end && seen.minutes === 0 ? 1 : (seen.minutes + seen.second / 60) / 1440;
  };
  for (const interval of shown) {
    const row = rows.get(targetKey(interval.target)) ?? { target: interval.target, stretches: [], used: 0 };
    row.stretches.push({
      from: share(interval.from, false),
      until: share(interval.until, true),
      interval,
    });
    row.used += interval.used;
    rows.set(targetKey(interval.target), row);
  }
  return [...rows.values()].sort((left, right) => right.used - left.used);
}

function DayLine(props: { child: number; day: Date; zone: string; table: boolean }): JSX.Element {
  const usage = live(
    () =>
      ask(
        {
          ask: "usage",
          child: props.child,
          from: isoDay(props.day),
          until: isoDay(props.day),
          intervals: true,
        },
        "usage",
      ),
    30_000,
  );
  createEffect(
    on(
      () => props.day.getTime(),
      () => void usage.refresh(),
      { defer: true },
    ),
  );
  const rows = () => dayRows(usage.value()?.intervals ?? [], props.day, props.zone);
  const weekday = () => capitalised(words().weekday((props.day.getUTCDay() + 6) % 7));
  const cost = (interval: IntervalView) => t("counted-as", { cost: interval.cost.cost });
  const basis = (interval: IntervalView) => t("counted-because", { basis: interval.basis });
  const span = (interval: IntervalView) =>
    `${local(new Date(interval.from), props.zone).time}–${local(new Date(interval.until), props.zone).time}`;
  return (
    <section class="card stack" aria-labelledby="usage-day">
      <h2 id="usage-day">
        {weekday()}, {words().date(props.day)}
      </h2>
      <TroubleNote trouble={usage.trouble()} />
      <Switch fallback={<Waiting rows={1} />}>
        <Match when={usage.value() && rows().length === 0}>
          <p class="soft">{t("day-empty")}</p>
        </Match>
        <Match when={usage.value() && !props.table}>
          <div class="day-lines">
            <For each={rows().slice(0, 8)}>
              {(row) => (
                <div class="day-line">
                  <span class="day-name">
                    {words().targetTitle(row.target)} <span class="soft">{words().duration(row.used)}</span>
                  </span>
                  <span
                    class="day-track"
                    role="img"
                    aria-label={row.stretches.map((stretch) => span(stretch.interval)).join(", ")}
                  >
                    <For each={row.stretches}>
                      {(stretch) => (
                        <span
                          class={`stretch stretch-${stretch.interval.cost.cost}`}
                          title={`${span(stretch.interval)} · ${cost(stretch.interval)} · ${basis(stretch.interval)}`}
                          style={{
                            left: `${stretch.from * 100}%`,
                            width: `${Math.max(0.3, (stretch.until - stretch.from) * 100)}%`,
                          }}
                        />
                      )}
                    </For>
                  </span>
                </div>
              )}
            </For>
            <div class="day-hours" aria-hidden="true">
              <For each={[0, 6, 12, 18, 24]}>{(hour) => <span>{hour}:00</span>}</For>
            </div>
            <div class="legend">
              <For each={["charged", "grant", "free"]}>
                {(kind) => (
                  <span>
                    <span class={`key stretch-${kind}`} aria-hidden="true" />
                    {t("counted-as", { cost: kind })}
                  </span>
                )}
              </For>
            </div>
          </div>
        </Match>
        <Match when={usage.value()}>
          <div class="table-scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">{t("table-what")}</th>
                  <th scope="col">{t("table-when")}</th>
                  <th scope="col">{t("table-used")}</th>
                  <th scope="col">{t("table-why")}</th>
                </tr>
              </thead>
              <tbody>
                <For each={rows().flatMap((row) => row.stretches)}>
                  {(stretch) => (
                    <tr>
                      <td>{words().target(stretch.interval.target)}</td>
                      <td>{span(stretch.interval)}</td>
                      <td>{words().duration(stretch.interval.used)}</td>
                      <td>
                        {cost(stretch.interval)}, {basis(stretch.interval)}
                      </td>
                    </tr>
                  )}
                </For>
              </tbody>
            </table>
          </div>
        </Match>
      </Switch>
    </section>
  );
}
