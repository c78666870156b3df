//! A finished text, ready to be composed into a message.

use std::fmt;

use portico_vocab::{Language, Sha256};
use serde::{Deserialize, Serialize};

use super::TextKey;

/// What the applicant will read. The body may hold a name, so `Debug` shows key and language only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendered {
    pub key: TextKey,
    pub language: Language,
    pub body: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    pub action: Action,
}

/// What the applicant can tap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Action {
    None,
    /// One to three.
    Buttons(Vec<Button>),
    /// One to ten rows behind one button.
    List {
        button: String,
        rows: Vec<Row>,
    },
    /// Opens a page.
    Link {
        title: String,
        url: String,
    },
}

/// A reply button: the id comes back in a tap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    pub id: String,
    pub title: String,
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub id: String,
    pub title: String,
    /// Empty when the title says it all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

impl Rendered {
    /// Digest of the JSON form, fields in the order above: what consent binds to and what the outbound row keeps.
    #[must_use]
    pub fn hash(&self) -> Sha256 {
        // Text and lists of text always serialise, so the default is never taken.
        Sha256::of(&serde_json::to_vec(self).unwrap_or_default())
    }
}

impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rendered({} in {})", self.key.as_str(), self.language)
    }
}
