//! Children and their rules as a file that people read and schools share: written as `rule add` takes them.

use crate::commands::{child_name, find_preset};
use crate::link::{Context, Link, ask, find_app};
use crate::paint;
use crate::parse;
use crate::trouble::Trouble;
use lanh_protocol::{ChildPolicy, ChildView, EnforcementView, NewRule, OriginView, Question, TargetView};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The version of the file's form.
const FORM: u32 = 1;

/// The whole file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    /// [`FORM`].
    lanh_policy: u32,
    #[serde(default)]
    children: Vec<ChildEntry>,
}

/// A child and what holds for it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChildEntry {
    name: String,
    birth_year: i32,
    #[serde(default)]
    accounts: Vec<String>,
    /// The shipped preset whose rules hold; without one, no preset's do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preset: Option<String>,
    /// The guardian's own rules.
    #[serde(default)]
    rules: Vec<RuleEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    enforcement: Option<EnforcementView>,
}

/// A rule in words, or, for what words cannot say, in full.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum RuleEntry {
    Line(String),
    Full(NewRule),
}

impl Document {
    /// From JSON or TOML; the error says what is wrong with the text.
    pub(crate) fn read(text: &str, json: bool) -> Result<Self, String> {
        if json {
            serde_json::from_str(text).map_err(|error| error.to_string())
        } else {
            toml::from_str(text).map_err(|error| error.to_string())
        }
    }

    /// The rules that are written in words.
    #[cfg(feature = "fuzzing")]
    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        self.children.iter().flat_map(|child| &child.rules).filter_map(|rule| match rule {
            RuleEntry::Line(line) => Some(line.as_str()),
            RuleEntry::Full(_) => None,
        })
    }
}

fn is_json(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

fn file_failed(context: &Context, file: &Path, detail: &str) -> String {
    let path = file.display().to_string();
    context.text("file-failed", &[("path", path.into()), ("detail", detail.into())])
}

pub(crate) async fn export(context: &Context, file: &Path, child: Option<&str>) -> Result<(), Trouble> {
    let link = Link::open_as_guardian(context).await?;
    let children = match child {
        Some(name) => vec![link.child(name).await?],
        None => link.children().await?,
    };
    let mut document = Document { lanh_policy: FORM, children: Vec::new() };
    for child in children {
        let rules = ask!(link, Question::Rules { child: Some(child.id) }, Rules);
        let preset = rules.iter().find_map(|rule| match &rule.origin {
            OriginView::Preset { preset, .. } => Some(preset.clone()),
            _ => None,
        });
        let rules = rules
            .into_iter()
            .filter(|rule| rule.origin == OriginView::Guardian)
            .map(|rule| parse::typed_rule(&rule.rule).map_or(RuleEntry::Full(rule.rule), RuleEntry::Line))
            .collect();
        document.children.push(ChildEntry {
            name: child.name,
            birth_year: child.birth_year,
            accounts: child.accounts,
            preset,
            rules,
            enforcement: child.enforcement,
        });
    }
    let failed = |detail: String| Trouble::failed(file_failed(context, file, &detail));
    let text = if is_json(file) || context.json {
        serde_json::to_string_pretty(&document).map_err(|error| failed(error.to_string()))? + "\n"
    } else {
        toml::to_string_pretty(&document).map_err(|error| failed(error.to_string()))?
    };
    if file == Path::new("-") {
        paint::line(text.trim_end());
        return Ok(());
    }
    std::fs::write(file, text).map_err(|error| failed(error.to_string()))?;
    let path = ("path", file.display().to_string().into());
    context.just_done("exported", &[("count", document.children.len().into()), path])
}

pub(crate) async fn import(context: &Context, file: &Path, dry_run: bool) -> Result<(), Trouble> {
    let wrong = |detail: String| Trouble::input(file_failed(context, file, &detail));
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    let document = Document::read(&text, is_json(file)).map_err(wrong)?;
    if document.lanh_policy != FORM {
        return Err(Trouble::input(context.text(
            "input-policy-form",
            &[("form", document.lanh_policy.to_string().into()), ("known", FORM.to_string().into())],
        )));
    }
    if document.children.is_empty() {
        return Err(wrong(context.text("no-children", &[])));
    }
    // What can be understood without the service is, so that a slip in the file needs no PIN to be told.
    let any = |name: &str| Ok(TargetView::App { app: name.to_owned(), name: name.to_owned() });
    for entry in &document.children {
        child_name(context, &entry.name)?;
        parse::birth_year(&entry.birth_year.to_string(), context.this_year())
            .map_err(|mistake| context.mistake(&mistake))?;
        for rule in &entry.rules {
            read_rule(context, rule, &any)?;
        }
    }

    let link = Link::open_as_guardian(context).await?;
    let apps = link.known_apps().await?;
    let known = link.children().await?;
    let accounts = ask!(link, Question::Accounts, Accounts);
    let mut plan = Vec::new();
    for entry in document.children {
        for account in &entry.accounts {
            if !accounts.iter().any(|known| known.name == *account) {
                let names: Vec<&str> = accounts.iter().map(|known| known.name.as_str()).collect();
                return Err(Trouble::input(context.text(
                    "input-no-account",
                    &[("text", account.as_str().into()), ("names", names.join(", ").into())],
                )));
            }
        }
        if let Some(preset) = &entry.preset {
            find_preset(&link, preset).await?;
        }
        let rules = entry
            .rules
            .iter()
            .map(|rule| read_rule(context, rule, &|name| find_app(name, &apps)))
            .collect::<Result<Vec<_>, _>>()?;
        let before = known.iter().find(|child| child.name == entry.name);
        let child = ChildView {
            id: before.map_or(0, |child| child.id),
            name: entry.name,
            birth_year: entry.birth_year,
            accounts: entry.accounts,
            enforcement: entry.enforcement,
        };
        plan.push(ChildPolicy { child, preset: entry.preset, rules });
    }

    if !context.json {
        for planned in &plan {
            let key = if planned.child.id == 0 { "import-adds" } else { "import-changes" };
            let (name, count) = (planned.child.name.as_str().into(), planned.rules.len().into());
            paint::line(&context.text(key, &[("name", name), ("count", count)]));
            for rule in &planned.rules {
                paint::line(&format!("  • {}", context.words.rule(rule)));
            }
        }
    }
    if dry_run {
        return context.just_done("nothing-changed", &[]);
    }
    context.confirm(&context.text("confirm-import", &[]))?;

    // All of it or nothing: the service does it in one step.
    let imported = ask!(link, Question::PutPolicy { children: plan }, Children);
    context.just_done("imported", &[("count", imported.len().into())])
}

fn read_rule(context: &Context, rule: &RuleEntry, resolve: parse::Resolve<'_>) -> Result<NewRule, Trouble> {
    match rule {
        RuleEntry::Full(rule) => Ok(rule.clone()),
        RuleEntry::Line(line) => parse::rule_line(line, resolve).map_err(|mistake| {
            let detail = mistake.say(context.words);
            Trouble::input(
                context.text("input-rule-line", &[("line", line.as_str().into()), ("detail", detail.into())]),
            )
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_survives_both_forms() {
        let document = Document {
            lanh_policy: FORM,
            children: vec![ChildEntry {
                name: "An".into(),
                birth_year: 2015,
                accounts: vec!["an".into()],
                preset: Some("vn-147".into()),
                rules: vec![
                    RuleEntry::Line("limit game 1h".into()),
                    RuleEntry::Full(NewRule::Schedule {
                        target: TargetView::Screen,
                        slots: Default::default(),
                    }),
                ],
                enforcement: Some(EnforcementView {
                    warn_at: vec![900, 60],
                    strict_counting: false,
                    strict_programs: false,
                    save_thaws: 2,
                    save_thaw: 60,
                    hold_for: None,
                    close_grace: 10,
                }),
            }],
        };
        let as_json = serde_json::to_value(&document).unwrap();
        let text = toml::to_string_pretty(&document).unwrap();
        let back: Document = toml::from_str(&text).unwrap();
        assert_eq!(serde_json::to_value(&back).unwrap(), as_json, "{text}");
        let back: Document = serde_json::from_value(as_json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&back).unwrap(), as_json);
    }

    #[test]
    fn an_unknown_word_in_the_file_is_refused() {
        let text = "lanh_policy = 1\n[[children]]\nname = 'An'\nbirth_year = 2015\nrulez = []\n";
        assert!(toml::from_str::<Document>(text).unwrap_err().to_string().contains("rulez"));
    }
}
