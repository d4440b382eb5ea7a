//! Taking a seat: what is decided under the gate.

use std::sync::Arc;
use std::time::Duration;

use super::ask::Ask;
use super::basis::Turn;
use super::counted::Seats;
use super::error::SeatError;
use super::kept::Kept;
use super::leases::Lease;
use super::locks::Lock;
use super::marks::{Marks, mark};
use super::others::Sharers;
use super::persons::Somebody;
use super::place::{LEASES, RECORDS};
use super::record::Record;
use super::ring::{One, Ring};
use super::ruled::{Supply, left_of};
use super::seat::Seat;
use super::slots::Slots;
use super::standing::Standing;
use super::tickets::{Ticket, Wish};
use super::who::{Moment, Who};
use crate::holder::{Doing, StorageError};
use crate::protocol::product::SeatUnit;

/// How often somebody who waits looks again.
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);
/// What was decided.
pub(super) struct Chosen {
    pub(super) ones: Vec<One>,
    pub(super) record: Record,
    /// Whether the license's seat was free; else it is shared.
    pub(super) fresh: bool,
    shared: bool,
}

impl Seats {
    /// Takes a seat; at most ten seconds are waited for whoever decides just now. What shares a seat by the product's unit joins its own; whoever waits comes
    /// first.
    ///
    /// # Errors
    /// [`SeatError::NoSeat`] with who holds them; [`SeatError::Rule`]; [`SeatError::NoRules`]; [`SeatError::Busy`]; [`SeatError::Changed`]; what the disk says.
    pub fn take(&self, ask: &Ask<'_>) -> Result<Seat, SeatError> {
        let kept = self.kept(ask)?;
        Ok(Seat::new(self, kept, ask))
    }

    /// What of a seat that is taken is kept.
    pub(super) fn kept(&self, ask: &Ask<'_>) -> Result<Kept, SeatError> {
        let (kept, fresh) = self.in_turn(ask, |who, moment, ticket| {
            let mut chosen = self.decide(who, ask, moment, ticket)?;
            self.put_mark(&mut chosen, who)?;
            let own = || {
                let own = Slots::own(&self.place, RECORDS, str::to_owned);
                own.ok().map(Arc::new)
            };
            let own = self.own.get_or_init(own).clone();
            if let (Some(own), Some(one)) = (&own, chosen.ones.first()) {
                // What cannot be written is not shown. The lock is the seat.
                let _ = own.write(one.number, Some(&chosen.record));
            }
            let kept = Kept {
                ones: chosen.ones,
                own,
                record: chosen.record,
                shared: chosen.shared,
                taken: moment.clone(),
            };
            Ok((kept, chosen.fresh))
        })?;
        // Others wait at the gate no longer for what is written to look back.
        self.note_taking(kept.taken.wall, kept.number(), &kept.record, fresh);
        Ok(kept)
    }

    /// Where several computers share the seats, that it is this one which has them. Without that nobody elsewhere would know, so that it is no taking.
    fn put_mark(&self, chosen: &mut Chosen, who: &Who) -> Result<(), SeatError> {
        if !self.place.is_common() {
            return Ok(());
        }
        let mark = mark(&self.place, who.process.id);
        for one in &chosen.ones {
            let path = self.place.path(&one.ring.name(one.number));
            let failed = |error| StorageError::new(Doing::Write, &path, error);
            let file = one.lock.file();
            let marks = match chosen.fresh {
                true => Marks::alone(mark.clone()),
                false => {
                    let mut marks = Marks::read(file).map_err(failed)?;
                    marks.add(mark.clone());
                    marks
                }
            };
            marks.write(file).map_err(failed)?;
        }
        chosen.record.mark = Some(mark);
        Ok(())
    }

    /// Decides under the gate; where there is no seat, again and again with a place in the queue, for as long as is waited.
    pub(super) fn in_turn<T>(
        &self,
        ask: &Ask<'_>,
        decide: impl Fn(&Who, &Moment, Option<&Ticket>) -> Result<T, SeatError>,
    ) -> Result<T, SeatError> {
        let who = ask.who.plain();
        let turn = self.turn.take();
        let mut turn = turn.unwrap_or_else(|| Turn::begin((ask.now)()));
        loop {
            let moment = (ask.now)();
            let decided = self.gate().and_then(|gate| {
                let decided = match self.stands(&moment) {
                    true => decide(&who, &self.moment(&moment), turn.ticket.as_ref()),
                    false => Err(SeatError::Changed),
                };
                drop(gate);
                decided
            });
            let slept = turn.slept;
            let waited = moment
                .since(&turn.began)
                .map_or(slept, |passed| passed.max(slept));
            match decided {
                Err(SeatError::NoSeat { .. } | SeatError::Busy { .. }) if waited < ask.patience => {
                }
                Err(SeatError::Rule(ref it)) if it.may_pass() && waited < ask.patience => {}
                Err(SeatError::Changed) => {
                    self.turn.replace(Some(turn));
                    return Err(SeatError::Changed);
                }
                done => {
                    if let Err(error) = &done {
                        let at = self.moment(&moment).wall;
                        self.note_refusal(at, &who, ask.features, error);
                    }
                    return done;
                }
            }
            if turn.ticket.is_none() {
                match self.gate() {
                    Ok(gate) => {
                        let wanted = self.wanted(ask.features);
                        let wish = Wish::of(&self.place, &who, ask.features, &wanted);
                        turn.ticket = Some(Ticket::draw(&self.place, &wish, who.process.id)?);
                        drop(gate);
                    }
                    Err(SeatError::Busy { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            let next = BETWEEN_LOOKS.min(ask.patience.saturating_sub(waited));
            std::thread::sleep(next);
            turn.slept += next;
        }
    }

    /// Those of which a seat is wanted.
    pub(super) fn wanted(&self, features: &[String]) -> Vec<Ring> {
        let mut rings = self.rings();
        rings.retain(|ring| match &ring.module {
            None => true,
            Some(module) => features.contains(module),
        });
        rings
    }

    /// Which seats are taken, under the gate.
    pub(super) fn decide(
        &self,
        who: &Who,
        ask: &Ask<'_>,
        moment: &Moment,
        ticket: Option<&Ticket>,
    ) -> Result<Chosen, SeatError> {
        let somebody = self.asks(who, ask.features)?;
        let mut record = Record::new(who, ask.holding, ask.features, moment);
        record.computer = self.place.computer();
        let mut ones = self.joined(who, &mut record, moment)?;
        let fresh = ones.is_empty();
        let mut missing = self.wanted(ask.features);
        missing.retain(|ring| ones.iter().all(|one| one.ring.prefix != ring.prefix));
        let shared = self.counted.unit != SeatUnit::Process;
        let shares = ones.first().map(|one| one.number);
        // Before what is kept is locked: whoever had it before does not hold it any more.
        let standing = self.standing(moment, true)?;
        let kept = self.kept_for(who, &missing, moment)?;
        missing.retain(|ring| kept.iter().all(|one| one.ring.prefix != ring.prefix));
        let found = self.fresh(&missing, (&somebody, shares), standing, moment, ticket)?;
        for one in kept.into_iter().chain(found) {
            let One { ring, number, lock } = one;
            let lock = match shared {
                true => lock.share().map_err(|error| self.place.no_lock(error))?,
                false => Some(lock),
            };
            // Somebody who goes round the gate came in between.
            let lock = lock.ok_or(SeatError::Busy { by: None })?;
            ones.push(One { ring, number, lock });
        }
        ones.sort_by_key(|one| one.ring.module.is_some());
        for one in &ones {
            if one.ring.module.is_some() {
                record.pools.insert(one.ring.prefix.clone(), one.number);
            }
            one.ring.mark(&self.place, one.number, false);
        }
        Ok(Chosen {
            ones,
            record,
            fresh,
            shared,
        })
    }

    /// A free seat of each ring for somebody, who may share one already, where the rules, as it stands with them, give it and those who wait leave it.
    pub(super) fn fresh(
        &self,
        missing: &[Ring],
        (who, shares): (&Somebody, Option<u16>),
        mut standing: Option<Standing<'_>>,
        moment: &Moment,
        ticket: Option<&Ticket>,
    ) -> Result<Vec<One>, SeatError> {
        if missing.is_empty() && standing.is_none() {
            return Ok(Vec::new());
        }
        let ahead = Ticket::ahead(ticket, &self.place);
        let mut supply = Supply::new();
        for ring in self.rings() {
            let needed = missing.iter().any(|it| it.prefix == ring.prefix);
            if !needed && ahead.is_empty() {
                continue;
            }
            let beyond = self.held_beyond(&ring, moment)?;
            let kept = standing.as_ref().map_or(0, |it| it.kept(&ring));
            let found = self.free(&ring, 1 + ahead.len() + beyond + kept, moment)?;
            let left = found.len().saturating_sub(beyond);
            supply.push((ring, found, left));
        }
        for other in &ahead {
            self.serve(other, &mut supply, standing.as_mut());
        }
        if let Some(standing) = &standing {
            let missing: Vec<&Ring> = missing.iter().collect();
            let left = |ring: &Ring| left_of(&supply, ring);
            let against = standing.allows(who, &missing, left, shares).err();
            if let Some(against) = against {
                drop(supply);
                return Err(self.against(&against, moment));
            }
        }
        let mut ones = Vec::new();
        for ring in missing {
            let found = supply.iter_mut().find(|(it, ..)| it.prefix == ring.prefix);
            match found
                .filter(|(.., left)| *left > 0)
                .and_then(|it| it.1.pop())
            {
                Some(one) => ones.push(one),
                None => {
                    drop(supply);
                    drop(ones);
                    return Err(self.none_left(ring, moment));
                }
            }
        }
        Ok(ones)
    }

    pub(super) fn none_left(&self, ring: &Ring, moment: &Moment) -> SeatError {
        match self.look_under_the_gate(moment) {
            Ok(look) => SeatError::NoSeat {
                lacks: ring.module.clone(),
                look: Box::new(look),
            },
            Err(error) => error,
        }
    }

    /// The seat that processes or leases of the same user, session or host hold already, with its modules; empty where there is none.
    fn joined(
        &self,
        who: &Who,
        record: &mut Record,
        moment: &Moment,
    ) -> Result<Vec<One>, SeatError> {
        let unit = self.counted.unit;
        let Some(sharers) = Sharers::of(&self.place, unit, &who.user, &who.host) else {
            return Ok(Vec::new());
        };
        let same = |other: &Record, owner: Option<u32>| sharers.have(other, owner);
        let own = Ring::of_license(self.counted.seats);
        let last = self.last(&own)?;
        let mut found: Vec<(u16, Record, bool)> = Vec::new();
        for slots in Slots::all(&self.place, RECORDS, "") {
            let all = slots.read_all::<Record>(last).into_iter();
            let all = all.filter(|(_, other)| same(other, slots.owner));
            found.extend(all.map(|(number, other)| (number, other, false)));
        }
        for slots in Slots::all(&self.place, LEASES, &own.leases_of("")) {
            let all = slots.read_all::<Lease>(last).into_iter();
            let all = all.filter(|(_, it)| same(&it.record, slots.owner) && it.holds(moment));
            found.extend(all.map(|(number, lease)| (number, lease.record, true)));
        }
        for (number, other, leased) in found {
            let is_anothers = |ring: &Ring, number| {
                let ours = (other.since(), Some(&sharers));
                self.is_anothers(ring, number, ours, |_| false, moment)
            };
            if is_anothers(&own, number)? {
                continue;
            }
            let Some(lock) = self.join(&own, number, leased)? else {
                continue;
            };
            let mut ones = vec![One {
                ring: own.clone(),
                number,
                lock,
            }];
            for ring in self.rings() {
                let Some(number) = other.pools.get(&ring.prefix) else {
                    continue;
                };
                if is_anothers(&ring, *number)? {
                    continue;
                }
                if let Some(lock) = self.join(&ring, *number, leased)? {
                    let number = *number;
                    ones.push(One { ring, number, lock });
                }
            }
            record.since = other.since.min(record.since);
            return Ok(ones);
        }
        Ok(Vec::new())
    }

    /// Shares the lock of a seat that is in use; one that is free is left alone, unless a lease holds it.
    fn join(&self, ring: &Ring, number: u16, leased: bool) -> Result<Option<Lock>, SeatError> {
        match ring.lock(&self.place, number)? {
            Some(lock) if leased => lock.share().map_err(|error| self.place.no_lock(error)),
            Some(_) => Ok(None),
            None => match ring.open(&self.place, number)? {
                Some(file) => Lock::shared(file, self.place.lock_kind())
                    .map_err(|error| self.place.no_lock(error)),
                None => Ok(None),
            },
        }
    }
}
