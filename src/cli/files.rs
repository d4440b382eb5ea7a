//! Files that are written where the user says: whole or not at all, and nowhere else than where he means.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};

use super::failure::Failure;
use crate::failure::FailureKind;
use crate::messages;
use crate::patience;
use crate::protocol::device_name::{is_cut, is_device_name};

/// Links on the way to a file; systems give up after as many.
const MOST_LINKS: usize = 40;

/// Writes a file by way of a new one beside it, so that a full disk leaves the old one as it was.
///
/// A link in its place is followed where it is the user's own or the system's, as `/dev/stdout` is. Somebody else's is not: in a directory that others
/// may write to, it would choose the file that is overwritten. What is no file, such as a pipe or a terminal, is written to.
///
/// # Errors
/// A link or a pipe of somebody else, and whatever the disk says.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        Failure::new(
            FailureKind::Io,
            messages::code::unwritten(path.display()).to_string(),
        )
        .because(error)
        .hint(messages::code::unwritten_hint())
    };
    if cfg!(windows) && path.file_name().is_some_and(is_no_name) {
        return Err(Failure::new(
            FailureKind::Usage,
            messages::code::device_name(path.display()).to_string(),
        )
        .hint(messages::code::device_name_hint()));
    }
    match place(path).map_err(failed)? {
        Place::Stdout => {
            let mut stdout = io::stdout().lock();
            stdout
                .write_all(bytes)
                .and_then(|()| stdout.flush())
                .map_err(failed)
        }
        Place::Stream(place) => OpenOptions::new()
            .write(true)
            .open(place)
            .and_then(|mut stream| stream.write_all(bytes))
            .map_err(failed),
        Place::File { place, .. } if is_kept(&place) => Err(Failure::new(
            FailureKind::KeptFile,
            messages::code::kept_file(path.display()).to_string(),
        )
        .hint(messages::code::kept_file_hint())),
        Place::File { place, old } => replace(&place, bytes, old).map_err(failed),
        Place::Directory => Err(Failure::new(
            FailureKind::Io,
            messages::code::unwritten_directory(path.display()).to_string(),
        )
        .hint(messages::code::unwritten_directory_hint())),
        Place::SomebodyElses => Err(Failure::new(
            FailureKind::ForeignLink,
            messages::code::foreign_link(path.display()).to_string(),
        )
        .hint(messages::code::foreign_link_hint())),
    }
}

/// How what is never overwritten begins: a key, a ledger, a checkpoint.
const KEPT: &[&[u8]] = &[
    b"-----BEGIN ",
    #[cfg(feature = "desk")]
    b"SQLite format 3\0",
    #[cfg(feature = "desk")]
    b"countersign ledger v1\n",
];

/// Whether such a file stands there: a name that was mistyped must not cost it.
fn is_kept(place: &Path) -> bool {
    let mut begins = Vec::new();
    let read = File::open(place).and_then(|file| file.take(64).read_to_end(&mut begins));
    read.is_ok() && KEPT.iter().any(|kept| begins.starts_with(kept))
}

/// Whether Windows takes a name for a device, or for another name.
fn is_no_name(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    is_device_name(&name) || is_cut(&name)
}

/// Where the bytes go.
enum Place {
    /// A file that is there, with its rights, or is not there yet.
    File {
        place: PathBuf,
        old: Option<fs::Permissions>,
    },
    /// This program's own standard output, at the place where it stands.
    Stdout,
    /// A pipe, a terminal, a device.
    Stream(PathBuf),
    Directory,
    SomebodyElses,
}

/// Follows the links that may be followed.
fn place(path: &Path) -> io::Result<Place> {
    let mut place = path.to_owned();
    for _ in 0..MOST_LINKS {
        if cfg!(unix)
            && ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]
                .map(Path::new)
                .contains(&place.as_path())
        {
            return Ok(Place::Stdout);
        }
        let found = match fs::symlink_metadata(&place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Place::File { place, old: None });
            }
            other => other?,
        };
        if found.is_dir() {
            return Ok(Place::Directory);
        }
        if found.is_file() {
            let old = may_be_trusted(&found).then(|| found.permissions());
            return Ok(Place::File { place, old });
        }
        if !may_be_trusted(&found) {
            return Ok(Place::SomebodyElses);
        }
        if !found.is_symlink() {
            return Ok(Place::Stream(place));
        }
        let target = fs::read_link(&place)?;
        // A link that was exchanged meanwhile is not the one that was looked at.
        if !is_same(&found, &fs::symlink_metadata(&place)?) {
            return Ok(Place::SomebodyElses);
        }
        let target = place.parent().unwrap_or(Path::new("")).join(target);
        if fs::symlink_metadata(&target).is_err()
            && fs::metadata(&place).is_ok_and(|it| !it.is_file())
        {
            // An open pipe or socket, whose link in /proc names no path.
            return Ok(Place::Stream(place));
        }
        place = target;
    }
    Err(io::Error::other(messages::code::too_many_links()))
}

/// Whether whoever made this could overwrite the user's files anyway: the user, or the system.
#[cfg(unix)]
fn may_be_trusted(found: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    found.uid() == 0 || found.uid() == rustix::process::geteuid().as_raw()
}

/// Elsewhere only administrators make links.
#[cfg(not(unix))]
fn may_be_trusted(_: &fs::Metadata) -> bool {
    true
}

#[cfg(unix)]
fn is_same(before: &fs::Metadata, after: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    let what = |it: &fs::Metadata| (it.dev(), it.ino(), it.ctime(), it.ctime_nsec());
    what(before) == what(after)
}

#[cfg(not(unix))]
fn is_same(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

/// Puts a new file in the place of what is there, which is never opened.
fn replace(path: &Path, bytes: &[u8], old: Option<fs::Permissions>) -> io::Result<()> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let temporary = path.with_file_name(format!(
        ".countersign-{:016x}.part",
        u64::from_be_bytes(random)
    ));
    // Never what is there already, be it a link.
    let mut file = File::create_new(&temporary)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| old.map_or(Ok(()), |old| file.set_permissions(old)))
        .and_then(|()| file.sync_all())
        .and_then(|()| patience::moving(|| fs::rename(&temporary, path)));
    if written.is_err() {
        // What is left of it is of no use.
        let _ = fs::remove_file(&temporary);
    }
    written
}
