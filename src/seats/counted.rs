//! The seats of a license on this host, and which of them are free.

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::Arc;
use std::time::Duration;

use super::basis::{Basis, BasisOfOne, Turn};
use super::error::SeatError;
use super::files;
use super::gate::{Gate, Later};
use super::leases::Leases;
use super::lent::LentOut;
use super::locks::Lock;
use super::marks::{RENEWED, is_of_this_system};
use super::place::{GATE, Place};
use super::record::Record;
use super::ring::{One, Pool, Ring};
use super::seen::NoRules;
use super::slots::Slots;
use super::taken_back::{self, TakenBack};
use super::who::Moment;
use crate::holder::{Doing, HolderError, StorageError, is_anothers};
use crate::license_key::LicenseKey;
use crate::messages::seats as messages;
use crate::protocol::contents::Contents;
use crate::protocol::date::Day;
use crate::protocol::product::{Entry, Product, SeatUnit};
use crate::protocol::site_rules::Rules;

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

impl Counted {
    /// Of so many seats, and of the modules among what a verified grant contains, without those that ended before this day.
    pub fn of(product: &Product, seats: u16, contents: &Contents, today: Day) -> Counted {
        let pools = contents.on(today).pools;
        let catalogue = (0..).zip(&product.catalogue);
        let held = catalogue.filter_map(|(index, (entry, name))| {
            let (_, most) = pools.iter().find(|(known, _)| known == name)?;
            (*entry == Entry::Pool).then(|| Pool {
                index,
                name: name.clone(),
                seats: u16::try_from(*most).unwrap_or(u16::MAX),
            })
        });
        Counted {
            seats,
            pools: held.collect(),
            unit: product.seat.unwrap_or_default(),
        }
    }
}

/// The seats of a license on this host.
#[derive(Debug)]
pub struct Seats {
    pub(super) place: Place,
    pub(super) key: LicenseKey,
    pub(super) counted: Counted,
    /// The rules of its site, or why they are not known.
    pub(super) rules: Result<Rules, NoRules>,
    /// What this host is called.
    pub(super) host: Option<String>,
    /// By what a seat is given; none where the caller has seen to that.
    pub(super) basis: Option<BasisOfOne>,
    /// Whose turn goes on although that was changed.
    pub(super) turn: RefCell<Option<Turn>>,
    /// Whether it was seen that a lock keeps others out.
    pub(super) locks_hold: Cell<bool>,
    /// This user's records, once a seat was taken.
    pub(super) own: OnceCell<Option<Arc<Slots>>>,
    /// What is noted when the gate is let go.
    pub(super) later: Later,
    /// How often whoever holds a seat that several computers share says that he does.
    pub(super) renewed: Duration,
}

impl Seats {
    /// Those of a license that holds here, which are made where they are missing and this user owns the home.
    ///
    /// # Errors
    /// [`SeatError::NotMade`] in another's home; [`SeatError::NoLocks`] on a file system whose locks keep nobody apart, [`SeatError::NotShared`] on one that other
    /// computers share unless the owner has said that they do; what the disk says.
    pub fn open(place: Place, key: LicenseKey, counted: Counted) -> Result<Seats, SeatError> {
        let seats = Seats::open_as_it_is(place, key, counted)?;
        seats.place.has_locks()?;
        Ok(seats)
    }

    /// The same wherever they lie, for whoever says that other computers share them.
    ///
    /// # Errors
    /// [`SeatError::NotMade`] in another's home; what the disk says.
    pub fn open_as_it_is(
        place: Place,
        key: LicenseKey,
        counted: Counted,
    ) -> Result<Seats, SeatError> {
        let seats = Seats {
            place,
            key,
            counted,
            rules: Ok(Rules::default()),
            host: None,
            basis: None,
            turn: RefCell::default(),
            locks_hold: Cell::new(false),
            own: OnceCell::new(),
            later: Later::default(),
            renewed: RENEWED,
        };
        seats.place.ready(&seats.rings())?;
        Ok(seats)
    }

    /// The same once more, for another thread.
    pub(super) fn again(&self) -> Seats {
        Seats {
            place: self.place.clone(),
            key: self.key,
            counted: self.counted.clone(),
            rules: self.rules.clone(),
            host: self.host.clone(),
            // Whoever took it may have another by the license as it was then.
            basis: None,
            turn: RefCell::default(),
            locks_hold: Cell::new(false),
            own: OnceCell::new(),
            later: Later::default(),
            renewed: self.renewed,
        }
    }

    /// Those of which each that several computers share is renewed so often.
    #[must_use]
    pub fn renewed_each(self, renewed: Duration) -> Seats {
        Seats { renewed, ..self }
    }

    /// This moment, as it counts for the seats: where several computers share them the file server's clock says it.
    pub fn moment(&self, moment: &Moment) -> Moment {
        self.place.moment(moment)
    }

    /// The same by the rules of its site. `host`: what this host is called.
    #[must_use]
    pub fn ruled(self, rules: Result<Rules, NoRules>, host: Option<String>) -> Seats {
        Seats {
            rules,
            host,
            ..self
        }
    }

    /// Those of a license that was checked on this basis. Where it does not stand any more when a seat is asked for, that is
    /// [`SeatError::Changed`](super::SeatError::Changed).
    #[must_use]
    pub(crate) fn on(self, basis: &Basis) -> Seats {
        let one = BasisOfOne::of(basis, &self.place.machine, self.key);
        let basis = Some(one);
        Seats { basis, ..self }
    }

    /// In the place of others, on whose basis nothing is given any more: whoever waited keeps his turn.
    #[must_use]
    pub(crate) fn instead_of(self, before: Option<Seats>) -> Seats {
        let same = before.filter(|it| it.place.directory == self.place.directory);
        if let Some(before) = same {
            self.turn.replace(before.turn.take());
        }
        self
    }

    pub(super) fn stands(&self, moment: &Moment) -> bool {
        self.basis.as_ref().is_none_or(|it| it.stands(moment))
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
        let moment = &self.moment(moment);
        let lent = self.lent(moment)?;
        for ring in self.rings() {
            for number in self.beyond(&ring)?.into_iter().rev() {
                let leases = Leases::of(&self.place, &ring)?;
                let leased = leases.hold(number, moment);
                let kept = leased || lent.takes(&ring, number);
                if kept || ring.lock(&self.place, number)?.is_none() {
                    break;
                }
                let path = self.place.path(&ring.name(number));
                let failed = |error| StorageError::new(Doing::Write, &path, error);
                files::remove(&path).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// Refuses who is neither the owner of the home nor root.
    ///
    /// # Errors
    /// [`HolderError::NotOwner`].
    pub fn owned(&self) -> Result<(), SeatError> {
        match is_anothers(self.place.directory()) {
            true => Err(HolderError::NotOwner {
                directory: self.place.machine.clone(),
            }
            .into()),
            false => Ok(()),
        }
    }

    /// What is lent elsewhere now.
    pub(super) fn lent(&self, moment: &Moment) -> Result<LentOut, SeatError> {
        Ok(LentOut::read(&self.place)?.at(moment.wall))
    }

    /// Whether what is written of a seat is of a process that runs: of another computer's the file of the seat says it.
    pub(super) fn lives(&self, number: u16, record: &Record) -> bool {
        let elsewhere = |mark: &&String| !is_of_this_system(&self.place, mark);
        match record.mark.as_ref().filter(elsewhere) {
            None => record.lives(),
            Some(mark) => {
                let marks = Ring::of_license(self.counted.seats).marks(&self.place, number);
                marks.is_ok_and(|it| it.is_some_and(|it| it.has(mark)))
            }
        }
    }

    /// All rings, the license's own first.
    pub(super) fn rings(&self) -> Vec<Ring> {
        let own = Ring::of_license(self.counted.seats);
        let pools = self.counted.pools.iter();
        std::iter::once(own)
            .chain(pools.map(|pool| Ring::of_pool(pool, self.counted.seats)))
            .collect()
    }

    /// The gate, behind which locks were seen to keep others out.
    pub(super) fn gate(&self) -> Result<Gate, SeatError> {
        let gate = Gate::wait(&self.place)?;
        if !self.locks_hold.get() {
            let path = self.place.path(GATE);
            let failed = |error| StorageError::new(Doing::Read, &path, error);
            let file = files::open_lock(&self.place, &path).map_err(failed)?;
            let again = Lock::alone(file, self.place.lock_kind());
            if again.map_err(|error| self.place.no_lock(error))?.is_some() {
                return Err(self.place.without_locks(messages::exclude_nobody()));
            }
            self.locks_hold.set(true);
        }
        Ok(gate.noting(&self.place, &self.later))
    }

    /// Locks so many free seats of a ring as are needed, fewer where there are no more.
    pub(super) fn free(
        &self,
        ring: &Ring,
        needed: usize,
        moment: &Moment,
    ) -> Result<Vec<One>, SeatError> {
        let leases = Leases::of(&self.place, ring)?;
        let lent = self.lent(moment)?;
        let kept = TakenBack::read(&self.place).kept(moment);
        let mut found = Vec::new();
        for number in ring.search(&self.place) {
            if found.len() >= needed {
                break;
            }
            if lent.takes(ring, number) || leases.hold(number, moment) {
                continue;
            }
            if taken_back::keeps(&kept, ring, number) {
                continue;
            }
            if let Some(lock) = ring.lock(&self.place, number)? {
                let ring = ring.clone();
                found.push(One { ring, number, lock });
            }
        }
        Ok(found)
    }

    /// The last seat of a ring that may be held: what is written of others is of no seat, however much a user writes.
    pub(super) fn last(&self, ring: &Ring) -> Result<u16, SeatError> {
        let beyond = self.beyond(ring)?;
        Ok(beyond.last().copied().unwrap_or(ring.seats))
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

    pub(super) fn held_beyond(&self, ring: &Ring, moment: &Moment) -> Result<usize, SeatError> {
        let beyond = self.beyond(ring)?;
        let mut held = self.lent(moment)?.beyond(ring);
        if beyond.is_empty() {
            return Ok(held);
        }
        let leases = Leases::of(&self.place, ring)?;
        for number in beyond {
            let leased = leases.hold(number, moment);
            if leased || ring.lock(&self.place, number)?.is_none() {
                held += 1;
            }
        }
        Ok(held)
    }
}
