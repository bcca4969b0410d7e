import { screen, waitFor } from "@solidjs/testing-library";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { ReplayDayView } from "../src/generated/protocol";
import { replaySum } from "../src/parts/replay";
import { open } from "./open";

const day = (used: number, kept: number, wouldCharge: number, refused: number[] = []): ReplayDayView =>
  ({
    used,
    kept,
    charged: used,
    would_charge: wouldCharge,
    stops: refused.map((seconds) => ({ refused: seconds })),
  }) as never;

describe("what the last weeks would have been", () => {
  it("is summed up: days that were cut, and what counted otherwise of what was left", () => {
    expect(replaySum([])).toEqual({ used: 0, cut: 0, lost: 0, counted: 0 });
    const days = [day(0, 0, 0), day(3600, 3600, 3600), day(3600, 3000, 3000, [600]), day(3600, 3600, 1800)];
    expect(replaySum(days)).toEqual({ used: 3, cut: 1, lost: 600, counted: -1800 });
    // One program was refused while the screen went on.
    expect(replaySum([day(3600, 3600, 3600, [900, 300])])).toMatchObject({ cut: 1, lost: 900 });
  });

  it("is said before a rule is saved, and again when it changes", async () => {
    const backend = await open("rules");
    await userEvent.click(await screen.findByRole("button", { name: /^Break/ }));
    expect(await screen.findByText(/days in the last four weeks would have been shorter/)).toBeVisible();
    const replays = () => backend.asked.filter((question) => question.ask === "replay");
    expect(replays()).toHaveLength(1);
    expect(replays()[0]).toMatchObject({ child: 1, from: "2026-10-27", until: "2026-11-23" });
    const rest = screen.getByLabelText("a break of");
    await userEvent.clear(rest);
    await userEvent.type(rest, "15");
    await waitFor(() =>
      expect(replays().at(-1)).toMatchObject({
        changes: [
          { change: "put", replaces: 4, rule: { rule: "break", target: { on: "screen" }, rest: 900 } },
        ],
      }),
    );
    expect(backend.asked.some((question) => question.ask === "put-rule")).toBe(false);
  });
});
