//! Digest of one link of a cell's own chain (accesses, inputs without a case, operations).

use portico_vocab::{Sha256, Timestamp};

/// What stands before the first entry of a chain.
#[must_use]
pub fn genesis(chain: &str) -> Sha256 {
    Sha256::of_parts(&[b"portico/genesis/1", chain.as_bytes()])
}

/// `SHA-256(label ‖ chain ‖ seq ‖ previous ‖ time ‖ body)`, every part preceded by its length; `body` holds no
/// personal data.
#[must_use]
pub fn link_digest(chain: &str, seq: u64, previous: &Sha256, at: Timestamp, body: &str) -> Sha256 {
    Sha256::of_parts(&[
        b"portico/link/1",
        chain.as_bytes(),
        &seq.to_be_bytes(),
        previous.as_bytes(),
        &at.as_micros().to_be_bytes(),
        body.as_bytes(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fixed for good.
    #[test]
    fn the_digest_of_a_known_link_never_changes() {
        let digest = link_digest("access", 1, &genesis("access"), Timestamp::from_seconds(1_795_338_000), "{}");
        insta::assert_snapshot!(digest.to_hex());
    }
}
