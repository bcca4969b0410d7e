//! What to show: which notice replaces which, which buttons it has, and what a pressed button asks.

use lanh_protocol::{
    FailureCode, FocusReport, HelpView, Notice, Question, ReasonView, RequestStateView, StatusView,
    TargetView, VerdictView,
};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What one tap asks for, in seconds.
pub(super) const ASK_SECONDS: u64 = 15 * 60;

/// How long a notice stays that only informs.
const BRIEF: Duration = Duration::from_secs(10);
/// How long a notice stays that somebody in mid-game should notice.
const NOTICEABLE: Duration = Duration::from_secs(30);
/// From here on a warning must be seen over a full-screen game too. Seconds.
const URGENT_BELOW: u64 = 5 * 60;

/// The place of a notice: a newer one replaces the older one in the same place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Slot {
    /// Time is ending.
    Warning,
    /// The legal health text.
    Health,
    /// What becomes of this app.
    App(String),
    /// The last refused launch.
    Refused,
    /// What becomes of the session.
    Session,
    /// The answer to what the child asked.
    Answer,
    /// Where help is found.
    Help,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Ask for this many seconds.
    Ask { target: TargetView, seconds: u64 },
    /// Thaw the app for a moment to save.
    Save { app: String },
    /// Close the app.
    Close { app: String },
}

impl Act {
    /// The question to the service.
    pub(crate) fn question(&self) -> Question {
        match self.clone() {
            Self::Ask { target, seconds } => Question::AskForTime { target, seconds, words: String::new() },
            Self::Save { app } => Question::SaveGame { app },
            Self::Close { app } => Question::CloseApp { app },
        }
    }

    /// Its stable name on the notification bus.
    pub(crate) fn key(&self) -> &'static str {
        match self {
            Self::Ask { .. } => "ask",
            Self::Save { .. } => "save",
            Self::Close { .. } => "close",
        }
    }
}

/// What a notice says.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "a few live at a time")]
pub(crate) enum Say {
    /// What the service told.
    Notice(Notice),
    /// The guardian has been asked.
    Asked { target: TargetView, seconds: u64 },
    /// The service said no; `None`: it could not be reached.
    NotDone { code: Option<FailureCode> },
    /// Where help is found.
    Help,
}

/// One notice as it shall stand on the screen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Card {
    pub(crate) say: Say,
    pub(crate) acts: Vec<Act>,
    /// Shown over full-screen programs too.
    pub(crate) urgent: bool,
    /// Taken away after so long; `None`: stays.
    pub(crate) stays: Option<Duration>,
}

/// What the companion shall do.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "a few live at a time")]
pub(crate) enum Command {
    /// Show this in that place.
    Show(Slot, Card),
    /// Clear the place.
    Dismiss(Slot),
    /// Free the desktop of the app, then tell the service how it went.
    Prepare { app: String, pids: Vec<u32> },
    /// Hide the held app's windows once more; tell the service only if that does not free the desktop.
    HideAgain { app: String, pids: Vec<u32> },
    /// Bring the app's windows back.
    Restore { app: String },
    /// Bring back the windows of every app but these.
    RestoreAllBut(BTreeSet<String>),
    /// Do what the button says and pass the outcome to [`Board::answered`].
    Do(Slot, Act),
}

/// The notices of one child.
#[derive(Debug, Default)]
pub(crate) struct Board {
    child: u64,
    shown: BTreeMap<Slot, Card>,
    /// The processes of apps that are about to be or are held.
    pids: BTreeMap<String, Vec<u32>>,
    held: BTreeSet<String>,
}

impl Board {
    /// The board of the child of `orders`.
    pub(crate) fn new(child: u64) -> Self {
        Self { child, ..Self::default() }
    }

    /// How things stand after the companion has (re)connected: what was missed is made good.
    pub(crate) fn attached(&mut self, status: &StatusView) -> Vec<Command> {
        let Some(standing) = status.children.iter().find(|standing| standing.child.id == self.child) else {
            return Vec::new();
        };
        let mut commands = Vec::new();
        let mut held = BTreeSet::new();
        for running in &standing.running {
            let VerdictView::Held { reason, closes_at } = &running.verdict else { continue };
            held.insert(running.app.id.clone());
            if !self.shown.contains_key(&Slot::App(running.app.id.clone())) {
                // How many thaws are left the service knows; it says no if none is.
                let saves_left = standing.child.enforcement.as_ref().map_or(0, |how| how.save_thaws);
                commands.extend(self.on(Notice::TimesUp {
                    child: self.child,
                    app: running.app.clone(),
                    reason: reason.clone(),
                    closes_at: *closes_at,
                    saves_left,
                }));
            }
        }
        for gone in self.held.difference(&held).cloned().collect::<Vec<_>>() {
            self.pids.remove(&gone);
            commands.extend(self.dismiss(Slot::App(gone)));
        }
        self.held.clone_from(&held);
        commands.push(Command::RestoreAllBut(held));
        commands
    }

    /// What to do on a notice.
    pub(crate) fn on(&mut self, notice: Notice) -> Vec<Command> {
        if child_of(&notice) != Some(self.child) {
            return Vec::new();
        }
        match &notice {
            Notice::Warning { target, app, left, reason, .. } => {
                let ask = ask(reason, app.as_ref().map(|app| (&app.id, &app.name)), target);
                let card = Card {
                    acts: ask.into_iter().collect(),
                    urgent: *left <= URGENT_BELOW,
                    stays: Some(NOTICEABLE),
                    say: Say::Notice(notice),
                };
                self.show(Slot::Warning, card)
            }
            Notice::HealthText { .. } => {
                // The law wants it on the screen, so over the full-screen game.
                let card = Card {
                    say: Say::Notice(notice),
                    acts: Vec::new(),
                    urgent: true,
                    stays: Some(NOTICEABLE),
                };
                self.show(Slot::Health, card)
            }
            Notice::PrepareHold { app, pids, .. } => {
                self.pids.insert(app.id.clone(), pids.clone());
                vec![Command::Prepare { app: app.id.clone(), pids: pids.clone() }]
            }
            Notice::TimesUp { app, reason, saves_left, .. } => {
                let id = app.id.clone();
                let mut acts: Vec<Act> =
                    ask(reason, Some((&app.id, &app.name)), &TargetView::Screen).into_iter().collect();
                if *saves_left > 0 {
                    acts.push(Act::Save { app: id.clone() });
                }
                acts.push(Act::Close { app: id.clone() });
                self.held.insert(id.clone());
                let mut commands = self.dismiss(Slot::Warning);
                if let Some(pids) = self.pids.get(&id) {
                    commands.push(Command::HideAgain { app: id.clone(), pids: pids.clone() });
                }
                let card = Card { say: Say::Notice(notice), acts, urgent: true, stays: None };
                commands.extend(self.show(Slot::App(id), card));
                commands
            }
            Notice::Released { app, save_until, .. } => {
                let id = app.id.clone();
                self.held.remove(&id);
                let stays = if save_until.is_some() { NOTICEABLE } else { BRIEF };
                let urgent = save_until.is_some();
                let card = Card { say: Say::Notice(notice), acts: Vec::new(), urgent, stays: Some(stays) };
                let mut commands = vec![Command::Restore { app: id.clone() }];
                commands.extend(self.show(Slot::App(id), card));
                commands
            }
            Notice::Closing { app, reason, grace, .. } => {
                let id = app.id.clone();
                let ask = ask(reason, Some((&app.id, &app.name)), &TargetView::Screen);
                self.pids.remove(&id);
                let mut commands = self.dismiss(Slot::Warning);
                if self.held.remove(&id) && *grace > 0 {
                    // It may ask whether to save.
                    commands.push(Command::Restore { app: id.clone() });
                }
                let card = Card {
                    acts: ask.into_iter().collect(),
                    urgent: true,
                    stays: Some(NOTICEABLE),
                    say: Say::Notice(notice),
                };
                commands.extend(self.show(Slot::App(id), card));
                commands
            }
            Notice::Refused { app, reason, .. } => {
                let ask = ask(reason, Some((&app.id, &app.name)), &TargetView::Screen);
                let acts = ask.into_iter().collect();
                let card = Card { say: Say::Notice(notice), acts, urgent: false, stays: Some(NOTICEABLE) };
                self.show(Slot::Refused, card)
            }
            Notice::Locking { reason, .. } => {
                let acts = ask(reason, None, &TargetView::Screen).into_iter().collect();
                let card = Card { say: Say::Notice(notice), acts, urgent: true, stays: None };
                let mut commands = self.dismiss(Slot::Warning);
                commands.extend(self.show(Slot::Session, card));
                commands
            }
            Notice::RequestAnswered(_) => {
                let card = Card {
                    say: Say::Notice(notice),
                    acts: Vec::new(),
                    urgent: true,
                    stays: Some(NOTICEABLE),
                };
                self.show(Slot::Answer, card)
            }
            Notice::Granted(grant) => {
                // A guardian's yes to a request makes a grant too; the answer, with its words, says more.
                if let Some(Card { say: Say::Notice(Notice::RequestAnswered(answer)), .. }) =
                    self.shown.get(&Slot::Answer)
                    && answer.target == grant.target
                    && answer.state == (RequestStateView::Granted { seconds: grant.amount })
                {
                    return Vec::new();
                }
                let card = Card {
                    say: Say::Notice(notice),
                    acts: Vec::new(),
                    urgent: true,
                    stays: Some(NOTICEABLE),
                };
                let mut commands = self.show(Slot::Answer, card);
                commands.extend(self.dismiss(Slot::Session));
                commands
            }
            Notice::RequestOpened(_) | Notice::Changed { .. } | Notice::Stopping => Vec::new(),
        }
    }

    /// What to do when the keyboard has gone to another window: a held app stays out of the way.
    pub(crate) fn focused(&mut self, focus: &FocusReport) -> Vec<Command> {
        let FocusReport::Process { pid } = focus else { return Vec::new() };
        let held = self.held.iter().find_map(|app| {
            let pids = self.pids.get(app)?;
            pids.contains(pid).then(|| (app.clone(), pids.clone()))
        });
        let Some((app, pids)) = held else { return Vec::new() };
        let slot = Slot::App(app.clone());
        let mut commands = vec![Command::HideAgain { app, pids }];
        commands.extend(self.shown.get(&slot).map(|card| Command::Show(slot, card.clone())));
        commands
    }

    /// What to do when a button is pressed. The notice goes away with it on most desktops.
    pub(crate) fn pressed(&mut self, slot: &Slot, key: &str) -> Vec<Command> {
        let act =
            self.shown.get(slot).and_then(|card| card.acts.iter().find(|act| act.key() == key)).cloned();
        act.map(|act| Command::Do(slot.clone(), act)).into_iter().collect()
    }

    /// What to show once the service has answered a pressed button.
    pub(crate) fn answered(
        &mut self,
        slot: &Slot,
        act: &Act,
        outcome: Result<(), Option<FailureCode>>,
    ) -> Vec<Command> {
        let mut commands = Vec::new();
        let answer = match (&outcome, act) {
            (Ok(()), Act::Ask { target, seconds }) => {
                Some(Say::Asked { target: target.clone(), seconds: *seconds })
            }
            (Ok(()), Act::Save { .. } | Act::Close { .. }) => None,
            (Err(code), _) => Some(Say::NotDone { code: *code }),
        };
        // What is not settled stays on the screen; what was asked need not be asked again.
        let settled = matches!((&outcome, act), (Ok(()), Act::Save { .. } | Act::Close { .. }));
        if let Some(card) = self.shown.get_mut(slot)
            && card.stays.is_none()
            && !settled
        {
            if outcome.is_ok() {
                card.acts.retain(|other| other != act);
            }
            commands.push(Command::Show(slot.clone(), card.clone()));
        }
        if let Some(say) = answer {
            let card = Card { say, acts: Vec::new(), urgent: false, stays: Some(BRIEF) };
            commands.extend(self.show(Slot::Answer, card));
        }
        commands
    }

    /// The child, or the time, took the notice away.
    pub(crate) fn closed(&mut self, slot: &Slot) {
        // A held app's notice is remembered for the moment that the child comes back to the app.
        if !matches!(slot, Slot::App(app) if self.held.contains(app)) {
            self.shown.remove(slot);
        }
    }

    fn show(&mut self, slot: Slot, card: Card) -> Vec<Command> {
        self.shown.insert(slot.clone(), card.clone());
        vec![Command::Show(slot, card)]
    }

    fn dismiss(&mut self, slot: Slot) -> Vec<Command> {
        self.shown.remove(&slot).map(|_| Command::Dismiss(slot)).into_iter().collect()
    }
}

fn child_of(notice: &Notice) -> Option<u64> {
    match notice {
        Notice::Warning { child, .. }
        | Notice::HealthText { child, .. }
        | Notice::PrepareHold { child, .. }
        | Notice::TimesUp { child, .. }
        | Notice::Released { child, .. }
        | Notice::Closing { child, .. }
        | Notice::Refused { child, .. }
        | Notice::Locking { child, .. }
        | Notice::Changed { child } => Some(*child),
        Notice::RequestOpened(request) | Notice::RequestAnswered(request) => Some(request.child),
        Notice::Granted(grant) => Some(grant.child),
        Notice::Stopping => None,
    }
}

/// The button that asks for time, where asking helps: for the whole screen if that is what ends, else for the
/// app in use.
fn ask(reason: &ReasonView, app: Option<(&String, &String)>, target: &TargetView) -> Option<Act> {
    let helps = reason.helps.contains(&HelpView::AskForTime);
    helps.then(|| Act::Ask {
        target: match (cause_target(reason), app) {
            (Some(TargetView::Screen), _) | (_, None) if *target == TargetView::Screen => TargetView::Screen,
            (Some(TargetView::Screen), _) => TargetView::Screen,
            (_, Some((id, name))) => TargetView::App { app: id.clone(), name: name.clone() },
            (_, None) => target.clone(),
        },
        seconds: ASK_SECONDS,
    })
}

fn cause_target(reason: &ReasonView) -> Option<&TargetView> {
    use lanh_protocol::Cause;
    match &reason.cause {
        Cause::AllowanceSpent { target, .. }
        | Cause::OutsideHours { target }
        | Cause::BreakDue { target, .. }
        | Cause::Blocked { target } => Some(target),
        Cause::RatingAbove { .. } | Cause::NotAllowedOnly | Cause::NotInstalled => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanh_protocol::{AppView, CategoryView, Cause, GrantView, OriginView, RequestView};

    const CHILD: u64 = 1;

    fn app() -> AppView {
        AppView {
            id: "mines".to_owned(),
            name: "Mines".to_owned(),
            category: CategoryView::Game,
            rating: None,
            basis: "read".to_owned(),
            source: "desktop".to_owned(),
            rating_basis: "guess".into(),
            perhaps: None,
            last_seen: None,
        }
    }

    fn reason(target: TargetView, helps: &[HelpView]) -> ReasonView {
        ReasonView {
            rule: 1,
            origin: OriginView::Guardian,
            cause: Cause::OutsideHours { target },
            until: None,
            helps: helps.to_vec(),
        }
    }

    fn games() -> ReasonView {
        reason(TargetView::Category { category: CategoryView::Game }, &[HelpView::AskForTime])
    }

    fn warning(left: u64) -> Notice {
        let target = TargetView::Category { category: CategoryView::Game };
        Notice::Warning { child: CHILD, target, app: Some(app()), left, reason: games() }
    }

    fn times_up(saves_left: u8) -> Notice {
        let closes_at = chrono::DateTime::UNIX_EPOCH;
        Notice::TimesUp { child: CHILD, app: app(), reason: games(), closes_at, saves_left }
    }

    fn released(saving: bool) -> Notice {
        let save_until = saving.then_some(chrono::DateTime::UNIX_EPOCH);
        Notice::Released { child: CHILD, app: app(), save_until }
    }

    fn prepare() -> Notice {
        Notice::PrepareHold { child: CHILD, app: app(), pids: vec![7, 8] }
    }

    fn closing(grace: u64) -> Notice {
        Notice::Closing { child: CHILD, app: app(), reason: games(), grace }
    }

    fn slot() -> Slot {
        Slot::App("mines".to_owned())
    }

    /// What the commands are, in short words.
    fn brief(commands: &[Command]) -> Vec<String> {
        let place = |slot: &Slot| match slot {
            Slot::App(app) => app.clone(),
            other => format!("{other:?}").to_lowercase(),
        };
        let line = |command: &Command| match command {
            Command::Show(slot, card) => {
                let keys: Vec<&str> = card.acts.iter().map(Act::key).collect();
                let stays = if card.stays.is_none() { " stays" } else { "" };
                let urgent = if card.urgent { " urgent" } else { "" };
                format!("show {} [{}]{urgent}{stays}", place(slot), keys.join(" "))
            }
            Command::Dismiss(slot) => format!("dismiss {}", place(slot)),
            Command::Prepare { app, .. } => format!("prepare {app}"),
            Command::HideAgain { app, .. } => format!("hide {app}"),
            Command::Restore { app } => format!("restore {app}"),
            Command::RestoreAllBut(apps) => format!("restore all but {apps:?}"),
            Command::Do(slot, act) => format!("do {} on {}", act.key(), place(slot)),
        };
        commands.iter().map(line).collect()
    }

    /// Plays the notices and compares what the last one makes.
    fn check(notices: impl IntoIterator<Item = Notice>, expected: &[&str]) -> Board {
        let mut board = Board::new(CHILD);
        let mut last = Vec::new();
        for notice in notices {
            last = board.on(notice);
        }
        assert_eq!(brief(&last), expected);
        board
    }

    #[test]
    fn each_notice_has_its_place_its_buttons_and_its_weight() {
        check([warning(900)], &["show warning [ask]"]);
        check([warning(300)], &["show warning [ask] urgent"]);
        check([Notice::HealthText { child: CHILD, app: app(), played: 1 }], &["show health [] urgent"]);
        check([prepare()], &["prepare mines"]);
        check([times_up(2)], &["show mines [ask save close] urgent stays"]);
        check([times_up(0)], &["show mines [ask close] urgent stays"]);
        check([released(false)], &["restore mines", "show mines []"]);
        check([released(true)], &["restore mines", "show mines [] urgent"]);
        check([closing(0)], &["show mines [ask] urgent"]);
        check([Notice::Refused { child: CHILD, app: app(), reason: games() }], &["show refused [ask]"]);
        check([Notice::Locking { child: CHILD, reason: games() }], &["show session [ask] urgent stays"]);
        check([Notice::Stopping], &[]);
        check([Notice::Changed { child: CHILD }], &[]);
    }

    #[test]
    fn the_end_replaces_its_warning_and_keeps_the_windows_away() {
        check(
            [warning(60), prepare(), times_up(1)],
            &["dismiss warning", "hide mines", "show mines [ask save close] urgent stays"],
        );
    }

    #[test]
    fn a_held_app_that_is_closed_with_grace_may_show_its_question() {
        check([prepare(), times_up(1), closing(60)], &["restore mines", "show mines [ask] urgent"]);
        check([prepare(), times_up(1), closing(0)], &["show mines [ask] urgent"]);
    }

    #[test]
    fn another_childs_notices_are_not_shown() {
        check([Notice::HealthText { child: 2, app: app(), played: 1 }], &[]);
    }

    #[test]
    fn asking_is_offered_only_where_it_helps_and_for_the_screen_where_that_ends() {
        let screen = reason(TargetView::Screen, &[HelpView::AskForTime]);
        let never = reason(TargetView::Screen, &[HelpView::AskToChange]);
        let refused = |reason| Notice::Refused { child: CHILD, app: app(), reason };
        let mut board = check([refused(never)], &["show refused []"]);
        board.on(refused(screen));
        let pressed = board.pressed(&Slot::Refused, "ask");
        let Some(Command::Do(_, act)) = pressed.first() else { panic!("{pressed:?}") };
        let words = String::new();
        assert_eq!(act.question(), Question::AskForTime { target: TargetView::Screen, seconds: 900, words });
    }

    #[test]
    fn what_is_not_settled_stays_and_is_not_asked_twice() {
        let mut board = check([times_up(1)], &["show mines [ask save close] urgent stays"]);
        let press = |board: &mut Board, key: &str, outcome| {
            let pressed = board.pressed(&slot(), key);
            let Some(Command::Do(slot, act)) = pressed.first() else { panic!("{pressed:?}") };
            brief(&board.answered(slot, act, outcome))
        };
        assert_eq!(
            press(&mut board, "save", Err(None)),
            ["show mines [ask save close] urgent stays", "show answer []"]
        );
        assert_eq!(
            press(&mut board, "ask", Ok(())),
            ["show mines [save close] urgent stays", "show answer []"]
        );
        assert_eq!(press(&mut board, "close", Ok(())), [""; 0]);
        assert_eq!(board.pressed(&slot(), "ask"), []);
        assert_eq!(board.pressed(&slot(), "default"), []);
    }

    #[test]
    fn who_comes_back_to_a_held_app_is_told_again_and_its_windows_go() {
        let mut board =
            check([prepare(), times_up(1)], &["hide mines", "show mines [ask save close] urgent stays"]);
        board.closed(&slot());
        let focus = |pid| FocusReport::Process { pid };
        assert_eq!(
            brief(&board.focused(&focus(8))),
            ["hide mines", "show mines [ask save close] urgent stays"]
        );
        assert_eq!(board.focused(&focus(9)), []);
        board.on(released(true));
        assert_eq!(board.focused(&focus(8)), [], "open to save");
    }

    #[test]
    fn a_yes_to_a_request_is_told_once() {
        let target = TargetView::App { app: "mines".to_owned(), name: "Mines".to_owned() };
        let at = chrono::DateTime::UNIX_EPOCH;
        let answer = Notice::RequestAnswered(RequestView {
            id: 1,
            child: CHILD,
            name: "An".to_owned(),
            target: target.clone(),
            seconds: 900,
            words: String::new(),
            at,
            state: RequestStateView::Granted { seconds: 900 },
        });
        let grant = |amount| {
            let target = target.clone();
            Notice::Granted(GrantView { id: 1, child: CHILD, target, amount, left: amount, until: at })
        };
        check([answer.clone(), grant(900)], &[]);
        check([answer, grant(600)], &["show answer [] urgent"]);
        check([grant(900)], &["show answer [] urgent"]);
    }
}
