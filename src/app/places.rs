//! Where licenses lie on a computer: one place for all its users, and one for each of them.

use std::path::{Path, PathBuf};

#[cfg(not(windows))]
use etcetera::base_strategy::{BaseStrategy, choose_native_strategy};

use crate::holder::Audience;

/// The home that every user of this computer reads and its administrator writes: `/var/lib/countersign`; on macOS below
/// `/Library/Application Support`, on Windows below `%ProgramData%`.
///
/// ```
/// println!("{}", countersign::app::places::of_all().display());
/// ```
pub fn of_all() -> PathBuf {
    if cfg!(windows) {
        let base = std::env::var_os("ProgramData")
            .map_or_else(|| PathBuf::from(r"C:\ProgramData"), PathBuf::from);
        base.join(NAME)
    } else if cfg!(target_os = "macos") {
        Path::new("/Library/Application Support").join(NAME)
    } else {
        Path::new("/var/lib").join(NAME)
    }
}

/// The home of the user who runs the program, in the platform's data directory; nothing where this user has none. On Windows it is below `%LOCALAPPDATA%`, for
/// what lies in `%APPDATA%` goes with the user to other computers.
///
/// ```
/// if let Some(home) = countersign::app::places::of_user() {
///     println!("{}", home.display());
/// }
/// ```
pub fn of_user() -> Option<PathBuf> {
    #[cfg(windows)]
    let data = known_folders::get_known_folder_path(known_folders::KnownFolder::LocalAppData);
    #[cfg(not(windows))]
    let data = choose_native_strategy().ok().map(|it| it.data_dir());
    Some(data?.join(NAME))
}

/// Who reads what is written to a home that was named: everyone where it was made so, for many workstations may share one.
///
/// ```
/// use countersign::app::places;
/// use countersign::holder::Audience;
///
/// assert_eq!(places::audience("nowhere".as_ref()), Audience::Owner);
/// ```
#[cfg(unix)]
pub fn audience(home: &Path) -> Audience {
    use std::os::unix::fs::PermissionsExt;

    let mode = std::fs::metadata(home.join("machine")).map(|it| it.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o004 != 0) {
        Audience::Everyone
    } else {
        Audience::Owner
    }
}

/// Elsewhere directories pass on the rights of their parents.
///
/// ```
/// use countersign::app::places;
/// use countersign::holder::Audience;
///
/// assert_eq!(places::audience("nowhere".as_ref()), Audience::Owner);
/// ```
#[cfg(not(unix))]
pub fn audience(_: &Path) -> Audience {
    Audience::Owner
}

const NAME: &str = "countersign";
