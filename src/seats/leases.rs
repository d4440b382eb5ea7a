//! Seats that no process holds: whoever took one shows its token before its time is over.

use std::fmt;
use std::num::NonZeroU16;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::SeatError;
use super::kernel;
use super::place::{LEASES, Place};
use super::record::Record;
use super::ring::Ring;
use super::slots::{SLOT, Slots};
use super::term::Term;
use super::who::Moment;
use crate::holder::{Doing, StorageError};
use crate::license_key::LicenseKey;
use crate::messages::seats as messages;
use crate::protocol::date::Seconds;
use crate::protocol::digest::{Digest, kdf};

/// What a lease is kept by: whoever knows it keeps or gives back the seat. License key, seat and 32 hexadecimal digits, with dots between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The license.
    pub license_key: LicenseKey,
    /// The seat.
    pub seat: u16,
    secret: [u8; 16],
}

/// A seat that was leased.
#[derive(Clone, Debug)]
pub struct Leased {
    /// What it is kept and given back by.
    pub token: Token,
    /// Until when it is held, as the wall clock will have it; by the clock of the system's start it is this long.
    pub until: Seconds,
    /// For how long.
    pub span: Duration,
}

/// Not the form of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", messages::not_a_token())]
pub struct NotAToken;

impl Token {
    pub(super) fn new(license_key: LicenseKey, seat: u16, secret: [u8; 16]) -> Token {
        Token {
            license_key,
            seat,
            secret,
        }
    }

    /// What stands in the file, which others may read.
    fn digest(&self) -> String {
        let digest: Digest = kdf("countersign v1 seat token", &[self.secret.as_slice()]);
        hex(digest.get(..8).unwrap_or_default())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (key, secret) = (self.license_key.digits(), hex(&self.secret));
        write!(f, "{key}.{}.{secret}", self.seat)
    }
}

impl FromStr for Token {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Token, NotAToken> {
        let mut parts = text.trim().split('.');
        let mut next = || parts.next().ok_or(NotAToken);
        let (key, seat, secret) = (next()?, next()?, next()?);
        if parts.next().is_some() || secret.len() != 32 {
            return Err(NotAToken);
        }
        let number = u128::from_str_radix(secret, 16).map_err(|_| NotAToken)?;
        // Seats are numbered from 1.
        let seat: NonZeroU16 = seat.parse().map_err(|_| NotAToken)?;
        Ok(Token {
            license_key: key.parse().map_err(|_| NotAToken)?,
            seat: seat.get(),
            secret: number.to_be_bytes(),
        })
    }
}

/// What stands in the slot of a leased seat.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lease {
    pub(super) record: Record,
    /// Digests of the tokens that hold it: what shares a seat has a token each.
    tokens: Vec<String>,
    term: Term,
}

/// So many tokens at most share a seat: the oldest is forgotten.
const MOST_TOKENS: usize = 12;

impl Lease {
    pub(super) fn new(record: Record, span: Duration, moment: &Moment) -> Lease {
        Lease {
            record,
            tokens: Vec::new(),
            term: Term::new(span, moment),
        }
    }

    /// Holds from now on for a span; one that holds longer already is not shortened by another token.
    pub(super) fn renew(&mut self, span: Duration, moment: &Moment) {
        self.term = Term::new(span, moment);
    }

    /// As its term has it.
    pub(super) fn holds(&self, moment: &Moment) -> bool {
        self.term.holds(moment)
    }

    pub(super) fn until(&self) -> Seconds {
        self.term.until()
    }

    pub(super) fn span(&self) -> Duration {
        self.term.span()
    }

    /// Holds seats of these modules, too.
    pub(super) fn with(&mut self, record: &Record) {
        let pools = record.pools.iter();
        let pools = pools.map(|(ring, number)| (ring.clone(), *number));
        self.record.pools.extend(pools);
    }

    pub(super) fn add(&mut self, token: &Token) {
        if self.tokens.len() >= MOST_TOKENS {
            self.tokens.remove(0);
        }
        self.tokens.push(token.digest());
    }

    pub(super) fn has(&self, token: &Token) -> bool {
        self.tokens.contains(&token.digest())
    }

    /// Whether other tokens hold it still.
    pub(super) fn remove(&mut self, token: &Token) -> bool {
        let digest = token.digest();
        self.tokens.retain(|known| *known != digest);
        !self.tokens.is_empty()
    }
}

/// The leases of a ring's seats, whoever wrote them.
pub(super) struct Leases {
    pub(super) files: Vec<Slots>,
    pub(super) unread: Vec<Unread>,
}

/// A file of leases that this user cannot read: each seat that it has a place for counts as held.
pub(super) struct Unread {
    owner: Option<u32>,
    seats: u64,
}

impl Leases {
    /// # Errors
    /// What the disk says of the directory.
    pub(super) fn of(place: &Place, ring: &Ring) -> Result<Leases, SeatError> {
        let directory = place.path(LEASES);
        let failed = |error| StorageError::new(Doing::Read, &directory, error);
        let listed = Slots::listed(place, LEASES, &ring.leases_of("")).map_err(failed)?;
        let (mut files, mut unread) = (Vec::new(), Vec::new());
        for path in listed.paths {
            match Slots::open(path.clone()) {
                Ok(slots) => files.push(slots),
                Err(_) => unread.extend(Unread::of(&path)),
            }
        }
        Ok(Leases { files, unread })
    }

    /// Whether a seat is held now; what the disk does not say may be a lease that holds it.
    pub(super) fn hold(&self, number: u16, moment: &Moment) -> bool {
        let mut leases = self.files.iter().map(|it| it.try_read::<Lease>(number));
        let holds = |lease: Option<Lease>| lease.is_some_and(|it| it.holds(moment));
        leases.any(|lease| lease.map_or(true, holds)) || self.unread(number).is_some()
    }

    /// Who may hold a seat by a lease that cannot be read, in words.
    pub(super) fn unread(&self, number: u16) -> Option<String> {
        let mut unread = self.unread.iter();
        let found = unread.find(|it| u64::from(number) <= it.seats)?;
        let owner = kernel::name_of(found.owner);
        let owner = owner.unwrap_or_else(|| messages::somebody().to_owned());
        Some(messages::unread(owner).to_string())
    }
}

impl Unread {
    /// None where it is no file, or gone: nobody leases by that.
    fn of(path: &Path) -> Option<Unread> {
        let found = std::fs::symlink_metadata(path).ok()?;
        found.is_file().then(|| Unread {
            owner: kernel::owner_of(path),
            seats: found.len().div_ceil(SLOT as u64),
        })
    }
}
