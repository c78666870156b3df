//! The text a person types to take parked work up again: `job:<owner hex>:<version>:<ordinal>`,
//! `delivery:<subscriber>:<evt_…>`, `send:<out_…>`.

use std::fmt;

use portico_vocab::{EventId, OutboundId};

use crate::model::JobKey;

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
