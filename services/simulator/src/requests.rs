//! What Portico asked of the Graph API, in order: the proof that nothing is downloaded before consent.

use portico_vocab::Timestamp;
use serde::Serialize;

/// What a Graph call was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    MediaLookup,
    MediaDownload,
    MediaDelete,
    MediaUpload,
    Send,
    /// Marking a message as read, with or without the typing sign.
    MarkRead,
    /// Not a call of Portico's: a receipt on its way to it. Only faults name it.
    Receipt,
    /// About the token, a number, an account or its templates.
    Question,
    Unknown,
}

/// One Graph call. No body and no query, since either may be personal.
#[derive(Debug, Clone, Serialize)]
pub struct RequestLog {
    pub at: Timestamp,
    pub operation: Operation,
    pub method: String,
    pub path: String,
    /// Whether it carried the right bearer token.
    pub authorized: bool,
}

/// The log keeps this many calls and forgets the oldest.
pub(crate) const KEPT: usize = 100_000;
