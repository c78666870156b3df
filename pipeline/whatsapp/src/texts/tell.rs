//! What is to be said, without words: a key and typed values.

use std::collections::BTreeMap;
use std::fmt;

use portico_vocab::{DocumentKind, Language, ReasonCode, Slot, Timestamp};
use serde::{Deserialize, Serialize};

use super::TextKey;

/// A message to tell. It is sealed with the case, rendered only when it is sent, and rendered alike every time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tell {
    pub key: TextKey,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Value>,
}

impl Tell {
    /// A text without values, or the start of one: `Tell::of(TextKey::RetakeDark).with("side", Value::Slot(slot))`.
    #[must_use]
    pub const fn of(key: TextKey) -> Self {
        Self { key, values: BTreeMap::new() }
    }

    /// The names each key takes stand in [`TextKey::needs`] and [`TextKey::takes`].
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }
}

/// A value in a text. Languages, cases and genders are the bundle's: the case passes the thing, not a word for it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Value {
    /// Names, references: may be personal, so `Debug` hides it.
    Text(String),
    Count(u32),
    Document(DocumentKind),
    Documents(Vec<DocumentKind>),
    Slot(Slot),
    Slots(Vec<Slot>),
    /// Shown as a date in the cell's time zone, in the reader's own format.
    Date(Timestamp),
    Languages(Vec<Language>),
    Reason(ReasonCode),
    Language(Language),
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text(…)"),
            Self::Count(n) => write!(f, "Count({n})"),
            Self::Document(kind) => write!(f, "Document({kind})"),
            Self::Documents(kinds) => write!(f, "Documents({kinds:?})"),
            Self::Slot(slot) => write!(f, "Slot({slot})"),
            Self::Slots(slots) => write!(f, "Slots({slots:?})"),
            Self::Date(time) => write!(f, "Date({time})"),
            Self::Languages(languages) => write!(f, "Languages({languages:?})"),
            Self::Reason(reason) => write!(f, "Reason({reason})"),
            Self::Language(language) => write!(f, "Language({language})"),
        }
    }
}
