// Buttons, fields and dialogs as Lanh draws them, over Kobalte's.

import { Button as KButton } from "@kobalte/core/button";
import { Dialog as KDialog } from "@kobalte/core/dialog";
import { RadioGroup } from "@kobalte/core/radio-group";
import { Select as KSelect } from "@kobalte/core/select";
import { TextField } from "@kobalte/core/text-field";
import Check from "lucide-solid/icons/check";
import ChevronDown from "lucide-solid/icons/chevron-down";
import X from "lucide-solid/icons/x";
import { createSignal, For, type JSX, Show, splitProps } from "solid-js";
import { t } from "../words";

export interface ButtonProps extends JSX.ButtonHTMLAttributes<HTMLButtonElement> {
  look?: "main" | "plain" | "quiet" | "danger";
  busy?: boolean;
}

export function Button(props: ButtonProps): JSX.Element {
  const [own, rest] = splitProps(props, ["look", "busy", "class", "children", "disabled"]);
  return (
    <KButton
      type="button"
      {...rest}
      disabled={own.disabled || own.busy}
      aria-busy={own.busy || undefined}
      class={`button button-${own.look ?? "plain"} ${own.class ?? ""}`}
    >
      {own.children}
    </KButton>
  );
}

export function Field(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string | undefined;
  error?: string | undefined;
  type?: "text" | "password" | "number" | "time";
  inputMode?: "numeric" | "text";
  autocomplete?: string;
  multiline?: boolean;
  autofocus?: boolean;
  maxLength?: number;
  placeholder?: string;
  class?: string;
}): JSX.Element {
  return (
    <TextField
      class={`field ${props.class ?? ""}`}
      value={props.value}
      onChange={props.onChange}
      validationState={props.error ? "invalid" : "valid"}
    >
      <TextField.Label>{props.label}</TextField.Label>
      <Show
        when={props.multiline}
        fallback={
          <TextField.Input
            type={props.type ?? "text"}
            inputmode={props.inputMode}
            autocomplete={props.autocomplete ?? "off"}
            autofocus={props.autofocus}
            maxlength={props.maxLength}
            placeholder={props.placeholder}
            spellcheck={false}
          />
        }
      >
        <TextField.TextArea autoResize maxlength={props.maxLength} />
      </Show>
      <Show when={props.hint && !props.error}>
        <TextField.Description class="field-hint">{props.hint}</TextField.Description>
      </Show>
      <TextField.ErrorMessage class="field-error">{props.error}</TextField.ErrorMessage>
    </TextField>
  );
}

export interface Choice<Value> {
  value: Value;
  label: string;
  detail?: JSX.Element;
  disabled?: boolean;
}

/** One of a few: large rows that can be clicked anywhere. */
export function Choices(props: {
  label: string;
  hideLabel?: boolean;
  choices: Choice<string>[];
  value: string | undefined;
  onChange: (value: string) => void;
  inline?: boolean;
}): JSX.Element {
  return (
    <RadioGroup
      class={`choices ${props.inline ? "choices-inline" : ""}`}
      value={props.value ?? ""}
      onChange={props.onChange}
    >
      <RadioGroup.Label class={props.hideLabel ? "unseen" : "choices-label"}>{props.label}</RadioGroup.Label>
      <div class="choices-rows">
        <For each={props.choices}>
          {(choice) => (
            <RadioGroup.Item
              value={choice.value}
              class="choice"
              {...(choice.disabled ? { disabled: true } : {})}
            >
              <RadioGroup.ItemInput class="choice-input" />
              <RadioGroup.ItemControl class="choice-mark">
                <RadioGroup.ItemIndicator>
                  <Check aria-hidden="true" />
                </RadioGroup.ItemIndicator>
              </RadioGroup.ItemControl>
              <div class="choice-words">
                <RadioGroup.ItemLabel class="choice-label">{choice.label}</RadioGroup.ItemLabel>
                <Show when={choice.detail}>
                  <RadioGroup.ItemDescription class="choice-detail">
                    {choice.detail}
                  </RadioGroup.ItemDescription>
                </Show>
              </div>
            </RadioGroup.Item>
          )}
        </For>
      </div>
    </RadioGroup>
  );
}

export function Select(props: {
  label: string;
  hideLabel?: boolean;
  choices: Choice<string>[];
  value: string;
  onChange: (value: string) => void;
}): JSX.Element {
  const chosen = () => props.choices.find((choice) => choice.value === props.value) ?? null;
  return (
    <KSelect<Choice<string>>
      class="select"
      options={props.choices}
      optionValue="value"
      optionTextValue="label"
      value={chosen()}
      onChange={(choice) => choice && props.onChange(choice.value)}
      disallowEmptySelection
      itemComponent={(item) => (
        <KSelect.Item item={item.item} class="select-item">
          <KSelect.ItemLabel>{item.item.rawValue.label}</KSelect.ItemLabel>
          <KSelect.ItemIndicator>
            <Check aria-hidden="true" />
          </KSelect.ItemIndicator>
        </KSelect.Item>
      )}
    >
      <KSelect.Label class={props.hideLabel ? "unseen" : "select-label"}>{props.label}</KSelect.Label>
      <KSelect.Trigger class="select-trigger">
        <KSelect.Value<Choice<string>>>{(state) => state.selectedOption()?.label}</KSelect.Value>
        <KSelect.Icon>
          <ChevronDown aria-hidden="true" />
        </KSelect.Icon>
      </KSelect.Trigger>
      <KSelect.Portal>
        <KSelect.Content class="select-content">
          <KSelect.Listbox class="select-list" />
        </KSelect.Content>
      </KSelect.Portal>
    </KSelect>
  );
}

export function Dialog(props: {
  open: boolean;
  onClose: () => void;
  title: string;
  children: JSX.Element;
  wide?: boolean;
}): JSX.Element {
  return (
    <KDialog open={props.open} onOpenChange={(open) => !open && props.onClose()}>
      <KDialog.Portal>
        <KDialog.Overlay class="dialog-ground" />
        <div class="dialog-place">
          <KDialog.Content class={`dialog ${props.wide ? "dialog-wide" : ""}`}>
            <header class="dialog-head">
              <KDialog.Title>{props.title}</KDialog.Title>
              <KDialog.CloseButton class="icon-button" aria-label={t("close")}>
                <X aria-hidden="true" />
              </KDialog.CloseButton>
            </header>
            {props.children}
          </KDialog.Content>
        </div>
      </KDialog.Portal>
    </KDialog>
  );
}

/** How long, typed or in steps that people say: 5, 15, 30 minutes, 1 hour. */
export function Minutes(props: {
  label: string;
  value: number;
  onChange: (minutes: number) => void;
  choices?: number[];
}): JSX.Element {
  // What is being typed may be nothing for a moment.
  const [typed, setTyped] = createSignal<string | null>(null);
  const read = (text: string) => {
    const minutes = Number.parseInt(text, 10);
    return Number.isFinite(minutes) ? Math.min(1440 * 7, Math.max(0, minutes)) : null;
  };
  const shown = () => {
    const text = typed();
    return text !== null && (read(text) === null || read(text) === props.value) ? text : String(props.value);
  };
  return (
    <div class="minutes">
      <Field
        label={props.label}
        type="number"
        inputMode="numeric"
        value={shown()}
        onChange={(text) => {
          setTyped(text);
          const minutes = read(text);
          if (minutes !== null) props.onChange(minutes);
        }}
      />
      <span class="minutes-unit">{t("minutes-unit")}</span>
      <For each={props.choices ?? []}>
        {(choice) => (
          <Button look={choice === props.value ? "main" : "plain"} onClick={() => props.onChange(choice)}>
            {choice}
          </Button>
        )}
      </For>
    </div>
  );
}
