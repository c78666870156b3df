//! The master key: one a cell, given by the configuration, held in memory only.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::derive::{KEY_BYTES, Secret, derive, random_secret};
use crate::{Entropy, KeyError, label};

/// 256 bits from which every key of a cell comes. `Debug` shows its public id.
pub struct MasterKey(Secret);

impl MasterKey {
    /// Reads 44 characters of standard base64; spaces and line ends around them, as files have, are forgiven.
    ///
    /// # Errors
    /// When the text is not 32 bytes of base64, or they are all zero.
    pub fn parse_base64(text: &str) -> Result<Self, KeyError> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| KeyError::MasterForm)?);
        let key: [u8; KEY_BYTES] = bytes.as_slice().try_into().map_err(|_| KeyError::MasterForm)?;
        if key == [0; KEY_BYTES] {
            return Err(KeyError::MasterZero);
        }
        Ok(Self(Secret::new(key)))
    }

    /// A new key.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(random_secret(entropy))
    }

    /// The key itself, for the configuration that `portico dev` writes. Nothing else may call it.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0.as_slice())
    }

    /// 16 hex digits that name the key and tell nothing about it: safe to store, compare and show.
    #[must_use]
    pub fn id(&self) -> String {
        use fmt::Write as _;
        derive(&self.0, label::MASTER_ID, &[])[..8].iter().fold(String::with_capacity(16), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    pub(crate) const fn secret(&self) -> &Secret {
        &self.0
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_32_bytes_of_base64_are_a_key() {
        let text = STANDARD.encode([7; 32]);
        assert_eq!(MasterKey::parse_base64(&format!("{text}\n")).unwrap().to_base64(), text);
        for bad in ["", "hello", &STANDARD.encode([7; 31]), &STANDARD.encode([7; 33]), &"7".repeat(64)] {
            assert_eq!(MasterKey::parse_base64(bad).unwrap_err(), KeyError::MasterForm);
        }
        assert_eq!(MasterKey::parse_base64(&STANDARD.encode([0; 32])).unwrap_err(), KeyError::MasterZero);
    }

    #[test]
    fn debug_shows_the_id_and_not_the_key() {
        let key = MasterKey(Secret::new([7; 32]));
        assert_eq!(format!("{key:?}"), format!("MasterKey({})", key.id()));
        assert!(!key.id().contains("0707"));
    }
}
