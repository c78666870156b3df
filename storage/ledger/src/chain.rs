//! Forging the next link of a cell's chain, the same way in every ledger.

use portico_vocab::{CaseId, Sha256, Timestamp};

use crate::model::{ChainEntry, ChainName};

impl ChainEntry {
    /// The link that follows position `last`, whose digest is `previous` (before the first: 0 and the genesis).
    pub(crate) fn after(
        chain: ChainName,
        last: u64,
        previous: Sha256,
        at: Timestamp,
        case: Option<CaseId>,
        body: &str,
    ) -> Self {
        let seq = last + 1;
        let digest = portico_audit::link_digest(chain.as_str(), seq, &previous, at, body);
        Self { seq, at, case, body: body.to_owned(), previous, digest }
    }
}
