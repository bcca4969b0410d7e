//! Targets, rules, reasons, verdicts and failures as sentences.

use crate::time::WEEK;
use crate::{Clock, Words};
use chrono::{DateTime, Utc};
use lanh_protocol::{
    AppView, BudgetPeriod, CategoryView, Cause, ClientError, Failure, FailureCode, HelpView, NewRule,
    OriginView, PROTOCOL_VERSION, ReasonView, SlotView, TargetView, VerdictView,
};

impl Words {
    /// The name of a category: "games".
    pub fn category(&self, category: CategoryView) -> String {
        self.text("category", &[("category", category_code(category).into())])
    }

    /// A target within a sentence: "Minecraft", "all games together", "each game", "the whole screen".
    pub fn target(&self, target: &TargetView) -> String {
        match target {
            TargetView::App { app, name } if name.is_empty() => tame(app),
            TargetView::App { name, .. } => tame(name),
            TargetView::Category { category } => {
                self.text("target-category", &[("category", category_code(*category).into())])
            }
            TargetView::Each { category } => {
                self.text("target-each", &[("category", category_code(*category).into())])
            }
            TargetView::Screen => self.text("target-screen", &[]),
        }
    }

    /// A target at the start of a line: "All games together".
    pub fn target_title(&self, target: &TargetView) -> String {
        capitalised(&self.target(target))
    }

    /// The plain sentence that states a rule.
    pub fn rule(&self, rule: &NewRule) -> String {
        match rule {
            NewRule::Allowance { target, period: BudgetPeriod::Week { seconds } } => self.text(
                "rule-allowance-weekly",
                &[("amount", self.duration(*seconds).into()), ("target", self.target(target).into())],
            ),
            NewRule::Allowance { target, period: BudgetPeriod::Day { seconds } } => {
                self.daily_allowance(target, seconds)
            }
            NewRule::Schedule { target, slots } => {
                let parts = group(slots, |days, slots| {
                    let days = self.days(days);
                    if slots.is_empty() {
                        self.text("rule-schedule-part-closed", &[("days", days.into())])
                    } else {
                        let slots = slots.iter().map(|slot| self.slot(slot)).collect::<Vec<_>>().join(", ");
                        self.text("rule-schedule-part", &[("days", days.into()), ("slots", slots.into())])
                    }
                });
                self.text(
                    "rule-schedule",
                    &[("target", self.target(target).into()), ("days", parts.join("; ").into())],
                )
            }
            NewRule::Break { target, at_most, rest } => self.text(
                "rule-break",
                &[
                    ("stretch", self.duration(*at_most).into()),
                    ("target", self.target(target).into()),
                    ("rest", self.duration(*rest).into()),
                ],
            ),
            NewRule::RatingCeiling { age } => {
                self.text("rule-rating-ceiling", &[("age", age_code(*age).into())])
            }
            NewRule::Block { target } => self.text("rule-block", &[("target", self.target(target).into())]),
            NewRule::Exemption { target } => {
                self.text("rule-exemption", &[("target", self.target(target).into())])
            }
            NewRule::AllowOnly { targets } => {
                let targets = targets.iter().map(|target| self.target(target)).collect::<Vec<_>>().join(", ");
                self.text("rule-allow-only", &[("targets", targets.into())])
            }
            NewRule::Bank { target, keep, borrow, .. } => self.text(
                "rule-bank",
                &[
                    ("target", self.target(target).into()),
                    ("keep", self.duration(*keep).into()),
                    ("borrow", self.duration(*borrow).into()),
                ],
            ),
            NewRule::Earn { by, every, target, gives, at_most } => self.text(
                "rule-earn",
                &[
                    ("every", self.duration(*every).into()),
                    ("by", self.target(by).into()),
                    ("gives", self.duration(*gives).into()),
                    ("target", self.target(target).into()),
                    ("most", self.duration(*at_most).into()),
                ],
            ),
            NewRule::HealthText { target, every } => self.text(
                "rule-health-text",
                &[("every", self.duration(*every).into()), ("target", self.target(target).into())],
            ),
        }
    }

    fn daily_allowance(&self, target: &TargetView, seconds: &[Option<u64>; 7]) -> String {
        if let [Some(amount), rest @ ..] = seconds
            && rest.iter().all(|other| *other == Some(*amount))
        {
            return self.text(
                "rule-allowance-daily",
                &[("amount", self.duration(*amount).into()), ("target", self.target(target).into())],
            );
        }
        let parts = group(seconds, |days, amount| {
            let days = self.days(days);
            match amount {
                None => self.text("rule-allowance-part-open", &[("days", days.into())]),
                Some(0) => self.text("rule-allowance-part-none", &[("days", days.into())]),
                Some(amount) => self.text(
                    "rule-allowance-part",
                    &[("days", days.into()), ("amount", self.duration(*amount).into())],
                ),
            }
        });
        self.text(
            "rule-allowance-days",
            &[("target", self.target(target).into()), ("days", parts.join("; ").into())],
        )
    }

    fn slot(&self, slot: &SlotView) -> String {
        self.text(
            "rule-schedule-slot",
            &[
                ("free", yes_no(slot.free).into()),
                ("from", Self::hour(Some(slot.from)).into()),
                ("until", Self::hour(slot.until).into()),
            ],
        )
    }

    /// Who set a rule, with the legal source of a preset.
    pub fn origin(&self, origin: &OriginView) -> String {
        match origin {
            OriginView::Guardian => self.text("origin-guardian", &[]),
            OriginView::Preset { preset, citation, since } => self.text(
                "origin-preset",
                &[
                    ("preset", self.preset(preset).into()),
                    ("citation", self.citation(preset, citation).into()),
                    ("since", self.date(*since).into()),
                ],
            ),
            OriginView::Class { class } => self.text("origin-class", &[("class", class.as_str().into())]),
        }
    }

    /// Who set a rule, without the source: for notices.
    pub(crate) fn set_by(&self, origin: &OriginView) -> String {
        match origin {
            OriginView::Preset { preset, .. } => {
                self.text("origin-preset-short", &[("preset", self.preset(preset).into())])
            }
            other => self.origin(other),
        }
    }

    /// The name of a preset within a sentence: "the Decree 147 preset (under 18)".
    pub fn preset(&self, id: &str) -> String {
        self.text("preset-name", &[("preset", id.into())])
    }

    /// The source of a preset: in the language where it is a shipped one, else as the service tells it.
    pub fn citation(&self, preset: &str, citation: &str) -> String {
        self.text("preset-citation", &[("preset", preset.into()), ("citation", citation.into())])
    }

    /// What a rule says no to, as a sentence; shorter beneath a heading that names `app`.
    pub(crate) fn cause(&self, cause: &Cause, app: Option<&AppView>) -> String {
        match cause {
            Cause::AllowanceSpent { target, amount, weekly } => {
                self.spent("cause-allowance-spent", target, *amount, *weekly, app)
            }
            Cause::OutsideHours { target } => {
                self.text("cause-outside-hours", &[("target", self.target(target).into())])
            }
            Cause::BreakDue { target, rest } => self.text(
                "cause-break-due",
                &[("target", self.target(target).into()), ("rest", self.duration(*rest).into())],
            ),
            Cause::RatingAbove { rating, ceiling } => self.text(
                "cause-rating-above",
                &[("rating", age_code(*rating).into()), ("ceiling", age_code(*ceiling).into())],
            ),
            Cause::Blocked { target } => {
                self.text("cause-blocked", &[("target", self.target(target).into())])
            }
            Cause::NotAllowedOnly => self.text("cause-not-allowed-only", &[]),
            Cause::NotInstalled => self.text("cause-not-installed", &[]),
        }
    }

    /// The cause before it comes true, as the rest of a sentence: what will be at the end of the time that
    /// is left.
    pub(crate) fn coming(&self, cause: &Cause, app: Option<&AppView>) -> String {
        match cause {
            Cause::AllowanceSpent { target, amount, weekly } => {
                self.spent("coming-allowance-spent", target, *amount, *weekly, app)
            }
            Cause::OutsideHours { target } => {
                self.text("coming-outside-hours", &[("target", self.target(target).into())])
            }
            Cause::BreakDue { rest, .. } => {
                self.text("coming-break-due", &[("rest", self.duration(*rest).into())])
            }
            Cause::RatingAbove { .. }
            | Cause::Blocked { .. }
            | Cause::NotAllowedOnly
            | Cause::NotInstalled => self.text("coming-other", &[]),
        }
    }

    fn spent(
        &self,
        key: &str,
        target: &TargetView,
        amount: u64,
        weekly: bool,
        app: Option<&AppView>,
    ) -> String {
        let spoken = match (target, app) {
            (TargetView::App { app: id, .. }, Some(app)) if *id == app.id => String::new(),
            (TargetView::Each { category }, Some(_)) => {
                self.text("for-this", &[("category", category_code(*category).into())])
            }
            _ => self.text("for-target", &[("target", self.target(target).into())]),
        };
        let is_one = matches!(amount, 1 | 60 | 3600);
        self.text(
            key,
            &[
                ("weekly", yes_no(weekly).into()),
                ("for", after_space(&spoken).into()),
                ("amount", self.duration(amount).into()),
                ("count", if is_one { 1 } else { 2 }.into()),
            ],
        )
    }

    /// The whole answer to "why not": the rule, who set it, until when, and what would help.
    pub fn reason(&self, reason: &ReasonView, clock: &Clock) -> String {
        let mut sentences = vec![self.cause(&reason.cause, None), self.origin(&reason.origin)];
        if let Some(until) = reason.until {
            sentences.push(self.opens(until, clock));
        }
        if let Some(helps) = self.helps(&reason.helps) {
            sentences.push(helps);
        }
        sentences.join(" ")
    }

    /// Why what is open now will end: what comes then, and who set it.
    pub fn ending(&self, reason: &ReasonView) -> String {
        format!("{} {}", capitalised(&self.coming(&reason.cause, None)), self.origin(&reason.origin))
    }

    /// When what is closed opens again.
    pub(crate) fn opens(&self, until: DateTime<Utc>, clock: &Clock) -> String {
        self.text("reason-opens", &[("at", self.at(until, clock).into())])
    }

    /// What the child can do besides waiting.
    pub(crate) fn can(&self, helps: &[HelpView]) -> Option<String> {
        helps.iter().find_map(|help| match help {
            HelpView::AskForTime => Some(self.text("can-ask-for-time", &[])),
            HelpView::AskToChange => Some(self.text("can-ask-to-change", &[])),
            HelpView::Wait | HelpView::Rest => None,
        })
    }

    fn helps(&self, helps: &[HelpView]) -> Option<String> {
        let names: Vec<String> = helps
            .iter()
            .map(|help| match help {
                HelpView::Wait => self.text("help-wait", &[]),
                HelpView::Rest => self.text("help-rest", &[]),
                HelpView::AskForTime => self.text("help-ask-for-time", &[]),
                HelpView::AskToChange => self.text("help-ask-to-change", &[]),
            })
            .collect();
        let list = match names.as_slice() {
            [] => return None,
            [one] => one.clone(),
            [first @ .., last] => {
                self.text("list-or", &[("first", first.join(", ").into()), ("last", last.as_str().into())])
            }
        };
        Some(self.text("reason-helps", &[("list", list.into())]))
    }

    /// A verdict in a few words: "open until 20:30", "not now, opens tomorrow at 08:00".
    pub fn verdict(&self, verdict: &VerdictView, clock: &Clock) -> String {
        match verdict {
            VerdictView::Allowed { until: None, .. } => self.text("verdict-open", &[]),
            VerdictView::Allowed { until: Some(until), .. } => {
                self.text("verdict-open-until", &[("until", self.until(*until, clock).into())])
            }
            VerdictView::Warned { until, .. } => {
                let left = until.signed_duration_since(clock.now).num_seconds();
                self.text(
                    "verdict-warned",
                    &[
                        ("left", self.duration(u64::try_from(left).unwrap_or(0)).into()),
                        ("until", self.until(*until, clock).into()),
                    ],
                )
            }
            VerdictView::Held { closes_at, .. } => {
                self.text("verdict-held", &[("at", self.at(*closes_at, clock).into())])
            }
            VerdictView::Denied { reason } => match reason.until {
                Some(until) => self.text("verdict-denied-until", &[("at", self.at(until, clock).into())]),
                None => self.text("verdict-denied", &[]),
            },
        }
    }

    /// The service's no.
    pub fn failure(&self, failure: &Failure) -> String {
        if let Some(detail) = &failure.detail {
            return self.detail(detail);
        }
        let message = failure.message.trim();
        let detail = if message.is_empty() {
            String::new()
        } else {
            after_space(&self.text("failure-detail", &[("message", as_sentence(message).into())]))
        };
        let detail = ("detail", detail.into());
        let wait = failure.retry_after.map_or_else(|| "none".to_owned(), |seconds| self.duration(seconds));
        match failure.code {
            FailureCode::NeedsGuardian => self.text("failure-needs-guardian", &[]),
            FailureCode::NotYours => self.text("failure-not-yours", &[]),
            FailureCode::WrongSecret => self.text("failure-wrong-secret", &[("wait", wait.into())]),
            FailureCode::TooSoon => self.text("failure-too-soon", &[("wait", wait.into())]),
            FailureCode::NotSetUp => self.text("failure-not-set-up", &[]),
            FailureCode::NotFound => self.text("failure-not-found", &[detail]),
            FailureCode::Invalid => self.text("failure-invalid", &[detail]),
            FailureCode::TooManyRequests => self.text("failure-too-many-requests", &[]),
            FailureCode::Unavailable => self.text("failure-unavailable", &[detail]),
            FailureCode::Internal => self.text("failure-internal", &[detail]),
        }
    }

    /// Why there was no answer.
    pub fn client_error(&self, error: &ClientError) -> String {
        match error {
            ClientError::NotRunning(path) => {
                self.text("error-not-running", &[("path", path.display().to_string().into())])
            }
            ClientError::Stranger { path, uid } => self.text(
                "error-stranger",
                &[("path", path.display().to_string().into()), ("uid", uid.to_string().into())],
            ),
            ClientError::Denied(failure) => self.failure(failure),
            ClientError::Timeout(after) => {
                self.text("error-timeout", &[("wait", self.duration(after.as_secs()).into())])
            }
            ClientError::Version(theirs) => self.text(
                "error-version",
                &[("theirs", theirs.to_string().into()), ("ours", PROTOCOL_VERSION.to_string().into())],
            ),
            ClientError::Closed => self.text("error-closed", &[]),
            ClientError::Wire(error) => self.text("error-wire", &[("detail", error.to_string().into())]),
        }
    }

    /// The numbers of the child help lines: "Get help: 111, 02623.951.567".
    pub fn help_lines(&self, numbers: &[String]) -> String {
        self.text("help-lines", &[("numbers", numbers.join(", ").into())])
    }
}

/// Days with the same content together, in the order of their first day.
fn group<T: PartialEq>(week: &[T; 7], mut say: impl FnMut([bool; 7], &T) -> String) -> Vec<String> {
    let mut said: Vec<&T> = Vec::new();
    let mut parts = Vec::new();
    for content in week {
        if said.contains(&content) {
            continue;
        }
        said.push(content);
        let mut days = [false; WEEK.len()];
        for (on, other) in days.iter_mut().zip(week) {
            *on = other == content;
        }
        parts.push(say(days, content));
    }
    parts
}

/// The text with its first letter in upper case.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The text with a capital and a stop.
fn as_sentence(text: &str) -> String {
    let stop = if text.ends_with(['.', '?', '…']) { "" } else { "." };
    format!("{}{stop}", capitalised(text))
}

/// The text after a space; nothing for nothing.
fn after_space(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" {text}") }
}

fn tame(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// Ratings are written with two digits: 00, 12.
fn age_code(age: u8) -> String {
    format!("{age:02}")
}

fn category_code(category: CategoryView) -> &'static str {
    match category {
        CategoryView::Game => "game",
        CategoryView::Learning => "learning",
        CategoryView::Social => "social",
        CategoryView::Video => "video",
        CategoryView::Browser => "browser",
        CategoryView::Creative => "creative",
        CategoryView::System => "system",
        CategoryView::Other => "other",
    }
}
