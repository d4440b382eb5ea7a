//! The views one by one, for the fuzz targets; in no other build.

use super::views;

/// The names of the views of texts, as `views` has them.
pub fn names() -> impl Iterator<Item = &'static str> {
    views::VIEWS.iter().map(|(name, _)| *name)
}

/// What the view of this name makes of a text.
pub fn view(name: &str, text: &str) -> Option<String> {
    let named = views::VIEWS.iter().find(|(it, _)| *it == name);
    named.and_then(|(_, view)| view(text))
}

/// How many bytes S/MIME and Outlook's own form make of bytes.
pub fn unwrapped(bytes: &[u8]) -> usize {
    views::unwrapped(bytes)
}
