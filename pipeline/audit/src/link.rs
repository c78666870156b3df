//! Digest of one link of a cell's own chain (accesses, inputs without a case, operations).

use portico_vocab::{CaseId, Sha256, Timestamp};

/// What stands before the first entry of a chain.
#[must_use]
pub fn genesis(chain: &str) -> Sha256 {
    Sha256::of_parts(&[b"portico/genesis/1", chain.as_bytes()])
}

/// One link of a chain, as it is read; nothing in it is personal.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    pub chain: &'a str,
    /// From 1.
    pub seq: u64,
    pub at: Timestamp,
    /// The case it is about.
    pub case: Option<CaseId>,
    pub body: &'a str,
}

/// `SHA-256(label ‖ chain ‖ seq ‖ previous ‖ time ‖ body)`, and `‖ case` where it is about one; every part preceded by
/// its length.
#[must_use]
pub fn link_digest(previous: &Sha256, link: &Link<'_>) -> Sha256 {
    let (seq, at) = (link.seq.to_be_bytes(), link.at.as_micros().to_be_bytes());
    let mut parts: Vec<&[u8]> =
        vec![b"portico/link/1", link.chain.as_bytes(), &seq, previous.as_bytes(), &at, link.body.as_bytes()];
    parts.extend(link.case.as_ref().map(|case| case.as_bytes().as_slice()));
    Sha256::of_parts(&parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: Link<'static> =
        Link { chain: "access", seq: 1, at: Timestamp::from_seconds(1_795_338_000), case: None, body: "{}" };

    /// Fixed for good.
    #[test]
    fn the_digest_of_a_known_link_never_changes() {
        insta::assert_snapshot!(link_digest(&genesis("access"), &KNOWN).to_hex());
    }

    #[test]
    fn every_field_counts() {
        let of = |link| link_digest(&genesis("access"), &link);
        let case = Some(CaseId::from_bytes([1; 16]));
        let variants = [
            Link { chain: "stray", ..KNOWN },
            Link { seq: 2, ..KNOWN },
            Link { at: Timestamp::from_seconds(1), ..KNOWN },
            Link { body: "[]", ..KNOWN },
            Link { case, ..KNOWN },
            Link { case: Some(CaseId::from_bytes([2; 16])), ..KNOWN },
        ];
        let digests: std::collections::BTreeSet<_> = variants.into_iter().chain([KNOWN]).map(of).collect();
        assert_eq!(digests.len(), variants.len() + 1);
    }
}
