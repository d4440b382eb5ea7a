//! What a license is bound to: the machine, its bindings, its USB key (SPEC.md 6.4).

use super::{Check, Refused, wrong_machine};
use crate::holder::clock::Look;
use crate::holder::drift;
use crate::holder::parts::Seen;
use crate::holder::report::{Refusal, State};
use crate::holder::state::Held;
use crate::holder::warning::Warning;
use crate::license_key::LicenseKey;
use crate::machine::{Assessment, Bindings, Components, Fingerprint};
use crate::protocol::date::Seconds;

impl Check<'_> {
    /// Nobody is bound to nothing, nor to what the product does not ask for (SPEC.md 6.4).
    pub(super) fn bound(&self, key: LicenseKey, held: &Held) -> Result<(), Refused> {
        let product = self.file.product();
        let unbound = |why| {
            let product = product.id.clone();
            (State::Unlicensed, Refusal::Unbound { key, product, why })
        };
        held.standing.fits(product).map_err(unbound)
    }

    /// The machine itself; one that changed too much may go on for a while (SPEC.md 6.4).
    pub(super) fn machine(
        &mut self,
        key: LicenseKey,
        held: &Held,
        now: Seconds,
    ) -> Result<(), Refused> {
        let Some(bound) = held.standing.fingerprint else {
            return Ok(());
        };
        let bound = Fingerprint::from_bytes(&bound.0).ok();
        let found =
            bound.and_then(|bound| bound.counterpart(self.input.here.facts, &key.to_bytes()));
        let Some((bound, found)) = bound.zip(found) else {
            let nothing = Components::default();
            return Err(wrong_machine(nothing, nothing));
        };
        let seen = Seen::of(&bound, &found, Components::readable_by_all());
        let weak = seen.compared.verdict() == Assessment::WeakMatch;
        let by_key = held.standing.usb.is_some();
        self.checked.report.weakly_bound = !by_key && (weak || held.standing.is_weak());
        self.checked.parts = self.memory.parts.after(found.known(), now);
        let (different, unread) = (seen.compared.different, seen.unread);
        if seen.matches() {
            self.checked.drift_is_over = self.memory.drift.is_some();
            return Ok(());
        }
        if seen.compared.equal.is_empty() {
            return Err(wrong_machine(different, unread));
        }
        let before = self.memory.drift.as_ref();
        let program = (self.input.built, self.input.running);
        let look = Look::new(self.input.here.wall, self.input.here.facts);
        let goes_on = drift::goes_on(before, now, &look, program);
        let goes_on = goes_on.ok_or_else(|| wrong_machine(different, unread))?;
        let until = goes_on.until;
        self.checked.report.warnings.push(Warning::MachineChanged {
            different,
            unread,
            until,
        });
        self.checked.drift = goes_on.keep;
        self.checked.begins |= goes_on.first;
        Ok(())
    }

    /// Compares what was handed in, each name by itself, so that the one that differs can be named.
    pub(super) fn bindings(&self, held: &Held) -> Result<(), Refused> {
        let refused = |refusal| Err((State::WrongMachine, refusal));
        for (name, value) in self.input.bindings {
            let mut bound = held.standing.bindings.iter();
            let Some((_, bound)) = bound.find(|(known, _)| known == name) else {
                return refused(Refusal::UnknownBinding(name.clone()));
            };
            let here = &self.input.here;
            let names = here.facts.host_names(here.aliases);
            let found = match Bindings::new([(name.as_str(), value.as_str())], &names) {
                Ok(bindings) => bindings
                    .pairs()
                    .map(|(_, value)| value.to_owned())
                    .collect::<String>(),
                Err(error) => return refused(Refusal::BadBinding(error)),
            };
            if found != *bound {
                return refused(Refusal::WrongBinding {
                    name: name.clone(),
                    bound: bound.clone(),
                    found,
                });
            }
        }
        Ok(())
    }

    pub(super) fn usb_is_there(&self, key: LicenseKey, held: &Held) -> Option<bool> {
        let bound = held.standing.usb?;
        let key = key.to_bytes();
        let devices = self.input.here.facts.usb_devices.list();
        Some(devices.iter().any(|device| device.digest(&key) == bound.0))
    }
}
