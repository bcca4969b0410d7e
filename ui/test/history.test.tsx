import { screen, waitFor, within } from "@solidjs/testing-library";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { rules } from "../screens/recorded";
import type { NewRule, RuleView } from "../src/generated/protocol";
import { difference, summary } from "../src/screens/history";
import { setLanguage } from "../src/words";
import { open } from "./open";

const rule = (id: number, rule: NewRule): RuleView => ({ id, origin: { by: "guardian" }, rule });
const rest = (minutes: number): NewRule => ({
  rule: "break",
  target: { on: "screen" },
  at_most: 2700,
  rest: minutes * 60,
});
const ceiling: NewRule = { rule: "rating-ceiling", age: 12 };

describe("a change", () => {
  it("is told by what is different, whatever the numbers of the rules", () => {
    expect(difference([rule(1, rest(5)), rule(2, ceiling)], [rule(7, rest(5)), rule(2, ceiling)])).toEqual(
      [],
    );
    expect(difference([rule(1, rest(5))], [rule(1, rest(10))])).toEqual([
      { before: rest(5), after: rest(10) },
    ]);
    expect(difference([rule(1, rest(5))], [rule(9, rest(10))])).toEqual([
      { before: rest(5), after: rest(10) },
    ]);
    expect(difference([rule(1, rest(5))], [rule(2, ceiling)])).toEqual([
      { before: rest(5), after: null },
      { before: null, after: ceiling },
    ]);
  });

  it("is summed up in a sentence", () => {
    setLanguage("en");
    const added = { before: null, after: ceiling };
    expect(summary([])).toBe("The warnings, or how strictly the rules are kept, were changed.");
    expect(summary([added])).toBe("A rule was added.");
    expect(summary([added, added])).toBe("2 rules were added.");
    expect(summary([{ before: rest(5), after: rest(10) }, added])).toBe("Several rules: 1 added, 1 changed.");
  });
});

describe("the history", () => {
  it("shows before and after, says what a way back does, and can be undone", async () => {
    const backend = await open("rules");
    await userEvent.click(await screen.findByRole("button", { name: "What was changed" }));
    const [newest, second] = await screen.findAllByRole("button", { name: "Put back to before this" });
    expect(newest).toBeVisible();
    await userEvent.click(second as HTMLElement);
    const asked = await screen.findByRole("button", { name: "Put back" });
    const told = asked.closest<HTMLElement>(".change-ask");
    expect(told).not.toBeNull();
    expect(within(told as HTMLElement).getByText(/the one after it goes too/)).toBeVisible();
    // Two rules change back, one comes again.
    expect((told as HTMLElement).querySelectorAll(".differences > li")).toHaveLength(3);
    await userEvent.click(asked);
    expect(backend.asked).toContainEqual({ ask: "rollback", child: 1, revision: 11 });
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(backend.asked).toContainEqual({ ask: "rollback", child: 1, revision: 12 }));
  });

  it("begins with nothing", () => {
    expect(difference([], rules).every((one) => one.before === null)).toBe(true);
  });
});
