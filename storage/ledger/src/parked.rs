//! Work that gave up: what is listed, what a named person may do about it, and the text they type to name it:
//! `job:<owner hex>:<version>:<ordinal>`, `delivery:<subscriber>:<evt_…>`, `send:<out_…>`.

use std::fmt;

use portico_vocab::{CaseId, EventId, OutboundId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::model::{JobKey, Queue};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParkedKind {
    Job,
    /// A `sort` job: webhook bodies that could not be understood.
    Inbox,
    Delivery,
    /// A message whose arrival is not known.
    Send,
}

impl ParkedKind {
    pub(crate) fn of_job(queue: Queue) -> Self {
        if queue == Queue::Sort { Self::Inbox } else { Self::Job }
    }

    /// The case a job of this kind works on.
    pub(crate) fn case_of(self, key: JobKey) -> Option<CaseId> {
        (self == Self::Job).then(|| CaseId::from_bytes(key.owner))
    }
}

/// Work that gave up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedItem {
    pub kind: ParkedKind,
    /// What `retry` and `discard` take; a `ParkedId` in text.
    pub id: String,
    pub since: Timestamp,
    /// Queue, event kind or text key.
    pub what: String,
    pub why: String,
    /// The case it is about; webhook bodies belong to none yet.
    pub case: Option<CaseId>,
}

/// What a person does about parked work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParkedAct {
    /// A job or a delivery is due again, its tries counted anew.
    Retry,
    /// A job is deleted (with the body of its segment, for inbox rows); a delivery is skipped and those after it go
    /// on; a send is acknowledged: it stays `parked` and leaves the list.
    Discard,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "an act that was refused has to be told to whoever tried it"]
pub enum Resolved {
    Done,
    /// Nothing parked has this id: it never had, or somebody was faster.
    NotParked,
    /// A parked send may have arrived, so it is never sent again; it can only be discarded.
    NeverResent,
}

/// The detail of a message whose `tell` job was discarded.
pub(crate) const DISCARDED: &str = "discarded";

/// One piece of parked work, named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParkedId {
    Job(JobKey),
    Delivery { subscriber: String, event: EventId },
    Send(OutboundId),
}

impl ParkedId {
    /// `None` when `text` has none of the three forms.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(':')?;
        match kind {
            "job" => {
                let mut parts = rest.split(':');
                let owner = owner(parts.next()?)?;
                let (version, ordinal) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
                parts.next().is_none().then_some(Self::Job(JobKey { owner, version, ordinal }))
            }
            // A subscriber's name may hold a colon; an event id never does.
            "delivery" => {
                let (subscriber, event) = rest.rsplit_once(':')?;
                Some(Self::Delivery { subscriber: subscriber.to_owned(), event: EventId::parse(event).ok()? })
            }
            "send" => OutboundId::parse(rest).ok().map(Self::Send),
            _ => None,
        }
    }
}

fn owner(hex: &str) -> Option<[u8; 16]> {
    let well_formed = hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    well_formed.then(|| u128::from_str_radix(hex, 16).ok().map(u128::to_be_bytes))?
}

impl fmt::Display for ParkedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Job(key) => {
                write!(f, "job:{:032x}:{}:{}", u128::from_be_bytes(key.owner), key.version, key.ordinal)
            }
            Self::Delivery { subscriber, event } => write!(f, "delivery:{subscriber}:{event}"),
            Self::Send(id) => write!(f, "send:{id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_typed_back() {
        for id in [
            ParkedId::Job(JobKey { owner: *b"0123456789abcdef", version: u64::MAX, ordinal: 7 }),
            ParkedId::Job(JobKey { owner: [0; 16], version: 0, ordinal: 0 }),
            ParkedId::Delivery { subscriber: "core:banking".into(), event: EventId::from_bytes([9; 16]) },
            ParkedId::Send(OutboundId::from_bytes([9; 16])),
        ] {
            assert_eq!(ParkedId::parse(&id.to_string()), Some(id));
        }
    }

    #[test]
    fn anything_else_names_nothing() {
        for text in ["", "job", "job::1:1", "job:zz:1:1", "job:+0000000000000000000000000000001:1:1", "send:x", "x:y"] {
            assert_eq!(ParkedId::parse(text), None, "{text}");
        }
    }
}
