//! The key of one object in the vault.

use std::fmt;
use std::sync::Arc;

use portico_vocab::{CaseId, CellId};

use crate::aead::Sealer;
use crate::derive::{Secret, derive};
use crate::{Entropy, KeyError, label};

/// Seals one object and is used once, so that its nonce cannot repeat; made by [`crate::CaseKey`] only.
pub struct ObjectKey {
    case: CaseId,
    seal: Sealer,
}

impl ObjectKey {
    /// How many bytes [`ObjectKey::seal`] adds to the plaintext.
    pub const OVERHEAD_BYTES: usize = crate::aead::OVERHEAD_BYTES;

    /// Length of the wrapped form that [`crate::CaseKey::new_object_key`] gives.
    pub const WRAPPED_BYTES: usize = crate::wrap::WRAPPED_BYTES;

    pub(crate) fn new(cell: CellId, case: CaseId, secret: &Secret, entropy: &Arc<dyn Entropy>) -> Self {
        let key = derive(secret, label::SEAL_OBJECT, &[]);
        Self { case, seal: Sealer::new(&key, label::SEAL_OBJECT, cell, case.as_bytes(), entropy) }
    }

    /// Consumes the key: one key, one message.
    #[must_use]
    pub fn seal(self, purpose: &str, aad: &[&[u8]], plain: &[u8]) -> Vec<u8> {
        self.seal.seal(purpose, aad, plain)
    }

    /// # Errors
    /// When `sealed` was altered or belongs to another cell, case, purpose or associated data.
    pub fn open(&self, purpose: &str, aad: &[&[u8]], sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.seal.open(purpose, aad, sealed)
    }
}

impl fmt::Debug for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectKey({})", self.case)
    }
}
