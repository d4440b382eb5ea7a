//! What the commands of seats print.

use serde::Serialize;

use super::{Shown, Warning};
use crate::license_key::LicenseKey;
use crate::protocol::date::{Day, Seconds};
use crate::seats::{self, Holding};

/// A seat that is held, of `seat hold`, or given back, of `seat release`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SeatNumber {
    pub(crate) seat: u16,
}

/// A seat that is held for a time, of `seat take` and `seat keep`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Leased {
    pub(crate) seat: u16,
    /// By which it is kept and given back.
    pub(crate) token: String,
    pub(crate) until: Shown<Seconds>,
    /// For how long it was taken.
    pub(crate) seconds: u64,
}

/// Somebody who fills the directories of the seats with files.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SeatCrowd {
    pub(crate) account: String,
    pub(crate) files: usize,
}

/// The seats of a floating license, of `seat list`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SeatsInUse {
    /// The product's id.
    pub(crate) product: String,
    pub(crate) license_key: Option<Shown<LicenseKey>>,
    pub(crate) seats: u16,
    pub(crate) in_use: u16,
    pub(crate) free: u16,
    /// Seats that are lent elsewhere.
    pub(crate) lent: u16,
    /// Seats that are idle, and kept for some by the rules of the site.
    pub(crate) reserved: u16,
    /// How many wait.
    pub(crate) waiting: usize,
    /// Who has more files among those of the seats than are looked at.
    pub(crate) crowds: Vec<SeatCrowd>,
    /// False where this is only what is written of processes that run.
    pub(crate) exact: bool,
    /// Modules with seats of their own.
    pub(crate) pools: Vec<PoolInUse>,
    pub(crate) taken: Vec<Taken>,
    /// The loans by which seats are lent.
    pub(crate) loans: Vec<SeatLent>,
    /// Seats that were taken back and wait for those for whom they are kept.
    pub(crate) kept: Vec<SeatKept>,
    /// Seats that may be lent by loans of which the site has lost its notes.
    pub(crate) lost: u16,
    /// Seats that came back by themselves: their processes ended without giving them back.
    pub(crate) came_back: Vec<CameBack>,
    /// What the rules of the site keep, in the order of their lines.
    pub(crate) reservations: Vec<Reservation>,
    /// Why the rules of the site are not known, so that nobody gets a seat; null: they are.
    pub(crate) no_rules: Option<String>,
}

/// Seats that a rule of the site keeps for some.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Reservation {
    /// The number of its line, from 1.
    pub(crate) line: u16,
    /// The line without its comment.
    pub(crate) rule: String,
    /// So many are kept: fewer than it says where the license has no more.
    pub(crate) seats: u16,
    /// So many of them are not in use by those for whom they are kept.
    pub(crate) idle: u16,
}

impl From<&seats::Reservation> for Reservation {
    fn from(it: &seats::Reservation) -> Reservation {
        Reservation {
            line: it.line,
            rule: it.rule.clone(),
            seats: it.seats,
            idle: it.idle,
        }
    }
}

/// A seat that was taken back, and is kept for somebody.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SeatKept {
    pub(crate) seat: u16,
    pub(crate) user: String,
    pub(crate) until: Shown<Seconds>,
}

/// Seats that were taken back, of `seat disconnect`.
#[derive(Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct TakenBack {
    pub(crate) seats: Vec<u16>,
    /// With `--hold-for`.
    pub(crate) kept: Option<SeatKept>,
    pub(crate) warnings: Vec<Warning>,
}

/// Whether several computers share the seats, of `seat share`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SeatsShared {
    pub(crate) shared: bool,
    /// Whether it was otherwise before.
    pub(crate) changed: bool,
}

/// A seat that is lent elsewhere.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SeatLent {
    pub(crate) seat: u16,
    pub(crate) loan: u32,
    /// Whose it is, as it was noted.
    pub(crate) note: String,
    /// None: all.
    pub(crate) features: Vec<String>,
    pub(crate) since: Shown<Seconds>,
    /// The last day.
    pub(crate) until: Shown<Day>,
    /// When its seat is free.
    pub(crate) free_at: Shown<Seconds>,
}

impl From<&seats::Lent> for SeatLent {
    fn from(it: &seats::Lent) -> SeatLent {
        SeatLent {
            seat: it.takes.seat,
            loan: it.loan,
            note: it.who.clone(),
            features: it.features.clone(),
            since: Shown(it.issued),
            until: Shown(it.until),
            free_at: Shown(it.free_at),
        }
    }
}

/// A module with seats of its own.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct PoolInUse {
    pub(crate) name: String,
    pub(crate) seats: u16,
    pub(crate) in_use: u16,
    /// Those that are idle, and kept for some by the rules of the site.
    pub(crate) reserved: u16,
}

/// A seat in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Taken {
    pub(crate) seat: u16,
    /// Until when a lease holds it.
    pub(crate) until: Option<Shown<Seconds>>,
    /// Who has its lock, where nothing is written of it.
    pub(crate) locked_by: Option<String>,
    #[serde(flatten)]
    pub(crate) user: Option<SeatUser>,
    /// For how long, in `seat list`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seconds: Option<u32>,
}

/// A seat that came back by itself.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CameBack {
    pub(crate) seat: u16,
    #[serde(flatten)]
    pub(crate) user: SeatUser,
}

/// What a user wrote of himself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SeatUser {
    /// As whoever asked said it.
    pub(crate) user: String,
    /// The account that wrote it.
    pub(crate) account: Option<String>,
    pub(crate) workstation: String,
    pub(crate) program: String,
    /// None: all.
    pub(crate) features: Vec<String>,
    pub(crate) since: Shown<Seconds>,
    pub(crate) holding: Holding,
    /// The number of the process.
    pub(crate) process: u32,
}

impl From<&seats::Shown> for SeatUser {
    fn from(it: &seats::Shown) -> SeatUser {
        let record = &it.record;
        SeatUser {
            user: record.user.clone(),
            account: it.account.clone(),
            workstation: record.host.clone(),
            program: record.program.clone(),
            features: record.features.clone(),
            since: Shown(record.since()),
            holding: record.holding,
            process: record.process,
        }
    }
}

impl Taken {
    /// `now`: for how long is said, too.
    pub(crate) fn of(it: &seats::Taken, now: Option<Seconds>) -> Taken {
        let since = it.shown.as_ref().map(|shown| shown.record.since());
        let lasting = |(since, now): (Seconds, Seconds)| now.0.saturating_sub(since.0);
        Taken {
            seat: it.number,
            until: super::shown(it.until),
            locked_by: it.locked_by.clone(),
            user: it.shown.as_ref().map(SeatUser::from),
            seconds: since.zip(now).map(lasting),
        }
    }
}
