//! Licenses and activations against the events that speak of them last.

use super::{Place, Replay, Wrong, facts};
use crate::issuer::history::{Hex, Left};
use crate::issuer::ledger::{
    Activation, ActivationRow, Event, LedgerError, License, LicenseId, PAGE, Transaction,
};

impl Replay {
    /// Holds the license of an event against what that says of it, where it is the last that does, and that against what the event before said. `seats` are
    /// those of its activation afterwards, where it says so. Gives back the license.
    pub(super) fn license_of(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
        seats: Option<u16>,
    ) -> Result<Option<License>, LedgerError> {
        let Some(left) = Left::by(event) else {
            return Ok(None);
        };
        self.goes_on(tx, event, &left, seats)?;
        let license = event
            .license
            .map(|id| tx.license(id))
            .transpose()?
            .flatten();
        let Some(license) = license else {
            let says = "concerns a license that is gone";
            self.report.event(Wrong::Missing, event.id, says);
            return Ok(None);
        };
        if license.event > event.id {
            return Ok(Some(license));
        }
        self.vouched.licenses += u64::from(license.event == event.id);
        if license.event < event.id || Left::of(&license) != left {
            let says = "is not as its last event left it";
            self.report
                .found(Place::License, Wrong::Altered, license_name(&license), says);
        }
        Ok(Some(license))
    }

    /// Holds the activation of an event against what that says of it, where it is the last that does.
    pub(super) fn holder_of(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
        digest: Hex,
        seats: u16,
    ) -> Result<(), LedgerError> {
        let holder = event
            .activation
            .map(|id| tx.activation(id))
            .transpose()?
            .flatten();
        let Some(holder) = holder else {
            let says = "concerns an activation that is gone";
            self.report.event(Wrong::Missing, event.id, says);
            return Ok(());
        };
        if holder.event > event.id {
            return Ok(());
        }
        self.vouched.holders += u64::from(holder.event == event.id);
        let same = Hex(holder.digest()) == digest && holder.seats == seats;
        if holder.event < event.id || !same || Some(holder.license) != event.license {
            self.holder_found(
                tx,
                Wrong::Altered,
                &holder,
                "is not as its last event left it",
            )?;
        }
        Ok(())
    }

    fn holder_found(
        &mut self,
        tx: &mut dyn Transaction,
        wrong: Wrong,
        holder: &Activation,
        says: &str,
    ) -> Result<(), LedgerError> {
        let called = holder.standing.activation;
        let row = format!(
            "activation {called} of license {}",
            key(tx, Some(holder.license))?
        );
        self.report.found(Place::Activation, wrong, row, says);
        Ok(())
    }

    /// Activations that no event speaks of last.
    pub(super) fn stray_activations(
        &mut self,
        tx: &mut dyn Transaction,
    ) -> Result<(), LedgerError> {
        if self.report.activations == self.vouched.holders {
            return Ok(());
        }
        let mut after = ActivationRow(0);
        loop {
            let page = tx.activations(after, PAGE)?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = last.id;
            for holder in &page {
                let event = tx.event(holder.event)?;
                if !event.is_some_and(|event| {
                    event.activation == Some(holder.id) && leaves_holder(&event)
                }) {
                    self.holder_found(tx, Wrong::Added, holder, "is not in the history")?;
                }
            }
        }
    }
}

/// Whether an event says how it left its activation. Others name one too: a request that was refused, an emergency code.
pub(super) fn leaves_holder(event: &Event) -> bool {
    matches!(
        event.kind.as_str(),
        facts::ACTIVATE
            | facts::REPLACE
            | facts::SYNC
            | facts::READOPT
            | facts::RETURN
            | facts::RELEASE
            | facts::FREED
            | facts::YIELDED
    )
}

pub(super) fn license_name(license: &License) -> String {
    format!("license {}", license.key)
}

/// The key of a license, as far as it can be told.
pub(super) fn key(
    tx: &mut dyn Transaction,
    license: Option<LicenseId>,
) -> Result<String, LedgerError> {
    let found = license.map(|id| tx.license(id)).transpose()?.flatten();
    Ok(found.map_or_else(|| "unknown".to_owned(), |license| license.key.to_string()))
}
