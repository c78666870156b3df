//! Signatures of Standard Webhooks 1.0: `v1` (HMAC-SHA256) and `v1a` (Ed25519), over `id.timestamp.body`.
//!
//! Source: standard-webhooks/standard-webhooks, `spec/standard-webhooks.md`. The bytes of a secret live in the signer
//! they are for and nowhere else. *Invariant:* no `Debug` or error shows a secret.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use portico_vocab::Timestamp;
use zeroize::Zeroizing;

use crate::RelayError;

/// What a subscriber knows us by. Two are in force while one is rotated; both sign.
#[derive(Clone)]
pub struct Secret(Signer);

#[derive(Clone)]
enum Signer {
    V1(Box<Hmac<sha2::Sha256>>),
    V1a(Arc<Ed25519KeyPair>),
}

impl Secret {
    /// Reads `whsec_` and base64 of 24 to 64 random bytes (HMAC), or `whsk_` and base64 of an Ed25519 key: its seed of
    /// 32 bytes, or the seed and the public key, 64 bytes, as other tools write it.
    ///
    /// # Errors
    /// When `text` is neither, or a public key stands beside a seed it does not belong to.
    pub fn parse(text: &str) -> Result<Self, RelayError> {
        let (prefix, encoded) = text.trim().split_once('_').unwrap_or_default();
        let bytes = Zeroizing::new(STANDARD.decode(encoded).unwrap_or_default());
        match prefix {
            "whsec" => hmac(&bytes),
            "whsk" => ed25519(&bytes),
            _ => Err(RelayError::Secret { expected: "whsec_… (HMAC) or whsk_… (Ed25519)" }),
        }
    }

    /// `whpk_…`, for a subscriber to verify with; `None` for an HMAC secret, which has no public half.
    #[must_use]
    pub fn public_key(&self) -> Option<String> {
        match &self.0 {
            Signer::V1(_) => None,
            Signer::V1a(pair) => Some(format!("whpk_{}", STANDARD.encode(pair.public_key()))),
        }
    }

    fn sign(&self, message: &[u8]) -> String {
        match &self.0 {
            Signer::V1(mac) => {
                format!("v1,{}", STANDARD.encode((**mac).clone().chain_update(message).finalize().into_bytes()))
            }
            Signer::V1a(pair) => format!("v1a,{}", STANDARD.encode(pair.sign(message))),
        }
    }
}

fn hmac(bytes: &[u8]) -> Result<Secret, RelayError> {
    let error = RelayError::Secret { expected: "whsec_ and base64 of 24 to 64 random bytes" };
    if !(24..=64).contains(&bytes.len()) {
        return Err(error);
    }
    match Hmac::new_from_slice(bytes) {
        Ok(mac) => Ok(Secret(Signer::V1(Box::new(mac)))),
        Err(_) => Err(error),
    }
}

fn ed25519(bytes: &[u8]) -> Result<Secret, RelayError> {
    let pair = match bytes.len() {
        32 => Ed25519KeyPair::from_seed_unchecked(bytes),
        64 => Ed25519KeyPair::from_seed_and_public_key(&bytes[..32], &bytes[32..]),
        _ => {
            return Err(RelayError::Secret {
                expected: "whsk_ and base64 of 32 bytes (seed) or 64 (seed and public key)",
            });
        }
    };
    let pair = pair.map_err(|_| RelayError::Secret { expected: "a whsk_ whose public key belongs to its seed" })?;
    Ok(Secret(Signer::V1a(Arc::new(pair))))
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if matches!(self.0, Signer::V1(_)) { "Secret(v1)" } else { "Secret(v1a)" })
    }
}

/// The value of `webhook-signature`: one signature a secret, separated by spaces.
#[must_use]
pub fn sign(secrets: &[Secret], id: &str, at: Timestamp, body: &[u8]) -> String {
    let mut message = format!("{id}.{}.", at.as_seconds()).into_bytes();
    message.extend_from_slice(body);
    secrets.iter().map(|secret| secret.sign(&message)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: Timestamp = Timestamp::from_seconds(1_614_265_330);
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const WHSEC: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const V1: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const WHSK: &str = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
    const WHSK_SEED: &str = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc=";
    const WHPK: &str = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
    const V1A: &str = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";

    fn secret(text: &str) -> Secret {
        Secret::parse(text).unwrap()
    }

    /// The vectors of the reference implementations.
    #[test]
    fn the_published_vectors_come_out() {
        assert_eq!(sign(&[secret(WHSEC)], ID, AT, BODY), V1);
        assert_eq!(sign(&[secret(WHSK)], ID, AT, BODY), V1A);
        assert_eq!(sign(&[secret(WHSK_SEED)], ID, AT, BODY), V1A);
        assert_eq!(secret(WHSK).public_key().as_deref(), Some(WHPK));
        assert_eq!(secret(WHSEC).public_key(), None);
    }

    #[test]
    fn while_rotating_every_secret_signs() {
        assert_eq!(sign(&[secret(WHSK), secret(WHSEC)], ID, AT, BODY), format!("{V1A} {V1}"));
    }

    #[test]
    fn whatever_is_no_secret_is_refused_and_not_quoted() {
        let mixed = WHSK.replace("X0dRqSKJp4", "aaaaaaaaaa");
        for bad in
            ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_c2hvcnQ=", "whsec_%", WHPK, &mixed, &WHSK[..90]]
        {
            let error = Secret::parse(bad).unwrap_err().to_string();
            assert!(error.contains("expected") && (bad.len() < 8 || !error.contains(bad)), "{error}");
        }
        assert_eq!(format!("{:?} {:?}", secret(WHSEC), secret(WHSK)), "Secret(v1) Secret(v1a)");
    }
}
