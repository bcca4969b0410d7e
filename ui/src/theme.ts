// Light, dark or high contrast: by the system, unless somebody chose.

import { createSignal } from "solid-js";

export type Theme = "system" | "light" | "dark" | "contrast";

const KEY = "lanh-theme";
const THEMES: readonly string[] = ["light", "dark", "contrast"] satisfies Theme[];

const [theme, keepTheme] = createSignal<Theme>("system");

export { theme };

export function startTheme(): void {
  const stored = localStorage.getItem(KEY);
  apply(stored !== null && THEMES.includes(stored) ? (stored as Theme) : "system");
}

export function setTheme(chosen: Theme): void {
  localStorage.setItem(KEY, chosen);
  apply(chosen);
}

function apply(chosen: Theme): void {
  keepTheme(chosen);
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}
