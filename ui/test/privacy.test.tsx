import { toaster } from "@kobalte/core/toast";
import { cleanup, render, screen, waitFor } from "@solidjs/testing-library";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import { recorded } from "../screens/recorded";
import { App } from "../src/app";
import { setBackend } from "../src/backend";
import { showScreen } from "../src/screens/guardian";
import { loses } from "../src/screens/privacy";
import { start } from "../src/state";
import { setLanguage } from "../src/words";

afterEach(() => {
  toaster.clear();
  cleanup();
});

describe("what is kept", () => {
  it("tells what a change deletes", () => {
    const settings = (retention_days: number, totals_only: boolean) =>
      ({ retention_days, totals_only }) as never;
    expect(loses(settings(365, false), settings(365, true))).toBe("names");
    expect(loses(settings(365, false), settings(31, false))).toBe("days");
    expect(loses(settings(365, false), settings(31, true))).toBe("both");
    expect(loses(settings(31, true), settings(365, false))).toBe("nothing");
  });

  it("warns before names are deleted, keeps every other setting, and can be undone", async () => {
    const backend = recorded({ info: {}, language: "en" });
    setBackend(backend);
    setLanguage("en");
    showScreen("safety");
    await start();
    render(() => <App />);
    await userEvent.click(await screen.findByRole("radio", { name: "Totals only" }));
    expect(screen.getByText(/names of programs of past weeks are deleted for good/)).toBeVisible();
    const puts = () => backend.asked.filter((question) => question.ask === "put-settings");
    expect(puts()).toHaveLength(0);
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(puts()).toHaveLength(1));
    const kept = { zone: "Asia/Ho_Chi_Minh", week_start: "mon", retention_days: 365, idle_after: 120 };
    expect(puts()[0]).toMatchObject({ ...kept, totals_only: true, help_lines: ["111", "02623.951.567"] });
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(puts()[1]).toMatchObject({ ...kept, totals_only: false }));
  });
});
