//! Of what a machine that holds a license could not do.

use std::path::Path;

use super::Advice;
use crate::failure::FailureKind;
use crate::holder::{self, Doing, HolderError, StorageError};
use crate::protocol::product::ProductError;
use crate::protocol::trust::TrustError;
use crate::text::Kind;

impl Advice for StorageError {
    fn advice(&self) -> String {
        let advice = match FailureKind::of_io(&self.source) {
            _ if self.doing == Doing::Settle => {
                "look whether the disk is whole and has space, then do the same again: that does no harm"
            }
            _ if self.is_no_file() => {
                "move away what stands there, or put the file back from a backup; nothing was changed"
            }
            FailureKind::DiskFull => {
                "free some space and do the same again; nothing was changed and nothing is lost"
            }
            FailureKind::ReadOnly => {
                "mount the disk for writing, or choose another place with --home; nothing was changed"
            }
            FailureKind::NoPermission => {
                "run it as the user who owns the files, with sudo where they are for the whole computer, or choose a place of your own with --home; nothing was changed"
            }
            _ => {
                "look whether the disk is there and whole, then do the same again; nothing was changed"
            }
        };
        advice.to_owned()
    }
}

impl Advice for HolderError {
    fn advice(&self) -> String {
        match self {
            HolderError::Storage(error) => error.advice(),
            HolderError::Busy { .. } => "wait until it is done and do the same again".to_owned(),
            HolderError::NoLock { .. } => "remove it and do the same again: the lock is made anew, and nothing is lost with it; nothing was changed".to_owned(),
            HolderError::NotOwner { .. } => "do the same as the user who owns it: with sudo, where that is root; to check a license, nobody needs to".to_owned(),
            HolderError::AnchorClosed { place, why, .. } => closed_anchor(place, why),
            HolderError::HalfGivenUp { .. } => "look whether the disk is whole and has space, then do the same again: it ends the return and prints its code".to_owned(),
            HolderError::Unbound { .. } => "request it anew as the product is bound: countersign request activate KEY --new; or re-validate what is held: countersign request sync".to_owned(),
            HolderError::Damaged { .. } => "put the file back from a backup, or move it away and request the license anew: the same machine takes no second seat".to_owned(),
            HolderError::DamagedProduct { .. } => "install the product file that came with the application again: countersign product install FILE".to_owned(),
            HolderError::Product(_) => "get the product file from the vendor again, as a file and not as text in a mail".to_owned(),
            HolderError::OtherRoot { .. } => "ask the vendor by another way which of the two keys is theirs; do not go on before".to_owned(),
            HolderError::UnknownProduct { .. } => "install the product file that came with the application: countersign product install FILE".to_owned(),
            HolderError::OtherProduct { .. } => "look at the license key again, or name the other product".to_owned(),
            HolderError::UnknownLicense { .. } => "see what is known here with: countersign status; a license is re-validated and returned on the machine that holds it".to_owned(),
            HolderError::NotHeld { .. } => "enter the response to its request with countersign apply, or request it: countersign request activate KEY".to_owned(),
            HolderError::SecretLost { .. } => "put the home back from a backup, or request the license anew: countersign request activate KEY --new; the same machine takes no second seat".to_owned(),
            HolderError::GivenUp { .. } => "request the license anew: countersign request activate KEY".to_owned(),
            HolderError::NotGivenUp { .. } => "see what was given up here with: countersign status".to_owned(),
            HolderError::AlreadyLicensed { .. } => "re-validate it with countersign request sync, or ask for a new activation with --new".to_owned(),
            HolderError::UnknownBinding { known, .. } if known.is_empty() => "leave --bind out: this product is bound to the machine alone".to_owned(),
            HolderError::UnknownBinding { known, .. } => format!("it is bound to {}", known.join(" and ")),
            HolderError::MissingBindings { missing, .. } => {
                let options: Vec<String> = missing.iter().map(|name| format!("--bind {name}=VALUE")).collect();
                format!("add {}", options.join(" "))
            }
            HolderError::Machine(error) => error.hint().to_owned(),
            HolderError::WeakMachine => "in a container, mount the host's machine id, /etc/machine-id; otherwise ask the vendor for a license that is bound to a name".to_owned(),
            HolderError::Entropy(_) => "do the same again when the computer has fully started".to_owned(),
            HolderError::WrongKind(kind) => match kind {
                Kind::Activate | Kind::Sync | Kind::Return | Kind::Borrow | Kind::LoanReturn => "send it to whoever answers requests; the answer begins with RSP1",
                _ => "the answer to a request begins with RSP1",
            }.to_owned(),
            HolderError::Malformed(_) => "ask for the response again, and for the newest version of this program".to_owned(),
            HolderError::OtherRequest => "enter it on the machine that asked, or send this machine's own request: countersign pending list".to_owned(),
            HolderError::OtherEmergency => "type it again; if it stays so, tell the vendor the activation and the generation that countersign status shows".to_owned(),
            HolderError::NotTrusted(TrustError::OldEpoch | TrustError::DeskLimit(_)) => "tell the vendor; another desk of theirs can answer the same request".to_owned(),
            HolderError::NotTrusted(_) => "copy the whole response from the vendor's message again; if it stays so, ask the vendor for a new one".to_owned(),
        }
    }
}

impl Advice for ProductError {
    fn advice(&self) -> String {
        let advice = match self {
            ProductError::NotAProduct => "name the file that `product export` wrote",
            ProductError::Note(_)
            | ProductError::Line(..)
            | ProductError::Rule(_)
            | ProductError::Trust(_) => {
                "get the product file from the vendor again, as a file and not as text in a mail"
            }
        };
        advice.to_owned()
    }
}

/// Who can open the place: its owner, root, or whoever is not shut in.
fn closed_anchor(place: &Path, why: &HolderError) -> String {
    match why.kind() {
        FailureKind::NoPermission if holder::is_anothers(place) => {
            "do the same with sudo, naming this home with --home; nothing was changed".to_owned()
        }
        FailureKind::NoPermission => "give yourself the right to write there, or, where the program is shut in, do the same outside; nothing was changed".to_owned(),
        // A disk's advice says by itself whether anything was changed.
        _ => why.advice(),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::license_key::LicenseKey;

    #[test]
    fn what_stands_already_is_not_said_to_be_unchanged() {
        let path = Path::new("/home/x/state");
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::Other] {
            let settling = || StorageError {
                doing: Doing::Settle,
                path: path.to_owned(),
                source: kind.into(),
            };
            assert!(!settling().advice().contains("nothing was changed"));
            let why: HolderError = settling().into();
            assert!(!closed_anchor(path, &why).contains("nothing was changed"));
        }
    }

    #[test]
    fn a_closed_anchor_changed_nothing() {
        let why = HolderError::Storage(StorageError {
            doing: Doing::Write,
            path: "/home/x/anchor".into(),
            source: io::ErrorKind::PermissionDenied.into(),
        });
        assert!(closed_anchor(Path::new("/home/x/anchor"), &why).contains("nothing was changed"));
    }

    #[test]
    fn what_is_lost_is_asked_for_anew() {
        let key = LicenseKey::from_number(12_345_678_901).unwrap();
        assert!(HolderError::SecretLost { key }.advice().contains("--new"));
    }

    #[test]
    fn a_binding_is_named_as_it_is_typed() {
        let missing = HolderError::MissingBindings {
            product: "nexus".to_owned(),
            missing: vec!["server".to_owned(), "database".to_owned()],
        };
        assert_eq!(
            missing.advice(),
            "add --bind server=VALUE --bind database=VALUE"
        );
        let unknown = |known: &[&str]| HolderError::UnknownBinding {
            product: "nexus".to_owned(),
            name: "datbase".to_owned(),
            known: known.iter().map(|&name| name.to_owned()).collect(),
        };
        assert_eq!(
            unknown(&["server", "database"]).advice(),
            "it is bound to server and database"
        );
        assert!(unknown(&[]).advice().contains("leave --bind out"));
    }
}
