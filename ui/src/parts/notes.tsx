// Short notes on a screen: what is wrong, what is empty, what is being waited for.

import CircleAlert from "lucide-solid/icons/circle-alert";
import CircleCheck from "lucide-solid/icons/circle-check";
import Info from "lucide-solid/icons/info";
import TriangleAlert from "lucide-solid/icons/triangle-alert";
import { type JSX, Match, Show, Switch } from "solid-js";
import type { Trouble } from "../generated/app";
import { t, words } from "../words";

export function Note(props: {
  kind: "info" | "good" | "warning" | "bad";
  title?: string;
  children?: JSX.Element;
}): JSX.Element {
  return (
    <div class={`note note-${props.kind}`} role={props.kind === "bad" ? "alert" : "status"}>
      <Switch>
        <Match when={props.kind === "info"}>
          <Info aria-hidden="true" />
        </Match>
        <Match when={props.kind === "good"}>
          <CircleCheck aria-hidden="true" />
        </Match>
        <Match when={props.kind === "warning"}>
          <TriangleAlert aria-hidden="true" />
        </Match>
        <Match when={props.kind === "bad"}>
          <CircleAlert aria-hidden="true" />
        </Match>
      </Switch>
      <div>
        <Show when={props.title}>
          <strong>{props.title}</strong>
        </Show>
        {props.children}
      </div>
    </div>
  );
}

export function TroubleNote(props: { trouble: Trouble | null }): JSX.Element {
  return (
    <Show when={props.trouble}>
      {(trouble) => (
        <Note kind="bad">
          <p>{words().trouble(trouble())}</p>
        </Note>
      )}
    </Show>
  );
}

export function Empty(props: { title: string; children?: JSX.Element; icon?: JSX.Element }): JSX.Element {
  return (
    <div class="empty">
      <Show when={props.icon}>
        <div class="empty-icon" aria-hidden="true">
          {props.icon}
        </div>
      </Show>
      <h2>{props.title}</h2>
      {props.children}
    </div>
  );
}

/** Grey forms where the answer will stand. */
export function Waiting(props: { rows?: number }): JSX.Element {
  return (
    <div class="waiting" role="status" aria-busy="true">
      <span class="unseen">{t("waiting")}</span>
      {Array.from({ length: props.rows ?? 3 }, () => (
        <div class="waiting-row" aria-hidden="true" />
      ))}
    </div>
  );
}
