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
        let link = portico_audit::Link { chain: chain.as_str(), seq, at, case, body };
        let digest = portico_audit::link_digest(&previous, &link);
        Self { seq, at, case, body: body.to_owned(), previous, digest }
    }

    /// What its digest must be after `previous`, from what it says.
    #[must_use]
    pub fn digest_after(&self, chain: ChainName, previous: &Sha256) -> Sha256 {
        let Self { seq, at, case, body, .. } = self;
        let link = portico_audit::Link { chain: chain.as_str(), seq: *seq, at: *at, case: *case, body };
        portico_audit::link_digest(previous, &link)
    }
}
