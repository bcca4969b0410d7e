// What a child's standing means in a few words.

import type { ChildView, StandingView, TargetView, VerdictView } from "../generated/protocol";
import { type Clock, local, t, words } from "../words";

export interface Spoken {
  kind: "playing" | "quiet" | "paused" | "closed";
  words: string;
}

export function spokenState(standing: StandingView, clock: Clock): Spoken {
  const held = standing.running.find((running) => running.verdict.verdict === "held");
  if (held) return { kind: "paused", words: t("state-paused", { app: held.app.name }) };
  if (standing.screen.verdict === "denied") {
    return { kind: "closed", words: words().verdict(standing.screen, clock) };
  }
  const used = standing.running.find((running) => running.in_use);
  if (used) return { kind: "playing", words: t("state-using", { app: used.app.name }) };
  return { kind: "quiet", words: t("state-quiet") };
}

export function ageOf(child: ChildView, clock: Clock): number {
  return local(clock.now, clock.zone).day.getUTCFullYear() - child.birth_year;
}

/** The same text for the same target. */
export function targetKey(target: TargetView): string {
  switch (target.on) {
    case "app":
      return `app:${target.app}`;
    case "screen":
      return "screen";
    default:
      return `${target.on}:${target.category}`;
  }
}

/** When a verdict's yes ends, if it does. */
export function endOf(verdict: VerdictView): Date | null {
  if (verdict.verdict === "warned") return new Date(verdict.until);
  if (verdict.verdict === "allowed" && verdict.until !== null) return new Date(verdict.until);
  return null;
}
