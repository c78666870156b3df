//! Typed ids. Text form: a prefix, `_`, and 26 characters of Crockford base32 (128 bits, lower case), so that an id
//! read aloud or typed survives, and a `case_…` can never be taken for an `ev_…`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use crate::{ParseError, Sha256, Timestamp};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

fn encode(bytes: [u8; 16]) -> String {
    let value = u128::from_be_bytes(bytes);
    (0..26).map(|i| char::from(ALPHABET[((value >> (125 - 5 * i)) & 31) as usize])).collect()
}

fn decode(text: &str) -> Option<[u8; 16]> {
    if text.len() != 26 || text.as_bytes()[0] > b'7' {
        return None;
    }
    let mut value: u128 = 0;
    for byte in text.bytes() {
        let digit = ALPHABET.iter().position(|a| *a == byte)?;
        value = (value << 5) | digit as u128;
    }
    Some(value.to_be_bytes())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; 16]);

        impl $name {
            /// What stands before the `_` in the text form.
            pub const PREFIX: &'static str = $prefix;

            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// The last four characters of the text form: enough for two people to talk about one thing.
            #[must_use]
            pub fn short(&self) -> String {
                encode(self.0)[22..].to_owned()
            }

            /// # Errors
            /// When `text` is not the prefix, `_` and 26 characters of base32.
            pub fn parse(text: &str) -> Result<Self, ParseError> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(decode)
                    .map(Self)
                    .ok_or(ParseError::new($expected, concat!($prefix, "_ and 26 characters of base32")))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseError;
            fn from_str(s: &str) -> Result<Self, ParseError> {
                Self::parse(s)
            }
        }

        impl TryFrom<String> for $name {
            type Error = ParseError;
            fn try_from(s: String) -> Result<Self, ParseError> {
                Self::parse(&s)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

id!(
    /// Our work on one application. UUIDv7: it begins with the opening time, so that ids sort by it.
    CaseId, "case", "case id"
);
id!(
    /// One photo taken in, derived from the case and the version that took it in.
    EvidenceId, "ev", "evidence id"
);
id!(
    /// One announcement to account systems; equals `webhook-id` on every attempt.
    EventId, "evt", "event id"
);
id!(
    /// One message to an applicant; sent as `biz_opaque_callback_data`, so that a receipt finds it.
    OutboundId, "out", "outbound id"
);
id!(
    /// One piece of queued work, keyed (case, version, ordinal).
    JobId, "job", "job id"
);

impl CaseId {
    /// A new id from the shell's clock and ten random bytes (RFC 9562, version 7).
    #[must_use]
    pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
        let millis = u64::try_from(now.as_micros().div_euclid(1000)).unwrap_or(0);
        let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
        Self(uuid.into_bytes())
    }
}

/// How many inputs a case has consumed. The first change makes version 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseVersion(pub u64);

impl CaseVersion {
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for CaseVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

/// The key an input is consumed under: `HMAC-SHA256(cell key, canonical id)`, because a wamid holds a phone number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InputId(Sha256);

impl InputId {
    #[must_use]
    pub const fn from_digest(digest: Sha256) -> Self {
        Self(digest)
    }

    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for InputId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "input:{}", &self.0.to_hex()[..12])
    }
}

/// Digest of what a decision is about: stage, evidence, findings, claims. A reviewer decides on a dossier, not on a
/// version, so that receipts and leases do not make the page stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DossierDigest(pub Sha256);

impl fmt::Display for DossierDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Ids of what one change brings forth: a hash of (case, version, kind, ordinal), so that the same change always has
/// the same ids and committing it again can never mint a second job.
#[derive(Debug, Clone)]
pub struct IdStream {
    case: CaseId,
    version: CaseVersion,
    next: u32,
}

impl IdStream {
    #[must_use]
    pub const fn new(case: CaseId, version: CaseVersion) -> Self {
        Self { case, version, next: 0 }
    }

    /// The ordinal the next id will have.
    #[must_use]
    pub const fn ordinal(&self) -> u32 {
        self.next
    }

    fn draw(&mut self, kind: &str) -> [u8; 16] {
        let mut hasher = sha2::Sha256::new();
        hasher.update(b"portico/id/1\0");
        hasher.update(kind.as_bytes());
        hasher.update(b"\0");
        hasher.update(self.case.as_bytes());
        hasher.update(self.version.0.to_be_bytes());
        hasher.update(self.next.to_be_bytes());
        self.next += 1;
        let digest: [u8; 32] = hasher.finalize().into();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        id
    }

    pub fn evidence(&mut self) -> EvidenceId {
        EvidenceId(self.draw(EvidenceId::PREFIX))
    }

    pub fn event(&mut self) -> EventId {
        EventId(self.draw(EventId::PREFIX))
    }

    pub fn outbound(&mut self) -> OutboundId {
        OutboundId(self.draw(OutboundId::PREFIX))
    }

    pub fn job(&mut self) -> JobId {
        JobId(self.draw(JobId::PREFIX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_refuses_another_prefix() {
        for bytes in [[0; 16], [255; 16], *b"0123456789abcdef"] {
            let id = CaseId::from_bytes(bytes);
            assert_eq!(CaseId::parse(&id.to_string()).unwrap(), id);
            assert!(EvidenceId::parse(&id.to_string()).is_err());
        }
        assert!(CaseId::parse("case_zzzzzzzzzzzzzzzzzzzzzzzzzz").is_err(), "over 128 bits");
    }

    #[test]
    fn case_ids_sort_by_opening_time() {
        let early = CaseId::new(Timestamp::from_micros(1_000_000), [255; 10]);
        let late = CaseId::new(Timestamp::from_micros(2_000_000), [0; 10]);
        assert!(early < late && early.to_string() < late.to_string());
    }

    #[test]
    fn the_same_change_has_the_same_ids() {
        let case = CaseId::from_bytes([7; 16]);
        let draw = || {
            let mut ids = IdStream::new(case, CaseVersion(3));
            (ids.job(), ids.job(), ids.event())
        };
        assert_eq!(draw(), draw());
        assert_ne!(draw().0, draw().1);
    }
}
