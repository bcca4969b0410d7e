// Today: how each child stands, what runs, who asks, and a yes in one tap.

import CircleDot from "lucide-solid/icons/circle-dot";
import Hand from "lucide-solid/icons/hand";
import Hourglass from "lucide-solid/icons/hourglass";
import Pause from "lucide-solid/icons/pause";
import UserPlus from "lucide-solid/icons/user-plus";
import { createSignal, For, type JSX, Match, Show, Switch } from "solid-js";
import { ask } from "../backend";
import type { RequestView, ServiceInfo, StandingView, TargetView } from "../generated/protocol";
import { Button, Choices, Dialog, Field, Minutes } from "../parts/controls";
import { Empty, Note, TroubleNote, Waiting } from "../parts/notes";
import { BudgetLine } from "../parts/ring";
import { ageOf, spokenState, targetKey } from "../parts/standing";
import { deed, order, type Status } from "../state";
import { type Clock, t, words } from "../words";

export function Today(props: {
  status: Status;
  only: number | null;
  info: ServiceInfo;
  onAddChild: () => void;
}): JSX.Element {
  const shown = () =>
    props.status.children().filter((one) => props.only === null || one.child.id === props.only);
  const requests = () => shown().flatMap((one) => one.requests);
  return (
    <Switch fallback={<Waiting rows={3} />}>
      <Match when={props.status.trouble() && !props.status.value()}>
        <TroubleNote trouble={props.status.trouble()} />
      </Match>
      <Match when={props.status.value() && props.status.children().length === 0}>
        <Empty title={t("today-empty")} icon={<UserPlus />}>
          <p>{t("today-empty-words")}</p>
          <Button look="main" onClick={props.onAddChild}>
            {t("add-child")}
          </Button>
        </Empty>
      </Match>
      <Match when={props.status.value()}>
        <TroubleNote trouble={props.status.trouble()} />
        <Show when={props.info.mode === "user"}>
          <Note kind="warning">
            <p>{t("today-user-mode")}</p>
          </Note>
        </Show>
        <Show when={requests().length > 0}>
          <section class="requests" aria-label={t("requests")}>
            <For each={requests()}>
              {(request) => <Request request={request} onAnswered={props.status.refresh} />}
            </For>
          </section>
        </Show>
        <div class="children">
          <For each={shown()}>
            {(standing) => (
              <ChildCard standing={standing} clock={props.status.clock()} onChanged={props.status.refresh} />
            )}
          </For>
        </div>
        <div class="row row-end">
          <Button look="quiet" onClick={props.onAddChild}>
            <UserPlus aria-hidden="true" />
            {t("add-child")}
          </Button>
        </div>
      </Match>
    </Switch>
  );
}

const STEPS = [300, 900, 1800];

function Request(props: { request: RequestView; onAnswered: () => void }): JSX.Element {
  const answering = deed();
  const [asking, setAsking] = createSignal<"other" | "no" | null>(null);
  const [minutes, setMinutes] = createSignal(45);
  const [wordsToChild, setWords] = createSignal("");
  const answer = async (seconds: number | null) => {
    const done = await answering.run(() =>
      ask(
        { ask: "answer-request", request: props.request.id, seconds, words: wordsToChild().trim() },
        "request",
      ),
    );
    if (done) {
      setAsking(null);
      props.onAnswered();
    }
  };
  const steps = () => STEPS.filter((seconds) => seconds !== props.request.seconds);
  return (
    <article class="request" aria-label={t("request-of", { name: props.request.name })}>
      <div class="request-icon" aria-hidden="true">
        <Hand />
      </div>
      <div class="request-words">
        <h2>
          {t("request-asks", {
            name: props.request.name,
            duration: words().duration(props.request.seconds),
            target: words().target(props.request.target),
          })}
        </h2>
        <Show when={props.request.words.trim() !== ""}>
          <blockquote>{props.request.words}</blockquote>
        </Show>
        <TroubleNote trouble={answering.trouble()} />
      </div>
      <div class="request-answers">
        <Button look="main" busy={answering.busy()} onClick={() => answer(props.request.seconds)}>
          {t("request-give", { duration: words().duration(props.request.seconds) })}
        </Button>
        <For each={steps()}>
          {(seconds) => (
            <Button busy={answering.busy()} onClick={() => answer(seconds)}>
              {t("plus-minutes", { count: seconds / 60 })}
            </Button>
          )}
        </For>
        <Button look="quiet" onClick={() => setAsking("other")}>
          {t("request-other")}
        </Button>
        <Button look="quiet" onClick={() => setAsking("no")}>
          {t("request-no")}
        </Button>
      </div>
      <Dialog
        open={asking() === "other"}
        onClose={() => setAsking(null)}
        title={t("request-other-title", { name: props.request.name })}
      >
        <div class="stack">
          <Minutes label={t("how-long")} value={minutes()} onChange={setMinutes} choices={[10, 20, 45, 60]} />
          <TroubleNote trouble={answering.trouble()} />
          <div class="row row-end">
            <Button onClick={() => setAsking(null)}>{t("cancel")}</Button>
            <Button
              look="main"
              disabled={minutes() < 1}
              busy={answering.busy()}
              onClick={() => answer(minutes() * 60)}
            >
              {t("request-give", { duration: words().duration(minutes() * 60) })}
            </Button>
          </div>
        </div>
      </Dialog>
      <Dialog
        open={asking() === "no"}
        onClose={() => setAsking(null)}
        title={t("request-no-title", { name: props.request.name })}
      >
        <div class="stack">
          <Field
            label={t("request-no-word")}
            hint={t("request-no-hint")}
            value={wordsToChild()}
            onChange={setWords}
            multiline
            maxLength={200}
          />
          <TroubleNote trouble={answering.trouble()} />
          <div class="row row-end">
            <Button onClick={() => setAsking(null)}>{t("cancel")}</Button>
            <Button look="main" busy={answering.busy()} onClick={() => answer(null)}>
              {t("request-no-send")}
            </Button>
          </div>
        </div>
      </Dialog>
    </article>
  );
}

function ChildCard(props: { standing: StandingView; clock: Clock; onChanged: () => void }): JSX.Element {
  const giving = deed();
  const [bonus, setBonus] = createSignal(false);
  const give = async (target: TargetView, seconds: number) => {
    const done = await giving.run(() =>
      ask({ ask: "grant", child: props.standing.child.id, target, seconds }, "grant"),
    );
    if (done) {
      setBonus(false);
      props.onChanged();
    }
    return done;
  };
  const state = () => spokenState(props.standing, props.clock);
  const budgets = () => props.standing.budgets;
  return (
    <section class="card child" aria-labelledby={`child-${props.standing.child.id}`}>
      <header class="child-head">
        <div class="avatar" aria-hidden="true">
          {[...props.standing.child.name][0]?.toUpperCase()}
        </div>
        <div class="child-name">
          <h2 id={`child-${props.standing.child.id}`}>{props.standing.child.name}</h2>
          <p class="soft">{t("age-now", { age: ageOf(props.standing.child, props.clock) })}</p>
        </div>
        <span class={`state state-${state().kind}`}>
          <Switch fallback={<CircleDot aria-hidden="true" />}>
            <Match when={state().kind === "paused"}>
              <Pause aria-hidden="true" />
            </Match>
            <Match when={state().kind === "closed"}>
              <Hourglass aria-hidden="true" />
            </Match>
          </Switch>
          {state().words}
        </span>
      </header>
      <Show
        when={budgets().length > 0}
        fallback={<p class="soft">{t("no-budget", { used: words().duration(props.standing.used_today) })}</p>}
      >
        <ul class="rings">
          <For each={budgets()}>
            {(budget) => <BudgetLine budget={budget} size={budgets().length > 1 ? "small" : "big"} />}
          </For>
        </ul>
      </Show>
      <Show when={props.standing.running.length > 0}>
        <h3>{t("running")}</h3>
        <ul class="running">
          <For each={props.standing.running}>
            {(running) => (
              <li>
                <span class={`dot ${running.in_use ? "dot-on" : ""}`} aria-hidden="true" />
                <span class="running-name">{running.app.name}</span>
                <span class="soft">
                  {running.in_use ? t("running-in-use") : t("running-behind")} ·{" "}
                  {words().verdict(running.verdict, props.clock)}
                </span>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <Show when={props.standing.grants.length > 0}>
        <ul class="grants">
          <For each={props.standing.grants}>
            {(grant) => (
              <li class="tag tag-leaf">
                {t("grant-left", {
                  left: words().duration(grant.left),
                  target: words().target(grant.target),
                })}
                <button
                  type="button"
                  class="tag-button"
                  onClick={async () => {
                    if (await giving.run(() => order({ ask: "revoke-grant", grant: grant.id }))) {
                      props.onChanged();
                    }
                  }}
                >
                  {t("grant-take-back")}
                </button>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <TroubleNote trouble={giving.trouble()} />
      <footer class="row child-foot">
        <Button
          busy={giving.busy()}
          aria-describedby={`child-${props.standing.child.id}`}
          onClick={() => give({ on: "screen" }, 900)}
        >
          {t("plus-minutes", { count: 15 })}
        </Button>
        <Button
          look="quiet"
          aria-describedby={`child-${props.standing.child.id}`}
          onClick={() => setBonus(true)}
        >
          {t("bonus")}
        </Button>
      </footer>
      <Bonus
        open={bonus()}
        standing={props.standing}
        busy={giving.busy()}
        onClose={() => setBonus(false)}
        onGive={give}
      />
    </section>
  );
}

function Bonus(props: {
  open: boolean;
  standing: StandingView;
  busy: boolean;
  onClose: () => void;
  onGive: (target: TargetView, seconds: number) => Promise<boolean>;
}): JSX.Element {
  const [minutes, setMinutes] = createSignal(30);
  const targets = () => grantTargets(props.standing);
  const [chosen, setChosen] = createSignal<string>();
  const target = () => targets().find((one) => targetKey(one) === chosen()) ?? targets()[0];
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={t("bonus-title", { name: props.standing.child.name })}
    >
      <div class="stack">
        <Choices
          label={t("bonus-for")}
          value={target() ? targetKey(target() as TargetView) : undefined}
          onChange={setChosen}
          choices={targets().map((one) => ({ value: targetKey(one), label: words().targetTitle(one) }))}
        />
        <Minutes label={t("how-long")} value={minutes()} onChange={setMinutes} choices={[15, 30, 60]} />
        <p class="soft">
          {t("bonus-effect", {
            name: props.standing.child.name,
            duration: words().duration(minutes() * 60),
            target: words().target(target() ?? { on: "screen" }),
          })}
        </p>
        <div class="row row-end">
          <Button onClick={props.onClose}>{t("cancel")}</Button>
          <Button
            look="main"
            busy={props.busy}
            disabled={minutes() < 1}
            onClick={() => props.onGive(target() ?? { on: "screen" }, minutes() * 60)}
          >
            {t("bonus-give")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

/** What time can be given for: the screen, what has a budget, and what runs. */
export function grantTargets(standing: StandingView): TargetView[] {
  const all: TargetView[] = [
    { on: "screen" },
    ...standing.budgets.map((budget) => budget.target),
    ...standing.running.map(
      (running): TargetView => ({ on: "app", app: running.app.id, name: running.app.name }),
    ),
  ];
  const seen = new Set<string>();
  return all.filter((target) => !seen.has(targetKey(target)) && seen.add(targetKey(target)));
}
