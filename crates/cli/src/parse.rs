//! What people type: lengths of time, days, hours, targets and rules. Pure.

use crate::arguments::RuleOptions;
use chrono::NaiveTime;
use lanh_protocol::{BudgetPeriod, CategoryView, NewRule, SlotView, TargetView};
use lanh_words::Words;

/// What is wrong with what was typed; [`Mistake::say`] explains it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Duration(String),
    Days(String),
    Hours(String),
    Age(String),
    Category(String),
    Number(String),
    YesNo(String),
    Date(String),
    Time(String),
    Year(String),
    Rule(String),
    RuleShape(&'static str),
    Option(&'static str),
    TooLong(String),
    /// No program is called so.
    NoApp(String),
    /// Several programs are meant: their names and ids.
    ManyApps(String, Vec<String>),
}

impl Mistake {
    /// The sentence, which says what would be right.
    pub(crate) fn say(&self, words: Words) -> String {
        let (key, text) = match self {
            Self::Duration(text) => ("input-duration", text.as_str()),
            Self::Days(text) => ("input-days", text.as_str()),
            Self::Hours(text) => ("input-hours", text.as_str()),
            Self::Age(text) => ("input-age", text.as_str()),
            Self::Category(text) => ("input-category", text.as_str()),
            Self::Number(text) => ("input-number", text.as_str()),
            Self::YesNo(text) => ("input-yes-no", text.as_str()),
            Self::Date(text) => ("input-date", text.as_str()),
            Self::Time(text) => ("input-time", text.as_str()),
            Self::Year(text) => ("input-year", text.as_str()),
            Self::Rule(text) => ("input-rule", text.as_str()),
            Self::RuleShape(shape) => ("input-rule-shape", *shape),
            Self::Option(option) => ("input-option", *option),
            Self::TooLong(text) => ("input-too-long", text.as_str()),
            Self::NoApp(text) => ("input-no-app", text.as_str()),
            Self::ManyApps(text, names) => {
                return words.text(
                    "input-many-apps",
                    &[("text", text.as_str().into()), ("names", names.join(", ").into())],
                );
            }
        };
        words.text(key, &[("text", text.into())])
    }
}

const DAY: u64 = 24 * 60 * 60;

/// `45m`, `1h30m`, `90s`, `2h`, and a bare `0`: whole seconds, at most 31 days.
pub(crate) fn duration(text: &str) -> Result<u64, Mistake> {
    let mistake = || Mistake::Duration(text.to_owned());
    let lower = text.trim().to_ascii_lowercase();
    if lower == "0" {
        return Ok(0);
    }
    let mut total: u64 = 0;
    let mut digits = String::new();
    // Each unit at most once, from the largest to the smallest.
    let mut last_unit = u64::MAX;
    let mut letters = lower.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        let unit = match letter {
            'd' => DAY,
            'h' => 3600,
            'm' => {
                // `min` is as good as `m`.
                if letters.next_if_eq(&'i').is_some() && letters.next_if_eq(&'n').is_none() {
                    return Err(mistake());
                }
                60
            }
            's' => 1,
            _ => return Err(mistake()),
        };
        let count: u64 = digits.parse().map_err(|_| mistake())?;
        digits.clear();
        if unit >= last_unit {
            return Err(mistake());
        }
        last_unit = unit;
        total = count.checked_mul(unit).and_then(|part| total.checked_add(part)).ok_or_else(mistake)?;
    }
    if !digits.is_empty() || last_unit == u64::MAX || total > 31 * DAY {
        return Err(mistake());
    }
    Ok(total)
}

/// A length of time that is not nothing.
pub(crate) fn some_duration(text: &str) -> Result<u64, Mistake> {
    match duration(text)? {
        0 => Err(Mistake::Duration(text.to_owned())),
        seconds => Ok(seconds),
    }
}

/// Seconds as they are typed: `1h30m`.
pub(crate) fn typed_duration(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let part = |count: u64, unit: &str| if count > 0 { format!("{count}{unit}") } else { String::new() };
    let text = part(hours, "h") + &part(minutes, "m") + &part(rest, "s");
    if text.is_empty() { "0".to_owned() } else { text }
}

const DAY_NAMES: [&[&str]; 7] = [
    &["mon", "monday", "t2"],
    &["tue", "tuesday", "t3"],
    &["wed", "wednesday", "t4"],
    &["thu", "thursday", "t5"],
    &["fri", "friday", "t6"],
    &["sat", "saturday", "t7"],
    &["sun", "sunday", "cn"],
];

fn day(name: &str) -> Option<usize> {
    DAY_NAMES.iter().position(|names| names.contains(&name))
}

/// `mon-fri`, `sat,sun`, `fri-mon`, `daily`; Monday first.
pub(crate) fn days(text: &str) -> Result<[bool; 7], Mistake> {
    let mistake = || Mistake::Days(text.to_owned());
    let mut chosen = [false; 7];
    for part in text.to_lowercase().split(',').map(str::trim) {
        if ["daily", "all", "every-day"].contains(&part) {
            chosen = [true; 7];
            continue;
        }
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (Some(first), Some(last)) = (day(first), day(last)) else { return Err(mistake()) };
        let length = (last + 7 - first) % 7;
        for step in 0..=length {
            if let Some(on) = chosen.get_mut((first + step) % 7) {
                *on = true;
            }
        }
    }
    Ok(chosen)
}

/// Days as they are typed: `mon-wed,sat`.
fn typed_days(chosen: [bool; 7]) -> String {
    let name =
        |index: usize| DAY_NAMES.get(index).and_then(|names| names.first()).copied().unwrap_or_default();
    let mut parts = Vec::new();
    let mut start = None;
    for index in 0..=7 {
        let on = chosen.get(index).copied().unwrap_or(false);
        match (start, on) {
            (None, true) => start = Some(index),
            (Some(first), false) => {
                let last = index - 1;
                parts.push(if first == last {
                    name(first).to_owned()
                } else {
                    format!("{}-{}", name(first), name(last))
                });
                start = None;
            }
            _ => {}
        }
    }
    parts.join(",")
}

/// `17:00`, `9`, `24:00` (`None`).
fn clock_time(text: &str) -> Option<Option<NaiveTime>> {
    let (hour, minute) = text.split_once(':').unwrap_or((text, "00"));
    let two_digits = |part: &str| -> Option<u32> {
        let fits = (1..=2).contains(&part.len()) && part.chars().all(|c| c.is_ascii_digit());
        if fits { part.parse().ok() } else { None }
    };
    match (two_digits(hour)?, two_digits(minute)?) {
        (24, 0) => Some(None),
        (hour, minute) => NaiveTime::from_hms_opt(hour, minute, 0).map(Some),
    }
}

/// `17:00-20:30`.
fn slot(text: &str, free: bool) -> Result<SlotView, Mistake> {
    let mistake = || Mistake::Hours(text.to_owned());
    let (from, until) = text.split_once('-').ok_or_else(mistake)?;
    let from = clock_time(from).flatten().ok_or_else(mistake)?;
    let until = clock_time(until).ok_or_else(mistake)?;
    if until.is_some_and(|until| until <= from) {
        return Err(mistake());
    }
    Ok(SlotView { from, until, free })
}

/// A time of day, as `17:30`.
pub(crate) fn time_of_day(text: &str) -> Option<NaiveTime> {
    if text.contains(':') { clock_time(text).flatten() } else { None }
}

/// Some days, Monday first, and what holds on them.
type DayGroup = ([bool; 7], Vec<String>);

/// Words such as `mon-fri 1h,sat 2h` as groups of days and what holds on them. Without days: every day.
fn by_days(items: &[&str]) -> Result<Vec<DayGroup>, Mistake> {
    let mut groups: Vec<DayGroup> = Vec::new();
    for item in items.iter().flat_map(|word| word.split(',')).map(str::trim).filter(|item| !item.is_empty()) {
        if item.starts_with(|c: char| c.is_ascii_digit()) {
            match groups.last_mut() {
                Some((_, values)) => values.push(item.to_owned()),
                None => groups.push(([true; 7], vec![item.to_owned()])),
            }
        } else {
            let chosen = days(item)?;
            match groups.last_mut() {
                Some((already, values)) if values.is_empty() => {
                    for (on, more) in already.iter_mut().zip(chosen) {
                        *on |= more;
                    }
                }
                _ => groups.push((chosen, Vec::new())),
            }
        }
    }
    Ok(groups)
}

/// A category by its word, in the singular or plural.
pub(crate) fn category(text: &str) -> Option<CategoryView> {
    Some(match text.to_lowercase().as_str() {
        "game" | "games" => CategoryView::Game,
        "learning" => CategoryView::Learning,
        "social" => CategoryView::Social,
        "video" | "videos" => CategoryView::Video,
        "browser" | "browsers" => CategoryView::Browser,
        "creative" => CategoryView::Creative,
        "system" => CategoryView::System,
        "other" => CategoryView::Other,
        _ => return None,
    })
}

/// The word of a category.
pub(crate) fn category_word(category: CategoryView) -> &'static str {
    match category {
        CategoryView::Game => "game",
        CategoryView::Learning => "learning",
        CategoryView::Social => "social",
        CategoryView::Video => "video",
        CategoryView::Browser => "browser",
        CategoryView::Creative => "creative",
        CategoryView::System => "system",
        CategoryView::Other => "other",
    }
}

/// A target: `screen`, a category, or else a program that `resolve` finds (`app:` says so plainly).
pub(crate) fn target(text: &str, resolve: Resolve<'_>) -> Result<TargetView, Mistake> {
    if let Some(app) = text.strip_prefix("app:") {
        return resolve(app);
    }
    if text.eq_ignore_ascii_case("screen") {
        return Ok(TargetView::Screen);
    }
    match category(text) {
        Some(category) => Ok(TargetView::Category { category }),
        None => resolve(text),
    }
}

/// Finds a program by its name or id.
pub(crate) type Resolve<'a> = &'a dyn Fn(&str) -> Result<TargetView, Mistake>;

/// `12+`, `12`.
pub(crate) fn age(text: &str) -> Result<u8, Mistake> {
    match text.strip_suffix('+').unwrap_or(text) {
        "0" | "00" => Ok(0),
        "12" => Ok(12),
        "16" => Ok(16),
        "18" => Ok(18),
        _ => Err(Mistake::Age(text.to_owned())),
    }
}

/// `yes` or `no`.
pub(crate) fn yes_no(text: &str) -> Result<bool, Mistake> {
    match text {
        "yes" | "on" | "true" => Ok(true),
        "no" | "off" | "false" => Ok(false),
        _ => Err(Mistake::YesNo(text.to_owned())),
    }
}

/// A whole number.
pub(crate) fn number<T: std::str::FromStr>(text: &str) -> Result<T, Mistake> {
    text.parse().map_err(|_| Mistake::Number(text.to_owned()))
}

/// A year of birth of a person who is a child or a young adult in `this_year`.
pub(crate) fn birth_year(text: &str, this_year: i32) -> Result<i32, Mistake> {
    match text.parse() {
        Ok(year) if (this_year - 25..=this_year).contains(&year) => Ok(year),
        _ => Err(Mistake::Year(text.to_owned())),
    }
}

/// A day, as `2026-11-24`.
pub(crate) fn date(text: &str) -> Result<chrono::NaiveDate, Mistake> {
    chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| Mistake::Date(text.to_owned()))
}

/// A rule from its words and options.
pub(crate) fn rule(
    words: &[String],
    options: &RuleOptions,
    resolve: Resolve<'_>,
) -> Result<NewRule, Mistake> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let [verb, rest @ ..] = words.as_slice() else { return Err(Mistake::Rule(String::new())) };
    let allowed: &[&str] = match *verb {
        "limit" => &["--each", "--days", "--week"],
        "hours" => &["--each", "--days", "--free"],
        "break" | "block" | "exempt" | "health-text" => &["--each"],
        _ => &[],
    };
    for (given, option) in [
        (options.each, "--each"),
        (options.days.is_some(), "--days"),
        (options.week, "--week"),
        (options.free, "--free"),
    ] {
        if given && !allowed.contains(&option) {
            return Err(Mistake::Option(option));
        }
    }
    let target = |text: &str| each(target(text, resolve)?, options.each);
    match (*verb, rest) {
        ("limit", [on, amounts @ ..]) if !amounts.is_empty() => {
            Ok(NewRule::Allowance { target: target(on)?, period: period(amounts, options)? })
        }
        ("limit", _) => Err(Mistake::RuleShape("limit game 60m")),
        ("hours", [on, hours @ ..]) if !hours.is_empty() => {
            Ok(NewRule::Schedule { target: target(on)?, slots: week_of_slots(hours, options)? })
        }
        ("hours", _) => Err(Mistake::RuleShape("hours screen mon-fri 17:00-20:30")),
        ("break", [on, at_most, "rest", rest]) => Ok(NewRule::Break {
            target: target(on)?,
            at_most: some_duration(at_most)?,
            rest: some_duration(rest)?,
        }),
        ("break", _) => Err(Mistake::RuleShape("break game 45m rest 10m")),
        ("ceiling", [text]) => Ok(NewRule::RatingCeiling { age: age(text)? }),
        ("ceiling", _) => Err(Mistake::RuleShape("ceiling 12+")),
        ("block", [on]) => Ok(NewRule::Block { target: target(on)? }),
        ("block", _) => Err(Mistake::RuleShape("block video")),
        ("exempt", [on]) => Ok(NewRule::Exemption { target: target(on)? }),
        ("exempt", _) => Err(Mistake::RuleShape("exempt learning")),
        ("only", [_, ..]) => {
            Ok(NewRule::AllowOnly { targets: rest.iter().map(|on| target(on)).collect::<Result<_, _>>()? })
        }
        ("only", _) => Err(Mistake::RuleShape("only learning browser")),
        ("bank", [on, "keep", keep, rest @ ..]) => {
            let (borrow, rest) = match rest {
                ["borrow", borrow, rest @ ..] => (duration(borrow)?, rest),
                rest => (0, rest),
            };
            let since = match rest {
                [] => None,
                ["since", day] => Some(date(day)?),
                _ => return Err(Mistake::RuleShape(BANK)),
            };
            Ok(NewRule::Bank { target: target(on)?, keep: duration(keep)?, borrow, since })
        }
        ("bank", _) => Err(Mistake::RuleShape(BANK)),
        ("earn", [on, gives, "by", by, every, "at-most", at_most]) => Ok(NewRule::Earn {
            by: target(by)?,
            every: some_duration(every)?,
            target: target(on)?,
            gives: some_duration(gives)?,
            at_most: some_duration(at_most)?,
        }),
        ("earn", _) => Err(Mistake::RuleShape("earn game 5m by learning 10m at-most 30m")),
        ("health-text", [on, every]) => {
            Ok(NewRule::HealthText { target: target(on)?, every: some_duration(every)? })
        }
        ("health-text", _) => Err(Mistake::RuleShape("health-text game 30m")),
        _ => Err(Mistake::Rule((*verb).to_owned())),
    }
}

const BANK: &str = "bank game keep 30m borrow 15m";

fn each(target: TargetView, each: bool) -> Result<TargetView, Mistake> {
    match target {
        TargetView::Category { category } if each => Ok(TargetView::Each { category }),
        _ if each => Err(Mistake::Option("--each")),
        target => Ok(target),
    }
}

fn period(amounts: &[&str], options: &RuleOptions) -> Result<BudgetPeriod, Mistake> {
    if options.week {
        return match (amounts, &options.days) {
            ([amount], None) => {
                let seconds = duration(amount)?;
                if seconds > 7 * DAY {
                    Err(Mistake::TooLong((*amount).to_owned()))
                } else {
                    Ok(BudgetPeriod::Week { seconds })
                }
            }
            (_, Some(_)) => Err(Mistake::Option("--days")),
            _ => Err(Mistake::RuleShape("limit video 5h --week")),
        };
    }
    let mut seconds = [None; 7];
    for (chosen, values) in with_days(by_days(amounts)?, options)? {
        let [amount] = values.as_slice() else {
            return Err(Mistake::RuleShape("limit screen mon-fri 2h,sat-sun 3h"));
        };
        let length = duration(amount)?;
        if length > DAY {
            return Err(Mistake::TooLong(amount.clone()));
        }
        for (day, on) in seconds.iter_mut().zip(chosen) {
            if on {
                *day = Some(length);
            }
        }
    }
    Ok(BudgetPeriod::Day { seconds })
}

fn week_of_slots(hours: &[&str], options: &RuleOptions) -> Result<[Vec<SlotView>; 7], Mistake> {
    let mut week: [Vec<SlotView>; 7] = Default::default();
    for (chosen, values) in with_days(by_days(hours)?, options)? {
        if values.is_empty() {
            return Err(Mistake::RuleShape("hours screen mon-fri 17:00-20:30"));
        }
        for value in &values {
            let slot = slot(value, options.free)?;
            for (day, on) in week.iter_mut().zip(chosen) {
                if on {
                    day.push(slot);
                }
            }
        }
    }
    for day in &mut week {
        day.sort_by_key(|slot| slot.from);
        for pair in day.windows(2) {
            if let [first, second] = pair
                && first.until.is_none_or(|until| until > second.from)
            {
                return Err(Mistake::Hours(typed_slot(second)));
            }
        }
    }
    Ok(week)
}

/// `--days` in place of days among the words.
fn with_days(mut groups: Vec<DayGroup>, options: &RuleOptions) -> Result<Vec<DayGroup>, Mistake> {
    if let Some(text) = &options.days {
        let chosen = days(text)?;
        match groups.as_mut_slice() {
            [(days, _)] if *days == [true; 7] => *days = chosen,
            _ => return Err(Mistake::Option("--days")),
        }
    }
    Ok(groups)
}

fn typed_slot(slot: &SlotView) -> String {
    let until = slot.until.map_or_else(|| "24:00".to_owned(), |until| until.format("%H:%M").to_string());
    format!("{}-{until}", slot.from.format("%H:%M"))
}

/// A rule as one line that [`rule_line`] reads back; `None` for a schedule that mixes free and other
/// slots or has no slot at all, which no line can say.
pub(crate) fn typed_rule(rule: &NewRule) -> Option<String> {
    let (words, options) = match rule {
        NewRule::Allowance { target, period: BudgetPeriod::Week { seconds } } => {
            let mut line = start("limit", target);
            line.0.push(typed_duration(*seconds));
            line.1.push("--week");
            line
        }
        NewRule::Allowance { target, period: BudgetPeriod::Day { seconds } } => {
            let mut line = start("limit", target);
            line.0.extend(typed_week(seconds, |amount| amount.map(typed_duration)));
            if line.0.len() < 3 {
                return None;
            }
            line
        }
        NewRule::Schedule { target, slots } => {
            let mut line = start("hours", target);
            let free = slots.iter().flatten().any(|slot| slot.free);
            if free && !slots.iter().flatten().all(|slot| slot.free) {
                return None;
            }
            line.0.extend(typed_week(slots, |slots| {
                let text = slots.iter().map(typed_slot).collect::<Vec<_>>().join(",");
                (!text.is_empty()).then_some(text)
            }));
            if line.0.len() < 3 {
                return None;
            }
            if free {
                line.1.push("--free");
            }
            line
        }
        NewRule::Break { target, at_most, rest } => {
            let mut line = start("break", target);
            line.0.extend([typed_duration(*at_most), "rest".to_owned(), typed_duration(*rest)]);
            line
        }
        NewRule::RatingCeiling { age } => (vec!["ceiling".to_owned(), format!("{age}+")], vec![]),
        NewRule::Block { target } => start("block", target),
        NewRule::Exemption { target } => start("exempt", target),
        NewRule::AllowOnly { targets } => {
            if targets.iter().any(|target| matches!(target, TargetView::Each { .. })) {
                return None;
            }
            let mut words = vec!["only".to_owned()];
            words.extend(targets.iter().map(typed_target));
            (words, vec![])
        }
        NewRule::Bank { target, keep, borrow, since } => {
            if matches!(target, TargetView::Each { .. }) {
                return None;
            }
            let mut line = start("bank", target);
            line.0.extend(["keep".to_owned(), typed_duration(*keep)]);
            line.0.extend(["borrow".to_owned(), typed_duration(*borrow)]);
            line.0.extend(since.iter().flat_map(|day| ["since".to_owned(), day.to_string()]));
            line
        }
        NewRule::Earn { by, every, target, gives, at_most } => {
            let each = |target: &TargetView| matches!(target, TargetView::Each { .. });
            if each(by) || each(target) {
                return None;
            }
            let mut line = start("earn", target);
            line.0.extend([typed_duration(*gives), "by".to_owned(), typed_target(by)]);
            line.0.extend([typed_duration(*every), "at-most".to_owned(), typed_duration(*at_most)]);
            line
        }
        NewRule::HealthText { target, every } => {
            let mut line = start("health-text", target);
            line.0.push(typed_duration(*every));
            line
        }
    };
    let words = words.iter().map(String::as_str).chain(options);
    Some(shell_words::join(words))
}

fn start(verb: &str, target: &TargetView) -> (Vec<String>, Vec<&'static str>) {
    let options = if matches!(target, TargetView::Each { .. }) { vec!["--each"] } else { vec![] };
    (vec![verb.to_owned(), typed_target(target)], options)
}

fn typed_target(target: &TargetView) -> String {
    match target {
        TargetView::App { app, .. } => format!("app:{app}"),
        TargetView::Category { category } | TargetView::Each { category } => {
            category_word(*category).to_owned()
        }
        TargetView::Screen => "screen".to_owned(),
    }
}

/// Days with the same content in one group, as two words each.
fn typed_week<T: PartialEq>(week: &[T; 7], type_one: impl Fn(&T) -> Option<String>) -> Vec<String> {
    let mut seen: Vec<&T> = Vec::new();
    let mut words = Vec::new();
    for content in week {
        if seen.contains(&content) {
            continue;
        }
        seen.push(content);
        if let Some(text) = type_one(content) {
            let mut chosen = [false; 7];
            for (on, other) in chosen.iter_mut().zip(week) {
                *on = other == content;
            }
            words.push(typed_days(chosen));
            words.push(text);
        }
    }
    words
}

/// A rule from one line of a policy file.
pub(crate) fn rule_line(line: &str, resolve: Resolve<'_>) -> Result<NewRule, Mistake> {
    let split = shell_words::split(line).map_err(|_| Mistake::Rule(line.to_owned()))?;
    let mut options = RuleOptions::default();
    let mut words = Vec::new();
    let mut rest = split.into_iter();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "--each" => options.each = true,
            "--week" => options.week = true,
            "--free" => options.free = true,
            "--days" => options.days = Some(rest.next().ok_or(Mistake::Option("--days"))?),
            _ => words.push(word),
        }
    }
    rule(&words, &options, resolve)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_app(name: &str) -> Result<TargetView, Mistake> {
        Ok(TargetView::App { app: name.to_owned(), name: name.to_owned() })
    }

    fn read(line: &str) -> Result<NewRule, Mistake> {
        rule_line(line, &any_app)
    }

    #[test]
    fn durations() {
        for (text, seconds) in [
            ("45m", 2700),
            ("1h30m", 5400),
            ("90s", 90),
            ("2h", 7200),
            ("0", 0),
            ("15min", 900),
            ("1D", 86400),
        ] {
            assert_eq!(duration(text), Ok(seconds), "{text}");
        }
        for text in
            ["", "m", "5", "-5m", "5x", "1m1h", "1h1h", "5mi", "99999999999999999999h", "32d", "1.5h", "५m"]
        {
            assert_eq!(duration(text), Err(Mistake::Duration(text.to_owned())), "{text}");
        }
        assert!(some_duration("0").is_err());
        assert_eq!(typed_duration(5400), "1h30m");
    }

    #[test]
    fn days_of_the_week() {
        assert_eq!(days("mon-fri"), Ok([true, true, true, true, true, false, false]));
        assert_eq!(days("Sat,SUN"), Ok([false, false, false, false, false, true, true]));
        assert_eq!(days("fri-mon"), Ok([true, false, false, false, true, true, true]));
        assert_eq!(days("t2,cn"), Ok([true, false, false, false, false, false, true]));
        assert_eq!(days("daily"), Ok([true; 7]));
        for text in ["", "mo", "mon-", "-fri", "mon-fri-sun", "mon,,tue", "17:00"] {
            assert!(days(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rules_as_guardians_write_them() {
        let game = TargetView::Category { category: CategoryView::Game };
        let hour = Some(3600);
        assert_eq!(
            read("limit games 60m --each --days mon-fri"),
            Ok(NewRule::Allowance {
                target: TargetView::Each { category: CategoryView::Game },
                period: BudgetPeriod::Day { seconds: [hour, hour, hour, hour, hour, None, None] },
            })
        );
        assert_eq!(
            read("limit screen mon-fri 1h,sat-sun 2h"),
            Ok(NewRule::Allowance {
                target: TargetView::Screen,
                period: BudgetPeriod::Day { seconds: [hour, hour, hour, hour, hour, Some(7200), Some(7200)] },
            })
        );
        assert_eq!(
            read("break game 45m rest 10m"),
            Ok(NewRule::Break { target: game.clone(), at_most: 2700, rest: 600 })
        );
        assert_eq!(read("ceiling 12+"), Ok(NewRule::RatingCeiling { age: 12 }));
        assert_eq!(read("block 'Sea of Xyz'"), Ok(NewRule::Block { target: any_app("Sea of Xyz").unwrap() }));
        let Ok(NewRule::Schedule { slots, .. }) =
            read("hours screen mon-fri 17:00-20:30,sat-sun 9-12,13:00-24:00")
        else {
            panic!("not read")
        };
        assert_eq!(slots[0].len(), 1);
        assert_eq!(slots[6].len(), 2);
        assert_eq!(slots[6][1].until, None);
    }

    #[test]
    fn nonsense_is_refused_with_what_would_be_right() {
        for line in [
            "",
            "limit",
            "limit game",
            "limit game soon",
            "limit game 25h",
            "limit game 60m --free",
            "limit screen 1h --each",
            "limit game mon 1h 2h",
            "limit game 200h --week",
            "limit game 5h --week --days mon",
            "limit game mon 1h --days tue",
            "hours screen",
            "hours screen mon",
            "hours screen 20:30-17:00",
            "hours screen 17:00-17:00",
            "hours screen 25:00-26:00",
            "hours screen 9:00-12:00,11:00-13:00",
            "hours screen 9:00",
            "break game 45m",
            "break game 0 rest 5m",
            "break game 45m pause 10m",
            "ceiling 13",
            "ceiling",
            "block",
            "exempt",
            "only",
            "bank game",
            "bank game keep lots",
            "bank game keep 30m lend 15m",
            "earn game 5m",
            "earn game 0 by learning 10m at-most 30m",
            "health-text game",
            "health-text game 0",
            "forbid game",
            "limit 'game",
            "limit game 60m --days",
            "ceiling 12 --each",
        ] {
            let mistake = read(line).expect_err(line);
            for language in [lanh_words::Language::English, lanh_words::Language::Vietnamese] {
                let sentence = mistake.say(Words::new(language));
                assert!(sentence.contains(' ') && !sentence.contains("{$"), "{line}: {sentence}");
            }
        }
    }

    fn any_target() -> impl Strategy<Value = TargetView> {
        prop_oneof![
            Just(TargetView::Screen),
            Just(TargetView::Category { category: CategoryView::Game }),
            Just(TargetView::Each { category: CategoryView::Video }),
            "[a-zà-ỹ '\"$.-]{1,12}".prop_map(|app| TargetView::App { name: app.clone(), app }),
        ]
    }

    fn any_rule() -> impl Strategy<Value = NewRule> {
        let amount = 1..=86_400_u64;
        prop_oneof![
            (any_target(), proptest::array::uniform7(proptest::option::of(0..=86_400_u64))).prop_map(
                |(target, seconds)| NewRule::Allowance { target, period: BudgetPeriod::Day { seconds } }
            ),
            (any_target(), amount.clone()).prop_map(|(target, seconds)| NewRule::Allowance {
                target,
                period: BudgetPeriod::Week { seconds }
            }),
            (any_target(), amount.clone(), amount.clone())
                .prop_map(|(target, at_most, rest)| NewRule::Break { target, at_most, rest }),
            any_target().prop_map(|target| NewRule::Block { target }),
            any_target().prop_map(|target| NewRule::Exemption { target }),
            (any_target(), amount.clone()).prop_map(|(target, every)| NewRule::HealthText { target, every }),
            (0..=86_400_u64, 0..=86_400_u64, 0..20_000_u64).prop_map(|(keep, borrow, day)| NewRule::Bank {
                target: TargetView::Category { category: CategoryView::Game },
                keep,
                borrow,
                since: chrono::NaiveDate::default().checked_add_days(chrono::Days::new(day)),
            }),
            (amount.clone(), amount.clone(), amount).prop_map(|(every, gives, at_most)| NewRule::Earn {
                by: TargetView::Category { category: CategoryView::Learning },
                every,
                target: TargetView::Screen,
                gives,
                at_most,
            }),
            (any_target(), proptest::array::uniform7(0..=12_u32), any::<bool>()).prop_map(
                |(target, hours, free)| {
                    let slots = hours.map(|hour| {
                        let from = NaiveTime::from_hms_opt(hour, 15, 0).unwrap();
                        let until = NaiveTime::from_hms_opt(hour + 3, 0, 0);
                        if hour == 0 { vec![] } else { vec![SlotView { from, until, free }] }
                    });
                    NewRule::Schedule { target, slots }
                }
            ),
        ]
    }

    proptest! {
        #[test]
        fn a_typed_rule_reads_back_as_itself(rule in any_rule()) {
            if let Some(line) = typed_rule(&rule) {
                prop_assert_eq!(read(&line), Ok(rule), "{}", line);
            }
        }

        #[test]
        fn no_text_makes_a_parser_panic(line in ".{0,40}") {
            let _ = read(&line);
            let _ = days(&line);
            let _ = duration(&line);
            let _ = date(&line);
            let _ = time_of_day(&line);
        }
    }
}
