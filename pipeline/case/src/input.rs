//! Whatever can happen to a case.

use portico_vocab::{
    CaseId, CaseVersion, CheckKind, DossierDigest, EvidenceId, Finding, InputId, OutboundId, OutcomeName, Pii,
    ReasonCode, Sha256, Slot, Timestamp,
};
use portico_whatsapp::inbound::Inbound;
use portico_whatsapp::texts::TextKey;
use serde::{Deserialize, Serialize};

use crate::{AccountStatus, Defect, Taken};

/// One input and the key it is consumed under.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Input {
    pub id: InputId,
    pub kind: InputKind,
}

/// Canonical: it is sealed in the entry and read back for ever, so fields and variants are only added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum InputKind {
    /// A message of the applicant, with what the shell resolved: which of our messages it answers, and the stop-list.
    Message {
        message: Box<Inbound>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<Answered>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stopped_at: Option<Timestamp>,
        custody: Custody,
    },
    /// A take-in job ended.
    TakenIn {
        evidence: EvidenceId,
        result: Result<Taken, Defect>,
    },
    /// A read job ended.
    Read {
        evidence: EvidenceId,
        findings: Vec<Finding>,
    },
    /// The policy's word on the whole.
    Assessed {
        dossier: DossierDigest,
        findings: Vec<Finding>,
    },
    Timer {
        timer: TimerKind,
        set_by: CaseVersion,
    },
    /// A lock was asked for on what was decided.
    Retained {
        until: Timestamp,
        /// Why the bucket cannot lock; `None` when it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cannot_lock: Option<String>,
    },
    /// A message could not be brought to the applicant, and no machine will try again.
    Undelivered {
        outbound: OutboundId,
        text: TextKey,
        why: String,
    },
    /// A reviewer's click on a one-time form.
    Review {
        reviewer: String,
        action: ReviewAction,
    },
    /// A decision made in the bank's own system.
    ApiDecide {
        client: String,
        officer: String,
        decide: Decide,
    },
    /// A check the bank ran itself.
    ApiFinding {
        client: String,
        finding: Finding,
    },
    /// What became of the account.
    ApiAccount {
        client: String,
        report: AccountReport,
    },
    /// The sender turned out to be the one of an older open case.
    Superseded {
        by: CaseId,
    },
}

impl InputKind {
    /// As entries name it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Message { .. } => "message",
            Self::TakenIn { .. } => "job:take_in",
            Self::Read { .. } => "job:read",
            Self::Assessed { .. } => "job:decide",
            Self::Timer { timer: TimerKind::Expire, .. } => "timer:expire",
            Self::Timer { timer: TimerKind::Purge, .. } => "timer:purge",
            Self::Timer { timer: TimerKind::Wait, .. } => "timer:wait",
            Self::Retained { .. } => "job:retain",
            Self::Undelivered { .. } => "undelivered",
            Self::Review { action: ReviewAction::Decide(_), .. } => "review:decide",
            Self::Review { action: ReviewAction::AskPhoto { .. }, .. } => "review:ask_photo",
            Self::Review { action: ReviewAction::Place { .. }, .. } => "review:place",
            Self::Review { action: ReviewAction::AcceptPhoto { .. }, .. } => "review:accept_photo",
            Self::ApiDecide { .. } => "api:decide",
            Self::ApiFinding { .. } => "api:finding",
            Self::ApiAccount { .. } => "api:account",
            Self::Superseded { .. } => "superseded",
        }
    }

    /// Who did it, as entries and events name them.
    #[must_use]
    pub fn actor(&self) -> String {
        match self {
            Self::Message { .. } => "applicant".to_owned(),
            Self::Review { reviewer, .. } => format!("reviewer:{reviewer}"),
            Self::ApiDecide { client, officer, .. } => format!("client:{client}/{officer}"),
            Self::ApiFinding { client, .. } | Self::ApiAccount { client, .. } => format!("client:{client}"),
            _ => "machine".to_owned(),
        }
    }
}

/// Which of our messages a tap or reply answers, and what that message said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    pub outbound: OutboundId,
    pub text: TextKey,
    pub text_hash: Option<Sha256>,
}

/// How the message came to us: the first link of the chain of custody.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Custody {
    /// Of the whole webhook body, whose signature was checked before anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_sha256: Option<Sha256>,
    /// `X-Hub-Signature-256` as it came.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub signature: String,
    pub received_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerKind {
    /// The applicant has been silent for too long.
    Expire,
    /// Nothing may be kept any longer.
    Purge,
    /// A picture takes so long that the applicant should hear of it.
    Wait,
}

impl TimerKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expire => "expire",
            Self::Purge => "purge",
            Self::Wait => "wait",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum ReviewAction {
    Decide(Decide),
    /// A new photo of one slot.
    AskPhoto {
        slot: Slot,
        reason: ReasonCode,
        dossier: DossierDigest,
    },
    /// This picture belongs in that slot; what stood there takes its place.
    Place {
        evidence: EvidenceId,
        slot: Slot,
        dossier: DossierDigest,
    },
    /// A picture the machine refused will do after all: its failed quality findings become `consider`.
    AcceptPhoto {
        evidence: EvidenceId,
        dossier: DossierDigest,
    },
}

/// A decision as it is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decide {
    pub outcome: OutcomeName,
    pub reasons: Vec<ReasonCode>,
    /// For colleagues, never shown to the applicant. May hold personal data.
    #[serde(with = "portico_vocab::sealed", default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Pii<String>>,
    /// Answers for checks that were `unavailable`.
    #[serde(default)]
    pub attest: Vec<Attestation>,
    /// What the decider had before them; another one is stale. `None` from a client that does not say.
    pub dossier: Option<DossierDigest>,
}

/// A named person answers for a check no machine made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    pub check: CheckKind,
    pub reason: String,
}

/// What the account system says of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountReport {
    pub status: AccountStatus,
    /// What the customer reads; at most four digits in a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default)]
    pub retryable: bool,
}
