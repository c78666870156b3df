//! Sealing: AES-256-GCM under a random nonce, bound to where the bytes belong.
//!
//! Sealed form: `1 ‖ nonce (12) ‖ ciphertext ‖ tag (16)`, 29 bytes longer than the plaintext. The associated data are
//! the scope's parts, the purpose and the caller's parts, length-prefixed.
//!
//! *Invariant:* a nonce is drawn afresh for every message. Random 96-bit nonces are safe for 2^32 messages under one
//! key (NIST SP 800-38D, 8.3): an object key seals one, a case key hundreds, a day key a day's bodies, and each purpose
//! of a cell has its own key.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use portico_vocab::CellId;

use crate::binding::bind;
use crate::derive::Secret;
use crate::{Entropy, KeyError};

/// The first byte of the sealed form.
const FORM: u8 = 1;
/// Names the associated-data layout, so that it can never be mistaken for another's.
const DOMAIN: &[u8] = b"portico/seal/1";
const TAG_BYTES: usize = 16;

/// How many bytes sealing adds to the plaintext.
pub(crate) const OVERHEAD_BYTES: usize = 1 + NONCE_LEN + TAG_BYTES;

/// An AES key with the scope everything under it is bound to.
pub(crate) struct Sealer {
    key: LessSafeKey,
    scope: Vec<u8>,
    entropy: Arc<dyn Entropy>,
}

impl Sealer {
    /// `label` is the derivation the key came from; `owner` is the case or day, or empty for the cell.
    #[expect(clippy::expect_used, reason = "the key has the algorithm's length by type")]
    pub(crate) fn new(key: &Secret, label: &str, cell: CellId, owner: &[u8], entropy: &Arc<dyn Entropy>) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, key.as_slice()).expect("a 32-byte key is an AES-256 key");
        let country = cell.country();
        let scope = bind([DOMAIN, label.as_bytes(), country.as_str().as_bytes(), owner]);
        Self { key: LessSafeKey::new(key), scope, entropy: Arc::clone(entropy) }
    }

    pub(crate) fn entropy(&self) -> &Arc<dyn Entropy> {
        &self.entropy
    }

    #[expect(clippy::expect_used, reason = "AES-GCM refuses only messages beyond 64 GiB; nothing here reaches 1 GiB")]
    pub(crate) fn seal(&self, purpose: &str, aad: &[&[u8]], plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        self.entropy.fill(&mut nonce);
        let mut sealed = Vec::with_capacity(plain.len() + OVERHEAD_BYTES);
        sealed.push(FORM);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let body = &mut sealed[1 + NONCE_LEN..];
        let tag = self
            .key
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), self.aad(purpose, aad), body)
            .expect("the message is within AES-GCM's limit");
        sealed.extend_from_slice(tag.as_ref());
        sealed
    }

    pub(crate) fn open(&self, purpose: &str, aad: &[&[u8]], sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
        let (form, rest) = sealed.split_first().ok_or(KeyError::CutShort)?;
        if *form != FORM {
            return Err(KeyError::UnknownForm);
        }
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(KeyError::CutShort)?;
        let length = body.len().checked_sub(TAG_BYTES).ok_or(KeyError::CutShort)?;
        let mut plain = body.to_vec();
        self.key
            .open_in_place(Nonce::assume_unique_for_key(*nonce), self.aad(purpose, aad), &mut plain)
            .map_err(|_| KeyError::DoesNotOpen)?;
        plain.truncate(length);
        Ok(plain)
    }

    fn aad(&self, purpose: &str, parts: &[&[u8]]) -> Aad<Vec<u8>> {
        let parts = [self.scope.as_slice(), purpose.as_bytes()].into_iter().chain(parts.iter().copied());
        Aad::from(bind(parts))
    }
}
