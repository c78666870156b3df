//! Each spelling, planted and found.

use super::*;

/// A word with something beyond ASCII at its edges, in its middle, and a space.
const WORD: &str = "Ñandú Quokka";
const NUMBER: &str = "5500900000417";

fn found(needle: &str, hay: impl Into<Vec<u8>>) -> Vec<Spelling> {
    let needles = Needles::new(vec![Needle::new("it", needle).unwrap()]).unwrap();
    let mut stack = Haystack::default();
    stack.add("a place", hay);
    needles.within(&stack).into_iter().map(|found| found.spelling).collect()
}

fn finds(spelling: Spelling, hay: impl Into<Vec<u8>>) {
    let hay = hay.into();
    let shown = String::from_utf8_lossy(&hay).into_owned();
    assert!(found(WORD, hay).contains(&spelling), "{spelling:?} in {shown}");
}

#[test]
fn what_is_not_there_is_not_found() {
    for hay in ["", "Ñandu Quokka", "nothing to see", "Tm90aGluZyB0byBzZWU="] {
        assert_eq!(found(WORD, hay), [], "{hay}");
    }
    assert_eq!(found(NUMBER, "5500900000418 550090000041"), []);
}

#[test]
fn plain_in_any_case() {
    finds(Spelling::Plain, format!("so said {WORD}, and went"));
    finds(Spelling::Plain, "ÑandÚ qUOKKA".replace('Ú', "ú"));
}

#[test]
fn base64_at_every_place_in_both_alphabets() {
    // Bytes whose base64 has `+` and `/`, which the other alphabet writes otherwise.
    for word in [WORD.as_bytes(), &[0xfb, 0xef, 0xbe, 0xff, 0xff, 0xfe, 0xfb, 0xef, 0xbe]] {
        for before in 0..4 {
            for after in 0..4 {
                let whole = [&[b'x'; 4][..before], word, &[b'y'; 4][..after]].concat();
                for text in [STANDARD_NO_PAD.encode(&whole), URL_SAFE_NO_PAD.encode(&whole)] {
                    let needles = Needles::new(vec![Needle::new("it", word).unwrap()]).unwrap();
                    let mut hay = Haystack::default();
                    hay.add("a place", format!("id={text}; more"));
                    let found = needles.within(&hay);
                    assert!(found.iter().any(|f| f.spelling == Spelling::Base64), "{before} {after} {text}");
                }
            }
        }
    }
}

#[test]
fn a_wamid_holds_its_number() {
    let wamid = format!("wamid.{}", STANDARD_NO_PAD.encode([b"\x1c\x18\x0d", NUMBER.as_bytes(), b"\x15\x02"].concat()));
    assert_eq!(found(NUMBER, wamid), [Spelling::Base64]);
}

#[test]
fn hex_of_either_case() {
    let hex: String = WORD.bytes().map(|byte| format!("{byte:02x}")).collect();
    finds(Spelling::Hex, format!("0x{hex}ff"));
    finds(Spelling::Hex, hex.to_uppercase());
}

#[test]
fn url_escapes_of_all_that_must_be_or_of_everything() {
    finds(Spelling::Url, "?name=%C3%91and%C3%BA%20Quokka&x=1");
    finds(Spelling::Url, "name=%c3%91and%c3%ba+Quokka");
    let every: String = WORD.bytes().map(|byte| format!("%{byte:02X}")).collect();
    finds(Spelling::Url, every);
}

#[test]
fn json_escapes_of_all_beyond_ascii_or_of_everything() {
    finds(Spelling::Json, r#"{"name":"\u00d1and\u00FA Quokka"}"#);
    let every: String = WORD.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
    finds(Spelling::Json, every);
    assert!(found("🦘 kangaroo", r"\ud83e\udd98 kangaroo").contains(&Spelling::Json), "a pair of surrogates");
}

#[test]
fn as_rust_debugs_it() {
    finds(Spelling::Rust, r"Some(\u{d1}and\u{fa} Quokka)");
}

#[test]
fn as_a_list_of_bytes() {
    finds(Spelling::Numbers, format!("{:?}", WORD.as_bytes()));
    finds(Spelling::Numbers, format!("{:?}", WORD.as_bytes()).replace(' ', ""));
}

#[test]
fn utf16_in_either_order() {
    let bytes = |order: fn(u16) -> [u8; 2]| WORD.encode_utf16().flat_map(order).collect::<Vec<_>>();
    finds(Spelling::Utf16, bytes(u16::to_le_bytes));
    finds(Spelling::Utf16, bytes(u16::to_be_bytes));
}

#[test]
fn numbers_with_something_between_the_digits() {
    for text in ["+55 009 0000-0417", "(55) 00 900000417", "55.009.0000.0417"] {
        assert_eq!(found(NUMBER, text), [Spelling::Spaced], "{text}");
    }
    assert_eq!(found(NUMBER, "tel:+5500900000417"), [Spelling::Plain, Spelling::Spaced]);
}

#[test]
fn the_name_of_a_place_is_searched_too() {
    let needles = Needles::new(vec![Needle::new("it", WORD).unwrap()]).unwrap();
    let mut hay = Haystack::default();
    hay.add(format!("files/{WORD}.jpg"), "");
    assert_eq!(needles.within(&hay).len(), 1);
}

#[test]
fn what_is_too_short_is_refused() {
    assert!(Needle::new("it", "abc").is_err());
    assert!(Needle::words("it", "a bc def").is_err());
}
