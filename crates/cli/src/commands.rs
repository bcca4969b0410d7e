//! The commands that ask once and show the answer.

use crate::arguments::{
    AppCommand, BackupCommand, ChildCommand, PresetCommand, RequestCommand, RuleCommand, SettingsCommand,
    TargetArguments,
};
use crate::link::{Context, Link, ask, find_app, machine_time};
use crate::paint::{self, AMBER, BOLD, CORAL, DIM, GREEN, styled};
use crate::parse;
use crate::trouble::Trouble;
use chrono::{DateTime, Datelike, Utc};
use lanh_protocol::{
    Answer, AppView, ChildView, EnforcementView, Finding, PresetView, Question, RequestStateView, RuleView,
    SettingsView, Severity, TargetView,
};
use lanh_words::{Clock, Value, Words};
use std::time::Duration;

impl Context {
    /// Says what was done, or in JSON gives what came of it.
    pub(crate) fn done<T: serde::Serialize>(
        &self,
        view: &T,
        key: &str,
        variables: &[(&str, Value<'_>)],
    ) -> Result<(), Trouble> {
        if self.json {
            return paint::json(view);
        }
        paint::line(&format!("{} {}", styled(GREEN, "✓"), self.text(key, variables)));
        Ok(())
    }

    /// Says that it was done.
    pub(crate) fn just_done(&self, key: &str, variables: &[(&str, Value<'_>)]) -> Result<(), Trouble> {
        self.done(&serde_json::json!({ "done": true }), key, variables)
    }

    pub(crate) fn this_year(&self) -> i32 {
        machine_time().year()
    }

    fn number<T: std::str::FromStr>(&self, text: &str) -> Result<T, Trouble> {
        parse::number(text).map_err(|mistake| self.mistake(&mistake))
    }

    fn some_duration(&self, text: &str) -> Result<u64, Trouble> {
        parse::some_duration(text).map_err(|mistake| self.mistake(&mistake))
    }

    fn plain(&self, text: &str) -> String {
        self.text("plain", &[("text", text.into())])
    }
}

pub(crate) async fn child(context: &Context, command: ChildCommand) -> Result<(), Trouble> {
    match command {
        ChildCommand::List => {
            let children = Link::open_as_guardian(context).await?.children().await?;
            if context.json {
                return paint::json(&children);
            }
            if children.is_empty() {
                paint::line(&context.text("no-children", &[]));
            }
            let rows: Vec<Vec<String>> = children
                .iter()
                .map(|child| {
                    vec![
                        styled(DIM, &child.id.to_string()),
                        styled(BOLD, &context.plain(&child.name)),
                        child.birth_year.to_string(),
                        context.plain(&child.accounts.join(", ")),
                    ]
                })
                .collect();
            paint::table("", &rows);
            Ok(())
        }
        ChildCommand::Add { name, birth_year, accounts, preset } => {
            let child = ChildView {
                id: 0,
                name: child_name(context, &name)?,
                birth_year: parse::birth_year(&birth_year, context.this_year())
                    .map_err(|mistake| context.mistake(&mistake))?,
                accounts,
                enforcement: None,
            };
            let link = Link::open_as_guardian(context).await?;
            let child = ask!(link, Question::PutChild { child, preset }, Child);
            context.done(&child, "child-added", &[("name", child.name.as_str().into())])
        }
        ChildCommand::Set {
            child,
            name,
            birth_year,
            accounts,
            warn_at,
            strict,
            strict_programs,
            saves,
            hold_for,
            close_grace,
        } => {
            let new_name = name.map(|name| child_name(context, &name)).transpose()?;
            let year = birth_year
                .map(|year| parse::birth_year(&year, context.this_year()))
                .transpose()
                .map_err(|mistake| context.mistake(&mistake))?;
            let enforcement = EnforcementChange::read(
                context,
                warn_at.as_deref(),
                strict.as_deref(),
                strict_programs.as_deref(),
                saves.as_deref(),
                hold_for.as_deref(),
                close_grace.as_deref(),
            )?;
            if new_name.is_none() && year.is_none() && accounts.is_empty() && enforcement.is_empty() {
                return Err(Trouble::input(context.text("input-nothing-to-change", &[])));
            }
            let link = Link::open_as_guardian(context).await?;
            let mut child = link.child(&child).await?;
            child.name = new_name.unwrap_or(child.name);
            child.birth_year = year.unwrap_or(child.birth_year);
            if !accounts.is_empty() {
                child.accounts = accounts;
            }
            if let Some(kept) = &mut child.enforcement {
                enforcement.apply(kept);
            } else if !enforcement.is_empty() {
                return Err(link.unexpected());
            }
            let child = ask!(link, Question::PutChild { child, preset: None }, Child);
            context.done(&child, "child-changed", &[("name", child.name.as_str().into())])
        }
        ChildCommand::Remove { child } => {
            let link = Link::open_as_guardian(context).await?;
            let child = link.child(&child).await?;
            let name = ("name", child.name.as_str().into());
            context.confirm(&context.text("confirm-remove-child", std::slice::from_ref(&name)))?;
            link.tell(Question::RemoveChild { child: child.id }).await?;
            context.just_done("child-removed", &[name])
        }
    }
}

pub(crate) fn child_name(context: &Context, name: &str) -> Result<String, Trouble> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 64 || name.chars().any(char::is_control) {
        return Err(Trouble::input(context.text("input-name", &[("text", name.into())])));
    }
    Ok(name.to_owned())
}

/// What `child set` changes of the enforcement.
#[derive(Default)]
struct EnforcementChange {
    warn_at: Option<Vec<u64>>,
    strict: Option<bool>,
    strict_programs: Option<bool>,
    saves: Option<u8>,
    hold_for: Option<Option<u64>>,
    close_grace: Option<u64>,
}

impl EnforcementChange {
    fn read(
        context: &Context,
        warn_at: Option<&str>,
        strict: Option<&str>,
        strict_programs: Option<&str>,
        saves: Option<&str>,
        hold_for: Option<&str>,
        close_grace: Option<&str>,
    ) -> Result<Self, Trouble> {
        let warn_at = warn_at
            .map(|text| {
                text.split(',').map(|part| context.some_duration(part)).collect::<Result<Vec<_>, _>>()
            })
            .transpose()?
            .map(|mut times| {
                times.sort_unstable_by(|a, b| b.cmp(a));
                times.dedup();
                times
            });
        let yes_no = |text: Option<&str>| {
            text.map(parse::yes_no).transpose().map_err(|mistake| context.mistake(&mistake))
        };
        Ok(Self {
            warn_at,
            strict: yes_no(strict)?,
            strict_programs: yes_no(strict_programs)?,
            saves: saves.map(|text| context.number(text)).transpose()?,
            hold_for: hold_for
                .map(|text| if text == "day" { Ok(None) } else { context.some_duration(text).map(Some) })
                .transpose()?,
            close_grace: close_grace.map(|text| context.some_duration(text)).transpose()?,
        })
    }

    fn is_empty(&self) -> bool {
        self.warn_at.is_none()
            && self.strict.is_none()
            && self.strict_programs.is_none()
            && self.saves.is_none()
            && self.hold_for.is_none()
            && self.close_grace.is_none()
    }

    fn apply(self, kept: &mut EnforcementView) {
        if let Some(warn_at) = self.warn_at {
            kept.warn_at = warn_at;
        }
        kept.strict_counting = self.strict.unwrap_or(kept.strict_counting);
        kept.strict_programs = self.strict_programs.unwrap_or(kept.strict_programs);
        kept.save_thaws = self.saves.unwrap_or(kept.save_thaws);
        kept.hold_for = self.hold_for.unwrap_or(kept.hold_for);
        kept.close_grace = self.close_grace.unwrap_or(kept.close_grace);
    }
}

pub(crate) async fn rule(context: &Context, command: RuleCommand) -> Result<(), Trouble> {
    match command {
        RuleCommand::List { child } => {
            let link = Link::open(context).await?;
            let child = link.whose(child.as_deref()).await?;
            show_rules(context, &ask!(link, Question::Rules { child }, Rules))
        }
        RuleCommand::Add { child, rule, options, replaces } => {
            let replaces = replaces.map(|text| context.number(&text)).transpose()?;
            // The shape first, so that a slip needs no PIN to be told.
            let any = |name: &str| Ok(TargetView::App { app: name.to_owned(), name: name.to_owned() });
            parse::rule(&rule, &options, &any).map_err(|mistake| context.mistake(&mistake))?;
            let link = Link::open_as_guardian(context).await?;
            let apps = link.known_apps().await?;
            let rule = parse::rule(&rule, &options, &|name| find_app(name, &apps))
                .map_err(|mistake| context.mistake(&mistake))?;
            let child = link.child(&child).await?;
            let rule = ask!(link, Question::PutRule { child: child.id, replaces, rule }, Rule);
            context.done(
                &rule,
                "rule-added",
                &[
                    ("name", child.name.as_str().into()),
                    ("id", rule.id.to_string().into()),
                    ("rule", context.words.rule(&rule.rule).into()),
                ],
            )
        }
        RuleCommand::Remove { child, rule } => {
            let rule: u64 = context.number(&rule)?;
            let link = Link::open_as_guardian(context).await?;
            let child = link.child(&child).await?;
            link.tell(Question::RemoveRule { child: child.id, rule }).await?;
            context.just_done(
                "rule-removed",
                &[("name", child.name.as_str().into()), ("id", rule.to_string().into())],
            )
        }
        RuleCommand::History { child } => {
            let link = Link::open_as_guardian(context).await?;
            let child = link.child(&child).await?;
            let history = ask!(link, Question::History { child: child.id }, History);
            if context.json {
                return paint::json(&history);
            }
            if history.is_empty() {
                paint::line(&context.text("no-history", &[]));
                return Ok(());
            }
            let clock = link.clock(Some(child.id)).await?;
            for change in &history {
                paint::line(&format!(
                    "{}  {}  {}",
                    styled(BOLD, &change.revision.to_string()),
                    stamp(change.at, &clock),
                    context.plain(&change.by)
                ));
                let say = |rules: &[RuleView], without: &[RuleView], sign: &str, style| {
                    for rule in rules.iter().filter(|rule| !without.contains(rule)) {
                        let text = format!("{sign} {}", context.words.rule(&rule.rule));
                        paint::line(&format!("   {}", styled(style, &text)));
                    }
                };
                say(&change.before, &change.after, "−", CORAL);
                say(&change.after, &change.before, "+", GREEN);
            }
            Ok(())
        }
        RuleCommand::Rollback { child, revision } => {
            let revision = context.number(&revision)?;
            let link = Link::open_as_guardian(context).await?;
            let child = link.child(&child).await?;
            show_rules(context, &ask!(link, Question::Rollback { child: child.id, revision }, Rules))
        }
    }
}

fn show_rules(context: &Context, rules: &[RuleView]) -> Result<(), Trouble> {
    if context.json {
        return paint::json(&rules);
    }
    if rules.is_empty() {
        paint::line(&context.text("no-rules", &[]));
    }
    for rule in rules {
        paint::line(&format!(
            "{}  {}",
            styled(DIM, &paint::padded(&rule.id.to_string(), 3)),
            context.words.rule(&rule.rule)
        ));
        paint::line(&format!("     {}", styled(DIM, &context.words.origin(&rule.origin))));
    }
    Ok(())
}

pub(crate) async fn preset(context: &Context, command: PresetCommand) -> Result<(), Trouble> {
    let link = Link::open_as_guardian(context).await?;
    match command {
        PresetCommand::List => {
            let presets = ask!(link, Question::Presets, Presets);
            if context.json {
                return paint::json(&presets);
            }
            for preset in &presets {
                show_preset_head(context, preset);
            }
            Ok(())
        }
        PresetCommand::Show { preset } => {
            let preset = find_preset(&link, &preset).await?;
            if context.json {
                return paint::json(&preset);
            }
            show_preset_head(context, &preset);
            for rule in &preset.rules {
                paint::line(&format!("  • {}", context.words.rule(rule)));
            }
            Ok(())
        }
        PresetCommand::Apply { child, preset } => {
            let child = link.child(&child).await?;
            show_rules(context, &ask!(link, Question::ApplyPreset { child: child.id, preset }, Rules))
        }
    }
}

pub(crate) async fn find_preset(link: &Link, id: &str) -> Result<PresetView, Trouble> {
    let presets = ask!(link, Question::Presets, Presets);
    let names: Vec<String> = presets.iter().map(|preset| preset.id.clone()).collect();
    presets.into_iter().find(|preset| preset.id == id).ok_or_else(|| {
        Trouble::input(
            link.context.text("input-no-preset", &[("text", id.into()), ("names", names.join(", ").into())]),
        )
    })
}

pub(crate) fn show_preset_head(context: &Context, preset: &PresetView) {
    let (from, until) = preset.ages;
    let ages = context.text("ages", &[("from", from.into()), ("until", until.into())]);
    let source = context.text(
        "preset-source",
        &[
            ("citation", context.words.citation(&preset.id, &preset.citation).into()),
            ("since", context.words.date(preset.since).into()),
        ],
    );
    paint::line(&format!("{}  {ages}  {}", styled(BOLD, &preset.id), styled(DIM, &source)));
}

pub(crate) async fn app(context: &Context, command: AppCommand) -> Result<(), Trouble> {
    match command {
        AppCommand::List { unsorted } => {
            let link = Link::open_as_guardian(context).await?;
            show_apps(context, &ask!(link, Question::Apps { unsorted }, Apps))
        }
        AppCommand::Rescan => {
            let link = Link::open_as_guardian(context).await?;
            if !context.json {
                eprintln!("{}", context.text("rescanning", &[]));
            }
            show_apps(context, &ask!(link, Question::RescanApps, Apps))
        }
        AppCommand::Set { app, category, rating } => {
            let category = category.map(|text| category_of(context, &text)).transpose()?;
            let rating = rating
                .map(|text| match text.as_str() {
                    "none" => Ok(text),
                    _ => parse::age(&text).map(|age| age.to_string()),
                })
                .transpose()
                .map_err(|mistake| context.mistake(&mistake))?;
            if category.is_none() && rating.is_none() {
                return Err(Trouble::input(context.text("input-nothing-to-change", &[])));
            }
            let link = Link::open_as_guardian(context).await?;
            let apps = link.known_apps().await?;
            let id = app.strip_prefix("app:").unwrap_or(&app);
            let TargetView::App { app, .. } =
                find_app(id, &apps).map_err(|mistake| context.mistake(&mistake))?
            else {
                return Err(link.unexpected());
            };
            let category = category.map(|category| parse::category_word(category).to_owned());
            let app = ask!(link, Question::PutApp { app, category, rating }, App);
            context.done(
                &app,
                "app-set",
                &[
                    ("name", app.name.as_str().into()),
                    ("category", context.words.category(app.category).into()),
                ],
            )
        }
    }
}

fn category_of(context: &Context, text: &str) -> Result<lanh_protocol::CategoryView, Trouble> {
    parse::category(text).ok_or_else(|| context.mistake(&parse::Mistake::Category(text.to_owned())))
}

fn show_apps(context: &Context, apps: &[AppView]) -> Result<(), Trouble> {
    if context.json {
        return paint::json(&apps);
    }
    if apps.is_empty() {
        paint::line(&context.text("no-apps", &[]));
    }
    let rows: Vec<Vec<String>> = apps
        .iter()
        .map(|app| {
            vec![
                context.plain(&app.name),
                context.words.category(app.category),
                app.rating.map_or_else(String::new, |age| format!("{age}+")),
                styled(DIM, &app_basis(context, app)),
                styled(DIM, &app.source),
                styled(DIM, &context.plain(&app.id)),
            ]
        })
        .collect();
    paint::table("", &rows);
    Ok(())
}

/// How Lanh knows what an app is, or what it could be.
fn app_basis(context: &Context, app: &AppView) -> String {
    match &app.perhaps {
        Some(perhaps) => context.text(
            "app-perhaps",
            &[
                ("name", context.plain(&perhaps.name).into()),
                ("category", context.words.category(perhaps.category).into()),
            ],
        ),
        None => context.text("app-basis", &[("basis", app.basis.as_str().into())]),
    }
}

/// The target of `--app` and `--category`; the whole screen without them.
pub(crate) async fn chosen_target(link: &Link, target: &TargetArguments) -> Result<TargetView, Trouble> {
    match (&target.app, &target.category) {
        (Some(app), _) => link.target(&format!("app:{}", app.strip_prefix("app:").unwrap_or(app))).await,
        (None, Some(text)) => Ok(TargetView::Category { category: category_of(&link.context, text)? }),
        (None, None) => Ok(TargetView::Screen),
    }
}

pub(crate) async fn grant(
    context: &Context,
    child: &str,
    amount: &str,
    target: &TargetArguments,
) -> Result<(), Trouble> {
    let seconds = context.some_duration(amount)?;
    if let Some(category) = &target.category {
        category_of(context, category)?;
    }
    let link = Link::open_as_guardian(context).await?;
    let child = link.child(child).await?;
    let target = chosen_target(&link, target).await?;
    let grant = ask!(link, Question::Grant { child: child.id, target, seconds }, Grant);
    let clock = link.clock(Some(child.id)).await?;
    context.done(
        &grant,
        "grant-given",
        &[
            ("name", child.name.as_str().into()),
            ("duration", context.words.duration(grant.amount).into()),
            ("target", context.words.target(&grant.target).into()),
            ("until", context.words.until(grant.until, &clock).into()),
        ],
    )
}

pub(crate) async fn request(context: &Context, command: RequestCommand) -> Result<(), Trouble> {
    match command {
        RequestCommand::List { child, all } => {
            let link = Link::open(context).await?;
            let child = link.whose_or_all(child.as_deref()).await?;
            let requests = ask!(link, Question::Requests { child, all }, Requests);
            if context.json {
                return paint::json(&requests);
            }
            if requests.is_empty() {
                paint::line(&context.text("no-requests", &[]));
                return Ok(());
            }
            let clock = link.clock(child).await?;
            for request in &requests {
                let state = match &request.state {
                    RequestStateView::Open => styled(AMBER, &context.text("request-open", &[])),
                    RequestStateView::Granted { .. } | RequestStateView::Denied { .. } => {
                        context.words.request_answered(request).map(|said| said.title).unwrap_or_default()
                    }
                };
                paint::line(&format!(
                    "{}  {}  {}  {state}",
                    styled(BOLD, &request.id.to_string()),
                    styled(DIM, &stamp(request.at, &clock)),
                    context.words.request_opened(request).title
                ));
                if !request.words.is_empty() {
                    paint::line(&format!("   “{}”", context.plain(&request.words)));
                }
            }
            Ok(())
        }
        RequestCommand::Ask { amount, words, target } => {
            let seconds = context.some_duration(&amount)?;
            if let Some(category) = &target.category {
                category_of(context, category)?;
            }
            let link = Link::open(context).await?;
            let target = chosen_target(&link, &target).await?;
            let request =
                ask!(link, Question::AskForTime { target, seconds, words: words.join(" ") }, Request);
            context.done(
                &request,
                "request-sent",
                &[("duration", context.words.duration(request.seconds).into())],
            )
        }
        RequestCommand::Yes { request, amount, words } => {
            let request: u64 = context.number(&request)?;
            let amount = amount.map(|text| context.some_duration(&text)).transpose()?;
            let link = Link::open_as_guardian(context).await?;
            let seconds = match amount {
                Some(seconds) => seconds,
                None => {
                    let open = ask!(link, Question::Requests { child: None, all: false }, Requests);
                    open.iter().find(|one| one.id == request).map(|one| one.seconds).ok_or_else(|| {
                        let id = request.to_string();
                        Trouble::input(context.text("input-no-request", &[("id", id.into())]))
                    })?
                }
            };
            answer_request(context, &link, request, Some(seconds), words).await
        }
        RequestCommand::No { request, words } => {
            let request: u64 = context.number(&request)?;
            let link = Link::open_as_guardian(context).await?;
            answer_request(context, &link, request, None, words).await
        }
    }
}

async fn answer_request(
    context: &Context,
    link: &Link,
    request: u64,
    seconds: Option<u64>,
    words: String,
) -> Result<(), Trouble> {
    let request = ask!(link, Question::AnswerRequest { request, seconds, words }, Request);
    let said = context.words.request_answered(&request).map(|said| said.title).unwrap_or_default();
    context.done(
        &request,
        "request-answered",
        &[("name", request.name.as_str().into()), ("said", said.into())],
    )
}

pub(crate) async fn audit(context: &Context, verify: bool, limit: &str) -> Result<(), Trouble> {
    let limit: u32 = context.number(limit)?;
    if !(1..=1000).contains(&limit) {
        return Err(context.mistake(&parse::Mistake::Number(limit.to_string())));
    }
    let link = Link::open_as_guardian(context).await?;
    if verify {
        let answer = link.ask(Question::VerifyAudit).await?;
        let Answer::AuditVerified { entries, broken_at } = answer else { return Err(link.unexpected()) };
        let view = serde_json::json!({ "entries": entries, "broken_at": broken_at });
        let entries = ("entries", entries.to_string().into());
        return match broken_at {
            None => context.done(&view, "audit-whole", &[entries]),
            Some(seq) => {
                if context.json {
                    paint::json(&view)?;
                }
                Err(Trouble::failed(
                    context.text("audit-broken", &[entries, ("seq", seq.to_string().into())]),
                ))
            }
        };
    }
    let lines = ask!(link, Question::Audit { limit, before: None }, Audit);
    if context.json {
        return paint::json(&lines);
    }
    let clock = link.clock(None).await?;
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|line| {
            vec![
                styled(DIM, &line.seq.to_string()),
                stamp(line.at, &clock),
                context.plain(&line.actor),
                styled(BOLD, &context.plain(&line.kind)),
                context.plain(&line.detail),
            ]
        })
        .collect();
    paint::table("", &rows);
    Ok(())
}

pub(crate) async fn backup(context: &Context, command: BackupCommand) -> Result<(), Trouble> {
    let link = Link::open_as_guardian(context).await?;
    match command {
        BackupCommand::Now => {
            let backup = ask!(link, Question::Backup, Backup);
            context.done(&backup, "backup-made", &[("name", backup.name.as_str().into())])
        }
        BackupCommand::List => {
            let backups = ask!(link, Question::Backups, Backups);
            if context.json {
                return paint::json(&backups);
            }
            if backups.is_empty() {
                paint::line(&context.text("no-backups", &[]));
                return Ok(());
            }
            let clock = link.clock(None).await?;
            let rows: Vec<Vec<String>> = backups
                .iter()
                .map(|backup| {
                    vec![
                        context.plain(&backup.name),
                        stamp(backup.at, &clock),
                        styled(DIM, &format!("{} kB", backup.size.div_ceil(1000))),
                    ]
                })
                .collect();
            paint::table("", &rows);
            Ok(())
        }
        BackupCommand::Restore { name } => {
            let called = ("name", name.as_str().into());
            context.confirm(&context.text("confirm-restore", std::slice::from_ref(&called)))?;
            link.tell(Question::Restore { name: name.clone() }).await?;
            context.just_done("backup-restored", &[called])
        }
    }
}

pub(crate) async fn settings(context: &Context, command: SettingsCommand) -> Result<(), Trouble> {
    let pairs = match command {
        SettingsCommand::Show => Vec::new(),
        SettingsCommand::Set { pairs } => pairs,
    };
    // Everything is read before anything is asked.
    let mut trial = SettingsView {
        zone: String::new(),
        week_start: String::new(),
        retention_days: 0,
        totals_only: false,
        help_lines: Vec::new(),
        idle_after: 0,
    };
    change_settings(context, &mut trial, &pairs)?;
    let link = Link::open_as_guardian(context).await?;
    let mut settings = ask!(link, Question::Settings, Settings);
    if !pairs.is_empty() {
        change_settings(context, &mut settings, &pairs)?;
        settings = ask!(link, Question::PutSettings(settings), Settings);
    }
    if context.json {
        return paint::json(&settings);
    }
    let rows = [
        ("zone", settings.zone.clone()),
        ("week-start", settings.week_start.clone()),
        ("retention-days", settings.retention_days.to_string()),
        ("totals-only", if settings.totals_only { "yes" } else { "no" }.to_owned()),
        ("help-lines", settings.help_lines.join(",")),
        ("idle-after", parse::typed_duration(settings.idle_after)),
    ]
    .map(|(key, value)| {
        vec![styled(BOLD, key), context.plain(&value), styled(DIM, &about_setting(context, key))]
    });
    paint::table("", &rows);
    Ok(())
}

fn about_setting(context: &Context, key: &str) -> String {
    context.text("about-setting", &[("key", key.into())])
}

fn change_settings(context: &Context, settings: &mut SettingsView, pairs: &[String]) -> Result<(), Trouble> {
    for pair in pairs {
        let wrong = || Trouble::input(context.text("input-setting", &[("text", pair.as_str().into())]));
        let (key, value) = pair.split_once('=').ok_or_else(wrong)?;
        match key {
            "zone" => {
                value.parse::<chrono_tz::Tz>().map_err(|_| wrong())?;
                settings.zone = value.to_owned();
            }
            "week-start" => {
                let known = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
                if !known.contains(&value) {
                    return Err(wrong());
                }
                settings.week_start = value.to_owned();
            }
            "retention-days" => match value.parse() {
                Ok(days @ 31..=3650) => settings.retention_days = days,
                _ => return Err(wrong()),
            },
            "totals-only" => settings.totals_only = parse::yes_no(value).map_err(|_| wrong())?,
            "help-lines" => {
                let numbers: Vec<String> = value.split(',').map(|number| number.trim().to_owned()).collect();
                let is_number = |number: &String| {
                    number.chars().any(|c| c.is_ascii_digit())
                        && number.chars().all(|c| c.is_ascii_digit() || "+.- ".contains(c))
                };
                if !numbers.iter().all(is_number) {
                    return Err(wrong());
                }
                settings.help_lines = numbers;
            }
            "idle-after" => match parse::duration(value) {
                Ok(seconds @ 30..=3600) => settings.idle_after = seconds,
                _ => return Err(wrong()),
            },
            _ => return Err(wrong()),
        }
    }
    Ok(())
}

/// A finding with its sentences in the user's language.
#[derive(serde::Serialize)]
struct ToldFinding<'a> {
    #[serde(flatten)]
    finding: &'a Finding,
    message: String,
    remedy: String,
}

pub(crate) async fn doctor(context: &Context) -> Result<(), Trouble> {
    let link = Link::open_as_guardian(context).await?;
    let report = ask!(link, Question::Doctor, Doctor);
    if context.json {
        // Facts for programs, and the sentences for who shows them to people.
        let told: Vec<ToldFinding<'_>> = report
            .findings
            .iter()
            .map(|finding| {
                let said = context.words.finding(finding);
                ToldFinding { finding, message: said.title, remedy: said.body }
            })
            .collect();
        paint::json(&serde_json::json!({ "findings": told }))?;
    } else {
        for finding in &report.findings {
            let (style, mark) = match finding.severity {
                Severity::Ok => (GREEN, "✓"),
                Severity::Advice => (DIM, "•"),
                Severity::Weak => (AMBER, "▲"),
                Severity::Broken => (CORAL, "✗"),
            };
            let said = context.words.finding(finding);
            paint::line(&format!("{} {}", styled(style, mark), said.title));
            if !said.body.is_empty() {
                paint::line(&format!("  {}", styled(DIM, &said.body)));
            }
        }
    }
    let broken = report.findings.iter().filter(|finding| finding.severity == Severity::Broken).count();
    if broken > 0 {
        return Err(Trouble::failed(context.text("doctor-broken", &[("count", broken.into())])));
    }
    Ok(())
}

/// The national child line of Viet Nam, for when the service cannot be asked for the family's own list.
const CHILD_LINE: &str = "111";

pub(crate) async fn help_line(context: &Context) -> Result<(), Trouble> {
    let asked = tokio::time::timeout(Duration::from_secs(1), async {
        let link = Link::open(context).await.ok()?;
        match link.ask(Question::Status { child: None }).await.ok()? {
            Answer::Status(status) if !status.help_lines.is_empty() => Some(status.help_lines),
            _ => None,
        }
    })
    .await;
    let numbers = asked.ok().flatten().unwrap_or_else(|| vec![CHILD_LINE.to_owned()]);
    if context.json {
        return paint::json(&serde_json::json!({ "help_lines": numbers }));
    }
    paint::line(&styled(BOLD, &context.words.help_lines(&numbers)));
    paint::line(&context.text("help-line-about", &[]));
    Ok(())
}

/// A moment in the family's time, for columns: `2026-11-24 17:30`.
pub(crate) fn stamp(at: DateTime<Utc>, clock: &Clock) -> String {
    at.with_timezone(&clock.zone).format("%Y-%m-%d %H:%M").to_string()
}

/// The rules of a preset as sentences, for the setup.
pub(crate) fn say_rules(words: Words, preset: &PresetView) {
    for rule in &preset.rules {
        paint::line(&format!("  • {}", words.rule(rule)));
    }
}
