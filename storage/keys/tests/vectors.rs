//! Known answers: the forms and labels of this crate, fixed for good.
//!
//! `vectors.json` was computed by an independent program (Python's `hmac`, and AES-GCM and ChaCha20 of its
//! `cryptography` package) from the definitions in the module docs, not by the code it tests. A failure here means that
//! stored data would no longer open: mend the code or add a new form, never edit the file.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fmt::Write as _;
use std::sync::Arc;

use portico_keys::{CellKeys, MasterKey, SeededEntropy};
use portico_vocab::{CaseId, CellId, CountryCode, Sha256};
use serde_json::Value;

struct Vectors(Value);

impl Vectors {
    fn read() -> Self {
        Self(serde_json::from_str(include_str!("vectors.json")).unwrap())
    }

    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap()
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        let digits = self.text(name).as_bytes().chunks_exact(2);
        digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    fn aad(&self) -> [&[u8]; 2] {
        [0, 1].map(|i| self.0["aad"][i].as_str().unwrap().as_bytes())
    }

    fn keys(&self) -> CellKeys {
        let cell = CellId::of(CountryCode::parse(self.text("cell")).unwrap());
        let entropy = SeededEntropy::new(self.0["seed"].as_u64().unwrap());
        CellKeys::new(cell, MasterKey::parse_base64(self.text("master_key")).unwrap(), Arc::new(entropy))
    }

    fn case(&self) -> CaseId {
        CaseId::from_bytes(self.bytes("case_id_bytes").try_into().unwrap())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[test]
fn a_seeded_run_writes_these_very_bytes() {
    let v = Vectors::read();
    let (keys, plain, aad, purpose) = (v.keys(), v.text("plain").as_bytes(), v.aad(), v.text("purpose"));

    assert_eq!(keys.master_id(), v.text("master_id"));
    let input = Sha256::from_bytes(*keys.input_id(&aad).as_bytes());
    assert_eq!(input.to_hex(), v.text("input_id_of_aad"));
    assert_eq!(hex(&keys.lookup("stop", plain)), v.text("lookup_stop_of_plain"));
    assert_eq!(hex(&keys.seal(purpose, &aad, plain)), v.text("cell_sealed"));

    let (case, wrapped) = keys.new_case_key(v.case());
    assert_eq!(hex(&wrapped), v.text("case_wrapped"));
    assert_eq!(hex(&case.seal(purpose, &aad, plain)), v.text("case_sealed"));
    assert_eq!(hex(&case.commitment(plain)), v.text("case_commitment_of_plain"));

    let (object, wrapped) = case.new_object_key();
    assert_eq!(hex(&wrapped), v.text("object_wrapped"));
    assert_eq!(hex(&object.seal(purpose, &aad, plain)), v.text("object_sealed"));

    let (day, wrapped) = keys.new_day_key(v.text("day"));
    assert_eq!(hex(&wrapped), v.text("day_wrapped"));
    assert_eq!(hex(&day.seal(purpose, &aad, plain)), v.text("day_sealed"));
}

#[test]
fn what_was_stored_then_opens_now() {
    let v = Vectors::read();
    let (keys, plain, aad, purpose) = (v.keys(), v.text("plain").as_bytes(), v.aad(), v.text("purpose"));
    let case = keys.open_case_key(v.case(), &v.bytes("case_wrapped")).unwrap();
    let object = case.open_object_key(&v.bytes("object_wrapped")).unwrap();
    let day = keys.open_day_key(v.text("day"), &v.bytes("day_wrapped")).unwrap();

    assert_eq!(keys.open(purpose, &aad, &v.bytes("cell_sealed")).unwrap(), plain);
    assert_eq!(case.open(purpose, &aad, &v.bytes("case_sealed")).unwrap(), plain);
    assert_eq!(object.open(purpose, &aad, &v.bytes("object_sealed")).unwrap(), plain);
    assert_eq!(day.open(purpose, &aad, &v.bytes("day_sealed")).unwrap(), plain);
}
