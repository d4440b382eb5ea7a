//! What is for sale: products and their definitions (SPEC.md 10).

mod licenses;
mod listed;
mod shipped;

use crate::failure::FailureKind;
use crate::issuer::approvals::ApprovalError;
use crate::issuer::history::{
    Hand, Hex, NewEvent, PRODUCT_ADD, PRODUCT_CHANGE, ProductFacts, Recorder, to_json,
};
use crate::issuer::ledger::Product as ProductRow;
use crate::issuer::ledger::{Ledger, LedgerError, ProductId, Transaction, WeakRule};
use crate::license_key::LicenseKey;
use crate::protocol::product::{Product, ProductError, ProductFile};
use crate::signing::signer::{SignerError, TriedSigner};

pub(crate) use licenses::fits;
pub use licenses::{LicenseView, MOST_LICENSES, Sold, license, sell};
pub use listed::{
    Case, LicenseState, Listed, Wanted, cases, folded, for_each_license, refused_since,
};
pub use shipped::take_over;

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
    /// A changed definition lost, moved or renamed what licenses were sold with.
    #[error("the catalogue of a product only ever grows: {0} would be lost or moved")]
    Shrinks(String),
    /// A text to be kept has a character in it that nobody sees.
    #[error("{what} has a character in it that nobody sees: U+{:04X}", u32::from(*character))]
    Hidden {
        /// Whose it is, such as "the customer's name".
        what: &'static str,
        /// The first such character.
        character: char,
    },
    /// The product file has nothing that the ledger has not.
    #[error(
        "that file is version {theirs}, and the ledger has version {ours}: there is nothing to take over"
    )]
    NotLater {
        /// The file's version.
        theirs: u32,
        /// The ledger's.
        ours: u32,
    },
    /// The order does not fit the product.
    #[error("{0}")]
    Order(&'static str),
    /// A license of the order of this name is void.
    #[error("all that the order {0} sold is void, such as license {1}")]
    OrderVoid(String, LicenseKey),
    /// The order of this name has other terms.
    #[error("there is an order {0} already, and it differs in: {1}")]
    OrderDiffers(String, String),
    /// The key is none of the product's roots.
    #[error("this key is not a root key of {0}")]
    NotARoot(String),
    /// The signing key's word: it gave no signature, or none that holds.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// Another has to approve it, or it is not what another proposed.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
    /// The source of randomness repeats itself.
    #[error("no unused license key could be drawn")]
    KeysUsedUp,
}

impl CatalogueError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            CatalogueError::Ledger(error) => error.kind(),
            CatalogueError::Product(_) | CatalogueError::NotLater { .. } => FailureKind::BadProduct,
            CatalogueError::Exists(_) => FailureKind::ProductExists,
            CatalogueError::Unknown(_) => FailureKind::UnknownProduct,
            CatalogueError::Shrinks(_) => FailureKind::CatalogueShrinks,
            CatalogueError::Order(_) | CatalogueError::Hidden { .. } => FailureKind::BadOrder,
            CatalogueError::OrderDiffers(..) => FailureKind::OrderDiffers,
            CatalogueError::OrderVoid(..) => FailureKind::Void,
            CatalogueError::Signer(error) => error.kind(),
            CatalogueError::NotARoot(_) => FailureKind::NotARoot,
            CatalogueError::Approval(error) => error.kind(),
            CatalogueError::KeysUsedUp => FailureKind::KeysUsedUp,
        }
    }
}

/// Adds a product whose weakly bound machines are warned of. Its version becomes 1, its roots are what the definition says.
///
/// # Errors
/// `Exists`, a broken rule of SPEC.md 10, or what the ledger says.
pub fn add(ledger: &mut Ledger, product: Product, hand: Hand<'_>) -> Result<(), CatalogueError> {
    add_with(ledger, product, WeakRule::default(), hand)
}

/// Adds a product, and says what is done with machines that are weakly bound.
///
/// # Errors
/// As [`add`].
pub fn add_with(
    ledger: &mut Ledger,
    mut product: Product,
    weak: WeakRule,
    hand: Hand<'_>,
) -> Result<(), CatalogueError> {
    product.version = 1;
    put_new(ledger, product, weak, hand)
}

/// Adds a product by its file, in the version that the file has: for a desk that is set up anew with the keys it had before.
///
/// # Errors
/// `NotARoot` where the keys of the file are not `roots`; as [`add`].
pub fn import(
    ledger: &mut Ledger,
    file: &ProductFile,
    roots: &[[u8; 32]],
    hand: Hand<'_>,
) -> Result<(), CatalogueError> {
    let product = file.product().clone();
    if product.roots != roots {
        return Err(CatalogueError::NotARoot(product.id));
    }
    put_new(ledger, product, WeakRule::default(), hand)
}

fn put_new(
    ledger: &mut Ledger,
    product: Product,
    weak: WeakRule,
    hand: Hand<'_>,
) -> Result<(), CatalogueError> {
    product.check()?;
    ledger.write(|tx| {
        if tx.product_named(&product.id)?.is_some() {
            return Err(CatalogueError::Exists(product.id.clone()));
        }
        let mut recorder = Recorder::by_hand(tx, hand)?;
        let mut row = row(&product, ProductId(0), weak, &recorder);
        row.id = tx.add_product(&row)?;
        Ok(record_product(tx, &mut recorder, &row, PRODUCT_ADD)?)
    })
}

/// Replaces a product's definition by one that has all that was there, in its place, and perhaps more. Its version rises by one.
///
/// # Errors
/// `Unknown`, `Shrinks`, a broken rule of SPEC.md 10, or what the ledger says.
pub fn change(
    ledger: &mut Ledger,
    mut product: Product,
    hand: Hand<'_>,
) -> Result<(), CatalogueError> {
    ledger.write(|tx| {
        let (id, old) = named(tx, &product.id)?;
        product.version = old.version.saturating_add(1);
        put_in_place(tx, (id, &old), &product, hand)
    })
}

/// Puts a definition in the place of another, which it has all of.
fn put_in_place(
    tx: &mut dyn Transaction,
    (id, old): (ProductId, &Product),
    product: &Product,
    hand: Hand<'_>,
) -> Result<(), CatalogueError> {
    let weak = tx.product(id)?.map_or_else(WeakRule::default, |it| it.weak);
    product.check()?;
    grows(old, product)?;
    let mut recorder = Recorder::by_hand(tx, hand)?;
    let row = row(product, id, weak, &recorder);
    tx.set_product(&row)?;
    Ok(record_product(tx, &mut recorder, &row, PRODUCT_CHANGE)?)
}

/// Has every product name these certificates, as far as they are for it, in a version of its own, and no earlier ones; and these roots, where they are others
/// from now on. Gives back the products' ids.
///
/// # Errors
/// What the ledger says.
pub(crate) fn name_desks(
    tx: &mut dyn Transaction,
    keys: &[(String, Vec<u8>)],
    roots: Option<&[[u8; 32]]>,
    hand: Hand<'_>,
) -> Result<Vec<String>, LedgerError> {
    let name = |product: &mut Product| {
        let own = keys.iter();
        let own = own.filter(|(only, _)| only.is_empty() || *only == product.id);
        product.desks = own.map(|(_, certificate)| certificate.clone()).collect();
        if let Some(roots) = roots {
            product.roots = roots.to_vec();
        }
    };
    edit_all(tx, name, hand)
}

/// Gives every product another version that is edited. Gives back their ids.
///
/// # Errors
/// What the ledger says.
pub(crate) fn edit_all(
    tx: &mut dyn Transaction,
    edit: impl Fn(&mut Product),
    hand: Hand<'_>,
) -> Result<Vec<String>, LedgerError> {
    let mut edited = Vec::new();
    for before in tx.products()? {
        let mut product = definition(&before)?;
        edit(&mut product);
        product.version = product.version.saturating_add(1);
        let mut recorder = Recorder::by_hand(tx, hand)?;
        let row = row(&product, before.id, before.weak, &recorder);
        tx.set_product(&row)?;
        record_product(tx, &mut recorder, &row, PRODUCT_CHANGE)?;
        edited.push(product.id);
    }
    Ok(edited)
}

/// Says what is done with machines that are weakly bound from now on. The product's definition, and so its file, stays as it is.
///
/// # Errors
/// `Unknown`, or what the ledger says.
pub fn set_weak(
    ledger: &mut Ledger,
    id: &str,
    weak: WeakRule,
    hand: Hand<'_>,
) -> Result<(), CatalogueError> {
    ledger.write(|tx| {
        let before = tx
            .product_named(id)?
            .ok_or_else(|| CatalogueError::Unknown(id.to_owned()))?;
        let mut recorder = Recorder::by_hand(tx, hand)?;
        let row = ProductRow {
            weak,
            event: recorder.next(),
            ..before
        };
        tx.set_product(&row)?;
        Ok(record_product(tx, &mut recorder, &row, PRODUCT_CHANGE)?)
    })
}

/// What is done with machines of a product that are weakly bound.
///
/// # Errors
/// `Unknown`, or what the ledger says.
pub fn weak(ledger: &mut Ledger, id: &str) -> Result<WeakRule, CatalogueError> {
    let row = ledger.read(|tx| tx.product_named(id))?;
    row.map(|row| row.weak)
        .ok_or_else(|| CatalogueError::Unknown(id.to_owned()))
}

fn row(product: &Product, id: ProductId, weak: WeakRule, recorder: &Recorder<'_>) -> ProductRow {
    ProductRow {
        id,
        name: product.id.clone(),
        version: product.version,
        definition: product.to_text(),
        weak,
        event: recorder.next(),
    }
}

fn record_product(
    tx: &mut dyn Transaction,
    recorder: &mut Recorder<'_>,
    row: &ProductRow,
    kind: &'static str,
) -> Result<(), LedgerError> {
    let data = to_json(&ProductFacts {
        product: row.name.clone(),
        version: row.version,
        row: Hex(row.digest()),
    })?;
    recorder.record(
        tx,
        NewEvent {
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

/// All products, in the order they were added, and what is done with machines of each that are weakly bound.
///
/// # Errors
/// What the ledger says.
pub fn list(ledger: &mut Ledger) -> Result<Vec<(Product, WeakRule)>, LedgerError> {
    let both = |row: &ProductRow| Ok((definition(row)?, row.weak));
    ledger.read(|tx| tx.products()?.iter().map(both).collect())
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
/// `Unknown`, `NotARoot`, `Signer`, or what the ledger says.
pub fn export(ledger: &mut Ledger, id: &str, root: &TriedSigner) -> Result<String, CatalogueError> {
    let product = show(ledger, id)?;
    let public = root.public();
    if !product.roots.contains(&public) {
        return Err(CatalogueError::NotARoot(product.id));
    }
    Ok(product.to_file(&public, |text| root.sign(text))?)
}
