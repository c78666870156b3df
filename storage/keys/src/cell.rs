//! The keys of one cell.

use std::fmt;
use std::sync::Arc;

use portico_vocab::{CaseId, CellId, InputId, Sha256};

use crate::aead::Sealer;
use crate::binding::bind;
use crate::derive::{Secret, code, derive};
use crate::wrap::{unwrap, wrap_new};
use crate::{CaseKey, DayKey, Entropy, KeyError, MasterKey, label};

/// Everything that follows from one cell's master key. Cheap to clone. *Invariant:* made from one cell; no function of
/// this workspace takes two.
#[derive(Clone)]
pub struct CellKeys(Arc<Inner>);

struct Inner {
    cell: CellId,
    master: MasterKey,
    input: Secret,
    wrap_case: Sealer,
    wrap_day: Sealer,
    entropy: Arc<dyn Entropy>,
}

impl CellKeys {
    #[must_use]
    pub fn new(cell: CellId, master: MasterKey, entropy: Arc<dyn Entropy>) -> Self {
        let country = cell.country();
        let context: &[&[u8]] = &[country.as_str().as_bytes()];
        let wrapping = |name| Sealer::new(&derive(master.secret(), name, context), name, cell, b"", &entropy);
        let (wrap_case, wrap_day) = (wrapping(label::WRAP_CASE), wrapping(label::WRAP_DAY));
        let input = derive(master.secret(), label::INPUT, context);
        Self(Arc::new(Inner { cell, master, input, wrap_case, wrap_day, entropy }))
    }

    #[must_use]
    pub fn cell(&self) -> CellId {
        self.0.cell
    }

    /// The master key's public id: two cells must not share one.
    #[must_use]
    pub fn master_id(&self) -> String {
        self.0.master.id()
    }

    #[must_use]
    pub fn entropy(&self) -> &Arc<dyn Entropy> {
        &self.0.entropy
    }

    /// The id an input is consumed under: an HMAC, because its parts (a wamid) may hold a phone number.
    #[must_use]
    pub fn input_id(&self, parts: &[&[u8]]) -> InputId {
        InputId::from_digest(Sha256::from_bytes(code(&self.0.input, &bind(parts.iter().copied()))))
    }

    /// What `value` is found by among others of its `kind` (`alias/phone`, `stop`, `wamid`, `token`): the same value
    /// gives the same 32 bytes, and without the master key nobody can try values against them.
    #[must_use]
    pub fn lookup(&self, kind: &str, value: &[u8]) -> [u8; 32] {
        code(&self.derived(label::LOOKUP, kind), value)
    }

    /// A new case key and its wrapped form; who destroys every copy of that form has shredded the case.
    #[must_use]
    pub fn new_case_key(&self, case: CaseId) -> (CaseKey, Vec<u8>) {
        let (secret, wrapped) = wrap_new(&self.0.wrap_case, case.as_bytes());
        (CaseKey::new(self.0.cell, case, &secret, &self.0.entropy), wrapped)
    }

    /// # Errors
    /// When `wrapped` was altered or belongs to another cell, case or master key.
    pub fn open_case_key(&self, case: CaseId, wrapped: &[u8]) -> Result<CaseKey, KeyError> {
        let secret = unwrap(&self.0.wrap_case, case.as_bytes(), wrapped)?;
        Ok(CaseKey::new(self.0.cell, case, &secret, &self.0.entropy))
    }

    /// A new inbox key for `day`, such as `2026-11-22`, and its wrapped form.
    #[must_use]
    pub fn new_day_key(&self, day: &str) -> (DayKey, Vec<u8>) {
        let (secret, wrapped) = wrap_new(&self.0.wrap_day, day.as_bytes());
        (DayKey::new(self.0.cell, day, &secret, &self.0.entropy), wrapped)
    }

    /// # Errors
    /// When `wrapped` was altered or belongs to another cell, day or master key.
    pub fn open_day_key(&self, day: &str, wrapped: &[u8]) -> Result<DayKey, KeyError> {
        let secret = unwrap(&self.0.wrap_day, day.as_bytes(), wrapped)?;
        Ok(DayKey::new(self.0.cell, day, &secret, &self.0.entropy))
    }

    /// Seals what belongs to the cell and to no case, under a key of its own for each purpose.
    #[must_use]
    pub fn seal(&self, purpose: &str, aad: &[&[u8]], plain: &[u8]) -> Vec<u8> {
        self.sealer(purpose).seal(purpose, aad, plain)
    }

    /// # Errors
    /// When `sealed` was altered or belongs to another cell, purpose, associated data or master key.
    pub fn open(&self, purpose: &str, aad: &[&[u8]], sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.sealer(purpose).open(purpose, aad, sealed)
    }

    fn sealer(&self, purpose: &str) -> Sealer {
        let key = self.derived(label::SEAL_CELL, purpose);
        Sealer::new(&key, label::SEAL_CELL, self.0.cell, b"", &self.0.entropy)
    }

    fn derived(&self, label: &str, context: &str) -> Secret {
        let country = self.0.cell.country();
        derive(self.0.master.secret(), label, &[country.as_str().as_bytes(), context.as_bytes()])
    }
}

impl fmt::Debug for CellKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CellKeys({}, {})", self.0.cell, self.0.master.id())
    }
}
