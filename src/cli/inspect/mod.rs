//! What a code is, in words and in JSON: what it says, whose it is, what it would do here. Changes nothing, and needs neither desk nor machine.

#[cfg(feature = "desk")]
mod desk;
mod machine;
mod says;

#[cfg(feature = "desk")]
pub(crate) use desk::at_desk;
pub(crate) use machine::on_machine;
pub(crate) use says::says;

use serde_json::{Map, Value};

use crate::license_key::LicenseKey;
use crate::protocol::product::Product;

/// Facts in the order in which a person reads them, each with its name in JSON.
#[derive(Default)]
pub(crate) struct Sheet {
    rows: Vec<(&'static str, String)>,
    object: Map<String, Value>,
}

impl Sheet {
    /// A fact as it is said, and as scripts get it.
    pub(crate) fn put(
        &mut self,
        name: &'static str,
        key: &str,
        words: impl ToString,
        value: impl Into<Value>,
    ) {
        self.rows.push((name, words.to_string()));
        self.object.insert(key.to_owned(), value.into());
    }

    /// A fact that is the same for people and scripts.
    pub(crate) fn same(&mut self, name: &'static str, key: &str, value: impl ToString) {
        let value = value.to_string();
        self.put(name, key, value.clone(), value);
    }

    /// A fact for scripts, which people are told in other words.
    pub(crate) fn put_only(&mut self, key: &str, value: impl Into<Value>) {
        self.object.insert(key.to_owned(), value.into());
    }

    pub(crate) fn rows(&self) -> &[(&'static str, String)] {
        &self.rows
    }

    pub(crate) fn into_object(self) -> Value {
        Value::Object(self.object)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
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
pub(crate) struct Place {
    pub(crate) known: Known,
    pub(crate) trust: Option<Trust>,
    /// What the code would do there.
    pub(crate) sheet: Sheet,
}

/// There is no desk in a program that was built without one.
#[cfg(not(feature = "desk"))]
pub(crate) fn at_desk(_: &super::Context, _: &crate::text::Code) -> anyhow::Result<Option<Place>> {
    Ok(None)
}
