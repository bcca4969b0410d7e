// Used time as a file: CSV for a spreadsheet, JSON with every interval. docs/export.md describes the columns.

import { DropdownMenu } from "@kobalte/core/dropdown-menu";
import Download from "lucide-solid/icons/download";
import { For, type JSX } from "solid-js";
import { ask, backend, trouble } from "../backend";
import type { IntervalView, UsageSum } from "../generated/protocol";
import { deed } from "../state";
import { isoDay, t, words } from "../words";
import { say } from "./toasts";

/** The version of the files' form. */
const FORM = 1;

function idOf(sum: UsageSum): string {
  switch (sum.target.on) {
    case "app":
      return sum.target.app;
    case "screen":
      return "screen";
    default:
      return sum.target.category;
  }
}

/** A cell: quoted where it must be, and never a formula, whatever a program calls itself. */
export function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line a day and series, with a byte order mark, so that a spreadsheet reads the names. */
export function csv(sums: UsageSum[], name: (sum: UsageSum) => string): string {
  const head = ["day", "kind", "id", "name", "used_seconds", "charged_seconds", "granted_seconds"];
  const lines = sums.map((sum) => [
    sum.day,
    sum.target.on,
    idOf(sum),
    name(sum),
    sum.used,
    sum.charged,
    sum.granted,
  ]);
  return `\uFEFF${[head, ...lines].map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
}

const DAY = 86_400_000;

export function Export(props: { child: number; name: string; from: Date; until: Date }): JSX.Element {
  const saving = deed();
  const load = (from: Date, until: Date, intervals: boolean) =>
    ask({ ask: "usage", child: props.child, from: isoDay(from), until: isoDay(until), intervals }, "usage");
  const save = async (kind: "csv" | "json") => {
    const [from, until] = [props.from, props.until];
    const done = await saving.run(async () => {
      const usage = await load(from, until, false);
      let text = csv(usage.sums, (sum) => words().target(sum.target));
      if (kind === "json") {
        // A day at a time: many days' intervals do not fit into one answer.
        const intervals: IntervalView[] = [];
        for (let day = from.getTime(); day <= until.getTime(); day += DAY) {
          intervals.push(...(await load(new Date(day), new Date(day), true)).intervals);
        }
        const { zone, sums } = usage;
        const whole = {
          form: FORM,
          child: props.name,
          zone,
          from: isoDay(from),
          until: isoDay(until),
          sums,
          intervals,
        };
        text = `${JSON.stringify(whole, null, 2)}\n`;
      }
      const where = await backend().save(`lanh-${isoDay(from)}-${isoDay(until)}.${kind}`, text);
      say({ title: t("export-saved", { file: where }), detail: t("export-private") });
    });
    const why = saving.trouble();
    if (!done && why) say({ title: words().trouble(trouble(why)), bad: true });
  };
  return (
    <DropdownMenu gutter={6} modal={false}>
      <DropdownMenu.Trigger class="button button-quiet" disabled={saving.busy()}>
        <Download aria-hidden="true" />
        {t("export")}
      </DropdownMenu.Trigger>
      <DropdownMenu.Content class="select-content menu">
        <For each={["csv", "json"] as const}>
          {(kind) => (
            <DropdownMenu.Item class="select-item menu-item" onSelect={() => void save(kind)}>
              <strong>{t("export-as", { kind })}</strong>
              <span class="soft">{t("export-words", { kind })}</span>
            </DropdownMenu.Item>
          )}
        </For>
      </DropdownMenu.Content>
    </DropdownMenu>
  );
}
