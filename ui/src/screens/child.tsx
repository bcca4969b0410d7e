// The child's window: time left, why and what is next, ask, get help.

import HandHelping from "lucide-solid/icons/hand-helping";
import Hourglass from "lucide-solid/icons/hourglass";
import KeyRound from "lucide-solid/icons/key-round";
import Save from "lucide-solid/icons/save";
import X from "lucide-solid/icons/x";
import { createSignal, For, type JSX, Match, Show, Switch } from "solid-js";
import { ask } from "../backend";
import type { BudgetView, ReasonView, RequestView, StandingView, TargetView } from "../generated/protocol";
import { Button, Choices, Dialog, Field } from "../parts/controls";
import { MyTime } from "../parts/disputes";
import { HelpButton } from "../parts/help";
import { Note, TroubleNote, Waiting } from "../parts/notes";
import { Preferences } from "../parts/preferences";
import { BudgetLine, Ring } from "../parts/ring";
import { targetKey } from "../parts/standing";
import { deed, live, liveStatus, order } from "../state";
import { type Clock, t, words } from "../words";
import { PinForm } from "./pin";
import { grantTargets } from "./today";

export function ChildWindow(): JSX.Element {
  const status = liveStatus(null);
  const requests = live(() => ask({ ask: "requests", child: null, all: true }, "requests"));
  const rules = live(() => ask({ ask: "rules", child: null }, "rules"));
  const [asking, setAsking] = createSignal(false);
  const [opening, setOpening] = createSignal(false);
  const [looking, setLooking] = createSignal(false);
  const [seeing, setSeeing] = createSignal(false);
  const me = () => status.children()[0];
  return (
    <div class="child-window">
      <header class="child-bar">
        <strong>{me()?.child.name ?? "Lanh"}</strong>
        <div class="row">
          <Preferences compact />
          <button type="button" class="button button-quiet" onClick={() => setOpening(true)}>
            <KeyRound aria-hidden="true" />
            {t("for-guardians")}
          </button>
        </div>
      </header>
      <main class="child-main">
        <Switch fallback={<Waiting rows={2} />}>
          <Match when={status.trouble() && !me()}>
            <TroubleNote trouble={status.trouble()} />
          </Match>
          <Match when={me()}>
            {(standing) => (
              <>
                <TimeLeft standing={standing()} clock={status.clock()} />
                <Held standing={standing()} clock={status.clock()} onChanged={status.refresh} />
                <LatestRequest requests={requests.value() ?? []} clock={status.clock()} />
                <div class="child-actions">
                  <Button look="main" class="button-large" onClick={() => setAsking(true)}>
                    <HandHelping aria-hidden="true" />
                    {t("ask-for-time")}
                  </Button>
                  <Button class="button-large" onClick={() => setSeeing(true)}>
                    {t("my-rules")}
                  </Button>
                  <Button class="button-large" onClick={() => setLooking(true)}>
                    {t("my-time")}
                  </Button>
                </div>
              </>
            )}
          </Match>
        </Switch>
      </main>
      <footer class="child-help">
        <HelpButton numbers={status.value()?.help_lines ?? []} />
      </footer>
      <Show when={me()}>
        {(standing) => (
          <Asking
            open={asking()}
            standing={standing()}
            onClose={() => setAsking(false)}
            onAsked={() => {
              setAsking(false);
              void requests.refresh();
            }}
          />
        )}
      </Show>
      <Dialog open={seeing()} onClose={() => setSeeing(false)} title={t("my-rules-title")}>
        <div class="stack">
          <TroubleNote trouble={rules.trouble()} />
          <Show when={rules.value()?.length === 0}>
            <p>{t("my-rules-none")}</p>
          </Show>
          <ul class="sentences sentences-by">
            <For each={rules.value() ?? []}>
              {(rule) => (
                <li>
                  {words().rule(rule.rule)}
                  <span class="soft">{words().setBy(rule.origin)}</span>
                </li>
              )}
            </For>
          </ul>
          <p class="soft">{t("my-rules-kept")}</p>
        </div>
      </Dialog>
      <MyTime open={looking()} clock={status.clock()} onClose={() => setLooking(false)} />
      <Dialog open={opening()} onClose={() => setOpening(false)} title={t("pin-title")}>
        <PinForm onOpened={() => setOpening(false)} onCancel={() => setOpening(false)} />
      </Dialog>
    </div>
  );
}

/** The budget that ends first; a weekly one only when nothing daily is there. */
function first(standing: StandingView): BudgetView | undefined {
  return [...standing.budgets].sort(
    (left, right) => Number(left.weekly) - Number(right.weekly) || left.left - right.left,
  )[0];
}

function TimeLeft(props: { standing: StandingView; clock: Clock }): JSX.Element {
  const lead = () => first(props.standing);
  const others = () => props.standing.budgets.filter((budget) => budget !== lead());
  const reason = (): ReasonView | null => props.standing.screen.reason;
  const closed = () => props.standing.screen.verdict === "denied";
  return (
    <section class="time-left" aria-live="polite">
      <Show
        when={lead()}
        fallback={
          <div class="no-limit">
            <Hourglass aria-hidden="true" />
            <h1>{closed() ? t("child-closed") : t("child-no-limit")}</h1>
          </div>
        }
      >
        {(budget) => (
          <>
            <Ring left={budget().left} amount={budget().amount} label={words().target(budget().target)} />
            <h1>
              {budget().left > 0 && !closed()
                ? t("child-left", {
                    left: words().duration(budget().left),
                    target: words().target(budget().target),
                  })
                : t("child-over", { target: words().target(budget().target) })}
            </h1>
          </>
        )}
      </Show>
      <p class="child-verdict">
        {t("child-screen", { verdict: words().verdict(props.standing.screen, props.clock) })}
      </p>
      <Show when={reason()}>
        {(why) => (
          <details class="why">
            <summary>{t("why")}</summary>
            <p>{closed() ? words().reason(why(), props.clock) : words().ending(why())}</p>
          </details>
        )}
      </Show>
      <Show when={others().length > 0}>
        <ul class="rings">
          <For each={others()}>{(budget) => <BudgetLine budget={budget} size="small" />}</For>
        </ul>
      </Show>
    </section>
  );
}

function Held(props: { standing: StandingView; clock: Clock; onChanged: () => void }): JSX.Element {
  const held = () => props.standing.running.filter((running) => running.verdict.verdict === "held");
  const doing = deed();
  const act = async (question: Parameters<typeof order>[0]) => {
    if (await doing.run(() => order(question))) props.onChanged();
  };
  return (
    <For each={held()}>
      {(running) => (
        <section class="held" aria-label={t("state-paused", { app: running.app.name })}>
          <h2>{t("held-title", { app: running.app.name })}</h2>
          <p>
            {t("held-words")} {words().verdict(running.verdict, props.clock)}.
          </p>
          <TroubleNote trouble={doing.trouble()} />
          <div class="row">
            <Button busy={doing.busy()} onClick={() => act({ ask: "save-game", app: running.app.id })}>
              <Save aria-hidden="true" />
              {t("action-save")}
            </Button>
            <Button
              look="quiet"
              busy={doing.busy()}
              onClick={() => act({ ask: "close-app", app: running.app.id })}
            >
              <X aria-hidden="true" />
              {t("action-close")}
            </Button>
          </div>
        </section>
      )}
    </For>
  );
}

function LatestRequest(props: { requests: RequestView[]; clock: Clock }): JSX.Element {
  const latest = () => {
    const [newest] = props.requests;
    // An answer of yesterday is no news.
    return newest && props.clock.now.getTime() - Date.parse(newest.at) < 12 * 3_600_000 ? newest : undefined;
  };
  const values = (request: RequestView, seconds: number) => ({
    duration: words().duration(seconds),
    target: words().target(request.target),
  });
  return (
    <Show when={latest()}>
      {(request) => {
        const state = () => request().state;
        return (
          <Switch>
            <Match when={state().state === "open"}>
              <Note kind="info" title={t("request-waits", values(request(), request().seconds))} />
            </Match>
            <Match when={state().state === "granted" && state()}>
              {(granted) => (
                <Note
                  kind="good"
                  title={t(
                    "request-granted-title",
                    values(request(), (granted() as { seconds: number }).seconds),
                  )}
                />
              )}
            </Match>
            <Match when={state().state === "denied" && state()}>
              {(denied) => (
                <Note kind="info" title={t("request-denied-title", values(request(), 0))}>
                  <p>{(denied() as { words: string }).words || t("request-denied-body")}</p>
                </Note>
              )}
            </Match>
          </Switch>
        );
      }}
    </Show>
  );
}

function Asking(props: {
  open: boolean;
  standing: StandingView;
  onClose: () => void;
  onAsked: () => void;
}): JSX.Element {
  const targets = () => grantTargets(props.standing).slice(0, 6);
  const [chosen, setChosen] = createSignal<string>();
  const [minutes, setMinutes] = createSignal("15");
  const [why, setWhy] = createSignal("");
  const asking = deed();
  const target = (): TargetView =>
    targets().find((one) => targetKey(one) === chosen()) ?? targets()[0] ?? { on: "screen" };
  const send = async (event: Event) => {
    event.preventDefault();
    const done = await asking.run(() =>
      ask(
        { ask: "ask-for-time", target: target(), seconds: Number(minutes()) * 60, words: why().trim() },
        "request",
      ),
    );
    if (done) {
      setWhy("");
      props.onAsked();
    }
  };
  return (
    <Dialog open={props.open} onClose={props.onClose} title={t("ask-for-time")}>
      <form class="stack" onSubmit={send}>
        <Choices
          label={t("ask-for-what")}
          value={targetKey(target())}
          onChange={setChosen}
          choices={targets().map((one) => ({ value: targetKey(one), label: words().targetTitle(one) }))}
        />
        <Choices
          label={t("ask-how-long")}
          inline
          value={minutes()}
          onChange={setMinutes}
          choices={["5", "15", "30", "60"].map((value) => ({
            value,
            label: words().duration(Number(value) * 60),
          }))}
        />
        <Field
          label={t("ask-why")}
          hint={t("ask-why-hint")}
          value={why()}
          onChange={setWhy}
          multiline
          maxLength={200}
        />
        <TroubleNote trouble={asking.trouble()} />
        <div class="row row-end">
          <Button onClick={props.onClose}>{t("cancel")}</Button>
          <Button type="submit" look="main" busy={asking.busy()}>
            {t("ask-send")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
