//! A temporary world: a clock, machines that each have a home, an anchor and parts of their own, and the real program that runs on them.
//!
//! A test reads like the journey: `world.machine("aurora").request(&key)`, `desk.answer(&request)`, `world.days_pass(31)`. Any command is
//! `machine.run(["check", "--feature", "export"])`, with `.piped(text)` for standard input; then `.done()`, `.exits(6)`, `.json()`, or
//! `.refused(6, "no_seat_free")`, which holds it to all that a failure owes and that nothing was changed. What it said can be held to words:
//! `.tells(…)` on standard error, `.prints(…)` on standard output, `.code()` for the code that stands alone there.

#[cfg(unix)]
pub(crate) mod agent;
mod desk;
#[cfg(target_os = "linux")]
mod disk;
mod holder;
pub(crate) mod json;
mod machine;
mod run;
mod site;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use countersign::protocol::date::{Day, Seconds};
use countersign::text::{self, Code};
use tempfile::TempDir;

pub(crate) use desk::Desk;
#[cfg(target_os = "linux")]
pub(crate) use disk::Disk;
pub(crate) use holder::Holder;
pub(crate) use machine::Machine;
pub(crate) use run::{Run, Said, pipeline};
pub(crate) use site::Site;

/// When a world begins: 2040-03-01, noon in UTC, which is after the program was built.
const BEGINNING: i64 = 2_214_216_000;
pub(crate) const DAY: i64 = 86_400;
pub(crate) const HOUR: i64 = 3_600;

/// A directory and the true time.
pub(crate) struct World {
    directory: TempDir,
    now: Cell<i64>,
}

/// The content of each file by its path.
pub(crate) type Snapshot = BTreeMap<PathBuf, Vec<u8>>;

impl World {
    pub(crate) fn new() -> World {
        let today = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
        assert!(
            today.as_secs().cast_signed() < BEGINNING,
            "the worlds of the tests begin in the past, when the program was not built yet: move BEGINNING and the dates in the tests"
        );
        let directory = TempDir::with_prefix("countersign-test-").unwrap();
        for name in ["homes", "users", "files", "tmp"] {
            fs::create_dir(directory.path().join(name)).unwrap();
        }
        World {
            directory,
            now: Cell::new(BEGINNING),
        }
    }

    /// A machine of this name, with parts that no other name has.
    pub(crate) fn machine(&self, name: &str) -> Machine<'_> {
        Machine::new(self, name)
    }

    /// A desk that was set up, its keys not encrypted.
    pub(crate) fn desk(&self, name: &str) -> Desk<'_> {
        Desk::new(self, name)
    }

    /// A desk that sold one license of its product, and a machine that has the product and no license.
    pub(crate) fn sold(&self, product: &[&str], order: &[&str]) -> (Desk<'_>, Machine<'_>, String) {
        let desk = self.desk("desk");
        let file = desk.product("survey", product);
        let key = desk.sell("survey", order);
        let ship = self.machine("ship");
        ship.install(&file);
        (desk, ship, key)
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The true time in Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        self.now.get()
    }

    /// Time passes, everywhere.
    pub(crate) fn days_pass(&self, days: i64) {
        self.now.set(self.now() + days * DAY);
    }

    /// Hours pass, everywhere.
    pub(crate) fn hours_pass(&self, hours: i64) {
        self.now.set(self.now() + hours * HOUR);
    }

    /// The day so many days from now, as people write it.
    pub(crate) fn day(&self, days: i64) -> String {
        let day: Day = Seconds::from_unix(self.now() + days * DAY).day();
        day.to_string()
    }

    /// Writes a file that everybody in this world can read.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join("files").join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Writes a file that only its owner can read.
    pub(crate) fn secret(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.file(name, content);
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        path
    }

    /// What is kept in all homes and anchors. Locks are no content; a database's companions are empty where nothing was written.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut found = Snapshot::new();
        for part in ["homes", "users", "files"] {
            collect(&self.path().join(part), &mut found);
        }
        found
    }
}

fn collect(path: &Path, found: &mut Snapshot) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), found);
        }
        return;
    }
    let name = path.file_name().unwrap().to_str().unwrap();
    if name == "lock" || name.ends_with("-shm") {
        return;
    }
    let content = fs::read(path).unwrap();
    if !(name.ends_with("-wal") && content.is_empty()) {
        found.insert(path.to_owned(), content);
    }
}

/// The code in a text, to look into it or to alter it.
pub(crate) fn decoded(code: &str) -> Code {
    text::read(code, &[]).unwrap().code
}

/// A code with one bit of its payload turned, and checks that fit again: what somebody would do who knows the format and no key.
pub(crate) fn altered(code: &str, byte: usize) -> String {
    let code = decoded(code);
    let mut payload = code.payload().to_vec();
    payload[byte] ^= 1;
    Code::new(code.kind(), payload).to_text().unwrap()
}

/// A code in which `count` symbols of the first row are others, which a typist may do.
pub(crate) fn mistyped(code: &str, count: usize) -> String {
    let start = code.find(':').map_or(0, |colon| colon + 2);
    let mut left = count;
    code.char_indices()
        .map(|(place, symbol)| {
            // One in each group, so that they stand apart.
            if place < start || symbol == '-' || (place - start) % 6 != 1 || left == 0 {
                return symbol;
            }
            left -= 1;
            if symbol == '7' { '8' } else { '7' }
        })
        .collect()
}
