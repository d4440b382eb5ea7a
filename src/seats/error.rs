//! Why there is no seat.

use std::fmt;
use std::path::PathBuf;

use super::loan::Lent;
use super::seen::{Look, NoRules, Taken};
use crate::failure::FailureKind;
use crate::holder::{HolderError, StorageError};
use crate::license_key::LicenseKey;
use crate::messages::seats as messages;
use crate::protocol::site_rules::Rule;

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
    /// A rule of the site gives none.
    #[error("{}", .0)]
    Rule(Ruled),
    /// The rules of the site are not known, so nobody gets a seat.
    #[error("{}", messages::no_rules(.key, &.none.why))]
    NoRules {
        /// The license.
        key: LicenseKey,
        /// Why they are not.
        none: NoRules,
    },
    /// Another process keeps the gate for longer than was waited.
    #[error("{}", messages::busy(.by.as_deref().unwrap_or(messages::another_process())))]
    Busy {
        /// Who it is, where the system says so.
        by: Option<String>,
    },
    /// The license, or the rules of its site, are others than those that were looked at: it is to be checked once more, and asked again.
    #[error("{}", messages::changed())]
    Changed,
    /// The locks of the seats were not made yet, and this user may not.
    #[error("{}", messages::not_made(.directory.display()))]
    NotMade {
        /// Where they are to lie.
        directory: PathBuf,
    },
    /// A file system whose locks do not keep processes apart.
    #[error("{}", messages::no_locks(.directory.display(), .file_system))]
    NoLocks {
        /// What it is.
        file_system: String,
        /// Where the seats lie.
        directory: PathBuf,
        /// Whether it is an option of the mount that is in the way.
        by_mount: bool,
    },
    /// The directory is one of a file server, and its owner has not said yet that several computers share it.
    #[error("{}", messages::not_shared(.directory.display()))]
    NotShared {
        /// Where the seats lie.
        directory: PathBuf,
    },
    /// Whether several computers share the seats cannot be changed while some are in use or lent.
    #[error("{}", messages::in_use_now(holders(.look)))]
    InUse {
        /// Who holds them.
        look: Box<Look>,
    },
    /// Seats that several computers share are lent to nobody.
    #[error("{}", messages::not_lent())]
    NotLent,
    /// The token of no seat that is held.
    #[error("{}", messages::unknown_token())]
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
            SeatError::Rule(_) => FailureKind::Rule,
            SeatError::NoRules { none, .. } => none.kind,
            SeatError::Busy { .. } | SeatError::Changed => FailureKind::SeatsBusy,
            SeatError::NotMade { .. } => FailureKind::SeatsNotMade,
            SeatError::NoLocks { .. } => FailureKind::NoLocks,
            SeatError::NotShared { .. } => FailureKind::SeatsNotShared,
            SeatError::InUse { .. } => FailureKind::SeatsInUse,
            SeatError::NotLent => FailureKind::SharedNotLent,
            SeatError::UnknownToken => FailureKind::UnknownToken,
            SeatError::Storage(error) => error.kind(),
            SeatError::Holder(error) => error.kind(),
        }
    }
}

/// A rule of a site that gives somebody no seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruled {
    /// The number of its line, from 1.
    pub line: u16,
    /// The line without its comment.
    pub rule: String,
    /// What it does here.
    pub by: RuledBy,
}

/// What a rule does that gives somebody no seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuledBy {
    /// He is to have none.
    Denied,
    /// Those whom it is about have so many, and may have no more.
    Most(usize),
    /// The seats that are free are reserved for others.
    Reserved,
}

impl fmt::Display for Ruled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, rule) = (self.line, &self.rule);
        match self.by {
            RuledBy::Denied => messages::ruled_denied(line, rule).fmt(f),
            RuledBy::Most(used) => messages::ruled_most(line, rule, used).fmt(f),
            RuledBy::Reserved => messages::ruled_reserved(line, rule).fmt(f),
        }
    }
}

impl Ruled {
    pub(super) fn new(rule: &Rule, by: RuledBy) -> Ruled {
        Ruled {
            line: rule.line,
            rule: rule.to_string(),
            by,
        }
    }

    /// Whether it may be otherwise in a while, without anybody's changing the rules.
    pub(super) fn may_pass(&self) -> bool {
        self.by != RuledBy::Denied
    }
}

/// So many holders are named; who wants them all lists them.
const NAMED: usize = 5;

fn full(lacks: &Option<String>, look: &Look) -> String {
    let what = match lacks {
        None => license_is_full(look),
        Some(module) => module_is_full(module, look),
    };
    let uses = |taken: &&Taken| lacks.as_ref().is_none_or(|module| taken.uses(module));
    let lent = look.last_of_seats(lacks.as_deref()).into_iter();
    let taken = look.taken.iter().filter(uses).map(Taken::holder);
    match named(taken.chain(lent.map(Lent::holder)).collect()) {
        None => what,
        Some(holders) => messages::held_by(holders, what).to_string(),
    }
}

fn holders(look: &Look) -> String {
    let taken = look.taken.iter().map(Taken::holder);
    let lent = look.lent.iter().map(Lent::holder);
    named(taken.chain(lent).collect()).unwrap_or_default()
}

fn named(names: Vec<String>) -> Option<String> {
    let more = names.len().saturating_sub(NAMED);
    let named: Vec<String> = names.into_iter().take(NAMED).collect();
    match (named.as_slice(), more) {
        ([], _) => None,
        (_, 0) => Some(named.join(", ")),
        _ => Some(messages::and_more(named.join(", "), more).to_string()),
    }
}

fn license_is_full(look: &Look) -> String {
    let (seats, used) = (look.seats, look.in_use().saturating_add(look.lent()));
    let kept = look.kept.iter().map(|it| it.user.clone());
    let kept: Vec<String> = kept.collect();
    match seats {
        _ if used < seats && look.waiting == 0 && !kept.is_empty() => {
            messages::no_seat_kept(crate::messages::listed(&kept)).to_string()
        }
        _ if used < seats => messages::no_seat_waited_for(look.waiting.max(1)).to_string(),
        _ if used > seats => messages::no_seat_shrunk(seats, used).to_string(),
        1 => messages::no_seat_one().to_owned(),
        _ => messages::no_seat_all(seats).to_string(),
    }
}

fn module_is_full(module: &str, look: &Look) -> String {
    let pool = look.pools.iter().find(|pool| pool.name == module);
    let (seats, used) = pool.map_or((0, 0), |pool| (pool.seats, pool.in_use));
    match seats {
        _ if used < seats => {
            messages::no_module_waited_for(module, look.waiting.max(1)).to_string()
        }
        _ if used > seats => messages::no_module_shrunk(module, seats, used).to_string(),
        1 => messages::no_module_one(module).to_string(),
        _ => messages::no_module_all(module, seats).to_string(),
    }
}
