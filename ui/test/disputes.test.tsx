import { screen, waitFor } from "@solidjs/testing-library";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { questionable } from "../src/parts/disputes";
import { open } from "./open";

describe("a charge that a child questions", () => {
  it("is one that counted, the newest first; the screen where no names are kept", () => {
    const one = (on: string, from: string, cost: string) =>
      ({ target: { on }, from, cost: { cost } }) as never;
    const [early, late] = [
      one("app", "2026-11-24T09:00:00Z", "charged"),
      one("app", "2026-11-24T10:00:00Z", "charged"),
    ];
    const [free, whole] = [
      one("app", "2026-11-24T11:00:00Z", "free"),
      one("screen", "2026-11-24T09:00:00Z", "charged"),
    ];
    expect(questionable([early, free, late, whole])).toEqual([late, early]);
    expect(questionable([free, whole])).toEqual([whole]);
  });

  it("is sent with the child's words", async () => {
    const backend = await open("usage", { info: { role: { role: "child", child: 1 } } });
    await userEvent.click(await screen.findByRole("button", { name: "My time today" }));
    const [first] = await screen.findAllByRole("button", { name: "Not right?" });
    await userEvent.click(first as HTMLElement);
    await userEvent.type(screen.getByLabelText("What was it really?"), "I was at dinner");
    await userEvent.click(screen.getByRole("button", { name: "Send it" }));
    expect(await screen.findByText("Sent. Your guardian will look at it.")).toBeVisible();
    expect(backend.asked).toContainEqual({
      ask: "dispute",
      target: { on: "app", app: "supertux2", name: "SuperTux" },
      from: "2026-11-24T10:20:00Z",
      until: "2026-11-24T10:35:00Z",
      words: "I was at dinner",
    });
  });

  it("is given back by a guardian with one click", async () => {
    const backend = await open("usage", {});
    await userEvent.click(await screen.findByRole("button", { name: "Give 15 minutes back" }));
    expect(await screen.findByText(/has 15 minutes back for Minecraft, 16:55–17:10/)).toBeVisible();
    expect(backend.asked).toContainEqual({ ask: "answer-dispute", dispute: 3, accept: true, words: "" });
    await waitFor(() => expect(screen.queryByRole("article")).toBeNull());
  });
});
