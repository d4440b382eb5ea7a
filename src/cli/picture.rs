//! A photo or screenshot instead of a text: what its QR codes say.

use crate::license_key::LicenseKey;
use crate::messages;
use crate::text;
use crate::text::photo::{self, PhotoError};

use super::failure::Failure;
use crate::failure::FailureKind;

/// As much of a strange QR code as is shown.
const SHOWN: usize = 60;

/// The text of the codes in a picture.
///
/// # Errors
/// Exit 3: a picture that cannot be read, without a QR code, or with one that is none of ours.
pub(crate) fn text(bytes: &[u8]) -> Result<String, Failure> {
    let texts = photo::texts(bytes).map_err(unread)?;
    let all = texts.join("\n\n");
    let key = |text: &String| text.trim().parse::<LicenseKey>().is_ok();
    if text::read(&all, &[]).is_err_and(|error| error.is_no_code()) && !texts.iter().any(key) {
        let first = texts.first().map(String::as_str).unwrap_or_default();
        let shown: String = first
            .chars()
            .filter(|c| !c.is_control())
            .take(SHOWN)
            .collect();
        return Err(Failure::new(
            FailureKind::PictureOfSomethingElse,
            messages::code::picture_of_something_else(&shown).to_string(),
        )
        .hint(messages::code::picture_of_something_else_hint()));
    }
    Ok(all)
}

fn unread(error: PhotoError) -> Failure {
    Failure::new(error.kind(), error.to_string()).hint(error.hint())
}
