// Which window it is: nothing answers, first run, a guardian's, a child's, or the PIN.

import "@fontsource/be-vietnam-pro/latin-400.css";
import "@fontsource/be-vietnam-pro/latin-ext-400.css";
import "@fontsource/be-vietnam-pro/vietnamese-400.css";
import "@fontsource/be-vietnam-pro/latin-600.css";
import "@fontsource/be-vietnam-pro/latin-ext-600.css";
import "@fontsource/be-vietnam-pro/vietnamese-600.css";
import "./style.css";
import {
  createEffect,
  createSignal,
  ErrorBoundary,
  type JSX,
  Match,
  onCleanup,
  Show,
  Switch,
} from "solid-js";
import { render } from "solid-js/web";
import { ask, backend } from "./backend";
import type { ServiceInfo } from "./generated/protocol";
import { Waiting } from "./parts/notes";
import { ChildWindow } from "./screens/child";
import { FirstRun } from "./screens/first-run";
import { GuardianWindow } from "./screens/guardian";
import { OfflineScreen } from "./screens/offline";
import { PinScreen } from "./screens/pin";
import { type Standing, standing, start } from "./state";
import { startTheme } from "./theme";
import { startLanguage, t } from "./words";

/** At most one touch in so many milliseconds is told. */
const TOUCH = 15_000;

export async function mount(): Promise<void> {
  startTheme();
  startLanguage("en");
  const known = await start();
  startLanguage(known.language);
  const place = document.getElementById("app");
  if (place) render(() => <App />, place);
}

export function App(): JSX.Element {
  let touched = 0;
  const touch = () => {
    const now = Date.now();
    if (now - touched < TOUCH) return;
    touched = now;
    void backend().touch();
  };
  for (const kind of ["pointerdown", "keydown", "wheel"]) {
    document.addEventListener(kind, touch, { passive: true });
    onCleanup(() => document.removeEventListener(kind, touch));
  }
  return (
    <ErrorBoundary fallback={(error: unknown) => <Failed error={error} />}>
      <Show when={standing()} fallback={<Starting />}>
        {(now) => <Window now={now()} />}
      </Show>
    </ErrorBoundary>
  );
}

function Window(props: { now: Standing }): JSX.Element {
  const up = () => (props.now.push === "up" ? props.now : null);
  const down = () => (props.now.push === "down" ? props.now : null);
  return (
    <Switch>
      <Match when={down()}>{(is) => <OfflineScreen trouble={is().trouble} />}</Match>
      <Match when={up()}>{(is) => <Inside info={is().info} locked={is().locked} />}</Match>
    </Switch>
  );
}

function Inside(props: { info: ServiceInfo; locked: boolean }): JSX.Element {
  // First run goes on after the secret is set, until there is a child or the guardian leaves it.
  const [running, setRunning] = createSignal(!props.info.set_up);
  const guardian = () => props.info.role.role === "guardian" && !props.locked;
  const child = () => (props.info.role.role === "child" ? props.info.role : null);
  createEffect(() => {
    if (!props.info.set_up) setRunning(true);
    // A guardian without a child comes back to where first run ended.
    else if (guardian()) {
      void ask({ ask: "children" }, "children").then(
        (children) => children.length === 0 && setRunning(true),
        () => {},
      );
    }
  });
  const info = props.info;
  return (
    <Switch fallback={<PinScreen />}>
      <Match when={running() && (guardian() || !props.info.set_up)}>
        <FirstRun info={info} onDone={() => setRunning(false)} />
      </Match>
      <Match when={guardian()}>
        <GuardianWindow info={props.info} onAddChild={() => setRunning(true)} />
      </Match>
      <Match when={child()}>
        <ChildWindow />
      </Match>
    </Switch>
  );
}

function Starting(): JSX.Element {
  return (
    <main class="middle" aria-label="Lanh">
      <Waiting rows={2} />
    </main>
  );
}

function Failed(props: { error: unknown }): JSX.Element {
  return (
    <main class="middle">
      <section class="card card-narrow" role="alert">
        <h1>{t("failed-title")}</h1>
        <p>{t("failed-words")}</p>
        <pre class="soft">{String(props.error)}</pre>
        <button type="button" class="button button-main" onClick={() => location.reload()}>
          {t("failed-again")}
        </button>
      </section>
    </main>
  );
}
