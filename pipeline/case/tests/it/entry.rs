//! The form of an entry, fixed for good: the canonical input and the digest over it.
//!
//! A difference here makes every stored history unverifiable. The vectors are only added to; when this test fails, mend
//! the code.

use hmac::{Hmac, KeyInit, Mac};
use portico_audit::{EntryHead, entry_digest, genesis};
use portico_case::{Recorded, ReviewAction, dossier_digest};
use portico_vocab::{CaseId, CaseVersion, InputId, ReasonCode, Sha256, Slot, StageName, Timestamp};
use serde::{Deserialize, Serialize};

use crate::chat::Chat;
use crate::stages;

/// What stands for `HKDF-SHA256(case key, "commit")` in the vectors.
const COMMITMENT_KEY: [u8; 32] = *b"portico entry vectors, a test ke";

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cases/entry_vectors.json");

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Vectors {
    about: String,
    commitment_key: Sha256,
    /// One history, entry by entry, each linked to the one before.
    entries: Vec<Vector>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Vector {
    case: CaseId,
    version: CaseVersion,
    input: InputId,
    stage: StageName,
    kind: String,
    actor: String,
    outcome: String,
    at: Timestamp,
    previous: Sha256,
    /// `Recorded` as it is sealed in the entry, byte for byte.
    canonical: String,
    commitment: Sha256,
    digest: Sha256,
}

impl Vector {
    fn head(&self) -> EntryHead<'_> {
        EntryHead {
            case: self.case,
            version: self.version,
            input: self.input,
            stage: self.stage,
            kind: &self.kind,
            actor: &self.actor,
            outcome: &self.outcome,
            at: self.at,
        }
    }
}

fn fixed() -> Vectors {
    serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap()
}

#[test]
fn the_digest_of_a_fixed_entry_never_changes() {
    let mut previous = genesis("case");
    for entry in fixed().entries {
        assert_eq!(entry.previous, previous, "{}", entry.version);
        assert_eq!(commitment(&entry.canonical), entry.commitment, "{}", entry.version);
        let digest = entry_digest(&previous, &entry.head(), entry.commitment.as_bytes());
        assert_eq!(digest, entry.digest, "{}", entry.version);
        previous = digest;
    }
}

#[test]
fn a_fixed_entry_reads_back_to_the_same_bytes_and_names() {
    for entry in fixed().entries {
        let recorded: Recorded = serde_json::from_str(&entry.canonical).unwrap();
        assert_eq!(serde_json::to_string(&recorded).unwrap(), entry.canonical, "{}", entry.version);
        let kind = &recorded.input.kind;
        assert_eq!((kind.name(), kind.actor().as_str()), (entry.kind.as_str(), entry.actor.as_str()));
        assert_eq!((recorded.input.id, recorded.now), (entry.input, entry.at));
    }
}

/// For a form that is added: the ones already fixed must come out as they were.
#[test]
#[ignore = "writes fixtures/cases/entry_vectors.json anew"]
fn write_the_vectors() {
    std::fs::write(FILE, serde_json::to_string_pretty(&vectors(&history())).unwrap() + "\n").unwrap();
}

fn commitment(canonical: &str) -> Sha256 {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&COMMITMENT_KEY).unwrap();
    mac.update(canonical.as_bytes());
    Sha256::from_bytes(mac.finalize().into_bytes().into())
}

/// Something of every kind: messages, taps, pictures, jobs, a refusal, a reviewer, the bank, an erasure.
fn history() -> Chat {
    let mut chat = stages::complete();
    let dossier = dossier_digest(chat.case());
    chat.review(ReviewAction::AskPhoto { slot: Slot::Selfie, reason: ReasonCode::ScreeningHit, dossier });
    chat.review(ReviewAction::AskPhoto { slot: Slot::Selfie, reason: ReasonCode::FaceNotFound, dossier });
    chat.wait(60).sends("pdf").run_jobs();
    chat.wait(60).says("STOP");
    chat.fire(portico_case::TimerKind::Purge);
    chat
}

fn vectors(chat: &Chat) -> Vectors {
    let mut previous = genesis("case");
    let mut entries = Vec::new();
    for (recorded, change) in &chat.history {
        let canonical = serde_json::to_string(recorded).unwrap();
        let commitment = commitment(&canonical);
        let mut entry = Vector {
            case: change.next().id,
            version: change.next().version,
            input: change.consumes(),
            stage: change.next().stage_name(),
            kind: recorded.input.kind.name().to_owned(),
            actor: recorded.input.kind.actor(),
            outcome: change.outcome().to_string(),
            at: recorded.now,
            previous,
            canonical,
            commitment,
            digest: previous,
        };
        entry.digest = entry_digest(&previous, &entry.head(), commitment.as_bytes());
        previous = entry.digest;
        entries.push(entry);
    }
    let about =
        "One history: `entry_digest` of pipeline/audit over each entry, linked to the one before. Fixed for good.";
    Vectors { about: about.to_owned(), commitment_key: Sha256::from_bytes(COMMITMENT_KEY), entries }
}
