//! What a step brings forth: the next case, the entry's words, and the effects, all committed together or not at all.

use std::fmt;

use portico_policy::Policy;
use portico_vocab::{CaseVersion, EventId, EvidenceId, IdStream, InputId, OutboundId, Timestamp, Wamid};
use portico_whatsapp::inbound::MediaRef;
use portico_whatsapp::texts::Tell;
use serde::{Deserialize, Serialize};

use crate::{Case, Input, Opening, TimerKind};

/// What a step may know besides the case and the input.
#[derive(Debug, Clone)]
pub struct Ctx<'a> {
    pub now: Timestamp,
    /// The case's pinned policy, or the cell's current one before consent.
    pub policy: &'a Policy,
    pub ids: IdStream,
}

/// What happened to the case, whole. Built only by `step`.
#[must_use = "a change that is not committed never happened"]
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub(crate) consumes: InputId,
    /// `None` when the case is opened by it.
    pub(crate) expects: Option<CaseVersion>,
    pub(crate) outcome: Outcome,
    pub(crate) next: Case,
    pub(crate) effects: Effects,
    pub(crate) shred: bool,
}

impl Change {
    #[must_use]
    pub const fn consumes(&self) -> InputId {
        self.consumes
    }
    #[must_use]
    pub const fn expects(&self) -> Option<CaseVersion> {
        self.expects
    }
    #[must_use]
    pub const fn outcome(&self) -> &Outcome {
        &self.outcome
    }
    #[must_use]
    pub const fn next(&self) -> &Case {
        &self.next
    }
    #[must_use]
    pub const fn effects(&self) -> &Effects {
        &self.effects
    }
    /// Whether this change destroys the case key.
    #[must_use]
    pub const fn shreds(&self) -> bool {
        self.shred
    }
}

/// What the input came to; all three leave an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    Applied,
    /// Nothing to do, and nobody is at fault.
    Ignored(Why),
    /// Asked for something that may not be.
    Refused(Why),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Applied => f.write_str("applied"),
            Self::Ignored(why) => write!(f, "ignored:{}", why.as_str()),
            Self::Refused(why) => write!(f, "refused:{}", why.as_str()),
        }
    }
}

macro_rules! whys {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// Why an input changed nothing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Why { $($(#[$doc])* $variant,)* }

        impl Why {
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

whys! {
    /// The case has ended: only marks may be added.
    Ended = "ended",
    /// Answers an older message, or none of ours: the question is asked again.
    OldQuestion = "old_question",
    /// The question is open already.
    AlreadyAsked = "already_asked",
    /// A STOP older than the START or the consent it would undo.
    OlderThanStart = "older_than_start",
    /// A timer that a later change has replaced.
    StaleTimer = "stale_timer",
    /// A job's result for something that no longer waits for it.
    NotWaiting = "not_waiting",
    /// The dossier is another than the decider saw.
    StaleDossier = "stale_dossier",
    /// Not in this stage.
    WrongStage = "wrong_stage",
    /// The profile does not allow this outcome.
    OutcomeNotAllowed = "outcome_not_allowed",
    /// A required check has no result that counts, and nobody attests it.
    ChecksMissing = "checks_missing",
    /// A check failed.
    ChecksFailed = "checks_failed",
    /// A required picture is missing.
    PicturesMissing = "pictures_missing",
    /// A reason is missing or may not be given for this.
    ReasonsWrong = "reasons_wrong",
    /// A cap is reached.
    CapReached = "cap_reached",
    /// Not among those offered.
    NotOffered = "not_offered",
    /// No such picture or slot in this case.
    NoSuchEvidence = "no_such_evidence",
    /// The text to the customer holds more than four digits in a row.
    TooManyDigits = "too_many_digits",
    /// A change without meaning here: a reaction, an edit.
    NothingToDo = "nothing_to_do",
    /// The sender had said STOP.
    Stopped = "stopped",
}

/// At most this many effects a change: the cap on media and evidence bounds it.
pub const EFFECTS_MAX: usize = 64;

/// What must be done, told and announced, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Effects(pub(crate) Vec<Effect>);

impl Effects {
    #[must_use]
    pub fn as_slice(&self) -> &[Effect] {
        &self.0
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Effect> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Effects {
    type Item = &'a Effect;
    type IntoIter = std::slice::Iter<'a, Effect>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    Run { job: JobSpec, at: Timestamp },
    Tell(TellEffect),
    Announce(Announcement),
}

/// Work to queue; its payload is sealed under the case key. Work on objects alone is sealed under the cell's: a sweep
/// outlives the case's key, and the names of objects are random.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum JobSpec {
    TakeIn {
        evidence: EvidenceId,
        media: MediaRef,
    },
    Read {
        evidence: EvidenceId,
    },
    Decide,
    Tell {
        outbound: OutboundId,
    },
    Timer {
        timer: TimerKind,
        set_by: CaseVersion,
    },
    Sweep {
        objects: Vec<String>,
    },
    /// Lock what was decided on until then.
    Retain {
        objects: Vec<String>,
        until: Timestamp,
    },
}

/// A message to the applicant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TellEffect {
    pub id: OutboundId,
    pub tell: Tell,
    /// The message it answers: shown as a reply when it names one photo among several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quotes: Option<Wamid>,
    /// Time of the message it answers; what the gate weighs against the stop-list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers_at: Option<Timestamp>,
}

/// Something account systems are told. No personal data.
#[derive(Debug, Clone, PartialEq)]
pub struct Announcement {
    pub id: EventId,
    /// Counts every event of the case, from 1.
    pub seq: u64,
    /// `kyc.…`.
    pub kind: &'static str,
    pub data: serde_json::Value,
}

/// What an entry seals: everything `step` was given, so that the case can be refolded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    pub step_version: u32,
    /// On the first entry only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening: Option<Opening>,
    pub now: Timestamp,
    /// Content hash of the policy in force.
    pub policy: portico_vocab::Sha256,
    pub input: Input,
}
