//! What is kept of an operator's act: a link of the cell's operations chain, written here and read here.
//!
//! The command line writes links of the same form; a link of another form is shown by its time alone.

use portico_ledger::{ChainEntry, ParkedAct};
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The body of a link. Not personal: a colleague's id, the name of the work, the colleague's own words on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Act {
    pub did: String,
    /// The work, or the subscriber.
    pub id: String,
    /// `reviewer:…`; the command line leaves it out where nobody gave a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

const RETRY: &str = "parked_retry";
const DISCARD: &str = "parked_discard";
const ENABLE: &str = "subscriber_enabled";

impl Act {
    pub(crate) fn answer(act: ParkedAct, id: &str, reviewer: &str, why: Option<&str>) -> Self {
        let did = if act == ParkedAct::Retry { RETRY } else { DISCARD };
        Self { why: why.map(str::to_owned), ..Self::of(did, id, reviewer) }
    }

    pub(crate) fn enable(subscriber: &str, reviewer: &str) -> Self {
        Self::of(ENABLE, subscriber, reviewer)
    }

    fn of(did: &str, id: &str, reviewer: &str) -> Self {
        Self { did: did.to_owned(), id: id.to_owned(), by: Some(format!("reviewer:{reviewer}")), why: None }
    }

    pub(crate) fn note(&self) -> Result<String, Error> {
        Ok(serde_json::to_string(self)?)
    }

    pub(crate) fn read(link: &ChainEntry) -> Option<Self> {
        serde_json::from_str(&link.body).ok()
    }

    /// Who did it, as colleagues are called on every page.
    pub(crate) fn who(&self) -> &str {
        let by = self.by.as_deref().unwrap_or("Somebody at the command line");
        by.strip_prefix("reviewer:").unwrap_or(by)
    }

    /// What was done, to go on with a name: `O. Operator tried a delivery again`.
    pub(crate) fn what(&self) -> String {
        let work = match self.id.split_once(':') {
            Some(("job", _)) => "a job",
            Some(("delivery", _)) => "a delivery",
            Some(("send", _)) => "a message",
            _ => "a piece of work",
        };
        match self.did.as_str() {
            RETRY => format!("tried {work} again"),
            DISCARD => format!("gave {work} up"),
            ENABLE => format!("enabled {} again", self.id),
            other => other.replace('_', " "),
        }
    }
}
