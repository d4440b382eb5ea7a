//! Why there is no seat.

use std::path::PathBuf;

use super::look::Look;
use crate::failure::FailureKind;
use crate::holder::{HolderError, StorageError};

/// Why a seat was not given. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeatError {
    /// All seats are in use, or all of a module, or others wait for those that are free.
    #[error("{}", full(.lacks, .look))]
    NoSeat {
        /// The module whose seats are in use; none: the license's.
        lacks: Option<String>,
        /// Who holds them.
        look: Box<Look>,
    },
    /// Another process keeps the gate for longer than was waited.
    #[error("the seats are not given out now: {} keeps the gate", .by.as_deref().unwrap_or("another process"))]
    Busy {
        /// Who it is, where the system says so.
        by: Option<String>,
    },
    /// The locks of the seats were not made yet, and this user may not.
    #[error("the seats of this license were not made here yet: {}", .directory.display())]
    NotMade {
        /// Where they are to lie.
        directory: PathBuf,
    },
    /// A file system whose locks do not keep processes apart.
    #[error("locks do not hold on the file system of this directory ({file_system}): {}", .directory.display())]
    NoLocks {
        /// What it is.
        file_system: String,
        /// Where the seats lie.
        directory: PathBuf,
    },
    /// The token of no seat that is held.
    #[error("no seat is held by this token")]
    UnknownToken,
    /// What the disk says of the seats: the store is out of reach.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// What else stands in the way in the home.
    #[error(transparent)]
    Holder(#[from] HolderError),
}

impl SeatError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            SeatError::NoSeat { .. } => FailureKind::NoSeat,
            SeatError::Busy { .. } => FailureKind::SeatsBusy,
            SeatError::NotMade { .. } => FailureKind::SeatsNotMade,
            SeatError::NoLocks { .. } => FailureKind::NoLocks,
            SeatError::UnknownToken => FailureKind::UnknownToken,
            SeatError::Storage(error) => error.kind(),
            SeatError::Holder(error) => error.kind(),
        }
    }
}

/// So many holders are named; who wants them all lists them.
const NAMED: usize = 5;

fn full(lacks: &Option<String>, look: &Look) -> String {
    let (what, seats, used) = match lacks {
        None => (String::new(), look.seats, look.in_use()),
        Some(module) => {
            let pool = look.pools.iter().find(|pool| pool.name == *module);
            let (seats, used) = pool.map_or((0, 0), |pool| (pool.seats, pool.in_use));
            (format!(" of {module}"), seats, used)
        }
    };
    let mut words = match seats {
        all if used < all => format!(
            "the free seats{what} are for {} who wait",
            look.waiting.max(1)
        ),
        1 => format!("the only seat{what} is in use"),
        all if used > all => format!("{used} seats{what} are in use, and the license has {all}"),
        all => format!("all {all} seats{what} are in use"),
    };
    let users = look
        .taken
        .iter()
        .filter(|taken| lacks.as_ref().is_none_or(|module| taken.uses(module)));
    let names: Vec<String> = users.map(|taken| taken.holder()).collect();
    if let Some((first, rest)) = names.split_first() {
        words.push_str(": ");
        words.push_str(first);
        for name in rest.iter().take(NAMED - 1) {
            words.push_str(", ");
            words.push_str(name);
        }
        let more = names.len().saturating_sub(NAMED);
        if more > 0 {
            words.push_str(&format!(" and {more} more"));
        }
    }
    words
}
