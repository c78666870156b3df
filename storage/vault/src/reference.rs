//! What a case keeps of an object: its name, its use, and the digest of what it must open to.

use std::fmt;

use portico_vocab::Sha256;
use serde::{Deserialize, Serialize};

/// What an object is for; bound into its associated data, so that a thumbnail cannot stand in for the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The normalised picture reviewers see.
    Image,
    /// Its small form for lists.
    Thumbnail,
    /// The bytes as they came, where the profile keeps them.
    Original,
}

impl Purpose {
    /// The word that is bound into the object. Never changed, or stored objects no longer open.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Thumbnail => "thumbnail",
            Self::Original => "original",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How to find an object and how to know that it is the right one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StoredRef {
    /// Its random name in the cell's bucket.
    pub object_key: String,
    pub purpose: Purpose,
    /// Digest of the plaintext.
    pub sha256: Sha256,
    /// Length of the plaintext, in bytes.
    pub size: u64,
}

/// An object the bucket has acknowledged. Made only by [`crate::Vault::store`].
#[derive(Debug, PartialEq, Eq)]
pub struct Stored(StoredRef);

impl Stored {
    pub(crate) const fn new(reference: StoredRef) -> Self {
        Self(reference)
    }

    #[must_use]
    pub const fn reference(&self) -> &StoredRef {
        &self.0
    }

    #[must_use]
    pub fn into_reference(self) -> StoredRef {
        self.0
    }
}
