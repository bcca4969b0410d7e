//! What clients ask, and who may.

use crate::convert::{self, ConvertError};
use crate::core::{Core, Later, PeerState};
use crate::disputes::DisputeAsked;
use crate::fair::ReplayAsked;
use crate::peers::PeerId;
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use lanh_catalog::{FactBasis, Installed, Recogniser, Source};
use lanh_policy::{
    Account, App, AppId, Child, ChildId, Event, GrantId, Origin, Preset, RequestId, RequestState, RuleError,
    RuleId, RuleKind, Target,
};
use lanh_protocol as wire;
use lanh_protocol::{Answer, Detail, Failure, FailureCode, Notice, Question, Role, Thing};
use lanh_store::{
    Actor, AuditKind, Change, FamilySettings, HelpLine, KnownApp, NewChild, NewGrant, NewRequest,
    RecoveryCode, RecoveryOutcome, RevisionId, SecretOutcome, Store, StoreError, WeakSecret,
};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::oneshot;

/// The most that can be given or asked for at once.
const LONGEST_GRANT: Duration = Duration::from_secs(24 * 60 * 60);

/// Refused questions of one account are written down once in so long; the rest are counted.
const REFUSALS_AUDITED_EVERY: TimeDelta = TimeDelta::seconds(10);

/// How many revisions and requests an answer holds at most.
const PAGE: u32 = 200;

/// How many days one answer about used time may span.
const LONGEST_USAGE: i64 = 400;

pub(crate) type Reply = oneshot::Sender<Result<Answer, Failure>>;

/// Whom a backup is for.
pub(crate) enum BackupFor {
    /// It is made every day.
    TheDay,
    /// Somebody asked for it and waits.
    Guardian(Actor, Reply),
}

/// A tried secret and who waits for the outcome.
pub(crate) struct SecretTried {
    result: Result<SecretOutcome, StoreError>,
    reply: Reply,
}

/// Which refusals were written down when.
#[derive(Default)]
pub(crate) struct AuditedRefusals {
    last: HashMap<(u32, FailureCode), (DateTime<Utc>, u64)>,
}

impl AuditedRefusals {
    /// How many like refusals went unwritten before this one, if this one is to be written.
    fn note(&mut self, uid: u32, code: FailureCode, now: DateTime<Utc>) -> Option<u64> {
        self.last.retain(|_, (at, unwritten)| *unwritten > 0 || now - *at < REFUSALS_AUDITED_EVERY);
        match self.last.get_mut(&(uid, code)) {
            Some((at, unwritten)) if now - *at < REFUSALS_AUDITED_EVERY => {
                *unwritten += 1;
                None
            }
            Some((at, unwritten)) => {
                *at = now;
                Some(std::mem::take(unwritten))
            }
            None => {
                self.last.insert((uid, code), (now, 0));
                Some(0)
            }
        }
    }
}

pub(crate) fn failure(code: FailureCode, message: impl Into<String>) -> Failure {
    Failure { code, message: message.into(), detail: None, retry_after: None }
}

pub(crate) fn not_found(thing: Thing, id: impl std::fmt::Display) -> Failure {
    let name = id.to_string();
    let word = thing.code();
    let message = format!("there is no {word} {name}");
    let detail = Some(Detail::Missing { thing, name });
    Failure { detail, ..failure(FailureCode::NotFound, message) }
}

pub(crate) fn invalid(message: impl Into<String>, detail: Detail) -> Failure {
    Failure { detail: Some(detail), ..failure(FailureCode::Invalid, message) }
}

fn needs_guardian() -> Failure {
    failure(FailureCode::NeedsGuardian, "this needs a guardian; say the PIN first")
}

pub(crate) fn store_failure(error: StoreError) -> Failure {
    let code = match &error {
        StoreError::NotFound { .. } => FailureCode::NotFound,
        StoreError::AccountTaken { .. }
        | StoreError::AlreadyAnswered { .. }
        | StoreError::Invalid { .. }
        | StoreError::WeakSecret(_) => FailureCode::Invalid,
        StoreError::TooManyRequests { .. } => FailureCode::TooManyRequests,
        StoreError::Busy | StoreError::Full | StoreError::ReadOnly { .. } => FailureCode::Unavailable,
        _ => {
            tracing::error!(%error, "the store failed");
            FailureCode::Internal
        }
    };
    let detail = match &error {
        StoreError::NotFound { what, id } => {
            stored_thing(what).map(|thing| Detail::Missing { thing, name: id.to_string() })
        }
        StoreError::AccountTaken { account, .. } => Some(Detail::AccountTaken { account: account.clone() }),
        StoreError::AlreadyAnswered { .. } => Some(Detail::AlreadyAnswered),
        StoreError::TooManyRequests { open } => Some(Detail::RequestsWaiting { open: *open }),
        StoreError::WeakSecret(weak) => Some(match weak {
            WeakSecret::TooShort => Detail::SecretTooShort,
            WeakSecret::TooLong => Detail::SecretTooLong,
            WeakSecret::TooSimple => Detail::SecretTooSimple,
            WeakSecret::BirthYear => Detail::SecretBirthYear,
        }),
        StoreError::Invalid { what: "the name", .. } => Some(Detail::Name),
        StoreError::Invalid { what: "the retention", .. } => Some(Detail::Retention),
        StoreError::Invalid { what: "the stretch", .. } => Some(Detail::NothingCounted),
        StoreError::Invalid { what: "the reason", .. } => Some(Detail::Words),
        StoreError::Invalid { what: "the time after which nobody is there", .. } => Some(Detail::IdleAfter),
        StoreError::Full => Some(Detail::DiskFull),
        StoreError::ReadOnly { .. } => Some(Detail::DiskReadOnly),
        StoreError::Busy => Some(Detail::DiskBusy),
        _ => None,
    };
    Failure { detail, ..failure(code, error.to_string()) }
}

fn stored_thing(what: &str) -> Option<Thing> {
    Some(match what {
        "child" => Thing::Child,
        "rule" => Thing::Rule,
        "grant" => Thing::Grant,
        "request" => Thing::Request,
        "dispute" => Thing::Dispute,
        "revision" => Thing::Revision,
        _ => return None,
    })
}

pub(crate) fn convert_failure(error: ConvertError) -> Failure {
    let detail = match &error {
        ConvertError::Rating(text) => Detail::Rating { text: text.clone() },
        ConvertError::Category(text) => Detail::Category { text: text.clone() },
        ConvertError::Weekday(text) => Detail::Weekday { text: text.clone() },
        ConvertError::Rule(rule) => match rule {
            RuleError::AllowanceTooLong { minutes } => Detail::AllowanceTooLong { minutes: *minutes },
            RuleError::SlotBackwards { from } => Detail::SlotBackwards { from: *from },
            RuleError::SlotsOverlap { at } => Detail::SlotsOverlap { at: *at },
            RuleError::BreakTooShort => Detail::BreakTooShort,
            RuleError::HealthTextTooOften => Detail::HealthTextTooOften,
            RuleError::BankForEach => Detail::BankForEach,
            RuleError::EarnedByNothing => Detail::EarnedByNothing,
            RuleError::AllowOnlyEmpty => Detail::AllowOnlyEmpty,
        },
    };
    invalid(error.to_string(), detail)
}

/// The first instant of a local day: 00:00, or where the clocks jump over it the first time there is.
pub(crate) fn day_start(zone: Tz, day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    (0..=12)
        .find_map(|quarters| {
            zone.from_local_datetime(&(midnight + TimeDelta::minutes(15 * quarters))).earliest()
        })
        .map_or_else(|| Utc.from_utc_datetime(&midnight), |start| start.with_timezone(&Utc))
}

/// Where a local day begins and ends.
pub(crate) fn day_bounds(zone: Tz, day: NaiveDate) -> (DateTime<Utc>, DateTime<Utc>) {
    (day_start(zone, day), day_start(zone, day.checked_add_days(Days::new(1)).unwrap_or(day)))
}

fn basis_word(basis: FactBasis) -> &'static str {
    match basis {
        FactBasis::Unknown => "guess",
        FactBasis::Read => "read",
        FactBasis::Known => "known",
        FactBasis::Guardian => "guardian",
    }
}

fn source_word(source: Source) -> &'static str {
    match source {
        Source::DesktopEntry => "desktop",
        Source::Flatpak => "flatpak",
        Source::Snap => "snap",
        Source::Steam => "steam",
        Source::Lutris => "lutris",
        Source::Heroic => "heroic",
        Source::AppImage => "appimage",
        Source::Bundle => "bundle",
        Source::Msix => "msix",
        Source::Epic => "epic",
        Source::Gog => "gog",
        Source::Riot => "riot",
        Source::Wine => "wine",
        Source::GamesFolder | Source::ProgramFolder => "folder",
    }
}

/// How clients see an app.
pub(crate) fn app_view(app: &App, recogniser: &Recogniser, known: Option<&KnownApp>) -> wire::AppView {
    let found = recogniser.installed().get(&app.id);
    let (basis, rating_basis) = recogniser.basis_of(&app.id);
    let sorted = |set: bool, basis| if set { FactBasis::Guardian } else { basis };
    let basis = sorted(known.is_some_and(|known| known.set_category.is_some()), basis);
    let rating_basis = sorted(known.is_some_and(|known| known.set_rating.is_some()), rating_basis);
    // Only what nobody knows is guessed at.
    let perhaps =
        Some(basis).filter(|basis| *basis == FactBasis::Unknown).and_then(|_| recogniser.perhaps(&app.id));
    wire::AppView {
        id: app.id.to_string(),
        name: app.name.clone(),
        category: convert::category_view(app.category),
        rating: app.rating.map(lanh_policy::AgeRating::youngest),
        basis: basis_word(basis).to_owned(),
        rating_basis: basis_word(rating_basis).to_owned(),
        perhaps: perhaps
            .map(|(name, category)| wire::PerhapsView { name, category: convert::category_view(category) }),
        source: found.map_or("path", |app| source_word(app.source)).to_owned(),
        last_seen: known.and_then(|known| known.last_seen),
    }
}

/// Who asks.
pub(crate) struct Asker {
    peer: PeerId,
    uid: u32,
    pub(crate) role: Role,
}

impl Asker {
    fn actor(&self) -> Actor {
        match self.role {
            Role::Guardian if self.uid == 0 => Actor::Administrator,
            Role::Guardian => Actor::Guardian,
            Role::Child { child } => Actor::Child(ChildId(child)),
            Role::Nobody => Actor::Account(Account::from_uid(self.uid)),
        }
    }

    pub(crate) fn guardian(&self) -> Result<(), Failure> {
        match self.role {
            Role::Guardian => Ok(()),
            Role::Child { .. } | Role::Nobody => Err(needs_guardian()),
        }
    }

    /// The child that a question is about; a child may ask about itself only.
    pub(crate) fn about(&self, child: Option<u64>) -> Result<ChildId, Failure> {
        match (&self.role, child) {
            (Role::Guardian, Some(child)) => Ok(ChildId(child)),
            (Role::Guardian, None) => Err(invalid("say which child", Detail::SayWhichChild)),
            (Role::Child { child: own }, asked) if asked.is_none_or(|asked| asked == *own) => {
                Ok(ChildId(*own))
            }
            (Role::Child { .. }, _) => Err(failure(FailureCode::NotYours, "this is about another child")),
            (Role::Nobody, _) => Err(failure(
                FailureCode::NotYours,
                "this account is no child's; a guardian says the PIN first",
            )),
        }
    }

    pub(crate) fn own(&self) -> Result<ChildId, Failure> {
        match self.role {
            Role::Child { child } => Ok(ChildId(child)),
            Role::Guardian => {
                Err(invalid("only a child asks this; give the time instead", Detail::OnlyChildAsks))
            }
            Role::Nobody => Err(failure(FailureCode::NotYours, "this account is no child's")),
        }
    }
}

impl Core {
    /// Answers one question; the reply may come later.
    pub(crate) async fn answer(&mut self, peer: PeerId, question: Question, reply: Reply) {
        let Some(state) = self.peers.get(&peer) else { return };
        let asker = Asker { peer, uid: state.uid, role: self.role(state) };
        let question = match question {
            Question::Unlock { secret } => return self.try_secret(&asker, secret, reply),
            Question::Doctor if asker.guardian().is_ok() => {
                let examination = self.examination();
                tokio::spawn(async move {
                    let _ = reply.send(Ok(Answer::Doctor(examination.run().await)));
                });
                return;
            }
            Question::Backup if asker.guardian().is_ok() => {
                return self.back_up(BackupFor::Guardian(asker.actor(), reply));
            }
            question => question,
        };
        let kind = question_name(&question);
        let (result, reply) = match question {
            Question::Replay { child, changes, from, until } => {
                let asked = ReplayAsked { child, changes, from, until };
                match self.replay(&asker, asked, reply).await {
                    Ok(()) => return,
                    Err((failure, reply)) => (Err(failure), reply),
                }
            }
            question => (self.answer_now(&asker, question).await, reply),
        };
        if let Err(refusal) = &result
            && matches!(refusal.code, FailureCode::NeedsGuardian | FailureCode::NotYours)
        {
            let now = self.engine.trusted_now();
            if let Some(unwritten) = self.audited.note(asker.uid, refusal.code, now) {
                let more =
                    if unwritten > 0 { format!(" ({unwritten} more before it)") } else { String::new() };
                let child = match asker.role {
                    Role::Child { child } => Some(ChildId(child)),
                    _ => None,
                };
                self.audit(
                    AuditKind::REFUSED,
                    asker.actor(),
                    child,
                    format!("uid {} asked {kind}: {}{more}", asker.uid, refusal.message),
                );
            }
        }
        let _ = reply.send(result);
    }

    fn try_secret(&mut self, asker: &Asker, secret: String, reply: Reply) {
        let (now, peer, later) = (self.trusted_now(), asker.peer, self.later.clone());
        let actor = Actor::Account(Account::from_uid(asker.uid));
        let (sender, receiver) = oneshot::channel();
        let asked = self.store.ask(
            move |store| store.verify_secret(&actor, &secret, now),
            move |result| {
                let _ = sender.send(result);
            },
        );
        if let Err(error) = asked {
            let _ = reply.send(Err(store_failure(error)));
            return;
        }
        tokio::spawn(async move {
            let result = receiver.await.unwrap_or(Err(StoreError::Stopped));
            let _ = later.send(Later::SecretTried { peer, outcome: SecretTried { result, reply } }).await;
        });
    }

    /// What came of a tried secret.
    pub(crate) fn secret_tried(&mut self, peer: PeerId, tried: SecretTried) {
        let now = self.engine.trusted_now();
        let wait =
            |until: DateTime<Utc>| u64::try_from((until - now).num_seconds().max(0)).unwrap_or_default();
        let result = match tried.result {
            Ok(SecretOutcome::Right) => {
                if let Some(state) = self.peers.get_mut(&peer) {
                    state.unlocked = true;
                }
                Ok(Answer::Done)
            }
            Ok(SecretOutcome::Wrong { next_try }) => Err(Failure {
                code: FailureCode::WrongSecret,
                message: "that is not the guardian's PIN".to_owned(),
                detail: None,
                retry_after: Some(wait(next_try)),
            }),
            Ok(SecretOutcome::TooSoon { until }) => Err(Failure {
                code: FailureCode::TooSoon,
                message: format!("too many wrong tries; try again in {} seconds", wait(until).max(1)),
                detail: None,
                retry_after: Some(wait(until).max(1)),
            }),
            Ok(SecretOutcome::NotSet) => {
                Err(failure(FailureCode::NotSetUp, "no guardian PIN is set yet; run: lanh setup"))
            }
            Err(error) => Err(store_failure(error)),
        };
        let _ = tried.reply.send(result);
    }

    async fn answer_now(&mut self, asker: &Asker, question: Question) -> Result<Answer, Failure> {
        match question {
            Question::Unlock { .. } | Question::Replay { .. } => {
                Err(failure(FailureCode::Internal, "answered elsewhere"))
            }
            Question::Info => self.info(asker).await,
            Question::Recover { code, secret } => self.recover(asker, code, secret).await,
            Question::SetSecret { secret } => self.set_secret(asker, secret).await,
            Question::Status { child } => self.status(asker, child).await,
            Question::Watch => {
                if let Some(state) = self.peers.get_mut(&asker.peer) {
                    state.watching = true;
                }
                Ok(Answer::Done)
            }
            Question::Rules { child } => Ok(Answer::Rules(self.rules(asker.about(child)?)?)),
            Question::Why { child, target } => self.why(asker.about(child)?, &target),
            Question::WhyCharged { child, at } => self.why_charged(asker.about(child)?, at).await,
            Question::Usage { child, from, until, intervals } => {
                self.usage(asker.about(child)?, from, until, intervals).await
            }
            Question::Sums { child, from, until } => self.sums(asker, child, from, until).await,
            Question::Intervals { child, from, until, skip } => {
                self.intervals(asker, child, (from, until), skip).await
            }
            Question::AskForTime { target, seconds, words } => {
                self.ask_for_time(asker.own()?, &target, seconds, words).await
            }
            Question::Dispute { target, from, until, words } => {
                let child = asker.own()?;
                self.dispute(asker, child, DisputeAsked { target, from, until, words }).await
            }
            Question::Borrow { target, seconds } => {
                let child = asker.own()?;
                self.borrow(asker, child, &target, seconds).await
            }
            Question::Disputes { child, all } => self.disputes(asker, child, all).await,
            Question::Requests { child, all } => self.requests(asker, child, all).await,
            Question::Grants { child } => self.grants(asker.about(child)?),
            Question::SaveGame { app } => {
                let child = asker.own()?;
                self.feed(Event::SaveRequested(child, AppId::new(app)));
                Ok(Answer::Done)
            }
            Question::CloseApp { app } => {
                let child = asker.own()?;
                self.feed(Event::CloseRequested(child, AppId::new(app)));
                Ok(Answer::Done)
            }
            Question::Attach { session } => self.attach_companion(asker, session).await,
            Question::Report { presence } => {
                self.report(asker.peer, &presence);
                Ok(Answer::Done)
            }
            Question::HoldPrepared { app, free } => {
                let child = asker.own()?;
                match self.preparing.get(&(child, AppId::new(app.as_str()))) {
                    Some(waiting) => {
                        let _ = waiting.try_send(free);
                    }
                    // It is frozen and still in the way.
                    None if !free => self.feed(Event::HoldUnsafe(child, AppId::new(app))),
                    None => {}
                }
                Ok(Answer::Done)
            }
            guardians => {
                asker.guardian()?;
                self.answer_guardian(asker, guardians).await
            }
        }
    }

    async fn answer_guardian(&mut self, asker: &Asker, question: Question) -> Result<Answer, Failure> {
        match question {
            Question::Children => {
                let children = self.engine.family().children.clone();
                Ok(Answer::Children(children.iter().map(|child| self.child_view(child)).collect()))
            }
            Question::PutChild { child, preset } => self.put_child(asker, child, preset).await,
            Question::PutPolicy { children } => self.put_policy(asker, children).await,
            Question::RemoveChild { child } => {
                let change = self.change(asker);
                self.ask_store(move |store| store.remove_child(&change, ChildId(child)))
                    .await
                    .map_err(store_failure)?;
                self.changed().await?;
                Ok(Answer::Done)
            }
            Question::PutRule { child, replaces, rule } => self.put_rule(asker, child, replaces, &rule).await,
            Question::RemoveRule { child, rule } => {
                self.rule_of(ChildId(child), rule)?;
                let change = self.change(asker);
                self.ask_store(move |store| store.remove_rule(&change, RuleId(rule)))
                    .await
                    .map_err(store_failure)?;
                self.changed().await?;
                Ok(Answer::Done)
            }
            Question::Presets => {
                Ok(Answer::Presets(Preset::all().iter().map(|preset| self.preset_view(preset)).collect()))
            }
            Question::ApplyPreset { child, preset } => {
                let preset = find_preset(&preset)?;
                let (change, id) = (self.change(asker), ChildId(child));
                self.child(id)?;
                self.ask_store(move |store| {
                    store.set_preset(&change, id, preset.id.0, &preset.source, &preset.rules).map(drop)
                })
                .await
                .map_err(store_failure)?;
                self.changed().await?;
                Ok(Answer::Rules(self.rules(id)?))
            }
            Question::History { child } => {
                let id = ChildId(child);
                self.child(id)?;
                let revisions =
                    self.ask_store(move |store| store.history(id, PAGE)).await.map_err(store_failure)?;
                Ok(Answer::History(lanh_protocol::fitting(
                    revisions
                        .iter()
                        .map(|revision| wire::ChangeView {
                            revision: revision.id.0,
                            at: revision.change.at,
                            by: actor_word(&revision.change.by),
                            before: revision
                                .rules_before
                                .iter()
                                .map(|rule| convert::rule_view(rule, self))
                                .collect(),
                            after: revision
                                .rules_after
                                .iter()
                                .map(|rule| convert::rule_view(rule, self))
                                .collect(),
                        })
                        .collect(),
                )))
            }
            Question::Rollback { child, revision } => {
                let (change, id) = (self.change(asker), ChildId(child));
                let known =
                    self.ask_store(move |store| store.history(id, u32::MAX)).await.map_err(store_failure)?;
                self.child(id)?;
                let revision = match (revision, known.last()) {
                    // Everything is undone; without a change there is nothing to undo.
                    (0, None) => return Ok(Answer::Rules(self.rules(id)?)),
                    (0, Some(first)) => first.id.0,
                    (revision, _) => revision,
                };
                if !known.iter().any(|entry| entry.id.0 == revision) {
                    return Err(not_found(Thing::Revision, revision));
                }
                self.ask_store(move |store| store.undo(&change, RevisionId(revision)).map(drop))
                    .await
                    .map_err(store_failure)?;
                self.changed().await?;
                Ok(Answer::Rules(self.rules(id)?))
            }
            Question::Apps { unsorted } => self.apps(unsorted).await,
            Question::PutApp { app, category, rating } => self.put_app(asker, app, category, rating).await,
            Question::RescanApps => {
                let roots = self.roots();
                let catalogue = std::sync::Arc::clone(&self.catalogue);
                let installed = tokio::task::spawn_blocking(move || Installed::scan(&roots, &catalogue))
                    .await
                    .map_err(|error| failure(FailureCode::Internal, error.to_string()))?;
                self.use_installed(std::sync::Arc::new(installed)).await.map_err(store_failure)?;
                self.apps(false).await
            }
            Question::Grant { child, target, seconds } => {
                let id = ChildId(child);
                self.child(id)?;
                let grant = self.new_grant(id, convert::target(&target), seconds)?;
                let change = self.change(asker);
                let grant = self
                    .ask_store(move |store| store.add_grant(&change, &grant))
                    .await
                    .map_err(store_failure)?;
                Ok(Answer::Grant(self.granted(grant)))
            }
            Question::RevokeGrant { grant } => {
                let change = self.change(asker);
                self.ask_store(move |store| store.revoke_grant(&change, GrantId(grant)))
                    .await
                    .map_err(store_failure)?;
                self.feed(Event::GrantRevoked(GrantId(grant)));
                self.keep_copies(false);
                Ok(Answer::Done)
            }
            Question::AnswerRequest { request, seconds, words } => {
                self.answer_request(asker, RequestId(request), seconds, words).await
            }
            Question::AnswerDispute { dispute, accept, words } => {
                self.answer_dispute(asker, dispute, accept, words).await
            }
            Question::Correct { child, target, from, until, words } => {
                self.correct(asker, ChildId(child), DisputeAsked { target, from, until, words }).await
            }
            Question::Settings => Ok(Answer::Settings(self.settings_view().await?)),
            Question::PutSettings(settings) => self.put_settings(asker, settings).await,
            Question::Audit { limit, before } => {
                if !(1..=1_000).contains(&limit) {
                    return Err(invalid(
                        format!("ask for 1 to 1,000 lines, not {limit}"),
                        Detail::Lines { at_most: 1_000 },
                    ));
                }
                let entries = self
                    .ask_store(move |store| store.audit_page(before, limit))
                    .await
                    .map_err(store_failure)?;
                Ok(Answer::Audit(
                    entries
                        .into_iter()
                        .map(|entry| wire::AuditLine {
                            seq: entry.number,
                            at: entry.at,
                            kind: entry.kind.as_str().to_owned(),
                            actor: actor_word(&entry.actor),
                            child: entry.child.map(|child| child.0),
                            detail: entry.detail,
                        })
                        .collect(),
                ))
            }
            Question::VerifyAudit => {
                let verified = self.ask_store(|store| store.verify_audit()).await.map_err(store_failure)?;
                Ok(match verified {
                    Ok(state) => Answer::AuditVerified { entries: state.count, broken_at: None },
                    Err(broken) => Answer::AuditVerified { entries: 0, broken_at: Some(broken.at) },
                })
            }
            Question::Backups => {
                let folder = self.backups_dir();
                let found = Store::backups(&folder).map_err(store_failure)?;
                Ok(Answer::Backups(found.iter().map(backup_view).collect()))
            }
            Question::Restore { name } => self.restore(asker, &name).await,
            Question::Accounts => self.accounts_view(),
            other => Err(failure(FailureCode::Internal, format!("{} has no answer", question_name(&other)))),
        }
    }

    pub(crate) fn change(&mut self, asker: &Asker) -> Change {
        Change { by: asker.actor(), at: self.trusted_now() }
    }

    async fn changed(&mut self) -> Result<(), Failure> {
        self.family_changed().await.map_err(store_failure)
    }

    pub(crate) fn child(&self, id: ChildId) -> Result<&Child, Failure> {
        self.engine
            .family()
            .children
            .iter()
            .find(|child| child.id == id)
            .ok_or_else(|| not_found(Thing::Child, id))
    }

    fn rule_of(&self, child: ChildId, rule: u64) -> Result<(), Failure> {
        let known = self.child(child)?.rules.iter().any(|known| known.id.0 == rule);
        if known { Ok(()) } else { Err(not_found(Thing::Rule, rule)) }
    }

    fn rules(&self, id: ChildId) -> Result<Vec<wire::RuleView>, Failure> {
        Ok(self.child(id)?.rules.iter().map(|rule| convert::rule_view(rule, self)).collect())
    }

    pub(crate) fn today(&self) -> NaiveDate {
        self.engine.trusted_now().with_timezone(&self.zone()).date_naive()
    }

    pub(crate) fn zone(&self) -> Tz {
        self.engine.family().zone
    }

    // Anybody.

    async fn info(&self, asker: &Asker) -> Result<Answer, Failure> {
        let set_up = match self.ask_store(|store| store.has_secret()).await {
            // The disk is stuck: whoever knows the PIN is asked for it as always.
            Err(StoreError::Busy) => true,
            known => known.map_err(store_failure)?,
        };
        // What is broken is a hint for a child; it is told to guardians, and to anybody before set-up.
        let tell = !set_up || asker.role == Role::Guardian;
        Ok(Answer::Info(wire::ServiceInfo {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            mode: match self.platform.privilege() {
                lanh_platform::Privilege::Root => wire::ModeView::Root,
                lanh_platform::Privilege::User(_) => wire::ModeView::User,
            },
            set_up,
            role: asker.role.clone(),
            troubles: if tell { self.all_troubles() } else { Vec::new() },
        }))
    }

    async fn set_secret(&mut self, asker: &Asker, secret: String) -> Result<Answer, Failure> {
        let set_up = self.ask_store(|store| store.has_secret()).await.map_err(store_failure)?;
        let first_user = match self.platform.privilege() {
            lanh_platform::Privilege::User(own) => !set_up && asker.uid == own,
            lanh_platform::Privilege::Root => false,
        };
        if !first_user {
            asker.guardian()?;
        }
        let change = self.change(asker);
        let code =
            self.ask_store(move |store| store.set_secret(&change, &secret)).await.map_err(store_failure)?;
        if let Some(state) = self.peers.get_mut(&asker.peer) {
            state.unlocked = true;
        }
        self.keep_copies(false);
        Ok(recovery(&code))
    }

    async fn recover(&mut self, asker: &Asker, code: String, secret: String) -> Result<Answer, Failure> {
        // The code is tried in the name of the account, so that its delays are the account's.
        let change = Change { by: Actor::Account(Account::from_uid(asker.uid)), at: self.trusted_now() };
        let now = change.at;
        let wait =
            |until: DateTime<Utc>| u64::try_from((until - now).num_seconds().max(0)).unwrap_or_default();
        let outcome = self
            .ask_store(move |store| store.recover_secret(&change, &code, &secret))
            .await
            .map_err(store_failure)?;
        match outcome {
            RecoveryOutcome::Done(next) => {
                if let Some(state) = self.peers.get_mut(&asker.peer) {
                    state.unlocked = true;
                }
                self.keep_copies(false);
                Ok(recovery(&next))
            }
            RecoveryOutcome::Wrong { next_try } => Err(Failure {
                code: FailureCode::WrongSecret,
                message: "that is not the recovery code".to_owned(),
                detail: None,
                retry_after: Some(wait(next_try)),
            }),
            RecoveryOutcome::TooSoon { until } => Err(Failure {
                code: FailureCode::TooSoon,
                message: format!("too many wrong tries; try again in {} seconds", wait(until).max(1)),
                detail: None,
                retry_after: Some(wait(until).max(1)),
            }),
            RecoveryOutcome::NotSet => {
                Err(failure(FailureCode::NotSetUp, "no recovery code was given out yet; run: lanh setup"))
            }
        }
    }

    // A child about itself; a guardian about any child.

    async fn status(&mut self, asker: &Asker, child: Option<u64>) -> Result<Answer, Failure> {
        let wanted = self.about(asker, child)?;
        self.feed(Event::Tick);
        // How a child stands is told also while the disk is stuck.
        let requests = match self.ask_store(|store| store.open_requests(None)).await {
            Err(StoreError::Busy) => Vec::new(),
            requests => requests.map_err(store_failure)?,
        };
        let help_lines = self.help_lines().await?;
        let mut children = Vec::with_capacity(wanted.len());
        for id in wanted {
            let profile = self.child(id)?;
            let standing = self.engine.standing(id).ok_or_else(|| not_found(Thing::Child, id))?;
            let companion = self.peers.values().any(|peer| {
                peer.session.is_some()
                    && peer.genuine
                    && profile.accounts.contains(&Account::from_uid(peer.uid))
            });
            children.push(wire::StandingView {
                child: self.child_view(profile),
                screen: convert::verdict_view(&standing.screen, self),
                used_today: convert::seconds(standing.used_today),
                budgets: standing.budgets.iter().map(|line| convert::budget_view(line, self)).collect(),
                running: standing
                    .running
                    .iter()
                    .map(|(app, verdict)| wire::RunningView {
                        app: self.app_view(app),
                        verdict: convert::verdict_view(verdict, self),
                        in_use: standing.in_use.contains(&app.id),
                    })
                    .collect(),
                grants: self.grant_views(id),
                requests: requests
                    .iter()
                    .filter(|request| request.child == id)
                    .map(|request| self.request_view(request, None))
                    .collect(),
                companion,
            });
        }
        Ok(Answer::Status(wire::StatusView {
            now: self.engine.trusted_now(),
            zone: self.zone().name().to_owned(),
            children,
            help_lines,
        }))
    }

    fn why(&mut self, child: ChildId, view: &wire::TargetView) -> Result<Answer, Failure> {
        self.feed(Event::Tick);
        let target = convert::target(view);
        let profile = self.child(child)?;
        let standing = self.engine.standing(child).ok_or_else(|| not_found(Thing::Child, child))?;
        let example = match &target {
            Target::App(id) => Some(self.shared.recogniser().app(id)),
            Target::Category(category) | Target::Each(category) => {
                Some(App { id: AppId::new("any"), name: String::new(), category: *category, rating: None })
            }
            Target::Screen => None,
        };
        let verdict = match &example {
            None => standing.screen.clone(),
            Some(app) => self.engine.verdict(child, app).ok_or_else(|| not_found(Thing::Child, child))?,
        };
        let bears = |on: &Target| match (&example, on) {
            (_, Target::Screen) => true,
            (Some(app), on) => on.covers(app),
            (None, _) => false,
        };
        let rules = profile
            .rules
            .iter()
            .filter(|rule| match &rule.kind {
                RuleKind::Allowance(allowance) => bears(&allowance.target),
                RuleKind::Schedule(schedule) => bears(&schedule.target),
                RuleKind::Break(rule) => bears(&rule.target),
                RuleKind::Block(on) | RuleKind::Exemption(on) | RuleKind::HealthText { target: on, .. } => {
                    bears(on)
                }
                RuleKind::Bank(bank) => bears(&bank.target),
                RuleKind::Earn(earn) => bears(&earn.target) || bears(&earn.by),
                RuleKind::RatingCeiling(_) | RuleKind::AllowOnly(_) => example.is_some(),
            })
            .map(|rule| convert::rule_view(rule, self))
            .collect();
        let budgets = standing
            .budgets
            .iter()
            .filter(|line| bears(&line.target))
            .map(|line| convert::budget_view(line, self));
        Ok(Answer::Why(wire::WhyView {
            target: convert::target_view(&target, self),
            verdict: convert::verdict_view(&verdict, self),
            rules,
            budgets: budgets.collect(),
        }))
    }

    async fn why_charged(&mut self, child: ChildId, at: DateTime<Utc>) -> Result<Answer, Failure> {
        self.child(child)?;
        self.feed(Event::Tick);
        let zone = self.zone();
        let day = day_start(zone, at.with_timezone(&zone).date_naive());
        let entries = self
            .ask_store(move |store| store.ledger(child, day, at + TimeDelta::seconds(1)))
            .await
            .map_err(store_failure)?;
        let intervals = entries
            .iter()
            .filter(|entry| entry.from <= at && at <= entry.until)
            .map(|entry| convert::interval_view(entry, self))
            .collect();
        Ok(Answer::Usage(wire::UsageView {
            child: child.0,
            zone: zone.name().to_owned(),
            sums: Vec::new(),
            intervals,
        }))
    }

    async fn usage(
        &mut self,
        child: ChildId,
        from: NaiveDate,
        until: NaiveDate,
        with_intervals: bool,
    ) -> Result<Answer, Failure> {
        self.child(child)?;
        crate::fair::check_days(from, until, LONGEST_USAGE)?;
        self.feed(Event::Tick);
        let zone = self.zone();
        let days: Vec<NaiveDate> = from.iter_days().take_while(|day| *day <= until).collect();
        let bounds: Vec<_> = days.iter().map(|day| day_bounds(zone, *day)).collect();
        let (first, last) = (
            bounds.first().map(|(start, _)| *start).unwrap_or_default(),
            bounds.last().map(|(_, end)| *end).unwrap_or_default(),
        );
        let uses = self.ask_store(move |store| store.usage(child, &bounds)).await.map_err(store_failure)?;
        let sums = days
            .iter()
            .zip(&uses)
            .flat_map(|(day, day_use)| day_use.lines.iter().map(move |line| (*day, line)))
            .map(|(day, line)| wire::UsageSum {
                day,
                target: convert::target_view(&line.target, self),
                used: convert::seconds(line.charged + line.granted + line.free),
                charged: convert::seconds(line.charged),
                granted: convert::seconds(line.granted),
            })
            .collect();
        let intervals = if with_intervals {
            self.ask_store(move |store| store.ledger(child, first, last)).await.map_err(store_failure)?
        } else {
            Vec::new()
        };
        Ok(Answer::Usage(wire::UsageView {
            child: child.0,
            zone: zone.name().to_owned(),
            sums,
            intervals: intervals.iter().map(|entry| convert::interval_view(entry, self)).collect(),
        }))
    }

    async fn ask_for_time(
        &mut self,
        child: ChildId,
        target: &wire::TargetView,
        seconds: u64,
        words: String,
    ) -> Result<Answer, Failure> {
        let amount = granted_amount(seconds)?;
        let request = NewRequest { child, target: convert::target(target), amount, words };
        let at = self.trusted_now();
        let request =
            self.ask_store(move |store| store.add_request(at, &request)).await.map_err(store_failure)?;
        let view = self.request_view(&request, None);
        self.tell_guardians(&Notice::RequestOpened(view.clone()));
        self.tell_child(child, &Notice::Changed { child: child.0 });
        Ok(Answer::Request(view))
    }

    /// The children that a list is about: for a guardian who names nobody, all.
    pub(crate) fn about(&self, asker: &Asker, child: Option<u64>) -> Result<Vec<ChildId>, Failure> {
        match (&asker.role, child) {
            (Role::Guardian, None) => {
                Ok(self.engine.family().children.iter().map(|child| child.id).collect())
            }
            (_, child) => Ok(vec![asker.about(child)?]),
        }
    }

    async fn requests(&mut self, asker: &Asker, child: Option<u64>, all: bool) -> Result<Answer, Failure> {
        let wanted = self.about(asker, child)?;
        let mut views = Vec::new();
        for id in wanted {
            self.child(id)?;
            let (requests, grants) = self
                .ask_store(move |store| {
                    let requests =
                        if all { store.requests(id, PAGE)? } else { store.open_requests(Some(id))? };
                    Ok((requests, store.grants(id, DateTime::UNIX_EPOCH)?))
                })
                .await
                .map_err(store_failure)?;
            views.extend(requests.iter().map(|request| {
                let granted = match request.state {
                    RequestState::Granted(id) => {
                        grants.iter().find(|record| record.grant.id == id).map(|record| record.grant.amount)
                    }
                    _ => None,
                };
                self.request_view(request, granted)
            }));
        }
        views.sort_by(|left, right| right.at.cmp(&left.at).then(right.id.cmp(&left.id)));
        Ok(Answer::Requests(views))
    }

    fn grants(&mut self, child: ChildId) -> Result<Answer, Failure> {
        self.child(child)?;
        self.feed(Event::Tick);
        Ok(Answer::Grants(self.grant_views(child)))
    }

    // The companion.

    async fn attach_companion(&mut self, asker: &Asker, session: Option<String>) -> Result<Answer, Failure> {
        let settings = self.settings_view().await?;
        let child = self.children_by_uid().get(&asker.uid).map(|child| child.0);
        if child.is_some() {
            self.attach(asker.peer, asker.uid, session);
        }
        Ok(Answer::Companion(wire::CompanionOrders {
            child,
            idle_after: settings.idle_after,
            report_every: crate::peers::SILENCE.as_secs() / 3,
            help_lines: settings.help_lines,
        }))
    }

    // A guardian.

    /// A child as it shall be, within bounds that the service vouches for.
    fn checked_child(&mut self, view: wire::ChildView) -> Result<CheckedChild, Failure> {
        let mut accounts = Vec::with_capacity(view.accounts.len());
        for name in view.accounts {
            let Some(account) = self.accounts().by_name(&name) else {
                let message = format!("there is no account {name:?} on this machine");
                return Err(invalid(message, Detail::Missing { thing: Thing::Account, name }));
            };
            if account.uid == 0 {
                return Err(invalid("root cannot be a child's account", Detail::RootAccount));
            }
            if let lanh_platform::Privilege::User(own) = self.platform.privilege()
                && own != account.uid
            {
                let message = format!(
                    "without root only the account that runs the service can be supervised, not {name}"
                );
                return Err(Failure {
                    detail: Some(Detail::OtherAccount { account: name }),
                    ..failure(FailureCode::Unavailable, message)
                });
            }
            accounts.push(account.account);
        }
        let until = self.trusted_now().with_timezone(&self.zone()).year();
        let from = until - 100;
        if !(from..=until).contains(&view.birth_year) {
            return Err(invalid(
                format!("a birth year lies between {from} and {until}"),
                Detail::BirthYear { from, until },
            ));
        }
        Ok(CheckedChild {
            id: (view.id != 0).then_some(ChildId(view.id)),
            name: view.name,
            birth_year: view.birth_year,
            accounts,
            settings: view.enforcement.as_ref().map(checked_settings).transpose()?,
        })
    }

    async fn put_child(
        &mut self,
        asker: &Asker,
        view: wire::ChildView,
        preset: Option<String>,
    ) -> Result<Answer, Failure> {
        let preset = preset.as_deref().map(find_preset).transpose()?;
        let child = self.checked_child(view)?;
        let change = self.change(asker);
        let id = self
            .ask_store(move |store| {
                store.atomic(|store| {
                    let id = child.keep(store, &change)?;
                    if let Some(preset) = preset {
                        store.set_preset(&change, id, preset.id.0, &preset.source, &preset.rules)?;
                    }
                    Ok(id)
                })
            })
            .await
            .map_err(|error| self.with_login(store_failure(error)))?;
        self.changed().await?;
        // A newcomer's home may hold programs of its own.
        self.rescan_programs();
        let child = self.child(id)?.clone();
        Ok(Answer::Child(self.child_view(&child)))
    }

    /// People know accounts by their login names, which the store does not.
    fn with_login(&self, mut failure: Failure) -> Failure {
        if let Some(Detail::AccountTaken { account }) = &mut failure.detail
            && let Ok(people) = self.accounts().people()
            && let Some(known) = people.iter().find(|known| known.account.to_string() == *account)
        {
            account.clone_from(&known.name);
        }
        failure
    }

    /// Several children at once, as one transaction: whatever is wrong with one of them changes nothing.
    async fn put_policy(
        &mut self,
        asker: &Asker,
        children: Vec<wire::ChildPolicy>,
    ) -> Result<Answer, Failure> {
        let today = self.today();
        let mut plan = Vec::with_capacity(children.len());
        for policy in children {
            let child = self.checked_child(policy.child)?;
            if let Some(id) = child.id {
                self.child(id)?;
            }
            let preset = policy.preset.as_deref().map(find_preset).transpose()?;
            let rules = policy
                .rules
                .iter()
                .map(|rule| convert::rule_kind(rule, today))
                .collect::<Result<Vec<_>, _>>();
            plan.push((child, preset, rules.map_err(convert_failure)?));
        }
        let change = self.change(asker);
        let ids = self
            .ask_store(move |store| {
                store.atomic(|store| {
                    // First of all, so that accounts may change hands within one file.
                    for (child, ..) in &plan {
                        child.let_accounts_go(store, &change)?;
                    }
                    let mut ids = Vec::with_capacity(plan.len());
                    for (child, preset, rules) in &plan {
                        let id = child.keep(store, &change)?;
                        keep_preset(store, &change, id, preset.as_ref())?;
                        keep_rules(store, &change, id, rules)?;
                        ids.push(id);
                    }
                    Ok(ids)
                })
            })
            .await
            .map_err(|error| self.with_login(store_failure(error)))?;
        self.changed().await?;
        self.rescan_programs();
        let family = self.engine.family();
        let kept = family.children.iter().filter(|child| ids.contains(&child.id));
        Ok(Answer::Children(kept.map(|child| self.child_view(child)).collect()))
    }

    async fn put_rule(
        &mut self,
        asker: &Asker,
        child: u64,
        replaces: Option<u64>,
        view: &wire::NewRule,
    ) -> Result<Answer, Failure> {
        let id = ChildId(child);
        let kind = convert::rule_kind(view, self.today()).map_err(convert_failure)?;
        let change = self.change(asker);
        self.child(id)?;
        let rule = match replaces {
            Some(rule) => {
                self.rule_of(id, rule)?;
                self.ask_store(move |store| {
                    store.replace_rule(&change, RuleId(rule), &kind).map(|()| RuleId(rule))
                })
                .await
            }
            None => self.ask_store(move |store| store.add_rule(&change, id, &Origin::Guardian, &kind)).await,
        }
        .map_err(store_failure)?;
        self.changed().await?;
        let rules = self.rules(id)?;
        rules
            .into_iter()
            .find(|view| view.id == rule.0)
            .map(Answer::Rule)
            .ok_or_else(|| not_found(Thing::Rule, rule))
    }

    async fn apps(&mut self, unsorted: bool) -> Result<Answer, Failure> {
        let known = self.ask_store(|store| store.apps()).await.map_err(store_failure)?;
        let by_id: HashMap<&AppId, &KnownApp> = known.iter().map(|known| (&known.found.id, known)).collect();
        let recogniser = self.shared.recogniser();
        let installed = recogniser.installed();
        let mut views: Vec<wire::AppView> = installed
            .list()
            .iter()
            .map(|found| app_view(&recogniser.app(&found.id), &recogniser, by_id.get(&found.id).copied()))
            .collect();
        views.extend(
            known
                .iter()
                .filter(|known| installed.get(&known.found.id).is_none())
                .map(|known| app_view(&known.app(), &recogniser, Some(known))),
        );
        if unsorted {
            views.retain(|view| view.basis == "guess");
        }
        views.sort_by(|left, right| {
            right.last_seen.cmp(&left.last_seen).then_with(|| left.name.cmp(&right.name))
        });
        Ok(Answer::Apps(views))
    }

    async fn put_app(
        &mut self,
        asker: &Asker,
        app: String,
        category: Option<String>,
        rating: Option<String>,
    ) -> Result<Answer, Failure> {
        let id = AppId::new(app);
        let category =
            category.as_deref().map(convert::decision_from_word).transpose().map_err(convert_failure)?;
        let rating = rating.as_deref().map(convert::rating_from_word).transpose().map_err(convert_failure)?;
        let looked_up = id.clone();
        let known = self.ask_store(move |store| store.app(&looked_up)).await.map_err(store_failure)?;
        let recogniser = self.shared.recogniser();
        if known.is_none() && recogniser.installed().get(&id).is_none() {
            return Err(not_found(Thing::App, &id));
        }
        let category = category.unwrap_or(known.as_ref().and_then(|known| known.set_category));
        let rating = rating.unwrap_or(known.as_ref().and_then(|known| known.set_rating));
        let (change, name, changed) = (self.change(asker), recogniser.app(&id).name, id.clone());
        self.ask_store(move |store| store.set_app(&change, &changed, &name, category, rating))
            .await
            .map_err(store_failure)?;
        let installed = std::sync::Arc::clone(recogniser.installed());
        self.use_installed(installed).await.map_err(store_failure)?;
        let wanted = id.clone();
        let known = self.ask_store(move |store| store.app(&wanted)).await.map_err(store_failure)?;
        let recogniser = self.shared.recogniser();
        Ok(Answer::App(app_view(&recogniser.app(&id), &recogniser, known.as_ref())))
    }

    fn new_grant(&mut self, child: ChildId, target: Target, seconds: u64) -> Result<NewGrant, Failure> {
        let amount = granted_amount(seconds)?;
        let from = self.trusted_now();
        let zone = self.zone();
        let today = from.with_timezone(&zone).date_naive();
        let midnight = day_start(zone, today.checked_add_days(Days::new(1)).unwrap_or(today));
        // A grant is for today, but one that is given late at night is not cut short by midnight.
        let span = TimeDelta::from_std(amount).unwrap_or_default();
        Ok(NewGrant { child, target, amount, from, until: midnight.max(from + span) })
    }

    /// Puts a stored grant into force and tells about it.
    fn granted(&mut self, grant: lanh_policy::Grant) -> wire::GrantView {
        let child = grant.child;
        let view = wire::GrantView {
            id: grant.id.0,
            child: child.0,
            target: convert::target_view(&grant.target, self),
            amount: convert::seconds(grant.amount),
            left: convert::seconds_up(grant.amount.saturating_sub(grant.drawn)),
            until: grant.until,
        };
        self.given.insert(grant.id, (grant.amount, grant.until));
        self.feed(Event::Granted(grant));
        self.keep_copies(false);
        self.tell_child(child, &Notice::Granted(view.clone()));
        view
    }

    async fn answer_request(
        &mut self,
        asker: &Asker,
        id: RequestId,
        seconds: Option<u64>,
        words: String,
    ) -> Result<Answer, Failure> {
        let request = self
            .ask_store(move |store| store.request(id))
            .await
            .map_err(store_failure)?
            .ok_or_else(|| not_found(Thing::Request, id))?;
        let change = self.change(asker);
        let granted = match seconds {
            Some(seconds) => {
                let grant = self.new_grant(request.child, request.target.clone(), seconds)?;
                let grant = self
                    .ask_store(move |store| store.grant_request(&change, id, &grant))
                    .await
                    .map_err(store_failure)?;
                let amount = grant.amount;
                self.granted(grant);
                Some(amount)
            }
            None => {
                self.ask_store(move |store| store.deny_request(&change, id, &words))
                    .await
                    .map_err(store_failure)?;
                None
            }
        };
        let request = self
            .ask_store(move |store| store.request(id))
            .await
            .map_err(store_failure)?
            .ok_or_else(|| not_found(Thing::Request, id))?;
        let view = self.request_view(&request, granted);
        self.tell_child(request.child, &Notice::RequestAnswered(view.clone()));
        Ok(Answer::Request(view))
    }

    async fn settings_view(&self) -> Result<wire::SettingsView, Failure> {
        let settings = self.ask_store(|store| store.family_settings()).await.map_err(store_failure)?;
        Ok(wire::SettingsView {
            zone: settings.zone.name().to_owned(),
            week_start: convert::weekday_word(settings.week_start).to_owned(),
            retention_days: settings.retention_days,
            totals_only: settings.totals_only,
            help_lines: settings.help_lines.into_iter().map(|line| line.number).collect(),
            idle_after: settings.idle_after,
        })
    }

    async fn put_settings(&mut self, asker: &Asker, view: wire::SettingsView) -> Result<Answer, Failure> {
        let zone: Tz = view.zone.parse().map_err(|_| {
            invalid(
                format!("{:?} is no time zone; say one like Asia/Ho_Chi_Minh", view.zone),
                Detail::Zone { text: view.zone.clone() },
            )
        })?;
        let week_start = convert::weekday(&view.week_start).map_err(convert_failure)?;
        let plain = |number: &String| {
            (2..=20).contains(&number.len())
                && number.chars().all(|digit| digit.is_ascii_digit() || " +.-".contains(digit))
        };
        if let Some(wrong) = view.help_lines.iter().find(|number| !plain(number)) {
            return Err(invalid(
                format!("{wrong:?} is no telephone number"),
                Detail::Telephone { text: wrong.clone() },
            ));
        }
        let change = self.change(asker);
        self.ask_store(move |store| {
            let old = store.family_settings()?;
            let help_lines = view
                .help_lines
                .into_iter()
                .map(|number| {
                    let known = old.help_lines.iter().find(|line| line.number == number).cloned();
                    known.unwrap_or_else(|| HelpLine { name: number.clone(), number })
                })
                .collect();
            let settings = FamilySettings {
                zone,
                week_start,
                retention_days: view.retention_days,
                totals_only: view.totals_only,
                help_lines,
                idle_after: view.idle_after,
                ..old
            };
            store.set_family_settings(&change, &settings)
        })
        .await
        .map_err(store_failure)?;
        self.changed().await?;
        Ok(Answer::Settings(self.settings_view().await?))
    }

    /// The numbers to call for help; while the disk is stuck, as they were read last.
    async fn help_lines(&mut self) -> Result<Vec<String>, Failure> {
        match self.ask_store(|store| store.family_settings()).await {
            Ok(settings) => {
                self.help_lines = settings.help_lines.into_iter().map(|line| line.number).collect();
            }
            Err(StoreError::Busy) => {}
            Err(error) => return Err(store_failure(error)),
        }
        Ok(self.help_lines.clone())
    }

    pub(crate) fn backups_dir(&self) -> std::path::PathBuf {
        crate::opening::backups(&self.state_dir)
    }

    /// Makes a backup on a thread of its own; the core hears when it is done.
    pub(crate) fn back_up(&mut self, wanted: BackupFor) {
        let (folder, now) = (self.backups_dir(), self.trusted_now());
        let rotation = self.config.rotation();
        let later = self.later.clone();
        let asked = self.store.ask(
            |store| Ok(store.backup_job()),
            move |job| {
                let made = std::thread::Builder::new().name("backup".to_owned()).spawn(move || {
                    let made = job.and_then(|job| job.run(&folder, now, rotation, |_progress| {}));
                    let _ = later.blocking_send(Later::BackedUp(wanted, made));
                });
                if let Err(error) = made {
                    tracing::error!(%error, "a backup could not be begun");
                }
            },
        );
        if let Err(error) = asked {
            tracing::error!(%error, "a backup could not be begun");
        }
    }

    /// What came of a backup.
    pub(crate) fn backed_up(&mut self, wanted: BackupFor, made: Result<lanh_store::BackupFile, StoreError>) {
        let made = made.map(|backup| backup_view(&backup));
        match &made {
            Ok(backup) => tracing::info!(name = backup.name, "a backup was made"),
            Err(error) => tracing::error!(%error, "a backup could not be made"),
        }
        let BackupFor::Guardian(actor, reply) = wanted else { return };
        if let Ok(backup) = &made {
            self.audit(AuditKind::BACKUP, actor, None, format!("backup {} was made", backup.name));
        }
        let _ = reply.send(made.map(Answer::Backup).map_err(store_failure));
    }

    /// A restore replaces the file that is open, so the service starts anew with it.
    async fn restore(&mut self, asker: &Asker, name: &str) -> Result<Answer, Failure> {
        let found = Store::backups(&self.backups_dir()).map_err(store_failure)?;
        let backup = found
            .into_iter()
            .find(|backup| backup_view(backup).name == name)
            .ok_or_else(|| not_found(Thing::Backup, name))?;
        let now = self.trusted_now();
        self.audit(AuditKind::BACKUP, asker.actor(), None, format!("backup {name} is being restored"));
        self.restore = Some((backup.path, now));
        Ok(Answer::Done)
    }

    fn accounts_view(&self) -> Result<Answer, Failure> {
        let people = self.accounts().people().map_err(|error| {
            let message = format!("the accounts cannot be read: {error}");
            Failure { detail: Some(Detail::AccountsUnreadable), ..failure(FailureCode::Unavailable, message) }
        })?;
        let family = self.engine.family();
        Ok(Answer::Accounts(
            people
                .into_iter()
                .map(|account| wire::AccountView {
                    child: family
                        .children
                        .iter()
                        .find(|child| child.accounts.contains(&account.account))
                        .map(|child| child.id.0),
                    name: account.name,
                    id: account.account.to_string(),
                    full_name: account.full_name,
                    administrator: account.administrator,
                    no_password: match account.password {
                        lanh_platform::PasswordState::Empty => Some(true),
                        lanh_platform::PasswordState::Set | lanh_platform::PasswordState::Locked => {
                            Some(false)
                        }
                        lanh_platform::PasswordState::Unknown => None,
                    },
                })
                .collect(),
        ))
    }

    // Views.

    fn child_view(&self, child: &Child) -> wire::ChildView {
        let accounts = self.accounts();
        wire::ChildView {
            id: child.id.0,
            name: child.name.clone(),
            birth_year: child.birth_year,
            accounts: child
                .accounts
                .iter()
                .map(|account| {
                    account
                        .uid()
                        .and_then(|uid| accounts.by_uid(uid))
                        .map_or_else(|| account.to_string(), |facts| facts.name)
                })
                .collect(),
            enforcement: Some(convert::enforcement_view(&child.settings)),
        }
    }

    fn preset_view(&self, preset: &Preset) -> wire::PresetView {
        wire::PresetView {
            id: preset.id.0.to_owned(),
            ages: preset.ages,
            citation: preset.source.citation.clone(),
            since: preset.source.since,
            rules: preset.rules.iter().map(|kind| convert::rule_kind_view(kind, self)).collect(),
        }
    }

    fn grant_views(&self, child: ChildId) -> Vec<wire::GrantView> {
        let standing = self.engine.standing(child);
        standing
            .iter()
            .flat_map(|standing| &standing.grants)
            .filter_map(|(id, target, left)| {
                let (amount, until) = *self.given.get(id)?;
                Some(wire::GrantView {
                    id: id.0,
                    child: child.0,
                    target: convert::target_view(target, self),
                    amount: convert::seconds(amount),
                    left: convert::seconds_up(*left),
                    until,
                })
            })
            .collect()
    }

    fn request_view(&self, request: &lanh_policy::Request, granted: Option<Duration>) -> wire::RequestView {
        let name = self.child(request.child).map(|child| child.name.clone()).unwrap_or_default();
        wire::RequestView {
            id: request.id.0,
            child: request.child.0,
            name,
            target: convert::target_view(&request.target, self),
            seconds: convert::seconds(request.amount),
            words: request.words.clone(),
            at: request.at,
            state: match &request.state {
                RequestState::Open => wire::RequestStateView::Open,
                RequestState::Granted(_) => wire::RequestStateView::Granted {
                    seconds: convert::seconds(granted.unwrap_or(request.amount)),
                },
                RequestState::Denied(words) => wire::RequestStateView::Denied { words: words.clone() },
            },
        }
    }

    pub(crate) fn tell_guardians(&mut self, notice: &Notice) {
        let audience: Vec<PeerId> = self
            .peers
            .iter()
            .filter(|(_, peer): &(&PeerId, &PeerState)| peer.watching && self.role(peer) == Role::Guardian)
            .map(|(id, _)| *id)
            .collect();
        for peer in audience {
            self.tell(peer, notice);
        }
    }
}

/// A child that was looked at and can be kept.
struct CheckedChild {
    /// `None`: a new one.
    id: Option<ChildId>,
    name: String,
    birth_year: i32,
    accounts: Vec<Account>,
    settings: Option<lanh_policy::Settings>,
}

impl CheckedChild {
    /// Unbinds the accounts that are the child's no more.
    fn let_accounts_go(&self, store: &mut Store, change: &Change) -> lanh_store::Result<()> {
        let Some(id) = self.id else { return Ok(()) };
        let old = store.child(id)?.ok_or(StoreError::NotFound { what: "child", id: id.0 })?;
        for account in old.accounts.iter().filter(|account| !self.accounts.contains(account)) {
            store.unbind_account(change, id, account)?;
        }
        Ok(())
    }

    /// Adds the child, or changes the one that it is.
    fn keep(&self, store: &mut Store, change: &Change) -> lanh_store::Result<ChildId> {
        let Some(id) = self.id else {
            return store.add_child(
                change,
                &NewChild {
                    name: self.name.clone(),
                    birth_year: self.birth_year,
                    accounts: self.accounts.clone(),
                    settings: self.settings.clone().unwrap_or_default(),
                },
            );
        };
        self.let_accounts_go(store, change)?;
        let old = store.child(id)?.ok_or(StoreError::NotFound { what: "child", id: id.0 })?;
        store.edit_child(change, id, &self.name, self.birth_year)?;
        for account in self.accounts.iter().filter(|account| !old.accounts.contains(account)) {
            store.bind_account(change, id, account)?;
        }
        if let Some(settings) = &self.settings
            && *settings != old.settings
        {
            store.set_settings(change, id, settings)?;
        }
        Ok(id)
    }
}

/// Lets the rules of exactly this preset hold. Rules that hold already keep their numbers.
fn keep_preset(
    store: &mut Store,
    change: &Change,
    id: ChildId,
    wanted: Option<&Preset>,
) -> lanh_store::Result<()> {
    let child = store.child(id)?.ok_or(StoreError::NotFound { what: "child", id: id.0 })?;
    let mut holding = Vec::new();
    for rule in &child.rules {
        match (&rule.origin, wanted) {
            (Origin::Preset(preset, _), Some(wanted)) if preset == wanted.id.0 => holding.push(&rule.kind),
            (Origin::Preset(..), _) => store.remove_rule(change, rule.id)?,
            _ => {}
        }
    }
    match wanted {
        Some(wanted) if !holding.iter().copied().eq(&wanted.rules) => {
            store.set_preset(change, id, wanted.id.0, &wanted.source, &wanted.rules).map(drop)
        }
        _ => Ok(()),
    }
}

/// Lets exactly these rules be the guardian's own. Rules that hold already keep their numbers.
fn keep_rules(
    store: &mut Store,
    change: &Change,
    id: ChildId,
    wanted: &[RuleKind],
) -> lanh_store::Result<()> {
    let child = store.child(id)?.ok_or(StoreError::NotFound { what: "child", id: id.0 })?;
    let mut missing: Vec<&RuleKind> = wanted.iter().collect();
    for rule in child.rules.iter().filter(|rule| rule.origin == Origin::Guardian) {
        match missing.iter().position(|kind| **kind == rule.kind) {
            Some(place) => drop(missing.remove(place)),
            None => store.remove_rule(change, rule.id)?,
        }
    }
    for kind in missing {
        store.add_rule(change, id, &Origin::Guardian, kind)?;
    }
    Ok(())
}

pub(crate) fn find_preset(id: &str) -> Result<Preset, Failure> {
    Preset::by_id(id).ok_or_else(|| {
        let all: Vec<&str> = Preset::all().iter().map(|preset| preset.id.0).collect();
        Failure {
            message: format!("there is no preset {id:?}; there are {}", all.join(", ")),
            ..not_found(Thing::Preset, id)
        }
    })
}

pub(crate) fn granted_amount(seconds: u64) -> Result<Duration, Failure> {
    let amount = Duration::from_secs(seconds);
    if amount.is_zero() || amount > LONGEST_GRANT {
        return Err(invalid("time is given in amounts of one second to 24 hours", Detail::Amount));
    }
    Ok(amount)
}

/// Enforcement settings within bounds that keep the limits limits.
fn checked_settings(view: &wire::EnforcementView) -> Result<lanh_policy::Settings, Failure> {
    let hour = 3_600;
    if view.warn_at.len() > 10 || view.warn_at.iter().any(|at| !(10..=12 * hour).contains(at)) {
        return Err(invalid(
            "warnings: at most ten, each 10 seconds to 12 hours before the end",
            Detail::Warnings,
        ));
    }
    if view.save_thaws > 10 || view.save_thaw > 10 * 60 {
        return Err(invalid("saving: at most 10 times, at most 10 minutes each", Detail::Saving));
    }
    if view.hold_for.is_some_and(|hold| hold > 24 * hour) {
        return Err(invalid("a program is held for at most 24 hours", Detail::HoldFor));
    }
    if view.close_grace > 10 * 60 {
        return Err(invalid("the grace before a kill is at most 10 minutes", Detail::CloseGrace));
    }
    Ok(convert::settings(view))
}

fn recovery(code: &RecoveryCode) -> Answer {
    Answer::RecoveryCode(code.to_string())
}

fn backup_view(backup: &lanh_store::BackupFile) -> wire::BackupView {
    let name = backup.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    wire::BackupView { name, at: backup.at, size: backup.bytes }
}

fn actor_word(actor: &Actor) -> String {
    match actor {
        Actor::Service => "service".to_owned(),
        Actor::Guardian => "guardian".to_owned(),
        Actor::Administrator => "administrator".to_owned(),
        Actor::Child(child) => format!("child:{child}"),
        Actor::Account(account) => account.to_string(),
    }
}

/// The question's name on the wire, for the audit log: never what it carries.
fn question_name(question: &Question) -> String {
    let debug = format!("{question:?}");
    debug.split([' ', '(', '{']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_starts_where_its_first_minute_is() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(
            day_start(Tz::Asia__Ho_Chi_Minh, day("2026-11-24")).to_rfc3339(),
            "2026-11-23T17:00:00+00:00"
        );
        // Clocks in Beirut jump from 00:00 to 01:00.
        assert_eq!(day_start(Tz::Asia__Beirut, day("2024-03-31")).to_rfc3339(), "2024-03-30T22:00:00+00:00");
        // Havana has 00:30 twice: the day starts at the first 00:00.
        assert_eq!(
            day_start(Tz::America__Havana, day("2024-11-03")).to_rfc3339(),
            "2024-11-03T04:00:00+00:00"
        );
    }

    #[test]
    fn a_guardian_may_take_a_decision_about_a_category_back() {
        assert_eq!(convert::decision_from_word("none").unwrap(), None);
        assert_eq!(convert::decision_from_word("game").unwrap(), Some(lanh_policy::Category::Game));
        assert!(convert::decision_from_word("games").is_err());
    }

    #[test]
    fn refusals_of_one_account_are_counted_not_repeated() {
        let mut audited = AuditedRefusals::default();
        let at = |seconds| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        assert_eq!(audited.note(1001, FailureCode::NotYours, at(0)), Some(0));
        assert_eq!(audited.note(1001, FailureCode::NotYours, at(1)), None);
        assert_eq!(audited.note(1001, FailureCode::NotYours, at(9)), None);
        assert_eq!(audited.note(1002, FailureCode::NotYours, at(9)), Some(0));
        assert_eq!(audited.note(1001, FailureCode::NotYours, at(10)), Some(2));
    }

    #[test]
    fn a_question_is_named_without_what_it_carries() {
        let question = Question::Unlock { secret: "1234".to_owned() };
        assert_eq!(question_name(&question), "Unlock");
        assert_eq!(question_name(&Question::Doctor), "Doctor");
    }
}
