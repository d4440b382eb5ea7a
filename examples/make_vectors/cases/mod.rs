//! The test vectors: every file from fixed keys, fixed secrets and fixed times (SPEC.md 12).
//!
//! The generator and the test that compares its files with the committed ones share this module.

// All inputs are fixed: what fails here fails on a maintainer's desk, at once and every time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod answer;
mod emergency;
pub(crate) mod fields;
mod forge;
mod keys;
mod loan;
pub(crate) mod machine;
mod payload;
mod product;
mod seed;
pub(crate) mod worked;
mod world;

use std::fmt::Display;

/// The directories that are written here; `text`, `mail`, `sealed` and `ed25519` come from elsewhere, and all of `note` from the independent implementation.
pub(crate) const CATEGORIES: [&str; 12] = [
    "answer",
    "bindings",
    "commitment",
    "emergency",
    "fingerprint",
    "license-key",
    "loan",
    "loans",
    "note",
    "payload",
    "product",
    "seed",
];

/// Every file.
pub(crate) fn all() -> Vec<File> {
    [
        answer::files(),
        machine::bindings(),
        keys::commitments(),
        emergency::files(),
        machine::fingerprints(),
        keys::license_keys(),
        loan::files(),
        payload::files(),
        product::files(),
        seed::files(),
    ]
    .concat()
}

/// One case: header lines, and a text where the category has one.
#[derive(Clone)]
pub(crate) struct File {
    path: String,
    text: String,
}

impl File {
    /// A file that begins with its two lines that are always there.
    fn new(category: &str, name: &str, comment: &str, expect: &str) -> File {
        File {
            path: format!("{category}/{name}.txt"),
            text: String::new(),
        }
        .line("comment", comment)
        .line("expect", expect)
    }

    /// A file with `expect: accepted`, or `refused` with the reason.
    fn judged(category: &str, name: &str, comment: &str, expect: Expect) -> File {
        match expect {
            Ok(()) => File::new(category, name, comment, "accepted"),
            Err(reason) => File::new(category, name, comment, "refused").line("reason", reason),
        }
    }

    /// Adds a header line.
    fn line(mut self, name: &str, value: impl Display) -> File {
        self.text.push_str(&format!("{name}: {value}\n"));
        self
    }

    /// Adds a header line where there is a value.
    fn optional(self, name: &str, value: Option<impl Display>) -> File {
        match value {
            Some(value) => self.line(name, value),
            None => self,
        }
    }

    /// Ends the header; the text follows.
    fn body(mut self, text: &str) -> File {
        self.text.push('\n');
        self.text.push_str(text);
        self
    }

    /// Where it stands below the directory of the vectors.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// What it says.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// What a verifier is to say: yes, or no and why.
type Expect = Result<(), &'static str>;

const WIRE: Expect = Err("wire");
const SIGNATURE: Expect = Err("signature");
const OLD_EPOCH: Expect = Err("old_epoch");
const DESK_LIMIT: Expect = Err("desk_limit");
const CATALOGUE: Expect = Err("catalogue");
const SITE_LIMIT: Expect = Err("site_limit");
const UNFIT_KEY: Expect = Err("unfit_key");
