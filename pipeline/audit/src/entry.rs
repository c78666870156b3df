//! Digest of one entry of a case's history.

use portico_vocab::{CaseId, CaseVersion, InputId, Sha256, StageName, Timestamp};

/// What an entry says in the plain: ids, stage, code and time (docs/ARCHITECTURE.md).
#[derive(Debug, Clone, Copy)]
pub struct EntryHead<'a> {
    pub case: CaseId,
    pub version: CaseVersion,
    pub input: InputId,
    pub stage: StageName,
    /// What kind of input it was.
    pub kind: &'a str,
    pub actor: &'a str,
    /// `applied`, `ignored:why`, `refused:why`.
    pub outcome: &'a str,
    pub at: Timestamp,
}

/// `SHA-256(label ‖ previous ‖ head fields ‖ commitment)`, every part preceded by its length (eight bytes, big-endian);
/// numbers are big-endian. `commitment` is `HMAC-SHA256(HKDF-SHA256(case key, "commit"), canonical input)`.
#[must_use]
pub fn entry_digest(previous: &Sha256, head: &EntryHead<'_>, commitment: &[u8; 32]) -> Sha256 {
    Sha256::of_parts(&[
        b"portico/entry/1",
        previous.as_bytes(),
        head.case.as_bytes(),
        &head.version.0.to_be_bytes(),
        head.input.as_bytes(),
        head.stage.as_str().as_bytes(),
        head.kind.as_bytes(),
        head.actor.as_bytes(),
        head.outcome.as_bytes(),
        &head.at.as_micros().to_be_bytes(),
        commitment,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> EntryHead<'static> {
        EntryHead {
            case: CaseId::from_bytes([1; 16]),
            version: CaseVersion(2),
            input: InputId::from_digest(Sha256::of(b"input")),
            stage: StageName::Collecting,
            kind: "message",
            actor: "applicant",
            outcome: "applied",
            at: Timestamp::from_seconds(1_795_338_000),
        }
    }

    /// Fixed for good: a change here would make every stored history unverifiable.
    #[test]
    fn the_digest_of_a_known_entry_never_changes() {
        let digest = entry_digest(&crate::genesis("case"), &head(), &[9; 32]);
        insta::assert_snapshot!(digest.to_hex());
    }

    #[test]
    fn every_field_counts() {
        let base = entry_digest(&crate::genesis("case"), &head(), &[9; 32]);
        let variants = [
            EntryHead { case: CaseId::from_bytes([2; 16]), ..head() },
            EntryHead { version: CaseVersion(3), ..head() },
            EntryHead { input: InputId::from_digest(Sha256::of(b"other")), ..head() },
            EntryHead { stage: StageName::Checking, ..head() },
            EntryHead { kind: "messageapplicant", actor: "", ..head() },
            EntryHead { outcome: "ignored:late", ..head() },
            EntryHead { at: Timestamp::from_seconds(1), ..head() },
        ];
        for variant in variants {
            assert_ne!(entry_digest(&crate::genesis("case"), &variant, &[9; 32]), base, "{variant:?}");
        }
        assert_ne!(entry_digest(&crate::genesis("case"), &head(), &[8; 32]), base);
        assert_ne!(entry_digest(&Sha256::of(b"x"), &head(), &[9; 32]), base);
    }
}
