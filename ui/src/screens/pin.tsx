// The guardian's PIN: said to the service, then forgotten here.

import KeyRound from "lucide-solid/icons/key-round";
import { createSignal, type JSX, Show } from "solid-js";
import { ask } from "../backend";
import { Button, Field } from "../parts/controls";
import { Note, TroubleNote } from "../parts/notes";
import { deed } from "../state";
import { t } from "../words";

/** Asks for the PIN, or takes the recovery code and a new PIN. */
export function PinForm(props: { onOpened?: () => void; onCancel?: () => void }): JSX.Element {
  const [secret, setSecret] = createSignal("");
  const [code, setCode] = createSignal("");
  const [forgotten, setForgotten] = createSignal(false);
  const [newCode, setNewCode] = createSignal<string | null>(null);
  const opening = deed();
  const submit = async (event: Event) => {
    event.preventDefault();
    const said = secret();
    setSecret("");
    if (forgotten()) {
      const paper = code();
      await opening.run(async () => {
        setNewCode(await ask({ ask: "recover", code: paper, secret: said }, "recovery-code"));
        setCode("");
      });
    } else if (await opening.run(() => ask({ ask: "unlock", secret: said }, "done"))) {
      props.onOpened?.();
    }
  };
  return (
    <Show
      when={newCode() === null}
      fallback={
        <div class="stack">
          <Note kind="warning" title={t("pin-new-code")}>
            <p>{t("pin-new-code-why")}</p>
          </Note>
          <output class="recovery-code">{newCode()}</output>
          <Button look="main" onClick={() => props.onOpened?.()}>
            {t("recovery-kept")}
          </Button>
        </div>
      }
    >
      <form class="stack" onSubmit={submit}>
        <Show when={forgotten()}>
          <p>{t("pin-forgotten-how")}</p>
          <Field label={t("pin-code")} value={code()} onChange={setCode} autofocus />
        </Show>
        <Field
          label={forgotten() ? t("pin-new") : t("pin")}
          type="password"
          value={secret()}
          onChange={setSecret}
          autofocus={!forgotten()}
        />
        <TroubleNote trouble={opening.trouble()} />
        <div class="row row-end">
          <Button
            look="quiet"
            onClick={() => {
              opening.clear();
              setForgotten(!forgotten());
            }}
          >
            {forgotten() ? t("pin-remembered") : t("pin-forgotten")}
          </Button>
          <Show when={props.onCancel}>
            <Button onClick={() => props.onCancel?.()}>{t("cancel")}</Button>
          </Show>
          <Button type="submit" look="main" disabled={secret() === ""} busy={opening.busy()}>
            {forgotten() ? t("pin-set-new") : t("pin-open")}
          </Button>
        </div>
      </form>
    </Show>
  );
}

/** The whole window asks for the PIN. */
export function PinScreen(): JSX.Element {
  return (
    <main class="middle">
      <section class="card card-narrow" aria-labelledby="pin-title">
        <div class="badge" aria-hidden="true">
          <KeyRound />
        </div>
        <h1 id="pin-title">{t("pin-title")}</h1>
        <p class="soft">{t("pin-why")}</p>
        <PinForm />
      </section>
    </main>
  );
}
