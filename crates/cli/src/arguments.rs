//! The command line. Values stay text here; they are read with a sentence in the user's language.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Time on this computer, agreed and kept.
///
/// Guardians set children's limits and say yes or no; children see what is left and why, and ask for more.
#[derive(Debug, Parser)]
#[command(name = "lanh", version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 done; 1 the service refused or failed; 2 the input makes no sense; \
    3 the service is not running; 4 a guardian's PIN is needed, or it was wrong.")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Common {
    /// Answer in JSON, for programs.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Where the service listens [default: $LANH_SOCKET, the system's service, or the user's].
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) socket: Option<PathBuf>,
    /// The language [default: the user's].
    #[arg(long, global = true)]
    pub(crate) lang: Option<Lang>,
    /// A file whose first line is the guardian's PIN or passphrase [or: $LANH_SECRET].
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
    /// Ask nothing: take yes for an answer.
    #[arg(long, short, global = true)]
    pub(crate) yes: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Lang {
    Vi,
    En,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// First steps: the guardian's PIN, the child's account, a preset that fits the age.
    Setup(Setup),
    /// How much time is left, and what runs.
    Status {
        /// The child, by name, account or number [default: oneself, or all].
        child: Option<String>,
        /// Stay and show every change.
        #[arg(long, short)]
        watch: bool,
    },
    /// The children.
    #[command(subcommand)]
    Child(ChildCommand),
    /// A child's rules.
    #[command(subcommand)]
    Rule(RuleCommand),
    /// Shipped sets of rules, each with its source.
    #[command(subcommand)]
    Preset(PresetCommand),
    /// The programs, and what each counts as.
    #[command(subcommand)]
    App(AppCommand),
    /// Give a child more time today.
    Grant {
        /// The child.
        child: String,
        /// How much: 15m, 1h, 1h30m.
        amount: String,
        #[command(flatten)]
        target: TargetArguments,
    },
    /// Requests for more time.
    #[command(subcommand)]
    Request(RequestCommand),
    /// Used time, by day and program.
    Usage {
        /// The child [default: oneself, or the only one].
        child: Option<String>,
        /// First day, as 2026-11-24 [default: six days before the last].
        #[arg(long)]
        from: Option<String>,
        /// Last day [default: today].
        #[arg(long)]
        until: Option<String>,
        /// With every interval, not sums only.
        #[arg(long)]
        intervals: bool,
        /// As comma-separated values.
        #[arg(long, conflicts_with = "json")]
        csv: bool,
    },
    /// A day, a week or a month: by day and by program.
    Report(ReportArguments),
    /// What the last weeks would have been under other rules.
    #[command(after_help = RULE_GRAMMAR)]
    Replay(ReplayArguments),
    /// Have some of tomorrow's time today, where a bank lends it (for children).
    Borrow {
        /// How much: 15m.
        amount: String,
        #[command(flatten)]
        target: TargetArguments,
    },
    /// Say that time was counted wrongly (for children).
    Dispute(StretchArguments),
    /// Counted time that is questioned or given back.
    #[command(subcommand)]
    Correction(CorrectionCommand),
    /// Why something may or may not be used now, or why a minute was counted.
    Why {
        /// [CHILD] and what: a program, a category or `screen`; with --at only [CHILD].
        #[arg(value_name = "[CHILD] TARGET", num_args = 0..=2)]
        words: Vec<String>,
        /// The time of the minute: 17:30, or "2026-11-24 17:30".
        #[arg(long)]
        at: Option<String>,
    },
    /// What was done and refused, newest first.
    Audit {
        /// Check that nothing was changed or taken out.
        #[arg(long)]
        verify: bool,
        /// How many lines, 1 to 1000.
        #[arg(long, default_value = "30")]
        limit: String,
    },
    /// Backups of everything that Lanh keeps.
    #[command(subcommand)]
    Backup(BackupCommand),
    /// The settings of this machine.
    #[command(subcommand)]
    Settings(SettingsCommand),
    /// Write children and their rules to a file (TOML, or JSON if it ends in .json).
    Export {
        /// The file; `-` prints TOML.
        file: PathBuf,
        /// Only this child.
        #[arg(long)]
        child: Option<String>,
    },
    /// Read children and their rules from a file: all of it or nothing.
    Import {
        /// A file as written by export.
        file: PathBuf,
        /// Only say what would be done.
        #[arg(long)]
        dry_run: bool,
    },
    /// Look for what lets a child around the limits, and for what is broken.
    Doctor,
    /// Stay in this desktop session: notices, and seeing who is there. Started at login.
    Session,
    /// Where a child finds help. Always works.
    HelpLine,
    /// Set the first guardian PIN, given by --secret-file, and print the recovery code: what the app runs with
    /// an administrator's rights.
    #[command(hide = true)]
    FirstPin,
    /// Write the manual pages.
    #[command(hide = true)]
    Man {
        /// The folder to write to.
        #[arg(long)]
        out: PathBuf,
    },
    /// Print completions for a shell.
    #[command(hide = true)]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Setup {
    /// The child's name.
    #[arg(long)]
    pub(crate) child: Option<String>,
    /// The child's account on this machine.
    #[arg(long)]
    pub(crate) account: Option<String>,
    /// The child's year of birth.
    #[arg(long)]
    pub(crate) birth_year: Option<String>,
    /// The preset to start with, or `none`.
    #[arg(long)]
    pub(crate) preset: Option<String>,
}

#[derive(Debug, Default, Args)]
pub(crate) struct ReportArguments {
    /// The child [default: oneself, or the only one].
    pub(crate) child: Option<String>,
    /// One day, not a week.
    #[arg(long, conflicts_with = "month")]
    pub(crate) day: bool,
    /// A month, not a week.
    #[arg(long)]
    pub(crate) month: bool,
    /// A day of it, as 2026-11-24 [default: today].
    #[arg(long)]
    pub(crate) date: Option<String>,
    /// As comma-separated values; docs/reports.md explains the columns.
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StretchArguments {
    /// From when: 17:30, or "2026-11-24 17:30".
    pub(crate) from: String,
    /// Until when.
    pub(crate) until: String,
    /// Why.
    pub(crate) words: Vec<String>,
    #[command(flatten)]
    pub(crate) target: TargetArguments,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CorrectionCommand {
    /// What is questioned, with what was seen then.
    List {
        /// The child.
        child: Option<String>,
        /// Answered ones too.
        #[arg(long)]
        all: bool,
    },
    /// Give the time back.
    Yes {
        /// The dispute's number.
        dispute: String,
    },
    /// Leave it counted.
    No {
        /// The dispute's number.
        dispute: String,
        /// A word to the child.
        #[arg(long, default_value = "")]
        words: String,
    },
    /// Give time back without being asked.
    Add {
        /// The child.
        child: String,
        #[command(flatten)]
        stretch: StretchArguments,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArguments {
    /// The child.
    pub(crate) child: String,
    /// A rule to try, as below; with none, the rules as they are now.
    pub(crate) rule: Vec<String>,
    #[command(flatten)]
    pub(crate) options: RuleOptions,
    /// The number of the rule that it would replace.
    #[arg(long, value_name = "RULE", requires = "rule")]
    pub(crate) replaces: Option<String>,
    /// The number of a rule to try without.
    #[arg(long, value_name = "RULE")]
    pub(crate) remove: Option<String>,
    /// A preset to try.
    #[arg(long)]
    pub(crate) preset: Option<String>,
    /// First day, as 2026-11-24 [default: thirteen days before the last].
    #[arg(long)]
    pub(crate) from: Option<String>,
    /// Last day [default: today].
    #[arg(long)]
    pub(crate) until: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct TargetArguments {
    /// Only for this program.
    #[arg(long, conflicts_with = "category")]
    pub(crate) app: Option<String>,
    /// Only for this category: game, learning, social, video, browser, creative, system, other.
    #[arg(long)]
    pub(crate) category: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ChildCommand {
    /// The children and their accounts.
    List,
    /// Add a child.
    Add {
        /// The name.
        name: String,
        /// The year of birth.
        #[arg(long)]
        birth_year: String,
        /// An account of this child; several times for several.
        #[arg(long = "account")]
        accounts: Vec<String>,
        /// A preset to start with.
        #[arg(long)]
        preset: Option<String>,
    },
    /// Change a child.
    Set {
        /// The child.
        child: String,
        /// A new name.
        #[arg(long)]
        name: Option<String>,
        /// Another year of birth.
        #[arg(long)]
        birth_year: Option<String>,
        /// The accounts instead of those so far.
        #[arg(long = "account")]
        accounts: Vec<String>,
        /// When to warn before a limit: 15m,5m,1m.
        #[arg(long)]
        warn_at: Option<String>,
        /// Count every running program, whatever is in front: yes or no.
        #[arg(long)]
        strict: Option<String>,
        /// Start only programs that the system installed, none from places that the child can write: yes
        /// or no.
        #[arg(long)]
        strict_programs: Option<String>,
        /// How often a paused game may be opened to save.
        #[arg(long)]
        saves: Option<String>,
        /// How long a paused program stays paused before it closes: 30m, or `day` for the day's end.
        #[arg(long)]
        hold_for: Option<String>,
        /// Between the polite request to close and the end: 10s.
        #[arg(long)]
        close_grace: Option<String>,
    },
    /// Remove a child and everything kept about it.
    Remove {
        /// The child.
        child: String,
    },
}

/// How a rule is written.
const RULE_GRAMMAR: &str = "How a rule is written:
  limit TARGET AMOUNT            limit game 60m --each --days mon-fri
                                 limit screen mon-fri 2h,sat-sun 3h
                                 limit video 5h --week
  hours TARGET DAYS HOURS        hours screen mon-fri 17:00-20:30,sat-sun 9:00-21:00
  break TARGET AMOUNT rest AMOUNT
                                 break game 45m rest 10m
  ceiling AGE                    ceiling 12+
  block TARGET                   block app:steam
  exempt TARGET                  exempt learning
  only TARGET...                 only learning browser
  bank TARGET keep AMOUNT [borrow AMOUNT]
                                 bank game keep 30m borrow 15m
  earn TARGET AMOUNT by TARGET AMOUNT at-most AMOUNT
                                 earn game 5m by learning 10m at-most 30m
  health-text TARGET AMOUNT      health-text game 30m

A TARGET is `screen`, a category (game, learning, social, video, browser, creative, system, other),
or a program by its name or id.";

#[derive(Debug, Subcommand)]
pub(crate) enum RuleCommand {
    /// The rules that hold.
    List {
        /// The child.
        child: Option<String>,
    },
    /// Add a rule.
    #[command(after_help = RULE_GRAMMAR)]
    Add {
        /// The child.
        child: String,
        /// The rule, as below.
        #[arg(required = true)]
        rule: Vec<String>,
        #[command(flatten)]
        options: RuleOptions,
        /// The number of the rule that it replaces.
        #[arg(long, value_name = "RULE")]
        replaces: Option<String>,
    },
    /// Take a rule away.
    Remove {
        /// The child.
        child: String,
        /// The rule's number.
        rule: String,
    },
    /// What was changed, newest first.
    History {
        /// The child.
        child: String,
    },
    /// Let an earlier state of the rules hold again.
    Rollback {
        /// The child.
        child: String,
        /// The revision's number, from the history.
        revision: String,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub(crate) struct RuleOptions {
    /// Each program of the category by itself.
    #[arg(long)]
    pub(crate) each: bool,
    /// Only on these days: mon-fri, sat,sun.
    #[arg(long)]
    pub(crate) days: Option<String>,
    /// Per week, not per day.
    #[arg(long)]
    pub(crate) week: bool,
    /// Time in these hours costs nothing.
    #[arg(long)]
    pub(crate) free: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PresetCommand {
    /// The presets with their sources.
    List,
    /// The rules of a preset.
    Show {
        /// The preset.
        preset: String,
    },
    /// Replace a child's rules of presets by this preset's.
    Apply {
        /// The child.
        child: String,
        /// The preset.
        preset: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AppCommand {
    /// The programs.
    List {
        /// Only those that a guardian should sort.
        #[arg(long)]
        unsorted: bool,
    },
    /// Decide what a program counts as.
    Set {
        /// The program, by its name or id.
        app: String,
        /// game, learning, social, video, browser, creative, system or other.
        #[arg(long)]
        category: Option<String>,
        /// 0+, 12+, 16+, 18+, or none.
        #[arg(long)]
        rating: Option<String>,
    },
    /// Look again for installed programs.
    Rescan,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RequestCommand {
    /// Open requests.
    List {
        /// The child.
        child: Option<String>,
        /// Answered ones too.
        #[arg(long)]
        all: bool,
    },
    /// Ask a guardian for more time (for children).
    Ask {
        /// How much: 15m.
        amount: String,
        /// Why.
        words: Vec<String>,
        #[command(flatten)]
        target: TargetArguments,
    },
    /// Say yes.
    Yes {
        /// The request's number.
        request: String,
        /// Another amount than asked for.
        amount: Option<String>,
        /// A word to the child.
        #[arg(long, default_value = "")]
        words: String,
    },
    /// Say no.
    No {
        /// The request's number.
        request: String,
        /// A word to the child.
        #[arg(long, default_value = "")]
        words: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum BackupCommand {
    /// Make one now.
    Now,
    /// The backups.
    List,
    /// Go back to a backup; what is now is kept aside.
    Restore {
        /// Its name.
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum SettingsCommand {
    /// The settings.
    Show,
    /// Change settings: all given or none.
    Set {
        /// KEY=VALUE: zone, week-start, retention-days, totals-only, help-lines, idle-after.
        #[arg(required = true, value_name = "KEY=VALUE")]
        pairs: Vec<String>,
    },
}
