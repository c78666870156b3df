//! The inbox key of one day.

use std::fmt;
use std::sync::Arc;

use portico_vocab::CellId;

use crate::aead::Sealer;
use crate::derive::{Secret, derive};
use crate::{Entropy, KeyError, label};

/// Seals the webhook bodies of one day until they are sorted; made by [`crate::CellKeys`] only. Cheap to clone.
#[derive(Clone)]
pub struct DayKey(Arc<Inner>);

struct Inner {
    cell: CellId,
    day: String,
    seal: Sealer,
}

impl DayKey {
    pub(crate) fn new(cell: CellId, day: &str, secret: &Secret, entropy: &Arc<dyn Entropy>) -> Self {
        let key = derive(secret, label::SEAL_DAY, &[]);
        let seal = Sealer::new(&key, label::SEAL_DAY, cell, day.as_bytes(), entropy);
        Self(Arc::new(Inner { cell, day: day.to_owned(), seal }))
    }

    #[must_use]
    pub fn cell(&self) -> CellId {
        self.0.cell
    }

    /// The day as it was given, such as `2026-11-22`.
    #[must_use]
    pub fn day(&self) -> &str {
        &self.0.day
    }

    #[must_use]
    pub fn seal(&self, purpose: &str, aad: &[&[u8]], plain: &[u8]) -> Vec<u8> {
        self.0.seal.seal(purpose, aad, plain)
    }

    /// # Errors
    /// When `sealed` was altered or belongs to another cell, day, purpose or associated data.
    pub fn open(&self, purpose: &str, aad: &[&[u8]], sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.0.seal.open(purpose, aad, sealed)
    }
}

impl fmt::Debug for DayKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DayKey({}, {})", self.0.cell, self.0.day)
    }
}
