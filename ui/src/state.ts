// How things stand: the connection, and what the service last said. Kept fresh by the service's notices, and by
// a look every few seconds while the window shows, because time runs.

import { createEffect, createSignal, onCleanup } from "solid-js";
import { createStore, reconcile } from "solid-js/store";
import { ask, backend, trouble } from "./backend";
import type { Environment, Push, Trouble } from "./generated/app";
import type { Notice, Question, StandingView, StatusView } from "./generated/protocol";
import type { Clock } from "./words";

export type Standing = Extract<Push, { push: "up" | "down" }>;

const [standing, setStanding] = createSignal<Standing | null>(null);
const [environment, setEnvironment] = createSignal<Environment | null>(null);
const hearers = new Set<(notice: Notice) => void>();

export { environment, standing };

/** Starts to hear the service. */
export async function start(): Promise<Environment> {
  const known = await backend().environment();
  setEnvironment(known);
  await backend().listen((push) => {
    if (push.push === "notice") for (const hear of hearers) hear(push.notice);
    else setStanding(push);
  });
  return known;
}

/** Calls `hear` with every notice for as long as the caller lives. */
export function onNotice(hear: (notice: Notice) => void): void {
  hearers.add(hear);
  onCleanup(() => hearers.delete(hear));
}

const GLANCE = 5_000;

export interface Live<Value> {
  /** The last answer. */
  value: () => Value | undefined;
  /** Why the last question had no answer. */
  trouble: () => Trouble | null;
  refresh: () => Promise<void>;
}

/** Asks `load` now, after every notice that concerns it, and every few seconds. The last answer stays. */
export function live<Value>(load: () => Promise<Value>, every: number | null = GLANCE): Live<Value> {
  const [value, setValue] = createSignal<Value>();
  const [why, setWhy] = createSignal<Trouble | null>(null);
  let round = 0;
  let alive = true;
  const refresh = async () => {
    round += 1;
    const mine = round;
    try {
      const loaded = await load();
      // An older answer must not replace a newer one.
      if (alive && mine === round) {
        setValue(() => loaded);
        setWhy(null);
      }
    } catch (thrown) {
      if (alive && mine === round) setWhy(trouble(thrown));
    }
  };
  createEffect(() => {
    if (standing()?.push === "up") void refresh();
  });
  onNotice(() => void refresh());
  const timer =
    every === null
      ? undefined
      : setInterval(() => document.visibilityState === "visible" && refresh(), every);
  onCleanup(() => {
    alive = false;
    clearInterval(timer);
  });
  return { value, trouble: why, refresh };
}

export interface Status extends Live<StatusView> {
  clock: () => Clock;
  children: () => StandingView[];
}

/** How one child or all children stand. The same child stays the same object, so that only changes move. */
export function liveStatus(child: number | null): Status {
  const [store, setStore] = createStore<{ status?: StatusView }>({});
  const kept = live(async () => {
    const status = await ask({ ask: "status", child }, "status");
    setStore("status", reconcile(status, { key: "id" }));
    return status;
  });
  return {
    ...kept,
    value: () => store.status,
    children: () => store.status?.children ?? [],
    clock: () => ({ now: new Date(store.status?.now ?? Date.now()), zone: store.status?.zone ?? "UTC" }),
  };
}

export interface Deed {
  busy: () => boolean;
  trouble: () => Trouble | null;
  clear: () => void;
  /** Does it; true when it was done. */
  run: (work: () => Promise<unknown>) => Promise<boolean>;
}

/** Something that a person does: busy while it is done, and with its trouble when it cannot be. */
export function deed(): Deed {
  const [busy, setBusy] = createSignal(false);
  const [why, setWhy] = createSignal<Trouble | null>(null);
  return {
    busy,
    trouble: why,
    clear: () => setWhy(null),
    run: async (work) => {
      if (busy()) return false;
      setBusy(true);
      setWhy(null);
      try {
        await work();
        return true;
      } catch (thrown) {
        setWhy(trouble(thrown));
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}

/** Asks for something that has no answer but "done". */
export async function order(question: Question): Promise<void> {
  await ask(question, "done");
}
