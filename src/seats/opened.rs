//! Files that are used at each taking: open from one to the next, until they are removed, or lie in a directory that was put aside.

use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io;
use std::sync::Arc;

use super::kernel::{self, Identity};

/// What a process has open of the directory of a license's seats.
#[derive(Debug, Default)]
pub(super) struct Opened {
    /// The gate that was kept last: another one is that of another directory.
    gate: Option<Identity>,
    /// By what they are for: for whom, or of when.
    files: BTreeMap<String, (String, Arc<File>)>,
}

impl Opened {
    /// Which gate is kept: what lies beside another one is opened anew.
    pub(super) fn is_beside(&mut self, gate: Identity) {
        if self.gate != Some(gate) {
            *self = Opened {
                gate: Some(gate),
                files: BTreeMap::new(),
            };
        }
    }

    /// A file for a purpose, as `open` opens it the first time, and where it was removed, has a second name, or is for somebody else.
    pub(super) fn file(
        &mut self,
        what: &str,
        whom: &str,
        open: impl FnOnce() -> io::Result<File>,
    ) -> io::Result<(Arc<File>, Metadata)> {
        let whom = format!("{whom} {:?}", kernel::us());
        let known = self.files.get(what).filter(|(of, _)| *of == whom);
        if let Some((_, file)) = known {
            let found = file.metadata()?;
            if kernel::has_one_name(&found) {
                return Ok((Arc::clone(file), found));
            }
        }
        let file = Arc::new(open()?);
        let found = file.metadata()?;
        let kept = (whom, Arc::clone(&file));
        self.files.insert(what.to_owned(), kept);
        Ok((file, found))
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn number(opened: &mut Opened, whom: &str, path: &std::path::Path) -> Identity {
        let open = || File::options().create(true).append(true).open(path);
        let (file, _) = opened.file("log", whom, open).unwrap();
        kernel::identity(&file).unwrap()
    }

    #[test]
    fn what_a_name_leads_to_no_more_is_opened_anew() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join("log"), dir.path().join("other"));
        let mut opened = Opened::default();
        opened.is_beside((1, 1));
        let first = number(&mut opened, "a", &path);
        // The same for the same, whatever else would be opened.
        assert_eq!(number(&mut opened, "a", &other), first);
        assert_ne!(number(&mut opened, "b", &other), first);
        assert_eq!(number(&mut opened, "a", &path), first);
        // Removed, with another made in its place; the first is kept so that its number is not given again.
        let kept = File::open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let second = number(&mut opened, "a", &path);
        assert_ne!(second, first);
        drop(kept);
        // In a directory that was put in the place of the first.
        opened.is_beside((1, 1));
        assert_eq!(number(&mut opened, "a", &other), second);
        opened.is_beside((1, 2));
        assert_ne!(number(&mut opened, "a", &other), second);
    }
}
