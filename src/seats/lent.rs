//! Seats that are lent to workstations elsewhere: no process here has them, and nobody takes them until their loans are over. What is written here follows
//! the site's book of loans.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::loan::{Lent, Picked};
use super::place::Place;
use super::ring::Ring;
use crate::holder::{HolderError, Home, json, read_json};
use crate::license_key::LicenseKey;
use crate::messages::seats as messages;
use crate::protocol::date::{Day, Seconds};

/// All that a site has lent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LentOut {
    /// Each loan; several of one seat where more time was given.
    pub loans: Vec<Lent>,
    /// Further seats, for loans of which the site has lost its notes.
    pub lost: Vec<Lost>,
}

/// Seats that are kept for loans of which the site has lost its notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lost {
    /// So many.
    pub seats: u16,
    /// Until when those may be out.
    #[serde(with = "json::moment")]
    pub until: Seconds,
}

impl Picked {
    /// Which seat of a ring it is.
    pub(super) fn of(&self, ring: &Ring) -> Option<u16> {
        match &ring.module {
            None => Some(self.seat),
            Some(_) => self.pools.get(&ring.prefix).copied(),
        }
    }

    pub(super) fn set(&mut self, ring: &Ring, number: u16) {
        match &ring.module {
            None => self.seat = number,
            Some(_) => drop(self.pools.insert(ring.prefix.clone(), number)),
        }
    }
}

impl LentOut {
    pub(super) fn path(place: &Place) -> PathBuf {
        place.path("lent.json")
    }

    /// What is written; nothing where nothing was ever lent. Where a site has a book of loans and nothing is written here, that was removed.
    pub(super) fn read(place: &Place) -> Result<LentOut, HolderError> {
        let path = LentOut::path(place);
        match read_json(&path) {
            Err(HolderError::Damaged { path, why }) => Err(HolderError::DamagedLent { path, why }),
            Ok(None) if place.book().exists() => {
                let why = messages::not_written().to_owned();
                Err(HolderError::DamagedLent { path, why })
            }
            read => Ok(read?.unwrap_or_default()),
        }
    }

    /// Without what is over.
    pub(super) fn at(mut self, now: Seconds) -> LentOut {
        self.loans.retain(|it| now < it.free_at);
        self.lost.retain(|it| now < it.until);
        self
    }

    pub(super) fn takes(&self, ring: &Ring, number: u16) -> bool {
        let mut loans = self.loans.iter();
        loans.any(|it| it.takes.of(ring) == Some(number))
    }

    /// Seats that are kept for loans of which nothing is known.
    pub(super) fn lost(&self) -> u16 {
        let seats = self.lost.iter().map(|it| it.seats);
        seats.fold(0, u16::saturating_add)
    }

    fn numbers(&self, ring: &Ring) -> BTreeSet<u16> {
        let loans = self.loans.iter();
        loans.filter_map(|it| it.takes.of(ring)).collect()
    }

    /// So many of a ring are not to be given out although their numbers are: those lost, and those beyond what the license has by now.
    pub(super) fn beyond(&self, ring: &Ring) -> usize {
        let numbers = self.numbers(ring).into_iter();
        let beyond = numbers.filter(|number| *number > ring.seats).count();
        beyond + usize::from(self.lost().min(ring.seats))
    }

    /// So many seats of a ring are lent.
    pub(super) fn count(&self, ring: &Ring) -> u16 {
        let lent = u16::try_from(self.numbers(ring).len()).unwrap_or(u16::MAX);
        lent.saturating_add(self.lost().min(ring.seats))
    }
}

/// The last day on which seats of a license are lent elsewhere, as it is written in a home; none where none is.
///
/// # Errors
/// What the disk says.
pub fn lent_until(home: &Home, key: LicenseKey, now: Seconds) -> Result<Option<Day>, HolderError> {
    let lent = LentOut::read(&Place::of(home, key))?.at(now);
    let loans = lent.loans.iter().map(|it| it.until);
    let lost = lent.lost.iter().map(|it| it.until.day());
    Ok(loans.chain(lost).max())
}

/// The greatest number of a loan that is written in a home as lent; 0 where none is.
///
/// # Errors
/// What the disk says.
#[cfg(feature = "site")]
pub(crate) fn last_lent(home: &Home, key: LicenseKey) -> Result<u32, HolderError> {
    let lent = LentOut::read(&Place::of(home, key))?;
    Ok(lent.loans.iter().map(|it| it.loan).max().unwrap_or(0))
}
