// First run: language, PIN, recovery code, which account is which child, a preset. Seven clicks to a limit.

import Check from "lucide-solid/icons/check";
import Leaf from "lucide-solid/icons/leaf";
import Printer from "lucide-solid/icons/printer";
import ShieldCheck from "lucide-solid/icons/shield-check";
import { createMemo, createSignal, For, type JSX, Match, Show, Switch } from "solid-js";
import { ask } from "../backend";
import type { AccountView, PresetView, ServiceInfo } from "../generated/protocol";
import { Button, Choices, Field } from "../parts/controls";
import { Empty, Note, TroubleNote, Waiting } from "../parts/notes";
import { strength } from "../parts/strength";
import { deed, environment, live } from "../state";
import { capitalised, type Language, language, setLanguage, t, words } from "../words";

type Step = "language" | "pin" | "code" | "child" | "preset" | "done";
const STEPS: Step[] = ["language", "pin", "code", "child", "preset"];

export function FirstRun(props: { info: ServiceInfo; onDone: () => void }): JSX.Element {
  const [step, setStep] = createSignal<Step>(props.info.set_up ? "child" : "language");
  const [code, setCode] = createSignal("");
  const [child, setChild] = createSignal<NewChild | null>(null);
  const at = () => STEPS.indexOf(step());
  const isGuardian = () =>
    props.info.role.role === "guardian" || props.info.mode === "user" || props.info.set_up;
  const asked = () => !isGuardian() && environment()?.asks_administrator === true;
  return (
    <main class="middle first-run">
      <section class="card card-steps" aria-labelledby="step-title">
        <Show when={step() !== "done"}>
          <ol class="steps" aria-label={t("first-steps")}>
            <For each={STEPS}>
              {(name, index) => (
                <li
                  class={index() < at() ? "step-past" : index() === at() ? "step-now" : ""}
                  aria-current={name === step() ? "step" : undefined}
                >
                  <span class="unseen">{t("first-step", { at: index() + 1, of: STEPS.length })}</span>
                </li>
              )}
            </For>
          </ol>
        </Show>
        <Switch>
          <Match when={step() === "language"}>
            <LanguageStep
              info={props.info}
              mayStart={isGuardian() || asked()}
              onNext={() => setStep(props.info.set_up ? "child" : "pin")}
            />
          </Match>
          <Match when={step() === "pin"}>
            <PinStep
              asksAdministrator={asked()}
              onNext={(made) => {
                setCode(made);
                setStep("code");
              }}
            />
          </Match>
          <Match when={step() === "code"}>
            <CodeStep code={code()} onNext={() => setStep("child")} />
          </Match>
          <Match when={step() === "child"}>
            <ChildStep
              info={props.info}
              onNext={(chosen) => {
                setCode("");
                setChild(chosen);
                setStep("preset");
              }}
            />
          </Match>
          <Match when={step() === "preset" && child()}>
            {(chosen) => (
              <PresetStep child={chosen()} onBack={() => setStep("child")} onNext={() => setStep("done")} />
            )}
          </Match>
          <Match when={step() === "done" && child()}>
            {(chosen) => (
              <div class="stack centred">
                <div class="badge" aria-hidden="true">
                  <Check />
                </div>
                <h1 id="step-title">{t("first-done-title", { name: chosen().name })}</h1>
                <p>{t("first-done", { name: chosen().name, account: chosen().account.name })}</p>
                <p class="soft">{t("first-done-next")}</p>
                <div class="row row-centre">
                  <Button
                    onClick={() => {
                      setChild(null);
                      setStep("child");
                    }}
                  >
                    {t("first-another")}
                  </Button>
                  <Button look="main" onClick={props.onDone}>
                    {t("first-today")}
                  </Button>
                </div>
              </div>
            )}
          </Match>
        </Switch>
      </section>
    </main>
  );
}

function LanguageStep(props: { info: ServiceInfo; mayStart: boolean; onNext: () => void }): JSX.Element {
  return (
    <div class="stack">
      <div class="badge" aria-hidden="true">
        <Leaf />
      </div>
      <h1 id="step-title">{t("first-welcome")}</h1>
      <p>{t("first-welcome-words")}</p>
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
      <Show when={props.info.mode === "user"}>
        <Note kind="warning" title={t("first-user-mode")}>
          <p>{t("first-user-mode-words")}</p>
        </Note>
      </Show>
      <Show
        when={props.mayStart}
        fallback={
          <Note kind="warning" title={t("first-administrator")}>
            <p>{t("first-administrator-words")}</p>
          </Note>
        }
      >
        <div class="row row-end">
          <Button look="main" onClick={props.onNext}>
            {t("first-begin")}
          </Button>
        </div>
      </Show>
    </div>
  );
}

function PinStep(props: { asksAdministrator: boolean; onNext: (code: string) => void }): JSX.Element {
  const [secret, setSecret] = createSignal("");
  const [again, setAgain] = createSignal("");
  const setting = deed();
  const judged = createMemo(() => strength(secret()));
  const differ = () => again() !== "" && again() !== secret();
  const ready = () => judged().acceptable && again() === secret();
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!ready()) return;
    const said = secret();
    await setting.run(async () => {
      const code = await ask({ ask: "set-secret", secret: said }, "recovery-code");
      setSecret("");
      setAgain("");
      props.onNext(code);
    });
  };
  return (
    <form class="stack" onSubmit={submit}>
      <h1 id="step-title">{t("first-pin")}</h1>
      <p>{t("first-pin-words")}</p>
      <Field
        label={t("pin-choose")}
        type="password"
        autocomplete="new-password"
        value={secret()}
        onChange={setSecret}
        autofocus
      />
      <div class={`strength strength-${judged().level}`} role="status">
        <div class="strength-bars" aria-hidden="true">
          <span />
          <span />
          <span />
          <span />
        </div>
        <span>{secret() === "" ? t("strength-hint") : t("strength", { level: judged().level })}</span>
      </div>
      <Field
        label={t("pin-again")}
        type="password"
        autocomplete="new-password"
        value={again()}
        onChange={setAgain}
        error={differ() ? t("pins-differ-yet") : undefined}
      />
      <Show when={props.asksAdministrator}>
        <p class="soft">{t("first-pin-administrator")}</p>
      </Show>
      <TroubleNote trouble={setting.trouble()} />
      <div class="row row-end">
        <Button type="submit" look="main" disabled={!ready()} busy={setting.busy()}>
          {t("continue")}
        </Button>
      </div>
    </form>
  );
}

function CodeStep(props: { code: string; onNext: () => void }): JSX.Element {
  return (
    <div class="stack">
      <h1 id="step-title">{t("recovery-title")}</h1>
      <p>{t("recovery-words")}</p>
      <output class="recovery-code">{props.code}</output>
      <div class="row row-end">
        <Button onClick={() => window.print()}>
          <Printer aria-hidden="true" />
          {t("print")}
        </Button>
        <Button look="main" onClick={props.onNext}>
          {t("recovery-kept")}
        </Button>
      </div>
    </div>
  );
}

export interface NewChild {
  account: AccountView;
  name: string;
  birthYear: number;
}

function ChildStep(props: { info: ServiceInfo; onNext: (child: NewChild) => void }): JSX.Element {
  const accounts = live(() => ask({ ask: "accounts" }, "accounts"), null);
  const free = () => (accounts.value() ?? []).filter((account) => account.child === null);
  const [chosen, setChosen] = createSignal<string>();
  const [name, setName] = createSignal("");
  const [year, setYear] = createSignal("");
  const account = () => free().find((one) => one.name === chosen());
  const unprotected = () => free().filter((one) => one.name !== chosen() && one.no_password === true);
  const thisYear = new Date().getFullYear();
  const age = () => {
    const born = Number.parseInt(year(), 10);
    return /^\d{4}$/.test(year().trim()) && born <= thisYear && born >= thisYear - 25
      ? thisYear - born
      : null;
  };
  const choose = (account: string) => {
    const before = free().find((one) => one.name === chosen());
    const untouched = name() === "" || name() === personName(before);
    setChosen(account);
    if (untouched) setName(personName(free().find((one) => one.name === account)));
  };
  const ready = () => account() !== undefined && name().trim() !== "" && age() !== null;
  const submit = (event: Event) => {
    event.preventDefault();
    const picked = account();
    if (picked && ready()) {
      props.onNext({ account: picked, name: name().trim(), birthYear: Number.parseInt(year(), 10) });
    }
  };
  return (
    <form class="stack" onSubmit={submit}>
      <h1 id="step-title">{t("first-child")}</h1>
      <p>{t("first-child-words")}</p>
      <Switch fallback={<Waiting />}>
        <Match when={accounts.trouble()}>
          <TroubleNote trouble={accounts.trouble()} />
        </Match>
        <Match when={accounts.value() && free().length === 0}>
          <Empty title={t("first-no-accounts")}>
            <p>{t("first-no-accounts-words")}</p>
          </Empty>
        </Match>
        <Match when={accounts.value()}>
          <Choices
            label={t("first-child-account")}
            value={chosen()}
            onChange={choose}
            choices={free().map((one) => ({
              value: one.name,
              label: personName(one),
              detail: (
                <>
                  {one.full_name.trim() === "" ? "" : one.name}
                  <Show when={one.administrator}>
                    <span class="tag tag-amber">{t("account-is-administrator")}</span>
                  </Show>
                  <Show when={one.no_password === true}>
                    <span class="tag tag-amber">{t("account-has-no-password")}</span>
                  </Show>
                </>
              ),
            }))}
          />
        </Match>
      </Switch>
      <Show when={account()?.administrator}>
        <Note kind="warning" title={t("warn-child-administrator", { name: personName(account()) })}>
          <p>{t("warn-child-administrator-words")}</p>
        </Note>
      </Show>
      <Show when={account() && unprotected().length > 0}>
        <Note
          kind="warning"
          title={t("warn-open-accounts", {
            names: unprotected()
              .map((one) => one.name)
              .join(", "),
          })}
        >
          <p>{t("warn-open-accounts-words")}</p>
        </Note>
      </Show>
      <Show when={account()}>
        <div class="row row-fields">
          <Field label={t("child-name")} value={name()} onChange={setName} maxLength={60} />
          <Field
            label={t("birth-year")}
            value={year()}
            onChange={setYear}
            inputMode="numeric"
            maxLength={4}
            class="field-short"
            hint={age() === null ? t("birth-year-hint") : t("age-now", { age: age() ?? 0 })}
            error={year().trim().length >= 4 && age() === null ? t("birth-year-wrong") : undefined}
          />
        </div>
      </Show>
      <div class="row row-end">
        <Button type="submit" look="main" disabled={!ready()}>
          {t("continue")}
        </Button>
      </div>
    </form>
  );
}

export function personName(account: AccountView | undefined): string {
  return account?.full_name.trim() || account?.name || "";
}

/** The presets that suit an age: the one meant for it first, then the law's. */
export function suiting(presets: PresetView[], age: number): PresetView[] {
  return presets
    .filter((preset) => preset.ages[0] <= age && age <= preset.ages[1])
    .sort((left, right) => left.ages[1] - left.ages[0] - (right.ages[1] - right.ages[0]));
}

function PresetStep(props: { child: NewChild; onBack: () => void; onNext: () => void }): JSX.Element {
  const presets = live(() => ask({ ask: "presets" }, "presets"), null);
  const age = () => new Date().getFullYear() - props.child.birthYear;
  const fitting = () => suiting(presets.value() ?? [], age());
  const [picked, setPicked] = createSignal<string>();
  const chosen = () => picked() ?? fitting()[0]?.id ?? "none";
  const preset = () => fitting().find((one) => one.id === chosen());
  const putting = deed();
  const put = async () => {
    const done = await putting.run(() =>
      ask(
        {
          ask: "put-child",
          child: {
            id: 0,
            name: props.child.name,
            birth_year: props.child.birthYear,
            accounts: [props.child.account.name],
            enforcement: null,
          },
          preset: preset()?.id ?? null,
        },
        "child",
      ),
    );
    if (done) props.onNext();
  };
  return (
    <div class="stack">
      <h1 id="step-title">{t("first-preset", { name: props.child.name })}</h1>
      <p>{t("first-preset-words")}</p>
      <TroubleNote trouble={presets.trouble()} />
      <Show when={presets.value()} fallback={<Waiting />}>
        <Choices
          label={t("first-preset-choose")}
          hideLabel
          value={chosen()}
          onChange={setPicked}
          choices={[
            ...fitting().map((one, index) => ({
              value: one.id,
              label: capitalised(words().preset(one.id)),
              detail: index === 0 ? <span class="tag tag-leaf">{t("preset-suits")}</span> : undefined,
            })),
            { value: "none", label: t("preset-none"), detail: t("preset-none-words") },
          ]}
        />
        <Show when={preset()}>
          {(shown) => (
            <div class="preset" aria-live="polite">
              <ul class="sentences">
                <For each={shown().rules}>{(rule) => <li>{words().rule(rule)}</li>}</For>
              </ul>
              <p class="source">
                <ShieldCheck aria-hidden="true" />
                {t("preset-legal-source", {
                  citation: words().citation(shown().id, shown().citation),
                  since: words().date(new Date(`${shown().since}T00:00:00Z`)),
                })}
              </p>
            </div>
          )}
        </Show>
      </Show>
      <TroubleNote trouble={putting.trouble()} />
      <div class="row row-end">
        <Button look="quiet" onClick={props.onBack}>
          {t("back")}
        </Button>
        <Button look="main" onClick={put} busy={putting.busy()} disabled={!presets.value()}>
          {t("first-put")}
        </Button>
      </div>
    </div>
  );
}
