//! The connection to the service: asking, proving to be a guardian, finding children and programs.

use crate::parse::{self, Mistake};
use crate::trouble::Trouble;
use chrono::{DateTime, Utc};
use lanh_protocol::{
    Answer, AppView, ChildView, Client, ClientError, ClientKind, Failure, FailureCode, Notices, Question,
    Role, StatusView, TargetView, WireError,
};
use lanh_words::{Clock, Value, Words};
use std::cell::{Cell, RefCell};
use std::io::IsTerminal;
use std::path::PathBuf;

/// What every command needs before it asks the service anything.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) words: Words,
    pub(crate) json: bool,
    pub(crate) yes: bool,
    pub(crate) socket: PathBuf,
    pub(crate) secret_file: Option<PathBuf>,
    /// A secret that was typed earlier in this run.
    pub(crate) secret: Option<String>,
}

impl Context {
    pub(crate) fn text(&self, key: &str, variables: &[(&str, Value<'_>)]) -> String {
        self.words.text(key, variables)
    }

    pub(crate) fn mistake(&self, mistake: &Mistake) -> Trouble {
        Trouble::input(mistake.say(self.words))
    }

    /// The secret from the file or the environment, never from the command line.
    pub(crate) fn given_secret(&self) -> Result<Option<String>, Trouble> {
        if let Some(secret) = &self.secret {
            return Ok(Some(secret.clone()));
        }
        if let Some(path) = &self.secret_file {
            let text = std::fs::read_to_string(path).map_err(|error| {
                Trouble::input(self.text(
                    "input-secret-file",
                    &[("path", path.display().to_string().into()), ("detail", error.to_string().into())],
                ))
            })?;
            let line = text.lines().next().unwrap_or_default();
            if line.is_empty() {
                return Err(Trouble::input(self.text(
                    "input-secret-file",
                    &[("path", path.display().to_string().into()), ("detail", "empty".into())],
                )));
            }
            return Ok(Some(line.to_owned()));
        }
        Ok(std::env::var("LANH_SECRET").ok().filter(|secret| !secret.is_empty()))
    }

    /// Whether somebody can be asked.
    pub(crate) fn can_prompt(&self) -> bool {
        !self.yes && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Asks for a yes; `--yes` is one, and where nobody can be asked it is needed.
    pub(crate) fn confirm(&self, question: &str) -> Result<(), Trouble> {
        if self.yes {
            return Ok(());
        }
        if !self.can_prompt() {
            return Err(Trouble::input(self.text("input-confirm", &[("question", question.into())])));
        }
        match dialoguer::Confirm::new().with_prompt(question).default(false).interact() {
            Ok(true) => Ok(()),
            _ => Err(Trouble::failed(self.text("nothing-changed", &[]))),
        }
    }
}

/// A connection.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) context: Context,
    client: Client,
    pub(crate) notices: Notices,
    guardian: Cell<bool>,
    /// The secret that made this connection a guardian's, to say it again to a service that restarted.
    proven: RefCell<Option<String>>,
}

/// Asks, and takes the answer that belongs to the question.
macro_rules! ask {
    ($link:expr, $question:expr, $answer:ident) => {
        match $link.ask($question).await? {
            lanh_protocol::Answer::$answer(answer) => answer,
            _ => return Err($link.unexpected()),
        }
    };
}
pub(crate) use ask;

impl Link {
    pub(crate) async fn open(context: &Context) -> Result<Self, Trouble> {
        let (client, notices) = Client::connect(&context.socket, ClientKind::Cli)
            .await
            .map_err(|error| Trouble::of_client(&error, context.words))?;
        let guardian = Cell::new(*client.role() == Role::Guardian);
        Ok(Self { context: context.clone(), client, notices, guardian, proven: RefCell::default() })
    }

    /// Connects anew after the service went away, as who it was before. False: the service is not back yet.
    pub(crate) async fn open_again(&mut self) -> Result<bool, Trouble> {
        let (client, notices) = match Client::connect(&self.context.socket, ClientKind::Cli).await {
            Ok(connected) => connected,
            Err(error) if is_gone(&error) => return Ok(false),
            Err(error) => return Err(Trouble::of_client(&error, self.words())),
        };
        self.guardian.set(*client.role() == Role::Guardian);
        self.client = client;
        self.notices = notices;
        let secret = self.proven.borrow().clone();
        match secret {
            Some(secret) if !self.guardian.get() => {
                let proven = self.ask_if_there(Question::Unlock { secret }).await?.is_some();
                self.guardian.set(proven);
                Ok(proven)
            }
            _ => Ok(true),
        }
    }

    /// Asks; `None` where the service has gone away.
    pub(crate) async fn ask_if_there(&self, question: Question) -> Result<Option<Answer>, Trouble> {
        match self.client.ask(question).await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if is_gone(&error) => Ok(None),
            Err(error) => Err(Trouble::of_client(&error, self.words())),
        }
    }

    /// How things stand, or `None` where the service has gone away.
    pub(crate) async fn status(&self, child: Option<u64>) -> Result<Option<StatusView>, Trouble> {
        match self.ask_if_there(Question::Status { child }).await? {
            None => Ok(None),
            Some(Answer::Status(status)) => Ok(Some(status)),
            Some(_) => Err(self.unexpected()),
        }
    }

    /// A connection that may do what a guardian may.
    pub(crate) async fn open_as_guardian(context: &Context) -> Result<Self, Trouble> {
        let link = Self::open(context).await?;
        link.be_guardian().await?;
        Ok(link)
    }

    pub(crate) fn words(&self) -> Words {
        self.context.words
    }

    pub(crate) fn role(&self) -> &Role {
        self.client.role()
    }

    pub(crate) async fn ask(&self, question: Question) -> Result<Answer, Trouble> {
        self.client.ask(question).await.map_err(|error| Trouble::of_client(&error, self.words()))
    }

    /// Asks something that answers `Done`.
    pub(crate) async fn tell(&self, question: Question) -> Result<(), Trouble> {
        match self.ask(question).await? {
            Answer::Done => Ok(()),
            _ => Err(self.unexpected()),
        }
    }

    pub(crate) fn unexpected(&self) -> Trouble {
        Trouble::failed(self.context.text("unexpected-answer", &[]))
    }

    /// Proves to be a guardian, unless the kernel already did.
    pub(crate) async fn be_guardian(&self) -> Result<(), Trouble> {
        if self.guardian.get() {
            return Ok(());
        }
        let given = self.context.given_secret()?;
        // Before set-up there is no PIN that could be asked for.
        if given.is_none()
            && let Ok(Answer::Info(info)) = self.client.ask(Question::Info).await
            && !info.set_up
        {
            return Err(Trouble::needs_guardian(self.context.text("failure-not-set-up", &[])));
        }
        let secret = match given {
            Some(secret) => secret,
            None if self.context.can_prompt() => dialoguer::Password::new()
                .with_prompt(self.context.text("prompt-pin", &[]))
                .interact()
                .map_err(|error| Trouble::needs_guardian(error.to_string()))?,
            None => return Err(Trouble::needs_guardian(self.context.text("input-no-secret", &[]))),
        };
        self.tell(Question::Unlock { secret: secret.clone() }).await?;
        self.guardian.set(true);
        self.proven.replace(Some(secret));
        Ok(())
    }

    /// The child that is meant: oneself (`None`), or the one of this name, account or number, for guardians.
    pub(crate) async fn whose(&self, child: Option<&str>) -> Result<Option<u64>, Trouble> {
        match (child, self.role()) {
            (None, Role::Child { .. }) => Ok(None),
            (Some(name), Role::Child { child }) => {
                let status = ask!(self, Question::Status { child: None }, Status);
                let own =
                    status.children.iter().any(|one| one.child.id == *child && is_called(&one.child, name));
                if own { Ok(None) } else { Ok(Some(self.child(name).await?.id)) }
            }
            (Some(name), _) => Ok(Some(self.child(name).await?.id)),
            (None, _) => Ok(Some(self.only_child().await?.id)),
        }
    }

    /// The same for lists, where a guardian who names nobody means all children (`None`).
    pub(crate) async fn whose_or_all(&self, child: Option<&str>) -> Result<Option<u64>, Trouble> {
        if child.is_some() {
            return self.whose(child).await;
        }
        if !matches!(self.role(), Role::Child { .. }) {
            self.be_guardian().await?;
        }
        Ok(None)
    }

    /// The child of this name, account or number.
    pub(crate) async fn child(&self, name: &str) -> Result<ChildView, Trouble> {
        let children = self.children().await?;
        let number: Option<u64> = name.parse().ok();
        let mut called: Vec<&ChildView> = children.iter().filter(|child| is_called(child, name)).collect();
        if called.is_empty() {
            called = children.iter().filter(|child| Some(child.id) == number).collect();
        }
        match called.as_slice() {
            [child] => Ok((*child).clone()),
            [] => Err(self.which_child("input-no-child", name, &children)),
            _ => Err(self.which_child("input-many-children", name, &children)),
        }
    }

    async fn only_child(&self) -> Result<ChildView, Trouble> {
        let children = self.children().await?;
        match children.as_slice() {
            [child] => Ok(child.clone()),
            [] => Err(Trouble::input(self.context.text("no-children", &[]))),
            _ => Err(self.which_child("input-which-child", "", &children)),
        }
    }

    fn which_child(&self, key: &str, name: &str, children: &[ChildView]) -> Trouble {
        let names: Vec<String> =
            children.iter().map(|child| format!("{} ({})", child.name, child.id)).collect();
        Trouble::input(self.context.text(key, &[("name", name.into()), ("names", names.join(", ").into())]))
    }

    pub(crate) async fn children(&self) -> Result<Vec<ChildView>, Trouble> {
        self.be_guardian().await?;
        Ok(ask!(self, Question::Children, Children))
    }

    /// The programs, for guardians; what runs, for a child; else nothing.
    pub(crate) async fn known_apps(&self) -> Result<Vec<AppView>, Trouble> {
        if self.guardian.get() {
            return Ok(ask!(self, Question::Apps { unsorted: false }, Apps));
        }
        match self.client.ask(Question::Status { child: None }).await {
            Ok(Answer::Status(status)) => Ok(status
                .children
                .into_iter()
                .flat_map(|one| one.running)
                .map(|running| running.app)
                .collect()),
            Ok(_) => Err(self.unexpected()),
            Err(ClientError::Denied(Failure {
                code: FailureCode::NotYours | FailureCode::NeedsGuardian,
                ..
            })) => Ok(Vec::new()),
            Err(error) => Err(Trouble::of_client(&error, self.words())),
        }
    }

    /// A target from its word. A child's unknown program is left to the service to find.
    pub(crate) async fn target(&self, text: &str) -> Result<TargetView, Trouble> {
        let apps = self.known_apps().await?;
        let guardian = self.guardian.get();
        let resolve = |name: &str| match find_app(name, &apps) {
            Err(Mistake::NoApp(name)) if !guardian => Ok(TargetView::App { app: name, name: String::new() }),
            found => found,
        };
        parse::target(text, &resolve).map_err(|mistake| self.context.mistake(&mistake))
    }

    /// The service's trusted time and zone.
    pub(crate) async fn clock(&self, child: Option<u64>) -> Result<Clock, Trouble> {
        let status = ask!(self, Question::Status { child }, Status);
        Ok(clock_of(&status))
    }
}

/// Whether the service does not run any more, or not yet.
fn is_gone(error: &ClientError) -> bool {
    matches!(error, ClientError::NotRunning(_) | ClientError::Closed | ClientError::Wire(WireError::Io(_)))
}

pub(crate) fn clock_of(status: &StatusView) -> Clock {
    Clock::new(status.now, &status.zone)
}

fn is_called(child: &ChildView, name: &str) -> bool {
    child.name.to_lowercase() == name.to_lowercase() || child.accounts.iter().any(|account| account == name)
}

/// The program of this id or name, or the only one whose name contains the text.
pub(crate) fn find_app(text: &str, apps: &[AppView]) -> Result<TargetView, Mistake> {
    let wanted = text.to_lowercase();
    let by = |test: &dyn Fn(&AppView) -> bool| apps.iter().filter(|app| test(app)).collect::<Vec<_>>();
    let mut found = by(&|app| app.id == text);
    if found.is_empty() {
        found = by(&|app| app.name.to_lowercase() == wanted);
    }
    if found.is_empty() {
        // `xsol` for desktop:xsol, whose name is X Solitaire.
        found = by(&|app| app.id.split_once(':').is_some_and(|(_, bare)| bare.to_lowercase() == wanted));
    }
    if found.is_empty() && !wanted.trim().is_empty() {
        found = by(&|app| app.name.to_lowercase().contains(&wanted));
    }
    match found.as_slice() {
        [app] => Ok(TargetView::App { app: app.id.clone(), name: app.name.clone() }),
        [] => Err(Mistake::NoApp(text.to_owned())),
        many => Err(Mistake::ManyApps(
            text.to_owned(),
            many.iter().take(8).map(|app| format!("{} (app:{})", app.name, app.id)).collect(),
        )),
    }
}

/// The machine's own clock: only for defaults that the service checks again.
pub(crate) fn machine_time() -> DateTime<Utc> {
    std::time::SystemTime::now().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanh_protocol::CategoryView;

    fn app(id: &str, name: &str) -> AppView {
        AppView {
            id: id.into(),
            name: name.into(),
            category: CategoryView::Game,
            rating: None,
            basis: "read".into(),
            source: "desktop".into(),
            rating_basis: "guess".into(),
            perhaps: None,
            last_seen: None,
        }
    }

    #[test]
    fn a_program_is_found_by_id_name_or_part_of_its_name() {
        let apps = [app("xsol", "Xsol"), app("mines", "GNOME Mines"), app("mines2", "Minesweeper")];
        let found = |text: &str| match find_app(text, &apps) {
            Ok(TargetView::App { app, .. }) => app,
            other => format!("{other:?}"),
        };
        assert_eq!(found("mines"), "mines");
        assert_eq!(found("gnome mines"), "mines");
        assert_eq!(found("sweeper"), "mines2");
        let solitaire = [app("desktop:xsol", "X Solitaire"), app("desktop:xsoldier", "XSoldier")];
        assert!(
            matches!(find_app("xsol", &solitaire), Ok(TargetView::App { app, .. }) if app == "desktop:xsol")
        );
        assert_eq!(find_app("chess", &apps), Err(Mistake::NoApp("chess".into())));
        assert_eq!(find_app("", &apps), Err(Mistake::NoApp(String::new())));
        assert!(matches!(find_app("mine", &apps), Err(Mistake::ManyApps(_, names)) if names.len() == 2));
    }
}
