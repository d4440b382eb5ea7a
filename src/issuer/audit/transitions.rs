//! What each event made of its license, held against what the event before it had left (SPEC.md 9.9). A row that was edited for a moment, so that an
//! answer or an act went by it, and that was put back then, shows here: by the events alone.

use super::rows::key;
use super::{Place, Replay, Wrong, facts};
use crate::issuer::history::{Left, LicenseFacts, differences, speaks_of};
use crate::issuer::keys;
use crate::issuer::ledger::{
    ActivationRow, Event, EventId, LedgerError, LicenseId, OrderTerms, PAGE, SignerId, TermsId,
    Transaction, Withdrawn,
};
use crate::protocol::desk_certificate::MANAGER;

/// An activation as the history has it so far.
#[derive(Clone, Copy, Default)]
pub(super) struct Stands {
    /// Whether an answer began it.
    begun: bool,
    /// Whether it was given up or released.
    ended: bool,
    seats: u16,
}

/// What the replay knows of licenses from the events before.
#[derive(Default)]
pub(super) struct Course {
    /// Activations by their row numbers, from 1.
    stands: Vec<Stands>,
    /// The event before that was read last: of an order all its licenses go on from it.
    before: Option<Event>,
    /// An event that gave seats away, and how many: they are in the answer that goes on from it.
    yielded: Option<(EventId, u16)>,
    /// An order beyond the limits of whoever signed it, unless it comes of an answer that is taken back.
    beyond: Option<Beyond>,
}

/// An order that its signer may not answer.
struct Beyond {
    row: String,
    license: Option<LicenseId>,
    signer: SignerId,
    manages: bool,
    says: String,
}

impl Course {
    /// An activation, where its number is one that can come next: numbers rise by one, and some rows may be gone.
    fn stands(&mut self, id: ActivationRow) -> Option<&mut Stands> {
        let at = usize::try_from(id.0).ok()?.checked_sub(1)?;
        if at >= self.stands.len() {
            if at - self.stands.len() >= PAGE {
                return None;
            }
            self.stands.resize(at + 1, Stands::default());
        }
        self.stands.get_mut(at)
    }
}

impl Replay {
    /// Holds what an event left of its license against what the one before it had left; `seats` are those of its activation afterwards, where it says so.
    pub(super) fn goes_on(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
        is: &Left,
        seats: Option<u16>,
    ) -> Result<(), LedgerError> {
        let Some(license) = event.license else {
            return Ok(());
        };
        let was = self.left_before(tx, event, license)?;
        let says = match &was {
            None => Some("does not go on from the event of its license before it"),
            Some(was) => changed_otherwise(&event.kind, was, is),
        };
        // What is told of seats rests on the rest.
        let seats = self.seats_go_on(event, was.as_ref(), is, seats);
        if let Some(says) = says.or(seats) {
            self.of_license(tx, Wrong::Disagrees, event, says)?;
        } else if let Some(was) = &was
            && is.taken > was.taken
        {
            let most = self.terms_of(tx, TermsId(is.order))?;
            let most = most.map_or(0, |terms| u32::from(terms.seats.get()));
            if is.taken > Some(most) {
                let says = "takes more seats than the license had then";
                self.of_license(tx, Wrong::TooManySeats, event, says)?;
            }
        }
        Ok(())
    }

    /// What the event had left that an event goes on from.
    fn left_before(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
        license: LicenseId,
    ) -> Result<Option<Left>, LedgerError> {
        let Some(id) = event.previous.filter(|id| *id < event.id) else {
            return Ok(None);
        };
        let known = self.course.before.take().filter(|it| it.id == id);
        let before = match known {
            Some(known) => Some(known),
            None => tx.event(id)?,
        };
        let own = before.as_ref().filter(|it| speaks_of(it, license));
        let left = own.and_then(Left::by);
        self.course.before = before;
        Ok(left)
    }

    /// The seats that an event gives its activation or takes from it, against those that its license counts; what is wrong, where something is.
    fn seats_go_on(
        &mut self,
        event: &Event,
        was: Option<&Left>,
        is: &Left,
        seats: Option<u16>,
    ) -> Option<&'static str> {
        let seats = seats?;
        let yielded = self.course.yielded.take();
        let yielded = yielded.filter(|(id, _)| event.previous == Some(*id));
        let stands = self.course.stands(event.activation?)?;
        let own = *stands;
        let kind = event.kind.as_str();
        let ends = kind == facts::RETURN || kind == facts::RELEASE;
        *stands = Stands {
            begun: true,
            ended: own.ended || ends,
            seats,
        };
        if kind == facts::YIELDED {
            self.course.yielded = Some((event.id, own.seats));
        }
        let known = own.begun || matches!(kind, facts::ACTIVATE | facts::REPLACE);
        match kind {
            _ if !known => return None,
            facts::ACTIVATE | facts::REPLACE if own.begun => {
                return Some("begins an activation that had begun before");
            }
            facts::SYNC | facts::READOPT | facts::RELEASE if own.ended => {
                return Some("is of an activation that was given up or released before");
            }
            _ => {}
        }
        let left = match kind {
            // Whoever gets them counts them; what rested is not counted.
            facts::YIELDED | facts::FREED => 0,
            _ => u32::from(own.seats) + yielded.map_or(0, |(_, seats)| u32::from(seats)),
        };
        let before = was?.taken.unwrap_or(0);
        let after = before.saturating_sub(left).saturating_add(u32::from(seats));
        (is.taken != Some(after)).then_some("counts other seats than it gives or takes")
    }

    /// Holds an order that was changed against what its event says was changed, and both against who signed it.
    pub(super) fn terms_changed(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
        it: &LicenseFacts,
        after: &OrderTerms,
    ) -> Result<(), LedgerError> {
        let license = event.license.unwrap_or(LicenseId(0));
        let was = self.left_before(tx, event, license)?;
        let before = match was {
            Some(was) => tx.terms(TermsId(was.order))?,
            None => None,
        };
        let Some(before) = before else {
            return Ok(());
        };
        let sold = self.products.get(&after.product);
        let definition = sold.and_then(|sold| sold.definition.as_ref());
        let changes = definition.map(|product| differences(&before, after, product));
        // What cannot be changed, and is no change that is told.
        let fixed = |it: &OrderTerms| (it.product, it.order.clone(), it.note.clone());
        if fixed(&before) != fixed(after) || changes.is_some_and(|changes| changes != it.changes) {
            let says = "changed the order otherwise than it says";
            self.of_license(tx, Wrong::Disagrees, event, says)?;
        }
        self.within_limits(tx, event, Some(&before), after)
    }

    /// Holds an order against the certificate of whoever signed it (SPEC.md 9.15).
    pub(super) fn within_limits(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
        before: Option<&OrderTerms>,
        after: &OrderTerms,
    ) -> Result<(), LedgerError> {
        let signer = event.act.map(|act| act.signer);
        let signing = signer.and_then(|signer| Some((signer, self.signers.get(&signer)?)));
        let Some((signer, signing)) = signing else {
            return Ok(());
        };
        let Some(desk) = signing.desk.as_deref() else {
            return Ok(());
        };
        let only = signing.only.as_deref().unwrap_or_default();
        let within = keys::beyond((desk, only), self.product_name(after), before, after);
        let manages = desk.kinds & MANAGER != 0;
        if let Err(limit) = within {
            self.course.beyond = Some(Beyond {
                row: event_name(tx, event)?,
                license: event.license,
                signer,
                manages,
                says: format!("orders what the key that signed it may not grant: {limit}"),
            });
        }
        Ok(())
    }

    /// An order that was beyond its signer is none where a manager took an answer back with it: what that grants, another key signed.
    pub(super) fn ordered_within(&mut self, next: Option<&Event>) {
        let Some(it) = self.course.beyond.take() else {
            return;
        };
        let taken_back = next.is_some_and(|next| {
            let same = next.act.is_some_and(|act| act.signer == it.signer);
            next.kind == facts::READOPT && next.license == it.license && same
        });
        if !(taken_back && it.manages) {
            self.report
                .found(Place::History, Wrong::NotSigned, it.row, it.says);
        }
    }

    /// Something wrong with an event of a license.
    pub(super) fn of_license(
        &mut self,
        tx: &mut dyn Transaction,
        wrong: Wrong,
        event: &Event,
        says: &str,
    ) -> Result<(), LedgerError> {
        let row = event_name(tx, event)?;
        self.report.found(Place::History, wrong, row, says);
        Ok(())
    }
}

/// Which event, and of which license, for people.
fn event_name(tx: &mut dyn Transaction, event: &Event) -> Result<String, LedgerError> {
    let key = key(tx, event.license)?;
    Ok(format!("history row {} (license {key})", event.id.0))
}

/// What is wrong with what an event of a kind made of a license, but for its seats.
fn changed_otherwise(kind: &str, was: &Left, is: &Left) -> Option<&'static str> {
    let of_order = was.order == is.order;
    let withdrawn = was.withdrawn == is.withdrawn;
    let counts = was.counts == is.counts;
    let same = was.taken == is.taken && counts;
    let good = match kind {
        facts::ACTIVATE | facts::REPLACE | facts::SYNC | facts::READOPT => {
            if was.withdrawn.is_some() {
                return Some("answers for a license that was revoked or void then");
            }
            true
        }
        // What a RETURN counts stands in what it frees as well.
        facts::RETURN | facts::FREED => withdrawn,
        facts::YIELDED | facts::RELEASE => withdrawn && counts,
        facts::LICENSE_CHANGE => {
            return (!(same && withdrawn && was.withdrawn != Some(Withdrawn::Void)))
                .then_some("changed more of the license than it says");
        }
        facts::LICENSE_REVOKE => {
            same && was.withdrawn.is_none() && is.withdrawn == Some(Withdrawn::Revoked)
        }
        facts::LICENSE_VOID => {
            same && was.taken.is_none()
                && was.withdrawn.is_none()
                && is.withdrawn == Some(Withdrawn::Void)
        }
        facts::LICENSE_RESTORE => same && was.withdrawn.is_some() && is.withdrawn.is_none(),
        facts::EMERGENCY => same && withdrawn && was.withdrawn.is_none(),
        _ => same && withdrawn,
    };
    if !of_order {
        return Some("is of another order than the license had then");
    }
    (!good).then_some("changed more of the license than it says")
}
