//! The cell itself: handles, made once at start.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use portico_case::Case;
use portico_keys::CellKeys;
use portico_ledger::Ledger;
use portico_policy::Policy;
use portico_vault::Vault;
use portico_vocab::{CellId, Clock, CountryCode, Sha256, Timestamp};
use portico_whatsapp::texts::{Setting, Texts};

use crate::CellError;
use crate::watch::{Unwatched, Watch};

/// Which events a subscriber of this cell gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriberRule {
    pub name: String,
    /// Empty means all.
    pub events: Vec<String>,
}

impl SubscriberRule {
    pub(crate) fn wants(&self, kind: &str) -> bool {
        self.events.is_empty() || self.events.iter().any(|event| event == kind)
    }
}

/// Everything a cell is made of.
pub struct CellParts {
    pub ledger: Arc<dyn Ledger>,
    pub keys: CellKeys,
    pub vault: Vault,
    pub policy: Policy,
    pub setting: Setting,
    pub texts: Arc<Texts>,
    pub clock: Arc<dyn Clock>,
    pub subscribers: Vec<SubscriberRule>,
}

struct Inner {
    parts: CellParts,
    policy: Arc<Policy>,
    /// Pinned policies by content hash; they never change, so they are read once.
    pinned: Mutex<HashMap<Sha256, Arc<Policy>>>,
}

/// One country's cell. Cheap to clone.
#[derive(Clone)]
pub struct Cell(Arc<Inner>, Arc<dyn Watch>);

impl Cell {
    /// Joins the parts and keeps the current policy in the ledger under its content hash.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn open(parts: CellParts) -> Result<Self, CellError> {
        parts.ledger.put_policy(parts.policy.pin().hash, &parts.policy.to_json()).await?;
        Ok(Self::open_read_only(parts))
    }

    /// Joins the parts to look only, and writes nothing. That nothing is written later is for the parts to see to: with
    /// a ledger of [`portico_ledger::open_read_only`] every write is [`portico_ledger::LedgerError::ReadOnly`].
    #[must_use]
    pub fn open_read_only(parts: CellParts) -> Self {
        let policy = Arc::new(parts.policy.clone());
        let pinned = Mutex::new(HashMap::from([(policy.pin().hash, Arc::clone(&policy))]));
        Self(Arc::new(Inner { parts, policy, pinned }), Arc::new(Unwatched))
    }

    /// The same cell, with somebody who looks on.
    #[must_use]
    pub fn watched_by(self, watch: Arc<dyn Watch>) -> Self {
        Self(self.0, watch)
    }

    pub(crate) fn watch(&self) -> &dyn Watch {
        self.1.as_ref()
    }

    #[must_use]
    pub fn id(&self) -> CellId {
        self.0.parts.keys.cell()
    }

    #[must_use]
    pub fn country(&self) -> CountryCode {
        self.id().country()
    }

    #[must_use]
    pub fn ledger(&self) -> &Arc<dyn Ledger> {
        &self.0.parts.ledger
    }

    #[must_use]
    pub fn keys(&self) -> &CellKeys {
        &self.0.parts.keys
    }

    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.0.parts.vault
    }

    /// The policy new cases are judged by.
    #[must_use]
    pub fn policy(&self) -> &Arc<Policy> {
        &self.0.policy
    }

    #[must_use]
    pub fn setting(&self) -> &Setting {
        &self.0.parts.setting
    }

    #[must_use]
    pub fn texts(&self) -> &Arc<Texts> {
        &self.0.parts.texts
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.parts.clock.now()
    }

    pub(crate) fn subscribers(&self) -> &[SubscriberRule] {
        &self.0.parts.subscribers
    }

    /// The policy a case has pinned; before consent, the current one.
    ///
    /// # Errors
    /// When the ledger has lost it or cannot be read.
    pub async fn policy_of(&self, case: &Case) -> Result<Arc<Policy>, CellError> {
        match case.stage.agreed() {
            Some(agreed) => self.policy_by_hash(agreed.policy.hash).await,
            None => Ok(Arc::clone(&self.0.policy)),
        }
    }

    /// The policy of this content hash.
    ///
    /// # Errors
    /// When the ledger has none, or cannot be read.
    pub async fn policy_by_hash(&self, hash: Sha256) -> Result<Arc<Policy>, CellError> {
        if let Some(policy) = self.pinned(hash) {
            return Ok(policy);
        }
        let text = self.ledger().policy(hash).await?.ok_or(CellError::Unreadable { what: "policy" })?;
        let policy = Arc::new(Policy::from_json(&text)?);
        self.0.pinned.lock().unwrap_or_else(PoisonError::into_inner).insert(hash, Arc::clone(&policy));
        Ok(policy)
    }

    fn pinned(&self, hash: Sha256) -> Option<Arc<Policy>> {
        self.0.pinned.lock().unwrap_or_else(PoisonError::into_inner).get(&hash).cloned()
    }
}
