//! What can go wrong at a machine that holds licenses: each with its kind for scripts.

use std::io;
use std::path::{Path, PathBuf};

use crate::failure::FailureKind;
use crate::license_key::LicenseKey;
use crate::machine::MachineError;
use crate::messages;
use crate::protocol::date::Day;
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
            (_, Doing::Settle) => messages::holder::unwritten_settle(),
            (FailureKind::DiskFull, _) => messages::holder::disk_full(),
            (FailureKind::ReadOnly, _) => messages::holder::read_only(),
            (FailureKind::FileHeld, _) => messages::holder::held(),
            (FailureKind::NoPermission, Doing::Read) => messages::holder::no_permission_to_read(),
            (FailureKind::NoPermission, Doing::Write) => messages::holder::no_permission_to_write(),
            (_, Doing::Read) => messages::holder::unread(),
            (_, Doing::Write) => messages::holder::unwritten(),
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
    #[error("{}", messages::holder::busy(.directory.display()))]
    Busy {
        /// The directory that is locked.
        directory: PathBuf,
    },
    /// Something that is no file stands where the lock is to be: a link, a pipe, a directory.
    #[error("{}", messages::holder::no_lock(.path.display()))]
    NoLock {
        /// Where.
        path: PathBuf,
    },
    /// A home of somebody else, which everybody reads and its owner alone changes.
    #[error("{}", messages::holder::not_owner(.directory.display()))]
    NotOwner {
        /// The machine's part of the home.
        directory: PathBuf,
    },
    /// The place that remembers what was given up cannot be written, so that nothing may be given up now.
    #[error("{}", messages::holder::anchor_closed(.activation, .place.display()))]
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
    #[error("{}", messages::holder::half_given_up(.activation, .why))]
    HalfGivenUp {
        /// The activation.
        activation: ActivationId,
        /// What stopped it.
        why: Box<HolderError>,
    },
    /// A license that is bound otherwise than its product is.
    #[error("{}", messages::holder::unbound(.key, .product, .why))]
    Unbound {
        /// The license.
        key: LicenseKey,
        /// The product's id.
        product: String,
        /// What is missing or too much.
        why: Unbound,
    },
    /// A file of the home is not what this program writes.
    #[error("{}", messages::holder::damaged_state(.path.display(), .why))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// What is written of the seats that are lent is not what this program writes: it follows the book of loans.
    #[error("{}", messages::holder::damaged_state(.path.display(), .why))]
    DamagedLent {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A product file that is kept here does not hold any more.
    #[error("{}", messages::holder::damaged_product(.path.display(), .why))]
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
    #[error("{}", messages::holder::other_root(.known, .offered, .product))]
    OtherRoot {
        /// The product's id.
        product: String,
        /// Whose files are trusted here.
        known: RootFingerprint,
        /// Who signed the new one.
        offered: RootFingerprint,
    },
    /// No product of this id is installed.
    #[error("{}", messages::holder::unknown_product(.id))]
    UnknownProduct {
        /// The id that was asked for.
        id: String,
    },
    /// The license belongs to another product than was said.
    #[error("{}", messages::holder::other_product(.asked, .held, .key))]
    OtherProduct {
        /// The license.
        key: LicenseKey,
        /// The product it is held for.
        held: String,
        /// The product that was named.
        asked: String,
    },
    /// No such license here.
    #[error("{}", messages::holder::unknown_license(.key))]
    UnknownLicense {
        /// The license.
        key: LicenseKey,
    },
    /// A license that is not in force, so that there is nothing to re-validate.
    #[error("{}", messages::holder::not_held(.key))]
    NotHeld {
        /// The license.
        key: LicenseKey,
    },
    /// The secret of a request is not there any more.
    #[error("{}", messages::holder::secret_lost(.key))]
    SecretLost {
        /// The license.
        key: LicenseKey,
    },
    /// An activation that was given up: nothing brings it back.
    #[error("{}", messages::holder::given_up(.activation))]
    GivenUp {
        /// The activation.
        activation: ActivationId,
    },
    /// An activation that was not given up here.
    #[error("{}", messages::holder::unknown_activation(.activation))]
    NotGivenUp {
        /// The activation.
        activation: ActivationId,
    },
    /// The license is active and no new activation was wanted.
    #[error("{}", messages::holder::already_licensed(.activation, .key))]
    AlreadyLicensed {
        /// The license.
        key: LicenseKey,
        /// The activation it is held under.
        activation: ActivationId,
    },
    /// A loan is held, which only its site gives more time.
    #[error("{}", messages::holder::on_loan(.key, .until))]
    OnLoan {
        /// The license.
        key: LicenseKey,
        /// Its last day.
        until: Day,
    },
    /// Seats of the license are lent to workstations elsewhere.
    #[error("{}", messages::holder::loans_out(.until))]
    LoansOut {
        /// The last day of the last of them.
        until: Day,
    },
    /// A site says of its loans what only the program knows.
    #[error("{}", messages::holder::site_reports(.key))]
    SiteReports {
        /// The license.
        key: LicenseKey,
    },
    /// What is held is no loan.
    #[error("{}", messages::holder::not_on_loan(.key))]
    NotOnLoan {
        /// The license.
        key: LicenseKey,
    },
    /// A feature, limit, module or text that the product does not have.
    #[error("{}", messages::check::feature_unknown(.feature, .product))]
    UnknownFeature {
        /// The product's id.
        product: String,
        /// What was asked for.
        feature: String,
    },
    /// A binding that the product does not have.
    #[error("{}", messages::holder::unknown_binding(.name, .product))]
    UnknownBinding {
        /// The product's id.
        product: String,
        /// The name that was given.
        name: String,
        /// The names that the product has.
        known: Vec<String>,
    },
    /// Bindings that the product needs and that were not given.
    #[error("{}", messages::holder::missing_binding(messages::listed(.missing), .product))]
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
    #[error("{}", messages::holder::weak_machine())]
    WeakMachine,
    /// The system gave no randomness.
    #[error("{}", messages::holder::no_entropy(.0))]
    Entropy(String),
    /// A good code, but none that a machine applies.
    #[error("{}", messages::holder::wrong_kind(.0.a_noun()))]
    WrongKind(Kind),
    /// A response whose content is in no form that this version knows.
    #[error(transparent)]
    Malformed(#[from] WireError),
    /// The response answers none of the requests made here.
    #[error("{}", messages::holder::other_request())]
    OtherRequest,
    /// An emergency code for no grant that is held here.
    #[error("{}", messages::holder::other_emergency())]
    OtherEmergency,
    /// The response answers one of the requests made here, but nobody who is trusted signed it.
    #[error("{}", messages::holder::not_trusted(.0))]
    NotTrusted(#[source] TrustError),
}

/// How a license is bound otherwise than its product wants it (SPEC.md 6.4).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unbound {
    /// The product wants the machine's fingerprint.
    #[error("{}", messages::holder::no_fingerprint())]
    NoFingerprint,
    /// The product is not bound to this.
    #[error("{}", messages::holder::not_bound_to(.0))]
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
            HolderError::Damaged { .. }
            | HolderError::DamagedLent { .. }
            | HolderError::DamagedProduct { .. } => FailureKind::DamagedState,
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
            HolderError::OnLoan { .. } => FailureKind::OnLoan,
            HolderError::NotOnLoan { .. } => FailureKind::NotOnLoan,
            HolderError::LoansOut { .. } => FailureKind::LoansOut,
            HolderError::SiteReports { .. } => FailureKind::SiteReports,
            HolderError::UnknownFeature { .. } => FailureKind::FeatureMissing,
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
