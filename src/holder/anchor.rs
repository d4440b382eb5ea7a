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
    /// owns the home, or will, being ours, where it does not exist yet; where that account has no directory, that of whoever runs the program. In a user
    /// namespace, where anybody may be called anything, it is the account that he is outside.
    pub fn of_this_computer(directory: &Path) -> Vec<Anchor> {
        let all = here::for_all().map(|at| Anchor::of_all(&at.join(NAME)));
        let of_one = here::of_owner(directory).into_iter();
        let one = of_one.map(|at| Anchor::of_one(&at.join(NAME)));
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

    use nix::unistd::{AccessFlags, Uid, User, access};

    use crate::machine::UserIds;

    pub(super) fn for_all() -> Option<PathBuf> {
        let place = if cfg!(target_os = "macos") {
            "/Library/Application Support"
        } else {
            "/var/lib"
        };
        Some(place.into())
    }

    /// What the kernel calls whoever has no number in a user namespace.
    const NOBODY: u32 = 65534;

    /// Where the account that owns a home keeps its state, by the password database. Several only where it is not told whose they are.
    pub(super) fn of_owner(home: &Path) -> Vec<PathBuf> {
        let us = Uid::effective().as_raw();
        let owner = super::super::durable::owner(&home.join("machine"))
            .or_else(|| super::super::durable::owner(home))
            .unwrap_or(us);
        let ids = UserIds::here();
        let mut own = accounts(owner, ids.as_ref());
        // A home can be given to a number that nobody has: it is still ours who run it.
        if own.is_empty() {
            own = accounts(us, ids.as_ref());
        }
        own.into_iter().map(|place| place.join(BELOW)).collect()
    }

    /// The directories of an account. Who he is outside of a user namespace counts first: what he is called within is his to choose.
    fn accounts(uid: u32, ids: Option<&UserIds>) -> Vec<PathBuf> {
        let known = |uid| Some(User::from_uid(Uid::from_raw(uid)).ok()??.dir);
        let own = |place: &PathBuf| is_own(place, uid);
        let Some(ids) = ids else {
            return known(uid).into_iter().filter(own).collect();
        };
        if let Some(outside) = ids.outside(uid).and_then(known).filter(own) {
            return vec![outside];
        }
        let listed = fs::read_to_string("/etc/passwd").unwrap_or_default();
        if uid != NOBODY && ids.outside(uid).is_some() {
            let mut any = known(uid).into_iter().chain(homes(&listed));
            return any.find(own).into_iter().collect();
        }
        // All that is somebody else's seems to be his too: what he may write is his.
        homes(&listed)
            .filter(own)
            .filter(|place| access(place, AccessFlags::W_OK).is_ok())
            .collect()
    }

    /// Many a service's account names a directory that is not there, or `/`: it is not made for this.
    fn is_own(place: &Path, owner: u32) -> bool {
        let own = fs::metadata(place).is_ok_and(|it| it.is_dir() && it.uid() == owner);
        own && place.parent().is_some()
    }

    /// The directories that a password file names, in its order.
    fn homes(listed: &str) -> impl Iterator<Item = PathBuf> {
        let sixth = |line: &str| Some(PathBuf::from(line.split(':').nth(5)?));
        listed
            .lines()
            .filter_map(sixth)
            .collect::<Vec<_>>()
            .into_iter()
    }

    const BELOW: &str = if cfg!(target_os = "macos") {
        "Library/Application Support"
    } else {
        ".local/state"
    };

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_password_file_names_homes() {
            let listed =
                "root:x:0:0:root:/root:/bin/bash\nbroken\nalice:x:5001:5001::/home/alice:/bin/sh\n";
            let named: Vec<_> = homes(listed).collect();
            assert_eq!(named, [Path::new("/root"), Path::new("/home/alice")]);
        }
    }
}

#[cfg(windows)]
mod here {
    use std::path::{Path, PathBuf};

    use known_folders::{KnownFolder, get_known_folder_path};

    pub(super) fn for_all() -> Option<PathBuf> {
        get_known_folder_path(KnownFolder::ProgramData)
    }

    /// Windows tells no owner without unsafe code: there it is the account that runs the program.
    pub(super) fn of_owner(_: &Path) -> Vec<PathBuf> {
        let place = get_known_folder_path(KnownFolder::LocalAppData);
        place.into_iter().collect()
    }
}

#[cfg(not(any(unix, windows)))]
mod here {
    use std::path::{Path, PathBuf};

    pub(super) fn for_all() -> Option<PathBuf> {
        None
    }

    pub(super) fn of_owner(_: &Path) -> Vec<PathBuf> {
        Vec::new()
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
