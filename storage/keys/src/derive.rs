//! Keys from keys (HKDF-SHA256) and codes under keys (HMAC-SHA256).
//!
//! *Invariant:* derived keys live in [`Secret`], which is overwritten when it is dropped.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::Entropy;
use crate::binding::bind;
use crate::label;

/// Length of every key and code in this crate, in bytes.
pub(crate) const KEY_BYTES: usize = 32;

/// A 256-bit key that leaves memory when it is dropped.
pub(crate) type Secret = Zeroizing<[u8; KEY_BYTES]>;

pub(crate) fn random_secret(entropy: &dyn Entropy) -> Secret {
    let mut secret = Secret::default();
    entropy.fill(secret.as_mut_slice());
    secret
}

/// The key of one line of [`label`].
#[expect(clippy::expect_used, reason = "HKDF-SHA256 gives up to 8160 bytes; we ask for 32 (RFC 5869, 2.3)")]
pub(crate) fn derive(from: &Secret, label: &str, context: &[&[u8]]) -> Secret {
    let info = bind([label.as_bytes()].into_iter().chain(context.iter().copied()));
    let mut derived = Secret::default();
    Hkdf::<Sha256>::new(Some(label::SALT.as_bytes()), from.as_slice())
        .expand(&info, derived.as_mut_slice())
        .expect("32 bytes are within HKDF's limit");
    derived
}

/// HMAC-SHA256 of `message`.
#[expect(clippy::expect_used, reason = "HMAC takes keys of any length (RFC 2104)")]
pub(crate) fn code(key: &Secret, message: &[u8]) -> [u8; KEY_BYTES] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice()).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}
