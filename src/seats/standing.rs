//! How it stands with the rules of a site, and what they say of somebody (SPEC.md 9.12).
//!
//! The order is: who is denied; who has a seat reserved; who has as many as he may; what is free and not reserved for others.

use std::collections::BTreeSet;

use super::held::Held;
use super::persons::{Persons, Somebody};
use super::ring::Ring;
use crate::protocol::site_rules::{Rule, Rules, Verb};

/// What was found of the rules of a site and the seats that are held.
#[derive(Debug)]
pub(super) struct Standing<'a> {
    pub(super) persons: Persons<'a>,
    rules: &'a Rules,
    pub(super) reserved: Vec<Reserved<'a>>,
    bounded: Vec<Bounded<'a>>,
}

/// Seats of a ring that a rule keeps.
#[derive(Clone, Debug)]
pub(super) struct Reserved<'a> {
    pub(super) rule: &'a Rule,
    /// The prefix of the ring.
    ring: String,
    pub(super) is_module: bool,
    /// So many are kept: fewer than the rule says where the license has no more.
    pub(super) seats: u16,
    /// So many of them nobody holds.
    pub(super) idle: u16,
}

/// Whom a rule lets have no more than some seats, and which ones they hold.
#[derive(Clone, Debug)]
struct Bounded<'a> {
    rule: &'a Rule,
    most: u16,
    held: BTreeSet<u16>,
    /// Those whom somebody takes who came before.
    more: usize,
}

/// What the rules say where they give no seat.
#[derive(Clone, Debug)]
pub(super) enum Against<'a> {
    /// He is to have none.
    Denied(&'a Rule),
    /// They hold as many as they may.
    Most(&'a Rule, usize),
    /// All that are free are kept for others.
    Kept(&'a Rule),
    /// Nothing is free of this ring.
    Full(&'a Ring),
}

impl<'a> Standing<'a> {
    /// A seat that is held counts for the first rule that keeps one for its holder still. Where the license has fewer seats than are kept, the first rules keep
    /// theirs.
    pub(super) fn of(
        persons: Persons<'a>,
        rules: &'a Rules,
        rings: &[Ring],
        holders: &[Held],
    ) -> Standing<'a> {
        let mut standing = Standing {
            persons,
            rules,
            reserved: Vec::new(),
            bounded: Vec::new(),
        };
        for ring in rings {
            let mut left = ring.seats;
            for rule in rules.iter() {
                let seats = rule.reserves().min(left);
                let module = ring.module.as_ref();
                if rule.reserves() == 0 || module.is_some() && rule.feature.as_ref() != module {
                    continue;
                }
                left -= seats;
                standing.reserved.push(Reserved {
                    rule,
                    ring: ring.prefix.clone(),
                    is_module: module.is_some(),
                    seats,
                    idle: seats,
                });
            }
            for holder in holders {
                let mut reserved = standing.reserved.iter_mut();
                let kept = reserved.find(|it| {
                    it.ring == ring.prefix && it.idle > 0 && holder.is_for(it.rule, ring)
                });
                if let Some(kept) = kept {
                    kept.idle -= 1;
                }
            }
        }
        for rule in rules.iter() {
            if let Verb::Max(most) = rule.verb {
                let holders = holders.iter();
                let held = holders.filter(|it| it.is_of(rule)).map(|it| it.number);
                standing.bounded.push(Bounded {
                    rule,
                    most,
                    held: held.collect(),
                    more: 0,
                });
            }
        }
        standing
    }

    /// So many free seats of a ring are kept.
    pub(super) fn kept(&self, ring: &Ring) -> usize {
        let kept = self.reserved.iter().filter(|it| it.ring == ring.prefix);
        kept.map(|it| usize::from(it.idle)).sum()
    }

    /// The rule that keeps a seat of a ring for somebody.
    pub(super) fn keeps_for(&self, who: &Somebody, ring: &Ring) -> Option<&'a Rule> {
        let place = self.place_of(who, ring)?;
        self.reserved.get(place).map(|it| it.rule)
    }

    fn place_of(&self, who: &Somebody, ring: &Ring) -> Option<usize> {
        self.reserved.iter().position(|it| {
            it.ring == ring.prefix && it.idle > 0 && it.rule.is_of(who.person(), &who.features)
        })
    }

    /// Whether somebody may take a seat of each of these rings, of which so many are left; `shares` is the seat that he has a share in already, of which
    /// modules may be missing.
    pub(super) fn allows<'r>(
        &self,
        who: &Somebody,
        missing: &[&'r Ring],
        left: impl Fn(&Ring) -> usize,
        shares: Option<u16>,
    ) -> Result<(), Against<'r>>
    where
        'a: 'r,
    {
        denied(self.rules, who).map_or(Ok(()), |rule| Err(Against::Denied(rule)))?;
        let of_license = missing.iter().find(|it| it.module.is_none());
        if !of_license.is_some_and(|ring| self.has_one_for(who, ring, left(ring))) {
            for it in &self.bounded {
                let used = it.held.len() + it.more;
                let counts = shares.is_some_and(|seat| it.held.contains(&seat));
                if !counts
                    && used >= usize::from(it.most)
                    && it.rule.is_of(who.person(), &who.features)
                {
                    return Err(Against::Most(it.rule, used));
                }
            }
        }
        for ring in missing {
            let left = left(ring);
            if left == 0 {
                return Err(Against::Full(ring));
            }
            if !self.has_one_for(who, ring, left) && left <= self.kept(ring) {
                let mut reserved = self.reserved.iter();
                let kept = reserved.find(|it| it.ring == ring.prefix && it.idle > 0);
                return Err(kept.map_or(Against::Full(ring), |it| Against::Kept(it.rule)));
            }
        }
        Ok(())
    }

    /// Whether one of so many free seats of a ring is kept for somebody: where fewer are free than are kept, the first rules have theirs.
    fn has_one_for(&self, who: &Somebody, ring: &Ring, left: usize) -> bool {
        let Some(place) = self.place_of(who, ring) else {
            return false;
        };
        let before = self.reserved.iter().take(place);
        let before = before.filter(|it| it.ring == ring.prefix);
        let before: usize = before.map(|it| usize::from(it.idle)).sum();
        left == 0 || left > before
    }

    /// Somebody who comes first will have a seat of each of these rings.
    pub(super) fn gives(&mut self, who: &Somebody, rings: &[&Ring]) {
        for ring in rings {
            let place = self.place_of(who, ring);
            if let Some(kept) = place.and_then(|it| self.reserved.get_mut(it)) {
                kept.idle -= 1;
            }
        }
        for it in &mut self.bounded {
            if it.rule.is_of(who.person(), &who.features) {
                it.more += 1;
            }
        }
    }
}

/// The rule by which somebody is to have no seat: by who he is, and by whom he calls himself.
pub(super) fn denied<'a>(rules: &'a Rules, who: &Somebody) -> Option<&'a Rule> {
    let persons = [Some(who.person()), who.as_said()];
    let mut denies = rules.iter().filter(|it| it.verb == Verb::Deny);
    denies.find(|rule| {
        let mut persons = persons.into_iter().flatten();
        persons.any(|person| rule.is_of(person, &who.features))
    })
}
