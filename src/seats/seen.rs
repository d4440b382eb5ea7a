//! What there is to see of seats, and how it is said.

use super::loan::Lent;
use super::record::{Holding, Record};
use crate::failure::FailureKind;
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
    /// The loans by which seats are lent elsewhere, the one that ends first first; of one seat several where more time was given.
    pub lent: Vec<Lent>,
    /// So many more, of which the site has lost its notes.
    pub lost: u16,
    /// Seats that were taken back and are kept for somebody who does not have them yet.
    pub kept: Vec<KeptFor>,
    /// What the rules of the site keep for some, in the order of its lines.
    pub reservations: Vec<Reservation>,
    /// How many rules there are.
    pub rules: usize,
    /// Why the rules are not known, in words: nobody gets a seat then.
    pub no_rules: Option<NoRules>,
    /// How many wait.
    pub waiting: usize,
    /// Who has more files among those of the seats than are looked at, and how many.
    pub crowds: Vec<Crowd>,
    /// Whether the locks themselves were looked at. Where somebody keeps the gate it is only what is written of processes that run.
    pub exact: bool,
}

/// Somebody who has more files among those of the seats than are looked at: of his, nobody knows all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crowd {
    /// The account.
    pub account: String,
    /// How many there are.
    pub files: usize,
}

/// A seat that is kept for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptFor {
    /// Its number.
    pub number: u16,
    /// The user.
    pub user: String,
    /// Until when.
    pub until: Seconds,
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

/// Seats that a rule of the site keeps for some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The number of its line, from 1.
    pub line: u16,
    /// The line without its comment.
    pub rule: String,
    /// So many are kept: fewer than it says where the license has no more.
    pub seats: u16,
    /// So many of them are not in use by those for whom they are kept.
    pub idle: u16,
}

/// What a user wrote of himself.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The seat.
    pub number: u16,
    /// The account that wrote it: nobody writes for another.
    pub account: Option<String>,
    /// Its number.
    pub(super) owner: Option<u32>,
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
    /// Those that are free and kept for some by the rules of the site.
    pub reserved: u16,
}

impl Look {
    /// Seats in use.
    pub fn in_use(&self) -> u16 {
        u16::try_from(self.taken.len()).unwrap_or(u16::MAX)
    }

    /// Whether a seat is in use.
    pub(super) fn holds(&self, number: u16) -> bool {
        self.taken.iter().any(|it| it.number == number)
    }

    /// Seats that are lent elsewhere.
    pub fn lent(&self) -> u16 {
        let mut seats: Vec<u16> = self.lent.iter().map(|it| it.takes.seat).collect();
        seats.sort_unstable();
        seats.dedup();
        let lent = u16::try_from(seats.len()).unwrap_or(u16::MAX);
        lent.saturating_add(self.lost)
    }

    /// Of the loans of the license's seats, or of those of a module, the one whose seat comes back first: of several of one seat the last counts.
    pub fn next_back(&self, module: Option<&str>) -> Option<&Lent> {
        self.last_of_seats(module).into_iter().next()
    }

    /// The same, all of them.
    pub fn last_of_seats(&self, module: Option<&str>) -> Vec<&Lent> {
        let lent = self.lent.iter();
        let uses: Vec<&Lent> = lent
            .filter(|it| module.is_none_or(|it_is| it.uses(it_is)))
            .collect();
        let later = |it: &Lent, nth: usize| {
            let after = uses.iter().skip(nth + 1);
            after
                .copied()
                .any(|other| other.takes.seat == it.takes.seat)
        };
        let last = uses.iter().enumerate();
        let last = last.filter(|(nth, it)| !later(it, *nth));
        last.map(|(_, it)| *it).collect()
    }

    /// Seats that are neither in use nor lent, and that the rules of the site keep for some.
    pub fn reserved(&self) -> u16 {
        let idle = self.reservations.iter().map(|it| it.idle);
        let idle = idle.fold(0, u16::saturating_add);
        idle.min(self.not_taken())
    }

    /// Seats that are free for whoever comes.
    pub fn free(&self) -> u16 {
        self.not_taken() - self.reserved()
    }

    fn not_taken(&self) -> u16 {
        let taken = self.in_use().saturating_add(self.lent());
        let free = self.seats.saturating_sub(taken);
        free.saturating_sub(u16::try_from(self.kept.len()).unwrap_or(u16::MAX))
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

/// Why the rules of a site are not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoRules {
    /// Of which kind that is, for scripts.
    pub kind: FailureKind,
    /// In words.
    pub why: String,
}
