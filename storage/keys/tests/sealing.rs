//! What was sealed opens where it belongs and nowhere else.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use portico_keys::{CellKeys, KeyError, MasterKey, SeededEntropy};
use portico_vocab::{CaseId, CellId, CountryCode};
use proptest::prelude::*;

const CASE: CaseId = CaseId::from_bytes([1; 16]);
const OTHER_CASE: CaseId = CaseId::from_bytes([2; 16]);

fn cell(country: &str, seed: u64) -> CellKeys {
    let entropy = SeededEntropy::new(seed);
    let master = MasterKey::generate(&entropy);
    CellKeys::new(CellId::of(CountryCode::parse(country).unwrap()), master, Arc::new(entropy))
}

/// Anything that seals and opens: cell, case and day keys alike.
struct Pair {
    seal: Box<dyn Fn(&str, &[&[u8]], &[u8]) -> Vec<u8>>,
    open: Box<dyn Fn(&str, &[&[u8]], &[u8]) -> Result<Vec<u8>, KeyError>>,
}

macro_rules! pair {
    ($key:expr) => {{
        let (a, b) = ($key, $key);
        Pair {
            seal: Box::new(move |purpose, aad, plain| a.seal(purpose, aad, plain)),
            open: Box::new(move |purpose, aad, sealed| b.open(purpose, aad, sealed)),
        }
    }};
}

fn every_kind() -> Vec<Pair> {
    let keys = cell("IN", 1);
    let (case, _) = keys.new_case_key(CASE);
    let (day, _) = keys.new_day_key("2026-11-22");
    vec![pair!(keys.clone()), pair!(case.clone()), pair!(day.clone())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn opens_to_what_was_sealed(
        plain in prop::collection::vec(any::<u8>(), 0..300), purpose in "[a-z/]{0,12}", part in any::<Vec<u8>>(),
    ) {
        for key in every_kind() {
            let sealed = (key.seal)(&purpose, &[&part], &plain);
            prop_assert_eq!(sealed.len(), plain.len() + 29);
            prop_assert_eq!((key.open)(&purpose, &[&part], &sealed).unwrap(), plain.clone());
        }
    }

    #[test]
    fn one_flipped_bit_anywhere_is_refused(
        plain in prop::collection::vec(any::<u8>(), 0..100), at in any::<prop::sample::Index>(), bit in 0_u8..8,
    ) {
        for key in every_kind() {
            let mut sealed = (key.seal)("row", &[], &plain);
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert!((key.open)("row", &[], &sealed).is_err());
        }
    }

    #[test]
    fn a_wrapped_key_with_a_flipped_bit_is_refused(at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let keys = cell("IN", 1);
        let (_, mut wrapped) = keys.new_case_key(CASE);
        let at = at.index(wrapped.len());
        wrapped[at] ^= 1 << bit;
        prop_assert!(keys.open_case_key(CASE, &wrapped).is_err());
    }

    #[test]
    fn anything_at_all_is_refused_without_a_panic(bytes in any::<Vec<u8>>()) {
        let keys = cell("IN", 1);
        prop_assert!(keys.open("row", &[], &bytes).is_err());
        prop_assert!(keys.open_case_key(CASE, &bytes).is_err());
        prop_assert!(keys.new_case_key(CASE).0.open_object_key(&bytes).is_err());
    }
}

#[test]
fn another_purpose_or_other_associated_data_is_refused() {
    for key in every_kind() {
        let sealed = (key.seal)("row", &[b"ab", b"c"], b"plain");
        for (purpose, aad) in [
            ("job", &[&b"ab"[..], b"c"][..]),
            ("row", &[&b"a"[..], b"bc"]),
            ("row", &[&b"ab"[..]]),
            ("row", &[&b"ab"[..], b"c", b""]),
            ("rowa", &[&b"b"[..], b"c"]),
        ] {
            assert_eq!((key.open)(purpose, aad, &sealed), Err(KeyError::DoesNotOpen));
        }
    }
}

#[test]
fn two_seals_of_one_plaintext_differ() {
    for key in every_kind() {
        assert_ne!((key.seal)("row", &[], b"plain"), (key.seal)("row", &[], b"plain"));
    }
}

#[test]
fn a_case_key_opens_for_its_case_and_cell_only() {
    let keys = cell("IN", 1);
    let (case, wrapped) = keys.new_case_key(CASE);
    let sealed = case.seal("row", &[], b"plain");
    assert_eq!(keys.open_case_key(CASE, &wrapped).unwrap().open("row", &[], &sealed).unwrap(), b"plain");
    assert!(keys.open_case_key(OTHER_CASE, &wrapped).is_err());
    // The same seed gives the same master key: only the country differs.
    assert!(cell("BR", 1).open_case_key(CASE, &wrapped).is_err());
    assert!(cell("IN", 2).open_case_key(CASE, &wrapped).is_err());
    assert!(keys.open_day_key("2026-11-22", &wrapped).is_err());
    assert!(keys.new_case_key(OTHER_CASE).0.open("row", &[], &sealed).is_err());
}

#[test]
fn a_day_key_opens_for_its_day_only() {
    let keys = cell("IN", 1);
    let (day, wrapped) = keys.new_day_key("2026-11-22");
    let sealed = day.seal("body", &[], b"plain");
    assert_eq!(keys.open_day_key("2026-11-22", &wrapped).unwrap().open("body", &[], &sealed).unwrap(), b"plain");
    assert!(keys.open_day_key("2026-11-23", &wrapped).is_err());
}

#[test]
fn an_object_key_opens_under_its_case_key_only() {
    let keys = cell("IN", 1);
    let (case, other) = (keys.new_case_key(CASE).0, keys.new_case_key(CASE).0);
    let (object, wrapped) = case.new_object_key();
    let sealed = object.seal("image", &[], b"plain");
    assert_eq!(case.open_object_key(&wrapped).unwrap().open("image", &[], &sealed).unwrap(), b"plain");
    assert!(case.open_object_key(&wrapped).unwrap().open("thumbnail", &[], &sealed).is_err());
    assert!(other.open_object_key(&wrapped).is_err());
}

#[test]
fn codes_depend_on_cell_kind_and_boundaries() {
    let (india, brazil) = (cell("IN", 1), cell("BR", 1));
    assert_eq!(india.lookup("stop", b"919812345678"), india.lookup("stop", b"919812345678"));
    assert_ne!(india.lookup("stop", b"919812345678"), india.lookup("alias", b"919812345678"));
    assert_ne!(india.lookup("stop", b"919812345678"), brazil.lookup("stop", b"919812345678"));
    assert_eq!(india.input_id(&[b"ab", b"c"]), india.input_id(&[b"ab", b"c"]));
    assert_ne!(india.input_id(&[b"ab", b"c"]), india.input_id(&[b"a", b"bc"]));
    let (case, wrapped) = india.new_case_key(CASE);
    assert_eq!(case.commitment(b"input"), india.open_case_key(CASE, &wrapped).unwrap().commitment(b"input"));
    assert_ne!(case.commitment(b"input"), india.new_case_key(CASE).0.commitment(b"input"));
}

#[test]
fn debug_names_things_and_shows_no_key() {
    let keys = cell("IN", 1);
    let (case, _) = keys.new_case_key(CASE);
    assert_eq!(format!("{keys:?}"), format!("CellKeys(IN, {})", keys.master_id()));
    assert_eq!(format!("{case:?}"), format!("CaseKey(IN, {CASE})"));
}
