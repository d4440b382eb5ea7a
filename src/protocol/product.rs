//! What a vendor's product is, and the text that says so (SPEC.md 10).

mod file;
mod text;

use super::device_name::is_device_name;
use crate::failure::FailureKind;
use crate::messages;
use crate::text::show;

pub use super::catalogue::{Entry, SeatUnit};
use super::note::NoteError;
pub use super::root_fingerprint::{NotAFingerprint, RootFingerprint};
use super::trust::{PublicKey, TrustError};
pub use file::ProductFile;

pub(super) const FIRST_LINE: &str = "countersign product v1";
/// Hours for which a place that was taken from a named user rests, where the product does not say.
pub const NAMED_REST: u16 = 48;
/// Days before the end of the grace from which on it is spoken of, where the product does not say.
pub const WARN_DAYS: u16 = 7;
/// Longest product id in characters.
const ID_LENGTH: usize = 32;

/// What a product is: the text of its file, without the signature.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Product {
    /// 1 to 32 characters of `a-z 0-9 -`, beginning with a letter.
    pub id: String,
    /// Rises with every change.
    pub version: u32,
    /// For people.
    pub name: String,
    /// For people.
    pub vendor: String,
    /// Where requests go.
    pub mail: Option<String>,
    /// Root public keys, one or two, as bytes.
    pub roots: Vec<[u8; 32]>,
    /// Payloads of DESK certificates.
    pub desks: Vec<Vec<u8>>,
    /// Names of editions; the n-th is number n, from 1.
    pub editions: Vec<String>,
    /// Features, limits, pools and texts; the place, from 0, is the entitlement's index.
    pub catalogue: Vec<(Entry, String)>,
    /// Features that need maintenance.
    pub maintained: Vec<String>,
    /// Names of bindings, in the order in which they are hashed.
    pub bind: Vec<String>,
    /// Whether licenses are bound to the machine's fingerprint.
    pub fingerprint: bool,
    /// What one seat counts; none: [`SeatUnit::Process`].
    pub seat: Option<SeatUnit>,
    /// Hours for which a place that was taken from a named user rests; none: [`NAMED_REST`].
    pub named_rest: Option<u16>,
    /// Days before the end of the grace from which on it is spoken of; none: [`WARN_DAYS`].
    pub warn_days: Option<u16>,
    /// Days of the demo, 0 for none.
    pub demo_days: u16,
    /// Features of the demo.
    pub demo_features: Vec<String>,
    /// Limits of the demo.
    pub demo_limits: Vec<(String, u32)>,
}

/// Why a text is not a product file that can be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProductError {
    /// Not a product file at all.
    #[error("{}", messages::protocol::not_a_product())]
    NotAProduct,
    /// Form or signature of the note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// A line that cannot stand there, counted from 1.
    #[error("{}", messages::protocol::product_line(.0, .1))]
    Line(usize, String),
    /// A value breaks a rule.
    #[error("{0}")]
    Rule(String),
    /// A key or certificate in it is not fit.
    #[error(transparent)]
    Trust(#[from] TrustError),
}

impl ProductError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            ProductError::NotAProduct => FailureKind::NotAProductFile,
            ProductError::Note(_)
            | ProductError::Line(..)
            | ProductError::Rule(_)
            | ProductError::Trust(_) => FailureKind::BadProductFile,
        }
    }
}

impl Product {
    /// The place of a feature in the catalogue.
    pub fn feature(&self, name: &str) -> Option<u32> {
        self.index(Entry::Feature, name)
    }

    /// The place of a limit in the catalogue.
    pub fn limit(&self, name: &str) -> Option<u32> {
        self.index(Entry::Limit, name)
    }

    /// The place of a module with seats of its own in the catalogue.
    pub fn pool(&self, name: &str) -> Option<u32> {
        self.index(Entry::Pool, name)
    }

    /// The place of a text in the catalogue.
    pub fn text(&self, name: &str) -> Option<u32> {
        self.index(Entry::Text, name)
    }

    /// What the lines of the catalogue are, in order.
    pub fn lines(&self) -> Vec<Entry> {
        self.catalogue.iter().map(|(entry, _)| *entry).collect()
    }

    /// The number of an edition, from 1.
    pub fn edition(&self, name: &str) -> Option<u8> {
        let at = self.editions.iter().position(|edition| edition == name)?;
        u8::try_from(at + 1).ok()
    }

    /// The name of an edition by its number.
    pub fn edition_name(&self, number: u8) -> Option<&str> {
        self.editions
            .get(usize::from(number).checked_sub(1)?)
            .map(String::as_str)
    }

    /// The entry of the catalogue with this index.
    pub fn entry(&self, index: u32) -> Option<(Entry, &str)> {
        let (entry, name) = self.catalogue.get(usize::try_from(index).ok()?)?;
        Some((*entry, name))
    }

    fn index(&self, kind: Entry, name: &str) -> Option<u32> {
        let at = self
            .catalogue
            .iter()
            .position(|(entry, known)| *entry == kind && known == name)?;
        u32::try_from(at).ok()
    }

    /// Checks what a file may not say (SPEC.md 10): id, keys, names that stand twice or nowhere.
    pub fn check(&self) -> Result<(), ProductError> {
        self.check_form()?;
        self.root_keys().map(|_| ())
    }

    /// The root keys, decoded: that takes longer than all else.
    pub(super) fn root_keys(&self) -> Result<Vec<PublicKey>, ProductError> {
        self.roots
            .iter()
            .map(|root| Ok(PublicKey::from_bytes(root)?))
            .collect()
    }

    /// As [`Product::check`], but whether the root keys are any.
    pub(super) fn check_form(&self) -> Result<(), ProductError> {
        let rule = |text: String| Err(ProductError::Rule(text));
        if !is_product_id(&self.id) {
            return rule(messages::protocol::product_id(&self.id).to_string());
        }
        let mut texts = [Some(&self.name), Some(&self.vendor), self.mail.as_ref()]
            .into_iter()
            .flatten();
        if texts.any(|text| text.is_empty() || text.trim() != text || !is_plain(text)) {
            return rule(messages::protocol::product_texts().to_owned());
        }
        if self.roots.is_empty() || self.roots.len() > 2 {
            return rule(messages::protocol::product_roots().to_owned());
        }
        let features: Vec<&str> = self.names(Entry::Feature).collect();
        for (number, (_, name)) in self.catalogue.iter().enumerate() {
            if !is_name(name) || name.contains('=') {
                return rule(messages::protocol::catalogue_name(&name).to_string());
            }
            if self
                .catalogue
                .iter()
                .skip(number + 1)
                .any(|(_, other)| other == name)
            {
                return rule(messages::protocol::catalogue_twice(&name).to_string());
            }
        }
        for name in self.maintained.iter().chain(&self.demo_features) {
            if !features.contains(&name.as_str()) {
                return rule(messages::protocol::no_feature(&name).to_string());
            }
        }
        for (name, _) in &self.demo_limits {
            if self.limit(name).is_none() {
                return rule(messages::protocol::no_limit(&name).to_string());
            }
        }
        let limits: Vec<&String> = self.demo_limits.iter().map(|(name, _)| name).collect();
        if twice(&self.roots)
            || twice(&self.desks)
            || twice(&self.editions)
            || twice(&self.bind)
            || twice(&self.maintained)
            || twice(&self.demo_features)
            || twice(&limits)
        {
            return rule(messages::protocol::product_twice().to_owned());
        }
        if self.editions.len() > 255
            || self
                .editions
                .iter()
                .chain(&self.bind)
                .any(|name| !is_name(name))
        {
            return rule(messages::protocol::product_names().to_owned());
        }
        if !self.fingerprint && self.bind.is_empty() {
            return rule(messages::protocol::product_unbound().to_owned());
        }
        Ok(())
    }

    /// The names of one sort of entry, in order.
    pub fn names(&self, kind: Entry) -> impl Iterator<Item = &str> {
        self.catalogue
            .iter()
            .filter(move |(entry, _)| *entry == kind)
            .map(|(_, name)| name.as_str())
    }
}

/// Whether a value is one line of plain text (SPEC.md 10). Persian and Indian names have joiners.
pub(super) fn is_plain(value: &str) -> bool {
    let refused = |c: char| show::is_hidden(c) && !matches!(c, '\u{200c}' | '\u{200d}');
    !value.chars().any(refused)
}

/// Whether a text can be a product id (SPEC.md 10).
pub fn is_product_id(text: &str) -> bool {
    text.len() <= ID_LENGTH
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !is_device_name(text)
}

fn twice<T: PartialEq>(list: &[T]) -> bool {
    list.iter()
        .enumerate()
        .any(|(at, item)| list.iter().skip(at + 1).any(|other| other == item))
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
}
