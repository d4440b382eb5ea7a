//! What is sold: products, orders and their licences.

use crate::issuer::history;
use crate::issuer::history::{
    Happening, LICENSE_NEW, OrderFacts, PRODUCT_ADD, PRODUCT_CHANGE, ProductFacts, Recorder,
    keys_hasher, text_digest, to_json,
};
use crate::issuer::keys::{Entropy, SigningKey};
use crate::issuer::ledger::Product as ProductRow;
use crate::issuer::ledger::{
    Activation, Ledger, LedgerError, License, LicenseFilter, LicenseId, PAGE, ProductId, Terms,
    TermsId, Transaction,
};
use crate::license_key::LicenseKey;
use crate::protocol::date::Seconds;
use crate::protocol::product::{Product, ProductError};

/// The most licences of one order: their keys are held in memory while they are sorted, 8 bytes each.
pub const MOST_LICENSES: u32 = 10_000_000;
/// Draws after which a key is given up on: with ten million licences each draw succeeds 9,998 times in 10,000.
const DRAWS: usize = 64;

/// Why something could not be put on sale.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// The ledger's word.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The definition breaks a rule of SPEC.md 10.
    #[error(transparent)]
    Product(#[from] ProductError),
    /// There is a product with this id already.
    #[error("there is a product {0} already")]
    Exists(String),
    /// There is no product with this id.
    #[error("there is no product {0}")]
    Unknown(String),
    /// A changed definition lost, moved or renamed what licences were sold with.
    #[error("the catalogue of a product only ever grows: {0} would be lost or moved")]
    Shrinks(String),
    /// The order does not fit the product.
    #[error("{0}")]
    Order(&'static str),
    /// The key is none of the product's roots.
    #[error("this key is not a root key of {0}")]
    NotARoot(String),
    /// The source of randomness repeats itself.
    #[error("no unused license key could be drawn")]
    KeysUsedUp,
}

impl CatalogueError {
    /// The stable snake_case name for JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            CatalogueError::Ledger(error) => error.kind(),
            CatalogueError::Product(_) => "bad_product",
            CatalogueError::Exists(_) => "product_exists",
            CatalogueError::Unknown(_) => "unknown_product",
            CatalogueError::Shrinks(_) => "catalogue_shrinks",
            CatalogueError::Order(_) => "bad_order",
            CatalogueError::NotARoot(_) => "not_a_root",
            CatalogueError::KeysUsedUp => "keys_used_up",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            CatalogueError::Ledger(error) => error.hint(),
            CatalogueError::Product(_) => "see `countersign product add --help`",
            CatalogueError::Exists(_) => "choose another id; `product show` tells what it is",
            CatalogueError::Unknown(_) => "`countersign product list` shows those there are",
            CatalogueError::Shrinks(_) => "leave what is there in its place and add at the end",
            CatalogueError::Order(_) => "see `countersign product show` for what the product has",
            CatalogueError::NotARoot(_) => "use the root key of the desk that sells the product",
            CatalogueError::KeysUsedUp => "check the system's source of randomness",
        }
    }
}

/// Who acts and when: stands in the history beside what was done.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// Who, as the caller names itself: a login name, say.
    pub actor: &'a str,
    /// When.
    pub now: Seconds,
}

/// Adds a product. Its version becomes 1, its roots are what the definition says.
///
/// # Errors
/// `Exists`, a broken rule of SPEC.md 10, or what the ledger says.
pub fn add(ledger: &mut Ledger, mut product: Product, by: By<'_>) -> Result<(), CatalogueError> {
    product.version = 1;
    product.check()?;
    ledger.write(|tx| {
        if tx.product_named(&product.id)?.is_some() {
            return Err(CatalogueError::Exists(product.id.clone()));
        }
        let mut recorder = Recorder::open(tx, by.actor, by.now)?;
        let row = row(&product, ProductId(0), &recorder);
        tx.add_product(&row)?;
        Ok(record_product(tx, &mut recorder, &row, PRODUCT_ADD)?)
    })
}

/// Replaces a product's definition by one that has all that was there, in its place, and perhaps more. Its version rises by one.
///
/// # Errors
/// `Unknown`, `Shrinks`, a broken rule of SPEC.md 10, or what the ledger says.
pub fn change(ledger: &mut Ledger, mut product: Product, by: By<'_>) -> Result<(), CatalogueError> {
    ledger.write(|tx| {
        let (id, old) = named(tx, &product.id)?;
        product.version = old.version.saturating_add(1);
        product.check()?;
        grows(&old, &product)?;
        let mut recorder = Recorder::open(tx, by.actor, by.now)?;
        let row = row(&product, id, &recorder);
        tx.set_product(&row)?;
        Ok(record_product(tx, &mut recorder, &row, PRODUCT_CHANGE)?)
    })
}

fn row(product: &Product, id: ProductId, recorder: &Recorder) -> ProductRow {
    ProductRow {
        id,
        name: product.id.clone(),
        version: product.version,
        definition: product.to_text(),
        event: recorder.next(),
    }
}

fn record_product(
    tx: &mut dyn Transaction,
    recorder: &mut Recorder,
    row: &ProductRow,
    kind: &'static str,
) -> Result<(), LedgerError> {
    let data = to_json(&ProductFacts {
        product: row.name.clone(),
        version: row.version,
        definition: text_digest(&row.definition),
    })?;
    recorder.record(
        tx,
        Happening {
            kind,
            license: None,
            activation: None,
            previous: None,
            data,
        },
    )?;
    Ok(())
}

fn grows(old: &Product, new: &Product) -> Result<(), CatalogueError> {
    let shrinks = |name: &str| Err(CatalogueError::Shrinks(name.to_owned()));
    for (number, entry) in old.catalogue.iter().enumerate() {
        if new.catalogue.get(number) != Some(entry) {
            return shrinks(&entry.1);
        }
    }
    for (number, edition) in old.editions.iter().enumerate() {
        if new.editions.get(number) != Some(edition) {
            return shrinks(edition);
        }
    }
    if (&old.bind, old.fingerprint) != (&new.bind, new.fingerprint) {
        return shrinks("what machines are bound by");
    }
    Ok(())
}

/// A product's row and definition by the id people type.
///
/// # Errors
/// `Unknown`, or what the ledger says.
pub fn named(tx: &mut dyn Transaction, id: &str) -> Result<(ProductId, Product), CatalogueError> {
    let row = tx
        .product_named(id)?
        .ok_or_else(|| CatalogueError::Unknown(id.to_owned()))?;
    Ok((row.id, definition(&row)?))
}

/// A product as it is defined in its row.
///
/// # Errors
/// `Damaged` where the text cannot be read.
pub fn definition(row: &ProductRow) -> Result<Product, LedgerError> {
    Product::parse_text(&row.definition)
        .map_err(|error| LedgerError::Damaged(format!("product {}: {error}", row.name)))
}

/// All products, in the order they were added.
///
/// # Errors
/// What the ledger says.
pub fn list(ledger: &mut Ledger) -> Result<Vec<Product>, LedgerError> {
    ledger.read(|tx| tx.products()?.iter().map(definition).collect())
}

/// One product.
///
/// # Errors
/// `Unknown`, or what the ledger says.
pub fn show(ledger: &mut Ledger, id: &str) -> Result<Product, CatalogueError> {
    ledger.read(|tx| Ok(named(tx, id)?.1))
}

/// The product file that ships with the application (SPEC.md 10), signed by `root`.
///
/// # Errors
/// `Unknown`, `NotARoot`, or what the ledger says.
pub fn export(ledger: &mut Ledger, id: &str, root: &SigningKey) -> Result<String, CatalogueError> {
    let product = show(ledger, id)?;
    let public = root.public();
    if !product.roots.contains(&public) {
        return Err(CatalogueError::NotARoot(product.id));
    }
    Ok(product.to_file(&public, |text| root.sign(text)))
}

/// Sells `count` licences of one order; their keys come back in the order of their rows. One transaction, one event.
///
/// # Errors
/// `Order` where the terms do not fit the product, `KeysUsedUp`, or what the ledger says.
pub fn sell(
    ledger: &mut Ledger,
    terms: &Terms,
    count: u32,
    by: By<'_>,
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
        let mut recorder = Recorder::open(tx, by.actor, by.now)?;
        let order = tx.add_terms(terms)?;
        let first = tx.next_license()?;
        let keys = add_keys(tx, order, &recorder, count, entropy)?;
        let mut hasher = keys_hasher();
        let inserted = keys.iter().map(|key| key.to_bytes()).collect::<Vec<_>>();
        hasher.update(inserted.as_flattened());
        let facts = OrderFacts {
            order: order.0,
            terms: history::Hex(terms.digest()),
            licenses: i64::from(count),
            keys: history::Hex(*hasher.finalize().as_bytes()),
        };
        recorder.record(
            tx,
            Happening {
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

pub(super) fn fits(terms: &Terms, product: &Product) -> Result<(), CatalogueError> {
    if usize::from(terms.edition) > product.editions.len() {
        return Err(CatalogueError::Order("the product has no such edition"));
    }
    let known = |index: u32, limit: bool| {
        product
            .entry(index)
            .is_some_and(|(entry, _)| limit == (entry == crate::protocol::product::Entry::Limit))
    };
    if !terms
        .entitlements
        .iter()
        .all(|it| known(it.index, it.value.is_some()))
    {
        return Err(CatalogueError::Order(
            "the product has no such feature or limit",
        ));
    }
    if terms.customer.trim().is_empty() {
        return Err(CatalogueError::Order("an order needs a customer"));
    }
    if terms.emergency.is_some_and(|it| it.steps.get() > 31) {
        return Err(CatalogueError::Order(
            "an emergency chain has at most 31 steps",
        ));
    }
    Ok(())
}

/// A licence with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseView {
    /// The licence.
    pub license: License,
    /// Its order.
    pub terms: Terms,
    /// Its product.
    pub product: Product,
    /// Who holds it, oldest first.
    pub activations: Vec<Activation>,
}

/// One licence; what it costs does not depend on how many there are.
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

fn order(tx: &mut dyn Transaction, license: &License) -> Result<Terms, LedgerError> {
    tx.terms(license.terms)?
        .ok_or_else(|| LedgerError::Damaged(format!("license {} has no order", license.key)))
}

/// Calls `each` for every licence that `filter` wants, in the order they were made; memory does not grow with their number.
///
/// # Errors
/// What `each` says, or what the ledger says.
pub fn for_each_license<E: From<LedgerError>>(
    ledger: &mut Ledger,
    filter: &LicenseFilter,
    mut each: impl FnMut(&License, &Terms) -> Result<(), E>,
) -> Result<(), E> {
    ledger.read(|tx| {
        let mut after = LicenseId(0);
        let mut last: Option<(TermsId, Terms)> = None;
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
