//! A code for a camera: QR pictures for a terminal, as SVG and as PNG (SPEC.md 2.8), and the mail that a phone writes when it sees one.

use qrcode::render::svg;
use qrcode::{Color, EcLevel, QrCode};

use super::{Code, WriteError};
use crate::messages;

/// Modules of light around the picture, without which no reader finds it.
const QUIET: usize = 4;
/// Pixels of a module in a file.
const PIXELS: usize = 8;
/// The widest terminal that can be counted on, in columns: a module is one wide.
const COLUMNS: usize = 80;

/// The text cannot be drawn: it is longer than the largest QR code holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", messages::picture::too_much_for_qr(.bytes))]
pub struct TooMuch {
    /// Its length.
    pub bytes: usize,
}

/// A QR picture.
#[derive(Clone)]
pub struct Picture {
    code: QrCode,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} modules wide)", self.code.width())
    }
}

impl Picture {
    /// Draws a text, as sturdy as 80 columns allow.
    ///
    /// # Errors
    /// Where the text is too long for any.
    pub fn new(text: &str) -> Result<Picture, TooMuch> {
        let draw = |level| QrCode::with_error_correction_level(text, level);
        let sturdy = draw(EcLevel::M)
            .ok()
            .filter(|code| code.width() + 2 * QUIET <= COLUMNS);
        let code = match sturdy {
            Some(code) => code,
            None => draw(EcLevel::L).map_err(|_| TooMuch { bytes: text.len() })?,
        };
        Ok(Picture { code })
    }

    /// Columns of the picture on a terminal.
    pub fn columns(&self) -> usize {
        self.code.width() + 2 * QUIET
    }

    /// The picture in half blocks, two modules to a line. In colour it is black on white whatever the terminal's own colours are; without it, light
    /// is drawn and dark left out, which is right on a dark background.
    pub fn terminal(&self, colour: bool) -> String {
        let dark = self.modules();
        let side = self.columns();
        let ink = |x: usize, y: usize| y < side && dark(x, y) == colour;
        let mut out = String::new();
        for y in (0..side).step_by(2) {
            if colour {
                out.push_str("\x1b[38;5;16;48;5;231m");
            }
            out.extend((0..side).map(|x| match (ink(x, y), ink(x, y + 1)) {
                (true, true) => '\u{2588}',
                (true, false) => '\u{2580}',
                (false, true) => '\u{2584}',
                (false, false) => ' ',
            }));
            if colour {
                out.push_str("\x1b[0m");
            }
            out.push('\n');
        }
        out
    }

    /// The picture as an SVG document.
    pub fn svg(&self) -> String {
        let side = PIXELS as u32;
        self.code
            .render::<svg::Color<'_>>()
            .module_dimensions(side, side)
            .build()
    }

    /// The picture as a PNG file, one bit a pixel.
    pub fn png(&self) -> Vec<u8> {
        let dark = self.modules();
        let side = self.columns() * PIXELS;
        let mut rows = Vec::with_capacity(side * side.div_ceil(8));
        for y in 0..side {
            // A module is as wide as a byte has bits.
            rows.extend((0..self.columns()).map(|x| if dark(x, y / PIXELS) { 0 } else { 0xff }));
        }
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, side as u32, side as u32);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let written = encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(&rows));
        // Nothing can fail in memory; half a file would be worse than none.
        written.map_or_else(|_| Vec::new(), |()| out)
    }

    /// Whether a module is dark, the quiet zone counted in.
    fn modules(&self) -> impl Fn(usize, usize) -> bool {
        let (colors, width) = (self.code.to_colors(), self.code.width());
        move |x, y| {
            let place = x
                .checked_sub(QUIET)
                .zip(y.checked_sub(QUIET))
                .filter(|&(x, y)| x < width && y < width);
            place.is_some_and(|(x, y)| colors.get(y * width + x) == Some(&Color::Dark))
        }
    }
}

/// What a picture of the code alone holds: prefix and symbols in upper case, no separators, so that a reader takes them two to eleven bits.
///
/// # Errors
/// As [`Code::to_rows`].
pub fn content(code: &Code) -> Result<String, WriteError> {
    let symbols = code.symbols()?;
    Ok(match code.kind().prefix() {
        Some(prefix) => format!("{prefix}:{symbols}"),
        None => symbols,
    })
}

/// A `mailto:` address after RFC 6068 that has subject and body written.
pub fn mailto(to: &str, subject: &str, body: &str) -> String {
    format!(
        "mailto:{}?subject={}&body={}",
        percent(to, b"@"),
        percent(subject, b""),
        // RFC 6068, section 5: line breaks are those of mail.
        percent(&body.replace('\n', "\r\n"), b":-"),
    )
}

/// The text of a mail from its `mailto:` address: subject and body, a line each; nothing where it is none.
pub fn from_mailto(text: &str) -> Option<String> {
    let text = text.trim();
    let scheme = text.get(..7)?;
    if !scheme.eq_ignore_ascii_case("mailto:") {
        return None;
    }
    let (_, fields) = text.split_once('?')?;
    let values: Vec<String> = fields
        .split('&')
        .filter_map(|field| field.split_once('='))
        .filter(|(name, _)| {
            ["subject", "body"]
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known))
        })
        .map(|(_, value)| unpercent(value))
        .collect();
    Some(values.join("\n"))
}

fn percent(text: &str, also: &[u8]) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || also.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn unpercent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let pair = after
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(pair.unwrap_or(*first));
        rest = match pair {
            Some(_) => after.get(2..).unwrap_or_default(),
            None => after,
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Kind, read};

    #[test]
    fn a_loan_with_its_certificate_fits_a_terminal() {
        let code = Code::new(Kind::LoanWithCertificate, vec![0xa5; 300]);
        let picture = Picture::new(&content(&code).unwrap()).unwrap();
        assert!(picture.columns() <= COLUMNS, "{}", picture.columns());
        let drawn = picture.terminal(false);
        assert!(
            drawn
                .lines()
                .all(|line| line.chars().count() == picture.columns())
        );
        assert!(drawn.lines().count() <= 40);
    }

    #[test]
    fn the_longest_code_fits_a_picture() {
        let code = Code::new(Kind::SiteCard, vec![0xff; 481]);
        assert!(Picture::new(&content(&code).unwrap()).is_ok());
        assert_eq!(
            Picture::new(&"?".repeat(4000)).unwrap_err(),
            TooMuch { bytes: 4000 }
        );
    }

    #[test]
    fn a_mail_comes_back_from_its_address() {
        let code = Code::new(Kind::Activate, vec![9; 35]);
        let body = format!("{}\nserver=Ærø 100%\n", code.to_text().unwrap());
        let address = mailto("desk@example.com", "Lizenz für A&B", &body);
        assert!(address.is_ascii() && !address.contains([' ', '\n']));
        let mail = from_mailto(&address).unwrap();
        assert!(mail.contains("Lizenz für A&B") && mail.contains("Ærø 100%"));
        assert_eq!(read(&mail, &[]).unwrap().code, code);
        assert_eq!(from_mailto("https://example.com/?body=x"), None);
        assert_eq!(from_mailto("mailto:a@b?body=%4"), Some("%4".to_owned()));
    }
}
