//! What the kernel knows beside the locks themselves: whose a file is, on what file system it lies.

use std::fs::File;
use std::path::Path;

use crate::messages::seats as messages;

/// Whom a user namespace says all to be whom it does not know: he is nobody in particular.
pub(super) const NOBODY: Option<u32> = Some(65_534);

/// The user id of whoever asks; none where the system has no such number.
pub(super) fn us() -> Option<u32> {
    #[cfg(unix)]
    return Some(nix::unistd::geteuid().as_raw());
    #[cfg(not(unix))]
    return None;
}

/// The name of the account under which this process runs.
pub(crate) fn account() -> String {
    let by_environment = || std::env::var(if cfg!(windows) { "USERNAME" } else { "USER" }).ok();
    let name = name_of(us()).or_else(by_environment);
    name.unwrap_or_else(|| messages::somebody().to_owned())
}

/// The same for a record of who did what: no variable says who that is, where the system knows a number.
#[cfg(feature = "desk")]
pub(crate) fn login() -> String {
    match (us(), name_of(us())) {
        (_, Some(name)) => name,
        (Some(number), None) => format!("user {number}"),
        (None, None) => account(),
    }
}

/// The user id of a file's owner.
pub(super) fn owner(file: &File) -> Option<u32> {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::uid(&file.metadata().ok()?).into();
    #[cfg(not(unix))]
    {
        let _ = file;
        None
    }
}

/// The user id of the owner of what lies at a path, which is not opened.
pub(super) fn owner_of(path: &Path) -> Option<u32> {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::uid(&std::fs::symlink_metadata(path).ok()?).into();
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// The name of a user, where the system knows it; else the number.
pub(super) fn name_of(user: Option<u32>) -> Option<String> {
    let user = user?;
    #[cfg(unix)]
    if let Ok(Some(known)) = nix::unistd::User::from_uid(user.into()) {
        return Some(super::who::plain(&known.name));
    }
    Some(messages::user(user).to_string())
}

/// What tells a file that was opened from every other, where the system tells it.
pub(super) type Identity = (u64, u64);

/// The file that was opened, where a path still leads to it.
pub(super) fn leads_to(path: &Path, file: &File) -> Option<Identity> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let there = std::fs::symlink_metadata(path).ok()?;
        identity(file).filter(|here| *here == (there.dev(), there.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        path.exists().then_some((0, 0))
    }
}

/// What tells it.
#[cfg(unix)]
pub(super) fn identity(file: &File) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    let found = file.metadata().ok()?;
    Some((found.dev(), found.ino()))
}

/// Whether a file that was opened has its name still, and no other; where the system does not say it is taken to have lost it.
pub(super) fn has_one_name(found: &std::fs::Metadata) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::nlink(found) == 1;
    #[cfg(not(unix))]
    {
        let _ = found;
        false
    }
}

/// The name of a file system whose locks may keep the processes of one host apart at best: it is another host's, or a process's of this one.
#[cfg(target_os = "linux")]
pub(crate) fn shared_file_system(directory: &Path) -> Option<&'static str> {
    const SHARED: [(i64, &str); 18] = [
        (0x6969, "NFS"),
        (0x517b, "SMB"),
        (0xff53_4d42, "CIFS"),
        (0xfe53_4d42, "SMB"),
        (0x6573_5546, "FUSE"),
        (0x0102_1997, "9p"),
        (0x5346_414f, "AFS"),
        (0x6b41_4653, "AFS"),
        (0x7375_7245, "Coda"),
        (0x00c3_6400, "Ceph"),
        (0x0bd0_0bd0, "Lustre"),
        (0x4750_4653, "GPFS"),
        (0x0116_1970, "GFS2"),
        (0x7461_636f, "OCFS2"),
        (0x786f_4256, "VirtualBox shared folder"),
        (0xbacb_acbc, "VMware shared folder"),
        (0x1983_0326, "FhGFS"),
        (0x5346_5342, "BeeGFS"),
    ];
    let found = nix::sys::statfs::statfs(directory).ok()?;
    #[allow(
        clippy::unnecessary_cast,
        clippy::cast_lossless,
        reason = "a long of C here, an int there: the lower half says it all"
    )]
    let number = (found.filesystem_type().0 as i64) & 0xffff_ffff;
    let known = SHARED.iter().find(|(known, _)| *known == number);
    known.map(|(_, name)| *name)
}

#[cfg(target_os = "macos")]
pub(crate) fn shared_file_system(directory: &Path) -> Option<&'static str> {
    let found = nix::sys::statfs::statfs(directory).ok()?;
    let name = found.filesystem_type_name().to_owned();
    let shared = [
        "nfs", "smbfs", "afpfs", "webdav", "ftp", "macfuse", "osxfuse",
    ];
    shared.into_iter().find(|known| *known == name)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub(crate) fn shared_file_system(directory: &Path) -> Option<&'static str> {
    use std::path::{Component, Prefix};

    let is_share = |path: &Path| match path.components().next() {
        Some(Component::Prefix(it)) => {
            matches!(it.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..))
        }
        _ => false,
    };
    // As it is named, and as it is led to: the letter of a drive may be a share's.
    let led_to = std::fs::canonicalize(directory);
    let share = is_share(directory) || led_to.is_ok_and(|it| is_share(&it));
    share.then_some("SMB")
}
