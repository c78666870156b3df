//! What is refused, as what, and that refusing comes before decoding.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its fixture has failed")]

mod pictures;

use bytes::Bytes;
use pictures::{Jpeg, fixture, four_colours, normalise};
use portico_evidence::{Downloaded, Kind, Limits, Measured, Refusal};
use portico_vocab::{Class, ReasonCode};

fn measure(bytes: impl Into<Bytes>, limits: &Limits) -> Result<Measured, Refusal> {
    Measured::of(Downloaded::new(bytes.into(), Some("image/jpeg")), limits)
}

#[test]
fn every_bad_fixture_is_refused_by_its_name_and_with_a_mend() {
    let table = [
        ("bad/document.pdf", ReasonCode::PhotoUnsupported, "a PDF document"),
        ("bad/stub.heic", ReasonCode::PhotoUnsupported, "a HEIC picture"),
        ("bad/one_pixel.gif", ReasonCode::PhotoUnsupported, "a GIF picture"),
        ("bad/stub.mp4", ReasonCode::PhotoUnsupported, "a video"),
        ("bad/stub.ogg", ReasonCode::PhotoUnsupported, "a sound recording"),
        ("bad/not_an_image.jpg", ReasonCode::PhotoUnsupported, "a text file"),
        ("bad/page.jpg", ReasonCode::PhotoUnsupported, "a web page"),
        ("bad/empty.jpg", ReasonCode::PhotoIncomplete, "an empty file"),
        ("bad/truncated.jpg", ReasonCode::PhotoIncomplete, "whole picture"),
        ("bad/bomb.png", ReasonCode::PhotoTooLarge, "30000 x 30000"),
    ];
    for (name, reason, words) in table {
        let refusal = normalise(fixture(name)).unwrap_err();
        let text = refusal.to_string();
        assert_eq!(refusal.reason(), reason, "{name}: {text}");
        assert_eq!(refusal.class(), Class::Permanent, "{name}");
        assert!(text.contains(words), "{name}: {text}");
        assert!(text.starts_with("expected ") && text.contains("; "), "{name}: what was expected; the mend: {text}");
    }
    let listed = table.map(|(name, ..)| name);
    let sound = ["bad/tiny.png"];
    for name in pictures::fixtures("bad") {
        assert!(listed.contains(&name.as_str()) || sound.contains(&name.as_str()), "{name} is in no table");
    }
}

#[test]
fn a_picture_cut_anywhere_is_refused() {
    let pixels = image::RgbImage::from_fn(160, 120, |x, y| image::Rgb([(x * y) as u8, (x * 7) as u8, (y * 11) as u8]));
    let mut files = vec![
        ("baseline", Jpeg::default().draw(&pixels)),
        ("progressive", Jpeg { progressive: true, ..Jpeg::default() }.draw(&pixels)),
        ("with restarts", Jpeg { restart_every: 3, ..Jpeg::default() }.draw(&pixels)),
    ];
    for (name, format) in [("png", image::ImageFormat::Png), ("webp", image::ImageFormat::WebP)] {
        let mut out = std::io::Cursor::new(Vec::new());
        image::DynamicImage::ImageRgb8(pixels.clone()).write_to(&mut out, format).unwrap();
        files.push((name, out.into_inner()));
    }
    for (name, file) in files {
        assert!(measure(file.clone(), &Limits::default()).is_ok(), "{name} whole");
        for cut in 0..file.len() {
            let refusal = measure(file[..cut].to_vec(), &Limits::default()).unwrap_err();
            // Cut within its first bytes a file is of no known kind.
            let early = cut < 12 && refusal.reason() == ReasonCode::PhotoUnsupported;
            assert!(early || refusal.reason() == ReasonCode::PhotoIncomplete, "{name} cut at {cut}: {refusal}");
        }
    }
}

#[test]
fn an_end_marker_sewn_onto_a_cut_is_found_out() {
    let pixels = four_colours(640, 480);
    let restarts = Jpeg { restart_every: 4, ..Jpeg::default() }.draw(&pixels);
    let plain = Jpeg::default().draw(&pixels);
    for file in [restarts, plain, fixture("specimens/passport.jpg"), fixture("real/portrait_hopper.jpg")] {
        for percent in [30, 50, 70, 90, 99] {
            let mut sewn = file[..file.len() * percent / 100].to_vec();
            sewn.extend([0xff, 0xd9]);
            let refusal = measure(sewn, &Limits::default()).unwrap_err();
            assert_eq!(refusal.reason(), ReasonCode::PhotoIncomplete, "{percent} %: {refusal}");
        }
    }
}

#[test]
fn a_variant_that_our_decoder_gets_wrong_is_refused_by_name() {
    let file = Jpeg { separate_scans: true, ..Jpeg::default() }.draw(&four_colours(64, 64));
    let refusal = measure(file, &Limits::default()).unwrap_err();
    assert!(matches!(refusal, Refusal::UnsupportedVariant { kind: Kind::Jpeg, .. }), "{refusal}");
    assert_eq!(refusal.reason(), ReasonCode::PhotoUnsupported);
}

#[test]
fn each_limit_is_kept_at_its_edge() {
    let file = Jpeg::default().draw(&four_colours(200, 100));
    let progressive = Jpeg { progressive: true, ..Jpeg::default() }.draw(&four_colours(200, 100));
    let all = Limits::default();
    let len = file.len();
    let table = [
        (&file, Limits { file_bytes: len, ..all }, Limits { file_bytes: len - 1, ..all }),
        (&file, Limits { side_px: 200, ..all }, Limits { side_px: 199, ..all }),
        (&file, Limits { pixels: 20_000, ..all }, Limits { pixels: 19_999, ..all }),
        (&progressive, Limits { progressive_pixels: 20_000, ..all }, Limits { progressive_pixels: 19_999, ..all }),
        (&file, Limits { jpeg_scans: 1, ..all }, Limits { jpeg_scans: 0, ..all }),
    ];
    for (file, enough, too_few) in table {
        assert!(measure(file.clone(), &enough).is_ok(), "{enough:?}");
        let refusal = measure(file.clone(), &too_few).unwrap_err();
        assert_eq!(refusal.reason(), ReasonCode::PhotoTooLarge, "{refusal}");
    }
}

#[test]
fn a_jpeg_header_that_promises_too_much_is_refused_before_decoding() {
    let mut file = Jpeg::default().draw(&four_colours(64, 64));
    let sof = file.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    file[sof + 5..sof + 9].copy_from_slice(&[0x27, 0x10, 0x27, 0x10]);
    assert!(measure(file, &Limits::default()).is_err(), "10000 x 10000 in a few hundred bytes");
}

#[test]
fn random_damage_never_panics() {
    let whole = fixture("specimens/passport_small.jpg");
    let mut seed = 0x2545_f491_u32;
    for _ in 0..300 {
        let mut file = whole.clone();
        for _ in 0..6 {
            seed ^= seed << 13;
            seed ^= seed >> 17;
            seed ^= seed << 5;
            let at = seed as usize % file.len();
            file[at] = (seed >> 24) as u8;
        }
        // Taken or refused, it comes back.
        let _either = normalise(file);
    }
}
