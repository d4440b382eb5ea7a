//! Whose locks a directory has: this host's alone, or those of a file server, as its file system and the options say with which it is mounted.

use std::path::{Path, PathBuf};

use super::kernel;

/// Which processes the locks of a directory keep apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those of this host.
    Host,
    /// Those of all hosts that share it, for the locks are a file server's.
    Server,
    /// Not even those, or nobody knows: the file system, and the option of its mount that is in the way.
    Nobody {
        file_system: String,
        option: Option<String>,
    },
}

/// That of a directory.
pub(super) fn reach(directory: &Path) -> Reach {
    let Some(name) = kernel::shared_file_system(directory) else {
        return Reach::Host;
    };
    let nobody = |option: Option<String>| Reach::Nobody {
        file_system: name.to_owned(),
        option,
    };
    if !matches!(name, "NFS" | "SMB" | "CIFS") || !cfg!(target_os = "linux") {
        return nobody(None);
    }
    // With or without links on the way it is the same mount.
    let Ok(directory) = directory.canonicalize() else {
        return nobody(None);
    };
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    match mount_of(&mounts, &directory) {
        None => nobody(None),
        Some(mount) => match mount.without_locks() {
            None => Reach::Server,
            option => nobody(option),
        },
    }
}

/// A line of `/proc/self/mountinfo`: "36 35 0:30 / /mnt rw,relatime shared:9 - nfs4 server:/ rw,vers=4.2,local_lock=none".
#[derive(Debug, PartialEq, Eq)]
struct Mount {
    point: PathBuf,
    file_system: String,
    /// Those of the mount, and of the file system.
    options: Vec<String>,
}

impl Mount {
    fn read(line: &str) -> Option<Mount> {
        // Fields that are not always there end with a dash.
        let (mount, file_system) = line.split_once(" - ")?;
        let mut mount = mount.split(' ').skip(4);
        let mut system = file_system.split(' ');
        let (point, own) = (mount.next()?, mount.next()?);
        let (name, of_system) = (system.next()?, system.nth(1).unwrap_or_default());
        let options = own.split(',').chain(of_system.split(','));
        Some(Mount {
            point: unescaped(point)?,
            file_system: name.to_owned(),
            options: options.map(str::to_owned).collect(),
        })
    }

    /// The option by which locks stay on this host, or are not taken at all.
    fn without_locks(&self) -> Option<String> {
        let stays = |option: &&String| match self.file_system.as_str() {
            "nfs" | "nfs4" => {
                let local = option.strip_prefix("local_lock=");
                *option == "nolock" || local.is_some_and(|it| it != "none")
            }
            // What mounts SMB knows two names of it.
            _ => matches!(option.as_str(), "nobrl" | "nolock"),
        };
        self.options.iter().find(stays).cloned()
    }
}

/// The mount in which a path lies: the deepest, and of those that hide each other the last.
fn mount_of(mounts: &str, path: &Path) -> Option<Mount> {
    let mounts = mounts.lines().filter_map(Mount::read);
    let within = mounts.filter(|it| path.starts_with(&it.point));
    within.max_by_key(|it| it.point.components().count())
}

/// A blank, a tab, a line's end and a backslash are three digits there, in base 8.
fn unescaped(text: &str) -> Option<PathBuf> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let digits: Vec<u8> = rest.by_ref().take(3).collect();
        let number = std::str::from_utf8(&digits).ok()?;
        bytes.push(
            u8::from_str_radix(number, 8)
                .ok()
                .filter(|_| digits.len() == 3)?,
        );
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt;
        Some(std::ffi::OsString::from_vec(bytes).into())
    }
    #[cfg(not(unix))]
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As systems wrote them.
    const MOUNTS: &str = r"22 27 0:20 / /proc rw,nosuid,nodev,noexec,relatime shared:5 - proc proc rw
27 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
61 27 0:50 / /srv/shared rw,relatime shared:30 - nfs4 files:/export rw,vers=4.2,rsize=1048576,proto=tcp,sec=sys,local_lock=none,addr=10.0.0.2
62 27 0:51 / /srv/old rw,relatime shared:31 - nfs files:/old rw,vers=3,nolock,proto=tcp,mountproto=udp,local_lock=all,addr=10.0.0.2
63 27 0:52 / /srv/some rw,relatime shared:32 - nfs files:/some rw,vers=3,proto=tcp,local_lock=posix,addr=10.0.0.2
64 27 0:53 / /mnt/with\040a\040blank rw,relatime shared:33 - cifs //files/Our\040Share rw,vers=3.1.1,cache=strict,uid=0,addr=10.0.0.2,actimeo=1
65 27 0:54 / /mnt/smb rw,relatime - cifs //files/share rw,vers=3.1.1,cache=strict,nobrl,addr=10.0.0.2
66 61 254:1 /var/disk /srv/shared/here rw,relatime shared:1 - ext4 /dev/vda1 rw
67 27 0:51 /deep/down /bound rw,relatime shared:31 master:2 - nfs files:/old rw,vers=3,nolock,local_lock=all,addr=10.0.0.2
68 27 0:55 / /twice rw - nfs4 files:/a rw,local_lock=none
69 68 0:56 / /twice rw - nfs4 files:/b rw,local_lock=flock
70 27 0:57 / /back\134slash rw - nfs4 files:/c rw,local_lock=none
";

    fn of(path: &str) -> Mount {
        mount_of(MOUNTS, Path::new(path)).unwrap()
    }

    fn without(path: &str) -> Option<String> {
        of(path).without_locks()
    }

    #[test]
    fn an_option_that_keeps_locks_on_the_host_is_named() {
        assert_eq!(without("/srv/shared/site"), None);
        assert_eq!(without("/srv/old/site").as_deref(), Some("nolock"));
        assert_eq!(
            without("/srv/some/site").as_deref(),
            Some("local_lock=posix")
        );
        assert_eq!(without("/mnt/with a blank/site"), None);
        assert_eq!(without("/mnt/smb").as_deref(), Some("nobrl"));
    }

    #[test]
    fn it_is_the_deepest_mount_and_the_last_of_one_place() {
        assert_eq!(of("/srv/shared/here/site").file_system, "ext4");
        assert_eq!(of("/srv/shared/hereafter").file_system, "nfs4");
        assert_eq!(of("/srv/sharednot").file_system, "ext4");
        // A directory of it that is bound elsewhere has its options.
        assert_eq!(without("/bound/site").as_deref(), Some("nolock"));
        assert_eq!(without("/twice").as_deref(), Some("local_lock=flock"));
        assert_eq!(of(r"/back\slash/site").file_system, "nfs4");
    }

    #[test]
    fn what_is_no_mount_says_nothing() {
        for line in [
            "",
            "36 35 0:30 / /mnt rw",
            r"36 35 0:30 / /a\04 rw - ext4 a rw",
        ] {
            assert_eq!(Mount::read(line), None, "{line}");
        }
        assert_eq!(mount_of("", Path::new("/srv")), None);
    }
}
