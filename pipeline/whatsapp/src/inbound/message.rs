//! One message of an applicant.
//!
//! Personal values are `Pii` and go through serde only by `sealed`, so `Debug` of any of these is safe to log and each
//! place where the plain value is written can be found.

use portico_vocab::{E164, MediaId, Pii, Sha256, Timestamp, UserId, Wamid};
use serde::{Deserialize, Serialize};

/// By what WhatsApp knows the other side. Any of the three may be missing: since April 2026 the phone often is
/// (docs/domain/whatsapp.md 1.6).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct SenderIds {
    /// `wa_id`, kept as received: Brazil's ninth digit is never rebuilt.
    #[serde(with = "portico_vocab::sealed", default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Pii<E164>>,
    #[serde(with = "portico_vocab::sealed", default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Pii<UserId>>,
    #[serde(with = "portico_vocab::sealed", default, skip_serializing_if = "Option::is_none")]
    pub parent_user_id: Option<Pii<UserId>>,
}

impl SenderIds {
    /// Nobody is named, so nobody can be answered.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.phone.is_none() && self.user_id.is_none() && self.parent_user_id.is_none()
    }
}

/// A message, whatever it holds. Its id is (phone number id, wamid).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbound {
    pub wamid: Wamid,
    #[serde(default)]
    pub sender: SenderIds,
    /// WhatsApp's own time of sending, whole seconds.
    pub sent_at: Timestamp,
    /// Chosen by the sender and never verified: it is not a claim.
    #[serde(with = "portico_vocab::sealed", default, skip_serializing_if = "Option::is_none")]
    pub profile_name: Option<Pii<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    /// Sent in a group: nobody can consent for a group, so such a message is to be ignored.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub group: bool,
    pub content: Content,
}

/// What the message refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// The message it answers; for a tap, the message that bore the button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<Wamid>,
    #[serde(default)]
    pub forwarded: Forwarded,
}

/// A forwarded picture is weak provenance: it may be anyone's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forwarded {
    #[default]
    No,
    Yes,
    /// More than five times.
    Frequently,
}

/// What the message holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    Text {
        #[serde(with = "portico_vocab::sealed")]
        body: Pii<String>,
    },
    Media {
        media: MediaRef,
    },
    /// A button, a list row or a template's quick reply, by the id we gave it.
    Tap {
        reply_id: String,
    },
    /// The applicant changed a message; with a new caption the picture comes again.
    Edit {
        original: Wamid,
        #[serde(with = "portico_vocab::sealed", default, skip_serializing_if = "Option::is_none")]
        body: Option<Pii<String>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        media: Option<MediaRef>,
    },
    /// The applicant deleted a message.
    Revoke {
        original: Wamid,
    },
    /// An emoji on a message of ours; without one the reaction was taken back.
    Reaction {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Wamid>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emoji: Option<String>,
    },
    /// A place. Its coordinates are not kept: nobody asked for them.
    Location,
    /// Contact cards. Only an answer to our own request proves that the number is the sender's.
    Contacts {
        #[serde(with = "portico_vocab::sealed", default, skip_serializing_if = "Option::is_none")]
        own_number: Option<Pii<E164>>,
    },
    Order,
    /// WhatsApp itself reports a change of the sender.
    System {
        change: SystemChange,
    },
    /// A finished Flow: its answers as the JSON text Meta sent.
    FlowReply {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(with = "portico_vocab::sealed", default, skip_serializing_if = "Option::is_none")]
        response: Option<Pii<String>>,
    },
    /// WhatsApp could not pass the message on (polls, view-once, files over 100 MB: code 131052).
    Unsupported {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<i64>,
    },
    /// A type this build does not know, or one whose payload is missing. `kind` is Meta's word for it.
    Unknown {
        kind: String,
    },
}

/// A picture or file at Meta, good for seven days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaRef {
    pub kind: MediaKind,
    pub id: MediaId,
    /// As declared, parameters included (`audio/ogg; codecs=opus`); the bytes decide, not this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_mime: Option<String>,
    /// `None` when absent or impossible: then the hash is unverifiable, not wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_sha256: Option<Sha256>,
    #[serde(with = "portico_vocab::sealed", default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<Pii<String>>,
    #[serde(with = "portico_vocab::sealed", default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<Pii<String>>,
}

/// How the applicant sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    Image,
    /// A file; pictures sent this way keep their bytes.
    Document,
    Video,
    Audio,
    Sticker,
    Voice,
}

/// What changed about the sender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SystemChange {
    /// The message's sender is the old number; this is the new one.
    Number {
        #[serde(default)]
        new: SenderIds,
        #[serde(default)]
        previous: SenderIds,
    },
    /// The business-scoped id changed, as it does with a new phone number.
    UserId {
        #[serde(default)]
        new: SenderIds,
        #[serde(default)]
        previous: SenderIds,
    },
    /// Another device or a reinstallation: the person may have changed.
    Identity {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        acknowledged: Option<bool>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hash: Option<String>,
    },
    Other,
}
