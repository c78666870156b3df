//! A picture drawn anew: upright, at most 2048 pixels a side, plain JPEG, with a thumbnail and a grey copy to judge.
//!
//! Only pixels cross over. Order matters for speed: shrink first, turn afterwards (five times cheaper), and let
//! `fast_image_resize` and `jpeg-encoder` do what the image crate does slowly (docs/domain/image.md).
//!
//! *Invariant:* the derivatives hold no metadata: no EXIF, GPS, ICC, XMP, comment, and nothing that stood after the
//! picture. *Invariant:* the same original gives the same derivatives, byte for byte, on the same kind of machine.

mod draw;

use std::fmt;

use bytes::Bytes;
use portico_vocab::Sha256;

use crate::{Kind, Limits, Measured, Refusal};

/// Longest side of the picture that is stored and read.
const SIDE_PX: u32 = 2048;
/// Longest side of the thumbnail.
const THUMBNAIL_SIDE_PX: u32 = 320;
/// Longest side of the grey copy: enough to see blur in small print, small enough to be judged in a few milliseconds.
const GREY_SIDE_PX: u32 = 1024;

/// What was true of the original; kept with the evidence, since the original's metadata is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Whether the media type that was claimed names the real kind; `None` when none was claimed.
    pub declared_mime_matches: Option<bool>,
    pub real_kind: Kind,
    /// Pixels as stored, before any turn.
    pub original_width: u32,
    pub original_height: u32,
    /// EXIF orientation, 1 to 8; 1 is upright.
    pub orientation: u8,
    pub had_exif: bool,
    /// Whether the file told where it was taken. The place itself is not read.
    pub had_gps: bool,
}

/// A greyscale copy, one byte a pixel, rows from the top.
#[derive(Clone)]
pub struct Grey {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Grey {
    /// *Invariant:* `pixels` holds `width * height` bytes; a short buffer is filled up with black.
    pub(crate) fn new(width: u32, height: u32, mut pixels: Vec<u8>) -> Self {
        pixels.resize(width as usize * height as usize, 0);
        Self { width, height, pixels }
    }

    /// The grey copy of a derivative read back from where it was stored.
    ///
    /// # Errors
    /// When it does not decode.
    pub(crate) fn of_derivative(image: &[u8]) -> Result<Self, Refusal> {
        let pixels = draw::decode(image, Kind::Jpeg, &Limits::default())?;
        draw::grey(&pixels, GREY_SIDE_PX)
    }

    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// `width * height` bytes, 0 black to 255 white.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }
}

/// A picture ready to be sealed.
#[derive(Clone)]
pub struct Normalised {
    image: Bytes,
    thumbnail: Bytes,
    width: u32,
    height: u32,
    original_sha256: Sha256,
    image_sha256: Sha256,
    thumbnail_sha256: Sha256,
    facts: Facts,
    grey: Grey,
}

impl Normalised {
    /// Decodes, shrinks, turns upright, and draws anew.
    ///
    /// # Errors
    /// [`Refusal::Incomplete`] when the decoder refuses what the walk accepted; [`Refusal::NotRedrawn`], a defect of
    /// ours, when the pixels could not be encoded.
    pub fn of(measured: Measured) -> Result<Self, Refusal> {
        let shape = measured.shape();
        let orientation = shape.exif.map_or(1, |exif| exif.orientation);
        let pixels = draw::decode(measured.downloaded().bytes(), measured.kind(), measured.limits())?;
        let upright = draw::turn(draw::shrink(pixels, SIDE_PX)?, orientation);
        let grey = draw::grey(&upright, GREY_SIDE_PX)?;
        let image = draw::jpeg(&upright)?;
        let (width, height) = upright.dimensions();
        let thumbnail = draw::jpeg(&draw::shrink(upright, THUMBNAIL_SIDE_PX)?)?;

        let facts = Facts {
            declared_mime_matches: measured.downloaded().declared_mime().map(|d| measured.kind().is_named_by(d)),
            real_kind: measured.kind(),
            original_width: shape.width,
            original_height: shape.height,
            orientation,
            had_exif: shape.exif.is_some(),
            had_gps: shape.exif.is_some_and(|exif| exif.has_gps),
        };
        Ok(Self {
            image_sha256: Sha256::of(&image),
            thumbnail_sha256: Sha256::of(&thumbnail),
            original_sha256: measured.downloaded().sha256(),
            image: image.into(),
            thumbnail: thumbnail.into(),
            width,
            height,
            facts,
            grey,
        })
    }

    /// The picture: JPEG, quality 88, 4:2:0, longest side at most 2048.
    #[must_use]
    pub const fn image(&self) -> &Bytes {
        &self.image
    }

    /// The thumbnail: JPEG, longest side at most 320.
    #[must_use]
    pub const fn thumbnail(&self) -> &Bytes {
        &self.thumbnail
    }

    /// Width of [`Self::image`] in pixels, upright.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Height of [`Self::image`] in pixels, upright.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// Digest of the file as downloaded.
    #[must_use]
    pub const fn original_sha256(&self) -> Sha256 {
        self.original_sha256
    }

    /// Digest of [`Self::image`].
    #[must_use]
    pub const fn image_sha256(&self) -> Sha256 {
        self.image_sha256
    }

    /// Digest of [`Self::thumbnail`].
    #[must_use]
    pub const fn thumbnail_sha256(&self) -> Sha256 {
        self.thumbnail_sha256
    }

    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The grey copy that quality is judged on, longest side at most 1024, upright.
    #[must_use]
    pub const fn grey(&self) -> &Grey {
        &self.grey
    }
}

/// Sizes and digests only: the pixels are somebody's document or face.
impl fmt::Debug for Normalised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Normalised")
            .field("width", &self.width)
            .field("height", &self.height)
            .field("original_sha256", &self.original_sha256)
            .field("image_sha256", &self.image_sha256)
            .field("facts", &self.facts)
            .finish_non_exhaustive()
    }
}
