// The hours of a week, painted on a grid by mouse, touch or keyboard.

import { createMemo, createSelector, createSignal, For, type JSX, onCleanup } from "solid-js";
import type { SlotView } from "../generated/protocol";
import { t, words } from "../words";
import { Choices } from "./controls";

export type Paint = "closed" | "open" | "free";
export type Week = SlotView[][];

const CELLS = 48;
const CELL_MINUTES = 30;
/** Slots are kept by the quarter of an hour; a day that is not painted keeps its slots to the minute. */
const QUARTERS = 96;

function minutes(time: string | null): number {
  if (time === null) return 24 * 60;
  const [hours = "0", rest = "0"] = time.split(":");
  return Number(hours) * 60 + Number(rest);
}

function time(quarter: number): string {
  const [hours, rest] = [Math.floor(quarter / 4), (quarter % 4) * 15];
  return `${String(hours).padStart(2, "0")}:${String(rest).padStart(2, "0")}:00`;
}

function quarters(slots: SlotView[]): Paint[] {
  const day: Paint[] = new Array<Paint>(QUARTERS).fill("closed");
  for (const slot of slots) {
    const [from, until] = [Math.round(minutes(slot.from) / 15), Math.round(minutes(slot.until) / 15)];
    for (let at = from; at < until; at += 1) day[at] = slot.free ? "free" : "open";
  }
  return day;
}

function slots(day: Paint[]): SlotView[] {
  const found: SlotView[] = [];
  let from = 0;
  for (let at = 1; at <= QUARTERS; at += 1) {
    if (at < QUARTERS && day[at] === day[from]) continue;
    const paint = day[from];
    if (paint !== "closed") {
      found.push({ from: time(from), until: at === QUARTERS ? null : time(at), free: paint === "free" });
    }
    from = at;
  }
  return found;
}

/** The week with the cells from one to the other, in any order, painted. */
export function painted(week: Week, from: Cell, to: Cell, paint: Paint): Week {
  const [firstDay, lastDay] = [Math.min(from.day, to.day), Math.max(from.day, to.day)];
  const [first, last] = [Math.min(from.at, to.at), Math.max(from.at, to.at)];
  return week.map((day, index) => {
    if (index < firstDay || index > lastDay) return day;
    const made = quarters(day);
    for (let at = first * 2; at < (last + 1) * 2; at += 1) made[at] = paint;
    return slots(made);
  });
}

/** What the cells of a day show, half an hour each. */
export function cellPaints(day: SlotView[]): Paint[] {
  const cells = new Array<Paint>(CELLS).fill("closed");
  for (const slot of day) {
    const first = Math.floor(minutes(slot.from) / CELL_MINUTES);
    const end = Math.ceil(minutes(slot.until) / CELL_MINUTES);
    for (let at = first; at < end; at += 1)
      if (cells[at] === "closed") cells[at] = slot.free ? "free" : "open";
  }
  return cells;
}

export interface Cell {
  day: number;
  at: number;
}

function clock(at: number): string {
  const all = at * CELL_MINUTES;
  return `${String(Math.floor(all / 60)).padStart(2, "0")}:${String(all % 60).padStart(2, "0")}`;
}

export function ScheduleGrid(props: { week: Week; onChange: (week: Week) => void }): JSX.Element {
  const [brush, setBrush] = createSignal<Paint>("open");
  const [at, setAt] = createSignal<Cell>({ day: 0, at: 34 });
  const [drag, setDrag] = createSignal<{ from: Cell; to: Cell; base: Week } | null>(null);
  // Painted by the day and told apart by the cell, so that a stroke redraws what it changed and no more.
  const days = Array.from({ length: 7 }, (_, day) => createMemo(() => cellPaints(props.week[day] ?? [])));
  const paintOf = (cell: Cell): Paint => days[cell.day]?.()[cell.at] ?? "closed";
  const isAt = createSelector(() => at().day * CELLS + at().at);
  const paintNames = createMemo(() => ({
    closed: t("paint-closed"),
    open: t("paint-open"),
    free: t("paint-free"),
  }));
  const paintWords = (paint: Paint) => paintNames()[paint];
  let grid: HTMLTableElement | undefined;

  const begin = (cell: Cell) => {
    setAt(cell);
    setDrag({ from: cell, to: cell, base: props.week });
    props.onChange(painted(props.week, cell, cell, brush()));
  };
  const move = (cell: Cell) => {
    const now = drag();
    if (!now || (now.to.day === cell.day && now.to.at === cell.at)) return;
    setDrag({ ...now, to: cell });
    props.onChange(painted(now.base, now.from, cell, brush()));
  };
  const end = () => setDrag(null);
  document.addEventListener("pointerup", end);
  document.addEventListener("pointercancel", end);
  onCleanup(() => {
    document.removeEventListener("pointerup", end);
    document.removeEventListener("pointercancel", end);
  });
  // A finger keeps its events on the cell where it came down: look at what lies under it.
  const follow = (event: PointerEvent) => {
    if (!drag()) return;
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const cell = under instanceof HTMLElement ? under.dataset : undefined;
    if (cell?.day && cell.at) move({ day: Number(cell.day), at: Number(cell.at) });
  };
  const key = (event: KeyboardEvent) => {
    const steps: Record<string, [number, number]> = {
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      Home: [0, -CELLS],
      End: [0, CELLS],
    };
    const step = steps[event.key];
    const here = at();
    if (step) {
      event.preventDefault();
      const next = {
        day: Math.min(6, Math.max(0, here.day + step[0])),
        at: Math.min(CELLS - 1, Math.max(0, here.at + step[1])),
      };
      if (event.shiftKey) props.onChange(painted(props.week, here, next, brush()));
      setAt(next);
      grid?.querySelector<HTMLElement>(`[data-day="${next.day}"][data-at="${next.at}"]`)?.focus();
    } else if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      const now = paintOf(here);
      props.onChange(painted(props.week, here, here, now === brush() ? "closed" : brush()));
    }
  };

  return (
    <div class="schedule">
      <Choices
        label={t("paint-with")}
        inline
        value={brush()}
        onChange={(value) => setBrush(value as Paint)}
        choices={(["open", "free", "closed"] as const).map((value) => ({
          value,
          label: paintWords(value),
        }))}
      />
      <p class="soft">{t("paint-how")}</p>
      <div class="schedule-scroll">
        <div class="schedule-hours" aria-hidden="true">
          <For each={[0, 3, 6, 9, 12, 15, 18, 21]}>{(hour) => <span>{hour}</span>}</For>
          <span class="schedule-last">24</span>
        </div>
        <table
          ref={grid}
          class="schedule-grid"
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the cells of a grid take the keyboard
          role="grid"
          aria-label={t("paint-grid")}
          onKeyDown={key}
          onPointerMove={follow}
        >
          <tbody>
            <For each={Array.from({ length: 7 }, (_, day) => day)}>
              {(day) => (
                <tr class="schedule-day">
                  <th class="schedule-name" scope="row">
                    {words().weekdayShort(day)}
                  </th>
                  <For each={Array.from({ length: CELLS }, (_, index) => index)}>
                    {(index) => {
                      const paint = createMemo(() => paintOf({ day, at: index }));
                      return (
                        <td
                          class={`cell cell-${paint()} ${index % 2 === 0 ? "cell-hour" : ""}`}
                          tabindex={isAt(day * CELLS + index) ? 0 : -1}
                          data-day={day}
                          data-at={index}
                          aria-label={`${words().weekday(day)} ${clock(index)}–${clock(index + 1)}: ${paintWords(paint())}`}
                          onPointerDown={(event) => {
                            event.currentTarget.releasePointerCapture(event.pointerId);
                            begin({ day, at: index });
                          }}
                          onFocus={() => setAt({ day, at: index })}
                        />
                      );
                    }}
                  </For>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
    </div>
  );
}
