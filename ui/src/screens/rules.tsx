// Rules: every rule a plain sentence that can be clicked and changed; what is saved can be undone.

import CalendarClock from "lucide-solid/icons/calendar-clock";
import Pencil from "lucide-solid/icons/pencil";
import Plus from "lucide-solid/icons/plus";
import HistoryIcon from "lucide-solid/icons/rotate-ccw-clock";
import Trash from "lucide-solid/icons/trash";
import { createMemo, createSignal, For, type JSX, Match, Show, Switch } from "solid-js";
import { ask } from "../backend";
import type { CategoryView, NewRule, RuleView, TargetView } from "../generated/protocol";
import { Button, Choices, Dialog, Minutes, Select } from "../parts/controls";
import { Empty, TroubleNote, Waiting } from "../parts/notes";
import { Replay } from "../parts/replay";
import { ScheduleGrid, type Week } from "../parts/schedule";
import { targetKey } from "../parts/standing";
import { say } from "../parts/toasts";
import { type Deed, deed, live, order } from "../state";
import { type Clock, capitalised, t, words } from "../words";
import { History, newestRevision } from "./history";

type Kind = NewRule["rule"];

const KINDS: Kind[] = ["allowance", "schedule", "break", "rating-ceiling", "block", "exemption"];

function everyDay<Content>(
  content: Content,
): [Content, Content, Content, Content, Content, Content, Content] {
  return [content, content, content, content, content, content, content];
}

/** What a new rule of a kind starts as. */
function fresh(kind: Kind): NewRule {
  switch (kind) {
    case "allowance":
      return { rule: "allowance", target: { on: "screen" }, period: { per: "day", seconds: everyDay(5400) } };
    case "schedule":
      return {
        rule: "schedule",
        target: { on: "screen" },
        slots: everyDay([{ from: "16:00:00", until: "20:30:00", free: false }]),
      };
    case "break":
      return { rule: "break", target: { on: "screen" }, at_most: 2700, rest: 600 };
    case "rating-ceiling":
      return { rule: "rating-ceiling", age: 12 };
    case "block":
      return { rule: "block", target: { on: "category", category: "social" } };
    case "exemption":
      return { rule: "exemption", target: { on: "category", category: "learning" } };
    case "allow-only":
      return { rule: "allow-only", targets: [{ on: "category", category: "learning" }] };
    case "bank":
      return {
        rule: "bank",
        target: { on: "category", category: "game" },
        keep: 1800,
        borrow: 0,
        since: null,
      };
    case "earn":
      return {
        rule: "earn",
        by: { on: "category", category: "learning" },
        every: 600,
        target: { on: "category", category: "game" },
        gives: 300,
        at_most: 1800,
      };
    case "health-text":
      return { rule: "health-text", target: { on: "category", category: "game" }, every: 1800 };
  }
}

export function Rules(props: { child: number; name: string; clock: Clock }): JSX.Element {
  const rules = live(() => ask({ ask: "rules", child: props.child }, "rules"), 15_000);
  const [editing, setEditing] = createSignal<{ replaces: number | null; rule: NewRule } | null>(null);
  const [adding, setAdding] = createSignal(false);
  const [looking, setLooking] = createSignal(false);
  const saving = deed();

  const done = async (what: string) => {
    setEditing(null);
    setAdding(false);
    await rules.refresh();
    const made = await newestRevision(props.child);
    say({
      title: what,
      detail: t("rule-at-once", { name: props.name }),
      ...(made === null ? {} : { undo: () => undo(made) }),
    });
  };
  const save = async (rule: NewRule) => {
    const replaces = editing()?.replaces ?? null;
    const put = await saving.run(() => ask({ ask: "put-rule", child: props.child, replaces, rule }, "rule"));
    if (put) await done(t("rule-saved", { rule: words().rule(rule) }));
  };
  const remove = async (rule: RuleView) => {
    const removed = await saving.run(() => order({ ask: "remove-rule", child: props.child, rule: rule.id }));
    if (removed) await done(t("rule-is-removed", { rule: words().rule(rule.rule) }));
  };
  const undo = async (revision: number) => {
    await ask({ ask: "rollback", child: props.child, revision }, "rules");
    await rules.refresh();
  };
  const kindName = (kind: Kind) => t("rule-kind", { kind });

  return (
    <>
      <Show when={!editing()}>
        <TroubleNote trouble={saving.trouble()} />
      </Show>
      <Switch fallback={<Waiting rows={4} />}>
        <Match when={rules.trouble() && !rules.value()}>
          <TroubleNote trouble={rules.trouble()} />
        </Match>
        <Match when={rules.value()?.length === 0}>
          <Empty title={t("rules-empty", { name: props.name })} icon={<CalendarClock />}>
            <p>{t("rules-empty-words")}</p>
          </Empty>
        </Match>
        <Match when={rules.value()}>
          {(all) => (
            <ul class="rule-list" aria-label={t("rules-of", { name: props.name })}>
              <For each={all()}>
                {(rule) => (
                  <li class="rule">
                    <button
                      type="button"
                      class="rule-open"
                      onClick={() => setEditing({ replaces: rule.id, rule: rule.rule })}
                    >
                      <span class="rule-kind">{kindName(rule.rule.rule)}</span>
                      <strong>{words().rule(rule.rule)}</strong>
                      <span class="soft">{words().origin(rule.origin)}</span>
                      <Pencil aria-hidden="true" class="rule-pencil" />
                    </button>
                    <button
                      type="button"
                      class="icon-button"
                      aria-label={t("rule-remove", { rule: words().rule(rule.rule) })}
                      onClick={() => remove(rule)}
                    >
                      <Trash aria-hidden="true" />
                    </button>
                  </li>
                )}
              </For>
            </ul>
          )}
        </Match>
      </Switch>
      <div class="row">
        <Button look="main" onClick={() => setAdding(true)}>
          <Plus aria-hidden="true" />
          {t("rule-add")}
        </Button>
        <Button look="quiet" onClick={() => setLooking(true)}>
          <HistoryIcon aria-hidden="true" />
          {t("history")}
        </Button>
      </div>
      <History
        child={props.child}
        name={props.name}
        clock={props.clock}
        open={looking()}
        onClose={() => setLooking(false)}
        onBack={rules.refresh}
      />
      <Dialog open={adding()} onClose={() => setAdding(false)} title={t("rule-add")}>
        <ul class="kinds">
          <For each={KINDS}>
            {(kind) => (
              <li>
                <button
                  type="button"
                  class="kind"
                  onClick={() => {
                    setAdding(false);
                    saving.clear();
                    setEditing({ replaces: null, rule: fresh(kind) });
                  }}
                >
                  <strong>{kindName(kind)}</strong>
                  <span class="soft">{t("rule-kind-words", { kind })}</span>
                </button>
              </li>
            )}
          </For>
        </ul>
      </Dialog>
      <Dialog
        open={editing() !== null}
        onClose={() => setEditing(null)}
        title={kindName(editing()?.rule.rule ?? "allowance")}
        wide={editing()?.rule.rule === "schedule"}
      >
        <Show when={editing()} keyed>
          {(now) => (
            <RuleEditor
              rule={now.rule}
              name={props.name}
              child={props.child}
              replaces={now.replaces}
              clock={props.clock}
              saving={saving}
              onSave={save}
              onCancel={() => setEditing(null)}
            />
          )}
        </Show>
      </Dialog>
    </>
  );
}

function RuleEditor(props: {
  rule: NewRule;
  name: string;
  child: number;
  replaces: number | null;
  clock: Clock;
  saving: Deed;
  onSave: (rule: NewRule) => void;
  onCancel: () => void;
}): JSX.Element {
  const [rule, setRule] = createSignal<NewRule>(structuredClone(props.rule));
  const of = <Name extends Kind>(name: Name) =>
    createMemo(() => {
      const now = rule();
      return now.rule === name ? (now as Extract<NewRule, { rule: Name }>) : null;
    });
  const [allowance, schedule, rest, ceiling, health, only] = [
    of("allowance"),
    of("schedule"),
    of("break"),
    of("rating-ceiling"),
    of("health-text"),
    of("allow-only"),
  ];
  const targeted = () => {
    const now = rule();
    return "target" in now ? now : null;
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        props.onSave(rule());
      }}
    >
      <Show when={targeted()}>
        {(now) => (
          <TargetPicker
            value={now().target}
            each={now().rule === "allowance"}
            onChange={(target) => setRule({ ...now(), target })}
          />
        )}
      </Show>
      <Switch>
        <Match when={allowance()}>
          {(now) => <AllowanceFields rule={now()} onChange={(changed) => setRule(changed)} />}
        </Match>
        <Match when={schedule()}>
          {(now) => (
            <ScheduleGrid
              week={now().slots}
              onChange={(week: Week) =>
                setRule({ ...now(), slots: week as Extract<NewRule, { rule: "schedule" }>["slots"] })
              }
            />
          )}
        </Match>
        <Match when={rest()}>
          {(now) => (
            <>
              <Minutes
                label={t("break-after")}
                value={Math.round(now().at_most / 60)}
                onChange={(minutes) => setRule({ ...now(), at_most: minutes * 60 })}
                choices={[30, 45, 60]}
              />
              <Minutes
                label={t("break-rest")}
                value={Math.round(now().rest / 60)}
                onChange={(minutes) => setRule({ ...now(), rest: minutes * 60 })}
                choices={[5, 10, 15]}
              />
            </>
          )}
        </Match>
        <Match when={ceiling()}>
          {(now) => (
            <Choices
              label={t("ceiling")}
              inline
              value={String(now().age)}
              onChange={(age) => setRule({ rule: "rating-ceiling", age: Number(age) })}
              choices={["0", "12", "16", "18"].map((age) => ({
                value: age,
                label: `${age.padStart(2, "0")}+`,
              }))}
            />
          )}
        </Match>
        <Match when={health()}>
          {(now) => (
            <Minutes
              label={t("health-every")}
              value={Math.round(now().every / 60)}
              onChange={(minutes) => setRule({ ...now(), every: minutes * 60 })}
              choices={[15, 30, 60]}
            />
          )}
        </Match>
        <Match when={only()}>
          <p>{t("allow-only-elsewhere")}</p>
        </Match>
      </Switch>
      <p class="says" aria-live="polite">
        {words().rule(rule())}
      </p>
      <p class="soft">{t("rule-will", { name: props.name })}</p>
      <Replay
        child={props.child}
        change={{ change: "put", replaces: props.replaces, rule: rule() }}
        clock={props.clock}
      />
      <TroubleNote trouble={props.saving.trouble()} />
      <div class="row row-end">
        <Button onClick={props.onCancel}>{t("cancel")}</Button>
        <Button type="submit" look="main" busy={props.saving.busy()}>
          {t("rule-save")}
        </Button>
      </div>
    </form>
  );
}

type Allowance = Extract<NewRule, { rule: "allowance" }>;

function AllowanceFields(props: { rule: Allowance; onChange: (rule: Allowance) => void }): JSX.Element {
  const day = () => (props.rule.period.per === "day" ? props.rule.period : null);
  const week = () => (props.rule.period.per === "week" ? props.rule.period : null);
  const same = () => day()?.seconds.every((amount) => amount === day()?.seconds[0]) ?? false;
  const [byDay, setByDay] = createSignal(!same() && day() !== null);
  const mode = () => (week() ? "week" : byDay() ? "days" : "day");
  const daily = (seconds: (number | null)[]) =>
    props.onChange({
      ...props.rule,
      period: { per: "day", seconds: seconds as Extract<Allowance["period"], { per: "day" }>["seconds"] },
    });
  const amount = () => day()?.seconds.find((one) => one !== null) ?? 5400;
  return (
    <>
      <Choices
        label={t("allowance-per")}
        inline
        value={mode()}
        onChange={(value) => {
          setByDay(value === "days");
          if (value === "week") {
            props.onChange({ ...props.rule, period: { per: "week", seconds: amount() * 7 } });
          } else if (week()) daily(everyDay(Math.round((week()?.seconds ?? 0) / 420) * 60));
          else if (value === "day") daily(everyDay(amount()));
        }}
        choices={[
          { value: "day", label: t("allowance-day") },
          { value: "days", label: t("allowance-days") },
          { value: "week", label: t("allowance-week") },
        ]}
      />
      <Switch>
        <Match when={mode() === "day"}>
          <Minutes
            label={t("how-long")}
            value={Math.round(amount() / 60)}
            onChange={(minutes) => daily(everyDay(minutes * 60))}
            choices={[30, 60, 90, 120]}
          />
        </Match>
        <Match when={week()}>
          {(now) => (
            <Minutes
              label={t("how-long")}
              value={Math.round(now().seconds / 60)}
              onChange={(minutes) =>
                props.onChange({ ...props.rule, period: { per: "week", seconds: minutes * 60 } })
              }
              choices={[300, 600, 900]}
            />
          )}
        </Match>
        <Match when={mode() === "days" && day()}>
          {(now) => (
            <fieldset class="weekdays">
              <legend>{t("allowance-each-day")}</legend>
              <For each={[0, 1, 2, 3, 4, 5, 6]}>
                {(index) => (
                  <label class="weekday">
                    <span>{capitalised(words().weekdayShort(index))}</span>
                    <input
                      type="number"
                      min="0"
                      max="1440"
                      step="5"
                      inputmode="numeric"
                      placeholder="∞"
                      aria-label={t("allowance-minutes-on", { day: words().weekday(index) })}
                      value={
                        now().seconds[index] === null ? "" : Math.round((now().seconds[index] ?? 0) / 60)
                      }
                      onChange={(event) => {
                        const text = event.currentTarget.value.trim();
                        const minutes = Math.min(1440, Math.max(0, Number.parseInt(text, 10)));
                        const value = text === "" || Number.isNaN(minutes) ? null : minutes * 60;
                        daily(now().seconds.map((old, at) => (at === index ? value : old)));
                      }}
                    />
                  </label>
                )}
              </For>
            </fieldset>
          )}
        </Match>
      </Switch>
    </>
  );
}

const CATEGORIES: CategoryView[] = ["game", "video", "social", "browser", "learning", "creative", "other"];

function TargetPicker(props: {
  value: TargetView;
  each: boolean;
  onChange: (target: TargetView) => void;
}): JSX.Element {
  const apps = live(() => ask({ ask: "apps", unsorted: false }, "apps"), null);
  // A change of the rule's other parts is no change of what it can be for.
  const value = createMemo(() => props.value, undefined, {
    equals: (before, after) => targetKey(before) === targetKey(after),
  });
  const targets = createMemo((): TargetView[] => {
    const all: TargetView[] = [
      { on: "screen" },
      ...CATEGORIES.map((category): TargetView => ({ on: "category", category })),
      ...(props.each ? [{ on: "each", category: "game" } as TargetView] : []),
      ...(apps.value() ?? []).map((app): TargetView => ({ on: "app", app: app.id, name: app.name })),
    ];
    return all.some((one) => targetKey(one) === targetKey(value())) ? all : [value(), ...all];
  });
  const choices = createMemo(() =>
    targets().map((one) => ({ value: targetKey(one), label: words().targetTitle(one) })),
  );
  return (
    <Select
      label={t("rule-target")}
      value={targetKey(props.value)}
      onChange={(key) => {
        const target = targets().find((one) => targetKey(one) === key);
        if (target && key !== targetKey(props.value)) props.onChange(target);
      }}
      choices={choices()}
    />
  );
}
