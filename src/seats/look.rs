//! Who holds which seat, for people who look.

use super::gate::Gate;
use super::kernel;
use super::leases::Lease;
use super::place::{LEASES, RECORDS};
use super::record::{Holding, Record, Slots};
use super::ring::Ring;
use super::take::Seats;
use super::tickets;
use super::who::Moment;
use crate::messages::seats as messages;
use crate::protocol::date::Seconds;

/// What there is to see of a license's seats.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// Seats that the license has.
    pub seats: u16,
    /// Those that are in use, in order; beyond the license's number where it shrank and they are still held.
    pub taken: Vec<Taken>,
    /// Modules with seats of their own.
    pub pools: Vec<PoolUse>,
    /// Seats that came back by themselves in the last day: their processes ended without giving them back.
    pub back: Vec<Shown>,
    /// How many wait.
    pub waiting: usize,
    /// Whether the locks themselves were looked at. Where somebody keeps the gate it is only what is written of processes that run.
    pub exact: bool,
}

/// A seat in use.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Its number.
    pub number: u16,
    /// What is written of it; none where nothing is.
    pub shown: Option<Shown>,
    /// Until when a lease holds it.
    pub until: Option<Seconds>,
    /// Who has its lock, in words, where nothing is written of it and the system says so.
    pub locked_by: Option<String>,
}

/// What a user wrote of himself.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The seat.
    pub number: u16,
    /// The account that wrote it: nobody writes for another.
    pub account: Option<String>,
    /// What it says.
    pub record: Record,
    /// Whether the process runs that it names.
    pub lives: bool,
}

/// How much of a module is in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolUse {
    /// Its name.
    pub name: String,
    /// Its seats.
    pub seats: u16,
    /// Those in use.
    pub in_use: u16,
}

const DAY: u32 = 86_400;

impl Look {
    /// Seats in use.
    pub fn in_use(&self) -> u16 {
        u16::try_from(self.taken.len()).unwrap_or(u16::MAX)
    }

    /// Seats that are free.
    pub fn free(&self) -> u16 {
        self.seats.saturating_sub(self.in_use())
    }

    pub(super) fn under_the_gate(seats: &Seats, moment: &Moment) -> Look {
        Look::of(seats, moment, true)
    }

    fn of(seats: &Seats, moment: &Moment, exact: bool) -> Look {
        let place = &seats.place;
        let mut shown = Vec::new();
        for slots in Slots::all(place, RECORDS, "") {
            let account = kernel::name_of(slots.owner);
            let records = slots.read_all::<Record>(u16::MAX).into_iter();
            shown.extend(records.map(|(number, record)| Shown {
                number,
                account: account.clone(),
                lives: record.lives(),
                record,
            }));
        }
        // Of several who wrote of one seat, the last whose process runs has it; nobody can write from the future.
        shown.retain(|it| it.record.since <= moment.wall.0.saturating_add(DAY));
        shown.sort_by_key(|it| (it.lives, it.record.since));
        let mut look = Look {
            seats: seats.counted.seats,
            waiting: tickets::waiting(place, exact).len(),
            exact,
            ..Look::default()
        };
        for ring in seats.rings() {
            let leases = leases(seats, &ring, moment);
            let held = held(seats, &ring, &leases, &shown, exact);
            match &ring.module {
                Some(name) => look.pools.push(PoolUse {
                    name: name.clone(),
                    seats: ring.seats,
                    in_use: u16::try_from(held.len()).unwrap_or(u16::MAX),
                }),
                None => {
                    let taken = held.into_iter();
                    let taken = taken.map(|(number, by)| taken_by(number, by, &shown, &leases));
                    look.taken = taken.collect();
                }
            }
        }
        let since = moment.wall.0.saturating_sub(DAY);
        let back = shown.into_iter().filter(|it| {
            let held = look.taken.iter().filter_map(|taken| taken.shown.as_ref());
            let mut held = held.map(|it| (it.number, &it.account, it.record.since));
            let is_held = held.any(|held| held == (it.number, &it.account, it.record.since));
            !is_held && it.record.since >= since && (exact || !it.lives)
        });
        look.back = back.collect();
        look.back.sort_by_key(|it| it.record.since);
        look
    }
}

impl Seats {
    /// Who holds which seat. Waits for nobody: where another process keeps the gate, what is written is shown.
    pub fn look(&self, moment: &Moment) -> Look {
        let gate = Gate::now(&self.place).ok().flatten();
        Look::of(self, moment, gate.is_some())
    }
}

/// Who leases which seats of a ring now.
fn leases(seats: &Seats, ring: &Ring, moment: &Moment) -> Vec<(u16, Option<String>, Lease)> {
    let mut found = Vec::new();
    for slots in Slots::all(&seats.place, LEASES, &ring.leases_of("")) {
        let account = kernel::name_of(slots.owner);
        let all = slots.read_all::<Lease>(u16::MAX).into_iter();
        let all = all.filter(|(_, lease)| lease.holds(moment));
        found.extend(all.map(|(number, lease)| (number, account.clone(), lease)));
    }
    found
}

/// The seats of a ring that are in use, and who has their locks.
fn held(
    seats: &Seats,
    ring: &Ring,
    leases: &[(u16, Option<String>, Lease)],
    shown: &[Shown],
    exact: bool,
) -> Vec<(u16, Option<String>)> {
    let leased = |number: u16| leases.iter().any(|(it, ..)| *it == number);
    let mut held = Vec::new();
    for number in 1..=u16::MAX {
        let Ok(Some(file)) = ring.open(&seats.place, number) else {
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
        if in_use || leased(number) {
            let unwritten = ring.module.is_none() && shown.iter().all(|it| it.number != number);
            let by = (in_use && unwritten).then(|| kernel::who_locks(&file));
            held.push((number, by.flatten()));
        } else if exact {
            ring.mark(&seats.place, number, true);
        }
    }
    held
}

fn taken_by(
    number: u16,
    locked_by: Option<String>,
    shown: &[Shown],
    leases: &[(u16, Option<String>, Lease)],
) -> Taken {
    let lease = leases.iter().find(|(it, ..)| *it == number);
    let by_record = shown.iter().rfind(|it| it.number == number).cloned();
    let by_lease = lease.map(|(_, account, lease)| Shown {
        number,
        account: account.clone(),
        record: lease.record.clone(),
        lives: true,
    });
    let by_record = by_record.filter(|it| it.lives || by_lease.is_none());
    Taken {
        number,
        shown: by_record.or(by_lease),
        until: lease.map(|(_, _, lease)| lease.until()),
        locked_by,
    }
}

impl Taken {
    /// Whether it uses a seat of a module.
    pub(super) fn uses(&self, module: &str) -> bool {
        let shown = self.shown.as_ref();
        shown.is_none_or(|it| it.record.features.iter().any(|name| name == module))
    }

    /// Who holds it, in a few words: "anna at ws-14".
    pub fn holder(&self) -> String {
        match (&self.shown, &self.locked_by) {
            (Some(shown), _) => messages::at(&shown.record.host, shown.user()).to_string(),
            (None, Some(process)) => process.clone(),
            (None, None) => messages::somebody().to_owned(),
        }
    }
}

impl Shown {
    /// The user, and the account that says so where it is another: "anna (for it www-data)".
    pub fn user(&self) -> String {
        match &self.account {
            Some(account) if *account != self.record.user => {
                messages::for_account(account, &self.record.user).to_string()
            }
            _ => self.record.user.clone(),
        }
    }

    /// What holds it, in words.
    pub fn held_by(&self) -> String {
        let id = self.record.process;
        match (self.record.holding, self.lives) {
            (Holding::Lease, _) => messages::lease().to_owned(),
            (Holding::Connection, true) => messages::connection(id).to_string(),
            (Holding::Process, true) => messages::process(id).to_string(),
            (_, false) => messages::started(id).to_string(),
        }
    }
}
