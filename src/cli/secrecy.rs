//! What keeps secrets within this process and this user: no core dumps, no files that others read.

use std::fs::Metadata;
use std::path::Path;

use super::failure::Failure;
#[cfg(unix)]
use crate::failure::FailureKind;

/// From here on no core dump is written, and no other process of this user looks into this one. Called before a passphrase or a key is read.
#[cfg(unix)]
pub(crate) fn close() {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // Where the system does not let itself be told, the command is still what was asked for.
    let _ = setrlimit(Resource::Core, none);
    // The limit is not asked where a program takes the dumps, as systemd-coredump does.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Elsewhere dumps are the system's own matter.
#[cfg(not(unix))]
pub(crate) fn close() {}

/// Refuses a file of the user's own that others may read, as ssh does: `what` says which, such as "the signing key".
///
/// A file of another owner is his to open to whom he likes: clerks of one desk may share it by their group. Pipes and descriptors have no such readers.
///
/// # Errors
/// `open_to_others`, with what to do.
#[cfg(unix)]
pub(crate) fn check(what: &str, path: &Path, found: &Metadata) -> Result<(), Failure> {
    use std::os::unix::fs::MetadataExt;

    let own = rustix::process::geteuid().as_raw();
    if !found.is_file() || found.uid() != own || found.mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(Failure::new(
        FailureKind::OpenToOthers,
        format!("{what} {} is open to other users", path.display()),
    )
    .hint(format!(
        "chmod 600 {}: and if others were on this computer, take it for known",
        path.display()
    )))
}

/// Refuses a file that somebody else may change, where it says what code this program runs: it has to be the user's own, or root's.
///
/// # Errors
/// `foreign_module`, with what to do.
#[cfg(all(unix, feature = "desk"))]
pub(crate) fn check_own(what: &str, path: &Path, found: &Metadata) -> Result<(), Failure> {
    use std::os::unix::fs::MetadataExt;

    let own = rustix::process::geteuid().as_raw();
    if [own, 0].contains(&found.uid()) && found.mode() & 0o022 == 0 {
        return Ok(());
    }
    let message = format!("{what} {} can be changed by other users", path.display());
    Err(
        Failure::new(FailureKind::ForeignModule, message).hint(format!(
            "what it says runs with your rights: look at it, then make it your own (chown) and nobody else's to write (chmod go-w {})",
            path.display()
        )),
    )
}

/// Refuses a file in whose place somebody else could put another: each directory on the way to it, through links as the system goes it, has to be the user's
/// own, or root's, and nobody else's to write; or, as `/tmp`, one where nobody moves what is another's.
///
/// # Errors
/// `foreign_module`, with what to do.
#[cfg(all(unix, feature = "token"))]
pub(crate) fn check_way(what: &str, path: &Path) -> Result<(), Failure> {
    use std::ffi::OsString;
    use std::fs;
    use std::os::unix::fs::MetadataExt;
    use std::path::PathBuf;

    /// More no system follows.
    const LINKS: u32 = 40;
    const MOVED_BY_ITS_OWNER: u32 = 0o1000;
    let parts = |path: &Path| -> Vec<OsString> {
        let parts = path.components().rev();
        parts.map(|it| it.as_os_str().to_owned()).collect()
    };
    let own = rustix::process::geteuid().as_raw();
    let (mut reached, mut ahead, mut links) = (PathBuf::from("/"), parts(path), 0);
    while let Some(name) = ahead.pop() {
        if name == ".." {
            reached.pop();
            continue;
        }
        // What is not there is not loaded, and said by whoever would.
        let Ok(found) = fs::metadata(&reached) else {
            return Ok(());
        };
        let writable = found.mode() & 0o022 != 0 && found.mode() & MOVED_BY_ITS_OWNER == 0;
        if writable || ![own, 0].contains(&found.uid()) {
            let message = format!(
                "other users can put another file in the place of {what} {}",
                path.display()
            );
            return Err(Failure::new(FailureKind::ForeignModule, message).hint(format!(
                "what lies there runs with your rights: look at it, then make the directory your own or root's (chown) and nobody else's to write (chmod go-w {})",
                reached.display()
            )));
        }
        let next = reached.join(&name);
        match fs::read_link(&next) {
            Ok(target) if links < LINKS => {
                links += 1;
                ahead.extend(parts(&target));
            }
            _ => reached = next,
        }
    }
    Ok(())
}

/// Elsewhere directories have no such modes.
#[cfg(all(not(unix), feature = "token"))]
pub(crate) fn check_way(_: &str, _: &Path) -> Result<(), Failure> {
    Ok(())
}

/// Elsewhere files have no such modes.
#[cfg(all(not(unix), feature = "desk"))]
pub(crate) fn check_own(_: &str, _: &Path, _: &Metadata) -> Result<(), Failure> {
    Ok(())
}

/// Elsewhere files have no such modes.
#[cfg(not(unix))]
pub(crate) fn check(_: &str, _: &Path, _: &Metadata) -> Result<(), Failure> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn no_dump_is_written_and_nobody_looks_in() {
        use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

        super::close();
        assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
        assert_eq!(getrlimit(Resource::Core).current, Some(0));
    }
}
