//! `lanh report`: a day, a week or a month of a child, for people and for programs.

use crate::arguments::ReportArguments;
use crate::link::{Context, Link, ask};
use crate::paint::{self, BOLD, DIM, styled};
use crate::parse;
use crate::trouble::Trouble;
use crate::usage::{cell_error, plain_cell};
use chrono::{Datelike, Days, Months, NaiveDate};
use lanh_protocol::{Question, ReportLine, ReportView, TargetView};
use std::collections::BTreeMap;

/// Days that are asked for at once, so that no answer is too long.
const AT_ONCE: u64 = 7;

pub(crate) async fn run(context: &Context, arguments: &ReportArguments) -> Result<(), Trouble> {
    let day = arguments
        .date
        .as_deref()
        .map(parse::date)
        .transpose()
        .map_err(|mistake| context.mistake(&mistake))?;
    let link = Link::open(context).await?;
    let child = link.whose(arguments.child.as_deref()).await?;
    let clock = link.clock(child).await?;
    let day = day.unwrap_or_else(|| clock.now.with_timezone(&clock.zone).date_naive());
    let (from, until) = span(arguments, day);
    let mut whole: Option<ReportView> = None;
    let mut first = from;
    while first <= until {
        let last = first.checked_add_days(Days::new(AT_ONCE - 1)).unwrap_or(until).min(until);
        let page = ask!(link, Question::Sums { child, from: first, until: last }, Sums);
        match &mut whole {
            Some(whole) => whole.lines.extend(page.lines),
            None => whole = Some(page),
        }
        let Some(next) = last.succ_opt() else { break };
        first = next;
    }
    let Some(report) = whole else { return Err(link.unexpected()) };
    if context.json {
        return paint::json(&serde_json::json!({ "from": from, "until": until, "report": report }));
    }
    if arguments.csv {
        return print_csv(&report);
    }
    show(context, &report, from, until);
    Ok(())
}

/// The first and the last day of the day, week (Monday first) or month of `day`.
fn span(arguments: &ReportArguments, day: NaiveDate) -> (NaiveDate, NaiveDate) {
    if arguments.month {
        let first = day.with_day(1).unwrap_or(day);
        let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
        return (first, next.pred_opt().unwrap_or(day));
    }
    if arguments.day {
        return (day, day);
    }
    let back = u64::from(day.weekday().num_days_from_monday());
    let first = day.checked_sub_days(Days::new(back)).unwrap_or(day);
    (first, first.checked_add_days(Days::new(6)).unwrap_or(day))
}

fn show(context: &Context, report: &ReportView, from: NaiveDate, until: NaiveDate) {
    let words = context.words;
    let title = context.text(
        "report-title",
        &[
            ("name", report.name.as_str().into()),
            ("from", words.date(from).into()),
            ("until", words.date(until).into()),
        ],
    );
    paint::line(&styled(BOLD, &title));
    let mut days: BTreeMap<NaiveDate, u64> = BTreeMap::new();
    let mut targets: BTreeMap<(u8, String), [u64; 3]> = BTreeMap::new();
    for line in &report.lines {
        if line.target == TargetView::Screen {
            days.insert(line.day, line.used);
        }
        let place = match &line.target {
            TargetView::Screen => 0,
            TargetView::Category { .. } | TargetView::Each { .. } => 1,
            TargetView::App { .. } => 2,
        };
        let [used, counted, granted] = targets.entry((place, words.target_title(&line.target))).or_default();
        *used = used.saturating_add(line.used);
        *counted = counted.saturating_add(counts(line));
        *granted = granted.saturating_add(line.granted);
    }
    let rows: Vec<Vec<String>> =
        days.iter().map(|(day, used)| vec![words.day(*day), words.duration(*used)]).collect();
    paint::table("  ", &rows);
    let mut rows = vec![
        ["report-what", "report-used", "report-counted", "report-granted"]
            .map(|key| styled(DIM, &context.text(key, &[])))
            .to_vec(),
    ];
    let mut sums: Vec<_> = targets.into_iter().collect();
    sums.sort_by(|((one, _), [a, ..]), ((other, _), [b, ..])| one.cmp(other).then(b.cmp(a)));
    rows.extend(sums.into_iter().map(|((_, name), [used, counted, granted])| {
        vec![name, words.duration(used), words.duration(counted), words.duration(granted)]
    }));
    paint::table("", &rows);
}

/// What counts toward allowances: the charge, less what was given back.
fn counts(line: &ReportLine) -> u64 {
    line.charged.saturating_add(line.taken).saturating_sub(line.given_back)
}

/// The columns of the report as comma-separated values; docs/reports.md explains them.
pub(crate) const COLUMNS: [&str; 11] = [
    "child",
    "name",
    "day",
    "kind",
    "target",
    "used_seconds",
    "charged_seconds",
    "granted_seconds",
    "free_seconds",
    "given_back_seconds",
    "taken_seconds",
];

fn print_csv(report: &ReportView) -> Result<(), Trouble> {
    let mut out = csv::Writer::from_writer(std::io::stdout());
    out.write_record(COLUMNS).map_err(cell_error)?;
    for line in &report.lines {
        let (kind, target) = match &line.target {
            TargetView::App { app, .. } => ("app", app.clone()),
            TargetView::Category { category } | TargetView::Each { category } => {
                ("category", format!("{category:?}").to_lowercase())
            }
            TargetView::Screen => ("screen", String::new()),
        };
        out.write_record([
            report.child.to_string(),
            plain_cell(&report.name),
            line.day.to_string(),
            kind.to_owned(),
            plain_cell(&target),
            line.used.to_string(),
            line.charged.to_string(),
            line.granted.to_string(),
            line.free.to_string(),
            line.given_back.to_string(),
            line.taken.to_string(),
        ])
        .map_err(cell_error)?;
    }
    out.flush().map_err(|error| Trouble::failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_spans_a_day_a_week_or_a_month() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        let check = |day, month, on: &str, from: &str, until: &str| {
            let arguments = ReportArguments { day, month, ..ReportArguments::default() };
            assert_eq!(span(&arguments, date(on)), (date(from), date(until)));
        };
        check(true, false, "2026-11-24", "2026-11-24", "2026-11-24");
        check(false, false, "2026-11-24", "2026-11-23", "2026-11-29");
        check(false, true, "2026-11-24", "2026-11-01", "2026-11-30");
        check(false, true, "2028-02-29", "2028-02-01", "2028-02-29");
        check(false, false, "2027-01-01", "2026-12-28", "2027-01-03");
    }

    #[test]
    fn every_column_is_documented() {
        let docs =
            std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reports.md")).unwrap();
        for column in COLUMNS {
            assert!(docs.contains(&format!("`{column}`")), "docs/reports.md does not explain {column}");
        }
    }
}
