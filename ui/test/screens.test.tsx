import { screen, waitFor } from "@solidjs/testing-library";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Scene } from "../screens/recorded";
import { setLanguage } from "../src/words";
import { open } from "./open";

describe("a guardian", () => {
  it("says yes to a request with one tap", async () => {
    const backend = await open("today");
    await userEvent.click(await screen.findByRole("button", { name: "Give 30 minutes" }));
    expect(backend.asked).toContainEqual({ ask: "answer-request", request: 9, seconds: 1800, words: "" });
  });

  it("says no with a word", async () => {
    const backend = await open("today");
    await userEvent.click(await screen.findByRole("button", { name: "Not now…" }));
    await userEvent.type(await screen.findByLabelText("A word to go with it"), "After dinner");
    await userEvent.click(screen.getByRole("button", { name: "Say no" }));
    expect(backend.asked).toContainEqual({
      ask: "answer-request",
      request: 9,
      seconds: null,
      words: "After dinner",
    });
  });

  it("sees a change at the service's notice, without waiting for the next look", async () => {
    const backend = await open("today");
    await screen.findByRole("button", { name: "Give 30 minutes" });
    const before = backend.asked.filter((question) => question.ask === "status").length;
    backend.push({ push: "notice", notice: { notice: "changed", child: 1 } });
    expect(backend.asked.filter((question) => question.ask === "status").length).toBe(before + 1);
  });

  it("changes a rule and undoes it", async () => {
    const backend = await open("today");
    await userEvent.click(await screen.findByRole("button", { name: "Rules" }));
    await userEvent.click(await screen.findByRole("button", { name: /^Break/ }));
    const rest = await screen.findByLabelText("a break of");
    await userEvent.clear(rest);
    await userEvent.type(rest, "15");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(backend.asked).toContainEqual({
      ask: "put-rule",
      child: 1,
      replaces: 4,
      rule: { rule: "break", target: { on: "screen" }, at_most: 2700, rest: 900 },
    });
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(backend.asked).toContainEqual({ ask: "rollback", child: 1, revision: 12 }));
  });

  it("paints hours with the keyboard", async () => {
    const backend = await open("today");
    await userEvent.click(await screen.findByRole("button", { name: "Rules" }));
    await userEvent.click(await screen.findByRole("button", { name: /^Allowed hours/ }));
    // Among hundreds of cells a search by role takes seconds.
    const cell = await waitFor(() => {
      const found = document.querySelector<HTMLElement>('[data-day="0"][data-at="41"]');
      if (!found) throw new Error("no cell yet");
      return found;
    });
    expect(cell).toHaveAccessibleName("Monday 20:30–21:00: Closed");
    cell.focus();
    await userEvent.keyboard("{Shift>}{ArrowRight}{/Shift}");
    await userEvent.click(screen.getByText("Save"));
    const put = backend.asked.find((question) => question.ask === "put-rule");
    expect(put).toMatchObject({
      rule: { slots: { 0: [{ from: "16:00:00", until: "21:30:00", free: false }] } },
    });
  });

  it("locks the window", async () => {
    await open("today");
    await userEvent.click(await screen.findByRole("button", { name: "Lock" }));
    expect(await screen.findByLabelText("PIN or passphrase")).toBeVisible();
  });
});

describe("first run", () => {
  it("goes from nothing to a working limit in seven clicks", async () => {
    const backend = await open("today", { info: { set_up: false }, children: 0 });
    let clicks = 0;
    const click = async (name: string | RegExp, role = "button") => {
      clicks += 1;
      await userEvent.click(await screen.findByRole(role, { name }));
    };
    await click("Begin");
    await userEvent.type(await screen.findByLabelText(/^PIN/), "739155");
    await userEvent.type(screen.getByLabelText("Once more"), "739155");
    await click("Continue");
    expect(await screen.findByText("7K2M-Q9XD-4HTR-BW3P")).toBeVisible();
    await click("I have kept it");
    await click("Nguyễn Hoài An", "radio");
    expect(screen.getByLabelText("Name")).toHaveValue("Nguyễn Hoài An");
    expect(screen.getByText("No password: khach")).toBeVisible();
    await userEvent.type(screen.getByLabelText("Year of birth"), "2015");
    await click("Continue");
    await screen.findByText(/Source: WHO/);
    await click("Put these in force");
    await click("To today");
    expect(clicks).toBeLessThanOrEqual(10);
    const put = backend.asked.find((question) => question.ask === "put-child");
    expect(put).toMatchObject({ preset: "gentle-9-12", child: { accounts: ["an"], birth_year: 2015 } });
  });

  it("tells who may set the PIN to somebody who may not", async () => {
    await open("today", { info: { set_up: false, role: { role: "nobody" } } });
    expect(await screen.findByText("This needs an administrator")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Begin" })).toBeNull();
  });
});

describe("a child", () => {
  const child: Partial<Scene> = { info: { role: { role: "child", child: 1 } } };

  it("asks for time with a reason", async () => {
    const backend = await open("today", child);
    await userEvent.click(await screen.findByRole("button", { name: "Ask for more time" }));
    await userEvent.click(await screen.findByRole("radio", { name: "30 minutes" }));
    await userEvent.type(screen.getByLabelText("Why?"), "the last level");
    await userEvent.click(screen.getByRole("button", { name: "Ask" }));
    expect(backend.asked).toContainEqual({
      ask: "ask-for-time",
      target: { on: "screen" },
      seconds: 1800,
      words: "the last level",
    });
  });

  it("finds help with one click, and nobody is asked", async () => {
    const backend = await open("today", child);
    const help = await screen.findByRole("button", { name: "Get help (111)" });
    await waitFor(() => expect(screen.getByRole("button", { name: "Ask for more time" })).toBeVisible());
    const before = backend.asked.length;
    await userEvent.click(help);
    expect(await screen.findByText("02623.951.567")).toBeVisible();
    expect(backend.asked.length).toBe(before);
  });

  it("finds help when the service is down", async () => {
    await open("today", { ...child, trouble: { trouble: "not-running", path: "/run/lanh/lanhd.sock" } });
    expect(await screen.findByText("Lanh’s service is not answering")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Get help (111)" }));
    expect(await screen.findByText("National child protection line")).toBeVisible();
  });

  it("saves a paused game", async () => {
    const backend = await open("today", { ...child, held: true });
    await userEvent.click(await screen.findByRole("button", { name: "Save my game" }));
    expect(backend.asked).toContainEqual({ ask: "save-game", app: "minecraft" });
  });

  it("needs the PIN for a guardian's window, and the PIN is not kept", async () => {
    const backend = await open("today", child);
    await userEvent.click(await screen.findByRole("button", { name: "For guardians" }));
    const field = await screen.findByLabelText("PIN or passphrase");
    await userEvent.type(field, "739155");
    await userEvent.click(screen.getByRole("button", { name: "Open" }));
    expect(backend.asked).toContainEqual({ ask: "unlock", secret: "739155" });
    await waitFor(() => expect(screen.queryByLabelText("PIN or passphrase")).toBeNull());
  });
});

describe("everybody", () => {
  it("sees the window come back by itself", async () => {
    const backend = await open("today", { trouble: { trouble: "closed" } });
    await screen.findByText("Lanh’s service is not answering");
    backend.push({
      push: "up",
      locked: false,
      info: { version: "1", mode: "root", set_up: true, role: { role: "guardian" }, troubles: [] },
    });
    expect(await screen.findByRole("heading", { name: "Today" })).toBeVisible();
  });

  it("changes the language at once", async () => {
    await open("today");
    await userEvent.click(await screen.findByRole("button", { name: "Appearance" }));
    await userEvent.click(await screen.findByRole("radio", { name: "Tiếng Việt" }));
    expect(await screen.findByRole("button", { name: "Hôm nay", hidden: true })).toBeInTheDocument();
    expect(document.documentElement.lang).toBe("vi");
    setLanguage("en");
  });
});
