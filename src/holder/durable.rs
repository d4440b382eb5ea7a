//! Files that are whole or not there: temporary, sync, rename, sync of the directory. Every write of the holder goes through here.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::audience::Audience;
use super::directory::{Directory, For};
use super::error::{Doing, StorageError};
use crate::messages;

/// The user id of whoever owns a file or directory; nothing where there is none, or where the system has no such number.
#[cfg(unix)]
pub(crate) fn owner(path: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().map(|it| it.uid())
}

/// Whether what is kept in a directory is another user's, and we are not root.
#[cfg(unix)]
pub(crate) fn is_anothers(directory: &Path) -> bool {
    let us = nix::unistd::geteuid();
    !us.is_root() && owner(directory).is_some_and(|owner| owner != us.as_raw())
}

#[cfg(not(unix))]
pub(crate) fn is_anothers(_: &Path) -> bool {
    false
}

/// Puts `bytes` in the place of the file at `path`: after a crash at any moment the old or the new content stands there, whole.
///
/// The caller holds the [`Lock`](super::lock::Lock) of the directory tree, so that the name of the temporary is nobody else's.
pub(crate) fn write(path: &Path, bytes: &[u8], audience: Audience) -> Result<(), StorageError> {
    let failed = |source| StorageError::new(Doing::Write, path, source);
    let (directory, name) = place(path, audience)?;
    let mut temporary = name.to_owned();
    temporary.push(".new");
    let written = fill(&directory, &temporary, bytes, audience)
        .and_then(|()| killed::or_go_on())
        .and_then(|()| directory.rename(&temporary, name));
    if let Err(source) = written {
        // What could not be finished is worth nothing; that it cannot be removed either says nothing new.
        let _ = directory.remove(&temporary);
        return Err(failed(source));
    }
    settled(&directory, path)?;
    killed::or_go_on().map_err(failed)
}

/// Takes a file away, durably; that there is none is as good.
pub(crate) fn remove(path: &Path) -> Result<(), StorageError> {
    let (directory, name) = parted(path)?;
    let removed = Directory::open(directory).and_then(|directory| {
        directory.remove(name)?;
        Ok(directory)
    });
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(StorageError::new(Doing::Write, path, error)),
        Ok(directory) => settled(&directory, path),
    }
}

/// Adds a line to the file at `path`: after a crash it is there whole, or torn at the end, which [`lines`] passes over.
///
/// The caller holds the [`Lock`](super::lock::Lock) of the directory tree.
pub(crate) fn append(path: &Path, line: &str, audience: Audience) -> Result<(), StorageError> {
    let failed = |source| StorageError::new(Doing::Write, path, source);
    let (directory, name) = place(path, audience)?;
    let known = end_of(path)?;
    let torn = known.is_some_and(|(_, last)| last.is_some_and(|last| last != b'\n'));
    let text = format!("{}{line}\n", if torn { "\n" } else { "" });
    let added = directory.file(name, For::Appending).and_then(|mut file| {
        let done = file
            .write_all(text.as_bytes())
            .and_then(|()| allow_file(&file, audience))
            .and_then(|()| directory.hand_on(&file))
            .and_then(|()| file.sync_all());
        if done.is_err() {
            // What is said to have failed is not to be read later on. The caller has the lock: nobody else added anything.
            let _ = file.set_len(known.map_or(0, |(length, _)| length));
        }
        done
    });
    added.map_err(failed)?;
    match known {
        None => settled(&directory, path),
        Some(_) => Ok(()),
    }
}

/// How long a file is, and its last byte; nothing where there is no file.
fn end_of(path: &Path) -> Result<Option<(u64, Option<u8>)>, StorageError> {
    let look = |mut file: File| {
        let known = file.metadata()?;
        if !known.is_file() {
            let what = messages::holder::not_a_file();
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        let mut last = [0];
        if known.len() == 0 {
            return Ok((0, None));
        }
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        Ok((known.len(), last.first().copied()))
    };
    match open(path).and_then(look) {
        Ok(end) => Ok(Some(end)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StorageError::new(Doing::Read, path, source)),
    }
}

/// The directory of a file, made where it is missing, and its name there.
fn place(path: &Path, audience: Audience) -> Result<(Directory, &OsStr), StorageError> {
    let (directory, name) = parted(path)?;
    Ok((Directory::make(directory, audience)?, name))
}

fn parted(path: &Path) -> Result<(&Path, &OsStr), StorageError> {
    let parts = path.parent().zip(path.file_name());
    let unfit = io::ErrorKind::InvalidInput;
    parts.ok_or_else(|| StorageError::new(Doing::Write, path, unfit.into()))
}

fn settled(directory: &Directory, path: &Path) -> Result<(), StorageError> {
    let failed = |source| StorageError::new(Doing::Settle, path, source);
    directory.sync().map_err(failed)
}

/// The lines of a file that is [added to](append), a torn one among them; none where there is no file.
pub(crate) fn lines(path: &Path) -> Result<Vec<String>, StorageError> {
    let bytes = read(path)?.unwrap_or_default();
    let lines = bytes.split(|byte| *byte == b'\n');
    let lines = lines.map(|line| String::from_utf8_lossy(line).into_owned());
    Ok(lines.filter(|line| !line.is_empty()).collect())
}

/// Where tests let the process die: before and after each rename.
#[cfg(test)]
pub(crate) mod killed {
    use std::cell::Cell;

    thread_local! {
        static LEFT: Cell<Option<u32>> = const { Cell::new(None) };
    }

    /// The process dies at the so many-th place, counted from 0; none: it lives.
    pub(crate) fn at(place: Option<u32>) {
        LEFT.set(place);
    }

    pub(super) fn or_go_on() -> std::io::Result<()> {
        match LEFT.get() {
            Some(0) => {
                LEFT.set(None);
                std::panic::panic_any("killed")
            }
            left => LEFT.set(left.map(|left| left - 1)),
        }
        Ok(())
    }
}

#[cfg(not(test))]
mod killed {
    pub(super) fn or_go_on() -> std::io::Result<()> {
        Ok(())
    }
}

/// The most bytes of a file here. Codes, product files and lists of years stay far below; whoever owns a home may put a larger file there for root to read.
const MOST_BYTES: u64 = 16 << 20;

/// The file's content, of at most [`MOST_BYTES`]; nothing where there is no file.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, StorageError> {
    read_up_to(MOST_BYTES, path)
}

/// The same of a file that grows for years: a book of loans has about a thousand bytes a loan.
#[cfg(feature = "site")]
pub(crate) fn read_book(path: &Path) -> Result<Option<Vec<u8>>, StorageError> {
    read_up_to(MOST_BYTES << 5, path)
}

fn read_up_to(most: u64, path: &Path) -> Result<Option<Vec<u8>>, StorageError> {
    match open(path).and_then(|file| bounded(&file, most)) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StorageError::new(Doing::Read, path, source)),
    }
}

/// A pipe in the file's place would be waited for, for ever, were it not opened without waiting.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = fs::OpenOptions::new();
    options.read(true);
    options.custom_flags(nix::fcntl::OFlag::O_NONBLOCK.bits());
    options.open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    crate::patience::opening(|| File::open(path))
}

fn bounded(file: &File, most: u64) -> io::Result<Vec<u8>> {
    let unfit = |what| Err(io::Error::new(io::ErrorKind::InvalidData, what));
    let known = file.metadata()?;
    if !known.is_file() && !known.is_dir() {
        return unfit(messages::holder::not_a_file());
    }
    if known.is_file() && known.len() > most {
        return unfit(messages::holder::no_end());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(known.len()).unwrap_or(0));
    // One that says it is empty, as those of the kernel do, may still have no end.
    Read::take(file, most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The files in a directory whose names end in `.extension`, sorted; none where there is no directory. Case counts only where it makes another file.
pub(crate) fn list(directory: &Path, extension: &str) -> Result<Vec<PathBuf>, StorageError> {
    let names = match names(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        names => names.map_err(|source| StorageError::new(Doing::Read, directory, source))?,
    };
    let paths = names.iter().map(|name| directory.join(name));
    let mut found: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|it| is_name(it, extension)))
        .collect();
    found.sort();
    Ok(found)
}

/// Whether a part of a file's name is this one, as the system that is run on tells names apart.
fn is_name(part: &OsStr, wanted: &str) -> bool {
    match IS_CASE_KEPT {
        true => part == wanted,
        false => part.eq_ignore_ascii_case(wanted),
    }
}

/// Whether `A` and `a` are two files.
pub(crate) const IS_CASE_KEPT: bool = !cfg!(any(windows, target_os = "macos"));

/// The names of all that lies in a directory. Where the call is interrupted it is made again, as is done for files by themselves.
pub(crate) fn names(directory: &Path) -> io::Result<Vec<OsString>> {
    loop {
        let entries = fs::read_dir(directory);
        let names = entries.and_then(|it| it.map(|entry| Ok(entry?.file_name())).collect());
        match names {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            names => return names,
        }
    }
}

fn fill(
    directory: &Directory,
    temporary: &OsStr,
    bytes: &[u8],
    audience: Audience,
) -> io::Result<()> {
    // A rest of an interrupted write may lie there. Creating anew never follows a link.
    match directory.remove(temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = directory.file(temporary, For::New)?;
    file.write_all(bytes)?;
    allow_file(&file, audience)?;
    directory.hand_on(&file)?;
    file.sync_all()
}

/// Sets the mode itself: a strict umask of root would keep every user from reading a machine-wide license.
#[cfg(unix)]
fn allow_file(file: &File, audience: Audience) -> io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(
        audience.file_mode(),
    ))
}

#[cfg(not(unix))]
fn allow_file(_: &File, _: Audience) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_replaces_whole_and_leaves_nothing_beside() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b/state.json");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path.with_file_name("state.json.new"), "torn").unwrap();
        write(&path, b"one", Audience::Owner).unwrap();
        write(&path, b"two", Audience::Owner).unwrap();
        assert_eq!(read(&path).unwrap().as_deref(), Some(b"two".as_slice()));
        assert_eq!(list(path.parent().unwrap(), "new").unwrap().len(), 0);
        assert_eq!(read(&dir.path().join("none")).unwrap(), None);
    }

    /// It costs whoever puts it there no disk, and root the memory of the whole machine.
    #[test]
    fn a_file_without_measure_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.json");
        let file = File::create(&path).unwrap();
        file.set_len(MOST_BYTES).unwrap();
        assert!(read(&path).is_ok());
        file.set_len(MOST_BYTES + 1).unwrap();
        let refused = read(&path).unwrap_err();
        assert!(
            refused.source.to_string().contains("too large"),
            "{refused:?}"
        );
        assert!(lines(&path).is_err());
    }

    /// Neither where it stands for a directory of ours.
    #[cfg(unix)]
    #[test]
    fn a_pipe_in_the_place_of_a_directory_is_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("anchor");
        let made = std::process::Command::new("mkfifo").arg(&place).status();
        assert!(made.unwrap().success());
        let path = place.join("state.json");
        assert!(write(&path, b"one", Audience::Owner).is_err());
        assert!(append(&path, "one", Audience::Owner).is_err());
        assert!(remove(&path).is_err());
        assert!(read(&path).is_err());
        assert!(list(&place, "json").is_err());
        assert!(write(&place.join("a/state.json"), b"one", Audience::Owner).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_in_the_place_of_a_file_is_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.json");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let error = read(&path).unwrap_err();
        assert!(
            error.to_string().contains("state.json"),
            "{error}: {path:?}"
        );
        assert_eq!(read(&dir.path().join("nothing")).unwrap(), None);
    }

    #[cfg(unix)]
    #[test]
    fn modes_follow_the_audience() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        for (audience, file, directory) in [
            (Audience::Everyone, 0o644, 0o755),
            (Audience::Owner, 0o600, 0o700),
        ] {
            let path = dir.path().join(format!("{audience:?}/x"));
            write(&path, b"x", audience).unwrap();
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(
                (mode(&path), mode(path.parent().unwrap())),
                (file, directory)
            );
        }
    }

    #[test]
    fn lines_are_added_and_a_torn_one_costs_itself_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/lines");
        append(&path, "one", Audience::Owner).unwrap();
        fs::write(&path, "one\ntw").unwrap();
        append(&path, "three", Audience::Owner).unwrap();
        assert_eq!(lines(&path).unwrap(), ["one", "tw", "three"]);
        assert!(lines(&dir.path().join("none")).unwrap().is_empty());
    }

    #[test]
    fn a_place_that_cannot_be_written_says_where() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        let error = write(&file.join("below/x"), b"x", Audience::Owner).unwrap_err();
        assert_eq!(error.kind(), "io");
        assert!(error.to_string().contains("file"), "{error}");
    }
}
