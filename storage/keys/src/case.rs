//! The key of one case.

use std::fmt;
use std::sync::Arc;

use portico_vocab::{CaseId, CellId};

use crate::aead::Sealer;
use crate::derive::{Secret, code, derive};
use crate::wrap::{unwrap, wrap_new};
use crate::{Entropy, KeyError, ObjectKey, label};

/// Seals and commits for one case; made by [`crate::CellKeys`] only. Cheap to clone; the key itself is not kept, only
/// what is derived from it.
#[derive(Clone)]
pub struct CaseKey(Arc<Inner>);

struct Inner {
    cell: CellId,
    case: CaseId,
    commit: Secret,
    seal: Sealer,
    wrap: Sealer,
}

impl CaseKey {
    pub(crate) fn new(cell: CellId, case: CaseId, secret: &Secret, entropy: &Arc<dyn Entropy>) -> Self {
        let sealer = |name| Sealer::new(&derive(secret, name, &[]), name, cell, case.as_bytes(), entropy);
        let (seal, wrap) = (sealer(label::SEAL_CASE), sealer(label::WRAP_OBJECT));
        let commit = derive(secret, label::COMMIT_CASE, &[]);
        Self(Arc::new(Inner { cell, case, commit, seal, wrap }))
    }

    #[must_use]
    pub fn cell(&self) -> CellId {
        self.0.cell
    }

    #[must_use]
    pub fn case(&self) -> CaseId {
        self.0.case
    }

    #[must_use]
    pub fn seal(&self, purpose: &str, aad: &[&[u8]], plain: &[u8]) -> Vec<u8> {
        self.0.seal.seal(purpose, aad, plain)
    }

    /// # Errors
    /// When `sealed` was altered or belongs to another cell, case, purpose or associated data.
    pub fn open(&self, purpose: &str, aad: &[&[u8]], sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.0.seal.open(purpose, aad, sealed)
    }

    /// What a history entry holds in place of its input: it proves the input to whoever has the key, and after the key
    /// is shredded it says nothing, while the chain still verifies.
    #[must_use]
    pub fn commitment(&self, canonical_input: &[u8]) -> [u8; 32] {
        code(&self.0.commit, canonical_input)
    }

    /// A new key for one object in the vault and its wrapped form, which the object carries in its header.
    #[must_use]
    pub fn new_object_key(&self) -> (ObjectKey, Vec<u8>) {
        let (secret, wrapped) = wrap_new(&self.0.wrap, b"");
        (ObjectKey::new(self.0.cell, self.0.case, &secret, self.0.wrap.entropy()), wrapped)
    }

    /// # Errors
    /// When `wrapped` was altered or belongs to another cell or case.
    pub fn open_object_key(&self, wrapped: &[u8]) -> Result<ObjectKey, KeyError> {
        let secret = unwrap(&self.0.wrap, b"", wrapped)?;
        Ok(ObjectKey::new(self.0.cell, self.0.case, &secret, self.0.wrap.entropy()))
    }
}

impl fmt::Debug for CaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CaseKey({}, {})", self.0.cell, self.0.case)
    }
}
