//! `[[cell]]`: one country.

use std::path::Path;

use portico_ledger::Durability;
use portico_policy::{Choices, Policy, Profile};
use portico_vocab::{CountryCode, Language, PhoneNumberId, WabaId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ConfigError, DutyHours, Secret};

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
    /// `sqlite:///PATH` or `postgres://…`; by reference, as secrets are, when the address holds a password.
    pub database: Secret,
    /// Needed when the database may lose what it has acknowledged (`fsync = off` and the like); says why that was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept_volatile_database: Option<String>,
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
            ConfigError::key("cell.policy", "a policy no weaker than the country's profile", error.to_string())
        };
        let own = policies_dir.map(|dir| dir.join(format!("{}.toml", self.policy))).filter(|path| path.exists());
        let choices = match own {
            Some(path) => {
                let text = std::fs::read_to_string(&path)
                    .map_err(|error| ConfigError::File { path, why: error.to_string() })?;
                Choices::parse(&text)
            }
            None => Choices::shipped(&self.policy),
        };
        Policy::new(self.profile()?, choices.map_err(wrong)?).map_err(wrong)
    }

    /// The rules of this cell's country.
    ///
    /// # Errors
    /// When this build has none for it.
    pub fn profile(&self) -> Result<Profile, ConfigError> {
        Profile::shipped(self.country)
            .map_err(|error| ConfigError::key("cell.country", "a country with a profile", error.to_string()))
    }

    /// The address of the database, with whatever password it holds.
    ///
    /// # Errors
    /// When it is kept elsewhere and cannot be read there.
    pub fn database(&self) -> Result<String, ConfigError> {
        self.database.read()
    }

    /// What cannot be meant, whatever the command.
    pub(super) fn check_form(&self) -> Result<(), ConfigError> {
        let blank = |text: &str| text.trim().is_empty();
        let texts = [
            ("cell.bank_name", &self.bank_name),
            ("cell.privacy_url", &self.privacy_url),
            ("cell.contact", &self.contact),
        ];
        if let Some((key, _)) = texts.iter().find(|(_, text)| blank(text)) {
            return Err(ConfigError::key(key, "what applicants are to read", "it is empty"));
        }
        if !self.handoff_url.starts_with("https://") {
            return Err(ConfigError::key(
                "cell.handoff_url",
                "an https address, for it becomes a link button",
                "mend it",
            ));
        }
        if self.languages.is_empty() {
            return Err(ConfigError::key("cell.languages", "at least one language", "name what applicants read"));
        }
        if self.phone_number_ids.is_empty() {
            return Err(ConfigError::key("cell.phone_number_ids", "at least one number", "add its phone number id"));
        }
        if jiff::tz::TimeZone::get(&self.timezone).is_err() {
            let mend = format!("{:?} is none", self.timezone);
            return Err(ConfigError::key("cell.timezone", "an IANA name such as Asia/Kolkata", mend));
        }
        if self.capture_signoff.as_deref().is_some_and(blank) {
            return Err(ConfigError::key(
                "cell.capture_signoff",
                "who accepted it, when, and where it is written",
                "it is empty",
            ));
        }
        if self.accept_volatile_database.as_deref().is_some_and(blank) {
            return Err(ConfigError::key(
                "cell.accept_volatile_database",
                "why losing webhooks that were answered 200 is accepted",
                "it is empty",
            ));
        }
        DutyHours::parse(&self.duty_hours).map(drop)
    }

    /// Whether this cell may be opened on a database that is so durable.
    ///
    /// # Errors
    /// When it may lose what it has acknowledged and nobody has accepted that.
    pub fn check_durability(&self, durability: &Durability) -> Result<(), ConfigError> {
        if durability.is_sound() || self.accept_volatile_database.is_some() {
            return Ok(());
        }
        Err(ConfigError::key(
            "cell.accept_volatile_database",
            "a database that keeps what it has acknowledged through a power cut",
            format!(
                "that of {}, {}, has {}: set it back to its default, for this database and this user too, or say here \
                 why losing webhooks that were answered 200 is accepted",
                self.country,
                durability.engine,
                durability.unsound()
            ),
        ))
    }

    /// What `serve` refuses: a policy weaker than the profile, a region outside the country, and masking that this
    /// build cannot do.
    pub(super) fn check_profile(&self, policies_dir: Option<&Path>) -> Result<(), ConfigError> {
        let profile = self.profile()?;
        if !profile.regions.contains(&self.bucket.region) {
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
        self.policy(policies_dir).map(drop)
    }
}
