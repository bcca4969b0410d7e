//! `lanh`, the command line of Lanh: for guardians, children, schools and scripts.
//!
//! Texts come from the shared Fluent files; the help of the arguments themselves is English.

mod arguments;
mod commands;
mod disputes;
mod fair;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod language;
mod link;
mod paint;
mod parse;
mod policy_file;
mod report;
mod setup;
mod status;
mod trouble;
mod usage;

use crate::arguments::{Arguments, Command, Lang};
use crate::link::Context;
use crate::trouble::{Kind, Trouble};
use clap::{CommandFactory, Parser};
use lanh_words::{Language, Words};
use std::process::ExitCode;

/// Does what the arguments of this process say, and tells how it went.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let common = arguments.common;
    let words = match common.lang {
        Some(Lang::Vi) => Words::new(Language::Vietnamese),
        Some(Lang::En) => Words::new(Language::English),
        None => language::chosen().map_or_else(Words::of_user, Words::new),
    };
    let context = Context {
        words,
        json: common.json,
        yes: common.yes,
        socket: common.socket.unwrap_or_else(lanh_protocol::default_socket),
        secret_file: common.secret_file,
        secret: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(run(arguments.command, &context)),
        Err(error) => Err(Trouble::failed(error.to_string())),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            tell(&trouble, context.json);
            ExitCode::from(match trouble.kind {
                Kind::Failed => 1,
                Kind::Input => 2,
                Kind::NotRunning => 3,
                Kind::NeedsGuardian => 4,
            })
        }
    }
}

fn tell(trouble: &Trouble, json: bool) {
    use std::io::Write;
    let text = if json {
        serde_json::json!({ "error": trouble.sentence }).to_string()
    } else {
        format!("{} {}", paint::styled(paint::CORAL, "lanh:"), trouble.sentence)
    };
    // Where errors cannot be written, the exit code still tells.
    let _ = writeln!(anstream::stderr(), "{text}");
}

async fn run(command: Command, context: &Context) -> Result<(), Trouble> {
    match command {
        Command::Setup(setup) => setup::run(context, setup).await,
        Command::Status { child, watch } => status::run(context, child.as_deref(), watch).await,
        Command::Child(command) => commands::child(context, command).await,
        Command::Rule(command) => commands::rule(context, command).await,
        Command::Preset(command) => commands::preset(context, command).await,
        Command::App(command) => commands::app(context, command).await,
        Command::Grant { child, amount, target } => commands::grant(context, &child, &amount, &target).await,
        Command::Request(command) => commands::request(context, command).await,
        Command::Usage { child, from, until, intervals, csv } => {
            let span = usage::Span { from: from.as_deref(), until: until.as_deref() };
            usage::run(context, child.as_deref(), span, intervals, csv).await
        }
        Command::Report(arguments) => report::run(context, &arguments).await,
        Command::Replay(arguments) => fair::replay(context, &arguments).await,
        Command::Borrow { amount, target } => disputes::borrow(context, &amount, &target).await,
        Command::Dispute(stretch) => disputes::dispute(context, &stretch).await,
        Command::Correction(command) => disputes::correction(context, command).await,
        Command::Why { words, at } => usage::why(context, &words, at.as_deref()).await,
        Command::Audit { verify, limit } => commands::audit(context, verify, &limit).await,
        Command::Backup(command) => commands::backup(context, command).await,
        Command::Settings(command) => commands::settings(context, command).await,
        Command::Export { file, child } => policy_file::export(context, &file, child.as_deref()).await,
        Command::Import { file, dry_run } => policy_file::import(context, &file, dry_run).await,
        Command::Doctor => commands::doctor(context).await,
        Command::Session => session(context).await,
        Command::HelpLine => commands::help_line(context).await,
        Command::FirstPin => setup::first_pin(context).await,
        Command::Man { out } => clap_mangen::generate_to(Arguments::command(), &out).map_err(|error| {
            let path = out.display().to_string();
            Trouble::failed(
                context.text("file-failed", &[("path", path.into()), ("detail", error.to_string().into())]),
            )
        }),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "lanh", &mut std::io::stdout());
            Ok(())
        }
    }
}

async fn session(context: &Context) -> Result<(), Trouble> {
    let options = lanh_companion::Options { socket: context.socket.clone(), words: context.words };
    lanh_companion::run(options).await.map_err(|error| Trouble::failed(error.to_string()))
}
