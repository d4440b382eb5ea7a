//! What is decided and falls under the policy of its product waits for another's approval (SPEC.md 9.18).

use super::session::Session;
use super::{Order, RespondError};
use crate::issuer::approvals::{self, Extent};
use crate::issuer::history::{Deed, Hex};
use crate::issuer::keys::KeysError;
use crate::issuer::ledger::{EventId, LedgerError, License};
use crate::issuer::policy::Decision;
use crate::protocol::digest::Digest;

impl Session<'_> {
    /// Holds what is about to be decided against the policy of its product, or against the proposal that is approved with it. Gives back the number of the
    /// event that it has: the approval comes before it.
    pub(super) fn hold(
        &mut self,
        product: &str,
        extent: &Extent<'_>,
        deed: impl FnOnce() -> Deed,
    ) -> Result<EventId, RespondError> {
        let hand = self.issuer.map(|it| it.hand(self.by));
        let approves = hand.and_then(|it| it.approves).is_some();
        // What is taken back was given under the policy of its time; and a batch is spared the look-ups.
        let free = self.given.is_some() || self.free.contains(product);
        if free && !approves && !self.only_proposes {
            return Ok(self.next_event);
        }
        let deed = Deed {
            product: product.to_owned(),
            ..deed()
        };
        match hand {
            Some(hand) => approvals::check(self.tx, &hand, &deed, extent)?,
            None => approvals::needed(self.tx, &deed, extent)?,
        }
        if self.only_proposes {
            return Err(KeysError::NeedsManager.into());
        }
        if approvals::policy(self.tx, product)?.is_empty() {
            self.free.insert(product.to_owned());
        }
        Ok(EventId(self.next_event.0 + i64::from(approves)))
    }

    /// Records the approval of what is recorded next.
    pub(super) fn record_approval(&mut self) -> Result<(), LedgerError> {
        let hand = self.issuer.map(|it| it.hand(self.by));
        let Some((hand, proposal)) = hand.and_then(|it| Some((it, it.approves?))) else {
            return Ok(());
        };
        let event = approvals::close(self.tx, proposal)?;
        self.recorder.record_by(self.tx, hand, event)?;
        Ok(())
    }

    /// The number of the first event of an answer, which no policy keeps back.
    pub(super) fn hold_answer(
        &mut self,
        (kind, request): (&str, &Digest),
        (license, order): (&License, &Order),
        decision: &Decision<'_>,
    ) -> Result<EventId, RespondError> {
        let reason = self.override_reason(&decision.warnings);
        let extent = Extent {
            answer: Some((decision.revalidate_by, &order.terms)),
            overrides: reason.is_some(),
            ..Extent::of(kind, self.by.now.day())
        };
        let options = self.options;
        self.hold(&order.product.id, &extent, || Deed {
            kind: kind.to_owned(),
            license: Some(license.id.0),
            request: Some(Hex(*request)),
            seats: Some(decision.seats),
            grace_days: options.grace_days,
            until: options.until.map(|day| day.to_string()),
            overrides: reason.is_some(),
            reason,
            ..Deed::default()
        })
    }
}
