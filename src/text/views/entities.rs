//! Entities of HTML and XML in a text that has no tags.

use super::html;

/// The text with entities resolved, if there is one.
pub(super) fn view(text: &str) -> Option<String> {
    let sign = text.match_indices('&').any(|(at, _)| {
        let name = text.as_bytes().get(at + 1..).unwrap_or_default();
        let end = name.iter().take(10).position(|&byte| byte == b';');
        end.is_some_and(|end| end > 1)
    });
    sign.then(|| {
        let mut out = String::with_capacity(text.len());
        html::push(&mut out, text);
        out
    })
}
