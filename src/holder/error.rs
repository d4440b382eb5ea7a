//! What can go wrong at a machine that holds licenses: each with its kind for scripts.

use std::io;
use std::path::{Path, PathBuf};

use crate::failure::FailureKind;
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

    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        FailureKind::of_io(&self.source)
    }

    /// Whether something that is no file stands in the file's place.
    pub fn is_no_file(&self) -> bool {
        use io::ErrorKind as E;
        let kind = self.source.kind();
        self.doing == Doing::Read && matches!(kind, E::IsADirectory | E::InvalidData)
    }

    fn words(&self) -> &'static str {
        match (self.kind(), self.doing) {
            (_, Doing::Settle) => "this was written, but would not outlast a power cut",
            (FailureKind::DiskFull, _) => "the disk is full; this could not be written",
            (FailureKind::ReadOnly, _) => "the disk is read-only; this could not be written",
            (FailureKind::NoPermission, Doing::Read) => "no permission to read this",
            (FailureKind::NoPermission, Doing::Write) => "no permission to write this",
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
    #[error("another process is at work here: {}", .directory.display())]
    Busy {
        /// The directory that is locked.
        directory: PathBuf,
    },
    /// Something that is no file stands where the lock is to be: a link, a pipe, a directory.
    #[error("what stands in place of the lock is no file: {}", .path.display())]
    NoLock {
        /// Where.
        path: PathBuf,
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
    /// A license that is bound otherwise than its product is.
    #[error("license {key} is not bound as {product} is: {why}")]
    Unbound {
        /// The license.
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
    /// The license belongs to another product than was said.
    #[error("license {key} is held here for the product {held}, not {asked}")]
    OtherProduct {
        /// The license.
        key: LicenseKey,
        /// The product it is held for.
        held: String,
        /// The product that was named.
        asked: String,
    },
    /// No such license here.
    #[error("license {key} is not known on this machine")]
    UnknownLicense {
        /// The license.
        key: LicenseKey,
    },
    /// A license that is not in force, so that there is nothing to re-validate.
    #[error("license {key} is not in force on this machine")]
    NotHeld {
        /// The license.
        key: LicenseKey,
    },
    /// The secret of a request is not there any more.
    #[error("the secret that proves the possession of license {key} is lost")]
    SecretLost {
        /// The license.
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
    /// The license is active and no new activation was wanted.
    #[error("this machine already holds license {key} as {activation}")]
    AlreadyLicensed {
        /// The license.
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

/// How a license is bound otherwise than its product wants it (SPEC.md 6.4).
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
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            HolderError::Storage(error) => error.kind(),
            HolderError::Busy { .. } => FailureKind::Busy,
            HolderError::NoLock { .. } => FailureKind::Io,
            HolderError::NotOwner { .. } => FailureKind::NotOwner,
            HolderError::AnchorClosed { .. } => FailureKind::AnchorClosed,
            HolderError::HalfGivenUp { .. } => FailureKind::HalfGivenUp,
            HolderError::Unbound { .. } => FailureKind::Unbound,
            HolderError::Damaged { .. } | HolderError::DamagedProduct { .. } => {
                FailureKind::DamagedState
            }
            HolderError::Product(error) => error.kind(),
            HolderError::OtherRoot { .. } => FailureKind::OtherRoot,
            HolderError::UnknownProduct { .. } => FailureKind::UnknownProduct,
            HolderError::OtherProduct { .. } => FailureKind::OtherProduct,
            HolderError::UnknownLicense { .. } => FailureKind::UnknownLicense,
            HolderError::NotHeld { .. } => FailureKind::NotHeld,
            HolderError::SecretLost { .. } => FailureKind::SecretLost,
            HolderError::GivenUp { .. } => FailureKind::GivenUp,
            HolderError::NotGivenUp { .. } => FailureKind::UnknownActivation,
            HolderError::AlreadyLicensed { .. } => FailureKind::AlreadyLicensed,
            HolderError::UnknownBinding { .. } => FailureKind::UnknownBinding,
            HolderError::MissingBindings { .. } => FailureKind::MissingBinding,
            HolderError::Machine(_) => FailureKind::BadMachineValue,
            HolderError::WeakMachine => FailureKind::WeakMachine,
            HolderError::Entropy(_) => FailureKind::NoEntropy,
            HolderError::WrongKind(_) => FailureKind::WrongKind,
            HolderError::Malformed(_) => FailureKind::Malformed,
            HolderError::OtherRequest => FailureKind::OtherRequest,
            HolderError::OtherEmergency => FailureKind::OtherEmergency,
            HolderError::NotTrusted(_) => FailureKind::NotTrusted,
        }
    }
}
