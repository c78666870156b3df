//! Where a case stands; each stage carries exactly what is true in it.

use portico_policy::PolicyPin;
use portico_vocab::{
    DocumentKind, DossierDigest, Language, OutboundId, OutcomeName, ReasonCode, Sha256, Slot, StageName, Timestamp,
    Wamid,
};
use portico_whatsapp::inbound::{Forwarded, MediaRef};
use serde::{Deserialize, Serialize};

use crate::Attestation;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// Asked for consent; nothing is downloaded, early pictures are remembered by id.
    Consenting {
        early: Vec<EarlyMedia>,
    },
    Collecting {
        agreed: Agreed,
    },
    /// All is here; the machine looks at the whole.
    Checking {
        agreed: Agreed,
    },
    /// Before a person. `agreed` is missing when someone asked for a person instead of agreeing.
    InReview {
        agreed: Option<Agreed>,
        since: Timestamp,
        why: Vec<Referral>,
        /// As in `Consenting`, while `agreed` is missing.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        early: Vec<EarlyMedia>,
    },
    Decided {
        agreed: Option<Agreed>,
        decision: Decision,
    },
    Withdrawn {
        agreed: Option<Agreed>,
        at: Timestamp,
        why: WithdrawnWhy,
    },
    Expired {
        agreed: Option<Agreed>,
        at: Timestamp,
    },
}

impl Stage {
    #[must_use]
    pub const fn name(&self) -> StageName {
        match self {
            Self::Consenting { .. } => StageName::Consenting,
            Self::Collecting { .. } => StageName::Collecting,
            Self::Checking { .. } => StageName::Checking,
            Self::InReview { .. } => StageName::InReview,
            Self::Decided { .. } => StageName::Decided,
            Self::Withdrawn { .. } => StageName::Withdrawn,
            Self::Expired { .. } => StageName::Expired,
        }
    }

    #[must_use]
    pub const fn agreed(&self) -> Option<&Agreed> {
        match self {
            Self::Consenting { .. } => None,
            Self::Collecting { agreed } | Self::Checking { agreed } => Some(agreed),
            Self::InReview { agreed, .. }
            | Self::Decided { agreed, .. }
            | Self::Withdrawn { agreed, .. }
            | Self::Expired { agreed, .. } => agreed.as_ref(),
        }
    }

    /// Pictures remembered while nobody has agreed.
    pub(crate) const fn early_mut(&mut self) -> Option<&mut Vec<EarlyMedia>> {
        match self {
            Self::Consenting { early } | Self::InReview { agreed: None, early, .. } => Some(early),
            _ => None,
        }
    }

    #[must_use]
    pub const fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Decided { decision, .. } => Some(decision),
            _ => None,
        }
    }
}

/// A picture sent before consent: its id at Meta and no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlyMedia {
    pub wamid: Wamid,
    pub sent_at: Timestamp,
    pub media: MediaRef,
    pub forwarded: Forwarded,
}

/// What holds from consent on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    pub consent: Consent,
    pub policy: PolicyPin,
    pub document: Option<DocumentKind>,
}

/// Recorded agreement to one notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The message that asked, and the digest of what it said.
    pub notice: OutboundId,
    pub notice_hash: Sha256,
    pub language: Language,
    /// WhatsApp's time of the tap.
    pub at: Timestamp,
    pub wamid: Wamid,
}

/// Why a case came before a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Referral {
    /// The policy sends every complete case to a reviewer.
    Complete,
    /// `person:ask`.
    PersonAsked,
    /// `document:none`.
    DocumentNone,
    /// The last try at a slot failed too.
    AttemptsUsed { slot: Slot },
    /// The number, user id or identity changed in mid-case.
    IdentityChanged,
    /// More pictures than a case takes.
    TooManyPictures,
}

impl Referral {
    /// As the queue shows it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::PersonAsked => "person_asked",
            Self::DocumentNone => "document_none",
            Self::AttemptsUsed { .. } => "attempts_used",
            Self::IdentityChanged => "identity_changed",
            Self::TooManyPictures => "too_many_pictures",
        }
    }
}

/// The one final outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub outcome: OutcomeName,
    pub reasons: Vec<ReasonCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<LimitedUntil>,
    /// `reviewer:…` or `client:…/officer`.
    pub decided_by: Vec<String>,
    pub at: Timestamp,
    pub policy: PolicyPin,
    pub dossier: DossierDigest,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attested: Vec<Attestation>,
    /// The message that tells the applicant.
    pub told: Option<OutboundId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitedUntil {
    pub code: String,
    pub until: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawnWhy {
    /// STOP.
    Stopped,
    ConsentDeclined,
    /// The same person turned out to have an older open case.
    Superseded,
}

impl WithdrawnWhy {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::ConsentDeclined => "consent_declined",
            Self::Superseded => "superseded",
        }
    }
}
