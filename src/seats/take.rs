//! Taking a seat: what is decided under the gate.

use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::error::SeatError;
use super::files;
use super::gate::Gate;
use super::leases::{self, Lease, Leased, Token};
use super::locks::Lock;
use super::look::Look;
use super::place::{GATE, LEASES, Place, RECORDS};
use super::record::{Holding, Record, Slots};
use super::ring::{One, Pool, Ring};
use super::seat::Seat;
use super::tickets::{Ticket, Waits};
use super::who::{Moment, Who};
use crate::holder::{Doing, StorageError};
use crate::license_key::LicenseKey;
use crate::messages::seats as messages;
use crate::protocol::product::SeatUnit;

/// What a license gives, by its verified grant and its product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Seats at once.
    pub seats: u16,
    /// Modules with seats of their own.
    pub pools: Vec<Pool>,
    /// What one seat counts.
    pub unit: SeatUnit,
}

/// Who wants a seat, what for, and how long he waits.
pub struct Ask<'a> {
    /// Who.
    pub who: &'a Who,
    /// The features and modules to be used: of a module with seats of its own one is taken, too.
    pub features: &'a [String],
    /// How it is to be held.
    pub holding: Holding,
    /// How long is waited for a seat, in the order of those who came; 0: not at all.
    pub patience: Duration,
    /// The moment at which it is asked.
    pub now: &'a dyn Fn() -> Moment,
}

/// The seats of a license on this host.
#[derive(Debug)]
pub struct Seats {
    pub(super) place: Place,
    pub(super) key: LicenseKey,
    pub(super) counted: Counted,
    /// Whether it was seen that a lock keeps others out.
    locks_hold: Cell<bool>,
    /// This user's records, once a seat was taken.
    own: OnceCell<Option<Arc<Slots>>>,
}

/// How often somebody who waits looks again.
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);
/// The shortest lease: whoever forgets to keep it shall not lose it between two clicks.
const SHORTEST_LEASE: Duration = Duration::from_secs(30);

/// What was decided.
struct Chosen {
    ones: Vec<One>,
    record: Record,
    shared: bool,
}

impl Seats {
    /// Those of a license that holds here, which are made where they are missing and this user owns the home.
    ///
    /// # Errors
    /// [`SeatError::NotMade`] in another's home; [`SeatError::NoLocks`] on a file system that other hosts share; what the disk says.
    pub fn open(place: Place, key: LicenseKey, counted: Counted) -> Result<Seats, SeatError> {
        let seats = Seats {
            place,
            key,
            counted,
            locks_hold: Cell::new(false),
            own: OnceCell::new(),
        };
        seats.place.ready(&seats.rings())?;
        Ok(seats)
    }

    /// Takes a seat; at most ten seconds are waited for whoever decides just now. What shares a seat by the product's unit joins its own; whoever waits comes
    /// first.
    ///
    /// # Errors
    /// [`SeatError::NoSeat`] with who holds them; [`SeatError::Busy`]; what the disk says.
    pub fn take(&self, ask: &Ask<'_>) -> Result<Seat, SeatError> {
        self.in_turn(ask, |who, moment, ticket| {
            let chosen = self.decide(who, ask, moment, ticket)?;
            let own = || {
                let own = Slots::own(&self.place, RECORDS, str::to_owned);
                own.ok().map(Arc::new)
            };
            let own = self.own.get_or_init(own).clone();
            if let (Some(own), Some(one)) = (&own, chosen.ones.first()) {
                // What cannot be written is not shown. The lock is the seat.
                let _ = own.write(one.number, Some(&chosen.record));
            }
            Ok(Seat {
                place: self.place.clone(),
                ones: chosen.ones,
                own,
                record: chosen.record,
                shared: chosen.shared,
            })
        })
    }

    /// Takes a seat that no process holds, for a time of at least 30 seconds; `secret` is random.
    ///
    /// # Errors
    /// As [`Seats::take`]; and where the lease cannot be kept, for then nothing would hold the seat.
    pub fn lease(
        &self,
        ask: &Ask<'_>,
        span: Duration,
        secret: [u8; 16],
    ) -> Result<Leased, SeatError> {
        self.in_turn(ask, |who, moment, ticket| {
            let chosen = self.decide(who, ask, moment, ticket)?;
            let span = span.max(SHORTEST_LEASE);
            let seat = chosen.ones.first().map_or(0, |one| one.number);
            let token = Token::new(self.key, seat, secret);
            let mut until = moment.wall;
            // The modules first: a seat that is leased without them would be half of one.
            for one in chosen.ones.iter().rev() {
                let slots = self.own_leases(&one.ring)?;
                let known = slots.read::<Lease>(one.number);
                let mut lease = match known.filter(|lease| lease.holds(moment)) {
                    Some(mut lease) => {
                        lease.renew(span.max(lease.span()), moment);
                        lease.with(&chosen.record);
                        lease
                    }
                    None => Lease::new(chosen.record.clone(), span, moment),
                };
                lease.add(&token);
                self.keep_lease(&slots, one.number, Some(&lease))?;
                until = lease.until();
            }
            Ok(Leased { token, until, span })
        })
    }

    /// Decides under the gate; where there is no seat, again and again with a place in the queue, for as long as is waited.
    fn in_turn<T>(
        &self,
        ask: &Ask<'_>,
        decide: impl Fn(&Who, &Moment, Option<&Ticket>) -> Result<T, SeatError>,
    ) -> Result<T, SeatError> {
        let who = ask.who.plain();
        let mut ticket = None;
        // Counted in sleep: the library reads no clock.
        let mut slept = Duration::ZERO;
        loop {
            let decided = self.gate().and_then(|gate| {
                let decided = decide(&who, &(ask.now)(), ticket.as_ref());
                drop(gate);
                decided
            });
            match decided {
                Err(SeatError::NoSeat { .. } | SeatError::Busy { .. }) if slept < ask.patience => {}
                done => return done,
            }
            if ticket.is_none() {
                match self.gate() {
                    Ok(gate) => {
                        let wanted = self.wanted(ask.features);
                        ticket = Some(Ticket::draw(&self.place, &wanted, who.process.id)?);
                        drop(gate);
                    }
                    Err(SeatError::Busy { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            let next = BETWEEN_LOOKS.min(ask.patience - slept);
            std::thread::sleep(next);
            slept += next;
        }
    }

    /// Keeps a leased seat for another span from now, by default the one with which it was taken.
    ///
    /// # Errors
    /// [`SeatError::UnknownToken`] where the lease is over, or is another user's.
    pub fn keep(
        &self,
        token: &Token,
        span: Option<Duration>,
        moment: &Moment,
    ) -> Result<Leased, SeatError> {
        let _gate = self.gate()?;
        let mut kept = None;
        for (ring, number, mut lease) in self.leased_by(token, moment) {
            let span = span.unwrap_or(lease.span()).max(SHORTEST_LEASE);
            lease.renew(span, moment);
            self.keep_lease(&self.own_leases(&ring)?, number, Some(&lease))?;
            kept = Some(Leased {
                token: token.clone(),
                until: lease.until(),
                span,
            });
        }
        kept.ok_or(SeatError::UnknownToken)
    }

    /// Gives a leased seat back.
    ///
    /// # Errors
    /// As [`Seats::keep`].
    pub fn release(&self, token: &Token, moment: &Moment) -> Result<(), SeatError> {
        let _gate = self.gate()?;
        let held = self.leased_by(token, moment);
        if held.is_empty() {
            return Err(SeatError::UnknownToken);
        }
        for (ring, number, mut lease) in held {
            let others = lease.remove(token);
            let slots = self.own_leases(&ring)?;
            self.keep_lease(&slots, number, others.then_some(&lease))?;
            if !others {
                ring.mark(&self.place, number, true);
            }
        }
        Ok(())
    }

    /// Makes what a grant that was just applied needs, and takes away the seats of an earlier one that nobody holds. Those that are held stay until they are
    /// given back.
    ///
    /// # Errors
    /// As [`Seats::take`].
    pub fn settle(&self, moment: &Moment) -> Result<(), SeatError> {
        if crate::holder::is_anothers(self.place.directory()) {
            return Ok(());
        }
        let _gate = self.gate()?;
        for ring in self.rings() {
            for number in self.beyond(&ring)?.into_iter().rev() {
                let leases = Slots::all(&self.place, LEASES, &ring.leases_of(""));
                let leased = leases::of_seat(&leases, number, moment).is_some();
                if leased || ring.lock(&self.place, number)?.is_none() {
                    break;
                }
                let path = self.place.path(&ring.name(number));
                let failed = |error| StorageError::new(Doing::Write, &path, error);
                std::fs::remove_file(&path).map_err(failed)?;
            }
        }
        Ok(())
    }

    fn keep_lease(
        &self,
        slots: &Slots,
        number: u16,
        lease: Option<&Lease>,
    ) -> Result<(), SeatError> {
        let written = slots.write(number, lease).and_then(|()| slots.settle());
        let path = self.place.path(LEASES);
        written.map_err(|error| StorageError::new(Doing::Write, &path, error).into())
    }

    fn own_leases(&self, ring: &Ring) -> Result<Slots, SeatError> {
        Slots::own(&self.place, LEASES, |user| ring.leases_of(user))
    }

    /// What this user's token holds: a seat, and those of modules.
    fn leased_by(&self, token: &Token, moment: &Moment) -> Vec<(Ring, u16, Lease)> {
        let mut held = Vec::new();
        let mut pools = BTreeMap::new();
        for ring in self.rings() {
            let number = match ring.module {
                None => Some(&token.seat),
                Some(_) => pools.get(&ring.prefix),
            };
            let Some((number, slots)) = number.copied().zip(self.own_leases(&ring).ok()) else {
                continue;
            };
            let lease = slots.read::<Lease>(number);
            let Some(lease) = lease.filter(|it| it.has(token) && it.holds(moment)) else {
                continue;
            };
            if ring.module.is_none() {
                pools.clone_from(&lease.record.pools);
            }
            held.push((ring, number, lease));
        }
        held
    }

    /// All rings, the license's own first.
    pub(super) fn rings(&self) -> Vec<Ring> {
        let own = Ring::of_license(self.counted.seats);
        let pools = self.counted.pools.iter();
        std::iter::once(own)
            .chain(pools.map(|pool| Ring::of_pool(pool, self.counted.seats)))
            .collect()
    }

    /// Those of which a seat is wanted.
    fn wanted(&self, features: &[String]) -> Vec<Ring> {
        let mut rings = self.rings();
        rings.retain(|ring| match &ring.module {
            None => true,
            Some(module) => features.contains(module),
        });
        rings
    }

    /// The gate, behind which locks were seen to keep others out.
    pub(super) fn gate(&self) -> Result<Gate, SeatError> {
        let gate = Gate::wait(&self.place)?;
        if !self.locks_hold.get() {
            let path = self.place.path(GATE);
            let failed = |error| StorageError::new(Doing::Read, &path, error);
            let again = Lock::alone(files::open(&path).map_err(failed)?);
            if again.map_err(|error| self.place.no_lock(error))?.is_some() {
                return Err(self.place.without_locks(messages::exclude_nobody()));
            }
            self.locks_hold.set(true);
        }
        Ok(gate)
    }

    /// Which seats are taken, under the gate.
    fn decide(
        &self,
        who: &Who,
        ask: &Ask<'_>,
        moment: &Moment,
        ticket: Option<&Ticket>,
    ) -> Result<Chosen, SeatError> {
        let mut record = Record::new(who, ask.holding, ask.features, moment);
        let mut ones = self.joined(who, &mut record, moment)?;
        let mut missing = self.wanted(ask.features);
        missing.retain(|ring| ones.iter().all(|one| one.ring.prefix != ring.prefix));
        let shared = who.key(self.counted.unit).is_some();
        for one in self.fresh(&missing, moment, ticket)? {
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
            shared,
        })
    }

    /// A free seat of each ring, where those who wait leave one.
    fn fresh(
        &self,
        missing: &[Ring],
        moment: &Moment,
        ticket: Option<&Ticket>,
    ) -> Result<Vec<One>, SeatError> {
        if missing.is_empty() {
            return Ok(Vec::new());
        }
        let ahead = Ticket::ahead(ticket, &self.place);
        let mut supply = Vec::new();
        for ring in self.rings() {
            let needed = missing.iter().any(|it| it.prefix == ring.prefix);
            if !needed && ahead.is_empty() {
                continue;
            }
            let beyond = self.held_beyond(&ring, moment)?;
            let found = self.free(&ring, 1 + ahead.len() + beyond, moment)?;
            let left = found.len().saturating_sub(beyond);
            supply.push((ring, found, left));
        }
        for other in &ahead {
            serve(other, &mut supply);
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

    fn none_left(&self, ring: &Ring, moment: &Moment) -> SeatError {
        SeatError::NoSeat {
            lacks: ring.module.clone(),
            look: Box::new(Look::under_the_gate(self, moment)),
        }
    }

    /// Locks so many free seats of a ring as are needed, fewer where there are no more.
    fn free(&self, ring: &Ring, needed: usize, moment: &Moment) -> Result<Vec<One>, SeatError> {
        let leases = Slots::all(&self.place, LEASES, &ring.leases_of(""));
        let mut found = Vec::new();
        for number in ring.search(&self.place) {
            if found.len() >= needed {
                break;
            }
            if leases::of_seat(&leases, number, moment).is_some() {
                continue;
            }
            if let Some(lock) = ring.lock(&self.place, number)? {
                let ring = ring.clone();
                found.push(One { ring, number, lock });
            }
        }
        Ok(found)
    }

    /// The seats beyond those of the license that an earlier one had.
    fn beyond(&self, ring: &Ring) -> Result<Vec<u16>, SeatError> {
        let mut beyond = Vec::new();
        for number in ring.seats.saturating_add(1)..=u16::MAX {
            if number == ring.seats || ring.open(&self.place, number)?.is_none() {
                break;
            }
            beyond.push(number);
        }
        Ok(beyond)
    }

    fn held_beyond(&self, ring: &Ring, moment: &Moment) -> Result<usize, SeatError> {
        let beyond = self.beyond(ring)?;
        if beyond.is_empty() {
            return Ok(0);
        }
        let leases = Slots::all(&self.place, LEASES, &ring.leases_of(""));
        let mut held = 0;
        for number in beyond {
            let leased = leases::of_seat(&leases, number, moment).is_some();
            if leased || ring.lock(&self.place, number)?.is_none() {
                held += 1;
            }
        }
        Ok(held)
    }

    /// The seat that processes or leases of the same user, session or host hold already, with its modules; empty where there is none.
    fn joined(
        &self,
        who: &Who,
        record: &mut Record,
        moment: &Moment,
    ) -> Result<Vec<One>, SeatError> {
        let unit = self.counted.unit;
        let Some(key) = who.key(unit) else {
            return Ok(Vec::new());
        };
        let us = super::kernel::us();
        let same = |other: &Record, owner: Option<u32>| {
            let named = |name: Option<&str>, theirs: &str| name.is_none_or(|it| it == theirs);
            let (user, host) = key;
            named(user, &other.user) && named(host, &other.host) && (user.is_none() || owner == us)
        };
        let own = Ring::of_license(self.counted.seats);
        let mut found: Vec<(u16, Record, bool)> = Vec::new();
        for slots in Slots::all(&self.place, RECORDS, "") {
            let all = slots.read_all::<Record>(u16::MAX).into_iter();
            let all = all.filter(|(_, other)| same(other, slots.owner));
            found.extend(all.map(|(number, other)| (number, other, false)));
        }
        for slots in Slots::all(&self.place, LEASES, &own.leases_of("")) {
            let all = slots.read_all::<Lease>(u16::MAX).into_iter();
            let all = all.filter(|(_, it)| same(&it.record, slots.owner) && it.holds(moment));
            found.extend(all.map(|(number, lease)| (number, lease.record, true)));
        }
        for (number, other, leased) in found {
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
                Some(file) => Lock::shared(file).map_err(|error| self.place.no_lock(error)),
                None => Ok(None),
            },
        }
    }
}

/// Leaves what somebody who came before will take. Who waits for a module of which nothing is free keeps nobody from what is.
fn serve(other: &Waits, supply: &mut [(Ring, Vec<One>, usize)]) {
    let wants = |ring: &Ring| ring.module.is_none() || other.pools.contains(&ring.prefix);
    let mut wanted = supply.iter().filter(|(ring, ..)| wants(ring));
    if wanted.any(|(.., left)| *left == 0) {
        return;
    }
    for (_, _, left) in supply.iter_mut().filter(|(ring, ..)| wants(ring)) {
        *left -= 1;
    }
}
