//! Output: JSON for programs; aligned columns, bars and colours for people.

use crate::trouble::Trouble;
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

/// Time that is there.
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
/// The last stretch.
pub(crate) const AMBER: Style = AnsiColor::Yellow.on_default();
/// Time's up, or broken.
pub(crate) const CORAL: Style = AnsiColor::Red.on_default();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();
/// What matters most.
pub(crate) const BOLD: Style = Style::new().bold();

/// The text in the style. Colours leave the output again where it is no terminal, or `NO_COLOR` is set.
pub(crate) fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Prints a line. A reader that has gone away (`| head`) ends the program quietly.
pub(crate) fn line(text: &str) {
    use std::io::Write;
    if writeln!(anstream::stdout(), "{text}").is_err() {
        std::process::exit(0);
    }
}

/// Prints what a program reads.
pub(crate) fn json<T: Serialize>(view: &T) -> Result<(), Trouble> {
    let text = serde_json::to_string_pretty(view).map_err(|error| Trouble::failed(error.to_string()))?;
    line(&text);
    Ok(())
}

/// The width on a terminal, without the marks of styles.
fn width(text: &str) -> usize {
    anstream::adapter::strip_str(text).to_string().width()
}

/// The text with spaces up to the width.
pub(crate) fn padded(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

/// Prints rows with their columns under each other, the first one with a title.
pub(crate) fn table(indent: &str, rows: &[Vec<String>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0)
        })
        .collect();
    for row in rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| padded(cell, *width)).collect();
        line(format!("{indent}{}", cells.join("  ")).trim_end());
    }
}

/// A bar of `cells` cells: what is used of an amount.
pub(crate) fn bar(used: u64, amount: u64, cells: u64) -> String {
    let full = used.saturating_mul(cells).checked_div(amount).map_or(cells, |full| full.min(cells));
    // Something used shows, and something left shows.
    let full = if used > 0 { full.max(1) } else { full };
    let full = if used < amount { full.min(cells.saturating_sub(1)) } else { cells };
    (0..cells).map(|cell| if cell < full { '█' } else { '░' }).collect()
}

/// Green, amber in the last quarter of an hour, coral at the end.
pub(crate) fn left_style(left: u64) -> Style {
    match left {
        0 => CORAL,
        1..=900 => AMBER,
        _ => GREEN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_never_looks_empty_or_full_before_it_is() {
        assert_eq!(bar(0, 3600, 4), "░░░░");
        assert_eq!(bar(1, 3600, 4), "█░░░");
        assert_eq!(bar(1800, 3600, 4), "██░░");
        assert_eq!(bar(3599, 3600, 4), "███░");
        assert_eq!(bar(3600, 3600, 4), "████");
        assert_eq!(bar(u64::MAX, 3600, 4), "████");
        assert_eq!(bar(0, 0, 4), "████");
    }

    #[test]
    fn vietnamese_and_colours_do_not_break_the_columns() {
        assert_eq!(width(&styled(CORAL, "trò chơi")), 8);
        assert_eq!(padded("phụ", 5), "phụ  ");
    }
}
