//! Who sent the mail that a request came in: kept as the license's contact where none is known. The mail says so; it proves nothing.

use crate::issuer::ledger::{Ledger, OrderTerms};
use crate::issuer::life::{self, LifeError};
use crate::issuer::respond::{Answer, Issuer};
use crate::protocol::product::Product;
use crate::text::show;

use super::Context;
use super::failure::Failure;
use super::mail::Mailbox;

/// A contact as a clerk types it: one mail address, with a name before it or without, and in letters that a mail of ours can bear. Characters that nobody sees are refused, and named, with the order.
///
/// # Errors
/// Anything else.
pub(crate) fn typed(text: &str) -> Result<String, Failure> {
    if show::hidden_in(text).is_none() {
        Mailbox::parse(text)?.in_a_header()?;
    }
    Ok(text.trim().to_owned())
}

/// Keeps `sender` as the contact of a license that has none, by the word of whoever answers; where the license has another, or nobody signs, what to warn of.
///
/// # Errors
/// Where the ledger cannot be written.
pub(crate) fn keep(
    context: &mut Context,
    ledger: &mut Ledger,
    issuer: Option<&Issuer>,
    answer: &Answer,
    sender: &str,
) -> anyhow::Result<Option<String>> {
    let key = answer.key;
    let Some(contact) = &answer.order.terms.contact else {
        let Some(issuer) = issuer else {
            return Ok(Some(format!(
                "this mail came from {sender}, and license {key} has no contact; to keep it: countersign license change {key} --contact {sender}"
            )));
        };
        let edit = |terms: &OrderTerms, _: &Product| {
            Ok::<_, anyhow::Error>(OrderTerms {
                contact: Some(sender.to_owned()),
                ..terms.clone()
            })
        };
        let kept = life::change(
            ledger,
            key,
            edit,
            None,
            issuer.hand(context.environment.by()),
        );
        return match kept {
            Ok(_) => {
                context.out.say(format_args!(
                    "{sender} is kept as the contact of license {key}: the mail says so, which proves nothing"
                ));
                Ok(None)
            }
            // Another clerk answered the same mail at the same time.
            Err(error) if matches!(error.downcast_ref(), Some(LifeError::Nothing(_))) => Ok(None),
            Err(error) => Err(error),
        };
    };
    let same =
        Mailbox::parse(contact).is_ok_and(|known| known.address.eq_ignore_ascii_case(sender));
    Ok((!same).then(|| {
        format!(
            "this mail came from {sender}, the contact of license {key} is {contact}; if that has changed: countersign license change {key} --contact {sender}"
        )
    }))
}
