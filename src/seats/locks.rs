//! Locks of the kernel on files.
//!
//! A lock belongs to what was opened, and to all who inherit it: it is free when the last of them has closed it, or when one of them unlocks it. So only the
//! process that took it unlocks it; a child that was forked from it and lets its copy go frees nothing. On the other hand a child that is about to become
//! another program keeps its copy for a moment: that must not keep a seat, so whoever took it does unlock it. Where several computers share a directory other
//! locks are taken, which behave as these.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// Whom the locks of a place are to keep apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The processes of this host.
    OfHost,
    /// Those of several computers: also of the one that exports the directory, on which a file server takes the locks of the others as such ones, which
    /// do not keep apart those of [`File::lock`].
    OfComputers,
}

/// A lock, until it is dropped by the process that took it, or until all who have it end.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    kind: Kind,
    /// The process that unlocks it.
    by: Option<u32>,
    /// What programs that are started from now on have in its place.
    #[cfg(windows)]
    handed: Option<super::handed::Handed>,
}

/// A lock that somebody has, and may have lost.
#[derive(Debug)]
pub(super) struct OnceMore {
    file: File,
    kind: Kind,
}

impl OnceMore {
    /// Whether he has it still, or again, for it was free.
    pub(super) fn is_had(&self, shared: bool) -> io::Result<bool> {
        let wanted = match shared {
            true => Wanted::Shared,
            false => Wanted::Alone,
        };
        self.kind.set(&self.file, wanted)
    }
}

/// What a lock is to become.
#[derive(Clone, Copy)]
enum Wanted {
    Alone,
    Shared,
    Free,
}

impl Kind {
    /// Whether it could be had.
    fn set(self, file: &File, wanted: Wanted) -> io::Result<bool> {
        loop {
            let set = match self {
                Kind::OfHost => of_host(file, wanted),
                Kind::OfComputers => of_computers::set(file, wanted),
            };
            match set {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                set => return set,
            }
        }
    }
}

fn of_host(file: &File, wanted: Wanted) -> io::Result<bool> {
    let set = match wanted {
        Wanted::Alone => file.try_lock(),
        Wanted::Shared => file.try_lock_shared(),
        Wanted::Free => return unlocked(file.unlock()),
    };
    match set {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The standard library unlocks twice on Windows, for one may have had a lock in two ways. Of the second time Wine says, unlike Windows, that another has locked
/// it.
fn unlocked(said: io::Result<()>) -> io::Result<bool> {
    const ANOTHERS: i32 = 33;
    match said {
        Err(error) if cfg!(windows) && error.raw_os_error() == Some(ANOTHERS) => Ok(true),
        said => said.map(|()| true),
    }
}

/// Locks of what was opened on a range of bytes.
#[cfg(target_os = "linux")]
mod of_computers {
    use super::{File, Wanted, io};
    use nix::errno::Errno;
    use nix::fcntl::{FcntlArg, fcntl};
    use nix::libc;

    /// Where SMB has the lock, nobody else reads or writes what is locked: it lies behind all that stands in a file.
    const AT: libc::off_t = 1 << 30;

    pub(super) fn set(file: &File, wanted: Wanted) -> io::Result<bool> {
        let kind = match wanted {
            Wanted::Alone => libc::F_WRLCK,
            Wanted::Shared => libc::F_RDLCK,
            Wanted::Free => libc::F_UNLCK,
        };
        #[allow(
            clippy::unnecessary_cast,
            clippy::cast_possible_truncation,
            reason = "an int on some systems: each of these values fits a short"
        )]
        let lock = libc::flock {
            l_type: kind as libc::c_short,
            l_whence: libc::SEEK_SET as libc::c_short,
            l_start: AT,
            l_len: 1,
            l_pid: 0,
        };
        match fcntl(file, FcntlArg::F_OFD_SETLK(&lock)) {
            Ok(_) => Ok(true),
            Err(Errno::EAGAIN | Errno::EACCES) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// Elsewhere such a place is refused before a lock is asked for.
#[cfg(not(target_os = "linux"))]
mod of_computers {
    use super::{File, Wanted, io};

    pub(super) fn set(_: &File, _: Wanted) -> io::Result<bool> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl Lock {
    /// Alone; nothing where another has it.
    pub(super) fn alone(file: File, kind: Kind) -> io::Result<Option<Lock>> {
        Lock::of(file, kind, Wanted::Alone)
    }

    /// With others who share it; nothing where one has it alone.
    pub(super) fn shared(file: File, kind: Kind) -> io::Result<Option<Lock>> {
        Lock::of(file, kind, Wanted::Shared)
    }

    fn of(file: File, kind: Kind, wanted: Wanted) -> io::Result<Option<Lock>> {
        Ok(kind.set(&file, wanted)?.then(|| Lock {
            file,
            kind,
            by: Some(std::process::id()),
            #[cfg(windows)]
            handed: None,
        }))
    }

    /// Lets others share what is had alone; nothing where somebody came in between. Under the gate.
    pub(super) fn share(self) -> io::Result<Option<Lock>> {
        let shared = self.becomes(Wanted::Shared)?;
        Ok(shared.then_some(self))
    }

    /// Whether nobody else shares it: it is had alone then. Where others do, it may be lost.
    pub(super) fn is_last(&self) -> bool {
        self.becomes(Wanted::Alone).unwrap_or(false)
    }

    /// Neither SMB nor Windows has a lock become another one in a step: there the first one goes on beside the second, and keeps that from being had alone.
    fn becomes(&self, wanted: Wanted) -> io::Result<bool> {
        if self.kind == Kind::OfComputers || cfg!(windows) {
            self.kind.set(&self.file, Wanted::Free)?;
        }
        self.kind.set(&self.file, wanted)
    }

    /// The same, to ask for it once more.
    pub(super) fn once_more(&self) -> io::Result<OnceMore> {
        Ok(OnceMore {
            file: self.file.try_clone()?,
            kind: self.kind,
        })
    }

    /// Whether the process that took it is the one that asks.
    pub(super) fn is_ours(&self) -> bool {
        self.by == Some(std::process::id())
    }

    /// Closes it: whoever inherited it keeps it.
    pub(super) fn leave(mut self) {
        self.by = None;
    }

    /// Programs that are started from now on have it too; on Windows by the file of that name.
    pub(super) fn hand_down(&mut self, beside: &Path) -> io::Result<()> {
        #[cfg(unix)]
        {
            use nix::fcntl::{FcntlArg, FdFlag, fcntl};
            let _ = beside;
            fcntl(&self.file, FcntlArg::F_SETFD(FdFlag::empty()))?;
        }
        #[cfg(windows)]
        {
            self.handed = Some(super::handed::Handed::open(beside)?);
        }
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
            let _ = self.kind.set(&self.file, Wanted::Free);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: &[Kind] = match cfg!(target_os = "linux") {
        true => &[Kind::OfHost, Kind::OfComputers],
        false => &[Kind::OfHost],
    };

    fn opened(path: &std::path::Path) -> File {
        File::options().read(true).write(true).open(path).unwrap()
    }

    fn is_free(path: &std::path::Path, kind: Kind) -> bool {
        Lock::alone(opened(path), kind).unwrap().is_some()
    }

    /// A child that is forked has copies of what its parent opened, and of this type too.
    #[test]
    fn only_the_process_that_took_a_lock_unlocks_it() {
        for kind in KINDS {
            unlocks(*kind);
        }
    }

    fn unlocks(kind: Kind) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        std::fs::write(&path, "").unwrap();
        let parents = Lock::alone(opened(&path), kind).unwrap().unwrap();
        let childs = Lock {
            file: parents.file.try_clone().unwrap(),
            kind,
            by: parents.by.map(|id| id + 1),
            #[cfg(windows)]
            handed: None,
        };
        drop(childs);
        assert!(!is_free(&path, kind));
        // While a child lives that has a copy, the parent's end of use frees it all the same.
        let copy = parents.file.try_clone().unwrap();
        drop(parents);
        assert!(is_free(&path, kind));
        drop(copy);
        // Left to whoever inherited it.
        let parents = Lock::alone(opened(&path), kind).unwrap().unwrap();
        let inherited = parents.file.try_clone().unwrap();
        parents.leave();
        assert!(!is_free(&path, kind));
        drop(inherited);
        assert!(is_free(&path, kind));
    }

    #[test]
    fn a_shared_lock_is_had_alone_by_the_last() {
        for kind in KINDS {
            shared_by_two(*kind);
        }
    }

    fn shared_by_two(kind: Kind) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        std::fs::write(&path, "").unwrap();
        let shared = || Lock::shared(opened(&path), kind).unwrap();
        let (one, two) = (shared().unwrap(), shared().unwrap());
        assert!(!is_free(&path, kind));
        drop(one);
        assert!(two.is_last());
        assert!(shared().is_none());
        let two = two.share().unwrap().unwrap();
        assert!(shared().is_some());
        drop(two);
    }
}
