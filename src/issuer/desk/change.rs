//! What the desk says about itself, changed.

use super::vendor;
use crate::issuer::history::{ChangeFacts, DESK_CHANGE, Hand, NewEvent, Recorder, to_json};
use crate::issuer::ledger::{Ledger, LedgerError};
use crate::issuer::products;

/// Gives the vendor another name, or requests another address (an empty one: none), where that is said. Every product has both in its file: each that says
/// something else gets another version. Gives back their ids; nothing where everything was so already.
///
/// # Errors
/// What the ledger says.
pub fn change(
    ledger: &mut Ledger,
    (name, mail): (Option<&str>, Option<&str>),
    hand: Hand<'_>,
) -> Result<Option<Vec<String>>, LedgerError> {
    ledger.write(|tx| {
        let before = vendor(tx)?;
        let new_name = name.filter(|it| *it != before.name);
        let known = before.mail.as_deref().unwrap_or_default();
        let new_mail = mail.filter(|it| *it != known);
        if new_name.is_none() && new_mail.is_none() {
            return Ok(None);
        }
        for (what, value) in [("vendor", new_name), ("mail", new_mail)] {
            if let Some(value) = value {
                tx.set_meta(what, value)?;
            }
        }
        let facts = ChangeFacts {
            vendor: new_name.map(str::to_owned),
            mail: new_mail.map(str::to_owned),
        };
        let event = NewEvent {
            kind: DESK_CHANGE,
            license: None,
            activation: None,
            previous: None,
            data: to_json(&facts)?,
        };
        Recorder::by_hand(tx, hand)?.record(tx, event)?;
        let after = vendor(tx)?;
        let say = |product: &mut crate::protocol::product::Product| {
            product.vendor = after.name.clone();
            product.mail = after.mail.clone();
        };
        products::edit_all(tx, say, hand).map(Some)
    })
}
