//! The directory of a license's seats, held open while something is decided there.

use std::cell::{OnceCell, RefCell};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::holder::{Directory, durable};

thread_local! {
    static HELD: RefCell<Option<Rc<Held>>> = const { RefCell::new(None) };
}

/// The directory of a license's seats, open.
#[derive(Debug)]
struct Held {
    path: PathBuf,
    directory: Rc<Directory>,
    /// What is kept of it meanwhile.
    is_shared: OnceCell<bool>,
}

/// As long as it lives, what lies in a directory is opened there by this thread and by its name alone: where the path leads is looked at once, and all that is
/// decided under a gate is decided in the directory of that gate.
#[derive(Debug)]
pub(super) struct Hold(Rc<Held>);

impl Hold {
    /// Opens it.
    pub(super) fn open(path: &Path) -> io::Result<Hold> {
        let held = Rc::new(Held {
            path: path.to_owned(),
            directory: Rc::new(Directory::open(path)?),
            is_shared: OnceCell::new(),
        });
        HELD.set(Some(Rc::clone(&held)));
        Ok(Hold(held))
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        // Another gate's that came later stands, whichever ends first.
        if held().is_some_and(|it| Rc::ptr_eq(&it, &self.0)) {
            HELD.set(None);
        }
    }
}

fn held() -> Option<Rc<Held>> {
    HELD.with_borrow(Clone::clone)
}

/// Whether everybody takes seats in a directory, as `look` says, which is asked once while it is held.
pub(super) fn is_shared(path: &Path, look: impl Fn() -> bool) -> bool {
    match held().filter(|it| it.path == path) {
        Some(held) => *held.is_shared.get_or_init(look),
        None => look(),
    }
}

/// A directory of seats, or one in it.
pub(super) fn directory(path: &Path) -> io::Result<Rc<Directory>> {
    let held = held();
    if let Some(held) = held.as_ref().filter(|it| it.path == path) {
        return Ok(Rc::clone(&held.directory));
    }
    let parent = held.filter(|it| path.parent() == Some(&it.path));
    let within = parent.and_then(|it| it.directory.within(path.file_name()?).ok());
    within
        .map_or_else(|| Directory::open(path), Ok)
        .map(Rc::new)
}

/// The names of what lies in a directory, which no link of others led to.
pub(super) fn names(path: &Path) -> io::Result<Vec<OsString>> {
    directory(path)?;
    durable::names(path)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::holder::For;

    /// Whoever keeps a gate decides beside that gate, and nobody is led astray once it is let go.
    #[test]
    fn while_a_directory_is_held_its_name_leads_there() {
        let dir = tempfile::tempdir().unwrap();
        let (path, aside) = (dir.path().join("seats"), dir.path().join("aside"));
        let make = |text: &str| {
            std::fs::create_dir_all(path.join("records")).unwrap();
            std::fs::write(path.join("records/anna"), text).unwrap();
            std::fs::write(path.join("gate"), text).unwrap();
        };
        let read = || {
            ["", "records"].map(|within| {
                let name = if within.is_empty() { "gate" } else { "anna" };
                let there = directory(path.join(within).components().as_path()).unwrap();
                let file = there.file(name.as_ref(), For::Reading).unwrap();
                std::io::read_to_string(file).unwrap()
            })
        };
        make("first");
        let one = Hold::open(&path).unwrap();
        std::fs::rename(&path, &aside).unwrap();
        make("second");
        assert_eq!(read(), ["first", "first"]);
        // Another hold, which ends later than the one that came before it.
        let two = Hold::open(&path).unwrap();
        drop(one);
        assert_eq!(read(), ["second", "second"]);
        drop(two);
        make("third");
        assert_eq!(read(), ["third", "third"]);
    }
}
