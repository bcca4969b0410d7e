import { screen, waitFor, within } from "@solidjs/testing-library";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { found, plain } from "../src/screens/apps";
import { open } from "./open";

const put = (app: string, category: string) => ({ ask: "put-app", app, category, rating: null });

describe("new programs", () => {
  it("are sorted with one key each, and the next one is at hand", async () => {
    const backend = await open("apps");
    const first = await screen.findByRole("button", { name: /^ToLauncher/, expanded: true });
    first.focus();
    await userEvent.keyboard("1");
    await waitFor(() => expect(document.activeElement).toHaveAccessibleName(/^Sober/));
    await userEvent.keyboard("{ArrowDown}2");
    await waitFor(() => expect(document.activeElement).toHaveAccessibleName(/^Sober/));
    expect(backend.asked).toContainEqual(put("path:/home/an/Tải về/ToLauncher", "game"));
    expect(backend.asked).toContainEqual(put("desktop:nhacviet", "learning"));
    expect(screen.getByText("One program is new: what is it?")).toBeVisible();
  });

  it("come back with Ctrl+Z as they were found, not as the guardian's decision", async () => {
    const backend = await open("apps");
    (await screen.findByRole("button", { name: /^ToLauncher/, expanded: true })).focus();
    await userEvent.keyboard("8");
    await screen.findByText("ToLauncher: other programs.");
    await waitFor(() => expect(document.activeElement).toHaveAccessibleName(/^Sober/));
    await userEvent.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(document.activeElement).toHaveAccessibleName(/^ToLauncher/));
    expect(backend.asked).toContainEqual(put("path:/home/an/Tải về/ToLauncher", "none"));
  });

  it("are sorted with the mouse and taken back from the note", async () => {
    const backend = await open("apps");
    const keys = await screen.findByRole("group", { name: "What is ToLauncher?" });
    await userEvent.click(within(keys).getByRole("button", { name: /^Creative/ }));
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    expect(await screen.findByText("Taken back: it is as it was.")).toBeVisible();
    expect(backend.asked).toContainEqual(put("path:/home/an/Tải về/ToLauncher", "none"));
  });
});

describe("all programs", () => {
  it("are found without their marks, by category too", () => {
    const app = (name: string, category: string) => ({ name, category }) as never;
    const apps = [app("Học toán", "learning"), app("Đường đua", "game"), app("Minecraft", "game")];
    expect(plain("Đường ĐUA")).toBe("duong dua");
    expect(found(apps, " hoc TOAN ", "all")).toHaveLength(1);
    expect(found(apps, "duong", "all")).toHaveLength(1);
    expect(found(apps, "", "game")).toHaveLength(2);
    expect(found(apps, "học", "game")).toHaveLength(0);
  });

  it("open with why, and keep what was not changed", async () => {
    const backend = await open("apps");
    await userEvent.type(await screen.findByLabelText("Find a program"), "stardew");
    await userEvent.click(await screen.findByRole("button", { name: /^Stardew Valley/ }));
    expect(await screen.findByText("It is commonly known as this.")).toBeVisible();
    await userEvent.click(screen.getByRole("radio", { name: "16+" }));
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(backend.asked).toContainEqual({
      ask: "put-app",
      app: "steam:413150",
      category: null,
      rating: "16",
    });
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() =>
      expect(backend.asked.at(-3)).toMatchObject({ ask: "put-app", category: null, rating: "none" }),
    );
  });
});
