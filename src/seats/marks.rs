//! What stands in the file of a seat that several computers share: who has taken it, and by the file's date how lately he was there (SPEC.md 9.13).
//!
//! A lock of a file server is lost when the server is started again, or when it hears nothing of a computer for a while, be that switched off or only cut off.
//! So a seat whose lock can be had is free only where whoever had it gave it back, or ran on this very system, whose kernel would know, or has not been there
//! for five minutes.

use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::time::Duration;

use super::common::{stamp, written_at};
use super::files;
use super::place::Place;
use crate::protocol::date::Seconds;

/// So often whoever has a seat says that he does.
pub const RENEWED: Duration = Duration::from_secs(100);
/// After so many seconds without a sign of life a seat of another computer is free: three signs may be missed.
pub(super) const SILENT: u32 = 300;

/// A taking of a seat, which no other is like: the running system, the process and a number that nobody foresees.
pub(super) type Mark = String;

/// So much of a file is read: whoever writes more has written no mark.
const MOST: usize = 64 << 10;
/// So many share a seat at most; who came first is forgotten then, while his lock counts.
const MOST_MARKS: usize = 512;

/// The mark of a process that takes a seat now.
pub(super) fn mark(place: &Place, process: u32) -> Mark {
    let system = place.here.system.as_deref().unwrap_or("-");
    let unforeseen = RandomState::new().build_hasher().finish();
    format!("{system} {process} {unforeseen:016x}")
}

/// Those who have a seat.
#[derive(Debug)]
pub(super) struct Marks {
    all: Vec<Mark>,
    /// When one of them was there last.
    stamp: Seconds,
}

impl Marks {
    pub(super) fn read(file: &File) -> io::Result<Marks> {
        let mut bytes = vec![0; MOST];
        let read = files::read_at(file, &mut bytes, 0)?;
        let text = String::from_utf8_lossy(bytes.get(..read).unwrap_or_default());
        let lines = text.lines().filter(|line| !line.is_empty());
        Ok(Marks {
            all: lines.map(str::to_owned).collect(),
            stamp: stamp(file)?,
        })
    }

    pub(super) fn has(&self, mark: &Mark) -> bool {
        self.all.contains(mark)
    }

    pub(super) fn add(&mut self, mark: Mark) {
        let first = (self.all.len() + 1).saturating_sub(MOST_MARKS);
        self.all.drain(..first);
        self.all.push(mark);
    }

    pub(super) fn remove(&mut self, mark: &Mark) {
        self.all.retain(|it| it != mark);
    }

    pub(super) fn alone(mark: Mark) -> Marks {
        Marks {
            all: vec![mark],
            stamp: Seconds(0),
        }
    }

    /// Whether somebody of another system has it.
    pub(super) fn are_elsewhere(&self, place: &Place) -> bool {
        self.all.iter().any(|it| !is_of_this_system(place, it))
    }

    /// Writes them, as of now. Under the gate.
    pub(super) fn write(&self, file: &File) -> io::Result<()> {
        let mut text = self.all.join("\n");
        if !text.is_empty() {
            text.push('\n');
        }
        files::write_at(file, text.as_bytes(), 0)?;
        file.set_len(text.len() as u64)?;
        written_at(file)?;
        Ok(())
    }

    /// Whether a seat is free whose lock is had. What is dated in the future is dated now instead: else it would hold for as long. Under the gate.
    pub(super) fn leave_it(&self, place: &Place, file: &File) -> io::Result<bool> {
        if !self.are_elsewhere(place) {
            return Ok(true);
        }
        let now = place.server_time();
        if self.stamp > now {
            self.write(file)?;
            return Ok(false);
        }
        Ok(now.0.saturating_sub(self.stamp.0) >= SILENT)
    }
}

/// Whether whoever made a mark runs on the system that asks.
pub(super) fn is_of_this_system(place: &Place, mark: &Mark) -> bool {
    let system = mark.split(' ').next();
    place.here.system.is_some() && system == place.here.system.as_deref()
}
