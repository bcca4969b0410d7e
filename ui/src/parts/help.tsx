// Get help: one click away wherever a child is. Nothing is asked and nothing is written down.

import HeartHandshake from "lucide-solid/icons/heart-handshake";
import Phone from "lucide-solid/icons/phone";
import { createSignal, For, type JSX } from "solid-js";
import { t } from "../words";
import { Dialog } from "./controls";

/** The national child line, when the service cannot say which lines the family has. */
const NATIONAL = ["111"];

export function HelpButton(props: { numbers: string[] }): JSX.Element {
  const [open, setOpen] = createSignal(false);
  const numbers = () => (props.numbers.length > 0 ? props.numbers : NATIONAL);
  return (
    <>
      <button type="button" class="button button-help" onClick={() => setOpen(true)}>
        <HeartHandshake aria-hidden="true" />
        {t("help-button", { number: numbers()[0] ?? "111" })}
      </button>
      <Dialog open={open()} onClose={() => setOpen(false)} title={t("help-title")}>
        <div class="stack">
          <p>{t("help-words")}</p>
          <ul class="help-numbers">
            <For each={numbers()}>
              {(number) => (
                <li>
                  <Phone aria-hidden="true" />
                  <strong>{number}</strong>
                  <span>{number === "111" ? t("help-national") : t("help-local")}</span>
                </li>
              )}
            </For>
          </ul>
          <p class="soft">{t("help-secret")}</p>
        </div>
      </Dialog>
    </>
  );
}
