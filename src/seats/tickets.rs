//! Who waits for a seat, in the order of those who came.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::SeatError;
use super::files;
use super::kernel;
use super::listed::{Listed, WAITING};
use super::locks::Lock;
use super::place::{Place, TICKETS};
use super::record::fitting;
use super::ring::Ring;
use super::who::Who;
use crate::holder::{Doing, StorageError};
use crate::messages::seats as messages;

/// A place in the queue, until it is dropped or its process ends.
#[derive(Debug)]
pub(super) struct Ticket {
    number: u64,
    path: PathBuf,
    lock: Lock,
}

/// One that waits.
#[derive(Debug)]
pub(super) struct Waits {
    number: u64,
    /// The account that waits.
    pub(super) owner: Option<u32>,
    pub(super) wish: Wish,
}

/// What stands in a ticket: who waits, as he says, and what for. Where nothing is read it is a seat of the license, for nobody who is known.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    pub(super) user: String,
    pub(super) host: String,
    pub(super) features: Vec<String>,
    /// What the computer is called on which he waits, as it says itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) computer: Option<String>,
    /// The rings of modules of which a seat is wanted beside one of the license's.
    pub(super) pools: Vec<String>,
}

impl Wish {
    pub(super) fn of(place: &Place, who: &Who, features: &[String], wanted: &[Ring]) -> Wish {
        let pools = wanted.iter().filter(|ring| ring.module.is_some());
        Wish {
            user: who.user.clone(),
            host: who.host.clone(),
            features: fitting(features),
            computer: place.computer(),
            pools: pools.map(|ring| ring.prefix.clone()).collect(),
        }
    }
}

impl Ticket {
    /// The last place in the queue. The caller has the gate.
    pub(super) fn draw(place: &Place, wish: &Wish, process: u32) -> Result<Ticket, SeatError> {
        let last = waiting(place, true)
            .iter()
            .map(|it| it.number)
            .max()
            .unwrap_or(0);
        let number = last.saturating_add(1);
        let user = place.user().unwrap_or(0);
        let name = format!("{number:020}-{user}-{process}");
        let path = place.path(TICKETS).join(name);
        let failed = |error| StorageError::new(Doing::Write, &path, error);
        let file = files::open_own(place, &path).map_err(failed)?;
        let text = serde_json::to_vec(wish).map_err(|error| failed(error.into()))?;
        let written = match wish_of(&path) {
            beside if beside != path => files::open_own(place, &beside)
                .and_then(|beside| files::write_at(&beside, &text, 0)),
            _ => files::write_at(&file, &text, 0),
        };
        written.map_err(failed)?;
        for _ in 0..TRIES {
            let file = file.try_clone().map_err(failed)?;
            if let Some(lock) =
                Lock::alone(file, place.lock_kind()).map_err(|error| place.no_lock(error))?
            {
                return Ok(Ticket { number, path, lock });
            }
            // Whoever looks at the queue has just tried whether it is left.
            std::thread::sleep(Duration::from_millis(1));
        }
        Err(failed(io::Error::other(messages::others_lock())).into())
    }

    /// Those who came before.
    pub(super) fn ahead(mine: Option<&Ticket>, place: &Place) -> Vec<Waits> {
        let mut ahead = waiting(place, true);
        ahead.retain(|other| mine.is_none_or(|mine| other.number < mine.number));
        ahead
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.lock.is_ours() {
            // One that is left counts no more: its lock is free.
            clear_away(&self.path);
        }
    }
}

/// Where it stands what is wished: in the ticket itself, but on Windows, where nobody reads what is locked, beside it.
fn wish_of(ticket: &Path) -> PathBuf {
    match ticket.file_name().and_then(|name| name.to_str()) {
        Some(name) if cfg!(windows) => ticket.with_file_name(format!("wish-{name}")),
        _ => ticket.to_owned(),
    }
}

/// What cannot be removed counts for nothing.
fn clear_away(ticket: &Path) {
    let _ = files::remove(ticket);
    let beside = wish_of(ticket);
    if beside != ticket {
        let _ = files::remove(&beside);
    }
}

/// How often the lock of a new ticket is tried.
const TRIES: usize = 100;

/// The files of those who wait.
pub(super) fn listed(place: &Place) -> Listed {
    let listed = Listed::of(&place.path(TICKETS), place.files_of_each(WAITING), |name| {
        number(name).is_some()
    });
    listed.unwrap_or_default()
}

fn number(name: &str) -> Option<u64> {
    name.split('-').next()?.parse().ok()
}

/// All who wait, in order. A ticket whose lock is free was left by a process that ended; who has the gate clears it away, for nobody draws one just then.
pub(super) fn waiting(place: &Place, clear: bool) -> Vec<Waits> {
    let mut found = Vec::new();
    for path in listed(place).paths {
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(number) = name.and_then(number) else {
            continue;
        };
        let Ok(file) = files::open_to_read(&path) else {
            continue;
        };
        let mut bytes = [0; 4096];
        let read = match wish_of(&path) {
            beside if beside != path => files::open_to_read(&beside)
                .and_then(|beside| files::read_at(&beside, &mut bytes, 0)),
            _ => files::read_at(&file, &mut bytes, 0),
        };
        let read = read.unwrap_or(0);
        let text = bytes.get(..read).unwrap_or_default();
        let waits = Waits {
            number,
            owner: kernel::owner(&file),
            wish: serde_json::from_slice(text).unwrap_or_default(),
        };
        match Lock::shared(file, place.lock_kind()) {
            Ok(None) => found.push(waits),
            // Its user may, and the directory's owner.
            Ok(Some(_)) if clear => clear_away(&path),
            _ => {}
        }
    }
    found.sort_by_key(|it| it.number);
    found
}
