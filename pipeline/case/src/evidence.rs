//! Pictures: where each stands, what it was taken in as, what was found on it.

use portico_vocab::{EvidenceId, Finding, FindingResult, ReasonCode, Sha256, Slot, Timestamp, Wamid};
use portico_whatsapp::inbound::{Forwarded, MediaRef};
use serde::{Deserialize, Serialize};

/// One picture of a case. What was found on it lives here, not in the stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    pub id: EvidenceId,
    /// `None` while no document is chosen, and for pictures beyond what is needed.
    pub slot: Option<Slot>,
    pub placed_by: PlacedBy,
    pub wamid: Wamid,
    /// WhatsApp's time; pictures fill slots in this order, then in that of arrival.
    pub sent_at: Timestamp,
    pub media: MediaRef,
    pub forwarded: Forwarded,
    pub state: EvidenceState,
    pub taken: Option<Taken>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

impl Evidence {
    /// Being fetched or read: not yet known whether it will do.
    #[must_use]
    pub const fn is_pending(&self) -> bool {
        matches!(self.state, EvidenceState::Fetching | EvidenceState::Reading)
    }

    /// Holds its slot: a newer picture does not take it.
    #[must_use]
    pub const fn holds_slot(&self) -> bool {
        self.is_pending() || matches!(self.state, EvidenceState::Accepted)
    }

    /// Stands in its slot when a person decides, good or not.
    #[must_use]
    pub const fn counts(&self) -> bool {
        matches!(self.state, EvidenceState::Accepted | EvidenceState::Rejected { .. })
    }

    #[must_use]
    pub fn finding_fails(&self) -> bool {
        self.findings.iter().any(|finding| finding.result == FindingResult::Fail)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlacedBy {
    Machine,
    Reviewer,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum EvidenceState {
    /// A take-in job is on it.
    Fetching,
    /// Stored; a read job is on it.
    Reading,
    /// Good enough to be decided on.
    Accepted,
    /// Not good enough: the applicant was told why.
    Rejected { reason: ReasonCode },
    /// Never stored: gone, of another hash, not a picture.
    Lost { reason: ReasonCode },
    /// The applicant deleted the message.
    Revoked,
    /// A reviewer asked for a new one, or the applicant chose another document.
    Replaced { reason: ReasonCode },
    /// The same bytes as another picture of this case.
    Repeated { of: EvidenceId },
}

impl EvidenceState {
    /// Whether the same file sent again is a repeat. Not when it was never stored, was deleted by the applicant, or stood
    /// for another document than the one chosen since.
    #[must_use]
    pub const fn bars_repeats(&self) -> bool {
        match self {
            Self::Fetching | Self::Reading | Self::Accepted | Self::Rejected { .. } => true,
            Self::Replaced { reason } => !matches!(reason, ReasonCode::ApplicantRequest),
            Self::Lost { .. } | Self::Revoked | Self::Repeated { .. } => false,
        }
    }

    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Fetching => "fetching",
            Self::Reading => "reading",
            Self::Accepted => "accepted",
            Self::Rejected { .. } => "rejected",
            Self::Lost { .. } => "lost",
            Self::Revoked => "revoked",
            Self::Replaced { .. } => "replaced",
            Self::Repeated { .. } => "repeated",
        }
    }
}

/// An object in the cell's bucket, by the digest of its plaintext.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredObject {
    pub key: String,
    pub sha256: Sha256,
    /// Bytes of plaintext.
    pub size: u64,
}

/// What a take-in stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Of the bytes WhatsApp gave us.
    pub original_sha256: Sha256,
    pub original_size: u64,
    pub image: StoredObject,
    pub thumbnail: StoredObject,
    /// Of the derivative, in pixels.
    pub width: u32,
    pub height: u32,
    pub facts: Facts,
}

impl Taken {
    /// The names of what was stored.
    #[must_use]
    pub fn objects(&self) -> [&String; 2] {
        [&self.image.key, &self.thumbnail.key]
    }
}

/// What was seen while taking in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// By content: `jpeg`, `png`, `webp`.
    pub kind: String,
    /// Whether WhatsApp declared the same.
    pub declared_matches: bool,
    pub original_width: u32,
    pub original_height: u32,
    /// EXIF 1 to 8.
    pub orientation: u8,
    pub had_exif: bool,
    pub had_gps: bool,
    /// Which announced hashes agreed: `both`, `webhook`, `graph`, `unverifiable`.
    pub hash_check: String,
}

/// Why a picture could not be taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defect {
    pub reason: ReasonCode,
    /// What it was, in a person's words and without personal data: `a PDF document`.
    pub detail: String,
}
