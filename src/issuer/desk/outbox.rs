//! Mails that are to be sent: files in a Maildir at the desk, each whole and under its own name. Whoever sends one moves it from `new` to `cur`, so that it is
//! known there: no mail is laid down twice.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::DeskError;
use super::files::{at, create_directory, place_anew, sync_directory, write_private};

/// The outbox of a desk.
pub struct Outbox(PathBuf);

impl Outbox {
    /// The outbox in the directory of a desk; it need not exist.
    pub fn of(desk: &Path) -> Outbox {
        Outbox(desk.join("outbox"))
    }

    /// Where a mail of this name waits to be sent.
    pub fn waiting(&self, name: &str) -> PathBuf {
        self.0.join("new").join(name)
    }

    /// Whether a mail of this name was laid down, be it sent or not.
    pub fn has(&self, name: &str) -> bool {
        // In this order: it is moved from the one to the other meanwhile.
        let sent = self.0.join("cur");
        let flagged = format!("{name}:2,S");
        [self.waiting(name), sent.join(name), sent.join(flagged)]
            .iter()
            .any(|path| fs::symlink_metadata(path).is_ok())
    }

    /// Lays a mail down under its name, durably, unless it was before. Nobody else lays one of this name down meanwhile: whoever does holds the ledger's lock.
    ///
    /// # Errors
    /// Whatever the disk says; there is no mail then.
    pub fn lay_down(&self, name: &str, mail: &str) -> Result<(), DeskError> {
        if self.has(name) {
            return Ok(());
        }
        let new = self.0.join("new");
        create_directory(&self.0)?;
        for part in ["tmp", "cur", "new"] {
            create_directory(&self.0.join(part))?;
        }
        let part = self.0.join("tmp").join(name);
        match fs::remove_file(&part) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(&part)(error)),
            // Whoever was killed left half a mail there.
            _ => {}
        }
        write_private(&part, mail.as_bytes())?;
        let to = self.waiting(name);
        place_anew(&part, &to).map_err(at(&to))?;
        sync_directory(&new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_laid_down_once() {
        let home = tempfile::tempdir().unwrap();
        let outbox = Outbox::of(home.path());
        assert!(!outbox.has("a"));
        outbox.lay_down("a", "one").unwrap();
        outbox.lay_down("a", "two").unwrap();
        assert_eq!(fs::read_to_string(outbox.waiting("a")).unwrap(), "one");
        for sent in ["a", "a:2,S"] {
            let sent = home.path().join("outbox/cur").join(sent);
            fs::rename(outbox.waiting("a"), &sent).unwrap();
            outbox.lay_down("a", "three").unwrap();
            assert!(outbox.has("a") && !outbox.waiting("a").exists());
            fs::rename(&sent, outbox.waiting("a")).unwrap();
        }
    }

    #[test]
    fn half_a_mail_of_whoever_was_killed_is_written_anew() {
        let home = tempfile::tempdir().unwrap();
        let outbox = Outbox::of(home.path());
        outbox.lay_down("other", "x").unwrap();
        fs::write(home.path().join("outbox/tmp/a"), "ha").unwrap();
        outbox.lay_down("a", "whole").unwrap();
        assert_eq!(fs::read_to_string(outbox.waiting("a")).unwrap(), "whole");
        assert_eq!(
            fs::read_dir(home.path().join("outbox/tmp"))
                .unwrap()
                .count(),
            0
        );
    }
}
