//! Whether a seat that somebody has written down as his is free of everybody else: a file of leases or of records is its user's own to put away and back.

use super::counted::Seats;
use super::error::SeatError;
use super::kernel;
use super::leases::Lease;
use super::locks::Lock;
use super::place::{LEASES, Place, RECORDS};
use super::record::Record;
use super::ring::Ring;
use super::slots::Slots;
use super::who::{Moment, key};
use crate::protocol::date::Seconds;
use crate::protocol::product::SeatUnit;

/// Those who share one seat, by what a seat counts.
pub(super) struct Sharers<'a> {
    user: Option<&'a str>,
    host: Option<&'a str>,
    account: Option<u32>,
    /// The running system, where several computers share the place: any of them calls itself as it likes.
    system: Option<&'a str>,
}

impl Sharers<'_> {
    /// Those of a user at a host; none where each process takes its own.
    pub(super) fn of<'a>(
        place: &'a Place,
        unit: SeatUnit,
        user: &'a str,
        host: &'a str,
    ) -> Option<Sharers<'a>> {
        let (user, host) = key(unit, user, host)?;
        let account = place.user();
        Some(Sharers {
            user,
            host,
            account,
            system: place.here.system.as_deref().filter(|_| place.is_common()),
        })
    }

    /// Whether what an account wrote is of one of them: where users are counted nobody is another account's.
    pub(super) fn have(&self, other: &Record, owner: Option<u32>) -> bool {
        let named = |name: Option<&str>, theirs: &str| name.is_none_or(|it| it == theirs);
        let ours = owner == self.account && self.account != kernel::NOBODY;
        // A lease has no mark: it is held on no computer.
        let system = other
            .mark
            .as_deref()
            .and_then(|mark| mark.split(' ').next());
        let here =
            self.host.is_none() || system.is_none_or(|it| self.system.is_none_or(|own| own == it));
        named(self.user, &other.user)
            && named(self.host, &other.host)
            && here
            && (self.user.is_none() || ours)
    }
}

impl Seats {
    /// Whether a seat of a ring, which somebody has since a moment, is lent, or in use by somebody else than those who share it; `is_own` tells the leases that
    /// are not somebody else's. Of two leases of one seat the later is good: when it was taken the earlier was put away, or was over before the system was
    /// started again. What cannot be read of others takes no seat away. Under the gate.
    pub(super) fn is_anothers(
        &self,
        ring: &Ring,
        number: u16,
        (since, sharers): (Seconds, Option<&Sharers<'_>>),
        is_own: impl Fn(&Lease) -> bool,
        moment: &Moment,
    ) -> Result<bool, SeatError> {
        let shares = |record: &Record, owner| sharers.is_some_and(|it| it.have(record, owner));
        if self.lent(moment)?.takes(ring, number) {
            return Ok(true);
        }
        let leases = Slots::all(&self.place, LEASES, &ring.leases_of(""));
        let mut leases = leases.iter().filter_map(|slots| {
            let lease = slots.read::<Lease>(number)?;
            Some((lease, slots.owner))
        });
        let is_in_force = |lease: &Lease| lease.holds(moment) && lease.record.since() >= since;
        if leases.any(|(lease, owner)| {
            is_in_force(&lease) && !is_own(&lease) && !shares(&lease.record, owner)
        }) {
            return Ok(true);
        }
        let Some(file) = ring.open(&self.place, number)? else {
            return Ok(false);
        };
        let failed = |error| self.place.no_lock(error);
        if sharers.is_none() {
            let lock = Lock::alone(file, self.place.lock_kind());
            let is_free = lock.map_err(failed)?.is_some();
            return Ok(!is_free || ring.is_handed_down(&self.place, number)?);
        }
        let lock = Lock::shared(file, self.place.lock_kind());
        let Some(lock) = lock.map_err(failed)? else {
            return Ok(true);
        };
        let is_last = lock.is_last() && !ring.is_handed_down(&self.place, number)?;
        Ok(!is_last && self.is_held_by_others(ring, number, shares)?)
    }

    /// Whether a process runs that shares the seat and is none of ours, as its user wrote.
    fn is_held_by_others(
        &self,
        ring: &Ring,
        number: u16,
        shares: impl Fn(&Record, Option<u32>) -> bool,
    ) -> Result<bool, SeatError> {
        let last = self.last(&Ring::of_license(self.counted.seats))?;
        let all = Slots::all(&self.place, RECORDS, "");
        Ok(all.iter().any(|slots| {
            let records = slots.read_all::<Record>(last).into_iter();
            let mut records = records.filter(|(seat, record)| match ring.module {
                None => *seat == number,
                Some(_) => record.pools.get(&ring.prefix) == Some(&number),
            });
            records.any(|(seat, record)| self.lives(seat, &record) && !shares(&record, slots.owner))
        }))
    }
}
