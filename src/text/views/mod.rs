//! Ways to look at a text: each undoes one thing that programs and people do to what they hand on. A new kind of text is a file and a line here.
//!
//! A view gives what stands behind the text, or nothing where the text shows no sign of what it undoes. It costs no more than the text's length.

mod alike;
mod base64;
mod entities;
mod escapes;
mod html;
mod keyboards;
mod links;
#[cfg(feature = "cli")]
pub(super) mod mail;
mod mojibake;
mod percent;
mod quoted_printable;
mod rtf;
#[cfg(feature = "cli")]
mod smime;
mod terminal;
#[cfg(feature = "cli")]
mod tnef;
mod utf7;
mod words;

use super::meter::Meter;

/// What stands behind a text, if it shows the sign.
type View = fn(&str) -> Option<String>;

/// Every view, the cheap and the likely first.
const VIEWS: [View; 22] = [
    terminal::view,
    percent::view,
    links::view,
    html::view,
    entities::view,
    quoted_printable::view,
    escapes::view,
    rtf::view,
    base64::view,
    utf7::view,
    mojibake::view,
    mojibake::lost,
    words::view,
    alike::view,
    keyboards::jcuken,
    keyboards::azerty,
    keyboards::azerty_figures,
    keyboards::azerty_keys,
    keyboards::greek,
    keyboards::dvorak,
    keyboards::qwertz,
    keyboards::azerty_letters,
];

/// What each view makes of a text, as long as the meter has anything left.
pub(super) fn of(text: &str, meter: &Meter) -> impl Iterator<Item = String> {
    let affordable = VIEWS.into_iter().take_while(|_| !meter.is_spent());
    affordable.filter_map(|view| {
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

/// The byte that two hexadecimal figures write.
fn hex_pair(figures: &[u8]) -> Option<u8> {
    let pair = str::from_utf8(figures.get(..2)?).ok()?;
    let known = pair.bytes().all(|byte| byte.is_ascii_hexdigit());
    known.then(|| u8::from_str_radix(pair, 16).ok()).flatten()
}
