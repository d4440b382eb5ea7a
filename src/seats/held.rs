//! Who holds a seat, as the rules of a site go by it.

use std::collections::BTreeMap;

use super::counted::Seats;
use super::error::SeatError;
use super::leases::{Lease, Leases};
use super::persons::{Persons, Somebody};
use super::place::RECORDS;
use super::record::Record;
use super::ring::Ring;
use super::slots::Slots;
use super::who::{Moment, key};
use crate::protocol::date::Seconds;
use crate::protocol::product::SeatUnit;
use crate::protocol::site_rules::{Person, Rule};

const DAY: u32 = 86_400;

/// A seat that is held, and by whom: several may share one.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) number: u16,
    by: Vec<By>,
}

/// One of those who hold a seat.
#[derive(Debug)]
struct By {
    who: Somebody,
    /// The rings of modules of which he holds a seat with it.
    pools: Vec<String>,
}

impl Held {
    /// Whether one of them is this user at this host, as far as one of them is asked for.
    fn is_shared_by(&self, user: Option<&str>, host: Option<&str>) -> bool {
        let same = |person: Person<'_>| {
            user.is_none_or(|it| person.user == Some(it))
                && host.is_none_or(|it| person.host == Some(it))
        };
        self.by.iter().any(|it| same(it.who.person()))
    }

    /// Whether a rule is about one of them.
    pub(super) fn is_of(&self, rule: &Rule) -> bool {
        self.by.iter().any(|it| it.is_of(rule))
    }

    /// The same of those who hold one of a ring with it.
    pub(super) fn is_for(&self, rule: &Rule, ring: &Ring) -> bool {
        let holds = |it: &By| ring.module.is_none() || it.pools.contains(&ring.prefix);
        self.by.iter().any(|it| holds(it) && it.is_of(rule))
    }
}

impl By {
    fn is_of(&self, rule: &Rule) -> bool {
        rule.is_of(self.who.person(), &self.who.features)
    }
}

/// What is written of a seat.
struct Claim {
    record: Record,
    owner: Option<u32>,
    /// Its process runs, or its lease holds.
    lives: bool,
}

impl Seats {
    /// Those who hold a seat and are among whom it is asked for. Where several wrote of one seat, those whose processes run or whose leases hold have it, else the
    /// last one; that a seat is held is seen by its lock, by whoever has the gate.
    pub(super) fn holders(
        &self,
        persons: &Persons<'_>,
        among: impl Fn(&Held) -> bool,
        moment: &Moment,
        exact: bool,
    ) -> Result<Vec<Held>, SeatError> {
        let own = Ring::of_license(self.counted.seats);
        let leases = Leases::of(&self.place, &own)?;
        let mut holders = Vec::new();
        for (number, written) in self.written(&leases, self.last(&own)?, moment) {
            let by = written.iter().map(|it| By {
                who: persons.writer(it.owner, &it.record),
                pools: it.record.pools.keys().cloned().collect(),
            });
            let holder = Held {
                number,
                by: by.collect(),
            };
            if !among(&holder) {
                continue;
            }
            let is_held = match exact {
                _ if leases.hold(number, moment) => true,
                true => self.is_locked(&own, number)?,
                false => written.iter().any(|it| it.lives),
            };
            if is_held {
                holders.push(holder);
            }
        }
        Ok(holders)
    }

    /// The seat in which somebody would have a share, by what one counts, with the rings of its modules. Under the gate.
    pub(super) fn shared_by(
        &self,
        (user, host): (&str, Option<&str>),
        persons: &Persons<'_>,
        moment: &Moment,
    ) -> Result<Option<(u16, Vec<String>)>, SeatError> {
        let unit = self.counted.unit;
        let counts_hosts = matches!(unit, SeatUnit::Session | SeatUnit::Host);
        let Some((user, at)) = key(unit, user, host.unwrap_or_default()) else {
            return Ok(None);
        };
        if counts_hosts && host.is_none() {
            return Ok(None);
        }
        let among = |holder: &Held| holder.is_shared_by(user, at);
        let found = self
            .holders(persons, among, moment, true)?
            .into_iter()
            .next();
        Ok(found.map(|it| {
            let pools = it.by.into_iter().flat_map(|by| by.pools);
            (it.number, pools.collect())
        }))
    }

    fn is_locked(&self, ring: &Ring, number: u16) -> Result<bool, SeatError> {
        let there = ring.open(&self.place, number)?.is_some();
        Ok(there && ring.lock(&self.place, number)?.is_none())
    }

    /// What is written of each seat up to the last by whoever may have it.
    fn written(&self, leases: &Leases, last: u16, moment: &Moment) -> BTreeMap<u16, Vec<Claim>> {
        let mut all: BTreeMap<u16, Vec<Claim>> = BTreeMap::new();
        let latest = Seconds(moment.wall.0.saturating_add(DAY));
        for slots in Slots::all(&self.place, RECORDS, "") {
            let records = slots.read_all::<Record>(last).into_iter();
            // Nobody can write from the future.
            for (number, record) in records.filter(|(_, it)| it.since() <= latest) {
                all.entry(number).or_default().push(Claim {
                    // By one that was left others of its account are found who share the seat.
                    lives: !record.left && self.lives(number, &record),
                    record,
                    owner: slots.owner,
                });
            }
        }
        for slots in &leases.files {
            let found = slots.read_all::<Lease>(last).into_iter();
            for (number, lease) in found.filter(|(_, it)| it.holds(moment)) {
                all.entry(number).or_default().push(Claim {
                    lives: true,
                    record: lease.record,
                    owner: slots.owner,
                });
            }
        }
        for written in all.values_mut() {
            if written.iter().any(|it| it.lives) {
                written.retain(|it| it.lives);
            } else {
                written.sort_by_key(|it| it.record.since());
                written.drain(..written.len().saturating_sub(1));
            }
        }
        all
    }
}
