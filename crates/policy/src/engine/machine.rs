//! What runs on this machine, in which sessions, and who is in front of it.

use crate::app::App;
use crate::event::{Focus, Presence, SessionState};
use crate::ids::{Account, AppId, ProcessId, SessionId};
use crate::ledger::Basis;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Sessions that only a companion spoke of are remembered up to this number; a hostile one cannot fill
/// the memory.
const MOST_UNKNOWN_SESSIONS: usize = 64;

#[derive(Clone, Debug, Default)]
pub(crate) struct Machine {
    processes: HashMap<ProcessId, (Account, AppId)>,
    accounts: BTreeMap<Account, AccountState>,
    sessions: BTreeMap<SessionId, Session>,
}

#[derive(Clone, Debug, Default)]
struct AccountState {
    running: BTreeMap<AppId, Running>,
    /// Whether the operating system ever told of a session: else running programs count as in use.
    had_session: bool,
}

#[derive(Clone, Debug)]
struct Running {
    app: Arc<App>,
    processes: usize,
}

#[derive(Clone, Debug, Default)]
struct Session {
    /// Known once the operating system told of the session.
    known: Option<(Account, SessionState)>,
    /// `None`: the companion is silent.
    presence: Option<Presence>,
}

/// What a started process changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Started {
    /// It was known already.
    Nothing,
    /// One more process of an app that runs already.
    More,
    /// The first process of an app in this account.
    First,
}

/// What of a child is in use at a moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct InUse {
    /// Each app once, however many sessions use it.
    pub(crate) apps: Vec<(Arc<App>, Basis)>,
    /// Somebody uses the screen, but none of the apps.
    pub(crate) bare_screen: bool,
    /// Why the screen counts; `None`: it is not in use.
    pub(crate) screen: Option<Basis>,
    /// The sessions in front, each with each app in use there.
    pub(crate) sessions: Vec<(SessionId, Arc<App>)>,
}

impl Machine {
    pub(crate) fn start(&mut self, process: ProcessId, account: Account, app: App) -> Started {
        let known = self.processes.get(&process);
        if known.is_some_and(|(whose, what)| *whose == account && *what == app.id) {
            return Started::Nothing;
        }
        // The same process with another app: it executed another program.
        self.exit(process);
        self.processes.insert(process, (account.clone(), app.id.clone()));
        let running = &mut self.accounts.entry(account).or_default().running;
        match running.get_mut(&app.id) {
            Some(running) => {
                running.processes = running.processes.saturating_add(1);
                if *running.app != app {
                    running.app = Arc::new(app);
                    return Started::First;
                }
                Started::More
            }
            None => {
                running.insert(app.id.clone(), Running { app: Arc::new(app), processes: 1 });
                Started::First
            }
        }
    }

    /// The account and the app of which the last process in that account is gone.
    pub(crate) fn exit(&mut self, process: ProcessId) -> Option<(Account, AppId)> {
        let (account, app) = self.processes.remove(&process)?;
        let state = self.accounts.get_mut(&account)?;
        let running = state.running.get_mut(&app)?;
        running.processes = running.processes.saturating_sub(1);
        if running.processes > 0 {
            return None;
        }
        state.running.remove(&app);
        Some((account, app))
    }

    pub(crate) fn set_session(&mut self, id: SessionId, account: Account, state: SessionState) {
        self.accounts.entry(account.clone()).or_default().had_session = true;
        if state == SessionState::Ended {
            self.sessions.remove(&id);
        } else {
            self.sessions.entry(id).or_default().known = Some((account, state));
        }
    }

    /// The account of the session, if what its companion sees is news.
    pub(crate) fn set_presence(&mut self, id: SessionId, presence: Option<Presence>) -> Option<Account> {
        match self.sessions.get_mut(&id) {
            Some(session) if session.presence == presence => None,
            Some(session) => {
                session.presence = presence;
                session.known.as_ref().map(|(account, _)| account.clone())
            }
            None => {
                let unknown = self.sessions.values().filter(|session| session.known.is_none()).count();
                if presence.is_some() && unknown < MOST_UNKNOWN_SESSIONS {
                    self.sessions.insert(id, Session { known: None, presence });
                }
                None
            }
        }
    }

    pub(crate) fn has_session(&self, account: &Account) -> bool {
        self.sessions
            .values()
            .any(|session| session.known.as_ref().is_some_and(|(whose, _)| whose == account))
    }

    /// The sessions of the accounts and their state.
    pub(crate) fn sessions_of(
        &self,
        accounts: &[Account],
    ) -> impl Iterator<Item = (&SessionId, SessionState)> {
        self.sessions.iter().filter_map(|(id, session)| {
            let (account, state) = session.known.as_ref()?;
            accounts.contains(account).then_some((id, *state))
        })
    }

    /// What runs in the accounts, each app once.
    pub(crate) fn running(&self, accounts: &[Account]) -> impl Iterator<Item = &Arc<App>> {
        let states = move || accounts.iter().filter_map(|account| self.accounts.get(account));
        states().enumerate().flat_map(move |(place, state)| {
            let first = move |id| states().take(place).all(|earlier| !earlier.running.contains_key(id));
            state.running.iter().filter(move |(id, _)| first(*id)).map(|(_, running)| &running.app)
        })
    }

    pub(crate) fn runs(&self, accounts: &[Account], app: &AppId) -> Option<&Arc<App>> {
        accounts.iter().find_map(|account| Some(&self.accounts.get(account)?.running.get(app)?.app))
    }

    /// What is in use, by the rules of what counts: see docs/behaviour.md, "What counts".
    pub(crate) fn in_use(
        &self,
        accounts: &[Account],
        strict: bool,
        frozen: impl Fn(&AppId) -> bool,
    ) -> InUse {
        let mut in_use = InUse::default();
        for (id, session) in &self.sessions {
            let Some((account, SessionState::Active)) = &session.known else { continue };
            if !accounts.contains(account) {
                continue;
            }
            let everything = match &session.presence {
                _ if strict => Some(Basis::Strict),
                None => Some(Basis::CompanionSilent),
                Some(Presence::Away) => continue,
                Some(Presence::Here(Focus::Unknown)) => Some(Basis::FocusUnknown),
                Some(Presence::Here(Focus::Other)) => None,
                Some(Presence::Here(Focus::App(front))) => match self.runs(accounts, front) {
                    // The window of a held program: the screen is in use, no program is.
                    Some(_) if frozen(front) => None,
                    Some(app) => {
                        in_use.count(app, Basis::InFront);
                        in_use.sessions.push((id.clone(), Arc::clone(app)));
                        in_use.screen = Some(Basis::SessionActive);
                        continue;
                    }
                    // Nothing of that name runs: the companion is wrong or was lied to.
                    None => Some(Basis::FocusUnknown),
                },
            };
            let before = in_use.sessions.len();
            if let Some(basis) = everything {
                for app in self.running(std::slice::from_ref(account)).filter(|app| !frozen(&app.id)) {
                    in_use.count(app, basis);
                    in_use.sessions.push((id.clone(), Arc::clone(app)));
                }
            }
            in_use.bare_screen |= in_use.sessions.len() == before;
            in_use.screen = Some(Basis::SessionActive);
        }
        for account in accounts {
            let Some(state) = self.accounts.get(account).filter(|state| !state.had_session) else { continue };
            let basis = if strict { Basis::Strict } else { Basis::CompanionSilent };
            for running in state.running.values().filter(|running| !frozen(&running.app.id)) {
                in_use.count(&running.app, basis);
                in_use.screen.get_or_insert(basis);
            }
        }
        in_use
    }
}

impl InUse {
    fn count(&mut self, app: &Arc<App>, basis: Basis) {
        match self.apps.iter_mut().find(|(counted, _)| counted.id == app.id) {
            Some((_, reason)) if basis == Basis::InFront => *reason = basis,
            Some(_) => {}
            None => self.apps.push((Arc::clone(app), basis)),
        }
    }

    /// The app of that id, if it is in use.
    pub(crate) fn app(&self, id: &AppId) -> Option<&Arc<App>> {
        self.apps.iter().map(|(app, _)| app).find(|app| app.id == *id)
    }
}
