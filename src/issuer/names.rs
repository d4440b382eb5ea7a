//! What machines are called: what the mails of their requests say, and what the vendor notes.

use std::fmt;

use crate::issuer::audit::Vouched;
use crate::issuer::history::{self, Hand, LicenseFacts, NOTE, NewEvent, Recorder};
use crate::issuer::ledger::{
    Activation, Event, Ledger, LedgerError, License, LicenseId, Said, Transaction,
};
use crate::issuer::life::{self, LifeError, Named};
use crate::issuer::policy::Refusal;
use crate::license_key::LicenseKey;
use crate::protocol::date::Day;
use crate::protocol::digest::ActivationId;

/// Keeps what a mail says of the machine of an activation, where that is not known already, and gives that back. It proves nothing.
///
/// # Errors
/// What the ledger says.
pub fn keep(
    ledger: &mut Ledger,
    key: LicenseKey,
    activation: ActivationId,
    host: Option<String>,
    bound: Vec<(String, String)>,
    today: Day,
) -> Result<Option<Said>, LedgerError> {
    if host.is_none() && bound.is_empty() {
        return Ok(None);
    }
    let found = ledger.read(|tx| {
        let Some(license) = tx.license_keyed(key)? else {
            return Ok::<_, LedgerError>(None);
        };
        let own = tx.activations_of(license.id)?.into_iter();
        let mut own = own.filter(|it| it.standing.activation == activation);
        let Some(own) = own.next_back() else {
            return Ok(None);
        };
        let known = tx.said(before(license.id), license.id)?.into_iter();
        let mut known = known.filter(|it| it.activation == own.id);
        Ok(Some((license.id, own.id, known.next())))
    })?;
    let Some((license, row, known)) = found else {
        return Ok(None);
    };
    let same = known.is_some_and(|it| (&it.host, &it.bound) == (&host, &bound));
    if same {
        return Ok(None);
    }
    let said = Said {
        activation: row,
        license,
        host,
        bound,
        day: today,
    };
    ledger.write(|tx| tx.set_said(&said))?;
    Ok(Some(said))
}

/// What a machine is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// Its activation.
    pub activation: ActivationId,
    /// What the mail of its last request said.
    pub said: Option<Said>,
    /// What was noted of it last.
    pub note: Option<String>,
}

impl fmt::Display for Called {
    /// `as it says: host shipbridge; noted: Anna's laptop`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = self.said.iter().map(|said| format!("as it says: {said}"));
        let note = self.note.iter().map(|note| format!("noted: {note}"));
        let all: Vec<String> = said.chain(note).collect();
        f.write_str(&all.join("; "))
    }
}

/// The machines of a license that are called something.
///
/// # Errors
/// What the ledger says.
pub fn of_license(tx: &mut dyn Transaction, license: &License) -> Result<Vec<Called>, LedgerError> {
    let said = tx.said(before(license.id), license.id)?;
    let events = history::of_license(tx, license.event)?;
    let all = tx.activations_of(license.id)?.into_iter();
    let called = all.map(|it| Called {
        activation: it.standing.activation,
        said: said.iter().find(|said| said.activation == it.id).cloned(),
        note: note(&events, Some(&it)),
    });
    Ok(called
        .filter(|it| it.said.is_some() || it.note.is_some())
        .collect())
}

/// The license before, for whoever reads one.
fn before(license: LicenseId) -> LicenseId {
    LicenseId(license.0.saturating_sub(1))
}

/// The last note of an activation, or of a license itself.
pub fn note(events: &[Event], of: Option<&Activation>) -> Option<String> {
    let of = of.map(|it| it.id);
    let own = |event: &&Event| event.kind == NOTE && event.activation == of;
    let last = events.iter().rfind(own)?;
    let facts: LicenseFacts = serde_json::from_str(&last.data).ok()?;
    facts.reason
}

/// Notes something of an activation, or of a license: for the vendor alone. The history keeps what was noted before.
///
/// # Errors
/// `UnknownKey`, `UnknownActivation`, `Which`, `Nothing` where that is noted already, or what the ledger says.
pub fn add_note(
    ledger: &mut Ledger,
    name: Named,
    text: &str,
    hand: Hand<'_>,
) -> Result<(LicenseKey, Option<ActivationId>), LifeError> {
    ledger.write(|tx| {
        let (own, license): (Option<Activation>, License) = match name {
            Named::License(key) => {
                let license = tx.license_keyed(key)?;
                (None, license.ok_or(Refusal::UnknownKey)?)
            }
            Named::Activation(..) => {
                let (own, license) = life::only_named(tx, name)?;
                (Some(own), license)
            }
        };
        Vouched::default().license(tx, &license)?;
        let events = history::of_license(tx, license.event)?;
        if note(&events, own.as_ref()).as_deref() == Some(text) {
            return Err(LifeError::Nothing("that is noted already"));
        }
        let mut recorder = Recorder::by_hand(tx, hand)?;
        tx.set_license(&License {
            event: recorder.next(),
            ..license.clone()
        })?;
        let facts = LicenseFacts {
            reason: Some(text.to_owned()),
            ..LicenseFacts::of(&license)
        };
        let event = NewEvent {
            kind: NOTE,
            license: Some(license.id),
            activation: own.as_ref().map(|it| it.id),
            previous: Some(license.event),
            data: history::to_json(&facts)?,
        };
        recorder.record(tx, event)?;
        Ok((license.key, own.map(|it| it.standing.activation)))
    })
}
