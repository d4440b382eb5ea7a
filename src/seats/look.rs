//! Looking who holds which seat.

use std::collections::BTreeMap;

use super::counted::Seats;
use super::error::SeatError;
use super::gate::Gate;
use super::kernel;
use super::leases::{Lease, Leases};
use super::lockers::who_locks;
use super::place::{LEASES, Place, RECORDS};
use super::process::Process;
use super::record::Record;
use super::ring::Ring;
use super::seen::{Crowd, KeptFor, Look, NoRules, PoolUse, Shown, Taken};
use super::slots::Slots;
use super::standing::Standing;
use super::taken_back::TakenBack;
use super::tickets;
use super::who::Moment;

const DAY: u32 = 86_400;

/// A seat, the account that leases it with its number, and its lease.
type Leasing = (u16, (Option<String>, Option<u32>), Lease);

impl Seats {
    /// Who holds which seat. Waits for nobody: where another process keeps the gate, what is written is shown.
    ///
    /// # Errors
    /// What the disk says: who may not read what lies here is shown nothing.
    pub fn look(&self, moment: &Moment) -> Result<Look, SeatError> {
        let gate = Gate::now(&self.place)?;
        let moment = &self.moment(moment);
        let look = self.seen(moment, gate.is_some())?;
        drop(gate);
        if look.exact && !look.back.is_empty() {
            self.note_back(&look, moment.wall);
        }
        Ok(look)
    }

    /// The same for whoever keeps the gate.
    pub(super) fn look_under_the_gate(&self, moment: &Moment) -> Result<Look, SeatError> {
        self.seen(moment, true)
    }

    fn seen(&self, moment: &Moment, exact: bool) -> Result<Look, SeatError> {
        let place = &self.place;
        let last = self.last(&Ring::of_license(self.counted.seats))?;
        let mut shown = Vec::new();
        for slots in Slots::all(place, RECORDS, "") {
            let records = slots.read_all::<Record>(last).into_iter();
            shown.extend(records.map(|(number, record)| Shown {
                number,
                account: account_of(place, slots.owner, &record.user),
                owner: slots.owner,
                lives: self.lives(number, &record),
                record,
            }));
        }
        // Of several who wrote of one seat, the last whose process runs has it; nobody can write from the future.
        shown.retain(|it| it.record.since <= moment.wall.0.saturating_add(DAY));
        shown.sort_by_key(|it| (it.lives, it.record.since));
        let mut look = Look {
            seats: self.counted.seats,
            waiting: tickets::waiting(place, exact).len(),
            exact,
            ..Look::default()
        };
        // What cannot be read is said to whoever takes a seat.
        let lent = self.lent(moment).unwrap_or_default();
        let standing = self.standing(moment, exact);
        look.rules = self.rules.as_ref().map_or(0, |it| it.iter().count());
        look.no_rules = standing.as_ref().err().map(|error| NoRules {
            kind: error.kind(),
            why: error.to_string(),
        });
        let standing = standing.ok().flatten();
        look.reservations = standing
            .as_ref()
            .map(Standing::reservations)
            .unwrap_or_default();
        for ring in self.rings() {
            let all = Leases::of(place, &ring)?;
            let leases = leases(place, &all, self.last(&ring)?, moment);
            let held = held(self, &ring, (&all, &leases), &shown, exact)?;
            match &ring.module {
                Some(name) => {
                    let in_use = u16::try_from(held.len()).unwrap_or(u16::MAX);
                    let in_use = in_use.saturating_add(lent.count(&ring));
                    let kept = standing.as_ref().map_or(0, |it| it.kept(&ring));
                    let kept = u16::try_from(kept).unwrap_or(u16::MAX);
                    look.pools.push(PoolUse {
                        name: name.clone(),
                        seats: ring.seats,
                        in_use,
                        reserved: kept.min(ring.seats.saturating_sub(in_use)),
                    });
                }
                None => {
                    let taken = held.into_iter();
                    let taken = taken.map(|(number, by)| taken_by(number, by, &shown, &leases));
                    look.taken = taken.collect();
                }
            }
        }
        let told = TakenBack::read(place);
        let kept = told.clone().kept(moment).into_iter();
        let kept = kept.filter(|it| look.taken.iter().all(|taken| taken.number != it.takes.seat));
        look.kept = kept
            .map(|it| KeptFor {
                number: it.takes.seat,
                until: it.term.until(),
                user: it.user,
            })
            .collect();
        look.crowds = self.crowds();
        look.lost = lent.lost().min(look.seats);
        look.lent = lent.loans;
        look.lent.sort_by_key(|it| it.free_at);
        let since = moment.wall.0.saturating_sub(DAY);
        let back = shown.into_iter().filter(|it| {
            let held = look.taken.iter().filter_map(|taken| taken.shown.as_ref());
            let mut held = held.map(|it| (it.number, it.owner, it.record.since));
            let is_held = held.any(|held| held == (it.number, it.owner, it.record.since));
            // Of one whose process runs, while somebody has the seat, it is not known: another may have written that it is his.
            let came_back = !it.lives || exact && !look.holds(it.number);
            let (id, began) = (it.record.process, it.record.began);
            let process = Process { id, began };
            let was_taken = told.is_from(it.number, process, it.record.since());
            !is_held && !it.record.left && it.record.since >= since && came_back && !was_taken
        });
        look.back = back.collect();
        look.back.sort_by_key(|it| it.record.since);
        Ok(look)
    }

    /// Who has more files here than are looked at.
    fn crowds(&self) -> Vec<Crowd> {
        let place = &self.place;
        let leases = self.rings().into_iter();
        let leases = leases
            .map(|ring| Slots::listed(place, LEASES, &ring.leases_of("")).unwrap_or_default());
        let records = Slots::listed(place, RECORDS, "").unwrap_or_default();
        let mut all: BTreeMap<u32, usize> = BTreeMap::new();
        for listed in leases.chain([records, tickets::listed(place)]) {
            for (owner, files) in listed.crowds {
                *all.entry(owner).or_default() += files;
            }
        }
        let crowds = all.into_iter().filter_map(|(owner, files)| {
            let account = kernel::name_of(Some(owner))?;
            Some(Crowd { account, files })
        });
        crowds.collect()
    }
}

/// Who leases which seats of a ring now, up to its last.
fn leases(place: &Place, all: &Leases, last: u16, moment: &Moment) -> Vec<Leasing> {
    let mut found = Vec::new();
    for slots in &all.files {
        let all = slots.read_all::<Lease>(last).into_iter();
        let all = all.filter(|(_, lease)| lease.holds(moment));
        found.extend(all.map(|(number, lease)| {
            let account = account_of(place, slots.owner, &lease.record.user);
            (number, (account, slots.owner), lease)
        }));
    }
    found
}

/// The account that wrote it. In a user's own home root writes for that user, whose account says nothing of him.
pub(super) fn account_of(place: &Place, owner: Option<u32>, user: &String) -> Option<String> {
    let by_root = !place.is_shared() && kernel::name_of(Some(0)).as_ref() == Some(user);
    kernel::name_of(owner).filter(|_| !by_root)
}

/// The seats of a ring that are in use, and who has their locks.
fn held(
    seats: &Seats,
    ring: &Ring,
    (all, leases): (&Leases, &[Leasing]),
    shown: &[Shown],
    exact: bool,
) -> Result<Vec<(u16, Option<String>)>, SeatError> {
    let leased = |number: u16| leases.iter().any(|(it, ..)| *it == number);
    let mut held = Vec::new();
    for number in 1..=u16::MAX {
        let Some(file) = ring.open(&seats.place, number)? else {
            if number > ring.seats {
                break;
            }
            continue;
        };
        let in_use = match (exact, &ring.module) {
            (true, _) => !matches!(ring.lock(&seats.place, number), Ok(Some(_))),
            (false, None) => shown.iter().any(|it| it.number == number && it.lives),
            (false, Some(_)) => shown
                .iter()
                .any(|it| it.lives && it.record.pools.get(&ring.prefix) == Some(&number)),
        };
        let unread = all.unread(number).filter(|_| !leased(number));
        if in_use || leased(number) || unread.is_some() {
            let unwritten = ring.module.is_none() && shown.iter().all(|it| it.number != number);
            let by = (in_use && unwritten).then(|| who_locks(&file));
            held.push((number, by.flatten().or(unread)));
        } else if exact {
            ring.mark(&seats.place, number, true);
        }
    }
    Ok(held)
}

fn taken_by(number: u16, locked_by: Option<String>, shown: &[Shown], leases: &[Leasing]) -> Taken {
    let lease = leases.iter().find(|(it, ..)| *it == number);
    let by_record = shown.iter().rfind(|it| it.number == number).cloned();
    let by_lease = lease.map(|(_, (account, owner), lease)| Shown {
        number,
        account: account.clone(),
        owner: *owner,
        record: lease.record.clone(),
        lives: true,
    });
    let by_record = by_record.filter(|it| it.lives || by_lease.is_none() && locked_by.is_none());
    Taken {
        number,
        shown: by_record.or(by_lease),
        until: lease.map(|(_, _, lease)| lease.until()),
        locked_by,
    }
}
