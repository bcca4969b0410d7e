//! What could let a child around the limits, and what is broken.

use crate::core::Core;
use crate::opening;
use chrono::TimeDelta;
use lanh_platform::{
    AccountFacts, Accounts, Capabilities, Feature, PasswordState, Platform, Privilege, SecretPlace,
};
use lanh_policy::Engine;
use lanh_protocol::{DoctorReport, Fact, Finding, Severity};
use lanh_store::{Store, StoreError, StoreHandle};
use std::path::PathBuf;
use tokio::sync::oneshot;

/// How far the machine's clock and trusted time may be apart before it is worth a word.
const CLOCKS_MAY_DIFFER: TimeDelta = TimeDelta::minutes(2);

/// What is looked at, as it was when the question came: an examination may take as long as it needs, and
/// keeps no limit waiting.
pub(crate) struct Examination {
    platform: Platform,
    engine: Engine,
    store: StoreHandle,
    key_place: Option<SecretPlace>,
    state_dir: PathBuf,
    troubles: Vec<Fact>,
    /// How far the machine's clock is ahead of trusted time.
    apart: TimeDelta,
    /// The store is made of a copy.
    stand_in: bool,
}

impl Core {
    /// Something for a task of its own to run.
    pub(crate) fn examination(&mut self) -> Examination {
        let apart = self.clock.now().wall - self.trusted_now();
        Examination {
            platform: self.platform.clone(),
            engine: self.engine.clone(),
            store: self.store.clone(),
            key_place: self.key_place,
            state_dir: self.state_dir.clone(),
            troubles: self.all_troubles(),
            apart,
            stand_in: self.stand_in.is_some(),
        }
    }
}

impl Examination {
    fn accounts(&self) -> Accounts {
        self.platform.accounts()
    }

    async fn ask_store<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Store) -> lanh_store::Result<T> + Send + 'static,
    ) -> lanh_store::Result<T> {
        let (sender, receiver) = oneshot::channel();
        self.store.ask(job, move |result| {
            let _ = sender.send(result);
        })?;
        receiver.await.unwrap_or(Err(StoreError::Stopped))
    }

    /// Looks at everything that can be looked at.
    pub(crate) async fn run(self) -> DoctorReport {
        let platform = self.platform.clone();
        let capabilities =
            tokio::task::spawn_blocking(move || platform.capabilities()).await.unwrap_or_default();
        let mut findings = Vec::new();
        self.judge_machine(&capabilities, &mut findings);
        self.judge_clock(&mut findings);
        self.judge_accounts(&mut findings);
        self.judge_store(&mut findings).await;
        findings.extend(self.troubles.iter().map(|trouble| finding(Severity::Broken, trouble.clone())));
        // The sort is stable: of equal ones the order above holds.
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        DoctorReport { findings }
    }

    fn judge_machine(&self, capabilities: &Capabilities, findings: &mut Vec<Finding>) {
        if let Privilege::User(_) = self.platform.privilege() {
            findings.push(finding(Severity::Weak, Fact::UserMode));
        }
        for capability in &capabilities.all {
            let missing = match (capability.feature, &capability.missing) {
                // What matters is the key that is, not what could be.
                (Feature::SealedKey, None) if self.key_place == Some(SecretPlace::File) => {
                    Some("sealing it failed; the first log says why".to_owned())
                }
                (Feature::SealedKey, _) if self.key_place.is_some_and(|place| place != SecretPlace::File) => {
                    None
                }
                (_, missing) => missing.clone(),
            };
            let severity = match (capability.feature, &missing) {
                (_, None) => Severity::Ok,
                (Feature::Gate | Feature::CgroupFreeze | Feature::Pidfd | Feature::Sessions, _) => {
                    Severity::Weak
                }
                _ => Severity::Advice,
            };
            let fact = match capability.feature {
                // Said above, with what it means.
                Feature::Root => continue,
                Feature::Gate => Fact::Gate { missing },
                Feature::ProcessConnector => Fact::ProcessConnector { missing },
                Feature::CgroupFreeze => Fact::CgroupFreeze { missing },
                Feature::Pidfd => Fact::Pidfd { missing },
                Feature::Sessions => Fact::Sessions { missing },
                Feature::SealedKey => Fact::SealedKey { missing },
                Feature::SynchronisedClock => Fact::Clock { missing },
                Feature::NoProgramsFromMemory => Fact::Memfd { missing },
            };
            findings.push(finding(severity, fact));
        }
    }

    /// Trusted time goes its own way when somebody sets the clock; the guardian should know.
    fn judge_clock(&self, findings: &mut Vec<Finding>) {
        if self.apart.abs() > CLOCKS_MAY_DIFFER {
            let seconds = self.apart.num_seconds().unsigned_abs();
            let fact = Fact::ClockApart { ahead: self.apart > TimeDelta::zero(), seconds };
            findings.push(finding(Severity::Advice, fact));
        }
    }

    fn judge_accounts(&self, findings: &mut Vec<Finding>) {
        let family = self.engine.family();
        if family.children.is_empty() {
            findings.push(finding(Severity::Weak, Fact::NoChild));
        }
        let people = match self.accounts().people() {
            Ok(people) => people,
            Err(error) => {
                findings.push(finding(Severity::Broken, Fact::Accounts { detail: error.to_string() }));
                return;
            }
        };
        let bound = |account: &AccountFacts| {
            family.children.iter().find(|child| child.accounts.contains(&account.account))
        };
        for facts in &people {
            let account = facts.name.clone();
            match bound(facts) {
                Some(child) if facts.administrator => {
                    let fact = Fact::ChildIsAdministrator { child: child.name.clone(), account };
                    findings.push(finding(Severity::Broken, fact));
                }
                Some(_) => {}
                None if facts.password == PasswordState::Empty => {
                    findings.push(finding(Severity::Broken, Fact::NoPassword { account }));
                }
                None if !facts.administrator => {
                    findings.push(finding(Severity::Advice, Fact::SpareAccount { account }));
                }
                None => {}
            }
        }
        for child in &family.children {
            if child.accounts.is_empty() {
                let fact = Fact::ChildWithoutAccount { child: child.name.clone() };
                findings.push(finding(Severity::Weak, fact));
            }
            if child.rules.is_empty() {
                let fact = Fact::ChildWithoutRules { child: child.name.clone() };
                findings.push(finding(Severity::Advice, fact));
            }
            if !child.settings.strict_programs {
                let fact = Fact::OwnPrograms { child: child.name.clone() };
                findings.push(finding(Severity::Advice, fact));
            }
        }
    }

    async fn judge_store(&self, findings: &mut Vec<Finding>) {
        match self.ask_store(|store| store.has_secret()).await {
            Ok(set) => {
                let severity = if set { Severity::Ok } else { Severity::Weak };
                findings.push(finding(severity, Fact::Secret { set }));
            }
            Err(error) => findings.push(broken_store(&error)),
        }
        match self.ask_store(|store| Ok((store.verify(), store.verify_audit()))).await {
            // What is wrong with the database is among the troubles.
            Ok(_) if self.stand_in => {}
            Ok((whole, audit)) => {
                findings.push(match whole {
                    Ok(()) => finding(Severity::Ok, Fact::Database { trouble: None }),
                    Err(error) => broken_store(&error),
                });
                findings.push(match audit {
                    Ok(Ok(state)) => {
                        finding(Severity::Ok, Fact::Audit { entries: state.count, broken_at: None })
                    }
                    Ok(Err(broken)) => {
                        finding(Severity::Broken, Fact::Audit { entries: 0, broken_at: Some(broken.at) })
                    }
                    Err(error) => broken_store(&error),
                });
            }
            Err(error) => findings.push(broken_store(&error)),
        }
        let backups = Store::backups(&opening::backups(&self.state_dir)).unwrap_or_default();
        let newest = backups.first().map(|backup| backup.at);
        let severity = if newest.is_some() { Severity::Ok } else { Severity::Advice };
        findings.push(finding(severity, Fact::Backup { newest }));
    }
}

fn finding(severity: Severity, fact: Fact) -> Finding {
    Finding { severity, fact }
}

fn broken_store(error: &StoreError) -> Finding {
    finding(Severity::Broken, Fact::Database { trouble: Some(error.to_string()) })
}
