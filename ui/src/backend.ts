// The one way to the service: the commands of the program, or what a test or a picture puts in their place.

import { Channel, invoke } from "@tauri-apps/api/core";
import type { Environment, Push, Trouble } from "./generated/app";
import type { Answer, Question } from "./generated/protocol";

export interface Backend {
  /** Asks the service. Fails with a `Trouble`. */
  ask(question: Question): Promise<Answer>;
  environment(): Promise<Environment>;
  /** Hears how things stand, and from then on what happens. */
  listen(hear: (push: Push) => void): Promise<void>;
  lock(): Promise<void>;
  /** Writes a new file into the downloads folder; says where. Fails with a `Trouble`. */
  save(name: string, text: string): Promise<string>;
  touch(): Promise<void>;
}

export const program: Backend = {
  ask: (question) => invoke<Answer>("ask", { question }),
  environment: () => invoke<Environment>("environment"),
  listen: (hear) => {
    const channel = new Channel<Push>();
    channel.onmessage = hear;
    return invoke("listen", { channel });
  },
  lock: () => invoke("lock"),
  save: (name, text) => invoke<string>("save", { name, text }),
  touch: () => invoke("touch"),
};

let current: Backend = program;

export function setBackend(backend: Backend): void {
  current = backend;
}

export function backend(): Backend {
  return current;
}

type With<Name extends Answer["answer"]> =
  Extract<Answer, { answer: Name }> extends { with: infer Value } ? Value : null;

/** Asks, and gives what the answer of that name carries. Fails with a `Trouble`. */
export async function ask<Name extends Answer["answer"]>(
  question: Question,
  name: Name,
): Promise<With<Name>> {
  const answer = await current.ask(question);
  if (answer.answer !== name) {
    const trouble: Trouble = { trouble: "wire", detail: `an answer to another question: ${answer.answer}` };
    throw trouble;
  }
  return ("with" in answer ? answer.with : null) as With<Name>;
}

/** What was thrown, as a trouble. */
export function trouble(thrown: unknown): Trouble {
  if (typeof thrown === "object" && thrown !== null && "trouble" in thrown) return thrown as Trouble;
  return { trouble: "wire", detail: String(thrown) };
}
