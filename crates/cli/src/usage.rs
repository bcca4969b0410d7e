//! `lanh usage` and `lanh why`.

use crate::commands::stamp;
use crate::link::{Context, Link, ask};
use crate::paint::{self, AMBER, BOLD, DIM, GREEN, styled};
use crate::parse::{self, Mistake};
use crate::status::verdict;
use crate::trouble::Trouble;
use chrono::{DateTime, Days, NaiveDate, Offset, TimeZone, Utc};
use lanh_protocol::{BasisView, CostView, IntervalView, Question, TargetView, UsageView, VerdictView};
use lanh_words::Clock;
use std::collections::BTreeMap;

/// The first and last day, as typed.
#[derive(Clone, Copy)]
pub(crate) struct Span<'a> {
    pub(crate) from: Option<&'a str>,
    pub(crate) until: Option<&'a str>,
}

pub(crate) async fn run(
    context: &Context,
    child: Option<&str>,
    span: Span<'_>,
    intervals: bool,
    csv: bool,
) -> Result<(), Trouble> {
    let day =
        |text: Option<&str>| text.map(parse::date).transpose().map_err(|mistake| context.mistake(&mistake));
    let (from, until) = (day(span.from)?, day(span.until)?);
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        return Err(context.mistake(&Mistake::Date(span.until.unwrap_or_default().to_owned())));
    }
    let link = Link::open(context).await?;
    let child = link.whose(child).await?;
    let clock = link.clock(child).await?;
    let until = until.unwrap_or_else(|| clock.now.with_timezone(&clock.zone).date_naive());
    let from = from.unwrap_or_else(|| until.checked_sub_days(Days::new(6)).unwrap_or(until));
    let mut usage = ask!(link, Question::Usage { child, from, until, intervals: false }, Usage);
    let mut skip = intervals.then_some(0);
    while let Some(so_far) = skip {
        let page = ask!(link, Question::Intervals { child, from, until, skip: so_far }, Intervals);
        usage.intervals.extend(page.intervals);
        skip = page.next;
    }
    if context.json {
        return paint::json(&usage);
    }
    if csv {
        return print_csv(context, &usage, intervals);
    }
    chart(context, &usage, from, until);
    if intervals {
        show_intervals(context, &clock, &usage.intervals);
    }
    Ok(())
}

/// A bar for the screen of each day, and below it the day's programs.
fn chart(context: &Context, usage: &UsageView, from: NaiveDate, until: NaiveDate) {
    let mut days: BTreeMap<NaiveDate, (u64, Vec<(String, u64)>)> = BTreeMap::new();
    for sum in &usage.sums {
        let day = days.entry(sum.day).or_default();
        match &sum.target {
            TargetView::Screen => day.0 = sum.used,
            TargetView::App { .. } if sum.used == 0 => {}
            TargetView::App { .. } => day.1.push((context.words.target(&sum.target), sum.used)),
            TargetView::Category { .. } | TargetView::Each { .. } => {}
        }
    }
    let most = days.values().map(|(screen, _)| *screen).max().unwrap_or(0).max(1);
    let mut total: u64 = 0;
    let mut rows = Vec::new();
    for day in from.iter_days().take_while(|day| *day <= until) {
        let (screen, mut apps) = days.remove(&day).unwrap_or_default();
        total = total.saturating_add(screen);
        apps.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let mut shown: Vec<String> = apps
            .iter()
            .take(3)
            .map(|(name, used)| format!("{name} {}", context.words.duration(*used)))
            .collect();
        if apps.len() > 3 {
            shown.push("…".to_owned());
        }
        let weekday = context.words.weekday_short(chrono::Datelike::weekday(&day));
        let bar = if screen == 0 { String::new() } else { bar_of(screen, most) };
        rows.push(vec![
            format!("{weekday} {}", day.format("%d/%m")),
            styled(GREEN, &bar),
            if screen == 0 { styled(DIM, "–") } else { context.words.duration(screen) },
            styled(DIM, &shown.join(", ")),
        ]);
    }
    paint::table("", &rows);
    let total = ("duration", context.words.duration(total).into());
    paint::line(&styled(BOLD, &context.text("usage-total", &[total])));
}

fn bar_of(used: u64, most: u64) -> String {
    let cells = used.saturating_mul(24).div_ceil(most).min(24);
    (0..cells).map(|_| '█').collect()
}

pub(crate) fn show_intervals(context: &Context, clock: &Clock, intervals: &[IntervalView]) {
    let rows: Vec<Vec<String>> = intervals
        .iter()
        .map(|interval| {
            let until = interval.until.with_timezone(&clock.zone).format("%H:%M");
            vec![
                format!("{}–{until}", stamp(interval.from, clock)),
                context.words.duration(interval.used),
                context.words.target(&interval.target),
                styled(AMBER, &cost(context, &interval.cost)),
                styled(DIM, &basis(context, interval.basis)),
            ]
        })
        .collect();
    paint::table("", &rows);
}

fn cost(context: &Context, cost: &CostView) -> String {
    let (kind, id) = match cost {
        CostView::Charged => ("charged", 0),
        CostView::Grant { grant } => ("grant", *grant),
        CostView::Free { rule } => ("free", *rule),
    };
    context.text("cost", &[("kind", kind.into()), ("id", id.to_string().into())])
}

fn basis(context: &Context, basis: BasisView) -> String {
    let kind = match basis {
        BasisView::InFront => "in-front",
        BasisView::FocusUnknown => "focus-unknown",
        BasisView::CompanionSilent => "companion-silent",
        BasisView::Strict => "strict",
        BasisView::SessionActive => "session-active",
    };
    context.text("basis", &[("kind", kind.into())])
}

fn print_csv(context: &Context, usage: &UsageView, intervals: bool) -> Result<(), Trouble> {
    let failed = cell_error;
    let mut out = csv::Writer::from_writer(std::io::stdout());
    if intervals {
        out.write_record(["from", "until", "target", "app", "seconds", "cost"]).map_err(failed)?;
        for interval in &usage.intervals {
            out.write_record([
                interval.from.to_rfc3339(),
                interval.until.to_rfc3339(),
                plain_cell(&context.words.target(&interval.target)),
                plain_cell(interval.app.as_deref().unwrap_or_default()),
                interval.used.to_string(),
                match interval.cost {
                    CostView::Charged => "charged",
                    CostView::Grant { .. } => "grant",
                    CostView::Free { .. } => "free",
                }
                .to_owned(),
            ])
            .map_err(failed)?;
        }
    } else {
        out.write_record(["day", "target", "used_seconds", "charged_seconds", "granted_seconds"])
            .map_err(failed)?;
        for sum in &usage.sums {
            out.write_record([
                sum.day.to_string(),
                plain_cell(&context.words.target(&sum.target)),
                sum.used.to_string(),
                sum.charged.to_string(),
                sum.granted.to_string(),
            ])
            .map_err(failed)?;
        }
    }
    out.flush().map_err(|error| Trouble::failed(error.to_string()))
}

pub(crate) fn cell_error(error: csv::Error) -> Trouble {
    Trouble::failed(error.to_string())
}

/// A cell that a spreadsheet takes for text, whatever a program calls itself.
pub(crate) fn plain_cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

pub(crate) async fn why(context: &Context, words: &[String], at: Option<&str>) -> Result<(), Trouble> {
    let (child, target) = match (words, at) {
        ([], Some(_)) => (None, None),
        ([child], Some(_)) => (Some(child.as_str()), None),
        ([target], None) => (None, Some(target.as_str())),
        ([child, target], None) => (Some(child.as_str()), Some(target.as_str())),
        _ => return Err(Trouble::input(context.text("input-why", &[]))),
    };
    match (target, at) {
        (Some(target), _) => why_target(context, child, target).await,
        (None, Some(at)) => why_charged(context, child, at).await,
        (None, None) => Err(Trouble::input(context.text("input-why", &[]))),
    }
}

async fn why_target(context: &Context, child: Option<&str>, target: &str) -> Result<(), Trouble> {
    let link = Link::open(context).await?;
    let child = link.whose(child).await?;
    let target = link.target(target).await?;
    let answer = ask!(link, Question::Why { child, target }, Why);
    if context.json {
        return paint::json(&answer);
    }
    let clock = link.clock(child).await?;
    let title = styled(BOLD, &context.words.target_title(&answer.target));
    paint::line(&format!("{title}  {}", verdict(context.words, &answer.verdict, &clock)));
    let reason = match &answer.verdict {
        VerdictView::Allowed { reason, .. } => reason.as_ref(),
        VerdictView::Warned { reason, .. }
        | VerdictView::Held { reason, .. }
        | VerdictView::Denied { reason } => Some(reason),
    };
    match (reason, &answer.verdict) {
        (Some(reason), VerdictView::Held { .. } | VerdictView::Denied { .. }) => {
            paint::line(&format!("  {}", context.words.reason(reason, &clock)));
        }
        (Some(reason), _) => paint::line(&format!("  {}", context.words.ending(reason))),
        (None, _) => {}
    }
    for budget in &answer.budgets {
        let left = context.words.left(budget.left);
        paint::line(&format!(
            "  {} {}  {}",
            styled(paint::left_style(budget.left), &paint::bar(budget.used, budget.amount, 20)),
            left,
            styled(DIM, &context.words.target(&budget.target))
        ));
    }
    for rule in &answer.rules {
        let id = styled(DIM, &paint::padded(&rule.id.to_string(), 3));
        paint::line(&format!("  {id} {}", context.words.rule(&rule.rule)));
    }
    Ok(())
}

async fn why_charged(context: &Context, child: Option<&str>, text: &str) -> Result<(), Trouble> {
    let typed = Typed::read(text).ok_or_else(|| context.mistake(&Mistake::Time(text.to_owned())))?;
    let link = Link::open(context).await?;
    let child = link.whose(child).await?;
    let clock = link.clock(child).await?;
    let at = typed.moment(&clock).ok_or_else(|| context.mistake(&Mistake::Time(text.to_owned())))?;
    let usage = ask!(link, Question::WhyCharged { child, at }, Usage);
    if context.json {
        return paint::json(&usage);
    }
    if usage.intervals.is_empty() {
        let at = ("at", context.words.at(at, &clock).into());
        paint::line(&context.text("nothing-counted", &[at]));
    }
    show_intervals(context, &clock, &usage.intervals);
    Ok(())
}

/// A moment as typed, in the family's zone.
pub(crate) fn moment(context: &Context, text: &str, clock: &Clock) -> Result<DateTime<Utc>, Trouble> {
    let mistake = || context.mistake(&Mistake::Time(text.to_owned()));
    Typed::read(text).and_then(|typed| typed.moment(clock)).ok_or_else(mistake)
}

/// A moment as typed, before the family's zone is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Typed {
    Exact(DateTime<Utc>),
    Local(chrono::NaiveDateTime),
    Today(chrono::NaiveTime),
}

impl Typed {
    fn read(text: &str) -> Option<Self> {
        if let Some(time) = parse::time_of_day(text) {
            return Some(Self::Today(time));
        }
        if let Ok(exact) = DateTime::parse_from_rfc3339(text) {
            return Some(Self::Exact(exact.with_timezone(&Utc)));
        }
        let (day, time) = text.split_once([' ', 'T'])?;
        Some(Self::Local(parse::date(day).ok()?.and_time(parse::time_of_day(time)?)))
    }

    /// The first moment that the clocks on the wall showed so; one that they skipped is taken as if they
    /// had not been changed yet.
    fn moment(self, clock: &Clock) -> Option<DateTime<Utc>> {
        let local = match self {
            Self::Exact(at) => return Some(at),
            Self::Local(local) => local,
            Self::Today(time) => clock.now.with_timezone(&clock.zone).date_naive().and_time(time),
        };
        match clock.zone.from_local_datetime(&local).earliest() {
            Some(at) => Some(at.with_timezone(&Utc)),
            None => {
                let before = clock.zone.offset_from_utc_datetime(&local.checked_sub_days(Days::new(1))?);
                Some(before.fix().from_local_datetime(&local).earliest()?.with_timezone(&Utc))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, zone: &str) -> Option<String> {
        let now = "2026-11-24T10:00:00Z".parse().unwrap();
        Some(Typed::read(text)?.moment(&Clock::new(now, zone))?.to_rfc3339())
    }

    #[test]
    fn moments_are_read_in_the_family_zone() {
        let hanoi = "Asia/Ho_Chi_Minh";
        assert_eq!(at("17:30", hanoi).as_deref(), Some("2026-11-24T10:30:00+00:00"));
        assert_eq!(at("2026-11-01 08:00", hanoi).as_deref(), Some("2026-11-01T01:00:00+00:00"));
        assert_eq!(at("2026-11-01T08:00:00Z", hanoi).as_deref(), Some("2026-11-01T08:00:00+00:00"));
        // Half past two was skipped that night.
        assert_eq!(at("2026-03-29 02:30", "Europe/Berlin").as_deref(), Some("2026-03-29T01:30:00+00:00"));
        for text in ["", "25:00", "yesterday", "2026-13-01 10:00", "2026-11-01", "17"] {
            assert_eq!(at(text, hanoi), None, "{text}");
        }
    }

    #[test]
    fn a_program_name_is_no_formula() {
        assert_eq!(plain_cell("=HYPERLINK()"), "'=HYPERLINK()");
        assert_eq!(plain_cell("Xsol"), "Xsol");
    }
}
