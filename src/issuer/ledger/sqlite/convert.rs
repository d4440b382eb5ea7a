//! Rows of SQLite as rows of the ledger. A value that cannot stand in its column means that somebody wrote it there.

use std::num::{NonZeroU8, NonZeroU16};

use rusqlite::Row;

use crate::issuer::ledger::{
    Activation, ActivationRow, Counts, Days, EarlyReturn, EmergencyAllowance, Ended, Event,
    EventId, Had, LedgerError, License, LicenseId, Product, ProductId, Reference, Resting,
    SignerId, StoredAnswer, Terms, TermsId, WeakRule,
};
use crate::license_key::LicenseKey;
use crate::machine::Fingerprint;
use crate::protocol::commitment::{Commitment, SyncProof};
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::{ActivationId, Standing};
use crate::protocol::entitlements::Entitlements;
use crate::protocol::grant::LicenseType;

/// A page's length as SQLite wants it.
pub(super) fn most(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

pub(super) const PRODUCT: &str = "SELECT id, name, version, definition, event, weak FROM product";

pub(super) fn product(row: &Row<'_>) -> Result<Product, LedgerError> {
    Ok(Product {
        id: ProductId(row.get(0)?),
        name: row.get(1)?,
        version: row.get(2)?,
        definition: row.get(3)?,
        event: EventId(row.get(4)?),
        weak: WeakRule::named(&row.get::<_, String>(5)?).ok_or_else(|| {
            LedgerError::Damaged("a product has an impossible rule for weak machines".to_owned())
        })?,
    })
}

pub(super) const TERMS: &str = "SELECT product, customer, contact, seats, type, edition, expires, \
    maintenance, grace_days, lend_days, emergency_steps, emergency_days, entitlements, usb FROM terms";

pub(super) fn terms(row: &Row<'_>) -> Result<Terms, LedgerError> {
    let wrong = |what: &str| LedgerError::Damaged(format!("an order has an impossible {what}"));
    let steps = NonZeroU8::new(row.get(10)?);
    let days = NonZeroU8::new(row.get(11)?);
    let entitlements: Vec<u8> = row.get(12)?;
    let usb: Option<String> = row.get(13)?;
    Ok(Terms {
        product: ProductId(row.get(0)?),
        customer: row.get(1)?,
        contact: row.get(2)?,
        seats: NonZeroU16::new(row.get(3)?).ok_or_else(|| wrong("number of seats"))?,
        license_type: LicenseType::from_bits(row.get(4)?).ok_or_else(|| wrong("type"))?,
        edition: row.get(5)?,
        expires: Day::new(row.get(6)?),
        maintenance: Day::new(row.get(7)?),
        grace_days: row.get(8)?,
        lend_days: NonZeroU8::new(row.get(9)?),
        emergency: steps
            .zip(days)
            .map(|(steps, days)| EmergencyAllowance { steps, days }),
        entitlements: Entitlements::decode(&entitlements)
            .map_err(|_| wrong("list of entitlements"))?,
        usb: usb
            .map(|text| text.parse().map_err(|_| wrong("usb key")))
            .transpose()?,
    })
}

pub(super) const LICENSE: &str =
    "SELECT id, key, terms, taken, event, revoked, moves, exchanges, returns FROM license";

pub(super) fn license(row: &Row<'_>) -> Result<License, LedgerError> {
    let id = row.get(0)?;
    Ok(License {
        id: LicenseId(id),
        key: u64::try_from(row.get::<_, i64>(1)?)
            .ok()
            .and_then(|number| LicenseKey::from_number(number).ok())
            .ok_or_else(|| {
                LedgerError::Damaged(format!("license row {id} has an impossible key"))
            })?,
        terms: TermsId(row.get(2)?),
        taken: row.get(3)?,
        event: EventId(row.get(4)?),
        revoked: row.get(5)?,
        counts: Counts {
            moves: days(row, 6)?,
            exchanges: days(row, 7)?,
            returns: days(row, 8)?,
        },
    })
}

fn days(row: &Row<'_>, column: usize) -> Result<Days, LedgerError> {
    let bytes: Vec<u8> = row.get(column)?;
    Days::from_bytes(&bytes)
        .ok_or_else(|| LedgerError::Damaged("a license counts impossible days".to_owned()))
}

pub(super) const ACTIVATION: &str = "SELECT id, license, aid, generation, fingerprint, bindings, usb, \
    site_key, seats, first, last, event, proven, superseded, ended, reference, reference_since, had, weak_accepted, \
    resting, resting_until FROM activation";

pub(super) fn activation(row: &Row<'_>) -> Result<Activation, LedgerError> {
    let id: i64 = row.get(0)?;
    let wrong = || LedgerError::Damaged(format!("activation row {id} has an impossible value"));
    let fingerprint = |column| -> Result<_, LedgerError> {
        let bytes: Option<[u8; 11]> = row.get(column)?;
        let read = bytes.map(|bytes| Fingerprint::from_bytes(&bytes).map_err(|_| wrong()));
        read.transpose()
    };
    let had: Vec<u8> = row.get(17)?;
    let resting = (row.get(19)?, Day::new(row.get(20)?));
    Ok(Activation {
        id: ActivationRow(id),
        license: LicenseId(row.get(1)?),
        standing: Standing {
            activation: ActivationId(row.get(2)?),
            fingerprint: fingerprint(4)?,
            bindings: row.get(5)?,
            usb: row.get(6)?,
        },
        generation: row.get(3)?,
        site_key: row.get(7)?,
        seats: row.get(8)?,
        first: Seconds(row.get(9)?),
        last: Seconds(row.get(10)?),
        event: EventId(row.get(11)?),
        proven: row.get(12)?,
        superseded: Day::new(row.get(13)?),
        ended: match row.get(14)? {
            0_u8 => None,
            1 => Some(Ended::Returned),
            2 => Some(Ended::Lost),
            _ => return Err(wrong()),
        },
        reference: Reference {
            fingerprint: fingerprint(15)?,
            since: Day::new(row.get(16)?).ok_or_else(wrong)?,
            had: Had::from_bytes(&had).ok_or_else(wrong)?,
        },
        weak_accepted: row.get(18)?,
        resting: match resting {
            (0, None) => None,
            (seats @ 1.., Some(until)) => Some(Resting { seats, until }),
            _ => return Err(wrong()),
        },
    })
}

pub(super) const ANSWER: &str = "SELECT activation, generation, parent, commitment, request, grant_, signer, emergency, event FROM answer";

pub(super) fn answer(row: &Row<'_>) -> Result<StoredAnswer, LedgerError> {
    Ok(StoredAnswer {
        activation: ActivationRow(row.get(0)?),
        generation: row.get(1)?,
        parent: row.get(2)?,
        commitment: Commitment(row.get(3)?),
        request: row.get(4)?,
        grant: row.get(5)?,
        signer: SignerId(row.get(6)?),
        emergency: row.get(7)?,
        event: EventId(row.get(8)?),
    })
}

pub(super) const EARLY: &str = "SELECT aid, proof, event FROM early_return";

pub(super) fn early(row: &Row<'_>) -> Result<EarlyReturn, LedgerError> {
    Ok(EarlyReturn {
        activation: ActivationId(row.get(0)?),
        proof: SyncProof(row.get(1)?),
        event: EventId(row.get(2)?),
    })
}

pub(super) const EVENT: &str =
    "SELECT id, at, actor, kind, license, activation, previous, data, hash FROM history";

pub(super) fn event(row: &Row<'_>) -> Result<Event, LedgerError> {
    let license: Option<i64> = row.get(4)?;
    let activation: Option<i64> = row.get(5)?;
    let previous: Option<i64> = row.get(6)?;
    Ok(Event {
        id: EventId(row.get(0)?),
        at: Seconds(row.get(1)?),
        actor: row.get(2)?,
        kind: row.get(3)?,
        license: license.map(LicenseId),
        activation: activation.map(ActivationRow),
        previous: previous.map(EventId),
        data: row.get(7)?,
        hash: row.get(8)?,
    })
}
