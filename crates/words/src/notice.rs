//! What the service tells by itself, as a title and a text.

use crate::{Clock, HEALTH_TEXT, Words};
use chrono::{DateTime, Utc};
use lanh_protocol::{AppView, GrantView, Notice, ReasonView, RequestStateView, RequestView, TargetView};

/// Something to show: a short title and what belongs to it. The text may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// At most a line.
    pub title: String,
    /// A few sentences.
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
            &[("coming", self.coming(&reason.cause).into()), ("at", self.at(ends, clock).into())],
        );
        Said {
            title: self
                .text("warning-title", &[("left", self.duration(left).into()), ("target", name.into())]),
            body: format!("{body} {}", self.origin(&reason.origin)),
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
        let body = self.text(
            "times-up-body",
            &[("reason", self.reason(reason, clock).into()), ("at", self.at(closes_at, clock).into())],
        );
        let saves = self.text("times-up-saves", &[("count", saves_left.into())]);
        Said { title: self.about("times-up-title", app), body: format!("{body} {saves}") }
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
        let reason = self.reason(reason, clock);
        if grace == 0 {
            return Said { title: self.about("closed-title", app), body: reason };
        }
        Said {
            title: self.text(
                "closing-title",
                &[("app", app.name.as_str().into()), ("grace", self.duration(grace).into())],
            ),
            body: self.text("closing-body", &[("reason", reason.into())]),
        }
    }

    /// A launch was refused.
    pub fn refusal(&self, app: &AppView, reason: &ReasonView, clock: &Clock) -> Said {
        Said { title: self.about("refused-title", app), body: self.reason(reason, clock) }
    }

    /// The session is being locked.
    pub fn locking(&self, reason: &ReasonView, clock: &Clock) -> Said {
        Said { title: self.text("locking-title", &[]), body: self.reason(reason, clock) }
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

    fn about(&self, key: &str, app: &AppView) -> String {
        self.text(key, &[("app", app.name.as_str().into())])
    }
}
