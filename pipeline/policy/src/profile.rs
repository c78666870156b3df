//! A country's rules. Each fact names the instrument behind it and how sure we are (domain research, 22 Nov 2026).

use std::collections::BTreeMap;

use portico_vocab::{CheckKind, CountryCode, DocumentKind, Language, OutcomeName};
use serde::{Deserialize, Serialize};

use crate::PolicyError;

/// How a legal fact was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// In the instrument itself or its official page.
    Primary,
    /// In a secondary text only.
    Secondary,
    /// Known, not confirmed: counsel or a primary text must confirm before launch.
    Unconfirmed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    pub instrument: String,
    /// ISO 8601 date.
    pub date: String,
    pub says: String,
    pub confidence: Confidence,
}

/// What must, may or must not be painted out before a picture is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum Masking {
    /// The first `digits` digits of the number on these documents.
    Required {
        documents: Vec<DocumentKind>,
        digits: u32,
    },
    Optional,
    /// EU AMLR Art. 77(1): retained documents must not be redacted.
    Forbidden,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Biometrics {
    WithConsent,
    Forbidden,
}

/// What `approved_limited` means here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub code: String,
    /// Days from the decision until they must be lifted.
    pub days: i64,
    /// What the applicant reads, by language.
    pub text: BTreeMap<Language, String>,
}

/// How long an application is kept that was decided without an account, and why so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    pub on_decline: Kept,
    /// The applicant goes on elsewhere; unless the bank reports an account, nothing has come of it here.
    pub on_hand_off: Kept,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// By law, from the decision. Without it: as long as an application that came to nothing (`purge_days`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years: Option<u32>,
    /// The instrument, or that none was found.
    pub basis: String,
}

/// A country's rules as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub country: CountryCode,
    pub version: u32,
    pub effective_from: String,
    pub accepted_documents: Vec<DocumentKind>,
    /// A decision needs a result of each; `unavailable` never counts as clear.
    pub required_checks: Vec<CheckKind>,
    /// Outcomes the law allows a chat to end in.
    pub outcomes: Vec<OutcomeName>,
    pub min_age: u32,
    /// Years after the account closes.
    pub retention_years_min: u32,
    /// Missing in a policy stored before there was one: whatever was decided is then kept as an account is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
    /// Days at most that an application without an account may be kept.
    pub purge_days_max: u32,
    /// S3 regions that lie in the country.
    pub regions: Vec<String>,
    /// Meta's data localisation region, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whatsapp_local_storage: Option<CountryCode>,
    pub biometrics: Biometrics,
    pub masking: Masking,
    /// Given where `approved_limited` is among the outcomes, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    pub legal_basis: Vec<LegalBasis>,
}

const SHIPPED: &[(&str, &str)] = &[
    ("IN", include_str!("../profiles/IN.toml")),
    ("BR", include_str!("../profiles/BR.toml")),
    ("DE", include_str!("../profiles/DE.toml")),
];

impl Profile {
    /// The shipped profile of a country.
    ///
    /// # Errors
    /// When none is shipped.
    pub fn shipped(country: CountryCode) -> Result<Self, PolicyError> {
        let (_, text) = SHIPPED.iter().find(|(code, _)| *code == country.as_str()).ok_or_else(|| {
            let shipped: Vec<_> = SHIPPED.iter().map(|(code, _)| *code).collect();
            PolicyError::NoProfile { country: country.to_string(), shipped: shipped.join(", ") }
        })?;
        Self::parse(text)
    }

    /// # Errors
    /// When `text` is not a profile: unknown keys and words are errors.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let unreadable = |why: String| PolicyError::Unreadable { what: "profile", why };
        let profile: Self = toml::from_str(text).map_err(|e| unreadable(e.message().to_owned()))?;
        if profile.outcomes.contains(&OutcomeName::ApprovedLimited) != profile.limits.is_some() {
            return Err(unreadable("limits are given exactly where approved_limited is an outcome".to_owned()));
        }
        Ok(profile)
    }

    /// Documents this build may offer: those that need masking are left out, because it cannot mask yet.
    #[must_use]
    pub fn offered_documents(&self) -> Vec<DocumentKind> {
        self.accepted_documents.iter().copied().filter(|kind| !self.must_mask(*kind)).collect()
    }

    /// Whether a picture of this document may not be stored unmasked.
    #[must_use]
    pub fn must_mask(&self, kind: DocumentKind) -> bool {
        matches!(&self.masking, Masking::Required { documents, .. } if documents.contains(&kind))
    }

    /// Whether a picture may be painted out at all before it is stored: where the law wants retained documents whole,
    /// nothing may.
    #[must_use]
    pub const fn may_mask(&self) -> bool {
        !matches!(self.masking, Masking::Forbidden)
    }

    /// What a limited account may not do, by language; nothing where there is no limited account.
    #[must_use]
    pub fn limits_text(&self) -> BTreeMap<Language, String> {
        self.limits.as_ref().map(|limits| limits.text.clone()).unwrap_or_default()
    }

    /// Years that an application decided without an account is kept; `None` where it goes like one that came to
    /// nothing.
    #[must_use]
    pub fn years_without_account(&self) -> Option<u32> {
        self.retention.as_ref().and_then(|kept| kept.on_decline.years.max(kept.on_hand_off.years))
    }

    /// Whether the profile asks for masking at all, which this build cannot do: `serve` refuses, `dev` shows a banner.
    #[must_use]
    pub const fn asks_for_masking(&self) -> bool {
        matches!(self.masking, Masking::Required { .. })
    }
}
