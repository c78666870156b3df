//! What is kept of a picture: upright pixels, at most so large, and nothing of the file around them.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its fixture has failed")]

mod pictures;

use bytes::Bytes;
use image::{DynamicImage, ImageFormat, RgbImage};
use pictures::{Jpeg, exif, four_colours, normalise};
use portico_evidence::{Downloaded, Kind, Limits, Measured, Normalised};
use portico_vocab::Sha256;

fn decoded(jpeg: &[u8]) -> RgbImage {
    image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).unwrap().into_rgb8()
}

/// The colours in the middle of each quarter, as letters: upper left, upper right, lower left, lower right.
fn quarters(picture: &RgbImage) -> String {
    let (w, h) = picture.dimensions();
    let letter = |(x, y): (u32, u32)| match picture.get_pixel(x * w / 4, y * h / 4).0.map(|v| v > 130) {
        [true, true, true] => 'W',
        [true, false, false] => 'R',
        [false, true, false] => 'G',
        [false, false, true] => 'B',
        _ => '?',
    };
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(letter).iter().collect()
}

#[test]
fn every_exif_orientation_comes_out_upright() {
    // What tag 274 says about the stored rows and columns (CIPA DC-008), undone.
    let table = [
        (1, "RGBW", (64, 32)),
        (2, "GRWB", (64, 32)),
        (3, "WBGR", (64, 32)),
        (4, "BWRG", (64, 32)),
        (5, "RBGW", (32, 64)),
        (6, "BRWG", (32, 64)),
        (7, "WGBR", (32, 64)),
        (8, "GWRB", (32, 64)),
    ];
    for (orientation, expected, sides) in table {
        let stored = Jpeg { exif: Some(exif(orientation)), ..Jpeg::default() }.draw(&four_colours(64, 32));
        let picture = normalise(stored).unwrap();
        assert_eq!(quarters(&decoded(picture.image())), expected, "orientation {orientation}");
        assert_eq!(quarters(&decoded(picture.thumbnail())), expected, "thumbnail, orientation {orientation}");
        assert_eq!((picture.width(), picture.height()), sides, "orientation {orientation}");
        assert_eq!(picture.facts().orientation, orientation);
        assert_eq!((picture.facts().original_width, picture.facts().original_height), (64, 32));
    }
}

#[test]
fn no_metadata_and_no_tail_survives() {
    let mut stored = Jpeg { exif: Some(exif(1)), ..Jpeg::default() }.draw(&four_colours(64, 64));
    stored.extend(b"PK\x03\x04 TAIL-CANARY");
    let picture = normalise(stored).unwrap();
    assert!(picture.facts().had_exif && picture.facts().had_gps);
    for derivative in [picture.image(), picture.thumbnail()] {
        for trace in [&b"Exif"[..], b"GPS", b"http", b"ICC_PROFILE", b"CANARY", b"PK\x03\x04"] {
            assert!(!derivative.windows(trace.len()).any(|w| w == trace), "{}", trace.escape_ascii());
        }
        assert!(derivative.ends_with(&[0xff, 0xd9]));
        // APP1 to APP13 and comments; APP0 (JFIF) and APP14 say how to read the pixels.
        assert!(!markers(derivative).iter().any(|m| matches!(m, 0xe1..=0xed | 0xef | 0xfe)));
    }
}

/// The marker codes before the first scan.
fn markers(jpeg: &[u8]) -> Vec<u8> {
    let mut at = 2;
    let mut codes = Vec::new();
    while jpeg[at + 1] != 0xda {
        codes.push(jpeg[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    codes
}

#[test]
fn sides_are_at_most_2048_320_and_1024() {
    let stored = Jpeg { exif: Some(exif(6)), ..Jpeg::default() }.draw(&four_colours(3000, 2000));
    let picture = normalise(stored).unwrap();
    assert_eq!((picture.width(), picture.height()), (1365, 2048));
    assert_eq!(decoded(picture.image()).dimensions(), (1365, 2048));
    assert_eq!(decoded(picture.thumbnail()).dimensions(), (213, 320));
    assert_eq!((picture.grey().width(), picture.grey().height()), (683, 1024));
    assert_eq!(picture.grey().pixels().len(), 683 * 1024);
}

#[test]
fn a_small_picture_is_not_made_larger() {
    let picture = normalise(Jpeg::default().draw(&four_colours(100, 80))).unwrap();
    assert_eq!(decoded(picture.image()).dimensions(), (100, 80));
    assert_eq!(decoded(picture.thumbnail()).dimensions(), (100, 80));
}

#[test]
fn every_way_to_write_a_picture_is_read() {
    let pixels = four_colours(96, 64);
    let saved = |format| {
        let mut out = std::io::Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(pixels.clone()).write_to(&mut out, format).unwrap();
        out.into_inner()
    };
    let table = [
        (Kind::Jpeg, Jpeg { progressive: true, ..Jpeg::default() }.draw(&pixels)),
        (Kind::Jpeg, Jpeg { restart_every: 2, ..Jpeg::default() }.draw(&pixels)),
        (Kind::Png, saved(ImageFormat::Png)),
        (Kind::WebP, saved(ImageFormat::WebP)),
    ];
    for (kind, stored) in table {
        let picture = normalise(stored).unwrap();
        assert_eq!(quarters(&decoded(picture.image())), "RGBW", "{kind}");
        assert_eq!(picture.facts().real_kind, kind);
    }
}

#[test]
fn the_same_bytes_give_the_same_derivatives_and_honest_digests() {
    let stored = Bytes::from(pictures::fixture("specimens/passport.jpg"));
    let (first, again) = (normalise(stored.clone()).unwrap(), normalise(stored.clone()).unwrap());
    assert_eq!(first.image(), again.image());
    assert_eq!(first.thumbnail(), again.thumbnail());
    assert_eq!(first.original_sha256(), Sha256::of(&stored));
    assert_eq!(first.image_sha256(), Sha256::of(first.image()));
    assert_eq!(first.thumbnail_sha256(), Sha256::of(first.thumbnail()));
}

#[test]
fn a_false_media_type_is_noted_and_not_believed() {
    let stored = Bytes::from(Jpeg::default().draw(&four_colours(32, 32)));
    let matches = |declared| {
        let downloaded = Downloaded::new(stored.clone(), declared);
        let measured = Measured::of(downloaded, &Limits::default()).unwrap();
        Normalised::of(measured).unwrap().facts().declared_mime_matches
    };
    assert_eq!(matches(Some("image/jpeg")), Some(true));
    assert_eq!(matches(Some("application/pdf")), Some(false));
    assert_eq!(matches(None), None);
}

#[test]
fn debug_shows_no_pixels_and_no_claims() {
    let downloaded = Downloaded::new(Bytes::from_static(b"SECRET"), Some("SECRET"));
    assert!(!format!("{downloaded:?}").contains("SECRET"));
    let picture = normalise(Jpeg::default().draw(&four_colours(32, 32))).unwrap();
    assert!(format!("{picture:?}").len() < 700);
}
