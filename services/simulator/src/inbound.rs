//! What an applicant does in the chat, and the mischief that may happen to it on the way.

use std::time::Duration;

use bytes::Bytes;
use portico_vocab::{Timestamp, Wamid};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How a file travels: as a picture in the chat, as a file, as a voice note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    Image,
    Document,
    Audio,
    Video,
    Sticker,
}

impl MediaKind {
    /// The word of the wire: a message's `type` and the key of its payload.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Document => "document",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Sticker => "sticker",
        }
    }
}

/// A file on its way to the business.
#[derive(Clone)]
pub struct Attachment {
    pub bytes: Bytes,
    pub mime: String,
    pub kind: MediaKind,
    pub caption: Option<String>,
    pub filename: Option<String>,
}

impl Attachment {
    /// A picture as a chat carries it: always called JPEG, because the phone recompressed it.
    #[must_use]
    pub fn photo(bytes: impl Into<Bytes>) -> Self {
        Self::new(bytes, "image/jpeg", MediaKind::Image)
    }

    /// A file with its name, bytes untouched.
    #[must_use]
    pub fn file(bytes: impl Into<Bytes>, mime: &str, filename: &str) -> Self {
        Self { filename: Some(filename.to_owned()), ..Self::new(bytes, mime, MediaKind::Document) }
    }

    /// A voice note; the type carries a parameter, as Meta's do.
    #[must_use]
    pub fn voice(bytes: impl Into<Bytes>) -> Self {
        Self::new(bytes, "audio/ogg; codecs=opus", MediaKind::Audio)
    }

    #[must_use]
    pub fn new(bytes: impl Into<Bytes>, mime: &str, kind: MediaKind) -> Self {
        Self { bytes: bytes.into(), mime: mime.to_owned(), kind, caption: None, filename: None }
    }

    #[must_use]
    pub fn captioned(mut self, caption: &str) -> Self {
        self.caption = Some(caption.to_owned());
        self
    }
}

/// One thing said, with what it answers.
#[derive(Clone)]
pub struct Inbound {
    pub content: Content,
    /// The message this one replies to.
    pub context: Option<Wamid>,
    /// Forwarded from another chat: weak provenance for an identity document.
    pub forwarded: bool,
}

/// What is said.
#[derive(Clone)]
pub enum Content {
    Text {
        body: String,
    },
    Media(Attachment),
    /// A tap on a button or on a row of a list. [`crate::Simulator::tap`] fills it from what was offered.
    Reply {
        id: String,
        title: String,
        description: Option<String>,
        from_list: bool,
    },
    Reaction {
        to: Wamid,
        emoji: String,
    },
    Edit {
        original: Wamid,
        body: String,
    },
    Revoke {
        original: Wamid,
    },
    /// A file over 100 MB: only an error reaches the business (code 131052).
    TooLarge,
    /// A poll, a view-once picture: only an error reaches the business (code 131051).
    Unsupported,
    /// Any message object at all: `type` and its payload, merged over the common keys.
    Raw(Value),
}

impl Inbound {
    #[must_use]
    pub const fn new(content: Content) -> Self {
        Self { content, context: None, forwarded: false }
    }

    #[must_use]
    pub fn text(body: &str) -> Self {
        Self::new(Content::Text { body: body.to_owned() })
    }

    #[must_use]
    pub const fn media(attachment: Attachment) -> Self {
        Self::new(Content::Media(attachment))
    }

    #[must_use]
    pub fn answering(mut self, wamid: &Wamid) -> Self {
        self.context = Some(wamid.clone());
        self
    }

    #[must_use]
    pub const fn forwarded(mut self) -> Self {
        self.forwarded = true;
        self
    }
}

/// What goes wrong between the phone and Portico. The default is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mischief {
    /// How many times the webhook is posted, at the same moment; at least once.
    pub times: u8,
    /// Signed with another secret than the app's.
    pub forged: bool,
    /// Posted this much after it was said.
    pub delay: Duration,
    /// Held back until the next webhook has been posted (or until `Pace::late` has passed).
    pub hold: bool,
    /// Says it was sent at another time than now: older than it is, or from the future.
    pub stamped: Option<Timestamp>,
    /// The file is gone before anybody can fetch it.
    pub expired_media: bool,
}

impl Default for Mischief {
    fn default() -> Self {
        Self { times: 1, forged: false, delay: Duration::ZERO, hold: false, stamped: None, expired_media: false }
    }
}

impl Mischief {
    /// The same webhook, so many times at once.
    #[must_use]
    pub fn times(times: u8) -> Self {
        Self { times, ..Self::default() }
    }

    #[must_use]
    pub fn forged() -> Self {
        Self { forged: true, ..Self::default() }
    }

    #[must_use]
    pub fn held() -> Self {
        Self { hold: true, ..Self::default() }
    }

    #[must_use]
    pub fn stamped(at: Timestamp) -> Self {
        Self { stamped: Some(at), ..Self::default() }
    }
}
