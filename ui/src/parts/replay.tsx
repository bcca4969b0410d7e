// What the last four weeks would have been under a rule that is not saved yet.

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
import { ask, trouble } from "../backend";
import type { ReplayDayView, ReplayView, RuleChange } from "../generated/protocol";
import { type Clock, isoDay, local, t, words } from "../words";

const DAY = 86_400_000;
const DAYS = 28;
/** While a number is being typed nothing is asked. */
const PAUSE = 450;
const SHOWN = 4;

export interface ReplaySum {
  /** Days on which something was used. */
  used: number;
  /** Days that would have been cut. */
  cut: number;
  /** Seconds that would not have been. */
  lost: number;
  /** Seconds more (or less) that would have counted of what is left. */
  counted: number;
}

export function replaySum(days: ReplayDayView[]): ReplaySum {
  const sum: ReplaySum = { used: 0, cut: 0, lost: 0, counted: 0 };
  for (const day of days) {
    const lost = Math.max(0, day.used - day.kept);
    if (day.used > 0) sum.used += 1;
    if (lost > 0 || day.stops.length > 0) sum.cut += 1;
    // A stop of one program while the screen goes on is time of that program.
    sum.lost += lost > 0 ? lost : Math.max(0, ...day.stops.map((stop) => stop.refused));
    sum.counted += day.would_charge - day.charged + lost;
  }
  return sum;
}

export function Replay(props: { child: number; change: RuleChange; clock: Clock }): JSX.Element {
  const [replay, setReplay] = createSignal<ReplayView | null>(null);
  const [failed, setFailed] = createSignal(false);
  const [all, setAll] = createSignal(false);
  let round = 0;
  const change = createMemo(() => JSON.stringify(props.change));
  createEffect(
    on(change, (text) => {
      round += 1;
      const mine = round;
      const wait = setTimeout(
        async () => {
          const today = local(props.clock.now, props.clock.zone).day.getTime();
          try {
            const answer = await ask(
              {
                ask: "replay",
                child: props.child,
                changes: [JSON.parse(text) as RuleChange],
                from: isoDay(new Date(today - DAYS * DAY)),
                until: isoDay(new Date(today - DAY)),
              },
              "replay",
            );
            if (mine !== round) return;
            setReplay(answer);
            setFailed(false);
          } catch (thrown) {
            // A rule that makes no sense yet is said when it is saved.
            if (mine === round) setFailed(trouble(thrown).trouble !== "locked");
          }
        },
        replay() === null ? 0 : PAUSE,
      );
      onCleanup(() => clearTimeout(wait));
    }),
  );
  const sum = () => replaySum(replay()?.days ?? []);
  const told = () =>
    [...(replay()?.days ?? [])]
      .reverse()
      .filter((day) => day.kept < day.used || day.stops.length > 0 || words().replayCounted(day) !== null);
  return (
    <section class="replay" aria-labelledby="replay-title" aria-live="polite">
      <h3 id="replay-title">{t("replay-title")}</h3>
      <Switch fallback={<p class="soft">{t("replay-trying")}</p>}>
        <Match when={failed()}>
          <p class="soft">{t("replay-failed")}</p>
        </Match>
        <Match when={replay()}>
          {(now) => (
            <>
              <p class="replay-answer">
                {t("replay-answer", {
                  kind: sum().used === 0 ? "unused" : sum().cut > 0 ? "cut" : "same",
                  days: sum().cut,
                  used: sum().used,
                  lost: words().duration(sum().lost),
                })}{" "}
                <Show when={Math.abs(sum().counted) >= 60}>
                  {t(sum().counted < 0 ? "replay-counts-less" : "replay-counts-more", {
                    duration: words().duration(Math.abs(sum().counted)),
                  })}
                </Show>
              </p>
              <Show when={sum().used > 0}>
                <Strip days={now().days} />
              </Show>
              <ul class="replay-days">
                <For each={told().slice(0, all() ? DAYS : SHOWN)}>
                  {(day) => (
                    <li>
                      {words().replayed(day, props.clock)}
                      <For each={day.stops.slice(0, 2)}>
                        {(stop) => <span class="soft">{words().replayStop(stop, props.clock)}</span>}
                      </For>
                      <Show when={day.stops.length === 0 ? words().replayCounted(day) : null}>
                        {(counted) => <span class="soft">{counted()}</span>}
                      </Show>
                    </li>
                  )}
                </For>
              </ul>
              <Show when={told().length > SHOWN && !all()}>
                <button type="button" class="tag-button replay-more" onClick={() => setAll(true)}>
                  {t("apps-more", { count: told().length - SHOWN })}
                </button>
              </Show>
            </>
          )}
        </Match>
      </Switch>
    </section>
  );
}

/** A small bar a day: what was, and within it what would have been left. The sentences say the same. */
function Strip(props: { days: ReplayDayView[] }): JSX.Element {
  const most = () => Math.max(1, ...props.days.map((day) => day.used));
  return (
    <div class="replay-strip" aria-hidden="true">
      <For each={props.days}>
        {(day) => (
          <span class="replay-was" style={{ height: `${Math.max(4, (100 * day.used) / most())}%` }}>
            <span style={{ height: `${day.used === 0 ? 100 : (100 * day.kept) / day.used}%` }} />
          </span>
        )}
      </For>
    </div>
  );
}
