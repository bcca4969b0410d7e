// How the app looks and in which language it speaks: kept on this account.

import Settings2 from "lucide-solid/icons/settings-2";
import { createSignal, type JSX } from "solid-js";
import { environment } from "../state";
import { setTheme, type Theme, theme } from "../theme";
import { type Language, language, setLanguage, t } from "../words";
import { Choices, Dialog } from "./controls";

export function Preferences(props: { compact?: boolean }): JSX.Element {
  const [open, setOpen] = createSignal(false);
  return (
    <>
      <button
        type="button"
        class={props.compact ? "icon-button" : "side-item"}
        aria-label={t("preferences")}
        onClick={() => setOpen(true)}
      >
        <Settings2 aria-hidden="true" />
        {props.compact ? "" : <span>{t("preferences")}</span>}
      </button>
      <Dialog open={open()} onClose={() => setOpen(false)} title={t("preferences")}>
        <div class="stack">
          <Choices
            label={t("language")}
            inline
            value={language()}
            onChange={(chosen) => setLanguage(chosen as Language)}
            choices={[
              { value: "vi", label: "Tiếng Việt" },
              { value: "en", label: "English" },
            ]}
          />
          <Choices
            label={t("theme")}
            inline
            value={theme()}
            onChange={(chosen) => setTheme(chosen as Theme)}
            choices={[
              { value: "system", label: t("theme-system") },
              { value: "light", label: t("theme-light") },
              { value: "dark", label: t("theme-dark") },
              { value: "contrast", label: t("theme-contrast") },
            ]}
          />
          <p class="soft">{t("about", { version: environment()?.version ?? "" })}</p>
        </div>
      </Dialog>
    </>
  );
}
