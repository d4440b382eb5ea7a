//! The second places in which a return is written down, each before the next.

use super::*;

/// The anchors that remember activations, or can, locked; what is to be written in them, and what they said before.
pub(super) struct Tombs<'a> {
    pub(super) places: Places<'a>,
    pub(super) key: LicenseKey,
    /// What is given up first: errors name it.
    pub(super) activation: ActivationId,
    pub(super) locks: Vec<Lock>,
    pub(super) graves: Vec<Grave<'a>>,
    /// One of those that are closed has the tombstone already.
    pub(super) known: bool,
    pub(super) written: usize,
}

/// A place for a tombstone.
pub(super) struct Grave<'a> {
    pub(super) anchor: &'a Anchor,
    pub(super) activation: ActivationId,
    pub(super) tombstone: Tombstone,
    pub(super) before: Option<Anchored>,
}

impl<'a> Tombs<'a> {
    /// Locks every anchor, each for up to ten seconds.
    pub(super) fn open(
        places: Places<'a>,
        key: LicenseKey,
        given: &[Given],
        taken: &[(ActivationId, Answers)],
    ) -> Result<Tombs<'a>, HolderError> {
        let unknown = || HolderError::UnknownLicense { key };
        let first = given.first().ok_or_else(unknown)?;
        let mut tombs = Tombs {
            places,
            key,
            activation: first.activation,
            locks: Vec::new(),
            graves: Vec::new(),
            known: false,
            written: 0,
        };
        for anchor in places.home.anchors() {
            match Lock::wait(anchor.directory(), anchor.audience()) {
                Ok(lock) => {
                    tombs.locks.push(lock);
                    let own = given.iter().map(|it| (it.activation, it.at, None));
                    let overtaken = places.overtaken_in(anchor, key, taken).into_iter();
                    let others = overtaken.map(|(id, by)| (id, first.at, Some(by)));
                    tombs.graves.extend(own.chain(others).map(|it| {
                        let (activation, at, with) = it;
                        Grave {
                            anchor,
                            activation,
                            tombstone: Tombstone { at, with },
                            before: places.anchored(anchor, key, activation),
                        }
                    }));
                }
                Err(why) => tombs.without(anchor, given, why)?,
            }
        }
        Ok(tombs)
    }

    /// An anchor that cannot be written says nothing of what is given up, or has its tombstones, or nothing may be given up now: what it says would bring
    /// the license back.
    pub(super) fn without(
        &mut self,
        anchor: &Anchor,
        given: &[Given],
        why: HolderError,
    ) -> Result<(), HolderError> {
        let buried = |id| {
            let known = self.places.anchored(anchor, self.key, id);
            known.is_some_and(|it| it.returned.is_some())
        };
        let (closed, open): (Vec<_>, Vec<_>) = given
            .iter()
            .map(|it| it.activation)
            .partition(|id| buried(*id));
        self.known |= !closed.is_empty();
        if open.is_empty() {
            return Ok(());
        }
        if matches!(why, HolderError::Busy { .. }) {
            return Err(why);
        }
        let holds = |id: &&ActivationId| self.places.may_hold(anchor, self.key, **id);
        match open.iter().find(holds) {
            Some(id) => Err(closed_to(anchor, *id, why)),
            None => Ok(()),
        }
    }

    /// Writes the tombstones: all, or none and an error.
    pub(super) fn close(&mut self) -> Result<(), HolderError> {
        let mut nth = 0;
        while let Some(grave) = self.graves.get(nth) {
            let mut after = grave.before.clone().unwrap_or_default();
            // The first one counts, whatever a restored home says later.
            after
                .returned
                .get_or_insert_with(|| grave.tombstone.clone());
            // One that fails may have failed at its last step, and say so all the same.
            self.written = nth + 1;
            let (anchor, id) = (grave.anchor, grave.activation);
            match self.places.put(anchor, self.key, id, &after) {
                Ok(()) => nth += 1,
                Err(error) => {
                    let buried = grave.before.as_ref() == Some(&after);
                    if !buried && self.places.may_hold(anchor, self.key, id) {
                        return Err(self.reopen(closed_to(anchor, id, error.into())));
                    }
                    self.graves.remove(nth);
                    self.known |= buried;
                }
            }
        }
        Ok(())
    }

    /// Puts back what stood before: nothing was given up, and that is said by the error. Where the disk does not even let us do that, the other one.
    pub(super) fn reopen(&mut self, why: HolderError) -> HolderError {
        let mut put_back = true;
        for grave in self.graves.iter().take(self.written) {
            let (anchor, id) = (grave.anchor, grave.activation);
            if self.places.anchored(anchor, self.key, id) == grave.before {
                continue;
            }
            let done = match &grave.before {
                Some(before) => self.places.put(anchor, self.key, id, before),
                None => self.places.take_out(anchor, self.key, id),
            };
            put_back &= done.is_ok();
        }
        self.written = 0;
        match put_back {
            true => why,
            false => self.half(why),
        }
    }

    pub(super) fn half(&self, why: HolderError) -> HolderError {
        HolderError::HalfGivenUp {
            activation: self.activation,
            why: Box::new(why),
        }
    }

    pub(super) fn any(&self) -> bool {
        self.known || !self.graves.is_empty()
    }

    /// Which end beside what is given up here.
    pub(super) fn end_too(&self) -> Vec<ActivationId> {
        let by_this = |it: &&Grave<'_>| {
            let before = it.before.as_ref().and_then(|it| it.returned.as_ref());
            let with = it.tombstone.with;
            with.is_some() && before.is_none_or(|before| before.with == with)
        };
        let others = self.graves.iter().filter(by_this);
        let mut found: Vec<_> = others.map(|it| it.activation).collect();
        found.sort_unstable_by_key(|id| id.0);
        found.dedup();
        found
    }
}

pub(super) fn closed_to(
    anchor: &Anchor,
    activation: ActivationId,
    why: HolderError,
) -> HolderError {
    HolderError::AnchorClosed {
        activation,
        place: anchor.directory().to_owned(),
        why: Box::new(why),
    }
}
