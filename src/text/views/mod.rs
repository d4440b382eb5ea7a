//! Ways to look at a text: each undoes one thing that programs and people do to what they hand on. A new kind of text is a file and a line here.
//!
//! A view gives what stands behind the text, or nothing where the text shows no sign of what it undoes. It costs no more than the text's length.

mod alike;
mod base64;
mod columns;
mod entities;
mod escapes;
mod html;
mod keyboards;
mod links;
#[cfg(feature = "cli")]
pub(super) mod mail;
#[cfg(feature = "cli")]
pub(super) mod mailbox;
mod mojibake;
mod percent;
mod quoted_printable;
mod rtf;
mod scanned;
#[cfg(feature = "cli")]
mod smime;
mod terminal;
#[cfg(feature = "cli")]
mod tnef;
mod utf7;
mod uuencode;
mod words;

use super::meter::Meter;

/// What stands behind a text, if it shows the sign.
pub(super) type View = fn(&str) -> Option<String>;

/// Every view by its name, the cheap and the likely first.
pub(super) const VIEWS: &[(&str, View)] = &[
    ("terminal", terminal::view),
    ("percent", percent::view),
    ("links", links::view),
    ("columns", columns::view),
    ("html", html::view),
    ("entities", entities::view),
    ("quoted_printable", quoted_printable::view),
    ("escapes", escapes::view),
    ("rtf", rtf::view),
    ("base64", base64::view),
    ("uuencode", uuencode::view),
    #[cfg(feature = "cli")]
    ("smime armored", smime::armored),
    ("utf7", utf7::view),
    ("mojibake", mojibake::view),
    ("mojibake lost", mojibake::lost),
    ("words", words::view),
    ("scanned", scanned::view),
    ("alike", alike::view),
    ("keyboards jcuken", keyboards::jcuken),
    ("keyboards azerty", keyboards::azerty),
    ("keyboards azerty_figures", keyboards::azerty_figures),
    ("keyboards azerty_keys", keyboards::azerty_keys),
    ("keyboards greek", keyboards::greek),
    ("keyboards dvorak", keyboards::dvorak),
    ("keyboards qwertz", keyboards::qwertz),
    ("keyboards azerty_letters", keyboards::azerty_letters),
];

/// What each view makes of a text, as long as the meter has anything left.
pub(super) fn of(text: &str, meter: &Meter) -> impl Iterator<Item = String> {
    let affordable = VIEWS.iter().take_while(|_| !meter.is_spent());
    affordable.filter_map(|(_, view)| {
        meter.count(text.len());
        view(text)
    })
}

/// What is shown of a text that is the source of something: of HTML as a whole, of rich text. Nobody who looks at it in its own program sees the source.
pub(super) fn shown(text: &str) -> Option<String> {
    match html::is_html(text) {
        true => html::view(text),
        false if rtf::is_rtf(text) => rtf::view(text),
        false => None,
    }
}

/// A text with the line breaks in its strings as breaks, if it has such.
pub(super) fn unescaped(text: &str) -> Option<String> {
    escapes::view(text)
}

/// How many bytes S/MIME and Outlook's own form make of bytes.
#[cfg(all(fuzzing, feature = "cli"))]
pub(super) fn unwrapped(bytes: &[u8]) -> usize {
    let signed = match smime::view(bytes) {
        Some(smime::Content::Signed(content)) => content.len(),
        Some(smime::Content::Encrypted) | None => 0,
    };
    let parts = tnef::view(bytes).unwrap_or_default();
    signed + parts.iter().map(Vec::len).sum::<usize>()
}

/// The byte that two hexadecimal figures write.
fn hex_pair(figures: &[u8]) -> Option<u8> {
    let pair = str::from_utf8(figures.get(..2)?).ok()?;
    let known = pair.bytes().all(|byte| byte.is_ascii_hexdigit());
    known.then(|| u8::from_str_radix(pair, 16).ok()).flatten()
}
