//! What a machine remembers beside its licenses: clock marks, what was given up, since when a demo runs. In the home and in its anchors; sealed
//! against text editors. Nothing here is evidence: what is missing or another machine's counts as never written.

use super::answers::Answers;
use super::clock::Mark;
use super::drift::Drift;
use super::entries::{Anchored, Demo, Tombstone};
use super::home::Home;
use super::named::{self, Notes};
use super::parts::Parts;
use super::places::{Place, Places};
use super::remembered::{Remembered, stricter};
use super::state::LicenseState;
use crate::license_key::LicenseKey;
use crate::machine::Facts;
use crate::protocol::date::Day;
use crate::protocol::digest::ActivationId;

/// What is remembered about one license and its product.
#[derive(Debug, Default)]
pub struct Memory {
    /// The latest moment that is known to have passed.
    pub mark: Option<Mark>,
    /// That the activation was given up, as an anchor knows it.
    pub returned: Option<Tombstone>,
    /// The first sight of a machine that changed, by whichever activation of the license.
    pub drift: Option<Drift>,
    /// The product's demo, where it has begun.
    pub demo: Option<Demo>,
    /// When each part of the machine was last read.
    pub parts: Parts,
    /// Who may use the license, where it is for people by name.
    pub notes: Notes,
    /// What the anchors know of the answers to the activation.
    pub(super) answers: Option<Answers>,
}

impl Memory {
    /// Recalls what is remembered on the machine of `facts` about a product and, where it is held, a license: of what the places of the home say,
    /// the stricter.
    pub fn recall(
        home: &Home,
        product: &str,
        license: Option<&LicenseState>,
        facts: &Facts,
    ) -> Memory {
        let places = Places { home, facts };
        let mut memory = Memory {
            demo: places
                .all()
                .filter_map(|place| places.demo(place, product))
                .reduce(Demo::stricter),
            ..Memory::default()
        };
        let Some((key, activation)) = license.and_then(held) else {
            return memory;
        };
        memory.notes = license.map_or_else(Notes::default, |it| named::of_users(home, it));
        for place in places.all() {
            let kept = match place {
                Place::Home => Anchored {
                    mark: places.mark(key, activation),
                    ..Anchored::default()
                },
                Place::Anchor(anchor) => {
                    places.anchored(anchor, key, activation).unwrap_or_default()
                }
            };
            memory.mark = stricter(memory.mark, kept.mark);
            memory.returned = Tombstone::first(memory.returned, kept.returned);
            memory.drift = stricter(memory.drift, places.drift(place, key));
            memory.answers = stricter(memory.answers, kept.answers);
        }
        memory.parts = places.parts(key, activation);
        memory
    }

    /// The day of the last answer that was applied here, where the home holds an earlier one, of this generation: it was put back (SPEC.md 6.5).
    pub(super) fn later_answer(&self, generation: u16) -> Option<Day> {
        self.answers.as_ref()?.later_than(generation)
    }
}

pub(super) fn held(license: &LicenseState) -> Option<(LicenseKey, ActivationId)> {
    let held = license.held.as_ref()?;
    Some((license.license_key, held.standing.activation))
}
