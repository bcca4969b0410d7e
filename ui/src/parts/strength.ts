// How strong a secret looks while it is typed. The service judges; this only spares a refusal.

export type Level = "short" | "simple" | "fair" | "good" | "strong";

export function strength(typed: string): { level: Level; acceptable: boolean } {
  const secret = typed.trim().normalize("NFC");
  const characters = [...secret];
  const digitsOnly = /^\d*$/.test(secret);
  if (characters.length < (digitsOnly ? 4 : 8)) return { level: "short", acceptable: false };
  const codes = characters.map((character) => character.codePointAt(0) ?? 0);
  const steps = new Set(codes.slice(1).map((code, index) => code - (codes[index] ?? 0)));
  const plainSequence = steps.size === 1 && [...steps].every((step) => Math.abs(step) <= 1);
  if (plainSequence || (!digitsOnly && new Set(characters).size < 4)) {
    return { level: "simple", acceptable: false };
  }
  if (digitsOnly) return { level: characters.length < 6 ? "fair" : "good", acceptable: true };
  return { level: characters.length < 14 ? "good" : "strong", acceptable: true };
}
