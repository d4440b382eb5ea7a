//! Four eyes: what falls under a product's policy is proposed by one and done by another, with another key (SPEC.md 9.18).

mod error;
mod gate;
mod inbox;
mod rule;
mod wanted;

pub use error::ApprovalError;
pub(crate) use gate::{check, needed, pass};
pub use inbox::{Became, Proposal, all, decline, open, proposal, propose};
pub(crate) use inbox::{close, decline_all};
pub(crate) use rule::Extent;
pub use rule::{Rule, RuleError, rules};
pub use wanted::Wanted;

use crate::issuer::history::{Hand, NewEvent, POLICY, PolicyFacts, Recorder, to_json};
use crate::issuer::ledger::{Ledger, LedgerError, Transaction};

/// Under what names the ledger keeps what needs another's approval: one for each product, with its id.
pub(crate) const NEEDS: &str = "approve ";
/// Under what name it keeps the proposals that wait.
pub(crate) const WAITING: &str = "proposals";

/// What of a product needs another's approval; nothing where nobody said.
///
/// # Errors
/// `Damaged` where the rules cannot be read, or what the ledger says.
pub fn policy(tx: &mut dyn Transaction, product: &str) -> Result<Vec<Rule>, LedgerError> {
    let Some(text) = tx.meta(&[NEEDS, product].concat())? else {
        return Ok(Vec::new());
    };
    if text.is_empty() {
        return Ok(Vec::new());
    }
    rules(&text).map_err(|_| LedgerError::Damaged(format!("the policy of {product}")))
}

/// Whether some product has overrides approved by another: then anybody may propose one.
///
/// # Errors
/// What the ledger says.
pub fn overrides_are_proposed(tx: &mut dyn Transaction) -> Result<bool, LedgerError> {
    for product in tx.products()? {
        if policy(tx, &product.name)?.contains(&Rule::Override) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Says what of a product needs another's approval from now on; nothing: nothing does.
///
/// # Errors
/// `NeedsRoot`, `UnknownProduct`, `Nothing` where it is so already, or what the ledger says.
pub fn set_policy(
    ledger: &mut Ledger,
    product: &str,
    rules: &[Rule],
    root: Hand<'_>,
) -> Result<(), ApprovalError> {
    ledger.write(|tx| {
        if tx.product_named(product)?.is_none() {
            return Err(ApprovalError::UnknownProduct(product.to_owned()));
        }
        if root.certificate.is_some() {
            return Err(ApprovalError::NeedsRoot);
        }
        if policy(tx, product)? == rules {
            return Err(ApprovalError::Nothing);
        }
        let words: Vec<String> = rules.iter().map(Rule::to_string).collect();
        tx.set_meta(&[NEEDS, product].concat(), &words.join(","))?;
        let facts = PolicyFacts {
            product: product.to_owned(),
            rules: words,
        };
        let event = NewEvent {
            kind: POLICY,
            license: None,
            activation: None,
            previous: None,
            data: to_json(&facts)?,
        };
        Recorder::by_hand(tx, root)?.record(tx, event)?;
        Ok(())
    })
}
