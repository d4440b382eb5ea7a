//! Files with a slot for each seat, in which each user writes for himself.

use std::fmt::Display;
use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::SeatError;
use super::files;
use super::kernel;
use super::listed::{Listed, OF_EACH};
use super::place::{LEASES, Place};
use crate::holder::{Doing, StorageError};
use crate::messages::seats as messages;

/// Bytes of a record's place in its file.
pub(super) const SLOT: usize = 2048;

/// A file of one user with a slot for each seat.
#[derive(Debug)]
pub(super) struct Slots {
    pub(super) path: PathBuf,
    pub(super) file: File,
    pub(super) owner: Option<u32>,
}

/// Other names for a user's file, where somebody else took the first.
const SPARE_NAMES: usize = 9;

impl Slots {
    /// This user's own: `name` makes the file's name of the user's ([`own_file`]).
    pub(super) fn own(
        place: &Place,
        directory: &str,
        name: impl Fn(&str) -> String,
    ) -> Result<Slots, SeatError> {
        let open = |path: &Path| files::open_own(place, path);
        let (path, file) = own_file(place, directory, name, open)?;
        let owner = place.user();
        Ok(Slots { path, file, owner })
    }

    /// Those of all users whose names end so. Whatever a file is called, it is its owner's: within a user namespace others have no number, and the name of
    /// one's own is another outside, so that a name tells nothing of who may write it.
    pub(super) fn all(place: &Place, directory: &str, ending: &str) -> Vec<Slots> {
        let listed = Slots::listed(place, directory, ending).unwrap_or_default();
        let opened = listed.paths.into_iter();
        opened.filter_map(|path| Slots::open(path).ok()).collect()
    }

    /// To be read.
    pub(super) fn open(path: PathBuf) -> io::Result<Slots> {
        let file = files::open_to_read(&path)?;
        let owner = kernel::owner(&file);
        Ok(Slots { path, file, owner })
    }

    /// What is read of a directory.
    pub(super) fn listed(place: &Place, directory: &str, ending: &str) -> io::Result<Listed> {
        Listed::of(
            &place.path(directory),
            place.files_of_each(OF_EACH),
            |name| name.ends_with(ending),
        )
    }

    /// Whether others read it: not where so many other files of its user come before.
    pub(super) fn is_read(&self, place: &Place, directory: &str, ending: &str) -> bool {
        let listed = Slots::listed(place, directory, ending);
        listed.is_ok_and(|it| it.paths.contains(&self.path))
    }

    pub(super) fn read<T: DeserializeOwned>(&self, number: u16) -> Option<T> {
        self.try_read(number).ok().flatten()
    }

    /// The same, where it matters that the disk may not say.
    pub(super) fn try_read<T: DeserializeOwned>(&self, number: u16) -> io::Result<Option<T>> {
        let mut slot = [0; SLOT];
        let read = files::read_at(&self.file, &mut slot, start(number))?;
        Ok(slot.get(..read).and_then(parse))
    }

    /// All that stands in the slots up to this number, [the last seat](super::counted::Seats::last)'s.
    pub(super) fn read_all<T: DeserializeOwned>(&self, most: u16) -> Vec<(u16, T)> {
        let mut bytes = Vec::new();
        let size = self.file.metadata().map_or(0, |it| it.len());
        let wanted = size.min(u64::from(most) * SLOT as u64);
        bytes.resize(usize::try_from(wanted).unwrap_or(0), 0);
        let read = files::read_at(&self.file, &mut bytes, 0).unwrap_or(0);
        bytes.truncate(read);
        let slots = (1..=most).zip(bytes.chunks(SLOT));
        slots
            .filter_map(|(number, slot)| Some((number, parse(slot)?)))
            .collect()
    }

    pub(super) fn write<T: Serialize>(&self, number: u16, content: Option<&T>) -> io::Result<()> {
        let mut slot = content
            .map(serde_json::to_vec)
            .transpose()?
            .unwrap_or_default();
        if slot.len() > SLOT {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        slot.resize(SLOT, 0);
        files::write_at(&self.file, &slot, start(number))
    }

    pub(super) fn settle(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

/// A file of this user in a directory where every user puts his: `name` makes its name of the user's. Where others have put files in the place of all of these
/// names it is whatever this user has there, or one of a name that nobody knew before.
pub(super) fn own_file(
    place: &Place,
    directory: &str,
    name: impl Fn(&str) -> String,
    open: impl Fn(&Path) -> io::Result<File>,
) -> Result<(PathBuf, File), StorageError> {
    let us = place.user();
    let user = us.map_or_else(user_by_name, |us| us.to_string());
    // A lease is kept and given back on any computer, under the gate.
    let user = match directory {
        LEASES => user,
        _ => place.of_this_computer(&user),
    };
    let open = |path: PathBuf| match open(&path) {
        Ok(file) if kernel::owner(&file) == us => Ok((path, file)),
        Ok(_) => {
            let why = io::Error::other(messages::others_files());
            Err(StorageError::new(Doing::Write, &path, why))
        }
        Err(error) => Err(StorageError::new(Doing::Write, &path, error)),
    };
    let within = place.path(directory);
    let spare = |spare: &dyn Display| within.join(name(&format!("{user}~{spare}")));
    let spares = (1..=SPARE_NAMES).map(|number| spare(&number));
    let known = std::iter::once(within.join(name(&user))).chain(spares);
    if let Some(own) = known.filter_map(|path| open(path).ok()).next() {
        return Ok(own);
    }
    let listed = Slots::listed(place, directory, &name("")).unwrap_or_default();
    let own = listed.paths.into_iter();
    let mut own = own.filter(|path| kernel::owner_of(path) == us);
    if let Some(own) = own.find_map(|path| open(path).ok()) {
        return Ok(own);
    }
    let unforeseen = RandomState::new().build_hasher().finish();
    open(spare(&format_args!("{unforeseen:016x}")))
}

fn start(number: u16) -> u64 {
    u64::from(number.saturating_sub(1)) * SLOT as u64
}

fn parse<T: DeserializeOwned>(slot: &[u8]) -> Option<T> {
    let end = slot
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(slot.len());
    serde_json::from_slice(slot.get(..end)?).ok()
}

/// Where users have no numbers.
fn user_by_name() -> String {
    let name = std::env::var("USERNAME").unwrap_or_default();
    let fit = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    name.chars().filter(fit).collect()
}
