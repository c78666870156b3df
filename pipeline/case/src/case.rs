//! A case: our work on one application.

use std::collections::BTreeMap;

use portico_vocab::{
    CaseId, CaseVersion, CellId, E164, Finding, Language, OutboundId, PhoneNumberId, Pii, Slot, StageName, Timestamp,
    UserId, Wamid,
};
use portico_whatsapp::texts::TextKey;
use serde::{Deserialize, Serialize};

use crate::{Evidence, Stage, TimerKind};

/// The whole of a case as `step` sees it. Stored sealed under the case key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    pub id: CaseId,
    pub cell: CellId,
    /// Inputs consumed.
    pub version: CaseVersion,
    pub opened_at: Timestamp,
    pub updated_at: Timestamp,
    /// Our number the applicant writes to.
    pub phone_number: PhoneNumberId,
    pub contact: Contact,
    pub language: Language,
    pub stage: Stage,
    /// In order of arrival.
    pub evidence: Vec<Evidence>,
    /// Findings about the case as a whole, from the machine or the bank.
    pub findings: Vec<Finding>,
    /// The newest message of each kind that a tap may answer.
    pub questions: BTreeMap<Question, Asked>,
    /// Failed tries a slot.
    pub attempts: BTreeMap<Slot, u32>,
    /// The slot the applicant was last asked for and has not answered.
    pub awaiting: Option<Slot>,
    /// When each text was last told, so that a flood of messages gets one polite answer.
    pub told: BTreeMap<TextKey, Timestamp>,
    /// The version that set each live timer; an older one that fires is stale.
    pub timers: BTreeMap<TimerKind, CaseVersion>,
    /// How many pictures there were when a slot was asked for again: only a later one takes it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub asked_after: BTreeMap<Slot, u32>,
    /// The newest messages the applicant deleted: one that arrives after its own deletion is not taken in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deleted: Vec<Wamid>,
    /// WhatsApp's oldest time of any message but a STOP.
    pub started_at: Timestamp,
    /// WhatsApp's newest time of a START or a `case:restart`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewed_at: Option<Timestamp>,
    /// WhatsApp's newest time of a STOP of this sender that came to this case's knowledge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<Timestamp>,
    /// WhatsApp's newest time of any message.
    pub newest_message_at: Timestamp,
    /// Events announced so far.
    pub events: u64,
    pub marks: Marks,
}

/// How a new case begins: what the shell knows before the first step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub id: CaseId,
    pub cell: CellId,
    pub phone_number: PhoneNumberId,
    /// By the script of the first message, else the cell's first.
    pub language: Language,
    pub at: Timestamp,
}

/// How to reach the applicant; the newest that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Contact {
    #[serde(with = "portico_vocab::sealed", default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Pii<E164>>,
    #[serde(with = "portico_vocab::sealed", default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Pii<UserId>>,
    /// Chosen by the sender, never verified.
    #[serde(with = "portico_vocab::sealed", default, skip_serializing_if = "Option::is_none")]
    pub profile_name: Option<Pii<String>>,
}

/// A kind of question a tap answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    Consent,
    Document,
    Language,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub outbound: OutboundId,
    pub at: Timestamp,
    /// The message before, of the same words: a tap made on it before this one was sent answers the same question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<OutboundId>,
}

/// What may still be noted after an end.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Marks {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// The case key was destroyed then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<Timestamp>,
    /// Until when the law keeps what was decided, and whether the bucket does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
    /// STOP after a decision: silence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silenced_at: Option<Timestamp>,
    /// A message could not be brought to the applicant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable_since: Option<Timestamp>,
}

/// Put at the decision, which alone is certain: an account that closes later is kept longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Nothing of the case is destroyed before.
    pub until: Timestamp,
    /// The bucket holds every picture of the dossier against deletion. While it does not, or cannot, this is the intent.
    pub locked: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub status: AccountStatus,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    Pending,
    Opened,
    Failed,
}

impl Case {
    #[must_use]
    pub const fn stage_name(&self) -> StageName {
        self.stage.name()
    }

    #[must_use]
    pub fn evidence(&self, id: portico_vocab::EvidenceId) -> Option<&Evidence> {
        self.evidence.iter().find(|item| item.id == id)
    }

    /// What stands in a slot: what holds it, else the newest that was refused there.
    #[must_use]
    pub fn in_slot(&self, slot: Slot) -> Option<&Evidence> {
        let of_slot = || self.evidence.iter().filter(move |item| item.slot == Some(slot));
        of_slot().rfind(|item| item.holds_slot()).or_else(|| of_slot().rfind(|item| item.counts()))
    }

    /// Whether a STOP ends this case: one that is not older than the consent, or than everything the applicant said,
    /// unless a START is newer. Weighed from the oldest and newest times alone, so messages may arrive in any order.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stopped_at.is_some_and(|stop| {
            let undoes_consent = self.stage.agreed().is_some_and(|agreed| agreed.consent.at <= stop);
            let renewed = self.renewed_at.is_some_and(|start| start > stop);
            undoes_consent || (!renewed && self.started_at <= stop)
        })
    }

    /// The slots of the chosen document; none while none is chosen.
    #[must_use]
    pub fn required_slots(&self) -> &'static [Slot] {
        self.stage.agreed().and_then(|agreed| agreed.document).map_or(&[], portico_vocab::DocumentKind::slots)
    }

    /// Slots without an accepted picture, in the order they are asked for.
    #[must_use]
    pub fn outstanding(&self) -> Vec<Slot> {
        let accepted =
            |slot: Slot| self.in_slot(slot).is_some_and(|item| matches!(item.state, crate::EvidenceState::Accepted));
        self.required_slots().iter().copied().filter(|slot| !accepted(*slot)).collect()
    }

    /// The short code people speak of it by.
    #[must_use]
    pub fn short(&self) -> String {
        self.id.short()
    }
}
