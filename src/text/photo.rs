//! Codes in photos and screenshots: the texts of the QR codes in a picture (SPEC.md 2.8).
//!
//! The work is bounded: sizes are looked at before anything is decoded, and large photos are made smaller first.

use crate::failure::FailureKind;
use crate::messages;

#[cfg(feature = "photos")]
mod decode;
#[cfg(feature = "photos")]
mod gray;

/// The largest picture file that is looked at, in bytes.
pub const MOST_BYTES: usize = 16 << 20;
/// The most pixels that are decoded: today's phones make fewer.
#[cfg(feature = "photos")]
const MOST_PIXELS: u64 = 64_000_000;
/// The longest side in pixels.
#[cfg(feature = "photos")]
const LONGEST_SIDE: u32 = 16_384;

/// Why a picture gave no text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    /// A kind of picture that is not read.
    #[error("{}", messages::picture::picture_format(.0))]
    OtherFormat(&'static str),
    /// The file is larger than any that is looked at.
    #[error("{}", messages::picture::picture_too_large(bytes >> 20))]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// It says of itself that it has more pixels than any that is decoded.
    #[error("{}", messages::picture::picture_too_many_pixels(.height, .width))]
    TooManyPixels {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
    },
    /// The file is cut off or no picture after all.
    #[error("{}", messages::picture::picture_damaged(.0))]
    Damaged(String),
    /// There is no QR code to be seen.
    #[error("{}", messages::picture::picture_without_code())]
    NoCode,
    /// This program was built without the part that reads pictures.
    #[error("{}", messages::picture::pictures_not_read())]
    NotBuilt,
}

impl PhotoError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            PhotoError::OtherFormat(_) => FailureKind::PictureFormat,
            PhotoError::TooLarge { .. } | PhotoError::TooManyPixels { .. } => {
                FailureKind::PictureTooLarge
            }
            PhotoError::Damaged(_) => FailureKind::PictureDamaged,
            PhotoError::NoCode => FailureKind::PictureWithoutCode,
            PhotoError::NotBuilt => FailureKind::PicturesNotRead,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            PhotoError::OtherFormat(_) => messages::picture::picture_format_hint(),
            PhotoError::TooLarge { .. } | PhotoError::TooManyPixels { .. } => {
                messages::picture::picture_too_large_hint()
            }
            PhotoError::Damaged(_) => messages::picture::picture_damaged_hint(),
            PhotoError::NoCode => messages::picture::picture_without_code_hint(),
            PhotoError::NotBuilt => messages::picture::pictures_not_read_hint(),
        }
    }
}

/// What is a picture, by its first bytes.
const FORMATS: [(&[u8], usize, &str); 9] = [
    (b"\x89PNG\r\n\x1a\n", 0, "PNG"),
    (b"\xff\xd8\xff", 0, "JPEG"),
    (b"GIF8", 0, "GIF"),
    (b"BM", 0, "BMP"),
    (b"II*\0", 0, "TIFF"),
    (b"MM\0*", 0, "TIFF"),
    (b"WEBP", 8, "WebP"),
    (b"ftyphei", 4, "HEIC"),
    (b"ftypavif", 4, "AVIF"),
];

/// The kind of picture that these bytes begin, if any.
pub fn format(bytes: &[u8]) -> Option<&'static str> {
    let begins =
        |magic: &[u8], at: usize| bytes.get(at..).is_some_and(|rest| rest.starts_with(magic));
    FORMATS
        .iter()
        .find(|(magic, at, name)| begins(magic, *at) && (*name != "BMP" || bytes.contains(&0)))
        .map(|(_, _, name)| *name)
}

/// Whether these bytes are a picture rather than a text.
pub fn is_picture(bytes: &[u8]) -> bool {
    format(bytes).is_some()
}

/// The texts of the QR codes in a PNG or JPEG picture, each once; a `mailto:` address as the text of its mail.
///
/// # Errors
/// Each of [`PhotoError`].
pub fn texts(bytes: &[u8]) -> Result<Vec<String>, PhotoError> {
    if bytes.len() > MOST_BYTES {
        return Err(PhotoError::TooLarge { bytes: bytes.len() });
    }
    read(bytes)
}

#[cfg(not(feature = "photos"))]
fn read(_: &[u8]) -> Result<Vec<String>, PhotoError> {
    Err(PhotoError::NotBuilt)
}

#[cfg(feature = "photos")]
fn read(bytes: &[u8]) -> Result<Vec<String>, PhotoError> {
    let picture = match format(bytes) {
        Some("PNG") => gray::png(bytes)?,
        Some("JPEG") => gray::jpeg(bytes)?,
        Some(other) => return Err(PhotoError::OtherFormat(other)),
        None => {
            return Err(PhotoError::Damaged(
                messages::photo::no_picture().to_owned(),
            ));
        }
    };
    let mut found = decode::texts(&picture);
    if found.is_empty() {
        return Err(PhotoError::NoCode);
    }
    for text in &mut found {
        if let Some(mail) = super::qr::from_mailto(text) {
            *text = mail;
        }
    }
    Ok(found)
}

#[cfg(all(test, feature = "photos"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_picture_or_too_large_is_said() {
        assert_eq!(format(b"BMW sends its regards"), None);
        assert_eq!(texts(b"GIF89a\0\0"), Err(PhotoError::OtherFormat("GIF")));
        assert!(matches!(
            texts(b"\x89PNG\r\n\x1a\n\0"),
            Err(PhotoError::Damaged(_))
        ));
        assert!(matches!(
            texts(b"\xff\xd8\xff\xe0\0\x10JFIF"),
            Err(PhotoError::Damaged(_))
        ));
        let large = vec![0; MOST_BYTES + 1];
        assert!(matches!(texts(&large), Err(PhotoError::TooLarge { .. })));
    }

    #[test]
    fn a_picture_that_says_it_is_huge_is_not_decoded() {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 60_000, 60_000);
        encoder.set_color(png::ColorType::Grayscale);
        drop(encoder.write_header().unwrap());
        assert_eq!(
            texts(&bytes),
            Err(PhotoError::TooManyPixels {
                width: 60_000,
                height: 60_000
            })
        );
    }
}
