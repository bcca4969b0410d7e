import { screen, waitFor } from "@solidjs/testing-library";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { loses } from "../src/screens/privacy";
import { open } from "./open";

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
    const backend = await open("safety");
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
