//! Proof that Meta sent these bytes (docs/domain/whatsapp.md 1.2).
//!
//! The HMAC is over the raw body: Meta escapes `/` and everything beyond ASCII, so that parsed and written again it no
//! longer matches. The proof says nothing about time; replays are harmless because inputs have ids.
//! *Invariant:* nothing of the body is looked at before this says yes.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use portico_vocab::Class;
use subtle::ConstantTimeEq;

/// The secret of one Meta app. Two are in force while it is rotated.
///
/// Held as the keyed HMAC it is for: the text itself is not kept.
#[derive(Clone)]
pub struct AppSecret(Hmac<sha2::Sha256>);

/// Why a request is not Meta's. All answer 401 and nothing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("the header X-Hub-Signature-256 is missing: Meta signs every webhook with the app secret")]
    Missing,
    #[error("the header X-Hub-Signature-256 is malformed: expected sha256= and 64 lower-case hex digits")]
    Malformed,
    #[error("the signature fits none of the app secrets: check the secret, and that no proxy rewrites the body")]
    Mismatch,
}

impl SignatureError {
    #[must_use]
    pub const fn class(&self) -> Class {
        Class::Permanent
    }
}

impl AppSecret {
    /// # Errors
    /// When `text` is blank: an empty key would let anyone sign.
    pub fn parse(text: &str) -> Result<Self, AppSecretError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AppSecretError);
        }
        Hmac::new_from_slice(text.as_bytes()).map(Self).map_err(|_| AppSecretError)
    }

    fn mac(&self, body: &[u8]) -> Hmac<sha2::Sha256> {
        self.0.clone().chain_update(body)
    }
}

/// An app secret that could not be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the app secret is empty: copy it from the app's basic settings at Meta")]
pub struct AppSecretError;

impl fmt::Debug for AppSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppSecret")
    }
}

/// Checks `header` (the value of `X-Hub-Signature-256`) against `body` under each of `secrets`.
///
/// # Errors
/// When the header is missing, has not exactly the form `sha256=<64 lower-case hex digits>`, or fits no secret.
pub fn verify(secrets: &[AppSecret], header: Option<&str>, body: &[u8]) -> Result<(), SignatureError> {
    let tag = decode(header.ok_or(SignatureError::Missing)?).ok_or(SignatureError::Malformed)?;
    // Every secret is tried, so that the time taken does not tell which one fitted.
    let fits = secrets.iter().filter(|secret| secret.mac(body).verify_slice(&tag).is_ok()).count();
    if fits > 0 { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// The header's value for `body`, as Meta would send it; for the stand-in.
#[must_use]
pub fn sign(secret: &AppSecret, body: &[u8]) -> String {
    use fmt::Write as _;
    let tag = secret.mac(body).finalize().into_bytes();
    tag.iter().fold(String::from("sha256="), |mut header, byte| {
        let _ = write!(header, "{byte:02x}");
        header
    })
}

/// Compares the `hub.verify_token` of the handshake in constant time; an empty expectation matches nothing.
#[must_use]
pub fn verify_token_matches(expected: &str, given: &str) -> bool {
    !expected.is_empty() && bool::from(expected.as_bytes().ct_eq(given.as_bytes()))
}

fn decode(header: &str) -> Option<[u8; 32]> {
    let hex = header.strip_prefix("sha256=")?.as_bytes();
    if hex.len() != 64 {
        return None;
    }
    let mut tag = [0; 32];
    for (byte, pair) in tag.iter_mut().zip(hex.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(tag)
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> AppSecret {
        AppSecret::parse(text).unwrap()
    }

    /// A webhook really sent by Meta (secret since revoked by its author).
    fn captured() -> (AppSecret, String, String) {
        let file = include_str!("../../../fixtures/whatsapp/vectors/pywa_signature.json");
        let json: serde_json::Value = serde_json::from_str(file).unwrap();
        let text = |name: &str| json["webhook_signature"][name].as_str().unwrap().to_owned();
        (secret(&text("app_secret")), text("x_hub_signature_256"), text("body_utf8"))
    }

    #[test]
    fn a_captured_webhook_verifies_and_signs_alike() {
        let (secret, header, body) = captured();
        assert_eq!(verify(std::slice::from_ref(&secret), Some(&header), body.as_bytes()), Ok(()));
        assert_eq!(sign(&secret, body.as_bytes()), header);
    }

    #[test]
    fn one_changed_byte_or_another_secret_is_refused() {
        let (good, header, body) = captured();
        let others = [secret("another"), secret("third")];
        let written_again = body.replace('/', "\\/") + " ";
        assert_eq!(
            verify(std::slice::from_ref(&good), Some(&header), written_again.as_bytes()),
            Err(SignatureError::Mismatch)
        );
        assert_eq!(verify(&others, Some(&header), body.as_bytes()), Err(SignatureError::Mismatch));
        assert_eq!(verify(&[], Some(&header), body.as_bytes()), Err(SignatureError::Mismatch));
        let rotating = [others[0].clone(), good];
        assert_eq!(verify(&rotating, Some(&header), body.as_bytes()), Ok(()));
    }

    #[test]
    fn the_header_has_exactly_one_form() {
        let (secret, header, body) = captured();
        assert_eq!(verify(std::slice::from_ref(&secret), None, body.as_bytes()), Err(SignatureError::Missing));
        for bad in [
            "",
            "sha256=",
            &header[7..],
            &header[..70],
            &format!("{header}0"),
            &format!(" {header}"),
            &header.to_uppercase(),
            &header.replace("sha256=", "sha1="),
            &format!("sha256={}", header[7..].to_uppercase()),
            "sha256=éééééééééééééééééééééééééééééééé",
        ] {
            let verdict = verify(std::slice::from_ref(&secret), Some(bad), body.as_bytes());
            assert_eq!(verdict, Err(SignatureError::Malformed), "{bad}");
        }
    }

    #[test]
    fn secrets_and_tokens_do_not_leak_or_match_by_being_empty() {
        assert_eq!(format!("{:?}", secret("s3cret")), "AppSecret");
        assert_eq!(AppSecret::parse(" \n").unwrap_err(), AppSecretError);
        assert!(verify_token_matches("token", "token"));
        for (expected, given) in [("token", "Token"), ("token", "toke"), ("", "")] {
            assert!(!verify_token_matches(expected, given));
        }
    }
}
