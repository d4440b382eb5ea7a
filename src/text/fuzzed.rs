//! The views one by one, for the fuzz targets; in no other build.

use super::views::{self, smime, tnef};

/// The names of the views of texts, as `views` has them.
pub fn names() -> impl Iterator<Item = &'static str> {
    views::VIEWS.iter().map(|(name, _)| *name)
}

/// What the view of this name makes of a text.
pub fn view(name: &str, text: &str) -> Option<String> {
    let named = views::VIEWS.iter().find(|(it, _)| *it == name);
    named.and_then(|(_, view)| view(text))
}

/// Bytes that S/MIME and Outlook's own form make of bytes.
pub fn unwrapped(bytes: &[u8]) -> usize {
    let signed = match smime::view(bytes) {
        Some(smime::Content::Signed(content)) => content.len(),
        Some(smime::Content::Encrypted) | None => 0,
    };
    let parts = tnef::view(bytes).unwrap_or_default();
    signed + parts.iter().map(Vec::len).sum::<usize>()
}
