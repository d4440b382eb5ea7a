//! The log of the seats: what happened, a file of each user and month. Nothing counts by it. That it cannot be written refuses and slows nobody: an event is
//! added once, is not synced, and where that fails it is not in the report.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use super::event::{Event, Line};
use super::files;
use super::kernel;
use super::listed::{Listed, OF_EACH};
use super::place::{LOG, Place};
use super::slots::own_file;
use crate::holder::{Doing, StorageError};
use crate::protocol::date::Seconds;

/// So many months are kept beside the present one.
const MONTHS: u32 = 24;

/// So far a file is filled by what was seen of others, by refusals, by what is taken, and by all: however often somebody asks, his file ends there, and what
/// began in it ends in it. What others write fills nobody's file to where there is no room for his own.
const FOR_OTHERS: u64 = 3 << 20;
const FOR_REFUSALS: u64 = 4 << 20;
const FOR_TAKINGS: u64 = 7 << 20;
const FOR_ALL: u64 = 8 << 20;
/// More bytes than a line has.
const LINE: u64 = 2_048;

impl Event {
    /// In the file of this user.
    fn room(&self, user: Option<u32>) -> u64 {
        match self {
            Event::Over { account, .. } if *account != user => FOR_OTHERS,
            Event::Refused { .. } => FOR_REFUSALS,
            Event::Taken { .. } => FOR_TAKINGS,
            _ => FOR_ALL,
        }
    }
}

impl Place {
    /// Notes what happened.
    pub(super) fn note(&self, at: Seconds, event: Event) {
        #[cfg(test)]
        super::gate::kept::noted();
        // What cannot be written is not in the report. The lock is the seat.
        let _ = self.add(&Line { at, event });
    }

    fn add(&self, line: &Line) -> io::Result<()> {
        let month = month(line.at);
        let open = |path: &Path| files::open_log(self, path);
        let own = || own_file(self, LOG, |user| format!("{user}.{month}"), open);
        let opened = self.opened(LOG, &month, || {
            let (_, file) = own().map_err(|error| error.source)?;
            Ok(file)
        });
        let (file, found) = opened?;
        let size = found.len();
        if size == 0 {
            self.forget_old(line.at);
        }
        if size + LINE > line.event.room(self.user()) {
            return Ok(());
        }
        let mut last = [b'\n'];
        if size > 0 {
            files::read_at(&file, &mut last, size - 1)?;
        }
        // A line that a full disk has torn spoils no other.
        let torn = if last == [b'\n'] { "" } else { "\n" };
        let text = format!("{torn}{line}\n");
        // At once, so that lines of several processes stay whole.
        match (&*file).write(text.as_bytes())? == text.len() {
            true => Ok(()),
            false => Err(io::ErrorKind::WriteZero.into()),
        }
    }

    /// Takes away what is older than is kept, as far as this user may.
    pub(super) fn forget_old(&self, now: Seconds) {
        let now = number(&month(now)).unwrap_or(0);
        let listed = Listed::of(&self.path(LOG), self.files_of_each(OF_EACH), |name| {
            of_month(name).is_some_and(|month| month + MONTHS < now)
        });
        for path in listed.unwrap_or_default().paths {
            let _ = files::remove(&path);
        }
    }

    /// What this user wrote in the months of this time.
    pub(super) fn own_lines(&self, (from, to): (Seconds, Seconds)) -> Vec<Line> {
        let user = self.user();
        let months = number(&month(from))..=number(&month(to));
        let logs = self.logs().unwrap_or_default().into_iter();
        let own = logs.filter(|log| log.owner == user && months.contains(&Some(log.month)));
        let mut room = Room::default();
        own.flat_map(|log| log.read(&mut room).unwrap_or_default().lines)
            .collect()
    }

    /// All that is written, of each user in the order in which he wrote it.
    ///
    /// # Errors
    /// What the disk says of the directory.
    pub(super) fn logs(&self) -> Result<Vec<Log>, StorageError> {
        let directory = self.path(LOG);
        let most = self.files_of_each(OF_EACH);
        let listed = Listed::of(&directory, most, |name| of_month(name).is_some());
        let listed = listed.map_err(|error| StorageError::new(Doing::Read, &directory, error))?;
        let mut logs: Vec<Log> = listed.paths.into_iter().filter_map(Log::of).collect();
        logs.sort_by_key(|log| (log.owner, log.month));
        Ok(logs)
    }
}

/// The log of a user and a month, of whoever's name it has: it is its owner's.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    pub(super) owner: Option<u32>,
    /// As [`number`] has it.
    month: u32,
}

/// What was read of one.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) lines: Vec<Line>,
    /// Lines that are no events.
    pub(super) damaged: usize,
    /// Whether it may lack what came later.
    pub(super) full: bool,
    /// Whether more stands in it than there was room for.
    pub(super) left_out: bool,
}

/// How much of the logs of an account is read yet: whoever makes many files, or writes lines that say little, takes no more of the memory of those who look.
#[derive(Debug)]
pub(super) struct Room {
    lines: usize,
    bytes: u64,
}

impl Default for Room {
    fn default() -> Room {
        Room {
            lines: 250_000,
            bytes: 32 << 20,
        }
    }
}

impl Log {
    fn of(path: PathBuf) -> Option<Log> {
        let month = of_month(path.file_name()?.to_str()?)?;
        let owner = kernel::owner_of(&path);
        Some(Log { path, owner, month })
    }

    /// Its content, no more of it than is ever written, and than there is room for.
    ///
    /// # Errors
    /// What the disk says.
    pub(super) fn read(&self, room: &mut Room) -> io::Result<Content> {
        let file: File = files::open_to_read(&self.path)?;
        let size = file.metadata()?.len();
        let mut content = Content {
            full: size + LINE > FOR_REFUSALS,
            left_out: size > room.bytes,
            ..Content::default()
        };
        let most = FOR_ALL.min(room.bytes);
        let mut bytes = BufReader::new(file.take(most));
        let mut line = Vec::new();
        while room.lines > 0 {
            line.clear();
            // What is longer is no line, and ends one.
            let read = (&mut bytes).take(LINE).read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok(content);
            }
            room.bytes = room.bytes.saturating_sub(read as u64);
            let text = line.strip_suffix(b"\n").unwrap_or(&line);
            if text.is_empty() {
                continue;
            }
            room.lines -= 1;
            match std::str::from_utf8(text).ok().and_then(Line::read) {
                Some(line) => content.lines.push(line),
                None => content.damaged += 1,
            }
        }
        line.clear();
        content.left_out |= bytes.take(1).read_to_end(&mut line)? > 0;
        Ok(content)
    }
}

/// "2040-03".
fn month(at: Seconds) -> String {
    let mut text = at.to_string();
    text.truncate(7);
    text
}

/// The months since the beginning of our time reckoning.
fn number(month: &str) -> Option<u32> {
    let (year, month) = month.split_once('-')?;
    let digits =
        |text: &str, many| text.len() == many && text.bytes().all(|it| it.is_ascii_digit());
    if !digits(year, 4) || !digits(month, 2) {
        return None;
    }
    let (year, month): (u32, u32) = (year.parse().ok()?, month.parse().ok()?);
    (1..=12).contains(&month).then_some(year * 12 + month)
}

/// The month of a file of this name.
fn of_month(name: &str) -> Option<u32> {
    number(name.rsplit_once('.')?.1)
}
