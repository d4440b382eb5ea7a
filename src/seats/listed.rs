//! What lies in a directory in which every user puts files: so much of each as is worth looking at.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::hold;
use super::kernel;

/// So many files of one user are read, those whose names come first. One has a few names of his own, and others within a user namespace.
pub(super) const OF_EACH: usize = 32;
/// The same of those who wait: each process of a user has one.
pub(super) const WAITING: usize = 256;

/// What lies in a directory.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// What is to be read, in the order of the names.
    pub(super) paths: Vec<PathBuf>,
    /// Who has more there than is read, and how many files in all.
    pub(super) crowds: BTreeMap<u32, usize>,
}

impl Listed {
    /// The files whose names are `fit`, of each user the first `most`. Where users have no numbers, and of all whom a user namespace calls nobody, each is
    /// read: else the files of one would hide those of another.
    pub(super) fn of(
        directory: &Path,
        most: usize,
        fit: impl Fn(&str) -> bool,
    ) -> io::Result<Listed> {
        let mut names = match hold::names(directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Listed::default()),
            names => names?,
        };
        names.retain(|it| it.to_str().is_some_and(&fit));
        names.sort_unstable();
        let mut listed = Listed::default();
        let mut counted: BTreeMap<u32, usize> = BTreeMap::new();
        for name in names {
            let path = directory.join(name);
            let owner = kernel::owner_of(&path);
            if let Some(owner) = owner.filter(|it| Some(*it) != kernel::NOBODY) {
                let files = counted.entry(owner).or_default();
                *files += 1;
                if *files > most {
                    continue;
                }
            }
            listed.paths.push(path);
        }
        counted.retain(|_, files| *files > most);
        listed.crowds = counted;
        Ok(listed)
    }
}
