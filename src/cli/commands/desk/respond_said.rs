//! What a clerk is told beside the answer.

use super::Context;
use crate::cli::desk::OpenDesk;
use crate::cli::failure::Failure;
use crate::cli::{reply, words};
use crate::failure::FailureKind;
use crate::issuer::ledger::{Activation, Ledger};
use crate::issuer::names::{self, Called};
use crate::issuer::policy::Options;
use crate::issuer::products;
use crate::issuer::respond::{self, Effect, Reply, RespondError};
use crate::text::Code;

/// What is said of a request that is refused.
pub(super) fn refused(
    context: &mut Context,
    desk: &mut OpenDesk,
    code: &Code,
    refusal: RespondError,
) -> anyhow::Result<Failure> {
    let ledger = desk.ledger();
    if refusal.kind() == FailureKind::UnknownKey {
        let today = context.environment.now().day();
        let (requests, senders) = respond::unknown_keys(ledger, today)?;
        if requests > 1 {
            context.out.say(format_args!(
                "{} with unknown keys came today, from {}",
                words::count(requests, "request"),
                words::count(senders as u64, "sender")
            ));
        }
    }
    let asker = match refusal {
        RespondError::Malformed(_) => None,
        _ => respond::asker(ledger, code)?,
    };
    let mut failure = reply::refusal(context, refusal, asker.as_ref());
    if let Some(asker) = asker {
        let called = ledger.read(|tx| match tx.license_keyed(asker.key)? {
            Some(license) => names::of_license(tx, &license),
            None => Ok(Vec::new()),
        })?;
        for it in called {
            failure.message = with_name(&failure.message, &it);
            failure.hint = with_name(&failure.hint, &it);
        }
    }
    Ok(failure)
}

/// A sentence in which a machine is named as people call it, where it first names its activation.
fn with_name(text: &str, called: &Called) -> String {
    let id = called.activation.to_string();
    let whole = |at: &usize| {
        let next = text
            .get(at + id.len()..)
            .and_then(|rest| rest.chars().next());
        !next.is_some_and(|it| it.is_ascii_digit())
    };
    let found = text.match_indices(&id).map(|(at, _)| at).find(whole);
    match found.and_then(|at| text.split_at_checked(at + id.len())) {
        Some((before, after)) => format!("{before} ({called}){after}"),
        None => text.to_owned(),
    }
}

/// An old answer that is given again says nothing of what became of its license since.
pub(super) fn over_since(
    context: &mut Context,
    ledger: &mut Ledger,
    reply: &Reply,
) -> anyhow::Result<()> {
    let Reply::Answer(answer) = reply else {
        return Ok(());
    };
    if answer.effect != Effect::Repeated {
        return Ok(());
    }
    let Some(view) = products::license(ledger, answer.key)? else {
        return Ok(());
    };
    let own = |it: &&Activation| it.standing.activation == answer.activation;
    let ended = view.activations.iter().find(own).and_then(|it| it.ended);
    if view.license.withdrawn.is_some() {
        context
            .out
            .warn("the license was revoked since: no further request for it is answered");
    } else if let Some(ended) = ended {
        let how = ended.words();
        context.out.warn(format_args!(
            "{} was {how} since: it holds no seat any more",
            answer.activation
        ));
    }
    Ok(())
}

/// An answer that was given before is what it is: whoever wants another one is told how to get it.
pub(super) fn too_late(context: &mut Context, reply: &Reply, options: &Options) {
    let other = options.seats.is_some() || options.grace_days.is_some() || options.until.is_some();
    if other && matches!(reply, Reply::Answer(_)) {
        context.out.warn("this request was answered before, and its answer stays as it is: for other seats or dates the machine asks again with countersign request sync --new");
    }
    if let (Reply::Receipt(receipt), Some(_)) = (reply, &options.override_reason) {
        let activation = receipt.activation;
        context.out.warn(format_args!("this code was taken before, so there is nothing for --override to set aside; seats that are held back still are freed with countersign release {activation} --held-back --reason TEXT"));
    }
}
