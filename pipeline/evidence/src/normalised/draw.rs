//! The pixel work behind `Normalised`: decode, shrink, turn, grey, encode. Each is a pure function of its arguments.

use std::io::Cursor;

use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, GrayImage, ImageFormat, ImageReader, RgbImage, imageops};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::{Grey, Kind, Limits, Refusal};

/// Quality 88 keeps the luma of a 12 MP photo at 40 dB in 650 kB.
const JPEG_QUALITY: u8 = 88;

/// Pixels as stored, transparency laid on white; colour profiles are not applied.
pub(super) fn decode(bytes: &[u8], kind: Kind, limits: &Limits) -> Result<RgbImage, Refusal> {
    let format = match kind {
        Kind::Jpeg => ImageFormat::Jpeg,
        Kind::Png => ImageFormat::Png,
        Kind::WebP => ImageFormat::WebP,
        kind => return Err(Refusal::Unsupported { kind }),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut allowed = image::Limits::no_limits();
    allowed.max_image_width = Some(limits.side_px);
    allowed.max_image_height = Some(limits.side_px);
    allowed.max_alloc = Some(limits.decoder_bytes);
    reader.limits(allowed);
    // The decoder's own words may quote the file, so they go no further.
    let decoded = reader.decode().map_err(|_| Refusal::Incomplete { kind, what: "the pixels cannot be decoded" })?;
    Ok(if decoded.color().has_alpha() { on_white(&decoded) } else { decoded.into_rgb8() })
}

fn on_white(decoded: &DynamicImage) -> RgbImage {
    let rgba = decoded.to_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, a] = rgba.get_pixel(x, y).0.map(u32::from);
        // Below 256 by arithmetic: a weighted mean of two bytes.
        image::Rgb([r, g, b].map(|c| ((c * a + 255 * (255 - a) + 127) / 255) as u8))
    })
}

/// Makes the longest side at most `side_px`; smaller pictures stay as they are.
pub(super) fn shrink(pixels: RgbImage, side_px: u32) -> Result<RgbImage, Refusal> {
    let (width, height) = fit(pixels.dimensions(), side_px);
    if (width, height) == pixels.dimensions() {
        return Ok(pixels);
    }
    let (from_width, from_height) = pixels.dimensions();
    let out = resize(pixels.into_raw(), (from_width, from_height), (width, height), PixelType::U8x3)?;
    RgbImage::from_raw(width, height, out).ok_or(Refusal::NotRedrawn { stage: "shrinking" })
}

/// Turns stored pixels upright by EXIF orientation (CIPA DC-008, tag 274); anything but 2 to 8 is upright already.
pub(super) fn turn(pixels: RgbImage, orientation: u8) -> RgbImage {
    match orientation {
        2 => imageops::flip_horizontal(&pixels),
        3 => imageops::rotate180(&pixels),
        4 => imageops::flip_vertical(&pixels),
        5 => imageops::flip_horizontal(&imageops::rotate90(&pixels)),
        6 => imageops::rotate90(&pixels),
        7 => imageops::flip_horizontal(&imageops::rotate270(&pixels)),
        8 => imageops::rotate270(&pixels),
        _ => pixels,
    }
}

/// The grey copy for quality checks.
pub(super) fn grey(pixels: &RgbImage, side_px: u32) -> Result<Grey, Refusal> {
    let full: GrayImage = imageops::grayscale(pixels);
    let (width, height) = fit(full.dimensions(), side_px);
    let from = full.dimensions();
    let out = if from == (width, height) {
        full.into_raw()
    } else {
        resize(full.into_raw(), from, (width, height), PixelType::U8)?
    };
    Ok(Grey::new(width, height, out))
}

/// Draws a baseline JPEG with halved colour and nothing besides the picture.
pub(super) fn jpeg(pixels: &RgbImage) -> Result<Vec<u8>, Refusal> {
    let failed = Refusal::NotRedrawn { stage: "encoding" };
    let side = |px: u32| u16::try_from(px).map_err(|_| failed.clone());
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, JPEG_QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder
        .encode(pixels.as_raw(), side(pixels.width())?, side(pixels.height())?, ColorType::Rgb)
        .map_err(|_| failed.clone())?;
    Ok(out)
}

/// Sides after shrinking the longest to `side_px`, rounded to the nearest pixel, never zero.
fn fit((width, height): (u32, u32), side_px: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= side_px {
        return (width, height);
    }
    // No wider than `side_px` by arithmetic, so it fits.
    let scaled = |px: u32| {
        let rounded = (u64::from(px) * u64::from(side_px) + u64::from(longest) / 2) / u64::from(longest);
        (rounded as u32).max(1)
    };
    (scaled(width), scaled(height))
}

fn resize(pixels: Vec<u8>, from: (u32, u32), to: (u32, u32), pixel: PixelType) -> Result<Vec<u8>, Refusal> {
    let failed = Refusal::NotRedrawn { stage: "shrinking" };
    let source = Image::from_vec_u8(from.0, from.1, pixels, pixel).map_err(|_| failed.clone())?;
    let mut target = Image::new(to.0, to.1, pixel);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new().resize(&source, &mut target, &options).map_err(|_| failed)?;
    Ok(target.into_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_side_is_fitted_and_none_vanishes() {
        assert_eq!(fit((4032, 3024), 2048), (2048, 1536));
        assert_eq!(fit((3024, 4032), 2048), (1536, 2048));
        assert_eq!(fit((12_000, 1), 320), (320, 1));
        assert_eq!(fit((800, 600), 2048), (800, 600));
    }

    #[test]
    fn transparency_is_laid_on_white() {
        let clear = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(2, 2, image::Rgba([0, 0, 0, 0])));
        assert!(on_white(&clear).pixels().all(|p| p.0 == [255, 255, 255]));
    }
}
