//! The disk as `disk.c` plays it: also root has to believe it.

use std::path::PathBuf;
use std::process::Command;

use super::{Run, World};

fn shim(world: &World) -> PathBuf {
    let library = world.path().join("tmp/disk.so");
    // Whoever built this program has a C compiler: SQLite is compiled with it.
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&library)
        .args(["tests/world/disk.c", "-ldl"])
        .output()
        .unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    library
}

/// A disk that refuses what is below a place.
pub(crate) struct Disk {
    library: PathBuf,
    below: PathBuf,
    state: &'static str,
}

impl Disk {
    /// `state` is `full`, `read-only`, `held`, `broken`, `killed`, `no-locks`, `no-entropy` or `repeating`; `below` is a part of the world.
    pub(crate) fn new(world: &World, state: &'static str, below: &str) -> Disk {
        Disk {
            library: shim(world),
            below: world.path().join(below),
            state,
        }
    }

    /// A run that meets this disk.
    pub(crate) fn under<'w>(&self, run: Run<'w>) -> Run<'w> {
        run.env("LD_PRELOAD", &self.library)
            .env("DISK", self.state)
            .env("DISK_AT", &self.below)
    }
}
