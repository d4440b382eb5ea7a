//! Why a dialogue came to nothing.

use crate::failure::FailureKind;
use crate::holder::HolderError;
use crate::license_key::LicenseKey;
use crate::messages;
use crate::protocol::product::ProductError;
use crate::text::{ReadError, WriteError};

/// Why the dialogue came to nothing. Nothing was changed, and the same can be done again.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (app, _home) = include!("doctest.in");
/// let refused = app.apply("no code at all").unwrap_err();
/// assert_eq!(refused.kind(), "no_code");
/// println!("{refused}"); // for people
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// The product file is none, or its vendor did not sign it as it is.
    #[error(transparent)]
    Product(#[from] ProductError),
    /// There is no home directory for this user.
    #[error("{}", messages::app::no_home())]
    NoHome,
    /// No license is held on this computer, or not the one that was named, so there is nothing to be re-validated or given back.
    #[error("{}", messages::app::not_licensed(.product))]
    NotLicensed {
        /// The product's name.
        product: String,
    },
    /// Several licenses may be meant: one has to be named.
    #[error("{}", messages::app::which_license(listed(.keys)))]
    WhichLicense {
        /// Those that may be meant, in ascending order.
        keys: Vec<LicenseKey>,
    },
    /// There is no code in the text, or it cannot be read.
    #[error(transparent)]
    Unread(#[from] ReadError),
    /// The request would be too long to be carried.
    #[error(transparent)]
    Unwritten(#[from] WriteError),
    /// What the machine's own rules or its disk say.
    #[error(transparent)]
    Machine(#[from] HolderError),
}

impl AppError {
    /// Its kind, the one of `--json`.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// assert_eq!(app.return_license().unwrap_err().kind(), "not_licensed");
    /// # Ok(())
    /// # }
    /// ```
    pub fn kind(&self) -> FailureKind {
        match self {
            AppError::Product(error) => error.kind(),
            AppError::NoHome => FailureKind::NoHome,
            AppError::NotLicensed { .. } => FailureKind::NotLicensed,
            AppError::WhichLicense { .. } => FailureKind::WhichLicense,
            AppError::Unread(error) => error.kind(),
            AppError::Unwritten(_) => FailureKind::TooLong,
            AppError::Machine(error) => error.kind(),
        }
    }
}

fn listed(keys: &[LicenseKey]) -> String {
    let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
    keys.join(", ")
}
