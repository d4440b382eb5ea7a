//! Taking a seat back: who has it, and ending what no process holds.

use std::fs::File;
use std::time::Duration;

use super::counted::Seats;
use super::error::SeatError;
use super::event::Event;
use super::files;
use super::gate::Gate;
#[cfg(unix)]
use super::kernel;
use super::leases::{Lease, Leases};
use super::loan::Picked;
use super::lockers::{Locker, lockers};
use super::look::account_of;
use super::marks::{Mark, Marks, is_of_this_system};
use super::persons::Persons;
use super::place::{LEASES, RECORDS};
use super::process::Process;
use super::record::Record;
use super::ring::{One, Ring};
use super::slots::Slots;
use super::taken_back::{Kept, TakenBack};
use super::who::{Moment, Who, plain};
use crate::holder::{Doing, StorageError};
use crate::messages::seats as messages;
use crate::protocol::date::Seconds;

/// What holds a seat.
#[derive(Clone, Debug, Default)]
pub struct Hold {
    /// The seat, and those of modules that are written with it.
    pub takes: Picked,
    /// The processes that have its lock, as far as this user sees them.
    pub holders: Vec<Locker>,
    /// Those that somebody wrote down as his, who may have written what he liked.
    pub written: Vec<Process>,
    /// The accounts that wrote something down for it.
    writers: Vec<Option<u32>>,
    /// Whether a process has it, be it seen or not.
    pub locked: bool,
    /// The leases that hold it.
    pub leases: Vec<SeenLease>,
    /// The computers on which it is held, where that is not this one.
    pub elsewhere: Vec<String>,
}

/// A lease of a seat, as it was seen: the same account may have another one of it later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenLease {
    /// Who has it, as whoever took it says.
    pub user: String,
    /// The account that has it; none where that says nothing of the user.
    pub account: Option<String>,
    owner: Option<u32>,
    since: Seconds,
}

impl SeenLease {
    fn is(&self, lease: &Lease, owner: Option<u32>) -> bool {
        (self.owner, self.since) == (owner, lease.record.since())
    }
}

impl Hold {
    /// Whether a process may be ended for it: of the account that took the lock, or that wrote the seat down as its own. Whoever has a lock can hand it to the
    /// processes of others, which have no seat by that.
    pub fn may_be_ended(&self, holder: &Locker) -> bool {
        let took = |it: &&Locker| it.locked_by == Some(it.process.id);
        let takers = self.holders.iter().filter(took).map(|it| it.owner);
        let mut accounts = takers.chain(self.writers.iter().copied());
        holder.owner.is_some() && accounts.any(|it| it == holder.owner)
    }

    /// The processes that somebody wrote down as his and that have it indeed: programs, and not what waits for their ends. Where there are none, all that have it.
    pub fn programs(&self) -> Vec<&Locker> {
        let written = |it: &&Locker| self.written.contains(&it.process);
        let programs: Vec<&Locker> = self.holders.iter().filter(written).collect();
        match programs.is_empty() {
            true => self.holders.iter().collect(),
            false => programs,
        }
    }
}

impl Seats {
    /// What holds a seat of the license. Waits for nobody.
    ///
    /// # Errors
    /// What the disk says.
    pub fn hold_of(&self, seat: u16, moment: &Moment) -> Result<Hold, SeatError> {
        let found = self.holds_of(&[seat], moment)?.pop();
        Ok(found.unwrap_or_default())
    }

    /// The same of several: all processes of the host are gone through once.
    ///
    /// # Errors
    /// What the disk says.
    pub fn holds_of(&self, seats: &[u16], moment: &Moment) -> Result<Vec<Hold>, SeatError> {
        let ring = Ring::of_license(self.counted.seats);
        let moment = &self.moment(moment);
        let (mut holds, mut files) = (Vec::new(), Vec::new());
        for seat in seats {
            let mut hold = Hold::default();
            hold.takes.seat = *seat;
            if let Some(file) = ring.open(&self.place, *seat)? {
                // Without the gate somebody who only looks may have it just now.
                let gate = Gate::now(&self.place)?;
                hold.locked = gate.is_none() || ring.lock(&self.place, *seat)?.is_none();
                drop(gate);
                self.elsewhere(&mut hold, &file)?;
                files.push((holds.len(), file));
            }
            holds.push(hold);
        }
        let opened: Vec<&File> = files.iter().map(|(_, file)| file).collect();
        let found = lockers(&opened).into_iter();
        for ((at, _), holders) in files.iter().zip(found) {
            if let Some(hold) = holds.get_mut(*at) {
                hold.holders = holders;
                self.written_of(hold, &ring, moment);
            }
        }
        Ok(holds)
    }

    /// Adds on which other computers a seat is held.
    fn elsewhere(&self, hold: &mut Hold, file: &File) -> Result<(), SeatError> {
        if !hold.locked || !self.place.is_common() {
            return Ok(());
        }
        let seat = hold.takes.seat;
        let failed = |error| StorageError::new(Doing::Read, self.place.directory(), error);
        let marks = Marks::read(file).map_err(failed)?;
        if !marks.are_elsewhere(&self.place) {
            return Ok(());
        }
        for slots in Slots::all(&self.place, RECORDS, "") {
            let record = slots.read::<Record>(seat);
            let there = record.filter(|it| {
                let mark = it.mark.as_ref();
                mark.is_some_and(|it| marks.has(it) && !is_of_this_system(&self.place, it))
            });
            hold.elsewhere.extend(there.and_then(|it| it.computer));
        }
        if hold.elsewhere.is_empty() {
            hold.elsewhere.push(messages::another_computer().to_owned());
        }
        Ok(())
    }

    /// Adds what is written of a seat.
    fn written_of(&self, hold: &mut Hold, ring: &Ring, moment: &Moment) {
        let seat = hold.takes.seat;
        for slots in Slots::all(&self.place, RECORDS, "") {
            let Some(record) = slots.read::<Record>(seat) else {
                continue;
            };
            let of_here = |mark: &Mark| is_of_this_system(&self.place, mark);
            if !record.mark.as_ref().is_none_or(of_here) {
                continue;
            }
            let (id, began) = (record.process, record.began);
            let process = Process { id, began };
            if hold.holders.iter().any(|it| it.process == process) {
                hold.takes.pools.extend(record.pools);
            }
            hold.written.push(process);
            hold.writers.push(slots.owner);
        }
        for slots in Slots::all(&self.place, LEASES, &ring.leases_of("")) {
            let lease = slots.read::<Lease>(seat).filter(|it| it.holds(moment));
            let Some(Lease { record, .. }) = lease else {
                continue;
            };
            hold.leases.push(SeenLease {
                account: account_of(&self.place, slots.owner, &record.user),
                owner: slots.owner,
                since: record.since(),
                user: record.user,
            });
            hold.takes.pools.extend(record.pools);
        }
    }

    /// Before a seat is taken back: whoever has it is told why, it is kept for a user, so that nobody is faster, and the leases that were seen of it are ended:
    /// whether there was one still. What is kept of its modules is kept, too. Where a lease cannot be ended nothing is kept, and nobody told.
    ///
    /// # Errors
    /// [`SeatError::Busy`]; what the disk says, which lets only root write what is another's.
    pub fn begin_to_take_back(
        &self,
        hold: &Hold,
        processes: &[Process],
        reason: &str,
        keep: Option<(&str, Duration)>,
        moment: &Moment,
    ) -> Result<bool, SeatError> {
        let _gate = self.gate()?;
        let moment = &self.moment(moment);
        let before = TakenBack::read_to_change(&self.place)?;
        let all = before.clone();
        let all = all.with(&hold.takes, processes, reason, keep, moment);
        all.write(&self.place)?;
        let ended = self.end_leases(hold, moment);
        if ended.is_err() {
            // The first failure is said.
            let _ = before.write(&self.place);
        }
        ended
    }

    /// When a seat was taken back, or could not be: for whom it is kept from now on.
    ///
    /// # Errors
    /// [`SeatError::Busy`]; what the disk says.
    pub fn keep_for(
        &self,
        takes: &Picked,
        keep: Option<(&str, Duration)>,
        moment: &Moment,
    ) -> Result<(), SeatError> {
        let _gate = self.gate()?;
        let moment = &self.moment(moment);
        let before = TakenBack::read_to_change(&self.place)?;
        let all = before.with(takes, &[], "", keep, moment);
        Ok(all.write(&self.place)?)
    }

    /// Keeps a seat that is kept already for this user instead, or no more: for whom it was kept, none where it was for nobody. What is kept of its modules is
    /// kept with it.
    ///
    /// # Errors
    /// [`SeatError::Busy`]; what the disk says.
    pub fn keep_instead(
        &self,
        seat: u16,
        keep: Option<(&str, Duration)>,
        moment: &Moment,
    ) -> Result<Option<String>, SeatError> {
        let _gate = self.gate()?;
        let moment = &self.moment(moment);
        let before = TakenBack::read_to_change(&self.place)?;
        let mut kept = before.clone().kept(moment).into_iter();
        let Some(kept) = kept.find(|it| it.takes.seat == seat) else {
            return Ok(None);
        };
        let all = before.with(&kept.takes, &[], "", keep, moment);
        all.write(&self.place)?;
        Ok(Some(kept.user))
    }

    /// Those of these seats that are kept for whoever asks, each locked; none where an earlier license had more seats that are still in use. Nobody has what is
    /// kept for another by naming him: who he is goes as for the rules. Under the gate.
    pub(super) fn kept_for(
        &self,
        who: &Who,
        missing: &[Ring],
        moment: &Moment,
    ) -> Result<Vec<One>, SeatError> {
        let kept = TakenBack::read(&self.place).kept(moment);
        if kept.is_empty() {
            return Ok(Vec::new());
        }
        let asks = Persons::of(self, self.rules()?).asks(who, &[]);
        self.kept_of(&kept, asks.person().user, missing, moment)
    }

    /// The same of what is kept, for whoever is known to be this user.
    pub(super) fn kept_of(
        &self,
        kept: &[Kept],
        user: Option<&str>,
        missing: &[Ring],
        moment: &Moment,
    ) -> Result<Vec<One>, SeatError> {
        let user = user.map(plain);
        let lent = self.lent(moment)?;
        let mut ones: Vec<One> = Vec::new();
        for it in kept.iter().filter(|it| Some(&it.user) == user.as_ref()) {
            for ring in missing {
                let has = ones.iter().any(|one| one.ring.prefix == ring.prefix);
                let number = it
                    .takes
                    .of(ring)
                    .filter(|number| (1..=ring.seats).contains(number));
                let Some(number) = number.filter(|_| !has) else {
                    continue;
                };
                if self.held_beyond(ring, moment)? > 0 {
                    continue;
                }
                // A lease and a loan have no lock.
                let leased = Leases::of(&self.place, ring)?.hold(number, moment);
                if leased || lent.takes(ring, number) {
                    continue;
                }
                if let Some(lock) = ring.lock(&self.place, number)? {
                    let ring = ring.clone();
                    ones.push(One { ring, number, lock });
                }
            }
        }
        Ok(ones)
    }

    /// Ends the leases that were seen of a seat, and theirs of its modules; nothing where they are over by now. Under the gate.
    fn end_leases(&self, hold: &Hold, moment: &Moment) -> Result<bool, SeatError> {
        let seat = hold.takes.seat;
        let own = Ring::of_license(self.counted.seats);
        let mut ended = false;
        for slots in Leases::of(&self.place, &own)?.files {
            let was_seen = |it: &Lease| hold.leases.iter().any(|seen| seen.is(it, slots.owner));
            let lease = slots.read::<Lease>(seat).filter(|it| it.holds(moment));
            let Some(lease) = lease.filter(was_seen) else {
                continue;
            };
            let modules = lease.record.pools.iter();
            let modules =
                modules.filter_map(|(name, number)| Some((Ring::as_named(name)?, *number)));
            for (ring, number) in modules {
                for of_module in Leases::of(&self.place, &ring)?.files {
                    let same = of_module.owner == slots.owner;
                    let held = of_module.read::<Lease>(number).filter(|_| same);
                    if held.is_some_and(|it| it.record.since() == lease.record.since()) {
                        self.end_lease(&of_module, number)?;
                        ring.mark(&self.place, number, true);
                    }
                }
            }
            self.end_lease(&slots, seat)?;
            own.mark(&self.place, seat, true);
            ended = true;
            // In the log of whoever had it stands no end.
            self.place.note(
                moment.wall,
                Event::Over {
                    account: slots.owner,
                    seat,
                    process: 0,
                    since: lease.record.since(),
                },
            );
        }
        Ok(ended)
    }

    fn end_lease(&self, slots: &Slots, number: u16) -> Result<(), SeatError> {
        let path = self.place.path(LEASES);
        let failed = |doing, error| StorageError::new(doing, &path, error);
        let written = slots.writable().and_then(|own| {
            own.write::<Lease>(number, None)?;
            Ok(own)
        });
        let own = written.map_err(|error| failed(Doing::Write, error))?;
        let settled = own.settle();
        Ok(settled.map_err(|error| failed(Doing::Settle, error))?)
    }

    /// Notes that a seat was taken back, and why.
    pub fn note_taken_back(&self, seat: u16, reason: &str, moment: &Moment) {
        let reason = super::event::field(reason);
        self.place.note(
            self.moment(moment).wall,
            Event::Disconnected { seat, reason },
        );
    }
}

impl Slots {
    /// The same file, to be written by root: no link and no other name of a file of somebody else.
    fn writable(&self) -> std::io::Result<Slots> {
        let file = files::open(&self.path)?;
        #[cfg(unix)]
        if std::os::unix::fs::MetadataExt::nlink(&file.metadata()?) != 1
            || kernel::owner(&file) != self.owner
        {
            return Err(std::io::ErrorKind::InvalidInput.into());
        }
        let (path, owner) = (self.path.clone(), self.owner);
        Ok(Slots { path, file, owner })
    }
}
