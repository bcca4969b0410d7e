// A minute that a child questions: the child picks a stretch and says why, a guardian gives it back or says why not.

import MessageCircleQuestion from "lucide-solid/icons/message-circle-question-mark";
import { createSignal, For, type JSX, Show } from "solid-js";
import { ask } from "../backend";
import type { DisputeView, IntervalView } from "../generated/protocol";
import { deed, live } from "../state";
import { type Clock, isoDay, local, t, words } from "../words";
import { Button, Dialog, Field } from "./controls";
import { Note, TroubleNote, Waiting } from "./notes";
import { targetKey } from "./standing";
import { say } from "./toasts";

function stretch(from: string, until: string, zone: string): string {
  return `${local(new Date(from), zone).time}–${local(new Date(until), zone).time}`;
}

/** How long what is questioned is: of its own series, not of every series that counted it. */
export function questioned(dispute: DisputeView): number {
  const own = dispute.back.find((back) => targetKey(back.target) === targetKey(dispute.target));
  return own?.seconds ?? Math.max(0, ...dispute.back.map((back) => back.seconds));
}

/** What a child may question of a day: what was counted, newest first. */
export function questionable(intervals: IntervalView[]): IntervalView[] {
  const counted = intervals.filter((one) => one.cost.cost === "charged");
  const apps = counted.filter((one) => one.target.on === "app");
  // Where no names are kept the screen stands for all.
  const shown = apps.length > 0 ? apps : counted.filter((one) => one.target.on === "screen");
  return [...shown].sort((left, right) => right.from.localeCompare(left.from));
}

function values(dispute: DisputeView, zone: string) {
  return {
    name: dispute.name,
    target: words().target(dispute.target),
    stretch: stretch(dispute.from, dispute.until, zone),
    duration: words().duration(questioned(dispute)),
  };
}

/** The child's day with every stretch, and the way to question one. */
export function MyTime(props: { open: boolean; clock: Clock; onClose: () => void }): JSX.Element {
  return (
    <Dialog open={props.open} onClose={props.onClose} title={t("my-time-title")}>
      <MyStretches clock={props.clock} />
    </Dialog>
  );
}

function MyStretches(props: { clock: Clock }): JSX.Element {
  const zone = () => props.clock.zone;
  const today = () => isoDay(local(props.clock.now, props.clock.zone).day);
  const usage = live(
    () => ask({ ask: "usage", child: null, from: today(), until: today(), intervals: true }, "usage"),
    null,
  );
  const disputes = live(() => ask({ ask: "disputes", child: null, all: true }, "disputes"), null);
  const [picked, setPicked] = createSignal<IntervalView | null>(null);
  const [why, setWhy] = createSignal("");
  const [sent, setSent] = createSignal(false);
  const sending = deed();
  const send = async (event: Event) => {
    event.preventDefault();
    const { target, from, until } = picked() ?? {};
    if (!target || !from || !until) return;
    const done = await sending.run(() =>
      ask({ ask: "dispute", target, from, until, words: why().trim() }, "dispute"),
    );
    if (!done) return;
    setPicked(null);
    setWhy("");
    setSent(true);
    await disputes.refresh();
  };
  const asked = (one: IntervalView) =>
    disputes
      .value()
      ?.some((dispute) => targetKey(dispute.target) === targetKey(one.target) && dispute.from === one.from);
  const all = () => questionable(usage.value()?.intervals ?? []);
  return (
    <div class="stack">
      <p class="soft">{t("my-time-words")}</p>
      <TroubleNote trouble={usage.trouble()} />
      <Show when={sent()}>
        <Note kind="good" title={t("question-sent")} />
      </Show>
      <Show when={usage.value()} fallback={<Show when={!usage.trouble()}>{<Waiting rows={2} />}</Show>}>
        <Show when={all().length > 0} fallback={<p>{t("my-time-none")}</p>}>
          <ul class="my-time">
            <For each={all()}>
              {(one) => (
                <li>
                  <div class="app-words">
                    <strong>{words().targetTitle(one.target)}</strong>
                    <span class="soft">
                      {stretch(one.from, one.until, zone())} · {words().duration(one.used)} ·{" "}
                      {t("counted-because", { basis: one.basis })}
                    </span>
                  </div>
                  <Show
                    when={picked() === one}
                    fallback={
                      <Show when={!asked(one)}>
                        <Button look="quiet" onClick={() => setPicked(one)}>
                          {t("question")}
                        </Button>
                      </Show>
                    }
                  >
                    <form class="stack my-why" onSubmit={send}>
                      <Field
                        label={t("question-why")}
                        hint={t("question-why-hint")}
                        value={why()}
                        onChange={setWhy}
                        multiline
                        maxLength={200}
                      />
                      <TroubleNote trouble={sending.trouble()} />
                      <div class="row row-end">
                        <Button onClick={() => setPicked(null)}>{t("cancel")}</Button>
                        <Button type="submit" look="main" busy={sending.busy()}>
                          {t("question-send")}
                        </Button>
                      </div>
                    </form>
                  </Show>
                </li>
              )}
            </For>
          </ul>
        </Show>
      </Show>
      <For each={(disputes.value() ?? []).slice(0, 5)}>
        {(one) => (
          <Note
            kind={one.state.state === "accepted" ? "good" : "info"}
            title={t("question-state", { state: one.state.state, ...values(one, zone()) })}
          >
            <Show when={one.state.state === "denied" ? one.state.words : ""}>
              {(said) => <p>{said()}</p>}
            </Show>
          </Note>
        )}
      </For>
    </div>
  );
}

/** What a child has questioned, to answer. */
export function Disputes(props: { child: number; zone: string; onAnswered: () => void }): JSX.Element {
  const open = live(() => ask({ ask: "disputes", child: props.child, all: false }, "disputes"), 30_000);
  return (
    <Show when={(open.value()?.length ?? 0) > 0}>
      <section class="requests" aria-label={t("questions")}>
        <For each={open.value() ?? []}>
          {(dispute) => (
            <Dispute
              dispute={dispute}
              zone={props.zone}
              onAnswered={async () => {
                await open.refresh();
                props.onAnswered();
              }}
            />
          )}
        </For>
      </section>
    </Show>
  );
}

function Dispute(props: {
  dispute: DisputeView;
  zone: string;
  onAnswered: () => Promise<void>;
}): JSX.Element {
  const answering = deed();
  const [denying, setDenying] = createSignal(false);
  const [word, setWord] = createSignal("");
  const told = () => values(props.dispute, props.zone);
  const answer = async (accept: boolean) => {
    const said = t(accept ? "question-given" : "question-stays", told());
    const done = await answering.run(() =>
      ask({ ask: "answer-dispute", dispute: props.dispute.id, accept, words: word().trim() }, "dispute"),
    );
    if (!done) return;
    setDenying(false);
    say({ title: said });
    await props.onAnswered();
  };
  return (
    <article class="request" aria-label={t("question-of", told())}>
      <div class="request-icon" aria-hidden="true">
        <MessageCircleQuestion />
      </div>
      <div class="request-words">
        <h2>{t("question-asks", told())}</h2>
        <Show when={props.dispute.words.trim() !== ""}>
          <blockquote>{props.dispute.words}</blockquote>
        </Show>
        <details>
          <summary>{t("question-evidence")}</summary>
          <ul>
            <For each={props.dispute.evidence}>
              {(one) => (
                <li class="soft">
                  {stretch(one.from, one.until, props.zone)} {words().target(one.target)}:{" "}
                  {t("counted-as", { cost: one.cost.cost })}, {t("counted-because", { basis: one.basis })}
                </li>
              )}
            </For>
          </ul>
        </details>
        <TroubleNote trouble={denying() ? null : answering.trouble()} />
      </div>
      <div class="request-answers">
        <Button look="main" busy={answering.busy()} onClick={() => answer(true)}>
          {t("question-give", told())}
        </Button>
        <Button look="quiet" onClick={() => setDenying(true)}>
          {t("question-keep")}
        </Button>
      </div>
      <Dialog open={denying()} onClose={() => setDenying(false)} title={t("question-keep-title")}>
        <div class="stack">
          <Field
            label={t("request-no-word")}
            hint={t("question-keep-hint")}
            value={word()}
            onChange={setWord}
            multiline
            maxLength={200}
          />
          <TroubleNote trouble={answering.trouble()} />
          <div class="row row-end">
            <Button onClick={() => setDenying(false)}>{t("cancel")}</Button>
            <Button look="main" busy={answering.busy()} onClick={() => answer(false)}>
              {t("question-keep-send")}
            </Button>
          </div>
        </div>
      </Dialog>
    </article>
  );
}
