//! What a code is, in words and in JSON: what it says, whose it is, what it would do here. Changes nothing, and needs neither desk nor machine.

#[cfg(feature = "desk")]
mod desk;
mod machine;
mod says;

#[cfg(feature = "desk")]
pub(crate) use desk::at_desk;
pub(crate) use machine::on_machine;
pub(crate) use says::says;

use super::json::{AtDesk, AtMachine};
use crate::license_key::LicenseKey;
use crate::protocol::product::Product;

/// Facts in the order in which a person reads them, and as scripts get them.
#[derive(Default)]
pub(crate) struct Sheet<T> {
    pub(crate) rows: Vec<(&'static str, String)>,
    pub(crate) object: T,
}

impl<T> Sheet<T> {
    /// A fact as it is said.
    pub(crate) fn say(&mut self, name: &'static str, words: impl ToString) {
        self.rows.push((name, words.to_string()));
    }

    /// What scripts get, where anything was said.
    pub(crate) fn into_object(self) -> Option<T> {
        (!self.rows.is_empty()).then_some(self.object)
    }
}

/// The license a code is about, as far as it is known here.
#[derive(Clone, Default)]
pub(crate) struct Known {
    pub(crate) product: Option<Product>,
    pub(crate) license_key: Option<LicenseKey>,
    pub(crate) customer: Option<String>,
}

impl Known {
    /// What either of two places knows; the first is believed.
    pub(crate) fn or(self, other: Known) -> Known {
        Known {
            product: self.product.or(other.product),
            license_key: self.license_key.or(other.license_key),
            customer: self.customer.or(other.customer),
        }
    }
}

/// Whether the signature of a code holds, as far as that can be seen here.
pub(crate) enum Trust {
    /// It was verified.
    Holds(String),
    /// It was verified and is wrong.
    Fails(String),
    /// What it covers is not known here.
    Unknown(String),
}

/// What one place makes of a code.
#[derive(Default)]
pub(crate) struct Place<T> {
    pub(crate) known: Known,
    pub(crate) trust: Option<Trust>,
    /// What the code would do there.
    pub(crate) sheet: Sheet<T>,
}

/// What this machine makes of a code.
pub(crate) type OnThisMachine = Place<AtMachine>;

/// What this desk makes of a code.
pub(crate) type AtThisDesk = Place<AtDesk>;

/// There is no desk in a program that was built without one.
#[cfg(not(feature = "desk"))]
pub(crate) fn at_desk(
    _: &super::Context,
    _: &crate::text::Code,
) -> anyhow::Result<Option<AtThisDesk>> {
    Ok(None)
}
