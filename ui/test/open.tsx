// The app over recorded answers, at one of the guardian's screens; taken down after each test.

import { toaster } from "@kobalte/core/toast";
import { cleanup, render } from "@solidjs/testing-library";
import { afterEach } from "vitest";
import { recorded, type Scene } from "../screens/recorded";
import { App } from "../src/app";
import { setBackend } from "../src/backend";
import { showScreen } from "../src/screens/guardian";
import { start } from "../src/state";
import { setLanguage } from "../src/words";

export async function open(screen: Parameters<typeof showScreen>[0], scene: Partial<Scene> = {}) {
  const backend = recorded({ info: {}, language: "en", ...scene });
  setBackend(backend);
  setLanguage("en");
  showScreen(screen);
  await start();
  render(() => <App />);
  return backend;
}

afterEach(() => {
  toaster.clear();
  cleanup();
});
