//! Locks of the kernel on files.
//!
//! A lock belongs to what was opened, and to all who inherit it: it is free when the last of them has closed it, or when one of them unlocks it. So only the
//! process that took it unlocks it; a child that was forked from it and lets its copy go frees nothing. On the other hand a child that is about to become
//! another program keeps its copy for a moment: that must not keep a seat, so whoever took it does unlock it.

use std::fs::{File, TryLockError};
use std::io;

/// A lock, until it is dropped by the process that took it, or until all who have it end.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    /// The process that unlocks it.
    by: Option<u32>,
}

impl Lock {
    /// Alone; nothing where another has it.
    pub(super) fn alone(file: File) -> io::Result<Option<Lock>> {
        Lock::of(file, File::try_lock)
    }

    /// With others who share it; nothing where one has it alone.
    pub(super) fn shared(file: File) -> io::Result<Option<Lock>> {
        Lock::of(file, File::try_lock_shared)
    }

    fn of(
        file: File,
        lock: impl Fn(&File) -> Result<(), TryLockError>,
    ) -> io::Result<Option<Lock>> {
        loop {
            return match lock(&file) {
                Ok(()) => Ok(Some(Lock {
                    file,
                    by: Some(std::process::id()),
                })),
                Err(TryLockError::WouldBlock) => Ok(None),
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {
                    continue;
                }
                Err(TryLockError::Error(error)) => Err(error),
            };
        }
    }

    /// Lets others share what is had alone; nothing where somebody came in between.
    pub(super) fn share(self) -> io::Result<Option<Lock>> {
        match self.file.try_lock_shared() {
            Ok(()) => Ok(Some(self)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Whether nobody else shares it: it is had alone then. Where others do, it may be lost.
    pub(super) fn is_last(&self) -> bool {
        self.file.try_lock().is_ok()
    }

    /// Whether the process that took it is the one that asks.
    pub(super) fn is_ours(&self) -> bool {
        self.by == Some(std::process::id())
    }

    /// Closes it: whoever inherited it keeps it.
    pub(super) fn leave(mut self) {
        self.by = None;
    }

    /// Programs that are started from now on have it too.
    #[cfg(unix)]
    pub(super) fn hand_down(&self) -> io::Result<()> {
        use nix::fcntl::{FcntlArg, FdFlag, fcntl};
        fcntl(&self.file, FcntlArg::F_SETFD(FdFlag::empty()))?;
        Ok(())
    }

    #[cfg(not(unix))]
    pub(super) fn hand_down(&self) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.is_ours() {
            // It is closed in a moment, which frees it as well.
            let _ = self.file.unlock();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_free(path: &std::path::Path) -> bool {
        Lock::alone(File::open(path).unwrap()).unwrap().is_some()
    }

    /// A child that is forked has copies of what its parent opened, and of this type too.
    #[test]
    fn only_the_process_that_took_a_lock_unlocks_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        std::fs::write(&path, "").unwrap();
        let open = || File::open(&path).unwrap();
        let parents = Lock::alone(open()).unwrap().unwrap();
        let childs = Lock {
            file: parents.file.try_clone().unwrap(),
            by: parents.by.map(|id| id + 1),
        };
        drop(childs);
        assert!(!is_free(&path));
        // While a child lives that has a copy, the parent's end of use frees it all the same.
        let copy = parents.file.try_clone().unwrap();
        drop(parents);
        assert!(is_free(&path));
        drop(copy);
        // Left to whoever inherited it.
        let parents = Lock::alone(open()).unwrap().unwrap();
        let inherited = parents.file.try_clone().unwrap();
        parents.leave();
        assert!(!is_free(&path));
        drop(inherited);
        assert!(is_free(&path));
    }

    #[test]
    fn a_shared_lock_is_had_alone_by_the_last() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        std::fs::write(&path, "").unwrap();
        let shared = || Lock::shared(File::open(&path).unwrap()).unwrap();
        let (one, two) = (shared().unwrap(), shared().unwrap());
        assert!(!is_free(&path));
        drop(one);
        assert!(two.is_last());
        assert!(shared().is_none());
        let two = two.share().unwrap().unwrap();
        assert!(shared().is_some());
        drop(two);
    }
}
