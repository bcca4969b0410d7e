// What is kept, and how long: said before anything is deleted.

import EyeOff from "lucide-solid/icons/eye-off";
import { createMemo, createSignal, type JSX, Show } from "solid-js";
import { ask } from "../backend";
import type { SettingsView } from "../generated/protocol";
import { Button, Choices, Select } from "../parts/controls";
import { Note, TroubleNote, Waiting } from "../parts/notes";
import { say } from "../parts/toasts";
import { deed, live } from "../state";
import { capitalised, t } from "../words";

const DAYS = [31, 92, 183, 365, 1095, 3650];

/** What a change of the settings deletes. */
export function loses(before: SettingsView, after: SettingsView): "nothing" | "names" | "days" | "both" {
  const names = after.totals_only && !before.totals_only;
  const days = after.retention_days < before.retention_days;
  if (names && days) return "both";
  return names ? "names" : days ? "days" : "nothing";
}

export function Privacy(): JSX.Element {
  const settings = live(() => ask({ ask: "settings" }, "settings"), null);
  return (
    <section class="card stack privacy" aria-labelledby="safety-private">
      <header class="section-head">
        <EyeOff aria-hidden="true" />
        <h2 id="safety-private">{t("safety-private")}</h2>
      </header>
      <p class="soft">{t("safety-private-words")}</p>
      <TroubleNote trouble={settings.trouble()} />
      <Show when={settings.value()} fallback={<Show when={!settings.trouble()}>{<Waiting rows={1} />}</Show>}>
        {(now) => <Kept now={now()} onChanged={settings.refresh} />}
      </Show>
    </section>
  );
}

function Kept(props: { now: SettingsView; onChanged: () => Promise<void> }): JSX.Element {
  // What the guardian has chosen and not saved; the rest follows the service.
  const [chosen, setChosen] = createSignal<Partial<SettingsView>>({});
  const saving = deed();
  const next = createMemo(() => ({ ...props.now, ...chosen() }));
  const changed = () =>
    next().retention_days !== props.now.retention_days || next().totals_only !== props.now.totals_only;
  const losing = () => loses(props.now, next());
  const spoken = (days: number) => t("private-days", { days });
  const put = async (wanted: SettingsView) => {
    await ask({ ask: "put-settings", ...wanted }, "settings");
    await props.onChanged();
  };
  const save = async () => {
    const [before, after] = [props.now, next()];
    const deleted = losing() !== "nothing";
    if (!(await saving.run(() => put(after)))) return;
    setChosen({});
    say({
      title: t("private-saved", {
        totals: after.totals_only ? "yes" : "no",
        days: spoken(after.retention_days),
      }),
      detail: deleted ? t("private-saved-again") : undefined,
      undo: () => put(before),
    });
  };
  const days = () => [...new Set([...DAYS, props.now.retention_days])].sort((left, right) => left - right);
  return (
    <div class="stack">
      <Select
        label={t("private-keep")}
        value={String(next().retention_days)}
        onChange={(value) => setChosen({ ...chosen(), retention_days: Number(value) })}
        choices={days().map((one) => ({ value: String(one), label: capitalised(spoken(one)) }))}
      />
      <Choices
        label={t("private-names")}
        value={next().totals_only ? "totals" : "named"}
        onChange={(value) => setChosen({ ...chosen(), totals_only: value === "totals" })}
        choices={[
          { value: "named", label: t("private-named"), detail: t("private-named-words") },
          { value: "totals", label: t("private-totals"), detail: t("private-totals-words") },
        ]}
      />
      <Show when={changed() && losing() !== "nothing"}>
        <Note
          kind="warning"
          title={t("private-loses", { kind: losing(), days: spoken(next().retention_days) })}
        >
          <p>{t("private-loses-words")}</p>
        </Note>
      </Show>
      <TroubleNote trouble={saving.trouble()} />
      <Show when={changed()}>
        <div class="row row-end">
          <Button onClick={() => setChosen({})}>{t("cancel")}</Button>
          <Button look="main" busy={saving.busy()} onClick={save}>
            {t("rule-save")}
          </Button>
        </div>
      </Show>
    </div>
  );
}
