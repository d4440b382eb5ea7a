//! Pictures as shades of gray.

use std::io::Cursor;

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{LONGEST_SIDE, MOST_PIXELS, PhotoError};
use crate::messages;

/// Bytes that decoding a picture may take: eight for each pixel.
const MOST_MEMORY: usize = 8 * MOST_PIXELS as usize;

/// A picture of one byte a pixel, row by row.
#[derive(Clone, Debug)]
pub(super) struct Gray {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) pixels: Vec<u8>,
}

impl Gray {
    fn new(width: u32, height: u32, pixels: Vec<u8>) -> Result<Gray, PhotoError> {
        let fits = u64::from(width) * u64::from(height) == pixels.len() as u64;
        if fits && !pixels.is_empty() {
            Ok(Gray {
                width,
                height,
                pixels,
            })
        } else {
            Err(damaged(messages::photo::size()))
        }
    }

    /// The picture with its longer side at most `longest`, each pixel the mean of those it stands for.
    pub(super) fn at_most(&self, longest: u32) -> Gray {
        let by = self.width.max(self.height).div_ceil(longest).max(1) as usize;
        if by == 1 {
            return self.clone();
        }
        let (width, height) = (self.width as usize / by, self.height as usize / by);
        let mut sums = vec![0_u32; width * height];
        for (y, row) in self
            .pixels
            .chunks(self.width as usize)
            .take(height * by)
            .enumerate()
        {
            let sums = sums.chunks_mut(width).nth(y / by).unwrap_or_default();
            for (sum, block) in sums.iter_mut().zip(row.chunks(by)) {
                *sum += block.iter().map(|&pixel| u32::from(pixel)).sum::<u32>();
            }
        }
        let area = (by * by) as u32;
        Gray {
            width: width as u32,
            height: height as u32,
            pixels: sums.into_iter().map(|sum| (sum / area) as u8).collect(),
        }
    }
}

fn damaged(why: impl ToString) -> PhotoError {
    PhotoError::Damaged(why.to_string())
}

/// Refuses by the size that a picture states, before anything is reserved for it.
fn check(width: u32, height: u32) -> Result<(), PhotoError> {
    if width.max(height) > LONGEST_SIDE || u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(PhotoError::TooManyPixels { width, height });
    }
    Ok(())
}

pub(super) fn jpeg(bytes: &[u8]) -> Result<Gray, PhotoError> {
    let options = DecoderOptions::new_fast()
        .set_max_width(LONGEST_SIDE as usize)
        .set_max_height(LONGEST_SIDE as usize)
        .jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder
        .decode_headers()
        .map_err(|error| match stated(bytes) {
            Some((width, height)) if check(width, height).is_err() => {
                PhotoError::TooManyPixels { width, height }
            }
            _ => damaged(error),
        })?;
    let info = decoder
        .info()
        .ok_or_else(|| damaged(messages::photo::header()))?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    check(width, height)?;
    let pixels = decoder.decode().map_err(damaged)?;
    Gray::new(width, height, pixels)
}

/// Width and height as the frame header of a JPEG states them.
fn stated(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.get(2..)?;
    loop {
        let [0xff, marker, high, low, ..] = *rest else {
            return None;
        };
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let [h1, h0, w1, w0] = *rest.get(5..9)? else {
                return None;
            };
            return Some((
                u16::from_be_bytes([w1, w0]).into(),
                u16::from_be_bytes([h1, h0]).into(),
            ));
        }
        rest = rest.get(2 + usize::from(u16::from_be_bytes([high, low]))..)?;
    }
}

pub(super) fn png(bytes: &[u8]) -> Result<Gray, PhotoError> {
    let limits = png::Limits { bytes: MOST_MEMORY };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let header = decoder.read_header_info().map_err(damaged)?;
    let (width, height) = (header.width, header.height);
    check(width, height)?;
    let mut reader = decoder.read_info().map_err(damaged)?;
    let size = reader
        .output_buffer_size()
        .filter(|&size| size <= MOST_MEMORY)
        .ok_or(PhotoError::TooManyPixels { width, height })?;
    let mut buffer = vec![0; size];
    let frame = reader.next_frame(&mut buffer).map_err(damaged)?;
    buffer.truncate(frame.buffer_size());
    let pixels = match frame.color_type {
        png::ColorType::Grayscale => buffer,
        png::ColorType::GrayscaleAlpha => buffer
            .as_chunks()
            .0
            .iter()
            .map(|&[gray, alpha]| on_white(gray, alpha))
            .collect(),
        png::ColorType::Rgb => buffer.as_chunks().0.iter().map(|&rgb| luma(rgb)).collect(),
        png::ColorType::Rgba => buffer
            .as_chunks()
            .0
            .iter()
            .map(|&[r, g, b, alpha]| on_white(luma([r, g, b]), alpha))
            .collect(),
        png::ColorType::Indexed => return Err(damaged(messages::photo::colours())),
    };
    Gray::new(frame.width, frame.height, pixels)
}

/// How bright a colour is to the eye, after ITU-R BT.601.
fn luma([r, g, b]: [u8; 3]) -> u8 {
    ((u32::from(r) * 77 + u32::from(g) * 150 + u32::from(b) * 29) >> 8) as u8
}

/// What can be seen through stands on white.
fn on_white(gray: u8, alpha: u8) -> u8 {
    let (gray, alpha) = (u32::from(gray), u32::from(alpha));
    ((gray * alpha + 255 * (255 - alpha)) / 255) as u8
}
