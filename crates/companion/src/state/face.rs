//! What stands in the tray: how much time is left, and what can be done.

use super::Act;
use super::board::ASK_SECONDS;
use lanh_protocol::{BudgetView, StandingView, TargetView, VerdictView};
use lanh_words::Words;

/// In how many parts the ring of the icon is divided.
pub(crate) const PARTS: u64 = 48;

/// From here on the ring is amber, in seconds: when the first warning comes.
const LAST_STRETCH: u64 = 15 * 60;

/// How many budgets the menu names.
const MOST_LINES: usize = 4;

/// The colour of the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// There is time.
    Leaf,
    /// The last stretch.
    Amber,
    /// Time is up.
    Coral,
    /// It is not known.
    Grey,
}

/// The tray's icon and the words that stand for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Face {
    pub(crate) tone: Tone,
    /// How much of the budget that ends first is left, of [`PARTS`].
    pub(crate) parts: u64,
    /// What is left, one line a budget; never empty.
    pub(crate) lines: Vec<String>,
    /// What asks for more time.
    pub(crate) ask: Option<Act>,
}

impl Face {
    /// How a child stands.
    pub(crate) fn of(standing: &StandingView, words: &Words) -> Self {
        let mut budgets: Vec<&BudgetView> = standing.budgets.iter().collect();
        // As in the child's window: what ends today before what ends this week, what ends first before the rest.
        budgets.sort_by_key(|budget| (budget.weekly, budget.left));
        let rests = matches!(standing.screen, VerdictView::Denied { .. });
        let mut lines: Vec<String> =
            budgets.iter().take(MOST_LINES).map(|budget| line(budget, words)).collect();
        if rests {
            lines.insert(0, words.text("locking-title", &[]));
        } else if lines.is_empty() {
            lines.push(words.text("tray-no-limit", &[]));
        }
        let first = budgets.first();
        let left = if rests { 0 } else { first.map_or(u64::MAX, |budget| budget.left) };
        Self {
            tone: match left {
                0 => Tone::Coral,
                1..=LAST_STRETCH => Tone::Amber,
                _ => Tone::Leaf,
            },
            parts: if rests { 0 } else { first.map_or(PARTS, |budget| parts(budget)) },
            lines,
            ask: Some(Act::Ask {
                target: match first {
                    Some(budget) if !rests => budget.target.clone(),
                    _ => TargetView::Screen,
                },
                seconds: ASK_SECONDS,
            }),
        }
    }

    /// The service is away.
    pub(crate) fn away(words: &Words) -> Self {
        Self {
            tone: Tone::Grey,
            parts: PARTS,
            lines: vec![words.text("companion-not-done-unreached", &[])],
            ask: None,
        }
    }
}

fn line(budget: &BudgetView, words: &Words) -> String {
    let target = ("target", words.target_title(&budget.target).into());
    let left = ("left", words.duration(budget.left).into());
    if budget.left == 0 {
        words.text("tray-over", &[target])
    } else {
        words.text("tray-left", &[target, left])
    }
}

/// What is left of a budget, rounded up: something is shown until nothing is left. Extra time fills the ring.
fn parts(budget: &BudgetView) -> u64 {
    let amount = budget.amount.max(1);
    budget.left.saturating_mul(PARTS).div_ceil(amount).min(PARTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanh_protocol::{CategoryView, Cause, ChildView, OriginView, ReasonView};
    use lanh_words::Language;

    fn budget(target: TargetView, weekly: bool, amount: u64, left: u64) -> BudgetView {
        BudgetView { rule: 1, target, weekly, amount, used: amount - left, left, counting: false }
    }

    fn standing(budgets: Vec<BudgetView>) -> StandingView {
        StandingView {
            child: ChildView {
                id: 1,
                name: "An".to_owned(),
                birth_year: 2016,
                accounts: Vec::new(),
                enforcement: None,
            },
            screen: VerdictView::Allowed { until: None, reason: None },
            used_today: 0,
            budgets,
            running: Vec::new(),
            grants: Vec::new(),
            requests: Vec::new(),
            companion: true,
        }
    }

    const GAMES: TargetView = TargetView::Category { category: CategoryView::Game };

    fn face(standing: &StandingView) -> Face {
        Face::of(standing, &Words::new(Language::English))
    }

    #[test]
    fn the_budget_that_ends_first_makes_the_icon() {
        let week = budget(TargetView::Screen, true, 36_000, 60);
        let face = face(&standing(vec![week, budget(GAMES, false, 3_600, 1_800)]));
        assert_eq!((face.tone, face.parts), (Tone::Leaf, PARTS / 2));
        assert_eq!(face.lines, ["All games together: 30 minutes left", "The whole screen: 1 minute left"]);
        assert_eq!(face.ask, Some(Act::Ask { target: GAMES, seconds: ASK_SECONDS }));
    }

    #[test]
    fn the_last_stretch_is_amber_and_the_end_is_coral() {
        let of = |left| face(&standing(vec![budget(GAMES, false, 3_600, left)]));
        assert_eq!((of(901).tone, of(900).tone), (Tone::Leaf, Tone::Amber));
        assert_eq!((of(1).tone, of(1).parts), (Tone::Amber, 1));
        assert_eq!((of(0).tone, of(0).parts), (Tone::Coral, 0));
        assert_eq!(of(0).lines, ["All games together: time is up"]);
    }

    #[test]
    fn without_a_limit_the_ring_is_whole() {
        let face = face(&standing(Vec::new()));
        assert_eq!((face.tone, face.parts), (Tone::Leaf, PARTS));
        assert_eq!(face.lines, ["No limit today"]);
    }

    #[test]
    fn a_screen_that_rests_says_so_first_and_asks_for_the_screen() {
        let mut rests = standing(vec![budget(GAMES, false, 3_600, 1_800)]);
        let reason = ReasonView {
            rule: 1,
            origin: OriginView::Guardian,
            cause: Cause::OutsideHours { target: TargetView::Screen },
            until: None,
            helps: Vec::new(),
        };
        rests.screen = VerdictView::Denied { reason };
        let face = face(&rests);
        assert_eq!((face.tone, face.parts), (Tone::Coral, 0));
        assert_eq!(face.lines[0], "The screen rests now");
        assert_eq!(face.ask, Some(Act::Ask { target: TargetView::Screen, seconds: ASK_SECONDS }));
    }
}
