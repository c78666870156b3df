//! A profile and a bank's choices within it, joined and content-addressed.

use portico_vocab::{CheckKind, DocumentKind, OutcomeName, Sha256};
use serde::{Deserialize, Serialize};

use crate::{Choices, PolicyError, Profile};

/// What a case is judged by. A case pins one at consent and keeps it to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    pub profile: Profile,
    pub choices: Choices,
}

/// The name of one policy for ever: its id and the digest of its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyPin {
    pub id: String,
    pub hash: Sha256,
}

impl Policy {
    /// Joins them, refusing choices weaker than the profile.
    ///
    /// # Errors
    /// [`PolicyError::Weaker`], naming the rule that would be broken.
    pub fn new(profile: Profile, choices: Choices) -> Result<Self, PolicyError> {
        let weaker = |rule: String| PolicyError::Weaker { country: profile.country.to_string(), rule };
        if let Some(kind) = choices.documents.iter().find(|kind| !profile.accepted_documents.contains(kind)) {
            return Err(weaker(format!("documents: {kind} is not accepted here")));
        }
        if choices.purge_days > i64::from(profile.purge_days_max) || choices.purge_days < 0 {
            return Err(weaker(format!("purge_days: at most {} are allowed", profile.purge_days_max)));
        }
        if choices.expire_days < 1 {
            return Err(weaker("expire_days: at least 1 is needed".to_owned()));
        }
        if !(1..=3).contains(&choices.attempts_per_slot) {
            return Err(weaker("attempts_per_slot: 1 to 3, then a person takes over".to_owned()));
        }
        if !(1..=8).contains(&choices.early_media_max) || !(3..=40).contains(&choices.evidence_max) {
            return Err(weaker("early_media_max is 1 to 8 and evidence_max 3 to 40".to_owned()));
        }
        Ok(Self { profile, choices })
    }

    /// The shipped policy of this name within the shipped profile of this country.
    ///
    /// # Errors
    /// When either is not shipped, or they do not fit.
    pub fn shipped(country: portico_vocab::CountryCode, name: &str) -> Result<Self, PolicyError> {
        Self::new(Profile::shipped(country)?, Choices::shipped(name)?)
    }

    /// Canonical JSON: fields in the order of their declaration.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Structs of text, numbers and lists always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// # Errors
    /// When `text` is not what [`Self::to_json`] wrote.
    pub fn from_json(text: &str) -> Result<Self, PolicyError> {
        serde_json::from_str(text).map_err(|e| PolicyError::Unreadable { what: "stored policy", why: e.to_string() })
    }

    #[must_use]
    pub fn pin(&self) -> PolicyPin {
        PolicyPin { id: self.choices.id.clone(), hash: Sha256::of(self.to_json().as_bytes()) }
    }

    /// Documents to offer, in order: the bank's choice or the profile's, less those this build cannot mask.
    #[must_use]
    pub fn documents(&self) -> Vec<DocumentKind> {
        let offered = self.profile.offered_documents();
        if self.choices.documents.is_empty() {
            return offered;
        }
        self.choices.documents.iter().copied().filter(|kind| offered.contains(kind)).collect()
    }

    /// Checks a decision must have a result of, the profile's first.
    #[must_use]
    pub fn required_checks(&self) -> Vec<CheckKind> {
        let mut checks = self.profile.required_checks.clone();
        checks.extend(self.choices.extra_checks.iter().filter(|c| !self.profile.required_checks.contains(c)));
        checks
    }

    #[must_use]
    pub fn allows(&self, outcome: OutcomeName) -> bool {
        self.profile.outcomes.contains(&outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portico_vocab::CountryCode;

    fn country(code: &str) -> CountryCode {
        CountryCode::parse(code).unwrap()
    }

    #[test]
    fn shipped_policies_fit_their_profiles_and_name_their_law() {
        for code in ["IN", "BR", "DE"] {
            let policy = Policy::shipped(country(code), "default").unwrap();
            assert!(!policy.profile.legal_basis.is_empty() && !policy.documents().is_empty());
            assert_eq!(Policy::from_json(&policy.to_json()).unwrap(), policy);
            assert_eq!(policy.pin(), policy.clone().pin());
        }
    }

    #[test]
    fn aadhaar_is_not_offered_while_it_cannot_be_masked() {
        let policy = Policy::shipped(country("IN"), "default").unwrap();
        assert!(policy.profile.asks_for_masking() && !policy.documents().contains(&DocumentKind::Aadhaar));
    }

    #[test]
    fn a_chat_photo_never_makes_a_full_account_in_india() {
        assert!(!Policy::shipped(country("IN"), "default").unwrap().allows(OutcomeName::Approved));
        assert!(Policy::shipped(country("BR"), "default").unwrap().allows(OutcomeName::Approved));
    }

    #[test]
    fn in_germany_a_chat_photo_makes_no_account_and_nothing_is_painted_out() {
        let policy = Policy::shipped(country("DE"), "default").unwrap();
        assert_eq!(policy.profile.outcomes, [OutcomeName::Declined, OutcomeName::HandedOff]);
        assert!(!policy.profile.may_mask() && !policy.profile.asks_for_masking());
        assert!(policy.documents().iter().all(|kind| !policy.profile.must_mask(*kind)));
        assert_eq!(policy.documents(), policy.profile.accepted_documents, "what may not be masked is offered whole");
    }

    #[test]
    fn limits_go_with_the_outcome_they_limit() {
        let german = include_str!("../profiles/DE.toml");
        let error = Profile::parse(&german.replace("\"declined\"", "\"approved_limited\", \"declined\"")).unwrap_err();
        assert!(error.to_string().contains("approved_limited"), "{error}");
    }

    #[test]
    fn weaker_choices_are_refused_by_the_rule_they_break() {
        let base = Choices::shipped("default").unwrap();
        let weaker = [
            (Choices { documents: vec![DocumentKind::Pan], ..base.clone() }, "documents"),
            (Choices { purge_days: 10_000, ..base.clone() }, "purge_days"),
            (Choices { expire_days: 0, ..base.clone() }, "expire_days"),
            (Choices { attempts_per_slot: 9, ..base.clone() }, "attempts_per_slot"),
            (Choices { early_media_max: 9, ..base }, "early_media_max"),
        ];
        for (choices, rule) in weaker {
            let error = Policy::new(Profile::shipped(country("IN")).unwrap(), choices).unwrap_err();
            assert!(error.to_string().contains(rule), "{error}");
        }
    }

    #[test]
    fn unknown_keys_and_countries_are_errors() {
        assert!(Choices::parse("id = \"x\"\nsurprise = 1").is_err());
        assert!(Profile::shipped(country("ZZ")).unwrap_err().to_string().contains("IN, BR, DE"));
    }
}
