//! How a code was read.

use serde::Serialize;

use super::{Named, Shown};
use crate::license_key::LicenseKey;
use crate::text::{Kind, Standing};

/// How the code that was taken was read, and what else is in its text.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Carried {
    /// Where characters of it were corrected.
    pub(crate) corrections: Vec<String>,
    /// The row that was missing and was restored from the spare row; null: none.
    pub(crate) restored_row: Option<u8>,
    /// Where it stands in the text.
    pub(crate) standing: Named<Standing>,
    /// The other codes in the text; none of them was taken.
    pub(crate) others: Vec<AnotherCode>,
    /// Codes in the text that are damaged and cannot be read.
    pub(crate) damaged: Vec<DamagedCode>,
}

impl Default for Carried {
    fn default() -> Carried {
        Carried {
            corrections: Vec::new(),
            restored_row: None,
            standing: Named(Standing::Plain),
            others: Vec::new(),
            damaged: Vec::new(),
        }
    }
}

/// A code that stands beside the one that was taken.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AnotherCode {
    pub(crate) kind: Named<Kind>,
    /// The license, where it is known here.
    pub(crate) license_key: Option<Shown<LicenseKey>>,
    /// The words by which both ends compare the code.
    pub(crate) phrase: String,
    pub(crate) standing: Named<Standing>,
}

/// A code that cannot be read.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct DamagedCode {
    /// The kind of the code; null where it cannot be told.
    pub(crate) kind: Option<Named<Kind>>,
    pub(crate) standing: Named<Standing>,
}
