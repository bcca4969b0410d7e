// The ring of a budget: what is left of it, with the minutes inside.

import { type JSX, Show } from "solid-js";
import type { BudgetView } from "../generated/protocol";
import { t, words } from "../words";

export interface RingProps {
  /** Seconds left. */
  left: number;
  /** Seconds in all. */
  amount: number;
  /** What it is of, for the name that a screen reader says. */
  label: string;
  size?: "big" | "small";
  counting?: boolean;
}

const RADIUS = 52;
const ROUND = 2 * Math.PI * RADIUS;

/** Enough, the last stretch, or over: said by word and form too, never by colour alone. */
export function stage(left: number, amount: number): "ample" | "last" | "over" {
  if (left <= 0) return "over";
  return left <= Math.min(900, amount / 4) ? "last" : "ample";
}

export function Ring(props: RingProps): JSX.Element {
  const share = () => (props.amount <= 0 ? 0 : Math.min(1, Math.max(0, props.left / props.amount)));
  const minutes = () => Math.floor((props.left + 30) / 60);
  const big = () => {
    const [hours, rest] = [Math.floor(minutes() / 60), minutes() % 60];
    return hours === 0 ? String(rest) : `${hours}:${String(rest).padStart(2, "0")}`;
  };
  const unit = () => {
    const hours = minutes() >= 60;
    // A small ring has its words beside it.
    if (props.size === "small") return hours ? t("hours-unit") : t("minutes-unit");
    return hours ? t("ring-hours-left") : t("ring-minutes-left", { count: minutes() });
  };
  return (
    <div
      class={`ring ring-${props.size ?? "big"} ring-${stage(props.left, props.amount)}`}
      role="img"
      aria-label={t("ring-label", {
        target: props.label,
        left: words().left(props.left),
        amount: words().duration(props.amount),
      })}
    >
      <svg viewBox="0 0 120 120" aria-hidden="true">
        <circle class="ring-track" cx="60" cy="60" r={RADIUS} />
        <Show when={share() > 0}>
          <circle
            class="ring-left"
            cx="60"
            cy="60"
            r={RADIUS}
            stroke-dasharray={`${share() * ROUND} ${ROUND}`}
            transform="rotate(-90 60 60)"
          />
        </Show>
        <Show when={props.left <= 0}>
          <path class="ring-done" d="M 44 60 L 56 72 L 77 49" />
        </Show>
      </svg>
      <Show when={props.left > 0}>
        <div class="ring-words" aria-hidden="true">
          <strong>{big()}</strong>
          <span>{unit()}</span>
        </div>
      </Show>
    </div>
  );
}

/** A budget in a list: its ring, what it is of, and how much is used. */
export function BudgetLine(props: { budget: BudgetView; size: "big" | "small" }): JSX.Element {
  return (
    <li>
      <Ring
        left={props.budget.left}
        amount={props.budget.amount}
        label={words().target(props.budget.target)}
        size={props.size}
      />
      <div class="ring-of">
        <strong>{words().targetTitle(props.budget.target)}</strong>
        <span class="soft">
          {t(props.budget.weekly ? "used-of-week" : "used-of-day", {
            used: words().duration(props.budget.used),
            amount: words().duration(props.budget.amount),
          })}
        </span>
      </div>
    </li>
  );
}
