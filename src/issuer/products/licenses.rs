//! What was sold: orders, their licenses, and who holds them.

use crate::issuer::approvals::{self, ApprovalError, Extent};
use crate::issuer::history::{
    Deed, Hand, Hex, LICENSE_NEW, NewEvent, OrderFacts, Recorder, keys_hasher, to_json,
};
use crate::issuer::ledger::{
    Activation, EventId, Ledger, LedgerError, License, LicenseId, OrderTerms, PAGE, TermsId,
    Transaction, Withdrawn,
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

/// Licenses of one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sold {
    /// Their keys, in the order of their rows.
    pub keys: Vec<LicenseKey>,
    /// Whether they were sold before: the order was made again.
    pub before: bool,
    /// Those of the order that are void since, and left out.
    pub void: Vec<LicenseKey>,
}

/// Sells `count` licenses of one order. One transaction, one event. An order that has a name is made once: the same order again has the same licenses.
///
/// # Errors
/// `Order` where the terms do not fit the product, `OrderDiffers` where the order of this name has others, `OrderVoid` where all that it sold is void, `KeysUsedUp`, or what the ledger says.
pub fn sell(
    ledger: &mut Ledger,
    terms: &OrderTerms,
    count: u32,
    hand: Hand<'_>,
    entropy: &mut Entropy<'_>,
) -> Result<Sold, CatalogueError> {
    if count == 0 || count > MOST_LICENSES {
        return Err(CatalogueError::Order(
            "an order is of 1 to 10,000,000 licenses",
        ));
    }
    ledger.write(|tx| {
        if let Some(sold) = sold_before(tx, terms, count)? {
            if let Some(proposal) = hand.approves {
                return Err(ApprovalError::Done(proposal.0).into());
            }
            return Ok(sold);
        }
        let product = tx
            .product(terms.product)?
            .ok_or(CatalogueError::Order("there is no such product"))?;
        fits(terms, &definition(&product)?)?;
        let deed = Deed {
            kind: LICENSE_NEW.to_owned(),
            product: product.name.clone(),
            terms: Some(Hex(terms.digest(&product.name))),
            licenses: Some(count),
            ..Deed::default()
        };
        let extent = Extent {
            after: Some(terms),
            licenses: count,
            ..Extent::of(LICENSE_NEW, hand.by.now.day())
        };
        approvals::pass(tx, hand, &deed, &extent)?;
        let mut recorder = Recorder::by_hand(tx, hand)?;
        let order = tx.add_terms(terms, recorder.next())?;
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
        Ok(Sold {
            keys,
            before: false,
            void: Vec::new(),
        })
    })
}

/// What an order sold that was made before, where there is one of this name. A key that is void is nobody's to sell on.
fn sold_before(
    tx: &mut dyn Transaction,
    terms: &OrderTerms,
    count: u32,
) -> Result<Option<Sold>, CatalogueError> {
    let Some(name) = &terms.order else {
        return Ok(None);
    };
    let Some((event, before)) = tx.order_called(name)? else {
        return Ok(None);
    };
    let (first, made) = licenses_of(tx, event)?;
    if before != *terms || made != i64::from(count) {
        let differs = CatalogueError::OrderDiffers(name.clone(), differing(terms, &before));
        return Err(differs);
    }
    let wanted = usize::try_from(count).unwrap_or(usize::MAX);
    let (mut keys, mut void) = (Vec::with_capacity(wanted), Vec::new());
    let mut after = LicenseId(first.0.saturating_sub(1));
    while keys.len() + void.len() < wanted {
        let page = tx.licenses(after, PAGE.min(wanted - keys.len() - void.len()))?;
        let Some(last) = page.last() else {
            let gone = format!("licenses of the order {name} are gone");
            return Err(LedgerError::Damaged(gone).into());
        };
        after = last.id;
        for license in page {
            match license.withdrawn {
                Some(Withdrawn::Void) => void.push(license.key),
                _ => keys.push(license.key),
            }
        }
    }
    match void.first() {
        Some(first) if keys.is_empty() => Err(CatalogueError::OrderVoid(name.clone(), *first)),
        _ => Ok(Some(Sold {
            keys,
            before: true,
            void,
        })),
    }
}

/// The first license that an order made, and how many.
fn licenses_of(tx: &mut dyn Transaction, event: EventId) -> Result<(LicenseId, i64), LedgerError> {
    let damaged = || LedgerError::Damaged(format!("history row {} is no order", event.0));
    let event = tx.event(event)?.ok_or_else(damaged)?;
    let facts: OrderFacts = serde_json::from_str(&event.data).map_err(|_| damaged())?;
    Ok((event.license.ok_or_else(damaged)?, facts.licenses))
}

/// What an order has otherwise than the one of its name, in words.
fn differing(terms: &OrderTerms, before: &OrderTerms) -> String {
    let same = [
        ("product", terms.product == before.product),
        ("customer", terms.customer == before.customer),
        ("contact", terms.contact == before.contact),
        ("seats", terms.seats == before.seats),
        ("type", terms.license_type == before.license_type),
        ("edition", terms.edition == before.edition),
        ("last day", terms.expires == before.expires),
        ("maintenance", terms.maintenance == before.maintenance),
        ("grace", terms.grace_days == before.grace_days),
        ("longest loan", terms.lend_days == before.lend_days),
        ("emergency codes", terms.emergency == before.emergency),
        (
            "features, limits or texts",
            terms.entitlements == before.entitlements,
        ),
        ("usb key", terms.usb == before.usb),
        ("note", terms.note == before.note),
    ];
    let differing: Vec<&str> = same
        .iter()
        .filter(|(_, same)| !same)
        .map(|it| it.0)
        .collect();
    match differing.is_empty() {
        true => "number of licenses".to_owned(),
        false => differing.join(", "),
    }
}

/// Draws and adds keys until there are enough; in the order in which they were added.
fn add_keys(
    tx: &mut dyn Transaction,
    order: TermsId,
    recorder: &Recorder<'_>,
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
        ("the order's name", terms.order.as_ref()),
        ("the note", terms.note.as_ref()),
    ];
    if terms.order.as_ref().is_some_and(|it| it.trim().is_empty()) {
        return Err(CatalogueError::Order("the order has an empty name"));
    }
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

pub(super) fn order(
    tx: &mut dyn Transaction,
    license: &License,
) -> Result<OrderTerms, LedgerError> {
    tx.terms(license.terms)?
        .ok_or_else(|| LedgerError::Damaged(format!("license {} has no order", license.key)))
}
