//! Rows of SQLite as rows of the ledger. A value that cannot stand in its column means that somebody wrote it there: one row of the ledger has one
//! spelling, so that no edit is without a trace.

use std::num::{NonZeroU8, NonZeroU16};

use rusqlite::Row;

use crate::issuer::ledger::{
    Act, Activation, ActivationRow, Counts, Days, Declined, DeskKey, DeskKeyId, EarlyReturn,
    EmergencyAllowance, Ended, Event, EventId, Had, LedgerError, Lending, License, LicenseId,
    LoansTold, OrderTerms, Product, ProductId, Reference, Refused, Resting, Said, SealedKey,
    SeedKeyId, SignerId, Stood, StoredAnswer, StoredSigner, TermsId, Until, WeakRule, Withdrawn,
};
use crate::license_key::LicenseKey;
use crate::machine::{Fingerprint, UsbDevice};
use crate::protocol::commitment::{Commitment, SyncProof};
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::{ActivationId, MachineBinding};
use crate::protocol::entitlements::Entitlements;
use crate::protocol::grant::LicenseType;

/// A page's length as SQLite wants it.
pub(super) fn most(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// Why a row cannot be read: the column, where it is known, or what of it is impossible.
pub(super) enum Wrong {
    Column(String),
    Value(&'static str),
}

impl From<rusqlite::Error> for Wrong {
    fn from(error: rusqlite::Error) -> Wrong {
        match error {
            rusqlite::Error::InvalidColumnType(_, name, _) => Wrong::Column(name),
            _ => Wrong::Value("value"),
        }
    }
}

/// A row as `read` makes it. `table` and the number in column `id` name one that is not as any of this program's.
pub(super) fn named<T>(
    row: &Row<'_>,
    (table, id): (&str, usize),
    read: impl FnOnce() -> Result<T, Wrong>,
) -> Result<T, LedgerError> {
    read().map_err(|wrong| {
        let number = row.get::<_, i64>(id);
        let number = number.map_or_else(|_| String::new(), |number| format!(" {number}"));
        LedgerError::Damaged(match wrong {
            Wrong::Column(name) => format!("{table} row{number} has an impossible {name}"),
            Wrong::Value(what) => format!("{table} row{number} has an impossible {what}"),
        })
    })
}

pub(super) const PRODUCT: &str = "SELECT id, name, version, definition, event, weak FROM product";

pub(super) fn product(row: &Row<'_>) -> Result<Product, LedgerError> {
    named(row, ("product", 0), || {
        Ok(Product {
            id: ProductId(row.get(0)?),
            name: row.get(1)?,
            version: row.get(2)?,
            definition: row.get(3)?,
            event: EventId(row.get(4)?),
            weak: WeakRule::named(&row.get::<_, String>(5)?)
                .ok_or(Wrong::Value("rule for weak machines"))?,
        })
    })
}

pub(super) const TERMS: &str = "SELECT product, customer, contact, seats, type, edition, expires, \
    maintenance, grace_days, lend_days, emergency_steps, emergency_days, entitlements, usb, id, reference, note, event FROM terms";

pub(super) fn terms(row: &Row<'_>) -> Result<(TermsId, EventId, OrderTerms), LedgerError> {
    named(row, ("order", 14), || {
        let emergency = match (NonZeroU8::new(row.get(10)?), NonZeroU8::new(row.get(11)?)) {
            (Some(steps), Some(days)) => Some(EmergencyAllowance { steps, days }),
            (None, None) => None,
            _ => return Err(Wrong::Value("emergency allowance")),
        };
        let entitlements: Vec<u8> = row.get(12)?;
        let terms = OrderTerms {
            product: ProductId(row.get(0)?),
            customer: row.get(1)?,
            contact: row.get(2)?,
            seats: NonZeroU16::new(row.get(3)?).ok_or(Wrong::Value("number of seats"))?,
            license_type: LicenseType::from_bits(row.get(4)?).ok_or(Wrong::Value("type"))?,
            edition: row.get(5)?,
            expires: Day::new(row.get(6)?),
            maintenance: Day::new(row.get(7)?),
            grace_days: row.get(8)?,
            lend_days: NonZeroU8::new(row.get(9)?),
            emergency,
            entitlements: Entitlements::decode(&entitlements)
                .map_err(|_| Wrong::Value("list of entitlements"))?,
            usb: match row.get::<_, Option<String>>(13)? {
                Some(text) => Some(usb(&text)?),
                None => None,
            },
            order: row.get(15)?,
            note: row.get(16)?,
        };
        Ok((TermsId(row.get(14)?), EventId(row.get(17)?), terms))
    })
}

fn usb(text: &str) -> Result<UsbDevice, Wrong> {
    let read: Option<UsbDevice> = text.parse().ok();
    read.filter(|usb| usb.to_string() == text)
        .ok_or(Wrong::Value("usb key"))
}

pub(super) const LICENSE: &str =
    "SELECT id, key, terms, taken, event, withdrawn, moves, exchanges, returns, anew FROM license";

pub(super) fn license(row: &Row<'_>) -> Result<License, LedgerError> {
    named(row, ("license", 0), || {
        Ok(License {
            id: LicenseId(row.get(0)?),
            key: u64::try_from(row.get::<_, i64>(1)?)
                .ok()
                .and_then(|number| LicenseKey::from_number(number).ok())
                .ok_or(Wrong::Value("key"))?,
            terms: TermsId(row.get(2)?),
            taken: row.get(3)?,
            event: EventId(row.get(4)?),
            withdrawn: match row.get(5)? {
                0_u8 => None,
                1 => Some(Withdrawn::Revoked),
                2 => Some(Withdrawn::Void),
                _ => return Err(Wrong::Value("withdrawal")),
            },
            counts: Counts {
                moves: days(row, 6)?,
                exchanges: days(row, 7)?,
                returns: days(row, 8)?,
                anew: days(row, 9)?,
            },
        })
    })
}

fn days(row: &Row<'_>, column: usize) -> Result<Days, Wrong> {
    let bytes: Vec<u8> = row.get(column)?;
    Days::from_bytes(&bytes).ok_or(Wrong::Value("list of days"))
}

fn truth(row: &Row<'_>, column: usize, what: &'static str) -> Result<bool, Wrong> {
    match row.get(column)? {
        0_u8 => Ok(false),
        1 => Ok(true),
        _ => Err(Wrong::Value(what)),
    }
}

pub(super) const ACTIVATION: &str = "SELECT id, license, aid, generation, fingerprint, bindings, usb, \
    site_key, seats, first, last, event, proven, superseded, ended, reference, reference_since, had, weak_accepted, \
    resting, resting_until, place, runs, longest_loan, lent_until, told, due FROM activation";

pub(super) fn activation(row: &Row<'_>) -> Result<Activation, LedgerError> {
    named(row, ("activation", 0), || {
        let had: Vec<u8> = row.get(17)?;
        Ok(Activation {
            id: ActivationRow(row.get(0)?),
            license: LicenseId(row.get(1)?),
            standing: MachineBinding {
                activation: ActivationId(row.get(2)?),
                fingerprint: fingerprint(row, 4)?,
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
            superseded: days(row, 13)?,
            ended: match row.get(14)? {
                0_u8 => None,
                1 => Some(Ended::Returned),
                2 => Some(Ended::Lost),
                _ => return Err(Wrong::Value("end")),
            },
            reference: Reference {
                fingerprint: fingerprint(row, 15)?,
                since: Day::new(row.get(16)?).ok_or(Wrong::Value("reference"))?,
                had: Had::from_bytes(&had).ok_or(Wrong::Value("list of parts"))?,
            },
            weak_accepted: truth(row, 18, "acceptance")?,
            resting: match (row.get(19)?, Day::new(row.get(20)?)) {
                (0, None) => None,
                (seats @ 1.., until) => Some(Resting { seats, until }),
                _ => return Err(Wrong::Value("rest")),
            },
            place: EventId(row.get(21)?),
            runs: Until::from_number(row.get(22)?),
            lending: Lending {
                longest: NonZeroU8::new(row.get(23)?),
                until: Day::new(row.get(24)?),
            },
            told: told(row, 25)?,
            due: Day::new(row.get(26)?),
        })
    })
}

fn told(row: &Row<'_>, column: usize) -> Result<Option<LoansTold>, Wrong> {
    let bytes: Option<Vec<u8>> = row.get(column)?;
    let read = |bytes: Vec<u8>| LoansTold::from_bytes(&bytes).ok_or(Wrong::Value("book of loans"));
    bytes.map(read).transpose()
}

fn fingerprint(row: &Row<'_>, column: usize) -> Result<Option<Fingerprint>, Wrong> {
    let bytes: Option<[u8; 11]> = row.get(column)?;
    let read = bytes.map(|bytes| Fingerprint::from_bytes(&bytes));
    read.transpose().map_err(|_| Wrong::Value("fingerprint"))
}

pub(super) const ANSWER: &str = "SELECT activation, generation, parent, commitment, request, stood, grant_, signer, \
    event FROM answer";

pub(super) fn answer(row: &Row<'_>) -> Result<StoredAnswer, LedgerError> {
    named(row, ("answer", 8), || {
        let stood: Vec<u8> = row.get(5)?;
        Ok(StoredAnswer {
            activation: ActivationRow(row.get(0)?),
            generation: row.get(1)?,
            parent: row.get(2)?,
            commitment: Commitment(row.get(3)?),
            request: row.get(4)?,
            stood: Stood::decode(&stood).ok_or(Wrong::Value("standing"))?,
            grant: row.get(6)?,
            signer: SignerId(row.get(7)?),
            event: EventId(row.get(8)?),
        })
    })
}

pub(super) const SIGNER: &str = "SELECT id, public, certificate FROM signer";

pub(super) fn signer(row: &Row<'_>) -> Result<StoredSigner, LedgerError> {
    named(row, ("signer", 0), || {
        Ok(StoredSigner {
            id: SignerId(row.get(0)?),
            public: row.get(1)?,
            certificate: row.get(2)?,
        })
    })
}

pub(super) const DESK_KEY: &str =
    "SELECT id, name, certificate, product, removed, event FROM desk_key";

pub(super) fn desk_key(row: &Row<'_>) -> Result<DeskKey, LedgerError> {
    named(row, ("desk_key", 0), || {
        let removed: u32 = row.get(4)?;
        Ok(DeskKey {
            id: DeskKeyId(row.get(0)?),
            name: row.get(1)?,
            certificate: row.get(2)?,
            product: row.get(3)?,
            removed: (removed != 0).then_some(Seconds(removed)),
            event: EventId(row.get(5)?),
        })
    })
}

pub(super) const SEALED_KEY: &str = "SELECT key, holder, sealing, sealed, event FROM sealed_key";

pub(super) fn sealed_key(row: &Row<'_>) -> Result<SealedKey, LedgerError> {
    named(row, ("sealed_key", 0), || {
        Ok(SealedKey {
            key: SeedKeyId(row.get(0)?),
            holder: row.get(1)?,
            sealing: row.get(2)?,
            sealed: row.get(3)?,
            event: EventId(row.get(4)?),
        })
    })
}

pub(super) const EARLY: &str = "SELECT aid, proof, event FROM early_return";

pub(super) fn early(row: &Row<'_>) -> Result<EarlyReturn, LedgerError> {
    named(row, ("early return", 2), || {
        Ok(EarlyReturn {
            activation: ActivationId(row.get(0)?),
            proof: SyncProof(row.get(1)?),
            event: EventId(row.get(2)?),
        })
    })
}

pub(super) const REFUSED: &str = "SELECT request, event, activation, day FROM refused";

pub(super) fn refused(row: &Row<'_>) -> Result<Refused, LedgerError> {
    named(row, ("refusal of history", 1), || {
        Ok(Refused {
            request: row.get(0)?,
            event: EventId(row.get(1)?),
            activation: ActivationRow(row.get(2)?),
            day: Day::new(row.get(3)?).ok_or(Wrong::Value("day"))?,
        })
    })
}

pub(super) fn declined(row: &Row<'_>) -> Result<Declined, LedgerError> {
    named(row, ("refusal since history", 5), || {
        Ok(Declined {
            request: row.get(0)?,
            license: LicenseId(row.get(1)?),
            activation: ActivationId(row.get(2)?),
            fingerprint: fingerprint(row, 3)?,
            at: Seconds(row.get(4)?),
            event: EventId(row.get(5)?),
            kind: row.get(6)?,
            said: row.get(7)?,
            waits: truth(row, 8, "wait")?,
            phrase: row.get(9)?,
            sender: row.get(10)?,
        })
    })
}

pub(super) fn said(row: &Row<'_>) -> Result<Said, LedgerError> {
    named(row, ("names of activation", 0), || {
        let bound: String = row.get(3)?;
        let pairs = bound.lines().filter_map(|line| line.split_once(' '));
        Ok(Said {
            activation: ActivationRow(row.get(0)?),
            license: LicenseId(row.get(1)?),
            host: row.get(2)?,
            bound: pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            day: Day::new(row.get(4)?).ok_or(Wrong::Value("day"))?,
        })
    })
}

pub(super) const EVENT: &str = "SELECT id, at, actor, kind, license, activation, previous, data, signer, signature, hash FROM history";

pub(super) fn event(row: &Row<'_>) -> Result<Event, LedgerError> {
    named(row, ("history", 0), || {
        // In the chain 0 says that there is none: it must not stand for one.
        let other = |column| -> Result<Option<i64>, Wrong> {
            match row.get(column)? {
                Some(number) if number < 1 => Err(Wrong::Value("reference")),
                number => Ok(number),
            }
        };
        Ok(Event {
            id: EventId(row.get(0)?),
            at: Seconds(row.get(1)?),
            actor: row.get(2)?,
            kind: row.get(3)?,
            license: other(4)?.map(LicenseId),
            activation: other(5)?.map(ActivationRow),
            previous: other(6)?.map(EventId),
            data: row.get(7)?,
            act: match (other(8)?, row.get(9)?) {
                (Some(signer), Some(signature)) => Some(Act {
                    signer: SignerId(signer),
                    signature,
                }),
                (None, None) => None,
                _ => return Err(Wrong::Value("signature")),
            },
            hash: row.get(10)?,
        })
    })
}
