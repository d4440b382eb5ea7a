//! Who may sign for a desk beside its roots: keys that a root certified, each within limits (SPEC.md 9.15).

mod error;
mod issuer;
mod limits;
mod names;
mod replace;
mod request;
mod rotate;
mod standing;

pub use error::KeysError;
pub use issuer::Issuer;
pub use limits::{Limits, May, beyond};
pub use names::names;
pub use replace::replace_root;
pub use request::{KeyRequest, RequestError, is_key_name};
pub use rotate::{Rotated, rotate};
pub(crate) use standing::stands;
pub use standing::{issuer, refuse_where_over};

use crate::issuer::desk;
use crate::issuer::history::{
    Actor, DESK_CERTIFY, DESK_REMOVE, Hand, Hex, KeyFacts, NewEvent, Recorder, to_json,
};
use crate::issuer::ledger::{DeskKey, DeskKeyId, Ledger, LedgerError, SealedKey, Transaction};
use crate::issuer::seeds::{self, Holder};
use crate::protocol::date::Day;
use crate::protocol::desk_certificate::{DeskCertificate, MAY_GRANT_EMERGENCY};
use crate::protocol::trust::Transcript;
use crate::signing::keys::Entropy;
use crate::text::Kind;

/// Under what name the ledger keeps the epoch.
pub(crate) const EPOCH: &str = "epoch";

/// From how many days before its end a certificate's end is told.
pub const ENDS_SOON: u16 = 30;

/// What a certified key is worth at this desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It signs.
    Active,
    /// Its certificate has run out.
    Ended,
    /// A later certificate of the same name took its place.
    Replaced,
    /// It was removed.
    Removed,
}

impl KeyState {
    /// The stable snake_case name for JSON, and the word for people.
    pub const fn name(self) -> &'static str {
        match self {
            KeyState::Active => "active",
            KeyState::Ended => "ended",
            KeyState::Replaced => "replaced",
            KeyState::Removed => "removed",
        }
    }
}

/// A certified key, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certified {
    /// As the ledger keeps it.
    pub key: DeskKey,
    /// The certificate.
    pub certificate: DeskCertificate,
    /// What it is worth.
    pub state: KeyState,
    /// Who certified it, as he named himself.
    pub by: String,
}

/// Certifies a key that somebody asked for, under his name; one that he has by that name gets the new certificate in place of its old. Where it may grant
/// emergency codes, every seed key is sealed to it; where it may no more, another one takes the place of the last.
///
/// # Errors
/// Each of [`KeysError`] but those of removed keys that sign.
pub fn certify(
    ledger: &mut Ledger,
    root: Hand<'_>,
    request: &KeyRequest,
    limits: &Limits,
    entropy: &mut Entropy<'_>,
) -> Result<Certified, KeysError> {
    let today = root.by.now.day();
    if limits.until < today {
        return Err(KeysError::Limits("the last day of the key is over"));
    }
    ledger.write(|tx| {
        let roots = desk::vendor(tx)?.roots;
        if !roots.contains(&root.signer.public()) {
            return Err(KeysError::NeedsRoot);
        }
        if let Some(product) = &limits.product
            && tx.product_named(product)?.is_none()
        {
            return Err(KeysError::UnknownProduct(product.clone()));
        }
        let public = request.public.to_bytes();
        let known = read(tx, today)?;
        free_to_take(&request.name, &public, &known, &roots)?;
        let certificate = DeskCertificate {
            serial: next_serial(&known)?,
            not_after: Some(limits.until),
            epoch: epoch(tx)?,
            kinds: limits.kinds,
            max_seats: limits.max_seats,
            max_grace: limits.max_grace,
            max_loan: limits.max_loan,
            max_emergency: limits.max_emergency,
            public_key: public,
            signature: [0; 64],
        };
        let product = limits.product.clone().unwrap_or_default();
        let event = Recorder::open(tx, root.by)?.next();
        let to = Holder {
            public,
            sealing: request.sealing,
        };
        let sealed = match limits.kinds & MAY_GRANT_EMERGENCY {
            0 => seeds::withhold(tx, &public, event, entropy)?,
            _ => seeds::hand_on(tx, root.signer, &to, event, entropy)?,
        };
        give(tx, root, (&request.name, &product), (certificate, &sealed))
    })
}

fn next_serial(known: &[Certified]) -> Result<u32, KeysError> {
    let last = known.last().map_or(0, |it| it.certificate.serial);
    last.checked_add(1)
        .ok_or(KeysError::Limits("no serial is left"))
}

/// The epoch of certificates that are given now.
pub(crate) fn epoch(tx: &mut dyn Transaction) -> Result<u8, LedgerError> {
    let Some(text) = tx.meta(EPOCH)? else {
        return Ok(0);
    };
    text.parse()
        .map_err(|_| LedgerError::Damaged("the epoch of the desk's keys".to_owned()))
}

/// Signs a certificate and keeps it.
fn give(
    tx: &mut dyn Transaction,
    root: Hand<'_>,
    (name, product): (&str, &str),
    (mut certificate, sealed): (DeskCertificate, &[SealedKey]),
) -> Result<Certified, KeysError> {
    let transcript = Transcript {
        kind: Kind::DeskCertificate,
        issuer: root.signer.public(),
        parent: [0; 32],
        request_digest: [0; 32],
        holder: certificate.scope(product),
        subject: certificate.public_key,
        body: &certificate.encode_body(),
    };
    certificate.signature = root.signer.sign(&transcript.to_bytes())?;
    let key = enroll(tx, (name, product), &certificate, sealed, root)?;
    Ok(Certified {
        key,
        certificate,
        state: KeyState::Active,
        by: root.by.name.to_owned(),
    })
}

/// Keeps a certificate that a root signed, under the next serial, as an event of its own, which tells what was sealed with it.
pub(crate) fn enroll(
    tx: &mut dyn Transaction,
    (name, product): (&str, &str),
    certificate: &DeskCertificate,
    sealed: &[SealedKey],
    hand: Hand<'_>,
) -> Result<DeskKey, LedgerError> {
    let mut recorder = Recorder::by_hand(tx, hand)?;
    let key = DeskKey {
        id: DeskKeyId(certificate.serial.into()),
        name: name.to_owned(),
        certificate: certificate.encode(),
        product: product.to_owned(),
        removed: None,
        event: recorder.next(),
    };
    let facts = KeyFacts {
        name: name.to_owned(),
        serial: key.id.0,
        row: Hex(key.digest()),
        may: Some(May(certificate, product).to_string()),
        reason: None,
        sealed: seeds::told(sealed),
    };
    record(tx, &mut recorder, &key, (DESK_CERTIFY, facts))?;
    Ok(key)
}

fn record(
    tx: &mut dyn Transaction,
    recorder: &mut Recorder<'_>,
    key: &DeskKey,
    (kind, facts): (&'static str, KeyFacts),
) -> Result<(), LedgerError> {
    tx.put_desk_key(key)?;
    let event = NewEvent {
        kind,
        license: None,
        activation: None,
        previous: None,
        data: to_json(&facts)?,
    };
    recorder.record(tx, event).map(drop)
}

/// Refuses a name that is another key's, and a key that has another name or was removed.
fn free_to_take(
    name: &str,
    public: &[u8; 32],
    known: &[Certified],
    roots: &[[u8; 32]],
) -> Result<(), KeysError> {
    if roots.contains(public) {
        let root = "that is a root key of this desk, which needs no certificate";
        return Err(KeysError::Named(root.to_owned()));
    }
    for it in known {
        let same = it.certificate.public_key == *public;
        if same && it.state == KeyState::Removed {
            return Err(KeysError::Removed(it.key.name.clone()));
        }
        if same && it.key.name != name {
            let other = format!("that key has the name {} already", it.key.name);
            return Err(KeysError::Named(other));
        }
        let signs = matches!(it.state, KeyState::Active | KeyState::Ended);
        if !same && it.key.name == name && signs {
            return Err(KeysError::Named(format!("{name} has another key already")));
        }
    }
    Ok(())
}

/// All keys that were ever certified, in that order, as they are on this day.
///
/// # Errors
/// What the ledger says.
pub fn list(ledger: &mut Ledger, today: Day) -> Result<Vec<Certified>, LedgerError> {
    ledger.read(|tx| read(tx, today))
}

/// The same in a transaction.
///
/// # Errors
/// `Damaged` where a certificate cannot be read, or what the ledger says.
pub fn read(tx: &mut dyn Transaction, today: Day) -> Result<Vec<Certified>, LedgerError> {
    let mut found: Vec<Certified> = Vec::new();
    for key in tx.desk_keys()? {
        let unread = || LedgerError::Damaged(format!("the certificate of key {}", key.id.0));
        let certificate = DeskCertificate::decode(&key.certificate).map_err(|_| unread())?;
        for older in found.iter_mut().filter(|it| it.key.name == key.name) {
            if older.state != KeyState::Removed {
                older.state = KeyState::Replaced;
            }
        }
        let ended = certificate.not_after.is_some_and(|last| last < today);
        let state = match (key.removed, ended) {
            (Some(_), _) => KeyState::Removed,
            (None, true) => KeyState::Ended,
            (None, false) => KeyState::Active,
        };
        let by = tx.event(key.event)?.map_or_else(String::new, |it| it.actor);
        found.push(Certified {
            key,
            certificate,
            state,
            by,
        });
    }
    Ok(found)
}

/// What a key had that was removed.
#[derive(Clone, Debug)]
pub struct Removed {
    /// All certificates of its name.
    pub had: Vec<Certified>,
    /// Whether it opens the seed key of what was answered last: another one took that one's place for what is answered from now on.
    pub opens_seeds: bool,
}

/// Removes the key of a name: it signs nothing more at this ledger, and opens no seed key of what is answered from now on. Machines go on taking what it signs
/// by itself, within its limits, to the end of its certificate.
///
/// # Errors
/// `NeedsManager` where neither a root nor a manager's key says so; `Unknown`, `Removed`, or what the ledger says.
pub fn remove(
    ledger: &mut Ledger,
    who: &Issuer,
    (name, reason): (&str, &str),
    by: Actor<'_>,
    entropy: &mut Entropy<'_>,
) -> Result<Removed, KeysError> {
    ledger.write(|tx| {
        refuse_clerks(tx, who, by.now.day())?;
        retire(tx, (name, reason), who.hand(by), entropy)
    })
}

/// Removes a key, as an event of its own.
pub(crate) fn retire(
    tx: &mut dyn Transaction,
    (name, reason): (&str, &str),
    hand: Hand<'_>,
    entropy: &mut Entropy<'_>,
) -> Result<Removed, KeysError> {
    let mut of_name = read(tx, hand.by.now.day())?;
    of_name.retain(|it| it.key.name == name);
    let last = of_name.last_mut();
    let last = last.ok_or_else(|| KeysError::Unknown(name.to_owned()))?;
    if last.state == KeyState::Removed {
        return Err(KeysError::Removed(name.to_owned()));
    }
    let mut recorder = Recorder::by_hand(tx, hand)?;
    last.key.removed = Some(hand.by.now);
    last.key.event = recorder.next();
    last.state = KeyState::Removed;
    let public = last.certificate.public_key;
    let sealed = seeds::withhold(tx, &public, last.key.event, entropy)?;
    let facts = KeyFacts {
        name: name.to_owned(),
        serial: last.key.id.0,
        row: Hex(last.key.digest()),
        may: None,
        reason: Some(reason.to_owned()),
        sealed: seeds::told(&sealed),
    };
    record(tx, &mut recorder, &last.key, (DESK_REMOVE, facts))?;
    Ok(Removed {
        had: of_name,
        opens_seeds: !sealed.is_empty(),
    })
}

/// Refuses whoever is neither a root of this desk nor a manager whom one certified, and whose key stands.
///
/// # Errors
/// `NeedsManager`, `Removed`, `Replaced`, or what the ledger says.
fn refuse_clerks(tx: &mut dyn Transaction, who: &Issuer, today: Day) -> Result<(), KeysError> {
    if !who.is_manager() || !desk::vendor(tx)?.roots.contains(&who.root_key()) {
        return Err(KeysError::NeedsManager);
    }
    stands(tx, who, today)
}
