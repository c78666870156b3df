//! `[[cell]]`: one country.

use std::path::Path;

use portico_policy::{Choices, Policy, Profile};
use portico_vocab::{CountryCode, Language, PhoneNumberId, WabaId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ConfigError, Secret};

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CellConfig {
    /// ISO 3166-1 alpha-2; selects the jurisdiction profile.
    #[schemars(with = "String")]
    pub country: CountryCode,
    pub bank_name: String,
    pub privacy_url: String,
    pub contact: String,
    /// Where a hand-off or a limited approval sends people.
    pub handoff_url: String,
    /// IANA name.
    pub timezone: String,
    /// Reviewers at work, such as `Mon-Sat 09:00-18:00`.
    pub duty_hours: String,
    #[schemars(with = "Vec<String>")]
    pub waba_ids: Vec<WabaId>,
    #[schemars(with = "Vec<String>")]
    pub phone_number_ids: Vec<PhoneNumberId>,
    /// `sqlite:///PATH` or `postgres://…`.
    pub database: String,
    /// 32 bytes in base64.
    pub master_key: Secret,
    #[serde(default)]
    pub capture: Capture,
    /// Who accepted asking for ID photos in the chat, when and where it is written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture_signoff: Option<String>,
    /// Offered to applicants, the first one first.
    #[schemars(with = "Vec<String>")]
    pub languages: Vec<Language>,
    #[serde(default = "default_policy")]
    pub policy: String,
    pub bucket: Bucket,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Capture {
    /// Photos are sent in the chat.
    #[default]
    InChat,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    pub name: String,
    pub region: String,
    /// Any S3; `embedded:DIR` runs the in-process S3 on DIR.
    pub endpoint: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<Secret>,
}

fn default_policy() -> String {
    "default".to_owned()
}

impl CellConfig {
    /// The policy this cell judges by: the bank's file when there is one of that name, else the shipped one.
    ///
    /// # Errors
    /// When there is no such policy or profile, or the policy is weaker than the profile.
    pub fn policy(&self, policies_dir: Option<&Path>) -> Result<Policy, ConfigError> {
        let wrong = |error: portico_policy::PolicyError| {
            ConfigError::key("cell.policy", error.to_string(), "mend the policy file or name another")
        };
        let profile = Profile::shipped(self.country).map_err(wrong)?;
        let own = policies_dir.map(|dir| dir.join(format!("{}.toml", self.policy))).filter(|path| path.exists());
        let choices = match own {
            Some(path) => {
                let text = std::fs::read_to_string(&path)
                    .map_err(|error| ConfigError::File { path, why: error.to_string() })?;
                Choices::parse(&text)
            }
            None => Choices::shipped(&self.policy),
        };
        Policy::new(profile, choices.map_err(wrong)?).map_err(wrong)
    }

    /// What `serve` refuses: a region outside the country, and masking that this build cannot do.
    pub(super) fn check_profile(&self) -> Result<(), ConfigError> {
        let policy = self.policy(None).or_else(|_| {
            Policy::shipped(self.country, "default")
                .map_err(|error| ConfigError::key("cell.country", error.to_string(), "name a country with a profile"))
        })?;
        let profile = policy.profile;
        if !profile.regions.contains(&self.bucket.region) && !self.bucket.endpoint.starts_with("embedded:") {
            return Err(ConfigError::key(
                "cell.bucket.region",
                format!("a region in {}: {}", self.country, profile.regions.join(", ")),
                "move the bucket",
            ));
        }
        if profile.asks_for_masking() {
            return Err(ConfigError::key(
                "cell.country",
                format!(
                    "a country whose profile this build can keep: {} asks for masking it cannot do yet",
                    self.country
                ),
                "use `portico dev` to try it, or wait for a build that masks",
            ));
        }
        Ok(())
    }
}
