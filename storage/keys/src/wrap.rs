//! Wrapped keys: a random key sealed under another, with a commitment to it.
//!
//! Wrapped form: `1 ‖ commitment (32) ‖ sealed key (61)`, 94 bytes. GCM does not commit to its key: one ciphertext can
//! be made that opens under two keys. The commitment, HKDF of the wrapped key, is authenticated with it and checked at
//! every opening, so nobody can prepare a wrapped form that yields different keys to different readers.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use zeroize::Zeroizing;

use crate::KeyError;
use crate::aead::{OVERHEAD_BYTES, Sealer};
use crate::derive::{KEY_BYTES, Secret, derive, random_secret};
use crate::label;

const FORM: u8 = 1;
const PURPOSE: &str = "key";

/// Length of the wrapped form.
pub(crate) const WRAPPED_BYTES: usize = 1 + KEY_BYTES + KEY_BYTES + OVERHEAD_BYTES;

/// A new random key and its wrapped form, bound to `owner`.
pub(crate) fn wrap_new(sealer: &Sealer, owner: &[u8]) -> (Secret, Vec<u8>) {
    let key = random_secret(sealer.entropy().as_ref());
    let commitment = derive(&key, label::KEY_COMMITMENT, &[]);
    let sealed = sealer.seal(PURPOSE, &[owner, commitment.as_slice()], key.as_slice());
    let mut wrapped = Vec::with_capacity(WRAPPED_BYTES);
    wrapped.push(FORM);
    wrapped.extend_from_slice(commitment.as_slice());
    wrapped.extend_from_slice(&sealed);
    (key, wrapped)
}

/// The key that `wrapped` holds for `owner`.
pub(crate) fn unwrap(sealer: &Sealer, owner: &[u8], wrapped: &[u8]) -> Result<Secret, KeyError> {
    let (form, rest) = wrapped.split_first().ok_or(KeyError::CutShort)?;
    if *form != FORM {
        return Err(KeyError::UnknownForm);
    }
    let (commitment, sealed) = rest.split_first_chunk::<KEY_BYTES>().ok_or(KeyError::CutShort)?;
    let plain = Zeroizing::new(sealer.open(PURPOSE, &[owner, commitment.as_slice()], sealed)?);
    let key = plain.as_slice().try_into().map(Secret::new).map_err(|_| KeyError::CutShort)?;
    let expected = derive(&key, label::KEY_COMMITMENT, &[]);
    verify_slices_are_equal(commitment, expected.as_slice()).map_err(|_| KeyError::NotCommitted)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use portico_vocab::{CellId, CountryCode};

    use super::*;
    use crate::{Entropy, SeededEntropy};

    fn sealer() -> Sealer {
        let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(1));
        let cell = CellId::of(CountryCode::parse("IN").unwrap());
        Sealer::new(&Secret::new([9; 32]), label::WRAP_CASE, cell, b"", &entropy)
    }

    #[test]
    fn a_key_other_than_the_committed_one_is_refused() {
        let sealer = sealer();
        // What a forger who holds the wrapping key would store: well sealed, but committed to another key.
        let forged_commitment = [5; KEY_BYTES];
        let mut forged = vec![FORM];
        forged.extend_from_slice(&forged_commitment);
        forged.extend_from_slice(&sealer.seal(PURPOSE, &[b"owner", &forged_commitment], &[7; KEY_BYTES]));
        assert_eq!(unwrap(&sealer, b"owner", &forged).map(|_| ()), Err(KeyError::NotCommitted));
    }

    #[test]
    fn a_key_opens_for_its_owner_only() {
        let sealer = sealer();
        let (key, wrapped) = wrap_new(&sealer, b"owner");
        assert_eq!(wrapped.len(), WRAPPED_BYTES);
        assert_eq!(*unwrap(&sealer, b"owner", &wrapped).unwrap(), *key);
        assert_eq!(unwrap(&sealer, b"other", &wrapped).map(|_| ()), Err(KeyError::DoesNotOpen));
    }
}
