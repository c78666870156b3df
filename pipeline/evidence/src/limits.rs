//! How much a picture may ask of us before it is opened.
//!
//! The numbers come from measured hostile files (docs/domain/image.md): a decoder's own allocation cap does not bound the
//! process, so size is refused from the header, before a decoder runs. *Invariant:* every limit has a unit in its name.

use serde::{Deserialize, Serialize};

/// Limits on one picture; the defaults are those shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Largest file. WhatsApp takes 5 MB as a photo and up to 100 MB as a document; a phone's 12 MP JPEG is 4 MB.
    pub file_bytes: usize,
    /// Longest width or height.
    pub side_px: u32,
    /// Largest width times height.
    pub pixels: u64,
    /// The same for a progressive JPEG, which holds all its coefficients in memory until the last scan.
    pub progressive_pixels: u64,
    /// Scans of a JPEG. Real ones have about ten; thousands of empty ones cost seconds of CPU.
    pub jpeg_scans: usize,
    /// What the decoder may allocate besides.
    pub decoder_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 16 << 20,
            side_px: 12_000,
            pixels: 50_000_000,
            progressive_pixels: 25_000_000,
            jpeg_scans: 100,
            decoder_bytes: 256 << 20,
        }
    }
}
