//! Languages as WhatsApp templates spell them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ParseError;

/// `en`, `hi`, `pt_BR`: two or three lower-case letters, then perhaps `_` and two capitals.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

impl Language {
    /// # Errors
    /// When `text` has another form; `pt-BR` is read as `pt_BR`, because Meta writes both.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let text = text.replace('-', "_");
        let (base, region) = text.split_once('_').map_or((text.as_str(), None), |(b, r)| (b, Some(r)));
        let base_ok = (2..=3).contains(&base.len()) && base.bytes().all(|b| b.is_ascii_lowercase());
        let region_ok = region.is_none_or(|r| r.len() == 2 && r.bytes().all(|b| b.is_ascii_uppercase()));
        if base_ok && region_ok {
            Ok(Self(text))
        } else {
            Err(ParseError::new("language", "a tag such as en, hi or pt_BR"))
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn english() -> Self {
        Self("en".to_owned())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Language {
    type Error = ParseError;
    fn try_from(s: String) -> Result<Self, ParseError> {
        Self::parse(&s)
    }
}

impl From<Language> for String {
    fn from(l: Language) -> Self {
        l.0
    }
}
