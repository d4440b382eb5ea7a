//! What scripts read: the objects of `--json`, one type for each. Stable snake_case names, ISO dates, keys as strings.
//!
//! `schema/json.schema.json` is made from these types (`just schema`), and every test that reads JSON holds it against that file.

#[cfg(feature = "desk")]
mod approvals;
mod carried;
#[cfg(feature = "desk")]
mod desk;
#[cfg(feature = "desk")]
mod desk_keys;
#[cfg(feature = "desk")]
mod desk_report;
mod failed;
#[cfg(feature = "desk")]
mod history;
mod inspected;
#[cfg(feature = "desk")]
mod kept_safe;
mod license;
mod machine;
#[cfg(feature = "desk")]
mod mails;
#[cfg(feature = "desk")]
mod page;
mod product;
#[cfg(feature = "desk")]
mod replied;
#[cfg(feature = "site")]
mod rules;
mod seats;
mod shown;
#[cfg(feature = "site")]
mod site;

#[cfg(feature = "desk")]
pub(crate) use approvals::*;
pub(crate) use carried::*;
#[cfg(feature = "desk")]
pub(crate) use desk::*;
#[cfg(feature = "desk")]
pub(crate) use desk_keys::*;
#[cfg(feature = "desk")]
pub(crate) use desk_report::*;
#[cfg(feature = "desk")]
pub(crate) use failed::Finding;
pub(crate) use failed::{Counted, Details, Failed, Failing, Row};
#[cfg(feature = "desk")]
pub(crate) use failed::{NotAnsweredToo, OneRequest};
#[cfg(feature = "desk")]
pub(crate) use history::*;
pub(crate) use inspected::*;
#[cfg(feature = "desk")]
pub(crate) use kept_safe::*;
pub(crate) use license::*;
pub(crate) use machine::*;
#[cfg(feature = "desk")]
pub(crate) use mails::*;
#[cfg(feature = "desk")]
pub(crate) use page::*;
pub(crate) use product::{Installed, Product};
#[cfg(feature = "desk")]
pub(crate) use replied::*;
#[cfg(feature = "site")]
pub(crate) use rules::*;
pub(crate) use seats::*;
pub(crate) use shown::{Named, Shown, shown};
#[cfg(feature = "site")]
pub(crate) use site::*;

use serde::Serialize;

/// What stands in the schema. The program knows of none: it is made where the tests are.
#[cfg(not(test))]
pub(crate) trait Described {}
#[cfg(not(test))]
impl<T: ?Sized> Described for T {}
#[cfg(test)]
pub(crate) use schemars::JsonSchema as Described;

/// What a command prints that has nothing for scripts.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum Nothing {}

/// Something that needs doing, or is to be known.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Warning {
    /// A stable name.
    pub(crate) kind: &'static str,
    /// The same for people.
    pub(crate) message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
}

/// What an answer or a clerk changes.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Change {
    /// What changes: a term such as `seats`, or `entry`.
    pub(crate) what: String,
    /// Which feature, limit, pool or text by its name; null for a term.
    pub(crate) entry: Option<String>,
    /// As it was, in words.
    pub(crate) before: String,
    /// As it is now, or would be, in words.
    pub(crate) after: String,
}

/// A row of a code that is whole.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CodeRow {
    /// Counted from 1.
    pub(crate) row: u8,
    /// What it is called where it is read out; the spare row has a name of its own.
    pub(crate) name: String,
    /// The word by which both ends compare it.
    pub(crate) check_word: &'static str,
    /// The row itself.
    pub(crate) text: String,
}

/// A code that is to be sent with another.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct OtherCode {
    /// The code, its rows on lines.
    pub(crate) code: String,
    /// The words by which both ends compare the code.
    pub(crate) phrase: String,
    pub(crate) rows: Vec<CodeRow>,
    /// In the radio alphabet, with `--spell`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) spelled: Option<String>,
}

/// A command's object with the code that it yields.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "{T}WithCode"))]
pub(crate) struct WithCode<T> {
    #[serde(flatten)]
    pub(crate) of: T,
    /// The code, its rows on lines.
    pub(crate) code: String,
    /// The words by which both ends compare the code.
    pub(crate) phrase: String,
    pub(crate) rows: Vec<CodeRow>,
    /// In the radio alphabet, with `--spell`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) spelled: Option<String>,
    /// Further codes that are to be sent with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) also: Vec<OtherCode>,
    /// The picture that was written, with `--qr=FILE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) qr_file: Option<std::path::PathBuf>,
    /// What the picture holds, with `--qr`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) qr_text: Option<String>,
    /// The mail, with `--mail`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
}
