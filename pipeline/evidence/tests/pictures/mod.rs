//! Pictures for the tests: read from fixtures/images, or drawn small with EXIF of choice.

#![expect(dead_code, reason = "each test binary uses a part of this module")]

use std::path::Path;

use bytes::Bytes;
use image::{Rgb, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use portico_evidence::{Downloaded, Limits, Measured, Normalised, Refusal};

/// The bytes of `fixtures/images/<name>`.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/images").join(name);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Every file of a folder of fixtures, as `folder/file`.
pub fn fixtures(folder: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/images").join(folder);
    let names = std::fs::read_dir(path).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.map(|name| format!("{folder}/{name}")).collect();
    names.sort();
    names
}

/// All the way with the shipped limits.
pub fn normalise(bytes: impl Into<Bytes>) -> Result<Normalised, Refusal> {
    Measured::of(Downloaded::new(bytes.into(), None), &Limits::default()).and_then(Normalised::of)
}

/// Red upper left, green upper right, blue lower left, white lower right.
pub fn four_colours(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (2 * x < width, 2 * y < height) {
        (true, true) => Rgb([220, 20, 20]),
        (false, true) => Rgb([20, 200, 20]),
        (true, false) => Rgb([20, 20, 220]),
        (false, false) => Rgb([250, 250, 250]),
    })
}

/// How to write a JPEG that our own encoder would not.
#[derive(Default)]
pub struct Jpeg {
    pub exif: Option<Vec<u8>>,
    pub progressive: bool,
    pub restart_every: u16,
    /// One scan a colour.
    pub separate_scans: bool,
}

impl Jpeg {
    pub fn draw(&self, pixels: &RgbImage) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = Encoder::new(&mut out, 90);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        encoder.set_progressive(self.progressive);
        encoder.set_optimized_huffman_tables(self.separate_scans);
        if self.restart_every > 0 {
            encoder.set_restart_interval(self.restart_every);
        }
        if let Some(tiff) = &self.exif {
            encoder.add_app_segment(1, [b"Exif\0\0", tiff.as_slice()].concat()).unwrap();
        }
        let (width, height) = (pixels.width() as u16, pixels.height() as u16);
        encoder.encode(pixels.as_raw(), width, height, ColorType::Rgb).unwrap();
        out
    }
}

/// A TIFF block with an orientation, a pointer to a GPS directory, and a place in it.
pub fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0*\0\0\0\x08".to_vec();
    tiff.extend(b"\0\x02");
    tiff.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    tiff.extend([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38]);
    tiff.extend(b"\0\0\0\0");
    tiff.extend(b"\0\x01\0\0\0\x01\0\0\0\x04\x02\x03\0\0\0\0\0\0GPS-PLACE-CANARY");
    tiff
}
