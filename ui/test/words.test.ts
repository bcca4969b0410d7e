import { describe, expect, it } from "vitest";
import type {
  Detail,
  Fact,
  Failure,
  NewRule,
  OriginView,
  ReasonView,
  ReplayDayView,
  StopView,
  VerdictView,
} from "../src/generated/protocol";
import sentences from "../src/generated/sentences.json";
import { type Language, Words } from "../src/words";

const clock = { now: new Date("2026-11-24T12:00:00Z"), zone: "Asia/Ho_Chi_Minh" };

/** What this front end says of a case. */
function said(words: Words, say: string, of: unknown): string {
  switch (say) {
    case "duration":
      return words.duration(of as number);
    case "left":
      return words.left(of as number);
    case "time":
    case "at":
    case "until":
      return words.moment(say, new Date(of as string), clock);
    case "days":
      return words.days(of as boolean[]);
    case "rule":
      return words.rule(of as NewRule);
    case "origin":
      return words.origin(of as OriginView);
    case "reason":
      return words.reason(of as ReasonView, clock);
    case "ending":
      return words.ending(of as ReasonView);
    case "verdict":
      return words.verdict(of as VerdictView, clock);
    case "replayed":
      return words.replayed(of as ReplayDayView, clock);
    case "replay-stop":
      return words.replayStop(of as StopView, clock);
    case "replay-counted":
      return words.replayCounted(of as ReplayDayView) ?? "";
    case "finding":
      return words.finding(of as Fact);
    case "remedy":
      return words.remedy(of as Fact);
    case "detail":
      return words.detail(of as Detail);
    case "failure":
      return words.failure(of as Failure);
    default:
      throw new Error(`nobody says ${say}`);
  }
}

describe("sentences", () => {
  it("are those of crates/words, word for word", () => {
    expect(sentences.length).toBeGreaterThan(300);
    for (const { language, say, of, text } of sentences) {
      expect(said(new Words(language as Language), say, of), `${say} of ${JSON.stringify(of)}`).toBe(text);
    }
  });

  it("survive a zone that the webview does not know", () => {
    const lost = { ...clock, zone: "Nowhere/Land" };
    expect(new Words("en").moment("at", new Date("2026-11-24T13:30:00Z"), lost)).toBe("at 13:30");
  });

  it("take control characters out of names", () => {
    expect(new Words("en").target({ on: "app", app: "x", name: "a\u001b[2Jb" })).toBe("a [2Jb");
  });
});
