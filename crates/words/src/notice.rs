//! What the service tells by itself, as a title and a text.

use crate::sentence::capitalised;
use crate::{Clock, HEALTH_TEXT, Words};
use chrono::{DateTime, Utc};
use lanh_protocol::{AppView, GrantView, Notice, ReasonView, RequestStateView, RequestView, TargetView};

/// Something to show: a short title and what belongs to it. The text may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// At most a line.
    pub title: String,
    /// A few sentences, on lines of their own where each is an answer of its own.
    pub body: String,
}

impl Words {
    /// What to show for a notice; `None` for those that are not for people.
    pub fn notice(&self, notice: &Notice, clock: &Clock) -> Option<Said> {
        Some(match notice {
            Notice::Warning { target, app, left, reason, .. } => {
                self.warning(target, app.as_ref(), *left, reason, clock)
            }
            Notice::HealthText { played, .. } => self.health_text(*played),
            Notice::TimesUp { app, reason, closes_at, saves_left, .. } => {
                self.times_up(app, reason, *closes_at, *saves_left, clock)
            }
            Notice::Released { app, save_until, .. } => self.released(app, *save_until, clock),
            Notice::Closing { app, reason, grace, .. } => self.closing(app, reason, *grace, clock),
            Notice::Refused { app, reason, .. } => self.refusal(app, reason, clock),
            Notice::Locking { reason, .. } => self.locking(reason, clock),
            Notice::RequestOpened(request) => self.request_opened(request),
            Notice::RequestAnswered(request) => self.request_answered(request)?,
            Notice::Granted(grant) => self.granted(grant, clock),
            Notice::Stopping => {
                Said { title: self.text("stopping-title", &[]), body: self.text("stopping-body", &[]) }
            }
            Notice::PrepareHold { .. } | Notice::Changed { .. } => return None,
        })
    }

    /// Time is ending.
    pub fn warning(
        &self,
        target: &TargetView,
        app: Option<&AppView>,
        left: u64,
        reason: &ReasonView,
        clock: &Clock,
    ) -> Said {
        let name = app.map_or_else(|| self.target(target), |app| app.name.clone());
        let ends = i64::try_from(left)
            .ok()
            .and_then(chrono::TimeDelta::try_seconds)
            .and_then(|left| clock.now.checked_add_signed(left))
            .unwrap_or(clock.now);
        let body = self.text(
            "warning-body",
            &[
                ("until", capitalised(&self.until(ends, clock)).into()),
                ("coming", self.coming(&reason.cause, app).into()),
            ],
        );
        Said {
            title: self
                .text("warning-title", &[("left", self.duration(left).into()), ("target", name.into())]),
            body: format!("{body} {}", self.set_by(&reason.origin)),
        }
    }

    /// The health text of the law, quoted exactly.
    pub fn health_text(&self, played: u64) -> Said {
        Said {
            title: HEALTH_TEXT.to_owned(),
            body: self.text("health-body", &[("played", self.duration(played).into())]),
        }
    }

    /// The app is frozen.
    pub fn times_up(
        &self,
        app: &AppView,
        reason: &ReasonView,
        closes_at: DateTime<Utc>,
        saves_left: u8,
        clock: &Clock,
    ) -> Said {
        let saves = self.text("times-up-saves", &[("count", saves_left.into())]);
        let closes = self.at(closes_at, clock);
        let then = match reason.until {
            None => self.text("times-up-closes", &[("at", closes.into())]),
            Some(opens) if opens == closes_at => {
                self.text("times-up-closes-as-it-opens", &[("at", closes.into())])
            }
            Some(opens) => self.text(
                "times-up-closes-opens",
                &[("closes", closes.into()), ("opens", self.at(opens, clock).into())],
            ),
        };
        Said {
            title: self.about("times-up-title", app),
            body: [saves, then, self.rule_and_origin(reason, Some(app))].join("\n"),
        }
    }

    /// The app goes on, or only to save.
    pub fn released(&self, app: &AppView, save_until: Option<DateTime<Utc>>, clock: &Clock) -> Said {
        match save_until {
            None => Said { title: self.about("released-title", app), body: String::new() },
            Some(until) => Said {
                title: self.about("save-title", app),
                body: self.text("save-body", &[("until", self.until(until, clock).into())]),
            },
        }
    }

    /// The app will be closed after the grace, or was (grace 0).
    pub fn closing(&self, app: &AppView, reason: &ReasonView, grace: u64, clock: &Clock) -> Said {
        if grace == 0 {
            return Said { title: self.about("closed-title", app), body: self.no(reason, Some(app), clock) };
        }
        let save = self.text("closing-body", &[]);
        Said {
            title: self.text(
                "closing-title",
                &[("app", app.name.as_str().into()), ("grace", self.duration(grace).into())],
            ),
            body: format!("{save}\n{}", self.rule_and_origin(reason, Some(app))),
        }
    }

    /// A launch was refused.
    pub fn refusal(&self, app: &AppView, reason: &ReasonView, clock: &Clock) -> Said {
        Said { title: self.about("refused-title", app), body: self.no(reason, Some(app), clock) }
    }

    /// The session is being locked.
    pub fn locking(&self, reason: &ReasonView, clock: &Clock) -> Said {
        Said { title: self.text("locking-title", &[]), body: self.no(reason, None, clock) }
    }

    /// A child asks for time, told to a guardian.
    pub fn request_opened(&self, request: &RequestView) -> Said {
        Said {
            title: self.text(
                "request-opened-title",
                &[
                    ("name", request.name.as_str().into()),
                    ("duration", self.duration(request.seconds).into()),
                    ("target", self.target(&request.target).into()),
                ],
            ),
            body: self.text("plain", &[("text", request.words.as_str().into())]),
        }
    }

    /// A guardian's answer, told to the child; `None` while it is open.
    pub fn request_answered(&self, request: &RequestView) -> Option<Said> {
        let target = ("target", self.target(&request.target).into());
        match &request.state {
            RequestStateView::Open => None,
            RequestStateView::Granted { seconds } => Some(Said {
                title: self
                    .text("request-granted-title", &[("duration", self.duration(*seconds).into()), target]),
                body: String::new(),
            }),
            RequestStateView::Denied { words } => Some(Said {
                title: self.text("request-denied-title", &[target]),
                body: if words.trim().is_empty() {
                    self.text("request-denied-body", &[])
                } else {
                    self.text("plain", &[("text", words.as_str().into())])
                },
            }),
        }
    }

    /// A guardian gave time, told to the child.
    pub fn granted(&self, grant: &GrantView, clock: &Clock) -> Said {
        Said {
            title: self.text(
                "granted-title",
                &[
                    ("duration", self.duration(grant.amount).into()),
                    ("target", self.target(&grant.target).into()),
                ],
            ),
            body: self.text("granted-body", &[("until", self.until(grant.until, clock).into())]),
        }
    }

    /// The label of the button that asks for so many seconds more.
    pub fn action_ask(&self, seconds: u64) -> String {
        self.text("action-ask", &[("duration", self.duration(seconds).into())])
    }

    /// The label of the button that thaws the game to save it.
    pub fn action_save(&self) -> String {
        self.text("action-save", &[])
    }

    /// The label of the button that closes a held app.
    pub fn action_close(&self) -> String {
        self.text("action-close", &[])
    }

    /// The label of the button that shows the help line.
    pub fn action_help(&self, number: &str) -> String {
        self.text("action-help", &[("number", number.into())])
    }

    /// The rule and who set it; then when it opens and what the child can do.
    fn no(&self, reason: &ReasonView, app: Option<&AppView>, clock: &Clock) -> String {
        let opens = reason.until.map(|until| self.opens(until, clock));
        let next: Vec<String> = opens.into_iter().chain(self.can(&reason.helps)).collect();
        let rule = self.rule_and_origin(reason, app);
        if next.is_empty() { rule } else { format!("{rule}\n{}", next.join(" ")) }
    }

    fn rule_and_origin(&self, reason: &ReasonView, app: Option<&AppView>) -> String {
        format!("{} {}", self.cause(&reason.cause, app), self.set_by(&reason.origin))
    }

    fn about(&self, key: &str, app: &AppView) -> String {
        self.text(key, &[("app", app.name.as_str().into())])
    }
}
