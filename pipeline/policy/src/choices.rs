//! What a bank chose within its country's profile.

use portico_vocab::{CheckKind, DocumentKind};
use serde::{Deserialize, Serialize};

use crate::PolicyError;

/// One policy file, such as `policies/default.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choices {
    /// Named in every decision and event.
    pub id: String,
    /// Offered in this order; empty means every document the profile accepts.
    pub documents: Vec<DocumentKind>,
    pub extra_checks: Vec<CheckKind>,
    /// Tries a slot before a person takes over (chat.md rule 4).
    pub attempts_per_slot: u32,
    /// Pictures remembered by id before consent.
    pub early_media_max: u32,
    /// Pictures a case takes at most.
    pub evidence_max: u32,
    /// Days without a message from the applicant until an open case expires.
    pub expire_days: i64,
    /// Days after which a withdrawn or expired case is shredded.
    pub purge_days: i64,
    /// Minutes within which a reviewer should decide.
    pub review_minutes: i64,
}

const SHIPPED: &[(&str, &str)] = &[("default", include_str!("../policies/default.toml"))];

impl Choices {
    /// # Errors
    /// When no policy of this name is shipped.
    pub fn shipped(name: &str) -> Result<Self, PolicyError> {
        let (_, text) = SHIPPED.iter().find(|(known, _)| *known == name).ok_or_else(|| {
            let shipped: Vec<_> = SHIPPED.iter().map(|(known, _)| *known).collect();
            PolicyError::NoPolicy { name: name.to_owned(), shipped: shipped.join(", ") }
        })?;
        Self::parse(text)
    }

    /// # Errors
    /// When `text` is not a policy file: unknown keys and words are errors.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        toml::from_str(text).map_err(|e| PolicyError::Unreadable { what: "policy", why: e.message().to_owned() })
    }
}
