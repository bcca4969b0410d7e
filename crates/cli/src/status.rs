//! `lanh status`: what is left, what runs, live if wanted.

use crate::link::Context;
use crate::link::{Link, ask, clock_of};
use crate::paint::{self, AMBER, BOLD, CORAL, DIM, GREEN, styled};
use crate::trouble::Trouble;
use lanh_protocol::{ModeView, Notice, Question, StandingView, StatusView, VerdictView};
use lanh_words::{Clock, Words};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// How often the service is asked again while nothing is reported, so that verdicts stay true.
const ASK_AGAIN: Duration = Duration::from_secs(30);

/// How long to wait between two tries to reach a service that has gone away.
const TRY_AGAIN: Duration = Duration::from_secs(1);

pub(crate) async fn run(context: &Context, child: Option<&str>, watch: bool) -> Result<(), Trouble> {
    let link = Link::open(context).await?;
    let whose = link.whose_or_all(child).await?;
    let mode = ask!(link, Question::Info, Info).mode;
    let status = ask!(link, Question::Status { child: whose }, Status);
    if watch { keep_showing(link, whose, mode, status).await } else { show(context, mode, &status) }
}

/// What made the watcher look up.
enum News {
    Changed,
    Nothing,
    /// The service has gone away: it restarts, or it was stopped.
    Gone,
}

/// Shows every change until it is broken off. A service that goes away is waited for.
async fn keep_showing(
    mut link: Link,
    whose: Option<u64>,
    mode: ModeView,
    mut status: StatusView,
) -> Result<(), Trouble> {
    let context = &link.context.clone();
    link.tell(Question::Watch).await?;
    let terminal = std::io::stdout().is_terminal() && !context.json;
    let mut asked = Instant::now();
    let mut changed = true;
    loop {
        if terminal {
            // Home, then clear: less flicker than clearing first.
            paint::line("\u{1b}[H\u{1b}[2J");
            show(context, mode, &advanced(&status, asked.elapsed().as_secs()))?;
            paint::line(&styled(DIM, &context.text("watch-hint", &[])));
        } else if changed {
            if context.json {
                let text =
                    serde_json::to_string(&status).map_err(|error| Trouble::failed(error.to_string()))?;
                paint::line(&text);
            } else {
                show(context, mode, &status)?;
            }
        }
        let counting = status.children.iter().any(|one| one.budgets.iter().any(|budget| budget.counting));
        let pause = if counting && terminal { Duration::from_secs(1) } else { ASK_AGAIN };
        let news = tokio::select! {
            notice = link.notices.next() => match notice {
                Some(Notice::Changed { .. } | Notice::RequestOpened(_) | Notice::RequestAnswered(_)) => {
                    News::Changed
                }
                Some(_) => continue,
                None => News::Gone,
            },
            () = tokio::time::sleep(pause) => {
                if asked.elapsed() >= ASK_AGAIN { News::Changed } else { News::Nothing }
            }
        };
        let fresh = match news {
            News::Nothing => {
                changed = false;
                continue;
            }
            News::Changed => match link.status(whose).await? {
                Some(fresh) => fresh,
                None => come_back(&mut link, whose).await?,
            },
            News::Gone => come_back(&mut link, whose).await?,
        };
        changed = fresh.children != status.children;
        status = fresh;
        asked = Instant::now();
    }
}

/// Waits for the service, says so once, and goes on with what it says then.
async fn come_back(link: &mut Link, whose: Option<u64>) -> Result<StatusView, Trouble> {
    use std::io::Write;
    let waiting = styled(AMBER, &link.context.text("watch-waiting", &[]));
    // Where this cannot be written, the status goes on all the same.
    let _ = writeln!(anstream::stderr(), "{waiting}");
    loop {
        tokio::time::sleep(TRY_AGAIN).await;
        if link.open_again().await?
            && link.ask_if_there(Question::Watch).await?.is_some()
            && let Some(status) = link.status(whose).await?
        {
            return Ok(status);
        }
    }
}

/// The status some seconds later, if everything that counts goes on counting.
fn advanced(status: &StatusView, seconds: u64) -> StatusView {
    let mut later = status.clone();
    if let Ok(seconds) = i64::try_from(seconds) {
        later.now += chrono::TimeDelta::seconds(seconds);
    }
    for child in &mut later.children {
        for budget in child.budgets.iter_mut().filter(|budget| budget.counting) {
            budget.used = budget.used.saturating_add(seconds);
            budget.left = budget.left.saturating_sub(seconds);
        }
        if child.running.iter().any(|running| running.in_use) {
            child.used_today = child.used_today.saturating_add(seconds);
        }
    }
    later
}

fn show(context: &Context, mode: ModeView, status: &StatusView) -> Result<(), Trouble> {
    if context.json {
        return paint::json(status);
    }
    let words = context.words;
    let clock = clock_of(status);
    if mode == ModeView::User {
        paint::line(&styled(AMBER, &context.text("status-user-mode", &[])));
    }
    if status.children.is_empty() {
        paint::line(&context.text("no-children", &[]));
    }
    for standing in &status.children {
        show_child(words, &clock, standing);
    }
    if !status.help_lines.is_empty() {
        paint::line(&styled(DIM, &words.help_lines(&status.help_lines)));
    }
    Ok(())
}

fn show_child(words: Words, clock: &Clock, standing: &StandingView) {
    let verdict = verdict(words, &standing.screen, clock);
    let used = words.text("used-today", &[("duration", words.duration(standing.used_today).into())]);
    // A name may hold anything; the words take its control characters out.
    let name = words.text("plain", &[("text", standing.child.name.as_str().into())]);
    paint::line(&format!("{}  {verdict}  {}", styled(BOLD, &name), styled(DIM, &used)));

    let budgets: Vec<Vec<String>> = standing
        .budgets
        .iter()
        .map(|budget| {
            let style = paint::left_style(budget.left);
            let mark = if budget.counting { styled(style, "●") } else { styled(DIM, "○") };
            let period = words.text(
                if budget.weekly { "of-week" } else { "of-day" },
                &[("amount", words.duration(budget.amount).into())],
            );
            vec![
                format!("{mark} {}", words.target_title(&budget.target)),
                styled(style, &paint::bar(budget.used, budget.amount, 20)),
                styled(style, &words.left(budget.left)),
                styled(DIM, &period),
            ]
        })
        .collect();
    paint::table("  ", &budgets);

    for running in &standing.running {
        let mark = if running.in_use { styled(GREEN, "▶") } else { styled(DIM, "▷") };
        let name = words.text("plain", &[("text", running.app.name.as_str().into())]);
        paint::line(&format!("  {mark} {name}  {}", self::verdict(words, &running.verdict, clock)));
    }
    for grant in &standing.grants {
        let text = words.text(
            "status-grant",
            &[
                ("left", words.left(grant.left).into()),
                ("target", words.target(&grant.target).into()),
                ("until", words.until(grant.until, clock).into()),
            ],
        );
        paint::line(&format!("  {} {text}", styled(GREEN, "+")));
    }
    for request in &standing.requests {
        let said = words.request_opened(request);
        paint::line(&format!("  {} {}", styled(AMBER, &format!("?{}", request.id)), said.title));
    }
    if !standing.companion && !standing.running.is_empty() {
        paint::line(&styled(DIM, &format!("  {}", words.text("no-companion", &[]))));
    }
    if let VerdictView::Denied { reason } | VerdictView::Held { reason, .. } = &standing.screen {
        paint::line(&format!("  {}", words.reason(reason, clock)));
    }
    paint::line("");
}

/// A verdict in its colour.
pub(crate) fn verdict(words: Words, verdict: &VerdictView, clock: &Clock) -> String {
    let style = match verdict {
        VerdictView::Allowed { .. } => GREEN,
        VerdictView::Warned { .. } => AMBER,
        VerdictView::Held { .. } | VerdictView::Denied { .. } => CORAL,
    };
    styled(style, &words.verdict(verdict, clock))
}
