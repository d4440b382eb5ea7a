//! What was sold: orders, their licenses, and who holds them.

use crate::issuer::history::{
    Actor, Hex, LICENSE_NEW, NewEvent, OrderFacts, Recorder, keys_hasher, to_json,
};
use crate::issuer::ledger::{
    Activation, Ledger, LedgerError, License, LicenseFilter, LicenseId, OrderTerms, PAGE, TermsId,
    Transaction,
};
use crate::issuer::products::{CatalogueError, definition};
use crate::license_key::LicenseKey;
use crate::protocol::entitlements::Entitlement;
use crate::protocol::product::Product;
use crate::signing::keys::Entropy;
use crate::text::show;

/// The most licenses of one order: their keys are held in memory while they are sorted, 8 bytes each.
pub const MOST_LICENSES: u32 = 10_000_000;
/// Draws after which a key is given up on: with ten million licenses each draw succeeds 9,998 times in 10,000.
const DRAWS: usize = 64;

/// Sells `count` licenses of one order; their keys come back in the order of their rows. One transaction, one event.
///
/// # Errors
/// `Order` where the terms do not fit the product, `KeysUsedUp`, or what the ledger says.
pub fn sell(
    ledger: &mut Ledger,
    terms: &OrderTerms,
    count: u32,
    by: Actor<'_>,
    entropy: &mut Entropy<'_>,
) -> Result<Vec<LicenseKey>, CatalogueError> {
    if count == 0 || count > MOST_LICENSES {
        return Err(CatalogueError::Order(
            "an order is of 1 to 10,000,000 licenses",
        ));
    }
    ledger.write(|tx| {
        let product = tx
            .product(terms.product)?
            .ok_or(CatalogueError::Order("there is no such product"))?;
        fits(terms, &definition(&product)?)?;
        let mut recorder = Recorder::open(tx, by)?;
        let order = tx.add_terms(terms)?;
        let first = tx.next_license()?;
        let keys = add_keys(tx, order, &recorder, count, entropy)?;
        let mut hasher = keys_hasher();
        let inserted = keys.iter().map(|key| key.to_bytes()).collect::<Vec<_>>();
        hasher.update(inserted.as_flattened());
        let facts = OrderFacts {
            order: order.0,
            terms: Hex(terms.digest(&product.name)),
            licenses: i64::from(count),
            keys: Hex(*hasher.finalize().as_bytes()),
        };
        recorder.record(
            tx,
            NewEvent {
                kind: LICENSE_NEW,
                license: Some(first),
                activation: None,
                previous: None,
                data: to_json(&facts)?,
            },
        )?;
        Ok(keys)
    })
}

/// Draws and adds keys until there are enough; in the order in which they were added.
fn add_keys(
    tx: &mut dyn Transaction,
    order: TermsId,
    recorder: &Recorder,
    count: u32,
    entropy: &mut Entropy<'_>,
) -> Result<Vec<LicenseKey>, CatalogueError> {
    let wanted = usize::try_from(count).unwrap_or(usize::MAX);
    let mut added = Vec::with_capacity(wanted);
    for _ in 0..DRAWS {
        let mut drawn = draw(wanted - added.len(), entropy);
        // Rising keys fill the index page by page instead of anywhere: an order of magnitude.
        drawn.sort_unstable();
        drawn.dedup();
        let known = tx.add_licenses(&drawn, order, recorder.next())?;
        added.extend(
            drawn
                .into_iter()
                .filter(|key| known.binary_search(key).is_err()),
        );
        if added.len() == wanted {
            return Ok(added);
        }
    }
    Err(CatalogueError::KeysUsedUp)
}

/// Draws keys, a page of them from one filling of the buffer: asking the system for each would take longer than adding it.
fn draw(count: usize, entropy: &mut Entropy<'_>) -> Vec<LicenseKey> {
    let mut keys = Vec::with_capacity(count);
    let mut buffer = [[0; 16]; 256];
    while keys.len() < count {
        let most = buffer.len().min(count - keys.len());
        let page = buffer.get_mut(..most).unwrap_or_default();
        entropy(page.as_flattened_mut());
        keys.extend(page.iter().map(drawn));
    }
    keys
}

fn drawn(random: &[u8; 16]) -> LicenseKey {
    let copied = LicenseKey::from_entropy(|bytes| {
        bytes
            .iter_mut()
            .zip(random)
            .for_each(|(to, from)| *to = *from);
        Ok::<(), std::convert::Infallible>(())
    });
    match copied {
        Ok(key) => key,
        Err(never) => match never {},
    }
}

/// Whether an order fits its product.
pub(crate) fn fits(terms: &OrderTerms, product: &Product) -> Result<(), CatalogueError> {
    if usize::from(terms.edition) > product.editions.len() {
        return Err(CatalogueError::Order("the product has no such edition"));
    }
    let known = |it: &Entitlement| {
        let entry = product.entry(it.index);
        entry.is_some_and(|(entry, _)| entry.holds(&it.content))
    };
    if !terms.entitlements.iter().all(known) {
        return Err(CatalogueError::Order(
            "the product has no such feature, limit or text",
        ));
    }
    if terms.customer.trim().is_empty() {
        return Err(CatalogueError::Order("an order needs a customer"));
    }
    let texts = [
        ("the customer's name", Some(&terms.customer)),
        ("the contact", terms.contact.as_ref()),
    ];
    for (what, text) in texts {
        // They are printed in lists, one to a line, on the terminal of whoever looks them up.
        if let Some(character) = text.and_then(|text| show::hidden_in(text)) {
            return Err(CatalogueError::Hidden { what, character });
        }
    }
    if terms.emergency.is_some_and(|it| it.steps.get() > 31) {
        return Err(CatalogueError::Order(
            "an emergency chain has at most 31 steps",
        ));
    }
    Ok(())
}

/// A license with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseView {
    /// The license.
    pub license: License,
    /// Its order.
    pub terms: OrderTerms,
    /// Its product.
    pub product: Product,
    /// Who holds it, oldest first.
    pub activations: Vec<Activation>,
}

/// One license; what it costs does not depend on how many there are.
///
/// # Errors
/// What the ledger says.
pub fn license(ledger: &mut Ledger, key: LicenseKey) -> Result<Option<LicenseView>, LedgerError> {
    ledger.read(|tx| {
        let Some(license) = tx.license_keyed(key)? else {
            return Ok(None);
        };
        let terms = order(tx, &license)?;
        let product = tx
            .product(terms.product)?
            .ok_or_else(|| LedgerError::Damaged("an order is for no product".to_owned()))?;
        Ok(Some(LicenseView {
            product: definition(&product)?,
            activations: tx.activations_of(license.id)?,
            terms,
            license,
        }))
    })
}

fn order(tx: &mut dyn Transaction, license: &License) -> Result<OrderTerms, LedgerError> {
    tx.terms(license.terms)?
        .ok_or_else(|| LedgerError::Damaged(format!("license {} has no order", license.key)))
}

/// Calls `each` for every license that `filter` wants, in the order they were made; memory does not grow with their number.
///
/// # Errors
/// What `each` says, or what the ledger says.
pub fn for_each_license<E: From<LedgerError>>(
    ledger: &mut Ledger,
    filter: &LicenseFilter,
    mut each: impl FnMut(&License, &OrderTerms) -> Result<(), E>,
) -> Result<(), E> {
    ledger.read(|tx| {
        let mut after = LicenseId(0);
        let mut last: Option<(TermsId, OrderTerms)> = None;
        loop {
            let page = tx.licenses(filter, after, PAGE)?;
            let Some(end) = page.last() else {
                return Ok(());
            };
            after = end.id;
            for license in &page {
                if last.as_ref().is_none_or(|(id, _)| *id != license.terms) {
                    last = Some((license.terms, order(tx, license)?));
                }
                if let Some((_, terms)) = &last {
                    each(license, terms)?;
                }
            }
        }
    })
}
