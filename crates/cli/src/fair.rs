//! `lanh replay`: the last weeks under other rules.

use crate::arguments::ReplayArguments;
use crate::link::{Context, Link, ask, find_app};
use crate::paint::{self, AMBER, BOLD, DIM, styled};
use crate::parse::{self, Mistake};
use crate::trouble::Trouble;
use chrono::{Days, NaiveDate};
use lanh_protocol::{Question, ReplayDayView, ReplayView, RuleChange, TargetView};
use lanh_words::Clock;

pub(crate) async fn replay(context: &Context, arguments: &ReplayArguments) -> Result<(), Trouble> {
    let say = |mistake: Mistake| context.mistake(&mistake);
    let number = |text: &Option<String>| text.as_deref().map(parse::number).transpose().map_err(say);
    let day = |text: &Option<String>| text.as_deref().map(parse::date).transpose().map_err(say);
    let (replaces, remove) = (number(&arguments.replaces)?, number(&arguments.remove)?);
    let (from, until) = (day(&arguments.from)?, day(&arguments.until)?);
    let any = |name: &str| Ok(TargetView::App { app: name.to_owned(), name: name.to_owned() });
    if !arguments.rule.is_empty() {
        // The shape first, so that a slip needs no PIN to be told.
        parse::rule(&arguments.rule, &arguments.options, &any).map_err(say)?;
    }
    let link = Link::open(context).await?;
    let child = link.whose(Some(&arguments.child)).await?;
    let mut changes = Vec::new();
    if !arguments.rule.is_empty() {
        let apps = link.known_apps().await?;
        let rule =
            parse::rule(&arguments.rule, &arguments.options, &|name| find_app(name, &apps)).map_err(say)?;
        changes.push(RuleChange::Put { replaces, rule });
    }
    changes.extend(remove.map(|rule| RuleChange::Remove { rule }));
    changes.extend(arguments.preset.clone().map(|preset| RuleChange::Preset { preset }));
    let clock = link.clock(child).await?;
    let until = until.unwrap_or_else(|| clock.now.with_timezone(&clock.zone).date_naive());
    let from = from.unwrap_or_else(|| until.checked_sub_days(Days::new(13)).unwrap_or(NaiveDate::MIN));
    let replay = ask!(link, Question::Replay { child, changes, from, until }, Replay);
    if context.json {
        return paint::json(&replay);
    }
    show(context, &replay, &clock);
    Ok(())
}

fn show(context: &Context, replay: &ReplayView, clock: &Clock) {
    let words = context.words;
    let differs = |day: &&ReplayDayView| {
        !day.stops.is_empty() || !day.left.is_empty() || words.replay_counted(day).is_some()
    };
    for day in replay.days.iter().filter(differs) {
        paint::line(&styled(BOLD, &words.replayed(day, clock)));
        for stop in &day.stops {
            paint::line(&format!("  {}", styled(AMBER, &words.replay_stop(stop, clock))));
        }
        let rest = day.left.iter().map(|left| words.replay_left(left)).chain(words.replay_counted(day));
        for line in rest {
            paint::line(&format!("  {}", styled(DIM, &line)));
        }
    }
    if !replay.days.iter().any(|day| differs(&day)) {
        paint::line(&context.text("replay-no-difference", &[]));
    }
}
