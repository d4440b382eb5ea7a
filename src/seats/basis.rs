//! By what it was decided that somebody may have a seat, and whether that stands still: who waits, or was slow, goes by the license and the rules as they are
//! when a seat is free.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::tickets::Ticket;
use super::who::Moment;
use crate::holder::{Home, durable};
use crate::license_key::LicenseKey;
use crate::protocol::date::{Day, Seconds};

/// Tells one file from the next that takes its place: its number where the system has one, its last change and its length.
type Stamp = (u64, Option<SystemTime>, u64);

/// The licenses in some homes and the notes of their sites, as they lay there on a day.
#[derive(Clone, Debug)]
pub(crate) struct Basis {
    files: BTreeMap<PathBuf, Stamp>,
    day: Day,
}

impl Basis {
    /// Looked at before a license is checked: what changes meanwhile is noticed.
    pub(crate) fn of(homes: &[Home], now: Seconds) -> Basis {
        let directories = homes.iter().flat_map(|home| {
            let beside = |name| home.directory().join(name);
            ["licenses", "notes"].map(beside)
        });
        let paths = directories.flat_map(|directory| {
            let names = durable::names(&directory).unwrap_or_default().into_iter();
            names.map(move |name| directory.join(name))
        });
        Basis {
            files: paths
                .filter_map(|path| Some((path.clone(), stamp(&path)?)))
                .collect(),
            day: now.day(),
        }
    }
}

/// The same of one license.
#[derive(Debug)]
pub(super) struct BasisOfOne {
    files: [(PathBuf, Option<Stamp>); 2],
    day: Day,
}

impl BasisOfOne {
    pub(super) fn of(basis: &Basis, machine: &Path, key: LicenseKey) -> BasisOfOne {
        let digits = key.digits();
        let license = machine.join("licenses").join(format!("{digits}.json"));
        let note = machine.join("notes").join(format!("{digits}.note"));
        let seen = |path: PathBuf| {
            let stamp = basis.files.get(&path).copied();
            (path, stamp)
        };
        BasisOfOne {
            files: [license, note].map(seen),
            day: basis.day,
        }
    }

    pub(super) fn stands(&self, moment: &Moment) -> bool {
        let mut files = self.files.iter();
        self.day == moment.wall.day() && files.all(|(path, seen)| stamp(path) == *seen)
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let found = fs::metadata(path).ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&found);
    #[cfg(not(unix))]
    let number = 0;
    Some((number, found.modified().ok(), found.len()))
}

/// Somebody's turn at the seats of a license: since when he waits, and his place in the queue.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) began: Moment,
    /// Counted in sleep where no clock counts from the start of the system; that looking takes long makes nobody wait longer.
    pub(super) slept: Duration,
    pub(super) ticket: Option<Ticket>,
}

impl Turn {
    pub(super) fn begin(now: Moment) -> Turn {
        Turn {
            began: now,
            slept: Duration::ZERO,
            ticket: None,
        }
    }
}
