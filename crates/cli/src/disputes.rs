//! `lanh borrow`, `lanh dispute` and `lanh correction`: charges that are questioned, and what is given back.

use crate::arguments::{CorrectionCommand, StretchArguments, TargetArguments};
use crate::commands::{chosen_target, stamp};
use crate::link::{Context, Link, ask};
use crate::paint::{self, AMBER, BOLD, DIM, styled};
use crate::parse;
use crate::trouble::Trouble;
use crate::usage::{moment, show_intervals};
use lanh_protocol::{DisputeStateView, DisputeView, Question};
use lanh_words::Clock;

pub(crate) async fn dispute(context: &Context, stretch: &StretchArguments) -> Result<(), Trouble> {
    let link = Link::open(context).await?;
    let clock = link.clock(None).await?;
    let (from, until) = (moment(context, &stretch.from, &clock)?, moment(context, &stretch.until, &clock)?);
    let target = chosen_target(&link, &stretch.target).await?;
    let question = Question::Dispute { target, from, until, words: stretch.words.join(" ") };
    let dispute = ask!(link, question, Dispute);
    context.done(&dispute, "dispute-sent", &[("duration", back(context, &dispute).into())])
}

pub(crate) async fn borrow(context: &Context, amount: &str, target: &TargetArguments) -> Result<(), Trouble> {
    let seconds = parse::some_duration(amount).map_err(|mistake| context.mistake(&mistake))?;
    let link = Link::open(context).await?;
    let target = chosen_target(&link, target).await?;
    link.tell(Question::Borrow { target, seconds }).await?;
    context.just_done("borrowed", &[("duration", context.words.duration(seconds).into())])
}

pub(crate) async fn correction(context: &Context, command: CorrectionCommand) -> Result<(), Trouble> {
    match command {
        CorrectionCommand::List { child, all } => {
            let link = Link::open(context).await?;
            let child = link.whose_or_all(child.as_deref()).await?;
            let disputes = ask!(link, Question::Disputes { child, all }, Disputes);
            if context.json {
                return paint::json(&disputes);
            }
            if disputes.is_empty() {
                paint::line(&context.text("no-disputes", &[]));
                return Ok(());
            }
            let clock = link.clock(child).await?;
            for dispute in &disputes {
                show(context, dispute, &clock);
            }
            Ok(())
        }
        CorrectionCommand::Yes { dispute } => answer(context, &dispute, true, String::new()).await,
        CorrectionCommand::No { dispute, words } => answer(context, &dispute, false, words).await,
        CorrectionCommand::Add { child, stretch } => {
            let link = Link::open_as_guardian(context).await?;
            let child = link.child(&child).await?.id;
            let clock = link.clock(Some(child)).await?;
            let (from, until) =
                (moment(context, &stretch.from, &clock)?, moment(context, &stretch.until, &clock)?);
            let target = chosen_target(&link, &stretch.target).await?;
            let words = stretch.words.join(" ");
            let question = Question::Correct { child, target, from, until, words };
            answered(context, &ask!(link, question, Dispute))
        }
    }
}

async fn answer(context: &Context, dispute: &str, accept: bool, words: String) -> Result<(), Trouble> {
    let dispute: u64 = parse::number(dispute).map_err(|mistake| context.mistake(&mistake))?;
    let link = Link::open_as_guardian(context).await?;
    answered(context, &ask!(link, Question::AnswerDispute { dispute, accept, words }, Dispute))
}

fn answered(context: &Context, dispute: &DisputeView) -> Result<(), Trouble> {
    let name = ("name", dispute.name.as_str().into());
    match &dispute.state {
        DisputeStateView::Accepted => {
            context.done(dispute, "dispute-accepted", &[name, ("duration", back(context, dispute).into())])
        }
        _ => context.done(dispute, "dispute-denied", &[name]),
    }
}

/// The longest time that is given back on one series: what people notice.
fn back(context: &Context, dispute: &DisputeView) -> String {
    context.words.duration(dispute.back.iter().map(|back| back.seconds).max().unwrap_or_default())
}

fn show(context: &Context, dispute: &DisputeView, clock: &Clock) {
    let state = match &dispute.state {
        DisputeStateView::Open => styled(AMBER, &context.text("request-open", &[])),
        DisputeStateView::Accepted => {
            context.text("dispute-was-accepted", &[("duration", back(context, dispute).into())])
        }
        DisputeStateView::Denied { words } => {
            context.text("dispute-was-denied", &[("words", words.as_str().into())])
        }
    };
    let until = dispute.until.with_timezone(&clock.zone).format("%H:%M");
    let stretch = format!("{}–{until}", stamp(dispute.from, clock));
    let said = context.text(
        "dispute-says",
        &[
            ("name", dispute.name.as_str().into()),
            ("stretch", stretch.into()),
            ("target", context.words.target(&dispute.target).into()),
            ("duration", back(context, dispute).into()),
        ],
    );
    paint::line(&format!("{}  {said}  {state}", styled(BOLD, &dispute.id.to_string())));
    if !dispute.words.is_empty() {
        let words = context.text("plain", &[("text", dispute.words.as_str().into())]);
        paint::line(&format!("   “{words}”"));
    }
    if dispute.state == DisputeStateView::Open {
        paint::line(&styled(DIM, &format!("   {}", context.text("dispute-evidence", &[]))));
        show_intervals(context, clock, &dispute.evidence);
    }
}
