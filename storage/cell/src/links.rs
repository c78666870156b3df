//! What the links of a cell's chains say, written here and read here. Nothing in them is personal: names of senders
//! stand in them only as keyed hashes of keyed hashes.
//!
//! *Invariant:* a link of another form is skipped, never an error: chains are read back for ever.

use portico_ledger::{ChainEntry, ParkedAct, StopChange, StrayRow};
use portico_vocab::{InputId, Sha256, Timestamp};
use serde::{Deserialize, Serialize};

use crate::rows::to_json;
use crate::{Cell, CellError};

/// An input that belongs to no case, in the chain `stray`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stray {
    pub(crate) reason: String,
    /// The input's id, 64 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) input: Option<Sha256>,
    /// What it put on the stop-list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stop: Option<StrayStop>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StrayStop {
    pub(crate) at: Timestamp,
    /// [`of_name`] of each name of the sender.
    pub(crate) of: Vec<Sha256>,
}

impl Stray {
    pub(crate) fn read(link: &ChainEntry) -> Option<Self> {
        serde_json::from_str(&link.body).ok()
    }
}

/// What a name on the stop-list is called in a link: without the master key the two cannot be brought together.
pub(crate) fn of_name(cell: &Cell, hash: &[u8; 32]) -> Sha256 {
    Sha256::from_bytes(cell.keys().lookup("stray", hash))
}

impl Cell {
    /// Consumes an input that belongs to no case: its row, its reason, what it puts on the stop-list, its link. A repeat
    /// changes nothing.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn record_stray(
        &self,
        input: InputId,
        at: Timestamp,
        reason: &str,
        stop: StopChange,
    ) -> Result<(), CellError> {
        let said = match &stop {
            StopChange::Set { hashes, at } => {
                Some(StrayStop { at: *at, of: hashes.iter().map(|hash| of_name(self, hash)).collect() })
            }
            StopChange::Keep | StopChange::Lift { .. } => None,
        };
        let id = Sha256::from_bytes(*input.as_bytes());
        let link = Stray { reason: reason.to_owned(), input: Some(id), stop: said };
        let body = String::from_utf8(to_json(&link)?).map_err(|_| CellError::Unreadable { what: "value" })?;
        self.ledger().record_stray(&StrayRow { input, at, body, stop, window: None }).await?;
        Ok(())
    }
}

/// An operator's act, in the chain `operations`. Not personal: a colleague's id, the name of the work, the colleague's
/// own words on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    pub did: String,
    /// The work, or the subscriber.
    pub id: String,
    /// `reviewer:…`, or the name given at the command line, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Act {
    pub const RETRY: &'static str = "parked_retry";
    pub const DISCARD: &'static str = "parked_discard";
    pub const ENABLE: &'static str = "subscriber_enabled";

    /// An answer for parked work.
    #[must_use]
    pub fn answer(act: ParkedAct, id: &str, by: Option<String>, why: Option<String>) -> Self {
        let did = if act == ParkedAct::Retry { Self::RETRY } else { Self::DISCARD };
        Self { did: did.to_owned(), id: id.to_owned(), by, why }
    }

    /// A subscriber that was taken back.
    #[must_use]
    pub fn enable(subscriber: &str, by: String) -> Self {
        Self { did: Self::ENABLE.to_owned(), id: subscriber.to_owned(), by: Some(by), why: None }
    }

    /// The body of its link.
    ///
    /// # Errors
    /// Never in practice: text always serialises.
    pub fn note(&self) -> Result<String, CellError> {
        serde_json::to_string(self).map_err(|_| CellError::Unreadable { what: "value" })
    }

    /// `None` when the link has another form.
    #[must_use]
    pub fn read(link: &ChainEntry) -> Option<Self> {
        serde_json::from_str(&link.body).ok()
    }
}
