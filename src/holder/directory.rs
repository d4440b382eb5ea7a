//! Directories in which is written. Root writes in homes of others, too: below a directory of somebody else no link leads him astray, neither in place of a
//! file nor of a directory on the way, not even one that is put there a moment later (SPEC.md 6.5).

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::audience::Audience;
use super::error::{Doing, StorageError};

#[cfg(not(unix))]
mod elsewhere;

#[cfg(not(unix))]
pub(crate) use elsewhere::Directory;
#[cfg(unix)]
pub(crate) use here::Directory;

/// What a file is opened for. Its mode is 0600 at first; no link is followed, and no pipe waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum For {
    /// To be written whole: nothing may stand there.
    New,
    /// To be added to, and to be read.
    Appending,
    /// To be locked.
    Locking,
    /// To be read; it is there.
    Reading,
    /// To be read, written and locked; it is there.
    Changing,
}

/// A directory in which every user may keep files of his own and nobody touches another's: what a site's seats need (see [`crate::seats`]).
pub(crate) const FOR_ANYBODYS_FILES: u32 = 0o1777;

#[cfg(unix)]
mod here {
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::path::{Component, PathBuf};

    use nix::NixPath;
    use nix::errno::Errno;
    use nix::fcntl::{self, AT_FDCWD, OFlag, renameat};
    use nix::sys::stat::{FileStat, Mode, fstat, mkdirat};
    use nix::unistd::{UnlinkatFlags, unlinkat};

    use super::*;
    use crate::messages;

    /// A directory that is held open: what its path leads to may be another one by now.
    #[derive(Debug)]
    pub(crate) struct Directory(File);

    /// To pass through, not to read.
    #[cfg(target_os = "linux")]
    const ON_THE_WAY: OFlag = TO_HOLD.union(OFlag::O_PATH);
    #[cfg(not(target_os = "linux"))]
    const ON_THE_WAY: OFlag = TO_HOLD;
    const TO_HOLD: OFlag = OFlag::O_DIRECTORY.union(OFlag::O_CLOEXEC);

    /// As `fcntl::openat`, made again where a signal interrupts it, as the standard library does.
    fn openat(
        at: &impl AsFd,
        name: &(impl NixPath + ?Sized),
        flags: OFlag,
        mode: Mode,
    ) -> nix::Result<OwnedFd> {
        loop {
            match fcntl::openat(at, name, flags, mode) {
                Err(Errno::EINTR) => {}
                opened => return opened,
            }
        }
    }

    /// A directory; what else stands in its place, a pipe for one, is not waited for.
    fn held(path: &Path) -> io::Result<File> {
        Ok(openat(&AT_FDCWD, whole(path), TO_HOLD, Mode::empty())?.into())
    }

    impl Directory {
        /// One that is there.
        pub(crate) fn open(path: &Path) -> io::Result<Directory> {
            let opened = match is_led_by_others(path) {
                true => walk(path, None).map_err(|(_, error)| error)?,
                false => held(path)?,
            };
            Ok(Directory(opened))
        }

        /// One that is created, durably, as far as it is missing.
        pub(crate) fn make(path: &Path, audience: Audience) -> Result<Directory, StorageError> {
            let made = match is_led_by_others(path) {
                true => walk(path, Some(audience)),
                false => make_missing(path, audience)
                    .and_then(|()| held(path).map_err(|error| (path.into(), error))),
            };
            let failed = |(path, source): Failed| StorageError::new(Doing::Write, &path, source);
            made.map(Directory).map_err(failed)
        }

        /// One in it, whoever it belongs to; a link in its place is not followed (`FilesystemLoop`, `NotADirectory`).
        pub(crate) fn within(&self, name: &OsStr) -> io::Result<Directory> {
            let flags = TO_HOLD | OFlag::O_NOFOLLOW;
            Ok(Directory(
                openat(&self.0, name, flags, Mode::empty())?.into(),
            ))
        }

        pub(crate) fn file(&self, name: &OsStr, how: For) -> io::Result<File> {
            let asked = match how {
                For::New => OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL,
                For::Appending => OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_APPEND,
                For::Locking => OFlag::O_WRONLY | OFlag::O_CREAT,
                For::Reading => OFlag::O_RDONLY,
                For::Changing => OFlag::O_RDWR,
            };
            // Whoever owns the directory may have put a link in the file's place, or a pipe that nobody reads.
            let flags = asked | OFlag::O_CLOEXEC | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
            let mode = Mode::S_IRUSR | Mode::S_IWUSR;
            Ok(openat(&self.0, name, flags, mode)?.into())
        }

        pub(crate) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
            Ok(renameat(&self.0, from, &self.0, to)?)
        }

        pub(crate) fn remove(&self, name: &OsStr) -> io::Result<()> {
            Ok(unlinkat(&self.0, name, UnlinkatFlags::NoRemoveDir)?)
        }

        /// What was done in it outlasts a power cut.
        pub(crate) fn sync(&self) -> io::Result<()> {
            self.0.sync_all()
        }

        /// Sets who may do what in it, whatever the umask was.
        pub(crate) fn allow(&self, mode: u32) -> io::Result<()> {
            self.0.set_permissions(fs::Permissions::from_mode(mode))
        }

        /// What root makes in somebody's home is that user's, as the directory that it lies in: else he could not read or lock his own home any more.
        pub(crate) fn hand_on(&self, file: &File) -> io::Result<()> {
            hand_on(file, &self.0)
        }
    }

    fn hand_on(file: &File, directory: &File) -> io::Result<()> {
        if !nix::unistd::geteuid().is_root() {
            return Ok(());
        }
        let (found, there) = (file.metadata()?, directory.metadata()?);
        // A file of two names may be anybody's.
        let ours = found.uid() == 0 && (found.is_dir() || found.nlink() == 1);
        if ours && there.uid() != 0 {
            std::os::unix::fs::fchown(file, Some(there.uid()), Some(there.gid()))?;
        }
        Ok(())
    }

    /// A relative path may name nothing.
    fn whole(path: &Path) -> &Path {
        if path.as_os_str().is_empty() {
            return Path::new(".");
        }
        path
    }

    /// Whether we are root, and somebody else has a say in where a path leads.
    fn is_led_by_others(path: &Path) -> bool {
        let anybody = |mode: u32| mode & 0o1002 == 0o2;
        let others = |it: &fs::Metadata| it.uid() != 0 || it.is_dir() && anybody(it.mode());
        nix::unistd::geteuid().is_root()
            && path
                .ancestors()
                .any(|it| fs::symlink_metadata(whole(it)).is_ok_and(|it| others(&it)))
    }

    /// Where it failed, and why.
    type Failed = (PathBuf, io::Error);

    /// Creates what is missing where nobody else has a say.
    fn make_missing(directory: &Path, audience: Audience) -> Result<(), Failed> {
        if directory.is_dir() {
            return Ok(());
        }
        let parent = directory.parent().unwrap_or(Path::new(""));
        if !parent.as_os_str().is_empty() {
            make_missing(parent, audience)?;
        }
        let made = match fs::create_dir(directory) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
            Err(error) => Err(error),
            Ok(()) => held(parent).and_then(|parent| {
                let flags = TO_HOLD | OFlag::O_NOFOLLOW;
                let made = openat(&AT_FDCWD, directory, flags, Mode::empty())?;
                settle(&made.into(), &parent, audience)
            }),
        };
        made.map_err(|error| (directory.to_owned(), error))
    }

    /// A directory that was just made gets its mode and its owner, and lasts.
    fn settle(made: &File, parent: &File, audience: Audience) -> io::Result<()> {
        made.set_permissions(fs::Permissions::from_mode(audience.directory_mode()))?;
        hand_on(made, parent)?;
        parent.sync_all()
    }

    /// Whose word it is where the next name leads.
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Word {
        Roots,
        /// This user's: below his directory all is his.
        Of(u32),
        Anybodys,
    }

    /// Goes down a path by one name after another, each held open, so that it leads where it was looked at. A link of somebody else leads to directories of
    /// his alone.
    fn walk(path: &Path, make: Option<Audience>) -> Result<File, Failed> {
        let start = if path.has_root() { "/" } else { "." };
        let mut gone = PathBuf::from(start);
        let open = openat(&AT_FDCWD, start, ON_THE_WAY, Mode::empty());
        let mut at: OwnedFd = open.map_err(|error| (gone.clone(), error.into()))?;
        let mut word = Word::Roots;
        for component in path.components() {
            word = word.after(&at).map_err(|error| (gone.clone(), error))?;
            let name = match component {
                Component::Normal(name) => name,
                Component::ParentDir => OsStr::new(".."),
                Component::RootDir | Component::CurDir | Component::Prefix(_) => continue,
            };
            gone.push(name);
            at = step(&at, name, word, make).map_err(|error| (gone.clone(), error))?;
        }
        let held = openat(&at, ".", TO_HOLD, Mode::empty());
        held.map(File::from).map_err(|error| (gone, error.into()))
    }

    impl Word {
        fn after(self, at: &OwnedFd) -> io::Result<Word> {
            let found: FileStat = fstat(at)?;
            let anybodys = Mode::from_bits_truncate(found.st_mode).contains(Mode::S_IWOTH);
            Ok(match self {
                Word::Of(_) => self,
                _ if found.st_uid != 0 => Word::Of(found.st_uid),
                _ if anybodys => Word::Anybodys,
                _ => Word::Roots,
            })
        }
    }

    fn step(at: &OwnedFd, name: &OsStr, word: Word, make: Option<Audience>) -> io::Result<OwnedFd> {
        if word == Word::Roots && make.is_none() {
            return Ok(openat(at, name, ON_THE_WAY, Mode::empty())?);
        }
        let itself = ON_THE_WAY | OFlag::O_NOFOLLOW;
        match (openat(at, name, itself, Mode::empty()), make) {
            (Ok(next), _) => Ok(next),
            (Err(Errno::ENOENT), Some(audience)) => {
                match mkdirat(at, name, Mode::S_IRWXU) {
                    Ok(()) => {
                        let flags = TO_HOLD | OFlag::O_NOFOLLOW;
                        let made = File::from(openat(at, name, flags, Mode::empty())?);
                        let parent = openat(at, ".", TO_HOLD, Mode::empty())?;
                        settle(&made, &parent.into(), audience)?;
                    }
                    // Another process was faster.
                    Err(Errno::EEXIST) => {}
                    Err(error) => return Err(error.into()),
                }
                Ok(openat(at, name, itself, Mode::empty())?)
            }
            (Err(Errno::ELOOP | Errno::ENOTDIR), _) => {
                let led = openat(at, name, ON_THE_WAY, Mode::empty())?;
                let owner = fstat(&led)?.st_uid;
                match word {
                    Word::Roots => Ok(led),
                    Word::Of(user) if user == owner => Ok(led),
                    _ => Err(io::Error::new(
                        io::ErrorKind::PermissionDenied,
                        messages::holder::foreign_link(),
                    )),
                }
            }
            (Err(error), _) => Err(error.into()),
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{chown, symlink};

    use super::*;

    fn make(path: &Path) -> Result<Directory, StorageError> {
        Directory::make(path, Audience::Owner)
    }

    #[test]
    fn what_is_missing_is_made_and_a_file_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let made = make(&dir.path().join("a/b")).unwrap();
        made.file("new".as_ref(), For::New).unwrap();
        made.rename("new".as_ref(), "name".as_ref()).unwrap();
        assert!(dir.path().join("a/b/name").is_file());
        assert!(made.file("name".as_ref(), For::New).is_err());
        made.remove("name".as_ref()).unwrap();
        assert!(Directory::open(&dir.path().join("a/c")).is_err());
    }

    /// Only root can be led by others, and only he can make things theirs.
    #[test]
    fn links_of_others_lead_root_to_what_is_theirs_alone() {
        const ADA: u32 = 61234;
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for name in ["ada", "ada/own", "roots", "bob"] {
            fs::create_dir(at(name)).unwrap();
        }
        for (name, user) in [("ada", ADA), ("ada/own", ADA), ("bob", ADA + 1)] {
            if chown(at(name), Some(user), Some(user)).is_err() {
                return;
            }
        }
        for (link, target) in [
            ("to-own", "ada/own"),
            ("to-roots", "roots"),
            ("to-bob", "bob"),
        ] {
            symlink(at(target), at("ada").join(link)).unwrap();
        }
        make(&at("ada/to-own/state")).unwrap();
        assert!(at("ada/own/state").is_dir());
        use std::os::unix::fs::MetadataExt;
        assert_eq!(fs::metadata(at("ada/own/state")).unwrap().uid(), ADA);
        for link in ["to-roots", "to-bob"] {
            let error = make(&at("ada").join(link).join("state")).unwrap_err();
            assert_eq!(error.kind(), "no_permission", "{link}");
            let there = at("ada").join(link);
            assert!(Directory::open(&there).is_err(), "{link}");
        }
        assert_eq!(fs::read_dir(at("roots")).unwrap().count(), 0);
        assert_eq!(fs::read_dir(at("bob")).unwrap().count(), 0);
        // Root's own links are his to set.
        symlink(at("roots"), at("by-root")).unwrap();
        make(&at("by-root/state")).unwrap();
        assert!(at("roots/state").is_dir());
    }
}
