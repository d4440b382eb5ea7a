//! The second place of a home: small, outside it, and not to be moved by whoever chooses another home (SPEC.md 6.5).
//!
//! Where it lies is never taken from the environment: `HOME` and its like are anybody's to set.

use std::path::{Path, PathBuf};

use super::audience::Audience;

/// Where a little is kept that a restored, copied or chosen home must not undo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    directory: PathBuf,
    audience: Audience,
}

impl Anchor {
    /// The anchor of the whole computer, which its administrator alone writes and everybody reads.
    pub fn of_all(directory: &Path) -> Anchor {
        Anchor {
            directory: directory.to_owned(),
            audience: Audience::Everyone,
        }
    }

    /// The anchor of one account.
    pub fn of_one(directory: &Path) -> Anchor {
        Anchor {
            directory: directory.to_owned(),
            audience: Audience::Owner,
        }
    }

    /// The anchors of the home `directory` on this computer, in the order in which they are locked: the machine-wide one, then that of the account that
    /// owns the home, or will, being ours, where it does not exist yet. An account without a home directory has none.
    pub fn of_this_computer(directory: &Path) -> Vec<Anchor> {
        let all = here::for_all().map(|at| Anchor::of_all(&at.join(NAME)));
        let one = here::of_owner(directory).map(|at| Anchor::of_one(&at.join(NAME)));
        all.into_iter().chain(one).collect()
    }

    /// Its directory, which need not exist.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Who may read what is written there.
    pub fn audience(&self) -> Audience {
        self.audience
    }
}

const NAME: &str = "countersign-anchor";

#[cfg(unix)]
mod here {
    use std::fs;
    use std::os::unix::fs::MetadataExt;
    use std::path::{Path, PathBuf};

    use nix::unistd::{Uid, User};

    pub(super) fn for_all() -> Option<PathBuf> {
        let place = if cfg!(target_os = "macos") {
            "/Library/Application Support"
        } else {
            "/var/lib"
        };
        Some(place.into())
    }

    /// Where the account that owns a home keeps its state, by the password database.
    pub(super) fn of_owner(home: &Path) -> Option<PathBuf> {
        let owner = super::super::durable::owner(&home.join("machine"))
            .or_else(|| super::super::durable::owner(home))
            .unwrap_or_else(|| Uid::effective().as_raw());
        let account = User::from_uid(Uid::from_raw(owner)).ok()??;
        // Many a service's account names a directory that is not there, or `/`: it is not made for this.
        let own = fs::metadata(&account.dir).is_ok_and(|it| it.is_dir() && it.uid() == owner);
        (own && account.dir.parent().is_some()).then(|| account.dir.join(BELOW))
    }

    const BELOW: &str = if cfg!(target_os = "macos") {
        "Library/Application Support"
    } else {
        ".local/state"
    };
}

#[cfg(windows)]
mod here {
    use std::path::{Path, PathBuf};

    use known_folders::{KnownFolder, get_known_folder_path};

    pub(super) fn for_all() -> Option<PathBuf> {
        get_known_folder_path(KnownFolder::ProgramData)
    }

    /// Windows tells no owner without unsafe code: there it is the account that runs the program.
    pub(super) fn of_owner(_: &Path) -> Option<PathBuf> {
        get_known_folder_path(KnownFolder::LocalAppData)
    }
}

#[cfg(not(any(unix, windows)))]
mod here {
    use std::path::{Path, PathBuf};

    pub(super) fn for_all() -> Option<PathBuf> {
        None
    }

    pub(super) fn of_owner(_: &Path) -> Option<PathBuf> {
        None
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn the_account_says_where_and_no_variable_does() {
        let home = tempfile::tempdir().unwrap();
        let anchors = Anchor::of_this_computer(home.path());
        assert_eq!(anchors[0].audience(), Audience::Everyone);
        let owner = durable_owner(home.path());
        let account = nix::unistd::User::from_uid(nix::unistd::Uid::from_raw(owner));
        let Some(account) = account.unwrap() else {
            return;
        };
        for anchor in &anchors[1..] {
            assert!(anchor.directory().starts_with(&account.dir));
            assert_eq!(anchor.audience(), Audience::Owner);
        }
        // A home that is not there yet will be ours.
        assert_eq!(
            Anchor::of_this_computer(&home.path().join("none")).len(),
            anchors.len()
        );
    }

    fn durable_owner(path: &Path) -> u32 {
        super::super::durable::owner(path).unwrap()
    }
}
