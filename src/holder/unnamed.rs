//! Why somebody is none of a license's users (SPEC.md 9.11).

use crate::license_key::LicenseKey;
use crate::messages;

/// Why a user may not use a license that is for people by name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unnamed {
    /// Nobody was assigned yet.
    Nobody,
    /// Others are.
    Unlisted {
        /// One of them differs in nothing but capitals.
        alike: Option<String>,
    },
    /// He was, and the license has fewer seats now.
    NotAnyMore {
        /// So many.
        seats: u16,
    },
    /// His account has no name here, or none that can be.
    Nameless,
}

/// In words, for people.
pub(super) fn unnamed_words(key: LicenseKey, user: &str, why: &Unnamed) -> String {
    match why {
        Unnamed::Nobody => messages::check::nobody_named(key, user).to_string(),
        Unnamed::Unlisted { alike: None } => messages::check::not_named(key, user).to_string(),
        Unnamed::Unlisted { alike: Some(other) } => {
            messages::check::not_named_alike(key, other, user).to_string()
        }
        Unnamed::NotAnyMore { seats } => {
            messages::check::not_named_any_more(key, *seats, user).to_string()
        }
        Unnamed::Nameless => messages::check::nameless(key).to_string(),
    }
}
