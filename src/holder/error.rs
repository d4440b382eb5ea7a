//! What can go wrong at a machine that holds licences: each with its kind for scripts and a hint for people.

use std::io;
use std::path::{Path, PathBuf};

use crate::license_key::LicenseKey;
use crate::machine::MachineError;
use crate::protocol::digest::ActivationId;
use crate::protocol::product::{ProductError, RootFingerprint};
use crate::protocol::trust::TrustError;
use crate::protocol::wire::WireError;
use crate::text::Kind;

/// What was being done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Reading it.
    Read,
    /// Writing, creating or locking it.
    Write,
    /// Making what stands there already last through a power cut.
    Settle,
}

/// A file or directory that the system would not read or write.
#[derive(Debug, thiserror::Error)]
#[error("{}: {}", self.words(), .path.display())]
pub struct StorageError {
    /// What was being done.
    pub doing: Doing,
    /// To which file or directory.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

impl StorageError {
    pub(crate) fn new(doing: Doing, path: &Path, source: io::Error) -> StorageError {
        StorageError {
            doing,
            path: path.to_owned(),
            source,
        }
    }

    /// Stable name: `disk_full`, `read_only`, `no_permission` or `io`.
    pub fn kind(&self) -> &'static str {
        use io::ErrorKind as E;
        match self.source.kind() {
            E::StorageFull | E::QuotaExceeded => "disk_full",
            E::ReadOnlyFilesystem => "read_only",
            E::PermissionDenied => "no_permission",
            _ => "io",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self.kind() {
            _ if self.doing == Doing::Settle => {
                "look whether the disk is whole and has space, then do the same again: that does no harm"
            }
            "disk_full" => {
                "free some space and do the same again; nothing was changed and nothing is lost"
            }
            "read_only" => {
                "mount the disk for writing, or choose another place with --home; nothing was changed"
            }
            "no_permission" => {
                "run it as the user who owns the files, with sudo where they are for the whole computer, or choose a place of your own with --home; nothing was changed"
            }
            _ => {
                "look whether the disk is there and whole, then do the same again; nothing was changed"
            }
        }
    }

    fn words(&self) -> &'static str {
        match (self.kind(), self.doing) {
            (_, Doing::Settle) => "this was written, but would not outlast a power cut",
            ("disk_full", _) => "the disk is full; this could not be written",
            ("read_only", _) => "the disk is read-only; this could not be written",
            ("no_permission", Doing::Read) => "no permission to read this",
            ("no_permission", Doing::Write) => "no permission to write this",
            (_, Doing::Read) => "this could not be read",
            (_, Doing::Write) => "this could not be written",
        }
    }
}

/// Why a holder did not do what it was asked. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HolderError {
    /// The file system.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Another process has the lock for longer than was waited.
    #[error("another countersign is at work here: {}", .directory.display())]
    Busy {
        /// The directory that is locked.
        directory: PathBuf,
    },
    /// A home of somebody else, which everybody reads and its owner alone changes.
    #[error("only its owner changes what is kept here: {}", .directory.display())]
    NotOwner {
        /// The machine's part of the home.
        directory: PathBuf,
    },
    /// The place that remembers what was given up cannot be written, so that nothing may be given up now.
    #[error("{activation} is remembered in a place that cannot be written now: {}", .place.display())]
    AnchorClosed {
        /// The activation.
        activation: ActivationId,
        /// The place.
        place: PathBuf,
        /// What the system said.
        #[source]
        why: Box<HolderError>,
    },
    /// A return that the disk stopped half-way: the place that remembers it knows, the home does not.
    #[error("{activation} is given up but for its code: {why}")]
    HalfGivenUp {
        /// The activation.
        activation: ActivationId,
        /// What stopped it.
        why: Box<HolderError>,
    },
    /// A licence that is bound otherwise than its product is.
    #[error("license {key} is not bound as {product} is: {why}")]
    Unbound {
        /// The licence.
        key: LicenseKey,
        /// The product's id.
        product: String,
        /// What is missing or too much.
        why: Unbound,
    },
    /// A file of the home is not what this program writes.
    #[error("this file is damaged or was edited: {} ({why})", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A product file that is kept here does not hold any more.
    #[error("this product file is damaged or was edited: {} ({why})", .path.display())]
    DamagedProduct {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: ProductError,
    },
    /// Not a product file, or none that can be trusted.
    #[error(transparent)]
    Product(#[from] ProductError),
    /// Another vendor's key for a product that is known here.
    #[error(
        "this product file of {product} is signed by a key that is not trusted here: {offered} instead of {known}"
    )]
    OtherRoot {
        /// The product's id.
        product: String,
        /// Whose files are trusted here.
        known: RootFingerprint,
        /// Who signed the new one.
        offered: RootFingerprint,
    },
    /// No product of this id is installed.
    #[error("the product {id} is not known on this machine")]
    UnknownProduct {
        /// The id that was asked for.
        id: String,
    },
    /// The licence belongs to another product than was said.
    #[error("license {key} is held here for the product {held}, not {asked}")]
    OtherProduct {
        /// The licence.
        key: LicenseKey,
        /// The product it is held for.
        held: String,
        /// The product that was named.
        asked: String,
    },
    /// No such licence here.
    #[error("license {key} is not known on this machine")]
    UnknownLicense {
        /// The licence.
        key: LicenseKey,
    },
    /// A licence that is not in force, so that there is nothing to re-validate.
    #[error("license {key} is not in force on this machine")]
    NotHeld {
        /// The licence.
        key: LicenseKey,
    },
    /// The secret of a request is not there any more.
    #[error("the secret that proves the possession of license {key} is lost")]
    SecretLost {
        /// The licence.
        key: LicenseKey,
    },
    /// An activation that was given up: nothing brings it back.
    #[error("{activation} was given up by this machine")]
    GivenUp {
        /// The activation.
        activation: ActivationId,
    },
    /// An activation that was not given up here.
    #[error("this machine did not give {activation} up")]
    NotGivenUp {
        /// The activation.
        activation: ActivationId,
    },
    /// The licence is active and no new activation was wanted.
    #[error("this machine already holds license {key} as {activation}")]
    AlreadyLicensed {
        /// The licence.
        key: LicenseKey,
        /// The activation it is held under.
        activation: ActivationId,
    },
    /// A binding that the product does not have.
    #[error("the product {product} is not bound to {name:?}")]
    UnknownBinding {
        /// The product's id.
        product: String,
        /// The name that was given.
        name: String,
        /// The names that the product has.
        known: Vec<String>,
    },
    /// Bindings that the product needs and that were not given.
    #[error("the product {product} is bound to {}, which is not given", .missing.join(" and "))]
    MissingBindings {
        /// The product's id.
        product: String,
        /// The names that are missing.
        missing: Vec<String>,
    },
    /// A value that was given about the machine is not fit.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The product wants the machine's fingerprint, and the machine knows nothing about itself.
    #[error("nothing is known about this machine that would tell it from others")]
    WeakMachine,
    /// The system gave no randomness.
    #[error("the system gives no random numbers: {0}")]
    Entropy(String),
    /// A good code, but none that a machine applies.
    #[error("this is a {}, not a response code", .0.noun())]
    WrongKind(Kind),
    /// A response whose content is in no form that this version knows.
    #[error(transparent)]
    Malformed(#[from] WireError),
    /// The response answers none of the requests made here.
    #[error("this response answers another request, or the request of another machine")]
    OtherRequest,
    /// An emergency code for no grant that is held here.
    #[error("this emergency code belongs to no license that is in force on this machine")]
    OtherEmergency,
    /// The response answers one of the requests made here, but nobody who is trusted signed it.
    #[error("this response is not trusted: {0}")]
    NotTrusted(#[source] TrustError),
}

/// How a licence is bound otherwise than its product wants it (SPEC.md 6.4).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unbound {
    /// The product wants the machine's fingerprint.
    #[error("the machine's fingerprint is missing")]
    NoFingerprint,
    /// The product is not bound to this.
    #[error("the product is not bound to {0:?}")]
    Binding(String),
}

impl HolderError {
    /// Stable snake_case name for scripts.
    pub fn kind(&self) -> &'static str {
        match self {
            HolderError::Storage(error) => error.kind(),
            HolderError::Busy { .. } => "busy",
            HolderError::NotOwner { .. } => "not_owner",
            HolderError::AnchorClosed { .. } => "anchor_closed",
            HolderError::HalfGivenUp { .. } => "half_given_up",
            HolderError::Unbound { .. } => "unbound",
            HolderError::Damaged { .. } | HolderError::DamagedProduct { .. } => "damaged_state",
            HolderError::Product(ProductError::NotAProduct) => "not_a_product_file",
            HolderError::Product(_) => "bad_product_file",
            HolderError::OtherRoot { .. } => "other_root",
            HolderError::UnknownProduct { .. } => "unknown_product",
            HolderError::OtherProduct { .. } => "other_product",
            HolderError::UnknownLicense { .. } => "unknown_license",
            HolderError::NotHeld { .. } => "not_held",
            HolderError::SecretLost { .. } => "secret_lost",
            HolderError::GivenUp { .. } => "given_up",
            HolderError::NotGivenUp { .. } => "unknown_activation",
            HolderError::AlreadyLicensed { .. } => "already_licensed",
            HolderError::UnknownBinding { .. } => "unknown_binding",
            HolderError::MissingBindings { .. } => "missing_binding",
            HolderError::Machine(_) => "bad_machine_value",
            HolderError::WeakMachine => "weak_machine",
            HolderError::Entropy(_) => "no_entropy",
            HolderError::WrongKind(_) => "wrong_kind",
            HolderError::Malformed(_) => "malformed_code",
            HolderError::OtherRequest => "other_request",
            HolderError::OtherEmergency => "other_emergency",
            HolderError::NotTrusted(_) => "not_trusted",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            HolderError::Storage(error) => error.hint().to_owned(),
            HolderError::Busy { .. } => "wait until it is done and do the same again".to_owned(),
            HolderError::NotOwner { .. } => "do the same as the user who owns it: with sudo, where that is root; to check a license, nobody needs to".to_owned(),
            HolderError::AnchorClosed { place, why, .. } => anchor_hint(place, why),
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

/// Who can open the place: its owner, root, or whoever is not shut in.
fn anchor_hint(place: &Path, why: &HolderError) -> String {
    match why.kind() {
        "no_permission" if super::durable::is_anothers(place) => {
            "do the same with sudo, naming this home with --home; nothing was changed".to_owned()
        }
        "no_permission" => "give yourself the right to write there, or, where the program is shut in, do the same outside; nothing was changed".to_owned(),
        // A disk's advice says by itself whether anything was changed.
        _ => why.hint(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_already_is_not_said_to_be_unchanged() {
        let path = Path::new("/home/x/state");
        let settling = |kind: io::ErrorKind| StorageError::new(Doing::Settle, path, kind.into());
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::Other] {
            assert!(!settling(kind).hint().contains("nothing was changed"));
            let why: HolderError = settling(kind).into();
            assert!(!anchor_hint(path, &why).contains("nothing was changed"));
        }
    }

    #[test]
    fn what_the_disk_says_is_told_apart() {
        use io::ErrorKind as E;
        for (source, kind) in [
            (E::StorageFull, "disk_full"),
            (E::QuotaExceeded, "disk_full"),
            (E::ReadOnlyFilesystem, "read_only"),
            (E::PermissionDenied, "no_permission"),
            (E::Other, "io"),
        ] {
            let error = StorageError::new(Doing::Write, Path::new("/home/x/state"), source.into());
            assert_eq!(error.kind(), kind);
            assert!(error.to_string().ends_with("/home/x/state"), "{error}");
            assert!(!error.hint().ends_with('.'));
        }
    }
}
