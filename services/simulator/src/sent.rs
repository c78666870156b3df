//! What the business sent, parsed as a phone would show it.

use portico_vocab::{Timestamp, Wamid};
use serde::Serialize;
use serde_json::Value;

use crate::thread::Tick;

/// A button or a row that can be tapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The reply id, such as `consent:accept`.
    pub id: String,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Title of the list section it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
}

/// The shapes Meta sends, as far as Portico uses them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SentContent {
    Text {
        body: String,
    },
    Buttons {
        header: Option<String>,
        picture: Option<String>,
        body: String,
        footer: Option<String>,
        choices: Vec<Choice>,
    },
    List {
        header: Option<String>,
        body: String,
        footer: Option<String>,
        button: String,
        choices: Vec<Choice>,
    },
    Link {
        header: Option<String>,
        body: String,
        footer: Option<String>,
        title: String,
        url: String,
    },
    Picture {
        source: String,
        caption: Option<String>,
    },
    Template {
        name: String,
        language: String,
    },
    /// Asks for the location or for the phone number.
    Ask {
        what: String,
        body: String,
    },
    Flow {
        body: String,
        button: String,
    },
}

impl SentContent {
    /// The text a person reads first.
    #[must_use]
    pub fn body(&self) -> &str {
        match self {
            Self::Text { body }
            | Self::Buttons { body, .. }
            | Self::List { body, .. }
            | Self::Link { body, .. }
            | Self::Ask { body, .. }
            | Self::Flow { body, .. } => body,
            Self::Picture { caption, .. } => caption.as_deref().unwrap_or_default(),
            Self::Template { name, .. } => name,
        }
    }

    /// Everything that can be tapped.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        match self {
            Self::Buttons { choices, .. } | Self::List { choices, .. } => choices,
            _ => &[],
        }
    }
}

/// One message of the business, accepted by the stand-in.
#[derive(Debug, Clone, Serialize)]
pub struct SentMessage {
    pub wamid: Wamid,
    pub at: Timestamp,
    pub content: SentContent,
    /// The message it answers.
    pub context: Option<Wamid>,
    /// `biz_opaque_callback_data`, echoed in every receipt.
    pub callback: Option<String>,
    pub tick: Tick,
    /// The request body as it came.
    #[serde(skip)]
    pub raw: Value,
}

impl SentMessage {
    #[must_use]
    pub fn body(&self) -> &str {
        self.content.body()
    }

    /// Whether this reply can be tapped here.
    #[must_use]
    pub fn offers(&self, reply_id: &str) -> bool {
        self.content.choices().iter().any(|choice| choice.id == reply_id)
    }
}
