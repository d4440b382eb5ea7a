//! What the desk replied, in words and in JSON.

use std::borrow::Cow;

use super::Context;
use super::failure::Failure;
use super::json::{self, Alone, Details, Named, Shown, shown};
use super::output::Output;
use super::words;
use crate::issuer::ledger::Until;
use crate::issuer::policy::{Rest, Warning, Why};
use crate::issuer::respond::{Answer, Asker, Effect, Receipt, Reply, RespondError};
use crate::license_key::LicenseKey;
use crate::text::{Code, Kind};

/// What the desk answers.
pub(crate) const ANSWERED: &[Kind] = &[Kind::Activate, Kind::Sync, Kind::Return];

/// An answer for scripts, without its code.
pub(crate) fn answer(out: &Output, answer: &Answer, carried: json::Carried) -> json::Answer {
    let grant = &answer.grant;
    json::Answer {
        kind: Named(Kind::Grant),
        license_key: Shown(answer.key),
        activation: Shown(answer.activation),
        verdict: answer.effect.name(),
        evidence: answer.evidence.clone(),
        warnings: warnings(out, &answer.warnings),
        product: answer.order.product.id.clone(),
        customer: answer.order.terms.customer.clone(),
        generation: grant.generation,
        seats: grant.seats,
        r#type: Named(grant.license_type),
        issued: Shown(grant.issued),
        expires: shown(grant.expires),
        maintenance: shown(grant.maintenance),
        revalidate_by: shown(grant.revalidate_by),
        carried,
    }
}

/// A license that was taken back, for scripts.
pub(crate) fn receipt(out: &Output, receipt: &Receipt, carried: json::Carried) -> json::Receipt {
    let of = receipt.of.as_ref();
    json::Receipt {
        kind: Named(Kind::Return),
        license_key: of.map(|(key, _)| Shown(*key)),
        activation: Shown(receipt.activation),
        verdict: receipt.effect.name(),
        warnings: warnings(out, &receipt.warnings),
        product: of.map(|(_, order)| order.product.id.clone()),
        customer: of.map(|(_, order)| order.terms.customer.clone()),
        seats_freed: receipt.freed,
        resting: receipt.resting.map(resting),
        carried,
    }
}

/// Seats that are not free yet, for scripts.
pub(crate) fn resting(rest: Rest) -> json::Resting {
    json::Resting {
        seats: rest.seats,
        free_after: shown(rest.until.day()),
        why: rest.why.name(),
        lent_until: shown(rest.lent),
        on_loan: rest.on_loan,
        kept_for: shown(rest.kept_for),
    }
}

/// A reply of which nothing but its code leaves: in a batch (which line), or where nothing is done (`--dry-run`).
pub(crate) fn alone(
    out: &Output,
    reply: &Reply,
    carried: json::Carried,
    line: Option<json::BatchLine>,
    dry_run: bool,
    more: impl IntoIterator<Item = json::Warning>,
) -> anyhow::Result<json::Replied> {
    let dry_run = dry_run.then_some(true);
    Ok(match reply {
        Reply::Answer(it) => json::Replied::AnswerAlone(Box::new(Alone {
            of: {
                let mut answer = answer(out, it, carried);
                answer.warnings.extend(more);
                answer
            },
            code: match dry_run {
                Some(_) => None,
                None => Some(it.code.to_text()?),
            },
            certificate: it.certificate.as_ref().map(Code::to_text).transpose()?,
            line,
            request: None,
            dry_run,
        })),
        Reply::Receipt(it) => {
            let mut receipt = receipt(out, it, carried);
            receipt.warnings.extend(more);
            receipt_alone(receipt, line, dry_run)
        }
    })
}

/// A receipt, for which there is no code.
pub(crate) fn receipt_alone(
    of: json::Receipt,
    line: Option<json::BatchLine>,
    dry_run: Option<bool>,
) -> json::Replied {
    json::Replied::Receipt(Box::new(Alone {
        of,
        code: None,
        certificate: None,
        line,
        request: None,
        dry_run,
    }))
}

/// What the clerk should know and do, for scripts.
pub(crate) fn warnings(out: &Output, warnings: &[Warning]) -> Vec<json::Warning> {
    let listed = warnings.iter().map(|warning| json::Warning {
        kind: warning.kind(),
        message: warning.to_string(),
        hint: advice(warning).map(|hint| out.typed(&hint)),
    });
    listed.collect()
}

/// One calm paragraph for the clerk.
pub(crate) fn tell(context: &mut Context, reply: &Reply) {
    match reply {
        Reply::Answer(answer) => tell_answer(context, answer),
        Reply::Receipt(receipt) => tell_receipt(context, receipt),
    }
}

/// A refusal, with whose request it was: whom to ask about it.
pub(crate) fn refusal(
    context: &mut Context,
    refusal: RespondError,
    asker: Option<&Asker>,
) -> Failure {
    let failure = Failure::of(&refusal.into());
    let Some(who) = asker else {
        return failure;
    };
    let terms = &who.order.terms;
    let contact = terms.contact.as_ref();
    let written = contact.map_or_else(String::new, |contact| format!(" ({contact})"));
    context.out.say(format_args!(
        "asked for: {} for {}{written}, license {} as {}",
        who.order.product.name, terms.customer, who.key, who.activation
    ));
    failure.with(|details| name_asker(details, who))
}

/// Whose request it was, for scripts.
pub(crate) fn name_asker(details: &mut Details, who: &Asker) {
    let terms = &who.order.terms;
    details.license_key = Some(Shown(who.key));
    details.activation = Some(Shown(who.activation));
    details.product = Some(who.order.product.id.clone());
    details.customer = Some(terms.customer.clone());
    details.contact = terms.contact.clone();
}

fn tell_answer(context: &mut Context, answer: &Answer) {
    let (customer, product) = (&answer.order.terms.customer, &answer.order.product.name);
    let seats = words::count(answer.grant.seats, "seat");
    let of = answer.order.terms.seats;
    let what = match answer.effect {
        Effect::Replaced => {
            format!("activated in the place of another: {product} for {customer}, {seats} of {of}")
        }
        Effect::Repeated => {
            format!("answered before: the same response again, {product} for {customer}")
        }
        Effect::Synced(_) => format!("re-validated: {product} for {customer}, {seats} of {of}"),
        _ => format!("activated: {product} for {customer}, {seats} of {of}"),
    };
    context.out.say(format_args!(
        "{what}, license {} as {}",
        answer.key, answer.activation
    ));
    if let Some(evidence) = &answer.evidence {
        context
            .out
            .say(format_args!("{}: {evidence}", answer.effect.name()));
    }
    tell_warnings(context, &answer.warnings);
    if answer.effect == Effect::Repeated {
        let today = context.environment.now().day();
        if let Some(day) = answer.grant.revalidate_by.filter(|day| *day < today) {
            context.out.warn(format_args!(
                "its grace ended on {day}: once it is entered, the machine asks again with countersign request sync"
            ));
        }
        return;
    }
    let days = [
        ("expires", answer.grant.expires),
        ("re-validate by", answer.grant.revalidate_by),
    ];
    let days: Vec<String> = days
        .iter()
        .filter_map(|(name, day)| day.map(|day| format!("{name} {day}")))
        .collect();
    if !days.is_empty() {
        context.out.say(words::list(days));
    }
}

/// What the clerk should do about a warning, where there is something.
fn advice(warning: &Warning) -> Option<Cow<'static, str>> {
    Some(Cow::Borrowed(match warning {
        Warning::WeaklyBound => {
            "to bind it to more, sell it with a usb key: countersign license change KEY --usb VID:PID:SERIAL; to have such machines wait for a clerk: countersign product change ID --weak hold"
        }
        Warning::ClockOff(_) => {
            "look at this computer's clock first: a wrong one makes answers that are over, or not begun, on arrival; where it is right, tell them to set theirs"
        }
        Warning::Replaced { .. } => {
            "if another account of that computer held it and goes on with it, they ask once for all its accounts: countersign request activate KEY --system"
        }
        Warning::WasLost(_) => {
            "before you send it: ask the contact whom you know, by a way of your own, whether it was found; where it was not: countersign release ACTIVATION --lost --reason TEXT takes the seat back"
        }
        Warning::Outdated => {
            "where it is refused there, have the machine make another request: countersign request sync --new"
        }
        Warning::Beside(_) => {
            "ask there: what is not in use is returned, or released: countersign release ACTIVATION --lost --reason TEXT; accounts of one computer share a license: countersign request activate KEY --system"
        }
        Warning::OpensNothing(activation) => {
            return Some(Cow::Owned(format!(
                "free the seat all the same: countersign release {activation} --lost --reason TEXT"
            )));
        }
        Warning::KeptFor { of, before, until } => {
            // As often as it happens: a license of which nothing ends by itself has no other way.
            let gone = match until {
                Until::Ever => format!("{of} --held-back"),
                Until::Day(_) => format!("{before} --lost"),
            };
            return Some(Cow::Owned(format!(
                "take the return code of {before} too, if there is one; where that is gone: countersign release {gone} --reason TEXT"
            )));
        }
        Warning::HeldBy(other) => {
            return Some(Cow::Owned(format!(
                "take the return code of {other} too, where the machine gives up both; where nobody there knows it: countersign release {other} --lost --reason TEXT"
            )));
        }
        _ => return None,
    }))
}

fn tell_receipt(context: &mut Context, receipt: &Receipt) {
    let activation = receipt.activation;
    let of = receipt.of.as_ref().map(|(key, order)| {
        let (product, customer) = (&order.product.name, &order.terms.customer);
        format!("{product} for {customer}, license {key}, {activation}")
    });
    let again = receipt.effect == Effect::Repeated;
    context.out.say(match (&of, receipt.resting) {
        (None, _) if !receipt.warnings.is_empty() => format!(
            "noted: the code gives up {activation}, and opens none of its answers that are known here"
        ),
        (None, _) => format!(
            "noted: {activation} is given up, and its request has not arrived here; when it does, it will be refused"
        ),
        (Some(of), Some(rest)) if again => format!(
            "taken before: {of} is given up; its seat {}, and there is no code to send back",
            match (rest.until, rest.kept_for) {
                (Until::Day(day), _) => format!("comes free after {day}"),
                (Until::Ever, Some(other)) => format!("is kept for {other}"),
                (Until::Ever, None) => "is not free".to_owned(),
            }
        ),
        (Some(of), None) if again => format!(
            "taken before: {of} is given up; nothing more is freed, and there is no code to send back"
        ),
        (Some(of), None) if receipt.freed > 0 => {
            format!("seat freed: {of} has given it up; there is no code to send back")
        }
        (Some(of), None) if receipt.warnings.is_empty() => format!(
            "given up: {of}; its seat was released before, nothing more is freed, and there is no code to send back"
        ),
        (Some(of), _) => format!("given up: {of}; there is no code to send back"),
    });
    let key = receipt.of.as_ref().map(|(key, _)| *key);
    let rests = receipt.resting.filter(|_| !again);
    if let Some(day) = rests.and_then(|it| it.until.day().filter(|_| it.why == Why::Returns)) {
        context.out.warn(format_args!(
            "so many seats of this license were returned within a year that this one comes free after {day}"
        ));
    }
    tell_warnings(context, &receipt.warnings);
    // Where they are kept for somebody, that one is asked first.
    if let Some((rest, key)) = rests.filter(|it| it.kept_for.is_none()).zip(key) {
        free_now(context, &rest, key);
    }
}

/// How a clerk frees seats that are held back.
pub(crate) fn free_now(context: &mut Context, rest: &Rest, key: LicenseKey) {
    let of = rest.of;
    let sure = match (rest.lent, rest.on_loan) {
        (None, _) => "",
        (Some(_), 0) => ", where it is sure that none is lent",
        (Some(_), _) => ", where it is sure that all are back",
    };
    context.out.advise(&format!(
        "to free it now{sure}: countersign release {of} {key} --held-back --reason TEXT"
    ));
}

/// What the clerk should know, and do about it.
pub(crate) fn tell_warnings(context: &mut Context, warnings: &[Warning]) {
    for warning in warnings {
        context.out.warn(warning);
        if let Some(advice) = advice(warning) {
            context.out.advise(&advice);
        }
    }
}
