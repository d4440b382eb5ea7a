//! QR codes in shades of gray.

use rxing::{DecodeHints, RXingResult, helpers};

use super::gray::Gray;

/// Sizes at which a picture is looked at, longest side in pixels. Small ones hide noise and are quick; large ones show small codes.
const SIZES: [u32; 3] = [1200, 600, 2600];

/// The texts of all QR codes that can be read, each once.
pub(super) fn texts(picture: &Gray) -> Vec<String> {
    let mut seen = Vec::new();
    for size in SIZES {
        let scaled = picture.at_most(size);
        let shape = (scaled.width, scaled.height);
        if seen.contains(&shape) {
            continue;
        }
        seen.push(shape);
        let found = look(scaled);
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// First for several codes; then harder, for one.
fn look(picture: Gray) -> Vec<String> {
    let (width, height) = (picture.width, picture.height);
    let hints = || DecodeHints {
        TryHarder: Some(true),
        AlsoInverted: Some(true),
        ..DecodeHints::default()
    };
    let several = helpers::detect_multiple_in_luma_with_hints(
        picture.pixels.clone(),
        width,
        height,
        &mut hints(),
    );
    let found = distinct(several.unwrap_or_default());
    if !found.is_empty() {
        return found;
    }
    let one = helpers::detect_in_luma_filtered_with_hints(
        picture.pixels,
        width,
        height,
        None,
        &mut hints(),
    );
    distinct(one.into_iter().collect())
}

fn distinct(results: Vec<RXingResult>) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for result in results {
        let text = result.getText();
        if !text.is_empty() && !texts.iter().any(|known| known == text) {
            texts.push(text.to_owned());
        }
    }
    texts
}
