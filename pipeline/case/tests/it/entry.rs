//! The form of an entry, fixed for good: the canonical input and the digest over it.
//!
//! A difference here makes every stored history unverifiable. One file for each version of `step` that wrote histories;
//! files are only added, and when this test fails, mend the code.

use hmac::{Hmac, KeyInit, Mac};
use portico_audit::{EntryHead, entry_digest, genesis};
use portico_case::{Recorded, STEP_VERSION};
use portico_vocab::{CaseId, CaseVersion, InputId, Sha256, StageName, Timestamp};
use serde::{Deserialize, Serialize};

use crate::chat::Chat;
use crate::stages;

/// What stands for `HKDF-SHA256(case key, "commit")` in the vectors.
const COMMITMENT_KEY: [u8; 32] = *b"portico entry vectors, a test ke";

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cases");

fn file(step_version: u32) -> String {
    format!("{FOLDER}/entry_vectors_{step_version}.json")
}

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

/// Of every version, oldest first.
fn fixed() -> Vec<Vectors> {
    (1..=STEP_VERSION).map(|v| serde_json::from_str(&std::fs::read_to_string(file(v)).unwrap()).unwrap()).collect()
}

#[test]
fn the_digest_of_a_fixed_entry_never_changes() {
    for vectors in fixed() {
        let mut previous = genesis("case");
        for entry in vectors.entries {
            assert_eq!(entry.previous, previous, "{}", entry.version);
            assert_eq!(commitment(&entry.canonical), entry.commitment, "{}", entry.version);
            let digest = entry_digest(&previous, &entry.head(), entry.commitment.as_bytes());
            assert_eq!(digest, entry.digest, "{}", entry.version);
            previous = digest;
        }
    }
}

#[test]
fn a_fixed_entry_reads_back_to_the_same_bytes_and_names() {
    for entry in fixed().into_iter().flat_map(|vectors| vectors.entries) {
        let recorded: Recorded = serde_json::from_str(&entry.canonical).unwrap();
        assert_eq!(serde_json::to_string(&recorded).unwrap(), entry.canonical, "{}", entry.version);
        let kind = &recorded.input.kind;
        assert_eq!((kind.name(), kind.actor().as_str()), (entry.kind.as_str(), entry.actor.as_str()));
        assert_eq!((recorded.input.id, recorded.now), (entry.input, entry.at));
    }
}

/// For a new version of `step`: those of the versions before stay as they are.
#[test]
#[ignore = "writes the vectors of this version of step anew"]
fn write_the_vectors() {
    std::fs::write(file(STEP_VERSION), serde_json::to_string_pretty(&vectors(&history())).unwrap() + "\n").unwrap();
}

fn commitment(canonical: &str) -> Sha256 {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&COMMITMENT_KEY).unwrap();
    mac.update(canonical.as_bytes());
    Sha256::from_bytes(mac.finalize().into_bytes().into())
}

/// Messages, taps, pictures, jobs, a decision, the lock on what was decided, a STOP, an erasure.
fn history() -> Chat {
    let mut chat = stages::declined_in_germany();
    chat.run_jobs().wait(60).says("STOPP");
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
