//! A code before the desk of this home: whose it is, and what answering it would do.

use super::{AtThisDesk, Known, Trust};
use crate::cli::desk::{self, OpenDesk};
use crate::cli::json::{Named, Shown, shown};
use crate::cli::{Context, reply, words};
use crate::issuer::ledger::{EventId, Ledger, LedgerError, StoredAnswer, Transaction};
use crate::issuer::policy::Options;
use crate::issuer::products;
use crate::issuer::respond::{self, Reply, RespondError};
use crate::license_key::LicenseKey;
use crate::protocol::desk_certificate::{DeskCertificate, ONE_PRODUCT};
use crate::protocol::digest::{ActivationId, product_tag};
use crate::protocol::requests::{Activate, Borrow, Return, Sync};
use crate::protocol::trust::{PublicKey, Roots};
use crate::text::{Code, Kind};

/// Answers looked through at a time for one that is the code.
const PAGE: usize = 4096;

/// What the desk of this home makes of a code; nothing where there is none.
///
/// # Errors
/// What the ledger says.
pub(crate) fn at_desk(context: &Context, code: &Code) -> anyhow::Result<Option<AtThisDesk>> {
    if !desk::is_here(context)? {
        return Ok(None);
    }
    let mut desk = desk::open(context)?;
    let mut place = AtThisDesk::default();
    match code.kind() {
        Kind::Activate | Kind::Sync | Kind::Return => {
            place.known = known(desk.ledger(), code)?;
            rehearse(context, &mut desk, code, &mut place)?;
        }
        Kind::Borrow => place.known = known(desk.ledger(), code)?,
        Kind::Grant => own_answer(desk.ledger(), code, &mut place)?,
        Kind::DeskCertificate => certificate(&mut desk, code, &mut place)?,
        Kind::Loan
        | Kind::LoanWithCertificate
        | Kind::LoanReturn
        | Kind::SiteCard
        | Kind::Emergency => {}
    }
    Ok(Some(place))
}

/// The license that a request names by its key or its activation.
fn known(ledger: &mut Ledger, code: &Code) -> Result<Known, LedgerError> {
    let payload = code.payload();
    ledger.read(|tx| match code.kind() {
        Kind::Activate => match Activate::decode(payload) {
            Ok(request) => Ok(by_key(tx, request.key)?.or(by_tag(tx, &request)?)),
            Err(_) => Ok(Known::default()),
        },
        Kind::Borrow => Borrow::decode(payload)
            .map_or_else(|_| Ok(Known::default()), |request| by_key(tx, request.key)),
        Kind::Sync => Sync::decode(payload).map_or_else(
            |_| Ok(Known::default()),
            |request| by_activation(tx, request.activation),
        ),
        _ => Return::decode(payload).map_or_else(
            |_| Ok(Known::default()),
            |request| by_activation(tx, request.activation),
        ),
    })
}

fn by_key(tx: &mut dyn Transaction, key: LicenseKey) -> Result<Known, LedgerError> {
    let Some(license) = tx.license_keyed(key)? else {
        return Ok(Known::default());
    };
    let Some(terms) = tx.terms(license.terms)? else {
        return Ok(Known::default());
    };
    let product = tx.product(terms.product)?;
    Ok(Known {
        product: product.map(|row| products::definition(&row)).transpose()?,
        license_key: Some(key),
        customer: Some(terms.customer),
    })
}

fn by_tag(tx: &mut dyn Transaction, request: &Activate) -> Result<Known, LedgerError> {
    let mut fits = tx
        .products()?
        .into_iter()
        .filter(|row| product_tag(&row.name) == request.product_tag);
    let row = fits.next().filter(|_| fits.next().is_none());
    Ok(Known {
        product: row.map(|row| products::definition(&row)).transpose()?,
        license_key: Some(request.key),
        customer: None,
    })
}

fn by_activation(tx: &mut dyn Transaction, id: ActivationId) -> Result<Known, LedgerError> {
    // Four bytes may be those of two activations: then the code does not say enough to name one.
    let [row] = tx.activations_called(id)?[..] else {
        return Ok(Known::default());
    };
    let Some(activation) = tx.activation(row)? else {
        return Ok(Known::default());
    };
    match tx.license(activation.license)? {
        Some(license) => by_key(tx, license.key),
        None => Ok(Known::default()),
    }
}

/// What the rules would say, nothing being changed.
fn rehearse(
    context: &Context,
    desk: &mut OpenDesk,
    code: &Code,
    place: &mut AtThisDesk,
) -> anyhow::Result<()> {
    let by = context.environment.by();
    match respond::rehearse(desk.ledger(), code, &Options::default(), by) {
        Ok(preview) => {
            let (verdict, warnings, seats) = match &preview {
                Reply::Answer(answer) => {
                    (answer.effect, &answer.warnings, Some(answer.grant.seats))
                }
                Reply::Receipt(receipt) => (receipt.effect, &receipt.warnings, None),
            };
            let words = match (verdict, seats) {
                (respond::Effect::Repeated, _) => {
                    "was answered before; the same response would be given again".to_owned()
                }
                (verdict, Some(seats)) => format!(
                    "would answer it: {}, {}",
                    verdict.words(),
                    words::count(seats, "seat")
                ),
                (verdict, None) => format!("would take it: {}", verdict.words()),
            };
            place.sheet.say("this desk", words);
            for warning in warnings {
                place.sheet.say("warning", warning);
            }
            place.sheet.object.verdict = Some(verdict.name());
            place.sheet.object.seats = seats;
            place.sheet.object.warnings = Some(reply::warnings(&context.out, warnings));
        }
        Err(RespondError::WrongKind(_)) => {}
        Err(RespondError::Ledger(error)) => return Err(error.into()),
        Err(error) => {
            let words = format!("would refuse it: {error}");
            place.sheet.say("this desk", words);
            place.sheet.object.refused = Some(Named(error.kind()));
        }
    }
    Ok(())
}

/// Whether the ledger has this very answer.
fn own_answer(ledger: &mut Ledger, code: &Code, place: &mut AtThisDesk) -> Result<(), LedgerError> {
    let found = ledger.read(|tx| -> Result<_, LedgerError> {
        let Some(answer) = find(tx, code.payload())? else {
            return Ok(None);
        };
        let id = answer.stood.standing.activation;
        let at = tx.event(answer.event)?.map(|event| event.at);
        let license = match tx.activation(answer.activation)? {
            Some(activation) => tx.license(activation.license)?,
            None => None,
        };
        let known = match license {
            Some(license) => by_key(tx, license.key)?,
            None => Known::default(),
        };
        Ok(Some((known, id, at)))
    })?;
    match found {
        Some((known, id, at)) => {
            place.known = known;
            place.trust = Some(Trust::Holds(
                "this desk signed it: it stands in its ledger".to_owned(),
            ));
            let on = at.map(|at| at.to_string()).unwrap_or_default();
            let words = format!("gave this answer on {on}, for {id}");
            place.sheet.say("this desk", words);
            place.sheet.object.answered = shown(at);
            place.sheet.object.activation = Some(Shown(id));
        }
        None => {
            place.trust = Some(Trust::Unknown(
                "this desk's ledger has no such answer".to_owned(),
            ));
        }
    }
    Ok(())
}

fn find(tx: &mut dyn Transaction, payload: &[u8]) -> Result<Option<StoredAnswer>, LedgerError> {
    let mut after = EventId(0);
    loop {
        let page = tx.answers(after, PAGE)?;
        let Some(last) = page.last().map(|answer| answer.event) else {
            return Ok(None);
        };
        if let Some(found) = page.into_iter().find(|answer| answer.grant == payload) {
            return Ok(Some(found));
        }
        after = last;
    }
}

fn certificate(
    desk: &mut OpenDesk,
    code: &Code,
    place: &mut AtThisDesk,
) -> Result<(), LedgerError> {
    let Ok(certificate) = DeskCertificate::decode(code.payload()) else {
        return Ok(());
    };
    let (vendor, roots) = (desk.vendor().name.clone(), desk.vendor().roots);
    let roots: Vec<PublicKey> = roots
        .iter()
        .filter_map(|root| PublicKey::from_bytes(root).ok())
        .collect();
    // One that is for any product holds under any name; one that is for one product names it in what was signed.
    let holds = |id: &str| {
        let roots = Roots::new(id, Vec::new(), roots.clone(), 0);
        roots.verify_desk(certificate.clone()).is_ok()
    };
    let product = if certificate.kinds & ONE_PRODUCT == 0 {
        None
    } else {
        let products = products::list(desk.ledger())?;
        let mut products = products.into_iter().map(|(product, _)| product);
        products.find(|product| holds(&product.id))
    };
    let trusted = match &product {
        Some(_) => true,
        None => holds(""),
    };
    place.known.product = product;
    place.trust = Some(if trusted {
        Trust::Holds(format!("signed by a root key of {vendor}"))
    } else {
        Trust::Unknown(format!("no root key of {vendor} signed it"))
    });
    Ok(())
}
