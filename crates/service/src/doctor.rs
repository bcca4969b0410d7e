//! What could let a child around the limits, and what is broken.

use crate::core::Core;
use lanh_platform::{AccountFacts, Capabilities, Feature, PasswordState, Privilege};
use lanh_protocol::{DoctorReport, Finding, Severity};

impl Core {
    /// Looks at everything that can be looked at; takes up to a second.
    pub(crate) async fn doctor(&self) -> DoctorReport {
        let platform = self.platform.clone();
        let capabilities =
            tokio::task::spawn_blocking(move || platform.capabilities()).await.unwrap_or_default();
        let mut findings = Vec::new();
        self.judge_machine(&capabilities, &mut findings);
        self.judge_accounts(&mut findings);
        self.judge_store(&mut findings).await;
        for trouble in &self.troubles {
            findings.push(finding("trouble", Severity::Broken, trouble, "read the service's log"));
        }
        findings
            .sort_by(|left, right| right.severity.cmp(&left.severity).then_with(|| left.id.cmp(&right.id)));
        DoctorReport { findings }
    }

    fn judge_machine(&self, capabilities: &Capabilities, findings: &mut Vec<Finding>) {
        if let Privilege::User(_) = self.platform.privilege() {
            findings.push(finding(
                "user-mode",
                Severity::Weak,
                "the service runs without root: it supervises this account only, and the account can stop it",
                "install the package, or start lanhd as root",
            ));
        }
        for capability in &capabilities.all {
            let (id, severity, remedy) = match capability.feature {
                // Said above, with what it means.
                Feature::Root => continue,
                Feature::Gate => (
                    "gate",
                    Severity::Weak,
                    "run the service as root on a kernel with fanotify permission events",
                ),
                Feature::ProcessConnector => (
                    "process-connector",
                    Severity::Advice,
                    "nothing to do: the gate and a scan stand in for it",
                ),
                Feature::CgroupFreeze => (
                    "cgroup-freeze",
                    Severity::Weak,
                    "boot with cgroup v2 (systemd.unified_cgroup_hierarchy=1)",
                ),
                Feature::Pidfd => ("pidfd", Severity::Weak, "use a kernel of version 5.3 or later"),
                Feature::Sessions => (
                    "sessions",
                    Severity::Weak,
                    "run systemd-logind: without it a screen limit cannot lock the session",
                ),
                Feature::SealedKey => (
                    "sealed-key",
                    Severity::Advice,
                    "use systemd 250 or later; now a file that only root reads keeps the key",
                ),
                Feature::SynchronisedClock => (
                    "clock",
                    Severity::Advice,
                    "turn on time synchronisation (timedatectl set-ntp true); until then the trusted clock stands in",
                ),
                Feature::NoProgramsFromMemory => (
                    "memfd",
                    Severity::Advice,
                    "set the sysctl vm.memfd_noexec to 2 to refuse programs from memory",
                ),
            };
            findings.push(match &capability.missing {
                None => finding(id, Severity::Ok, format!("{id} works"), ""),
                Some(why) => finding(id, severity, why, remedy),
            });
        }
    }

    fn judge_accounts(&self, findings: &mut Vec<Finding>) {
        let family = self.engine.family();
        if family.children.is_empty() {
            findings.push(finding(
                "no-child",
                Severity::Weak,
                "no child is set up: nothing is limited",
                "run: lanh setup",
            ));
        }
        let people = match self.accounts().people() {
            Ok(people) => people,
            Err(error) => {
                let message = format!("the accounts cannot be read: {error}");
                findings.push(finding(
                    "accounts",
                    Severity::Broken,
                    message,
                    "see that /etc/passwd can be read",
                ));
                return;
            }
        };
        let bound = |account: &AccountFacts| {
            family.children.iter().find(|child| child.accounts.contains(&account.account))
        };
        for account in &people {
            let name = &account.name;
            match bound(account) {
                Some(child) if account.administrator => findings.push(finding(
                    "child-is-administrator",
                    Severity::Broken,
                    format!(
                        "{}'s account {name} is an administrator and can turn everything off",
                        child.name
                    ),
                    format!("as another administrator: deluser {name} sudo"),
                )),
                Some(_) => {}
                None if account.password == PasswordState::Empty => findings.push(finding(
                    "no-password",
                    Severity::Broken,
                    format!("the account {name} has no password: a child can log in to it"),
                    format!("give it one: passwd {name}"),
                )),
                None if !account.administrator => findings.push(finding(
                    "spare-account",
                    Severity::Advice,
                    format!("the account {name} belongs to no child: time on it is not counted"),
                    format!("if a child uses it, bind it: lanh child set NAME --account {name}"),
                )),
                None => {}
            }
        }
        for child in &family.children {
            if child.accounts.is_empty() {
                let message = format!("{} has no account on this machine: nothing is limited", child.name);
                let remedy = format!("bind one: lanh child set {} --account ACCOUNT", child.name);
                findings.push(finding("child-without-account", Severity::Weak, message, remedy));
            }
            if child.rules.is_empty() {
                let message = format!("{} has no rules", child.name);
                let remedy = format!("start with a preset: lanh preset apply {} vn-147", child.name);
                findings.push(finding("child-without-rules", Severity::Advice, message, remedy));
            }
        }
    }

    async fn judge_store(&self, findings: &mut Vec<Finding>) {
        match self.ask_store(|store| store.has_secret()).await {
            Ok(true) => findings.push(finding("secret", Severity::Ok, "a guardian PIN is set", "")),
            Ok(false) => {
                findings.push(finding("secret", Severity::Weak, "no guardian PIN is set", "run: lanh setup"));
            }
            Err(error) => findings.push(broken_store(&error)),
        }
        match self.ask_store(|store| Ok((store.verify(), store.verify_audit()))).await {
            Ok((whole, audit)) => {
                findings.push(match whole {
                    Ok(()) => finding("database", Severity::Ok, "the database is whole", ""),
                    Err(error) => broken_store(&error),
                });
                findings.push(match audit {
                    Ok(Ok(state)) => finding(
                        "audit",
                        Severity::Ok,
                        format!("the audit chain of {} entries is whole", state.count),
                        "",
                    ),
                    Ok(Err(broken)) => finding(
                        "audit",
                        Severity::Broken,
                        broken.to_string(),
                        "ask who has root on this machine",
                    ),
                    Err(error) => broken_store(&error),
                });
            }
            Err(error) => findings.push(broken_store(&error)),
        }
        let backups = lanh_store::Store::backups(&self.backups_dir()).unwrap_or_default();
        findings.push(match backups.first() {
            Some(newest) => {
                finding("backup", Severity::Ok, format!("the newest backup is of {}", newest.at), "")
            }
            None => finding(
                "backup",
                Severity::Advice,
                "there is no backup yet; one is made every day",
                "now: lanh backup now",
            ),
        });
    }
}

fn finding(id: &str, severity: Severity, message: impl Into<String>, remedy: impl Into<String>) -> Finding {
    Finding { id: id.to_owned(), severity, message: message.into(), remedy: remedy.into() }
}

fn broken_store(error: &lanh_store::StoreError) -> Finding {
    finding("database", Severity::Broken, error.to_string(), "restore a backup: lanh backup restore NAME")
}
