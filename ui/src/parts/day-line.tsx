// A day as lines of time, one a program; what is pointed at or focused is explained below, rule by rule.

import {
  createEffect,
  createMemo,
  createSignal,
  For,
  type JSX,
  Match,
  on,
  onCleanup,
  Show,
  Switch,
} from "solid-js";
import { ask } from "../backend";
import type { IntervalView, RuleView, TargetView } from "../generated/protocol";
import { live } from "../state";
import { capitalised, isoDay, local, t, words } from "../words";
import { TroubleNote, Waiting } from "./notes";
import { targetKey } from "./standing";

export interface Stretch {
  from: number;
  until: number;
  interval: IntervalView;
}

export interface Row {
  target: TargetView;
  stretches: Stretch[];
  used: number;
}

/** The intervals of a day, one row a program, as shares of 24 hours. */
export function dayRows(intervals: IntervalView[], day: Date, zone: string): Row[] {
  const apps = intervals.filter((interval) => interval.target.on === "app");
  // In totals-only mode there are no programs: the screen stands for all.
  const shown = apps.length > 0 ? apps : intervals.filter((interval) => interval.target.on === "screen");
  const rows = new Map<string, Row>();
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

/** The allowances that a charge on these series counted for. */
export function countedFor(charged: IntervalView[], rules: RuleView[]): RuleView[] {
  const keys = new Set(
    charged.filter((one) => one.cost.cost === "charged").map((one) => targetKey(one.target)),
  );
  return rules.filter(({ rule }) => {
    if (rule.rule !== "allowance") return false;
    if (rule.target.on !== "each") return keys.has(targetKey(rule.target));
    // Each program of a category by itself: a program and its category were charged together.
    return keys.has(`category:${rule.target.category}`);
  });
}

const SHOWN = 8;

export function DayLine(props: {
  child: number;
  day: Date;
  zone: string;
  table: boolean;
  rules: RuleView[];
}): JSX.Element {
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
  const [picked, setPicked] = createSignal<string | null>(null);
  createEffect(
    on(
      () => props.day.getTime(),
      () => {
        setPicked(null);
        void usage.refresh();
      },
      { defer: true },
    ),
  );
  const rows = createMemo(() => dayRows(usage.value()?.intervals ?? [], props.day, props.zone));
  const name = (interval: IntervalView) => `${targetKey(interval.target)} ${interval.from}`;
  const all = () => rows().flatMap((row) => row.stretches);
  const chosen = () => all().find((stretch) => name(stretch.interval) === picked())?.interval ?? null;
  const weekday = () => capitalised(words().weekday((props.day.getUTCDay() + 6) % 7));
  const cost = (interval: IntervalView) => t("counted-as", { cost: interval.cost.cost });
  const basis = (interval: IntervalView) => t("counted-because", { basis: interval.basis });
  const span = (interval: IntervalView) =>
    `${local(new Date(interval.from), props.zone).time}–${local(new Date(interval.until), props.zone).time}`;
  let lines: HTMLDivElement | undefined;
  // One stop for the tab key; arrows go from stretch to stretch, by time within a row and from row to row.
  const onKey = (event: KeyboardEvent) => {
    const shown = rows().slice(0, SHOWN);
    const row = shown.findIndex((one) =>
      one.stretches.some((stretch) => name(stretch.interval) === picked()),
    );
    const place = shown[row]?.stretches.findIndex((stretch) => name(stretch.interval) === picked()) ?? 0;
    const along = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const across = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const next = along
      ? shown[row]?.stretches[place + along]
      : across
        ? shown[row + across]?.stretches[0]
        : undefined;
    if (along === undefined && across === undefined) return;
    event.preventDefault();
    if (!next) return;
    setPicked(name(next.interval));
    lines?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  };
  const reachable = (interval: IntervalView) =>
    picked() === null ? interval === all()[0]?.interval : name(interval) === picked();
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
          <div class="day-lines" ref={(element) => (lines = element)}>
            <For each={rows().slice(0, SHOWN)}>
              {(row) => (
                <div class="day-line">
                  <span class="day-name">
                    {words().targetTitle(row.target)} <span class="soft">{words().duration(row.used)}</span>
                  </span>
                  <ul class="day-track" aria-label={words().targetTitle(row.target)}>
                    <For each={row.stretches}>
                      {(stretch) => (
                        <li>
                          <button
                            type="button"
                            class={`stretch stretch-${stretch.interval.cost.cost}`}
                            tabindex={reachable(stretch.interval) ? 0 : -1}
                            aria-pressed={name(stretch.interval) === picked()}
                            aria-label={`${span(stretch.interval)}, ${cost(stretch.interval)}`}
                            onPointerEnter={() => setPicked(name(stretch.interval))}
                            onFocus={() => setPicked(name(stretch.interval))}
                            onClick={() => setPicked(name(stretch.interval))}
                            onKeyDown={onKey}
                            style={{
                              left: `${stretch.from * 100}%`,
                              width: `${Math.max(0.6, (stretch.until - stretch.from) * 100)}%`,
                            }}
                          />
                        </li>
                      )}
                    </For>
                  </ul>
                </div>
              )}
            </For>
            <div class="day-hours" aria-hidden="true">
              <For each={[0, 6, 12, 18, 24]}>{(hour) => <span>{hour}:00</span>}</For>
            </div>
            <div class="day-why" aria-live="polite">
              <Show when={chosen()} fallback={<p class="soft">{t("day-point")}</p>}>
                {(interval) => (
                  <>
                    <p>
                      <strong>
                        {words().targetTitle(interval().target)}, {span(interval())}
                      </strong>{" "}
                      <span class="soft">{words().duration(interval().used)}</span>
                    </p>
                    <p>
                      {capitalised(cost(interval()))}: {basis(interval())}.
                    </p>
                    <Why child={props.child} interval={interval()} rules={props.rules} />
                  </>
                )}
              </Show>
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
                <For each={all()}>
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

/** While the pointer runs over a day, the service is not asked of every stretch. */
const PAUSE = 200;

/** Which rules a stretch counted for, or which rule made it free. */
function Why(props: { child: number; interval: IntervalView; rules: RuleView[] }): JSX.Element {
  const [touching, setTouching] = createSignal<IntervalView[] | null>(null);
  createEffect(
    on(
      () => [props.interval.from, props.interval.until, props.interval.cost.cost] as const,
      ([from, until, cost]) => {
        setTouching(null);
        if (cost !== "charged") return;
        let alive = true;
        const middle = new Date((Date.parse(from) + Date.parse(until)) / 2).toISOString();
        const wait = setTimeout(async () => {
          const usage = await ask({ ask: "why-charged", child: props.child, at: middle }, "usage").catch(
            () => null,
          );
          if (alive) setTouching(usage?.intervals ?? []);
        }, PAUSE);
        onCleanup(() => {
          alive = false;
          clearTimeout(wait);
        });
      },
    ),
  );
  const free = () => {
    const cost = props.interval.cost;
    return cost.cost === "free" ? props.rules.find((rule) => rule.id === cost.rule) : undefined;
  };
  const counted = () => countedFor(touching() ?? [], props.rules);
  return (
    <>
      <Show when={free()}>
        {(rule) => (
          <p class="soft">
            {words().rule(rule().rule)} {words().setBy(rule().origin)}
          </p>
        )}
      </Show>
      <Show when={counted().length > 0}>
        <p class="soft">{t("counted-for")}</p>
        <ul class="sentences">
          <For each={counted()}>{(rule) => <li>{words().rule(rule.rule)}</li>}</For>
        </ul>
      </Show>
    </>
  );
}
