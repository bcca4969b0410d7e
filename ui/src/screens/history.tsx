// What was changed in a child's rules, in sentences, and the way back to before each change.

import Minus from "lucide-solid/icons/minus";
import Plus from "lucide-solid/icons/plus";
import Undo2 from "lucide-solid/icons/undo-2";
import { createMemo, createSignal, For, type JSX, Match, Show, Switch } from "solid-js";
import { ask } from "../backend";
import type { ChangeView, NewRule, RuleView } from "../generated/protocol";
import { Button, Dialog } from "../parts/controls";
import { TroubleNote, Waiting } from "../parts/notes";
import { targetKey } from "../parts/standing";
import { say } from "../parts/toasts";
import { deed, live } from "../state";
import { type Clock, t, words } from "../words";

export interface Difference {
  before: NewRule | null;
  after: NewRule | null;
}

/** What a rule is about: two rules with the same answer are one rule that was changed. */
function subject(rule: NewRule): string {
  return "target" in rule ? `${rule.rule} ${targetKey(rule.target)}` : rule.rule;
}

/** What is different between two sets of rules: taken away, added, or changed. */
export function difference(before: RuleView[], after: RuleView[]): Difference[] {
  const same = (left: RuleView, right: RuleView) =>
    JSON.stringify([left.origin, left.rule]) === JSON.stringify([right.origin, right.rule]);
  const gone = before.filter((rule) => !after.some((other) => same(rule, other)));
  const come = after.filter((rule) => !before.some((other) => same(rule, other)));
  const pairs: Difference[] = gone.map((rule) => {
    let place = come.findIndex((other) => other.id === rule.id);
    if (place < 0) place = come.findIndex((other) => subject(other.rule) === subject(rule.rule));
    const [now] = place < 0 ? [] : come.splice(place, 1);
    return { before: rule.rule, after: now?.rule ?? null };
  });
  return [...pairs, ...come.map((rule) => ({ before: null, after: rule.rule }))];
}

/** What happened, in one sentence. */
export function summary(differences: Difference[]): string {
  const count = (fits: (one: Difference) => boolean) => differences.filter(fits).length;
  const added = count((one) => one.before === null);
  const removed = count((one) => one.after === null);
  const changed = differences.length - added - removed;
  const parts = Object.entries({ added, changed, removed }).filter(([, many]) => many > 0);
  const [only] = parts;
  if (!only) return t("change-none");
  if (parts.length === 1) return t("change-summary", { kind: only[0], count: only[1] });
  return t("change-mixed", {
    parts: parts.map(([kind, many]) => t("change-part", { kind, count: many })).join(", "),
  });
}

/** The newest revision of a child's rules: what an undo of the change just made goes back before. */
export async function newestRevision(child: number): Promise<number | null> {
  const [newest] = await ask({ ask: "history", child }, "history");
  return newest?.revision ?? null;
}

const AT_ONCE = 20;

export function History(props: {
  child: number;
  name: string;
  clock: Clock;
  open: boolean;
  onClose: () => void;
  onBack: () => Promise<void>;
}): JSX.Element {
  return (
    <Dialog open={props.open} onClose={props.onClose} title={t("history-title", { name: props.name })} wide>
      <Changes {...props} />
    </Dialog>
  );
}

function Changes(props: {
  child: number;
  name: string;
  clock: Clock;
  onBack: () => Promise<void>;
}): JSX.Element {
  const history = live(() => ask({ ask: "history", child: props.child }, "history"), null);
  const rules = live(() => ask({ ask: "rules", child: props.child }, "rules"), null);
  const [shown, setShown] = createSignal(AT_ONCE);
  const [asked, setAsked] = createSignal<number | null>(null);
  const going = deed();
  const back = async (change: ChangeView) => {
    const done = await going.run(() =>
      ask({ ask: "rollback", child: props.child, revision: change.revision }, "rules"),
    );
    if (!done) return;
    setAsked(null);
    const made = await newestRevision(props.child);
    await Promise.all([history.refresh(), rules.refresh(), props.onBack()]);
    say({
      title: t("history-is-back", { name: props.name, at: words().past(new Date(change.at), props.clock) }),
      detail: t("rule-at-once", { name: props.name }),
      ...(made === null
        ? {}
        : {
            undo: async () => {
              await ask({ ask: "rollback", child: props.child, revision: made }, "rules");
              await Promise.all([history.refresh(), rules.refresh(), props.onBack()]);
            },
          }),
    });
  };
  return (
    <div class="stack">
      <TroubleNote trouble={going.trouble() ?? history.trouble()} />
      <Switch fallback={<Show when={!history.trouble()}>{<Waiting rows={3} />}</Show>}>
        <Match when={history.value()?.length === 0}>
          <p class="soft">{t("history-none")}</p>
        </Match>
        <Match when={history.value()}>
          {(changes) => (
            <>
              <p class="soft">{t("history-words")}</p>
              <ol class="history">
                <For each={changes().slice(0, shown())}>
                  {(change, index) => (
                    <Change
                      change={change}
                      name={props.name}
                      clock={props.clock}
                      later={index()}
                      now={rules.value() ?? []}
                      asked={asked() === change.revision}
                      busy={going.busy()}
                      onAsk={(on) => setAsked(on ? change.revision : null)}
                      onBack={() => void back(change)}
                    />
                  )}
                </For>
              </ol>
              <Show when={changes().length > shown()}>
                <Button look="quiet" onClick={() => setShown(shown() + AT_ONCE)}>
                  {t("apps-more", { count: changes().length - shown() })}
                </Button>
              </Show>
            </>
          )}
        </Match>
      </Switch>
    </div>
  );
}

function Change(props: {
  change: ChangeView;
  name: string;
  clock: Clock;
  /** How many changes came after it. */
  later: number;
  now: RuleView[];
  asked: boolean;
  busy: boolean;
  onAsk: (on: boolean) => void;
  onBack: () => void;
}): JSX.Element {
  const differences = createMemo(() => difference(props.change.before, props.change.after));
  const coming = createMemo(() => difference(props.now, props.change.before));
  return (
    <li class="change">
      <div class="change-head">
        <h3>{summary(differences())}</h3>
        <span class="soft">
          {words().past(new Date(props.change.at), props.clock)} · {t("change-by", { by: props.change.by })}
        </span>
      </div>
      <Differences all={differences()} />
      <Show
        when={props.asked}
        fallback={
          <Button look="quiet" class="change-back" onClick={() => props.onAsk(true)}>
            <Undo2 aria-hidden="true" />
            {t("history-back")}
          </Button>
        }
      >
        <div class="change-ask stack" role="status">
          <p>{t("history-will", { name: props.name, later: props.later })}</p>
          <Show when={coming().length > 0} fallback={<p class="soft">{t("history-same")}</p>}>
            <Differences all={coming()} />
          </Show>
          <div class="row">
            <Button look="main" busy={props.busy} onClick={props.onBack}>
              {t("history-do")}
            </Button>
            <Button onClick={() => props.onAsk(false)}>{t("cancel")}</Button>
          </div>
        </div>
      </Show>
    </li>
  );
}

/** Before and after, each a sentence; by sign and word, not by colour alone. */
function Differences(props: { all: Difference[] }): JSX.Element {
  return (
    <ul class="differences">
      <For each={props.all}>
        {(one) => (
          <li>
            <Show when={one.before}>
              {(rule) => (
                <p class="was">
                  <Minus aria-hidden="true" />
                  <span>
                    <span class="unseen">{t("change-before")} </span>
                    {words().rule(rule())}
                  </span>
                </p>
              )}
            </Show>
            <Show when={one.after}>
              {(rule) => (
                <p class="is">
                  <Plus aria-hidden="true" />
                  <span>
                    <span class="unseen">{t("change-after")} </span>
                    {words().rule(rule())}
                  </span>
                </p>
              )}
            </Show>
          </li>
        )}
      </For>
    </ul>
  );
}
