//! Bytes as they came, with their digest: the first of the evidence types.
//!
//! The digest is taken before anything looks at the bytes, because custody names the original by it even when the
//! picture is refused. *Invariant:* `sha256` is the digest of exactly `bytes`.

use std::fmt;

use bytes::Bytes;
use portico_vocab::Sha256;

/// A file as downloaded: nothing about it is trusted yet.
#[derive(Clone)]
pub struct Downloaded {
    bytes: Bytes,
    declared_mime: Option<String>,
    sha256: Sha256,
}

impl Downloaded {
    /// Takes the file and the media type the sender's side claimed for it (`image/jpeg`), if any.
    #[must_use]
    pub fn new(bytes: Bytes, declared_mime: Option<&str>) -> Self {
        let sha256 = Sha256::of(&bytes);
        Self { bytes, declared_mime: declared_mime.map(str::to_owned), sha256 }
    }

    /// Digest of the original, as compared with the one WhatsApp announced and as kept in custody.
    #[must_use]
    pub const fn sha256(&self) -> Sha256 {
        self.sha256
    }

    /// Bytes of the file.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing came at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The media type as claimed; a claim only.
    #[must_use]
    pub fn declared_mime(&self) -> Option<&str> {
        self.declared_mime.as_deref()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Length and digest only: the bytes are somebody's document, and the claimed type is a stranger's text.
impl fmt::Debug for Downloaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Downloaded").field("len", &self.len()).field("sha256", &self.sha256).finish_non_exhaustive()
    }
}
