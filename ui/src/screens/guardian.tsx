// A guardian's window: the screens at the side, the child switcher in its corner.

import CalendarClock from "lucide-solid/icons/calendar-clock";
import ChartColumn from "lucide-solid/icons/chart-column";
import House from "lucide-solid/icons/house";
import LayoutGrid from "lucide-solid/icons/layout-grid";
import Lock from "lucide-solid/icons/lock";
import ShieldCheck from "lucide-solid/icons/shield-check";
import { createEffect, createSignal, For, type JSX, Match, Show, Switch } from "solid-js";
import { Dynamic } from "solid-js/web";
import leaf from "../../../icons/lanh.svg";
import { backend } from "../backend";
import type { ServiceInfo } from "../generated/protocol";
import { Select } from "../parts/controls";
import { Preferences } from "../parts/preferences";
import { Toasts } from "../parts/toasts";
import { liveStatus } from "../state";
import { t } from "../words";
import { Apps } from "./apps";
import { Rules } from "./rules";
import { Safety } from "./safety";
import { Today } from "./today";
import { Usage } from "./usage";

type Screen = "today" | "rules" | "apps" | "usage" | "safety";

// Outlives a restart of the service: who was at the rules is at the rules again.
const [screen, setScreen] = createSignal<Screen>("today");

export const showScreen = setScreen;

export function GuardianWindow(props: { info: ServiceInfo; onAddChild: () => void }): JSX.Element {
  const [chosen, setChosen] = createSignal<number | null>(null);
  const status = liveStatus(null);
  const screens = () => [
    { id: "today" as const, label: t("nav-today"), icon: House },
    { id: "rules" as const, label: t("nav-rules"), icon: CalendarClock },
    { id: "apps" as const, label: t("nav-apps"), icon: LayoutGrid },
    { id: "usage" as const, label: t("nav-usage"), icon: ChartColumn },
    { id: "safety" as const, label: t("nav-safety"), icon: ShieldCheck },
  ];
  const names = () => status.children().map((one) => one.child);
  // Rules and usage are one child's; programs and safety are everybody's.
  const hasChild = () => screen() !== "safety" && screen() !== "apps";
  const child = () => names().find((one) => one.id === chosen()) ?? names()[0];
  const everybody = () => screen() === "today" && names().length > 1 && chosen() === null;
  createEffect(() => {
    document.title = `${screens().find((one) => one.id === screen())?.label} – Lanh`;
  });
  return (
    <div class="shell">
      <a class="skip" href="#content">
        {t("skip")}
      </a>
      <nav class="side" aria-label={t("nav")}>
        <div class="brand">
          <img src={leaf} alt="" width="32" height="32" />
          <span>Lanh</span>
        </div>
        <ul>
          <For each={screens()}>
            {(one) => (
              <li>
                <button
                  type="button"
                  class="side-item"
                  aria-current={screen() === one.id ? "page" : undefined}
                  onClick={() => setScreen(one.id)}
                >
                  <Dynamic component={one.icon} aria-hidden="true" />
                  <span>{one.label}</span>
                </button>
              </li>
            )}
          </For>
        </ul>
        <div class="side-foot">
          <Preferences />
          <button type="button" class="side-item" onClick={() => void backend().lock()}>
            <Lock aria-hidden="true" />
            <span>{t("lock")}</span>
          </button>
        </div>
      </nav>
      <div class="page">
        <header class="page-head">
          <h1>{screens().find((one) => one.id === screen())?.label}</h1>
          <Show when={names().length > 0 && hasChild()}>
            <Select
              label={t("child-switch")}
              hideLabel
              value={everybody() ? "all" : String(child()?.id ?? "all")}
              onChange={(value) => setChosen(value === "all" ? null : Number(value))}
              choices={[
                ...(screen() === "today" && names().length > 1
                  ? [{ value: "all", label: t("child-all") }]
                  : []),
                ...names().map((one) => ({ value: String(one.id), label: one.name })),
              ]}
            />
          </Show>
        </header>
        <main id="content" class="content" tabindex="-1">
          <Switch>
            <Match when={screen() === "today"}>
              <Today status={status} only={chosen()} info={props.info} onAddChild={props.onAddChild} />
            </Match>
            <Match when={screen() === "rules"}>
              <Show when={child()} keyed>
                {(one) => <Rules child={one.id} name={one.name} clock={status.clock()} />}
              </Show>
            </Match>
            <Match when={screen() === "apps"}>
              <Apps clock={status.clock()} />
            </Match>
            <Match when={screen() === "usage"}>
              <Show when={child()} keyed>
                {(one) => <Usage child={one.id} name={one.name} clock={status.clock()} />}
              </Show>
            </Match>
            <Match when={screen() === "safety"}>
              <Safety info={props.info} />
            </Match>
          </Switch>
        </main>
      </div>
      <Toasts />
    </div>
  );
}
