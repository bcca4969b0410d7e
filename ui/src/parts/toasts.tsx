// What just happened, in one sentence, with the way back.

import { Toast, toaster } from "@kobalte/core/toast";
import CircleAlert from "lucide-solid/icons/circle-alert";
import CircleCheck from "lucide-solid/icons/circle-check";
import X from "lucide-solid/icons/x";
import { createSignal, type JSX, Show } from "solid-js";
import { Portal } from "solid-js/web";
import { trouble } from "../backend";
import { t, words } from "../words";

/** Long enough to read and to reach; it stands still while it is pointed at. What can be undone later is in a history. */
const SHOWN = 12_000;

export function Toasts(): JSX.Element {
  return (
    <Portal>
      <Toast.Region aria-label={t("toasts")} duration={SHOWN} limit={3} class="toasts">
        <Toast.List as="div" class="toast-list" />
      </Toast.Region>
    </Portal>
  );
}

export interface Said {
  /** What happened. */
  title: string;
  /** What follows from it. */
  detail?: string | undefined;
  /** Takes it back. */
  undo?: (() => Promise<unknown>) | undefined;
  bad?: boolean;
}

export function say(said: Said): void {
  toaster.show((toast) => {
    const [busy, setBusy] = createSignal(false);
    const undo = async () => {
      setBusy(true);
      try {
        await said.undo?.();
        toaster.dismiss(toast.toastId);
        say({ title: t("undone") });
      } catch (thrown) {
        toaster.dismiss(toast.toastId);
        say({ title: words().trouble(trouble(thrown)), bad: true });
      }
    };
    return (
      <Toast as="div" toastId={toast.toastId} priority="low" class={`toast ${said.bad ? "toast-bad" : ""}`}>
        <Show when={said.bad} fallback={<CircleCheck aria-hidden="true" />}>
          <CircleAlert aria-hidden="true" />
        </Show>
        <div class="toast-words">
          <Toast.Title class="toast-title">{said.title}</Toast.Title>
          <Show when={said.detail}>
            <Toast.Description class="toast-detail">{said.detail}</Toast.Description>
          </Show>
        </div>
        <Show when={said.undo}>
          <button type="button" class="toast-undo" disabled={busy()} onClick={undo}>
            {t("undo")}
          </button>
        </Show>
        <Toast.CloseButton class="toast-close" aria-label={t("close")}>
          <X aria-hidden="true" />
        </Toast.CloseButton>
      </Toast>
    );
  });
}
