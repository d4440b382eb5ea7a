//! Whether the tables say what the history says: the chain is recomputed and its events are replayed against every row (SPEC.md 9.9).
//!
//! Each row is the work of one event, which its own column or its number names, and whose facts hold a digest of it. A row is *vouched for* by
//! that event. So rows that no event vouches for are found by counting, and are looked for only where the count is wrong: memory does not grow
//! with the ledger, but for four bytes for each activation.

mod acts;
mod against;
mod answers;
mod approvals;
mod aside;
mod cursor;
mod desk;
mod keys;
mod lifecycle;
mod orders;
mod report;
mod rows;
mod said;
mod transitions;
mod vouched;

use std::collections::{BTreeMap, BTreeSet};

use against::Against;
use cursor::Cursor;
pub use report::{Finding, Place, Report, Wrong};
use said::Said;
use serde::Deserialize;
use transitions::Course;
pub(crate) use vouched::Vouched;

use crate::issuer::history::{
    self as facts, ChangeFacts, ClockFacts, DeskFacts, Hex, ProductFacts, ReplaceFacts,
    RestoreFacts, RotateFacts, chain,
};
use crate::issuer::ledger::{
    Beneath, EarlyReturn, Event, EventId, Ledger, LedgerError, License, LicenseId, OrderTerms,
    PAGE, ProductId, SignerId, StoredAnswer, TermsId, Transaction,
};
use crate::protocol::checkpoint::Checkpoint;

/// Verifies one consistent state of a ledger. `progress` is told now and then how many events of how many are done.
///
/// # Errors
/// What the ledger says where it cannot be looked at; what can be looked at and is wrong stands in the report.
pub fn verify(ledger: &mut Ledger, progress: impl FnMut(u64, u64)) -> Result<Report, LedgerError> {
    verify_against(ledger, &[], progress)
}

/// The same, the history being held against checkpoints that were kept in another place: it must go through the end that each has (SPEC.md 9.14).
///
/// # Errors
/// As [`verify`].
pub fn verify_against(
    ledger: &mut Ledger,
    checkpoints: &[Checkpoint],
    mut progress: impl FnMut(u64, u64),
) -> Result<Report, LedgerError> {
    ledger.audit(|tx| {
        let mut replay = Replay {
            against: Against::new(checkpoints),
            ..Replay::default()
        };
        replay.phase(tx, Replay::flaws)?;
        replay.phase(tx, Replay::catalogue)?;
        replay.phase(tx, |it, tx| it.history(tx, &mut progress))?;
        replay.phase(tx, Replay::desk)?;
        Ok(replay.report)
    })
}

/// What the replay knows while it goes through the history.
#[derive(Default)]
struct Replay {
    report: Report,
    answers: Cursor<StoredAnswer>,
    licenses: Cursor<License>,
    terms: Cursor<(TermsId, EventId, OrderTerms)>,
    held: Cursor<(LicenseId, u64, u32)>,
    early: Cursor<EarlyReturn>,
    /// Rows that an event vouched for.
    vouched: Counted,
    /// The order that was looked at last: those of one order follow each other.
    order: Option<(TermsId, OrderTerms)>,
    /// Products as they stand.
    products: BTreeMap<ProductId, answers::Sold>,
    signers: BTreeMap<SignerId, answers::Signing>,
    /// An event that freed seats and that nobody signed, with its license: a return has to follow.
    freeing: Option<(EventId, Option<LicenseId>)>,
    /// What licenses and activations are by the events so far.
    course: Course,
    /// The first act whose signature does not hold, and how many more.
    undone: Option<(String, u64)>,
    /// Signatures of this page's answers and acts, to be verified together.
    signed: Vec<answers::Signed>,
    /// What the desk says about itself and its products, as the history has it.
    said: Said,
    /// Keys that a root certified, by their serials, as the history has them so far.
    keys: BTreeMap<i64, keys::Certified>,
    /// Seed keys as they were sealed, by their numbers and holders.
    sealed: BTreeMap<(i64, Hex), (EventId, Hex)>,
    /// Roots that were dropped, as the history has it so far.
    dropped: BTreeSet<[u8; 32]>,
    listed: BTreeMap<String, (EventId, Hex)>,
    /// Whether the tables are not as this program makes them: then nothing else need be readable.
    other_schema: bool,
    /// Policies, proposals and approvals.
    four_eyes: approvals::FourEyes,
    /// What was kept in another place.
    against: Against,
    /// Whether the whole history was gone through.
    whole: bool,
}

/// How many rows of a table an event vouched for.
#[derive(Default)]
struct Counted {
    licenses: u64,
    holders: u64,
    refused: u64,
}

impl Replay {
    /// Goes through a part. A row that cannot be read ends that part and is a finding; trouble with the disk ends all.
    fn phase(
        &mut self,
        tx: &mut dyn Transaction,
        part: impl FnOnce(&mut Replay, &mut dyn Transaction) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        match part(self, tx) {
            Err(LedgerError::Damaged(what)) => {
                self.unreadable(what);
                Ok(())
            }
            // A statement of ours that the tables do not allow.
            Err(LedgerError::Io(what)) if self.other_schema => {
                self.unreadable(what);
                Ok(())
            }
            other => other,
        }
    }

    fn unreadable(&mut self, what: String) {
        let row = format!("{what},");
        // One place that cannot be read is met by several parts.
        if !self.report.findings.iter().any(|it| it.row == row) {
            let says = "so what comes after it was not looked at";
            self.report.found(Place::File, Wrong::Unreadable, row, says);
        }
    }

    /// What is wrong beneath the rows.
    fn flaws(&mut self, tx: &mut dyn Transaction) -> Result<(), LedgerError> {
        for flaw in tx.flaws()? {
            let (place, wrong) = match flaw.beneath {
                Beneath::Added => (Place::Schema, Wrong::Added),
                Beneath::Missing => (Place::Schema, Wrong::Missing),
                Beneath::Altered => (Place::Schema, Wrong::Altered),
                Beneath::Damaged => (Place::File, Wrong::Damaged),
                Beneath::Numbers => {
                    let place = Place::ALL.into_iter().find(|it| it.name() == flaw.what);
                    let row = format!("rows of {}", flaw.what);
                    let place = place.unwrap_or(Place::File);
                    self.report.found(place, Wrong::Added, row, flaw.wrong);
                    continue;
                }
            };
            self.other_schema |= place == Place::Schema;
            self.report.found(place, wrong, flaw.what, flaw.wrong);
        }
        Ok(())
    }

    fn history(
        &mut self,
        tx: &mut dyn Transaction,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), LedgerError> {
        let total = tx
            .last_event()?
            .map_or(0, |event| event.id.0.cast_unsigned());
        let mut last = EventId(0);
        loop {
            let page = tx.events(last, PAGE)?;
            if page.is_empty() {
                break;
            }
            for event in page {
                if event.id.0 != last.0 + 1 {
                    self.report
                        .event(Wrong::Missing, EventId(last.0 + 1), "is missing");
                }
                let before = self.report.head;
                if chain(&before, &event) != event.hash {
                    let says = "was altered, or the row before it was";
                    self.report.event(Wrong::Altered, event.id, says);
                }
                // Going on from what is written, one altered row is not a thousand findings.
                (last, self.report.head) = (event.id, event.hash);
                self.report.events += 1;
                self.against.was_put_back(&event);
                self.meet_checkpoints(event.id);
                self.acted(tx, &before, &event)?;
                self.set_aside(tx, &event)?;
                self.replay(tx, &event)?;
                self.four_eyes(tx, &event)?;
            }
            self.verify_signatures();
            progress(self.report.events, total);
        }
        self.comes_of(None);
        self.ordered_within(None);
        self.four_eyes_in_all();
        self.undone_in_all();
        self.miss_what_checkpoints_have(last);
        self.stray_answers(tx, EventId(i64::MAX))?;
        self.stray_early_returns(tx, EventId(i64::MAX))?;
        self.stray_terms(tx, TermsId(i64::MAX))?;
        self.stray_licenses(tx)?;
        self.stray_activations(tx)?;
        self.stray_refusals(tx)?;
        self.whole = true;
        Ok(())
    }

    fn replay(&mut self, tx: &mut dyn Transaction, event: &Event) -> Result<(), LedgerError> {
        match event.kind.as_str() {
            facts::ACTIVATE | facts::REPLACE | facts::SYNC | facts::READOPT => {
                self.answer(tx, event)
            }
            facts::RETURN | facts::RELEASE | facts::FREED | facts::YIELDED => self.end(tx, event),
            facts::EARLY_RETURN => self.early_return(tx, event),
            facts::LICENSE_CHANGE
            | facts::LICENSE_REVOKE
            | facts::LICENSE_VOID
            | facts::LICENSE_RESTORE
            | facts::NOTE
            | facts::EMERGENCY => self.license_changed(tx, event),
            facts::REFUSED => self.refused(tx, event),
            facts::LICENSE_NEW => self.sold(tx, event),
            facts::PRODUCT_ADD | facts::PRODUCT_CHANGE => {
                if let Some(it) = self.facts::<ProductFacts>(event) {
                    self.listed.insert(it.product, (event.id, it.row));
                }
                Ok(())
            }
            facts::DESK_CERTIFY | facts::DESK_REMOVE => {
                self.key_changed(event);
                Ok(())
            }
            facts::DESK_ROTATE => {
                if let Some(it) = self.facts::<RotateFacts>(event) {
                    self.said.rotated(&it);
                }
                Ok(())
            }
            facts::DESK_REPLACE_ROOT => {
                if let Some(it) = self.facts::<ReplaceFacts>(event) {
                    self.said.replaced(&it);
                    self.dropped.insert(it.dropped.0);
                    self.seeds_sealed(event.id, it.sealed);
                }
                Ok(())
            }
            facts::POLICY => {
                self.policy_said(event);
                Ok(())
            }
            facts::PROPOSE => {
                self.proposed(event);
                Ok(())
            }
            facts::APPROVE | facts::DECLINE => {
                self.decided(event);
                Ok(())
            }
            facts::DESK_CHANGE => {
                if let Some(it) = self.facts::<ChangeFacts>(event) {
                    self.said.changed(&it);
                }
                Ok(())
            }
            facts::DESK_CLOCK => {
                let _: Option<ClockFacts> = self.facts(event);
                Ok(())
            }
            facts::LEDGER_RESTORE => {
                let _: Option<RestoreFacts> = self.facts(event);
                Ok(())
            }
            facts::DESK_INIT => {
                if let Some(it) = self.facts::<DeskFacts>(event) {
                    self.said.begun(&it);
                    self.seeds_sealed(event.id, it.sealed);
                }
                Ok(())
            }
            _ => {
                let says = "is of a kind this program does not know";
                self.report.event(Wrong::Altered, event.id, says);
                Ok(())
            }
        }
    }

    fn facts<'e, T: Deserialize<'e>>(&mut self, event: &'e Event) -> Option<T> {
        let facts = serde_json::from_str(&event.data).ok();
        if facts.is_none() {
            let says = "has facts that cannot be read";
            self.report.event(Wrong::Unreadable, event.id, says);
        }
        facts
    }
}
