//! Seats that are lent to workstations elsewhere: no process here has them, and nobody takes them until their loans are over. What is written here follows
//! the site's book of loans.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::loan::{Lent, Picked};
use super::place::Place;
use super::ring::Ring;
use super::who::Moment;
use crate::holder::{HolderError, json, read_json};
use crate::protocol::date::Seconds;

/// All that a site has lent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LentOut {
    /// Each loan.
    pub loans: Vec<Lent>,
    /// So many more, of which the site has lost its notes.
    pub lost: u16,
    /// Until when those may be out.
    #[serde(
        with = "json::moment_if_any",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub lost_until: Option<Seconds>,
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

    /// What is written; nothing where nothing was ever lent.
    pub(super) fn read(place: &Place) -> Result<LentOut, HolderError> {
        Ok(read_json(&LentOut::path(place))?.unwrap_or_default())
    }

    /// Without what is over.
    pub(super) fn at(mut self, moment: &Moment) -> LentOut {
        self.loans.retain(|it| moment.wall < it.free_at);
        if self.lost_until.is_none_or(|until| moment.wall >= until) {
            self.lost = 0;
        }
        self
    }

    pub(super) fn takes(&self, ring: &Ring, number: u16) -> bool {
        let mut loans = self.loans.iter();
        loans.any(|it| it.takes.of(ring) == Some(number))
    }

    /// So many of a ring are not to be given out although their numbers are: those lost, and those beyond what the license has by now.
    pub(super) fn beyond(&self, ring: &Ring) -> usize {
        let numbers = self.loans.iter().filter_map(|it| it.takes.of(ring));
        let beyond = numbers.filter(|number| *number > ring.seats).count();
        beyond + usize::from(self.lost.min(ring.seats))
    }

    /// So many seats of a ring are lent.
    pub(super) fn count(&self, ring: &Ring) -> u16 {
        let loans = self.loans.iter().filter(|it| it.takes.of(ring).is_some());
        let lent = u16::try_from(loans.count()).unwrap_or(u16::MAX);
        lent.saturating_add(self.lost.min(ring.seats))
    }
}
