//! The history: every change of the ledger is a row in a hash chain, written in the same transaction as its effect.
//!
//! `hᵢ = KDF("countersign v1 history", hᵢ₋₁ ‖ rowᵢ ‖ actᵢ)` with h₀ = 32 zeros. A row is, numbers being 8 bytes and texts having their length (8)
//! before them: number, second, actor, kind, license row, activation row, previous event of the license (each 0 where there is none), facts.
//!
//! What somebody does by himself is signed: actᵢ is the number of the signer, 0 where there is none, and the signature over
//! `"countersign v1 act" ‖ KDF("countersign v1 act", hᵢ₋₁ ‖ rowᵢ ‖ certificate)`, with its length before it. So each signature speaks for the whole
//! history up to its row. What a request asked for has none: an answer has its own.

mod change;
mod differences;
mod facts;
mod follow;
mod left;
mod told;

pub use change::{Change, Kept, What};
pub use differences::differences;
#[cfg(test)]
pub(crate) use facts::described;
pub(crate) use facts::{
    ACTIVATE, APPROVE, AnswerFacts, ChangeFacts, ClockFacts, DECLINE, DESK_CERTIFY, DESK_CHANGE,
    DESK_CLOCK, DESK_INIT, DESK_REMOVE, DESK_REPLACE_ROOT, DESK_ROTATE, Deed, DeskFacts,
    EARLY_RETURN, EMERGENCY, EarlyFacts, EndFacts, FREED, Hex, KeyFacts, LEDGER_RESTORE,
    LICENSE_CHANGE, LICENSE_NEW, LICENSE_RESTORE, LICENSE_REVOKE, LICENSE_VOID, LicenseFacts, NOTE,
    OrderFacts, POLICY, PRODUCT_ADD, PRODUCT_CHANGE, PROPOSE, PolicyFacts, ProductFacts,
    ProposalFacts, READOPT, REFUSED, RELEASE, REPLACE, RETURN, ReplaceFacts, RestoreFacts,
    RotateFacts, SYNC, SealedFacts, VerdictFacts, YIELDED, keys_hasher, to_json,
};
pub use follow::{About, Cursor, FollowError, NoCursor, about, following};
pub(crate) use left::{Left, speaks_of};
pub(crate) use told::revealed;
pub use told::{answers, changes_unknown_to, tell, verdict};

use crate::issuer::ledger::{
    Act, ActivationRow, Canon, Event, EventId, LedgerError, LicenseId, Transaction,
};
use crate::protocol::date::{CLOCK_TOLERANCE, Seconds};
use crate::protocol::desk_certificate::DeskCertificate;
use crate::signing::signer::TriedSigner;

/// How begins what is signed of an act: no transcript and no file that is signed begins so.
const ACT: &str = "countersign v1 act";
/// More than any desk writes: somebody put a row with such a number there, and numbers after it have an end.
const MOST_EVENTS: i64 = 1 << 48;

/// The chain up to `event`, from the chain up to the row before it; the event's own hash is not looked at.
pub fn chain(before: &[u8; 32], event: &Event) -> [u8; 32] {
    let (signer, signature) = match &event.act {
        Some(act) => (act.signer.0, act.signature.as_slice()),
        None => (0, [].as_slice()),
    };
    row("countersign v1 history", before, event)
        .number(signer)
        .bytes(signature)
        .finish()
}

/// What whoever does something signs, under a certificate's payload or, a root, under none; who it is and the event's own hash are not looked at.
pub fn act(before: &[u8; 32], event: &Event, certificate: &[u8]) -> Vec<u8> {
    let statement = row(ACT, before, event).bytes(certificate).finish();
    [ACT.as_bytes(), &statement].concat()
}

fn row(context: &'static str, before: &[u8; 32], event: &Event) -> Canon {
    Canon::new(context)
        .raw(before)
        .number(event.id.0)
        .number(event.at.0)
        .bytes(event.actor.as_bytes())
        .bytes(event.kind.as_bytes())
        .number(event.license.map_or(0, |id| id.0))
        .number(event.activation.map_or(0, |id| id.0))
        .number(event.previous.map_or(0, |id| id.0))
        .bytes(event.data.as_bytes())
}

/// What happened, before it has its place in the chain.
pub(crate) struct NewEvent {
    pub(crate) kind: &'static str,
    pub(crate) license: Option<LicenseId>,
    pub(crate) activation: Option<ActivationRow>,
    pub(crate) previous: Option<EventId>,
    pub(crate) data: String,
}

/// Who acts and when: stands in the history beside what was done.
#[derive(Clone, Copy, Debug)]
pub struct Actor<'a> {
    /// Who, as the caller names itself: a login name, say.
    pub name: &'a str,
    /// When.
    pub now: Seconds,
}

/// Whose hand something is that nobody's request asked for: who acts, and the key that signs it.
#[derive(Clone, Copy, Debug)]
pub struct Hand<'a> {
    /// Who, and when.
    pub by: Actor<'a>,
    /// The key.
    pub signer: &'a TriedSigner,
    /// Under what it signs; a root under nothing.
    pub certificate: Option<&'a DeskCertificate>,
    /// The proposal that it approves with what it does.
    pub approves: Option<EventId>,
}

/// The end of the chain within one transaction, to be written on.
pub(crate) struct Recorder<'a> {
    actor: Actor<'a>,
    /// Who signs what is written; none of what a request asked for.
    hand: Option<Hand<'a>>,
    last: EventId,
    head: [u8; 32],
}

impl<'a> Recorder<'a> {
    /// Takes the chain up where it stands.
    ///
    /// # Errors
    /// `ClockBehind` where the last event is later than it can be anywhere on earth: what is signed and counted by such a clock is wrong for years.
    pub(crate) fn open(
        tx: &mut dyn Transaction,
        by: Actor<'a>,
    ) -> Result<Recorder<'a>, LedgerError> {
        let last = tx.last_event()?;
        match &last {
            Some(event) if by.now.plus(CLOCK_TOLERANCE) < event.at => {
                let (now, last) = (by.now.day(), event.at.day());
                Err(LedgerError::ClockBehind { now, last })
            }
            _ => Recorder::after(last, by),
        }
    }

    /// The same for what somebody does: each event is signed.
    ///
    /// # Errors
    /// As [`Recorder::open`].
    pub(crate) fn by_hand(
        tx: &mut dyn Transaction,
        hand: Hand<'a>,
    ) -> Result<Recorder<'a>, LedgerError> {
        Ok(Recorder {
            hand: Some(hand),
            ..Recorder::open(tx, hand.by)?
        })
    }

    /// The same by a clock that somebody looked at and says is right.
    pub(crate) fn by_right_clock(
        tx: &mut dyn Transaction,
        hand: Hand<'a>,
    ) -> Result<Recorder<'a>, LedgerError> {
        Ok(Recorder {
            hand: Some(hand),
            ..Recorder::after(tx.last_event()?, hand.by)?
        })
    }

    /// Writes an event that somebody signs among others that nobody does.
    ///
    /// # Errors
    /// As [`Recorder::record`].
    pub(crate) fn record_by(
        &mut self,
        tx: &mut dyn Transaction,
        hand: Hand<'a>,
        event: NewEvent,
    ) -> Result<EventId, LedgerError> {
        let before = self.hand.replace(hand);
        let recorded = self.record(tx, event);
        self.hand = before;
        recorded
    }

    fn after(last: Option<Event>, actor: Actor<'a>) -> Result<Recorder<'a>, LedgerError> {
        let (last, head) = last.map_or((EventId(0), [0; 32]), |event| (event.id, event.hash));
        if last.0 >= MOST_EVENTS {
            let row = format!("history row {} is beyond all that there can be", last.0);
            return Err(LedgerError::Edited(row));
        }
        Ok(Recorder {
            actor,
            hand: None,
            last,
            head,
        })
    }

    /// The number the next event will have.
    pub(crate) fn next(&self) -> EventId {
        EventId(self.last.0.saturating_add(1))
    }

    /// Writes an event.
    ///
    /// # Errors
    /// `Unsigned` where the key gives no signature, or what the ledger says.
    pub(crate) fn record(
        &mut self,
        tx: &mut dyn Transaction,
        event: NewEvent,
    ) -> Result<EventId, LedgerError> {
        let mut event = Event {
            id: self.next(),
            at: self.actor.now,
            actor: self.actor.name.to_owned(),
            kind: event.kind.to_owned(),
            license: event.license,
            activation: event.activation,
            previous: event.previous,
            data: event.data,
            act: None,
            hash: [0; 32],
        };
        if let Some(hand) = self.hand {
            let certificate = hand.certificate.map(DeskCertificate::encode);
            let certificate = certificate.as_deref();
            let statement = act(&self.head, &event, certificate.unwrap_or_default());
            event.act = Some(Act {
                signature: hand.signer.sign(&statement)?,
                signer: tx.signer(&hand.signer.public(), certificate)?,
            });
        }
        event.hash = chain(&self.head, &event);
        tx.add_event(&event)?;
        (self.last, self.head) = (event.id, event.hash);
        Ok(event.id)
    }
}

/// The events of a license, oldest first: its order, and what became of it.
///
/// # Errors
/// What the ledger says; `Damaged` where the walk back does not go back.
pub fn of_license(tx: &mut dyn Transaction, last: EventId) -> Result<Vec<Event>, LedgerError> {
    let mut events = Vec::new();
    let mut next = Some(last);
    while let Some(id) = next {
        let event = tx
            .event(id)?
            .ok_or_else(|| LedgerError::Damaged(format!("history row {} is missing", id.0)))?;
        next = event.previous;
        if next.is_some_and(|previous| previous >= id) {
            return Err(LedgerError::Damaged(format!(
                "history row {} names a later one as its predecessor",
                id.0
            )));
        }
        events.push(event);
    }
    events.reverse();
    Ok(events)
}
