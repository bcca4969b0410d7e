import { screen, waitFor } from "@solidjs/testing-library";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { UsageSum } from "../src/generated/protocol";
import { cell, csv } from "../src/parts/export";
import { open } from "./open";

describe("usage", () => {
  it("compares a week that is not over with the same days of the one before", async () => {
    await open("usage");
    expect(
      await screen.findByText(/1 hour 5 minutes less than by the same day of the week before/),
    ).toBeVisible();
    expect(
      screen.getByRole("button", { name: /^Tuesday: 1 hour 10 minutes.*the week before: 2 hours/ }),
    ).toBeVisible();
  });

  it("explains a stretch that is focused, and the arrows go on to the next", async () => {
    const backend = await open("usage");
    const minecraft = await screen.findByRole("button", { name: "16:40–17:10, counted" });
    minecraft.focus();
    expect(await screen.findByText("Counted: it was in front.")).toBeVisible();
    expect(await screen.findByText("At most 1 hour a day for all games together.")).toBeVisible();
    expect(backend.asked).toContainEqual({
      ask: "why-charged",
      child: 1,
      at: "2026-11-24T09:55:00.000Z",
    });
    await userEvent.keyboard("{ArrowRight}");
    expect(await screen.findByText("Extra time: it was in front.")).toBeVisible();
    await userEvent.keyboard("{ArrowDown}");
    expect(
      await screen.findByText(/^Costs no time and stays open: all learning apps together\./),
    ).toBeVisible();
  });

  it("shows a month, and the month before it", async () => {
    const backend = await open("usage");
    await userEvent.click(await screen.findByRole("button", { name: "Month" }));
    expect(await screen.findByRole("heading", { name: "November 2026" })).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "The month before" }));
    expect(await screen.findByRole("heading", { name: "October 2026" })).toBeVisible();
    await waitFor(() =>
      expect(backend.asked).toContainEqual({
        ask: "usage",
        child: 1,
        from: "2026-09-01",
        until: "2026-10-31",
        intervals: false,
      }),
    );
  });

  it("is saved as a file, with every stretch in JSON", async () => {
    const backend = await open("usage");
    await userEvent.click(await screen.findByRole("button", { name: "Save as a file" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: /JSON/ }));
    expect(await screen.findByText("Saved: /home/lan/Tải về/lanh-2026-11-23-2026-11-29.json")).toBeVisible();
    const file = JSON.parse(backend.saved[0]?.text ?? "{}");
    expect(file).toMatchObject({
      form: 1,
      from: "2026-11-23",
      until: "2026-11-29",
      zone: "Asia/Ho_Chi_Minh",
    });
    expect(file.intervals.length).toBeGreaterThan(0);
  });
});

describe("a table as a file", () => {
  const sum = (name: string): UsageSum => ({
    day: "2026-11-24",
    target: { on: "app", app: "x", name },
    used: 90,
    charged: 60,
    granted: 30,
  });

  it("has a line a day and series, and keeps what a name says a name", () => {
    expect(csv([sum("A, B")], () => "A, B")).toBe(
      '\uFEFFday,kind,id,name,used_seconds,charged_seconds,granted_seconds\r\n2026-11-24,app,x,"A, B",90,60,30\r\n',
    );
    expect(cell("=1+1")).toBe("'=1+1");
    expect(cell('@"x"')).toBe(`"'@""x"""`);
    expect(cell("Học toán")).toBe("Học toán");
    expect(cell(-5)).toBe("-5");
  });
});
