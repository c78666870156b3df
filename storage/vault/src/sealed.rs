//! The form of an object.
//!
//! ```text
//! "PVO1"  wrapped object key (94)  sealed plaintext (29 longer than it)
//! ```
//!
//! Each object has its own random key, wrapped by the case key and carried in the object, so that the case key is all
//! it takes to open it and all it takes to destroy it. The associated data of the sealed part bind cell and case (by
//! the key), the purpose and the digest of the plaintext.
//!
//! *Invariant:* [`Sealed`] is made from plaintext and a case key, and nothing else is ever put into a bucket.

use std::fmt;

use bytes::Bytes;
use portico_keys::{CaseKey, ObjectKey};
use portico_vocab::{CellId, Sha256};

use crate::{Purpose, StoredRef, VaultError};

/// Names the form; another form would be another magic.
const MAGIC: &[u8; 4] = b"PVO1";

/// How many bytes an object is longer than its plaintext.
const OVERHEAD_BYTES: usize = MAGIC.len() + ObjectKey::WRAPPED_BYTES + ObjectKey::OVERHEAD_BYTES;

/// An encrypted object that is not in a bucket yet.
#[must_use = "a sealed object that is not stored is lost"]
#[derive(Clone)]
pub struct Sealed {
    cell: CellId,
    bytes: Bytes,
    purpose: Purpose,
    sha256: Sha256,
    size: u64,
}

impl Sealed {
    pub fn new(key: &CaseKey, purpose: Purpose, plain: &[u8]) -> Self {
        let sha256 = Sha256::of(plain);
        let (object_key, wrapped) = key.new_object_key();
        let sealed = object_key.seal(&bound_purpose(purpose), &[sha256.as_bytes()], plain);
        let mut bytes = Vec::with_capacity(plain.len() + OVERHEAD_BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&wrapped);
        bytes.extend_from_slice(&sealed);
        Self { cell: key.cell(), bytes: bytes.into(), purpose, sha256, size: plain.len() as u64 }
    }

    #[must_use]
    pub const fn cell(&self) -> CellId {
        self.cell
    }

    pub(crate) fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    pub(crate) fn named(&self, object_key: String) -> StoredRef {
        StoredRef { object_key, purpose: self.purpose, sha256: self.sha256, size: self.size }
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({}, {}, {} bytes)", self.cell, self.purpose, self.size)
    }
}

/// Length of the object that `stored` names; `None` if no memory could hold it.
pub(crate) fn object_bytes(stored: &StoredRef) -> Option<usize> {
    usize::try_from(stored.size).ok()?.checked_add(OVERHEAD_BYTES)
}

/// The plaintext of an object that came out of the bucket.
///
/// # Errors
/// [`VaultError::Altered`] when form, length or digest differ from `stored`; [`VaultError::Sealed`] when it does not
/// open under `key` for this purpose and digest.
pub(crate) fn open(key: &CaseKey, stored: &StoredRef, object: &[u8]) -> Result<Vec<u8>, VaultError> {
    let body = object.strip_prefix(MAGIC).ok_or(VaultError::Altered)?;
    let (wrapped, sealed) = body.split_at_checked(ObjectKey::WRAPPED_BYTES).ok_or(VaultError::Altered)?;
    let object_key = key.open_object_key(wrapped)?;
    let plain = object_key.open(&bound_purpose(stored.purpose), &[stored.sha256.as_bytes()], sealed)?;
    // The associated data already bind the digest; this holds even if whoever sealed it lied about it.
    if plain.len() as u64 != stored.size || Sha256::of(&plain) != stored.sha256 {
        return Err(VaultError::Altered);
    }
    Ok(plain)
}

fn bound_purpose(purpose: Purpose) -> String {
    format!("object/{purpose}")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use portico_keys::{CellKeys, MasterKey, SeededEntropy};
    use portico_vocab::{CaseId, CountryCode};

    use super::*;

    fn case_key(country: &str, case: u8) -> CaseKey {
        let entropy = SeededEntropy::new(3);
        let master = MasterKey::generate(&entropy);
        let cell = CellId::of(CountryCode::parse(country).unwrap());
        CellKeys::new(cell, master, Arc::new(entropy)).new_case_key(CaseId::from_bytes([case; 16])).0
    }

    #[test]
    fn opens_for_its_key_purpose_and_digest_only() {
        let key = case_key("IN", 1);
        let sealed = Sealed::new(&key, Purpose::Image, b"a picture");
        let (stored, object) = (sealed.named("name".into()), sealed.bytes());
        assert_eq!(object.len(), object_bytes(&stored).unwrap());
        assert_eq!(open(&key, &stored, &object).unwrap(), b"a picture");
        for other in [case_key("IN", 2), case_key("BR", 1)] {
            assert!(matches!(open(&other, &stored, &object), Err(VaultError::Sealed(_))));
        }
        let thumbnail = StoredRef { purpose: Purpose::Thumbnail, ..stored.clone() };
        assert!(matches!(open(&key, &thumbnail, &object), Err(VaultError::Sealed(_))));
        let other_digest = StoredRef { sha256: Sha256::of(b"another"), ..stored.clone() };
        assert!(matches!(open(&key, &other_digest, &object), Err(VaultError::Sealed(_))));
        let other_size = StoredRef { size: 8, ..stored };
        assert!(matches!(open(&key, &other_size, &object), Err(VaultError::Altered)));
    }

    #[test]
    fn a_cut_or_altered_object_is_an_error_wherever_it_is_hit() {
        let key = case_key("IN", 1);
        let sealed = Sealed::new(&key, Purpose::Image, b"a picture");
        let (stored, object) = (sealed.named("name".into()), sealed.bytes());
        for at in 0..object.len() {
            assert!(open(&key, &stored, &object[..at]).is_err());
            let mut altered = object.to_vec();
            altered[at] ^= 1;
            assert!(open(&key, &stored, &altered).is_err());
        }
    }
}
