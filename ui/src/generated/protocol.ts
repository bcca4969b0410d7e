// Made of crates/protocol by `LANH_WRITE=1 cargo test -p lanh-protocol --all-features --test typescript`.

/**
 * An account of the machine.
 */
export type AccountView = { 
/**
 * Its login name.
 */
name: string, 
/**
 * Its uid or SID.
 */
id: string, 
/**
 * The person's name as the system has it.
 */
full_name: string, 
/**
 * Whether it may administer the machine.
 */
administrator: boolean, 
/**
 * Whether it has no password; `None`: cannot be told.
 */
no_password: boolean | null, 
/**
 * The child it is bound to.
 */
child: number | null, };

/**
 * What the service answers.
 */
export type Answer = { "answer": "done" } | { "answer": "info", "with": ServiceInfo } | { "answer": "recovery-code", "with": string } | { "answer": "status", "with": StatusView } | { "answer": "rules", "with": Array<RuleView> } | { "answer": "rule", "with": RuleView } | { "answer": "why", "with": WhyView } | { "answer": "usage", "with": UsageView } | { "answer": "sums", "with": ReportView } | { "answer": "intervals", "with": IntervalsView } | { "answer": "replay", "with": ReplayView } | { "answer": "request", "with": RequestView } | { "answer": "requests", "with": Array<RequestView> } | { "answer": "dispute", "with": DisputeView } | { "answer": "disputes", "with": Array<DisputeView> } | { "answer": "grant", "with": GrantView } | { "answer": "grants", "with": Array<GrantView> } | { "answer": "companion", "with": CompanionOrders } | { "answer": "children", "with": Array<ChildView> } | { "answer": "child", "with": ChildView } | { "answer": "presets", "with": Array<PresetView> } | { "answer": "history", "with": Array<ChangeView> } | { "answer": "apps", "with": Array<AppView> } | { "answer": "app", "with": AppView } | { "answer": "settings", "with": SettingsView } | { "answer": "audit", "with": Array<AuditLine> } | { "answer": "audit-verified", "with": { entries: number, broken_at: number | null, } } | { "answer": "backup", "with": BackupView } | { "answer": "backups", "with": Array<BackupView> } | { "answer": "doctor", "with": DoctorReport } | { "answer": "accounts", "with": Array<AccountView> };

/**
 * One program.
 */
export type AppView = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * What it is for.
 */
category: CategoryView, 
/**
 * The youngest age of its rating (0, 12, 16, 18), if it has one.
 */
rating: number | null, 
/**
 * How Lanh knows what it is for: `read` (from the machine or from a source that the catalogue names), `known`
 * (commonly, and not verified), `guardian`, or `guess`.
 */
basis: string, 
/**
 * How Lanh knows the rating, in the same words; `guess` where there is none.
 */
rating_basis: string, 
/**
 * What it could be by its file name, which alone is no evidence: for the guardian to sort.
 */
perhaps: PerhapsView | null, 
/**
 * Where it came from: `desktop`, `steam`, `flatpak`, `snap`, `path`, ...
 */
source: string, 
/**
 * When a child last ran it.
 */
last_seen: string | null, };

/**
 * One line of the audit log.
 */
export type AuditLine = { 
/**
 * Its number.
 */
seq: number, 
/**
 * When.
 */
at: string, 
/**
 * What kind (`rule-added`, `wrong-secret`, `refused-question`, ...).
 */
kind: string, 
/**
 * Who: `guardian`, `child:1`, `uid:1001`, `service`.
 */
actor: string, 
/**
 * About which child.
 */
child: number | null, 
/**
 * What, in English.
 */
detail: string, };

/**
 * A backup.
 */
export type BackupView = { 
/**
 * Its name.
 */
name: string, 
/**
 * When it was made.
 */
at: string, 
/**
 * Bytes.
 */
size: number, };

/**
 * Why an interval was counted.
 */
export type BasisView = "in-front" | "focus-unknown" | "companion-silent" | "strict" | "session-active";

/**
 * How much time, when. Seconds.
 */
export type BudgetPeriod = { "per": "day", 
/**
 * Seconds.
 */
seconds: [number | null, number | null, number | null, number | null, number | null, number | null, number | null], } | { "per": "week", 
/**
 * Seconds.
 */
seconds: number, };

/**
 * One budget. Seconds.
 */
export type BudgetView = { 
/**
 * Which rule.
 */
rule: number, 
/**
 * Of what.
 */
target: TargetView, 
/**
 * A week's.
 */
weekly: boolean, 
/**
 * The allowance.
 */
amount: number, 
/**
 * Used of it.
 */
used: number, 
/**
 * What is left.
 */
left: number, 
/**
 * Whether it is counting now.
 */
counting: boolean, };

/**
 * What people use a program for.
 */
export type CategoryView = "game" | "learning" | "social" | "video" | "browser" | "creative" | "system" | "other";

/**
 * What a rule says no to. Durations in seconds.
 */
export type Cause = { "cause": "allowance-spent", 
/**
 * Of what.
 */
target: TargetView, 
/**
 * How much it was.
 */
amount: number, 
/**
 * A week's, not a day's.
 */
weekly: boolean, } | { "cause": "outside-hours", 
/**
 * Of what.
 */
target: TargetView, } | { "cause": "break-due", 
/**
 * From what.
 */
target: TargetView, 
/**
 * How long.
 */
rest: number, } | { "cause": "rating-above", 
/**
 * The program's.
 */
rating: number, 
/**
 * The highest allowed.
 */
ceiling: number, } | { "cause": "blocked", 
/**
 * What.
 */
target: TargetView, } | { "cause": "not-allowed-only" } | { "cause": "not-installed" };

/**
 * A change of a child's rules.
 */
export type ChangeView = { 
/**
 * Its number.
 */
revision: number, 
/**
 * When.
 */
at: string, 
/**
 * Who.
 */
by: string, 
/**
 * The rules before it.
 */
before: Array<RuleView>, 
/**
 * The rules after it.
 */
after: Array<RuleView>, };

/**
 * A child and everything that shall hold for it.
 */
export type ChildPolicy = { 
/**
 * The child; `id` 0 for a new one.
 */
child: ChildView, 
/**
 * The shipped preset whose rules hold; `None`: no preset's.
 */
preset: string | null, 
/**
 * The guardian's own rules, in place of those so far.
 */
rules: Array<NewRule>, };

/**
 * A child.
 */
export type ChildView = { 
/**
 * Its number; 0 for one that is not stored yet.
 */
id: number, 
/**
 * Its name.
 */
name: string, 
/**
 * Its year of birth.
 */
birth_year: number, 
/**
 * Its accounts' names on this machine.
 */
accounts: Array<string>, 
/**
 * How its rules are enforced; `None` in questions leaves it as it is.
 */
enforcement: EnforcementView | null, };

/**
 * What a companion shall do.
 */
export type CompanionOrders = { 
/**
 * Whose session it is; `None`: nobody's, the companion may end.
 */
child: number | null, 
/**
 * Seconds without a touch after which nobody is there.
 */
idle_after: number, 
/**
 * Report at least every so many seconds.
 */
report_every: number, 
/**
 * Numbers of the child help lines.
 */
help_lines: Array<string>, };

/**
 * Whether used time costs.
 */
export type CostView = { "cost": "charged" } | { "cost": "grant", 
/**
 * Which.
 */
grant: number, } | { "cost": "free", 
/**
 * By which rule.
 */
rule: number, };

/**
 * What exactly stands against a question.
 */
export type Detail = { "what": "missing", thing: Thing, name: string, } | { "what": "say-which-child" } | { "what": "only-child-asks" } | { "what": "lines", at_most: number, } | { "what": "days", at_most: number, } | { "what": "root-account" } | { "what": "other-account", account: string, } | { "what": "account-taken", account: string, } | { "what": "birth-year", from: number, until: number, } | { "what": "name" } | { "what": "zone", text: string, } | { "what": "telephone", text: string, } | { "what": "retention" } | { "what": "idle-after" } | { "what": "nothing-counted" } | { "what": "amount" } | { "what": "words" } | { "what": "warnings" } | { "what": "saving" } | { "what": "hold-for" } | { "what": "close-grace" } | { "what": "rating", text: string, } | { "what": "category", text: string, } | { "what": "weekday", text: string, } | { "what": "allowance-too-long", minutes: number, } | { "what": "slot-backwards", from: string, } | { "what": "slots-overlap", at: string, } | { "what": "break-too-short" } | { "what": "health-text-too-often" } | { "what": "bank-for-each" } | { "what": "earned-by-nothing" } | { "what": "cannot-borrow", seconds: number, } | { "what": "allow-only-empty" } | { "what": "already-answered" } | { "what": "requests-waiting", open: number, } | { "what": "secret-too-short" } | { "what": "secret-too-long" } | { "what": "secret-too-simple" } | { "what": "secret-birth-year" } | { "what": "disk-full" } | { "what": "disk-read-only" } | { "what": "disk-busy" } | { "what": "accounts-unreadable" } | { "what": "answer-too-long" };

/**
 * What became of a dispute.
 */
export type DisputeStateView = { "state": "open" } | { "state": "accepted" } | { "state": "denied", 
/**
 * A word from the guardian.
 */
words: string, };

/**
 * A charged stretch that is questioned.
 */
export type DisputeView = { 
/**
 * Its number.
 */
id: number, 
/**
 * Whose.
 */
child: number, 
/**
 * The child's name.
 */
name: string, 
/**
 * Of what: a program, or the screen for everything.
 */
target: TargetView, 
/**
 * From when.
 */
from: string, 
/**
 * Until when.
 */
until: string, 
/**
 * Why.
 */
words: string, 
/**
 * When it was questioned.
 */
at: string, 
/**
 * What is given back by a yes, or was: one line a series.
 */
back: Array<GivenBack>, 
/**
 * What was counted in the stretch, why and at which cost, by start; 60 intervals at most.
 */
evidence: Array<IntervalView>, 
/**
 * What became of it.
 */
state: DisputeStateView, };

/**
 * What `doctor` found.
 */
export type DoctorReport = { 
/**
 * The findings, worst first.
 */
findings: Array<Finding>, };

/**
 * How a child's rules are enforced. Durations in seconds.
 */
export type EnforcementView = { 
/**
 * How long before a limit to warn, longest first.
 */
warn_at: Array<number>, 
/**
 * Count every running program, whatever is in front.
 */
strict_counting: boolean, 
/**
 * Refuse programs that lie where the child can write, whatever they are.
 */
strict_programs: boolean, 
/**
 * How often a held program may be thawed to save.
 */
save_thaws: number, 
/**
 * How long one such thaw lasts.
 */
save_thaw: number, 
/**
 * When a hold becomes a close: after so long, or `None`: at the end of the day.
 */
hold_for: number | null, 
/**
 * Between the polite request to close and the kill.
 */
close_grace: number, };

/**
 * Something that `doctor` looked at. `missing`: `None` if it works, else what the system said, in English.
 */
export type Fact = { "id": "user-mode" } | { "id": "gate", missing: string | null, } | { "id": "process-connector", missing: string | null, } | { "id": "cgroup-freeze", missing: string | null, } | { "id": "pidfd", missing: string | null, } | { "id": "sessions", missing: string | null, } | { "id": "sealed-key", missing: string | null, } | { "id": "clock", missing: string | null, } | { "id": "memfd", missing: string | null, } | { "id": "clock-apart", ahead: boolean, seconds: number, } | { "id": "no-child" } | { "id": "accounts", detail: string, } | { "id": "child-is-administrator", child: string, account: string, } | { "id": "no-password", account: string, } | { "id": "spare-account", account: string, } | { "id": "child-without-account", child: string, } | { "id": "child-without-rules", child: string, } | { "id": "own-programs", child: string, } | { "id": "secret", set: boolean, } | { "id": "database", trouble: string | null, } | { "id": "audit", entries: number, broken_at: number | null, } | { "id": "backup", newest: string | null, } | { "id": "not-refused", detail: string, } | { "id": "gate-failed", detail: string, } | { "id": "restore-failed", detail: string, } | { "id": "recovered", backup: string, } | { "id": "stand-in", as_of: string, detail: string, } | { "id": "use-lost", detail: string, } | { "id": "not-written", detail: string, } | { "id": "disk-stuck" } | { "id": "catalogue-refused", detail: string, };

/**
 * Why the service says no.
 */
export type Failure = { 
/**
 * For programs.
 */
code: FailureCode, 
/**
 * For logs and programs, in English: what happened and what to do.
 */
message: string, 
/**
 * For people: what exactly it is about, for clients to say in their reader's language.
 */
detail?: Detail | null, 
/**
 * For [`FailureCode::TooSoon`] and [`FailureCode::WrongSecret`]: seconds until the next try.
 */
retry_after: number | null, };

/**
 * What kind of no it is.
 */
export type FailureCode = "needs-guardian" | "not-yours" | "wrong-secret" | "too-soon" | "not-set-up" | "not-found" | "invalid" | "too-many-requests" | "unavailable" | "internal";

/**
 * One finding.
 */
export type Finding = { 
/**
 * How bad it is.
 */
severity: Severity, } & ({ "id": "user-mode" } | { "id": "gate", missing: string | null, } | { "id": "process-connector", missing: string | null, } | { "id": "cgroup-freeze", missing: string | null, } | { "id": "pidfd", missing: string | null, } | { "id": "sessions", missing: string | null, } | { "id": "sealed-key", missing: string | null, } | { "id": "clock", missing: string | null, } | { "id": "memfd", missing: string | null, } | { "id": "clock-apart", ahead: boolean, seconds: number, } | { "id": "no-child" } | { "id": "accounts", detail: string, } | { "id": "child-is-administrator", child: string, account: string, } | { "id": "no-password", account: string, } | { "id": "spare-account", account: string, } | { "id": "child-without-account", child: string, } | { "id": "child-without-rules", child: string, } | { "id": "own-programs", child: string, } | { "id": "secret", set: boolean, } | { "id": "database", trouble: string | null, } | { "id": "audit", entries: number, broken_at: number | null, } | { "id": "backup", newest: string | null, } | { "id": "not-refused", detail: string, } | { "id": "gate-failed", detail: string, } | { "id": "restore-failed", detail: string, } | { "id": "recovered", backup: string, } | { "id": "stand-in", as_of: string, detail: string, } | { "id": "use-lost", detail: string, } | { "id": "not-written", detail: string, } | { "id": "disk-stuck" } | { "id": "catalogue-refused", detail: string, });

/**
 * Which window has the keyboard.
 */
export type FocusReport = { "focus": "process", 
/**
 * Its pid as the companion sees it.
 */
pid: number, } | { "focus": "nothing" } | { "focus": "unknown" };

/**
 * Counted time that is given back.
 */
export type GivenBack = { 
/**
 * On which series: a program, a category or the screen.
 */
target: TargetView, 
/**
 * How many seconds.
 */
seconds: number, };

/**
 * A grant. Seconds.
 */
export type GrantView = { 
/**
 * Its number.
 */
id: number, 
/**
 * For whom.
 */
child: number, 
/**
 * For what.
 */
target: TargetView, 
/**
 * How much.
 */
amount: number, 
/**
 * What is left.
 */
left: number, 
/**
 * Until when.
 */
until: string, };

/**
 * What would help.
 */
export type HelpView = "wait" | "rest" | "ask-for-time" | "ask-to-change";

/**
 * One interval of the ledger.
 */
export type IntervalView = { 
/**
 * Its series.
 */
target: TargetView, 
/**
 * The app in front.
 */
app: string | null, 
/**
 * Start.
 */
from: string, 
/**
 * End.
 */
until: string, 
/**
 * Seconds used within.
 */
used: number, 
/**
 * `charged`, `grant`, or `free`.
 */
cost: CostView, 
/**
 * Why it was counted.
 */
basis: BasisView, };

/**
 * A page of the ledger.
 */
export type IntervalsView = { 
/**
 * Whose.
 */
child: number, 
/**
 * The family's zone.
 */
zone: string, 
/**
 * The intervals, oldest first; 500 at most.
 */
intervals: Array<IntervalView>, 
/**
 * How many to skip for the next page; null: this is the last one.
 */
next: number | null, };

/**
 * What is left of the allowances of a target; null: no limit.
 */
export type LeftView = { 
/**
 * Of what.
 */
target: TargetView, 
/**
 * Of the week, not of the day.
 */
weekly: boolean, 
/**
 * As the rules were.
 */
before: number | null, 
/**
 * Under the changed rules.
 */
after: number | null, };

/**
 * How much the service can enforce.
 */
export type ModeView = "root" | "user";

/**
 * What a rule asks. Durations in seconds.
 */
export type NewRule = { "rule": "allowance", 
/**
 * On what.
 */
target: TargetView, 
/**
 * How much, when.
 */
period: BudgetPeriod, } | { "rule": "schedule", 
/**
 * For what.
 */
target: TargetView, 
/**
 * The slots of each weekday, Monday first.
 */
slots: [Array<SlotView>, Array<SlotView>, Array<SlotView>, Array<SlotView>, Array<SlotView>, Array<SlotView>, Array<SlotView>], } | { "rule": "break", 
/**
 * From what.
 */
target: TargetView, 
/**
 * The longest stretch.
 */
at_most: number, 
/**
 * The rest.
 */
rest: number, } | { "rule": "rating-ceiling", 
/**
 * 0, 12, 16 or 18.
 */
age: number, } | { "rule": "block", 
/**
 * What.
 */
target: TargetView, } | { "rule": "exemption", 
/**
 * What.
 */
target: TargetView, } | { "rule": "allow-only", 
/**
 * What.
 */
targets: Array<TargetView>, } | { "rule": "bank", 
/**
 * Of what.
 */
target: TargetView, 
/**
 * How much is kept at most.
 */
keep: number, 
/**
 * How much can be borrowed a day at most.
 */
borrow: number, 
/**
 * The first day whose unused time is kept; null in questions: today.
 */
since: string | null, } | { "rule": "earn", 
/**
 * What it is earned by.
 */
by: TargetView, 
/**
 * How much use earns once.
 */
every: number, 
/**
 * For what.
 */
target: TargetView, 
/**
 * How much time, once.
 */
gives: number, 
/**
 * At most so much a day.
 */
at_most: number, } | { "rule": "health-text", 
/**
 * Of what.
 */
target: TargetView, 
/**
 * How often.
 */
every: number, };

/**
 * What the service tells by itself.
 */
export type Notice = { "notice": "warning", 
/**
 * For whom.
 */
child: number, 
/**
 * What ends.
 */
target: TargetView, 
/**
 * The app in use.
 */
app: AppView | null, 
/**
 * Seconds left if use goes on.
 */
left: number, 
/**
 * Why it will end.
 */
reason: ReasonView, } | { "notice": "health-text", 
/**
 * For whom.
 */
child: number, 
/**
 * The game.
 */
app: AppView, 
/**
 * Seconds played today.
 */
played: number, } | { "notice": "prepare-hold", 
/**
 * For whom.
 */
child: number, 
/**
 * Which app.
 */
app: AppView, 
/**
 * Its processes.
 */
pids: Array<number>, } | { "notice": "times-up", 
/**
 * For whom.
 */
child: number, 
/**
 * Which app.
 */
app: AppView, 
/**
 * Why.
 */
reason: ReasonView, 
/**
 * When it will be closed.
 */
closes_at: string, 
/**
 * How many save-your-game thaws are left.
 */
saves_left: number, } | { "notice": "released", 
/**
 * For whom.
 */
child: number, 
/**
 * Which app.
 */
app: AppView, 
/**
 * Only to save, until then.
 */
save_until: string | null, } | { "notice": "closing", 
/**
 * For whom.
 */
child: number, 
/**
 * Which app.
 */
app: AppView, 
/**
 * Why.
 */
reason: ReasonView, 
/**
 * Seconds until it is killed; 0: it should not have started.
 */
grace: number, } | { "notice": "refused", 
/**
 * For whom.
 */
child: number, 
/**
 * Which app.
 */
app: AppView, 
/**
 * Why.
 */
reason: ReasonView, } | { "notice": "locking", 
/**
 * For whom.
 */
child: number, 
/**
 * Why.
 */
reason: ReasonView, } | { "notice": "request-opened" } & RequestView | { "notice": "request-answered" } & RequestView | { "notice": "granted" } & GrantView | { "notice": "changed", 
/**
 * Whose.
 */
child: number, } | { "notice": "stopping" };

/**
 * Who set a rule.
 */
export type OriginView = { "by": "guardian" } | { "by": "preset", 
/**
 * Its id.
 */
preset: string, 
/**
 * The law or guideline.
 */
citation: string, 
/**
 * In force or published since.
 */
since: string, } | { "by": "class", 
/**
 * Its name.
 */
class: string, };

/**
 * What a program could be.
 */
export type PerhapsView = { 
/**
 * The name of the program that has such a file.
 */
name: string, 
/**
 * What that is for.
 */
category: CategoryView, };

/**
 * What a companion sees.
 */
export type PresenceReport = { "presence": "away", 
/**
 * Seconds since the last touch.
 */
idle: number, } | { "presence": "here", 
/**
 * Which window has the keyboard.
 */
focus: FocusReport, };

/**
 * A shipped preset.
 */
export type PresetView = { 
/**
 * Its id, as typed.
 */
id: string, 
/**
 * The first and last age, in years, that it is meant for.
 */
ages: [number, number], 
/**
 * The law or guideline that its figures follow.
 */
citation: string, 
/**
 * In force or published since.
 */
since: string, 
/**
 * Its rules.
 */
rules: Array<NewRule>, };

/**
 * What a client can ask. `child: None` means the asking child itself.
 */
export type Question = { "ask": "info" } | { "ask": "unlock", 
/**
 * PIN or passphrase.
 */
secret: string, } | { "ask": "recover", 
/**
 * The code on paper.
 */
code: string, 
/**
 * The new PIN or passphrase.
 */
secret: string, } | { "ask": "set-secret", 
/**
 * PIN or passphrase.
 */
secret: string, } | { "ask": "status", 
/**
 * Whose.
 */
child: number | null, } | { "ask": "watch" } | { "ask": "rules", 
/**
 * Whose.
 */
child: number | null, } | { "ask": "why", 
/**
 * Whose.
 */
child: number | null, 
/**
 * What.
 */
target: TargetView, } | { "ask": "why-charged", 
/**
 * Whose.
 */
child: number | null, 
/**
 * When.
 */
at: string, } | { "ask": "usage", 
/**
 * Whose.
 */
child: number | null, 
/**
 * First day.
 */
from: string, 
/**
 * Last day.
 */
until: string, 
/**
 * With every interval, not sums only.
 */
intervals: boolean, } | { "ask": "sums", 
/**
 * Whose.
 */
child: number | null, 
/**
 * First day.
 */
from: string, 
/**
 * Last day.
 */
until: string, } | { "ask": "intervals", 
/**
 * Whose.
 */
child: number | null, 
/**
 * First day.
 */
from: string, 
/**
 * Last day.
 */
until: string, 
/**
 * How many to skip: 0, then what the answer says.
 */
skip: number, } | { "ask": "replay", 
/**
 * Whose.
 */
child: number | null, 
/**
 * The changes, in order; none: the rules as they are now.
 */
changes: Array<RuleChange>, 
/**
 * First day.
 */
from: string, 
/**
 * Last day.
 */
until: string, } | { "ask": "ask-for-time", 
/**
 * For what.
 */
target: TargetView, 
/**
 * How much, in seconds.
 */
seconds: number, 
/**
 * Why.
 */
words: string, } | { "ask": "dispute", 
/**
 * A program, or the screen for everything.
 */
target: TargetView, 
/**
 * From when.
 */
from: string, 
/**
 * Until when.
 */
until: string, 
/**
 * Why.
 */
words: string, } | { "ask": "borrow", 
/**
 * Of what.
 */
target: TargetView, 
/**
 * How much, in seconds.
 */
seconds: number, } | { "ask": "disputes", 
/**
 * Whose.
 */
child: number | null, 
/**
 * Answered ones too.
 */
all: boolean, } | { "ask": "requests", 
/**
 * Whose.
 */
child: number | null, 
/**
 * Answered ones too.
 */
all: boolean, } | { "ask": "grants", 
/**
 * Whose.
 */
child: number | null, } | { "ask": "save-game", 
/**
 * Which.
 */
app: string, } | { "ask": "close-app", 
/**
 * Which.
 */
app: string, } | { "ask": "attach", 
/**
 * Its session, if it knows its name (XDG_SESSION_ID).
 */
session: string | null, } | { "ask": "report", 
/**
 * What it sees.
 */
presence: PresenceReport, } | { "ask": "hold-prepared", 
/**
 * Of which app.
 */
app: string, 
/**
 * False: it still has the pointer, the keyboard or the whole screen.
 */
free: boolean, } | { "ask": "children" } | { "ask": "put-child", 
/**
 * What it shall be; `id` 0 for a new one.
 */
child: ChildView, 
/**
 * A preset to start with.
 */
preset: string | null, } | { "ask": "remove-child", 
/**
 * Which.
 */
child: number, } | { "ask": "put-rule", 
/**
 * Whose.
 */
child: number, 
/**
 * The rule to replace.
 */
replaces: number | null, 
/**
 * What it asks.
 */
rule: NewRule, } | { "ask": "remove-rule", 
/**
 * Whose.
 */
child: number, 
/**
 * Which.
 */
rule: number, } | { "ask": "presets" } | { "ask": "apply-preset", 
/**
 * Whose.
 */
child: number, 
/**
 * Which.
 */
preset: string, } | { "ask": "history", 
/**
 * Whose.
 */
child: number, } | { "ask": "rollback", 
/**
 * Whose.
 */
child: number, 
/**
 * Which revision is undone, with all after it; 0: all of them.
 */
revision: number, } | { "ask": "put-policy", 
/**
 * The children.
 */
children: Array<ChildPolicy>, } | { "ask": "apps", 
/**
 * Only those that a guardian should sort.
 */
unsorted: boolean, } | { "ask": "put-app", 
/**
 * Which, by its id.
 */
app: string, 
/**
 * Its category, by its word (`game`, `learning`, ...); `none`: as Lanh finds it.
 */
category: string | null, 
/**
 * Its rating: `0`, `12`, `16`, `18`; `none`: as Lanh finds it.
 */
rating: string | null, } | { "ask": "rescan-apps" } | { "ask": "grant", 
/**
 * To whom.
 */
child: number, 
/**
 * For what.
 */
target: TargetView, 
/**
 * How much, in seconds.
 */
seconds: number, } | { "ask": "revoke-grant", 
/**
 * Which.
 */
grant: number, } | { "ask": "answer-request", 
/**
 * Which.
 */
request: number, 
/**
 * How much, if yes.
 */
seconds: number | null, 
/**
 * A word to the child.
 */
words: string, } | { "ask": "answer-dispute", 
/**
 * Which.
 */
dispute: number, 
/**
 * Yes.
 */
accept: boolean, 
/**
 * A word to the child, with a no.
 */
words: string, } | { "ask": "correct", 
/**
 * Whose.
 */
child: number, 
/**
 * A program, or the screen for everything.
 */
target: TargetView, 
/**
 * From when.
 */
from: string, 
/**
 * Until when, a day at most.
 */
until: string, 
/**
 * Why.
 */
words: string, } | { "ask": "settings" } | { "ask": "put-settings" } & SettingsView | { "ask": "audit", 
/**
 * How many lines at most (1 to 1,000).
 */
limit: number, 
/**
 * Only lines before this number.
 */
before: number | null, } | { "ask": "verify-audit" } | { "ask": "backup" } | { "ask": "backups" } | { "ask": "restore", 
/**
 * Its name.
 */
name: string, } | { "ask": "doctor" } | { "ask": "accounts" };

/**
 * The strictest rule behind a verdict.
 */
export type ReasonView = { 
/**
 * Which rule.
 */
rule: number, 
/**
 * Who set it.
 */
origin: OriginView, 
/**
 * What it says.
 */
cause: Cause, 
/**
 * When the rule will say yes again by itself.
 */
until: string | null, 
/**
 * What would help: `wait`, `rest`, `ask-for-time`, `ask-to-change`.
 */
helps: Array<HelpView>, };

/**
 * One day of it.
 */
export type ReplayDayView = { 
/**
 * The local day.
 */
day: string, 
/**
 * Used on the screen, as recorded.
 */
used: number, 
/**
 * Of that, what the changed rules would have let be.
 */
kept: number, 
/**
 * Counted on the screen, as the rules were.
 */
charged: number, 
/**
 * Counted on the screen under the changed rules.
 */
would_charge: number, 
/**
 * When the last recorded use ended.
 */
last_used: string | null, 
/**
 * When the last use that would have been left ended.
 */
last_kept: string | null, 
/**
 * What would have been refused, by its beginning.
 */
stops: Array<StopView>, 
/**
 * What would have been left at the end of the day's use, where it differs.
 */
left: Array<LeftView>, };

/**
 * What recorded days would have been under changed rules. Durations in seconds.
 */
export type ReplayView = { 
/**
 * Whose.
 */
child: number, 
/**
 * The family's zone.
 */
zone: string, 
/**
 * Every day that was asked for, oldest first.
 */
days: Array<ReplayDayView>, };

/**
 * A day's use of one series. Seconds.
 */
export type ReportLine = { 
/**
 * The local day.
 */
day: string, 
/**
 * An app, a category, or the screen.
 */
target: TargetView, 
/**
 * Used in all.
 */
used: number, 
/**
 * Of that, charged to allowances.
 */
charged: number, 
/**
 * Of that, paid by grants.
 */
granted: number, 
/**
 * Of that, free of cost.
 */
free: number, 
/**
 * What corrections gave back: so much less counts.
 */
given_back: number, 
/**
 * What corrections took: so much more counts.
 */
taken: number, };

/**
 * Used time of some days, for a report.
 */
export type ReportView = { 
/**
 * Whose.
 */
child: number, 
/**
 * The child's name.
 */
name: string, 
/**
 * The family's zone.
 */
zone: string, 
/**
 * One line a day and series, by day.
 */
lines: Array<ReportLine>, };

/**
 * What became of a request.
 */
export type RequestStateView = { "state": "open" } | { "state": "granted", 
/**
 * How many seconds.
 */
seconds: number, } | { "state": "denied", 
/**
 * A word from the guardian.
 */
words: string, };

/**
 * A request.
 */
export type RequestView = { 
/**
 * Its number.
 */
id: number, 
/**
 * Who asks.
 */
child: number, 
/**
 * The child's name.
 */
name: string, 
/**
 * For what.
 */
target: TargetView, 
/**
 * How many seconds.
 */
seconds: number, 
/**
 * Why.
 */
words: string, 
/**
 * When.
 */
at: string, 
/**
 * What became of it.
 */
state: RequestStateView, };

/**
 * Who a peer is. Follows from the credentials that the kernel vouches for, never from a message.
 */
export type Role = { "role": "guardian" } | { "role": "child", 
/**
 * Which one.
 */
child: number, } | { "role": "nobody" };

/**
 * A change of a child's rules, to be tried on the past.
 */
export type RuleChange = { "change": "put", 
/**
 * The rule to replace.
 */
replaces: number | null, 
/**
 * What it asks.
 */
rule: NewRule, } | { "change": "remove", 
/**
 * Which.
 */
rule: number, } | { "change": "preset", 
/**
 * Which.
 */
preset: string, };

/**
 * A rule that holds.
 */
export type RuleView = { 
/**
 * Its number.
 */
id: number, 
/**
 * Who set it.
 */
origin: OriginView, 
/**
 * What it asks.
 */
rule: NewRule, };

/**
 * A program that runs.
 */
export type RunningView = { 
/**
 * Which.
 */
app: AppView, 
/**
 * Its verdict.
 */
verdict: VerdictView, 
/**
 * Whether it is being counted now.
 */
in_use: boolean, };

/**
 * The service.
 */
export type ServiceInfo = { 
/**
 * Its version.
 */
version: string, 
/**
 * `root`: every bound account. `user`: the current user only.
 */
mode: ModeView, 
/**
 * Whether a guardian secret is set.
 */
set_up: boolean, 
/**
 * What this connection may do.
 */
role: Role, 
/**
 * What does not work or was recovered.
 */
troubles: Array<Fact>, };

/**
 * The settings of the machine.
 */
export type SettingsView = { 
/**
 * The family's time zone, by its IANA name.
 */
zone: string, 
/**
 * On which weekday a week starts: `mon` to `sun`.
 */
week_start: string, 
/**
 * How many days the ledger is kept (31 to 3,650).
 */
retention_days: number, 
/**
 * Keep no app names beyond the day and week that they count in.
 */
totals_only: boolean, 
/**
 * Numbers of the child help lines, most local last.
 */
help_lines: Array<string>, 
/**
 * Seconds without a touch after which nobody is there (30 to 3,600).
 */
idle_after: number, };

/**
 * How bad a finding is.
 */
export type Severity = "ok" | "advice" | "weak" | "broken";

/**
 * One stretch of allowed hours.
 */
export type SlotView = { 
/**
 * When it opens, local time.
 */
from: string, 
/**
 * When it closes; null: 24:00.
 */
until: string | null, 
/**
 * Whether time in it costs nothing.
 */
free: boolean, };

/**
 * How one child stands.
 */
export type StandingView = { 
/**
 * Who.
 */
child: ChildView, 
/**
 * Over the whole screen.
 */
screen: VerdictView, 
/**
 * Seconds used on the screen today.
 */
used_today: number, 
/**
 * The budgets.
 */
budgets: Array<BudgetView>, 
/**
 * What runs.
 */
running: Array<RunningView>, 
/**
 * Grants with time left.
 */
grants: Array<GrantView>, 
/**
 * Open requests.
 */
requests: Array<RequestView>, 
/**
 * Whether a companion reports from the child's session; without one counting is strict.
 */
companion: boolean, };

/**
 * How children stand.
 */
export type StatusView = { 
/**
 * Trusted time of the answer.
 */
now: string, 
/**
 * The family's time zone, by its IANA name.
 */
zone: string, 
/**
 * One entry a child.
 */
children: Array<StandingView>, 
/**
 * Numbers of the child help lines, most local last.
 */
help_lines: Array<string>, };

/**
 * Recorded use that changed rules would have refused.
 */
export type StopView = { 
/**
 * When they would have begun to.
 */
at: string, 
/**
 * The program, its category where its name is not kept, or the screen.
 */
target: TargetView, 
/**
 * Why. The number of a rule that is only tried is higher than that of every rule.
 */
reason: ReasonView, 
/**
 * How many seconds of recorded use that day.
 */
refused: number, };

/**
 * What a rule, a grant or a warning is about.
 */
export type TargetView = { "on": "app", 
/**
 * Its id.
 */
app: string, 
/**
 * Its name; may be empty in questions.
 */
name: string, } | { "on": "category", 
/**
 * Which.
 */
category: CategoryView, } | { "on": "each", 
/**
 * Which.
 */
category: CategoryView, } | { "on": "screen" };

/**
 * Something that can be looked up.
 */
export type Thing = "child" | "rule" | "revision" | "app" | "request" | "grant" | "backup" | "preset" | "account" | "dispute";

/**
 * A day's use of one series. Seconds.
 */
export type UsageSum = { 
/**
 * The local day.
 */
day: string, 
/**
 * An app, a category, or the screen.
 */
target: TargetView, 
/**
 * Used in all.
 */
used: number, 
/**
 * Of that, charged to allowances.
 */
charged: number, 
/**
 * Of that, paid by grants.
 */
granted: number, };

/**
 * Used time.
 */
export type UsageView = { 
/**
 * Whose.
 */
child: number, 
/**
 * The family's zone.
 */
zone: string, 
/**
 * Sums, one a day and series.
 */
sums: Array<UsageSum>, 
/**
 * The intervals, if they were asked for, oldest first.
 */
intervals: Array<IntervalView>, };

/**
 * Whether a target may be used now.
 */
export type VerdictView = { "verdict": "allowed", 
/**
 * When it ends if use goes on.
 */
until: string | null, 
/**
 * Why it will end.
 */
reason: ReasonView | null, } | { "verdict": "warned", 
/**
 * When it ends.
 */
until: string, 
/**
 * Why.
 */
reason: ReasonView, } | { "verdict": "held", 
/**
 * Why.
 */
reason: ReasonView, 
/**
 * When it will be closed.
 */
closes_at: string, } | { "verdict": "denied", 
/**
 * Why.
 */
reason: ReasonView, };

/**
 * Why a target may or may not be used.
 */
export type WhyView = { 
/**
 * What was asked about.
 */
target: TargetView, 
/**
 * The verdict.
 */
verdict: VerdictView, 
/**
 * The rules that bear on it.
 */
rules: Array<RuleView>, 
/**
 * Its budgets.
 */
budgets: Array<BudgetView>, };
