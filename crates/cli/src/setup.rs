//! `lanh setup`: from nothing to a working limit.

use crate::arguments::Setup;
use crate::commands::{child_name, find_preset, say_rules, show_preset_head};
use crate::language;
use crate::link::{Context, Link, ask};
use crate::paint::{self, AMBER, BOLD, GREEN, styled};
use crate::parse;
use crate::trouble::Trouble;
use lanh_protocol::{AccountView, ChildView, PresetView, Question};
use lanh_words::{Language, Words};

pub(crate) async fn run(context: &Context, given: Setup) -> Result<(), Trouble> {
    let mut context = context.clone();
    // What was typed is checked before anything is asked or changed.
    let name = given.child.as_deref().map(|name| child_name(&context, name)).transpose()?;
    let year = given
        .birth_year
        .as_deref()
        .map(|year| parse::birth_year(year, context.this_year()))
        .transpose()
        .map_err(|mistake| context.mistake(&mistake))?;
    if !context.can_prompt() {
        let missing: Vec<&str> = [
            ("--child", name.is_none()),
            ("--account", given.account.is_none()),
            ("--birth-year", year.is_none()),
            ("--preset", given.preset.is_none()),
        ]
        .into_iter()
        .filter_map(|(flag, missing)| missing.then_some(flag))
        .collect();
        if !missing.is_empty() {
            return Err(Trouble::input(
                context.text("input-setup-flags", &[("flags", missing.join(", ").into())]),
            ));
        }
    }

    let link = Link::open(&context).await?;
    let info = ask!(link, Question::Info, Info);
    if context.can_prompt() {
        context.words = choose_language(&context)?;
        if let Err(error) = language::keep(context.words.language()) {
            let detail = ("detail", error.to_string().into());
            say(&context, AMBER, &context.text("language-not-kept", &[detail]));
        }
    }
    say(&context, BOLD, &context.text("setup-welcome", &[]));
    if info.mode == lanh_protocol::ModeView::User {
        say(&context, AMBER, &context.text("setup-user-mode", &[]));
    }

    let mut recovery_code = None;
    let context = if info.set_up {
        context
    } else {
        let (with_secret, code) = first_secret(&context, &link).await?;
        recovery_code = Some(code);
        with_secret
    };
    drop(link);
    let link = Link::open_as_guardian(&context).await?;

    let accounts = ask!(link, Question::Accounts, Accounts);
    let account = choose_account(&context, &accounts, given.account.as_deref())?;
    warn_of(&context, &account);
    let name = match name {
        Some(name) => name,
        None => {
            ask_until(&context, "prompt-child-name", &account.full_name, |text| child_name(&context, text))?
        }
    };
    let year = match year {
        Some(year) => year,
        None => ask_until(&context, "prompt-birth-year", "", |text| {
            parse::birth_year(text, context.this_year()).map_err(|mistake| context.mistake(&mistake))
        })?,
    };
    let preset = match given.preset.as_deref() {
        Some("none") => None,
        Some(id) => Some(find_preset(&link, id).await?),
        None => choose_preset(&context, &link, context.this_year() - year).await?,
    };

    let child = ChildView {
        id: account.child.unwrap_or(0),
        name,
        birth_year: year,
        accounts: vec![account.name.clone()],
        enforcement: None,
    };
    let put = Question::PutChild { child, preset: preset.as_ref().map(|preset| preset.id.clone()) };
    let child = ask!(link, put, Child);
    if context.json {
        return paint::json(&serde_json::json!({ "child": child, "recovery_code": recovery_code }));
    }
    let done = context.text(
        "setup-done",
        &[("name", child.name.as_str().into()), ("account", account.name.as_str().into())],
    );
    paint::line(&format!("{} {done}", styled(GREEN, "✓")));
    if let Some(preset) = &preset {
        show_preset_head(&context, preset);
        say_rules(context.words, preset);
    }
    paint::line(&context.text("setup-next", &[("name", child.name.as_str().into())]));
    Ok(())
}

/// Sets the first secret and prints the recovery code, alone on its line. A secret that is set stays as it is.
pub(crate) async fn first_pin(context: &Context) -> Result<(), Trouble> {
    let link = Link::open(context).await?;
    let info = ask!(link, Question::Info, Info);
    if info.set_up {
        return Err(Trouble::failed(context.text("first-pin-is-set", &[])));
    }
    let secret = context
        .given_secret()?
        .ok_or_else(|| Trouble::needs_guardian(context.text("input-no-secret", &[])))?;
    paint::line(&ask!(link, Question::SetSecret { secret }, RecoveryCode));
    Ok(())
}

fn say(context: &Context, style: anstyle::Style, text: &str) {
    if !context.json {
        paint::line(&styled(style, text));
    }
}

fn broken_off(context: &Context) -> Trouble {
    Trouble::failed(context.text("nothing-changed", &[]))
}

fn choose_language(context: &Context) -> Result<Words, Trouble> {
    let default = usize::from(context.words.language() == Language::English);
    let chosen = dialoguer::Select::new()
        .with_prompt(context.text("prompt-language", &[]))
        .items(["Tiếng Việt", "English"])
        .default(default)
        .interact()
        .map_err(|_| broken_off(context))?;
    Ok(Words::new(if chosen == 0 { Language::Vietnamese } else { Language::English }))
}

/// Sets the first secret, and shows the recovery code. The context that comes back knows the secret.
async fn first_secret(context: &Context, link: &Link) -> Result<(Context, String), Trouble> {
    let secret = match context.given_secret()? {
        Some(secret) => secret,
        None if context.can_prompt() => {
            paint::line(&context.text("setup-pin", &[]));
            dialoguer::Password::new()
                .with_prompt(context.text("prompt-new-pin", &[]))
                .with_confirmation(context.text("prompt-pin-again", &[]), context.text("pins-differ", &[]))
                .interact()
                .map_err(|_| broken_off(context))?
        }
        None => return Err(Trouble::needs_guardian(context.text("input-no-secret", &[]))),
    };
    let code = ask!(link, Question::SetSecret { secret: secret.clone() }, RecoveryCode);
    if !context.json {
        paint::line(&context.text("setup-recovery", &[]));
        paint::line(&format!("\n    {}\n", styled(BOLD, &code)));
    }
    if context.can_prompt() {
        while !dialoguer::Confirm::new()
            .with_prompt(context.text("confirm-recovery", &[]))
            .interact()
            .map_err(|_| broken_off(context))?
        {}
    }
    Ok((Context { secret: Some(secret), ..context.clone() }, code))
}

fn choose_account(
    context: &Context,
    accounts: &[AccountView],
    given: Option<&str>,
) -> Result<AccountView, Trouble> {
    let names: Vec<String> = accounts.iter().map(|account| account.name.clone()).collect();
    if let Some(given) = given {
        return accounts.iter().find(|account| account.name == given).cloned().ok_or_else(|| {
            Trouble::input(
                context
                    .text("input-no-account", &[("text", given.into()), ("names", names.join(", ").into())]),
            )
        });
    }
    if accounts.is_empty() {
        return Err(Trouble::failed(context.text("no-accounts", &[])));
    }
    let items: Vec<String> = accounts
        .iter()
        .map(|account| {
            let name = context.text("plain", &[("text", account.full_name.as_str().into())]);
            format!("{}  {name}  {}", account.name, weaknesses(context, account).join(", "))
        })
        .collect();
    let default = accounts.iter().position(|account| !account.administrator).unwrap_or(0);
    let chosen = dialoguer::Select::new()
        .with_prompt(context.text("prompt-account", &[]))
        .items(&items)
        .default(default)
        .interact()
        .map_err(|_| broken_off(context))?;
    accounts.get(chosen).cloned().ok_or_else(|| broken_off(context))
}

fn weaknesses(context: &Context, account: &AccountView) -> Vec<String> {
    let mut found = Vec::new();
    if account.administrator {
        found.push(context.text("account-administrator", &[]));
    }
    if account.no_password == Some(true) {
        found.push(context.text("account-no-password", &[]));
    }
    found
}

fn warn_of(context: &Context, account: &AccountView) {
    if account.administrator {
        let name = ("account", account.name.as_str().into());
        say(context, AMBER, &context.text("warn-administrator", &[name]));
    }
}

async fn choose_preset(context: &Context, link: &Link, age: i32) -> Result<Option<PresetView>, Trouble> {
    let presets = ask!(link, Question::Presets, Presets);
    let fits = |preset: &PresetView| (i32::from(preset.ages.0)..=i32::from(preset.ages.1)).contains(&age);
    let (mut fitting, others): (Vec<PresetView>, Vec<PresetView>) = presets.into_iter().partition(fits);
    fitting.extend(others);
    for preset in &fitting {
        show_preset_head(context, preset);
        say_rules(context.words, preset);
    }
    let mut items: Vec<String> = fitting.iter().map(|preset| preset.id.clone()).collect();
    items.push(context.text("no-preset", &[]));
    let chosen = dialoguer::Select::new()
        .with_prompt(context.text("prompt-preset", &[]))
        .items(&items)
        .default(0)
        .interact()
        .map_err(|_| broken_off(context))?;
    Ok(fitting.into_iter().nth(chosen))
}

/// Asks until the answer makes sense.
fn ask_until<T>(
    context: &Context,
    prompt: &str,
    default: &str,
    read: impl Fn(&str) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    loop {
        let mut input = dialoguer::Input::<String>::new().with_prompt(context.text(prompt, &[]));
        if !default.is_empty() {
            input = input.default(default.to_owned());
        }
        let text = input.interact_text().map_err(|_| broken_off(context))?;
        match read(&text) {
            Ok(value) => return Ok(value),
            Err(trouble) => paint::line(&styled(AMBER, &trouble.sentence)),
        }
    }
}
