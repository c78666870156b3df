//! SHA-256 digests and their two spellings on Meta's wire.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use crate::ParseError;

/// 32 bytes of SHA-256; text form is 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256([u8; 32]);

const EXPECTED: &str = "64 hex digits or 44 characters of base64";

impl Sha256 {
    /// Digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// Digest of several parts, each preceded by its length as eight big-endian bytes, so that no two lists of
    /// parts can hash alike by moving a boundary.
    #[must_use]
    pub fn of_parts(parts: &[&[u8]]) -> Self {
        let mut hasher = sha2::Sha256::new();
        for part in parts {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads either spelling: webhooks carry standard base64 with padding, `GET /<media-id>` carries lower-case hex
    /// (Meta: Image messages webhook, 2026-09-11; Media).
    ///
    /// # Errors
    /// When `text` is neither; public test suites hold impossible hashes, so this must never panic.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let error = ParseError::new("SHA-256 digest", EXPECTED);
        if text.len() == 64 && text.is_ascii() {
            let mut out = [0; 32];
            for (byte, pair) in out.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
                let hex = std::str::from_utf8(pair).map_err(|_| error.clone())?;
                *byte = u8::from_str_radix(hex, 16).map_err(|_| error.clone())?;
            }
            return Ok(Self(out));
        }
        let bytes = STANDARD.decode(text).map_err(|_| error.clone())?;
        Ok(Self(bytes.try_into().map_err(|_| error)?))
    }

    /// 64 lower-case hex digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        use fmt::Write as _;
        self.0.iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// 44 characters of standard base64, as webhooks spell it.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl TryFrom<String> for Sha256 {
    type Error = ParseError;
    fn try_from(s: String) -> Result<Self, ParseError> {
        Self::parse(&s)
    }
}

impl From<Sha256> for String {
    fn from(d: Sha256) -> Self {
        d.to_hex()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_one_digest() {
        let base64 = "SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI=";
        let digest = Sha256::parse(base64).unwrap();
        assert_eq!(digest.to_base64(), base64);
        assert_eq!(Sha256::parse(&digest.to_hex()).unwrap(), digest);
    }

    #[test]
    fn impossible_hashes_are_errors_not_panics() {
        for text in ["", "4654+8g=", &"a".repeat(57), &"é".repeat(32), &"zz".repeat(32), "<HASH>"] {
            assert!(Sha256::parse(text).is_err());
        }
    }
}
