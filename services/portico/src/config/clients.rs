//! `[[subscriber]]`, `[[api_client]]`, `[console]`: who is on the other side.

use portico_vocab::CountryCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Secret;

/// One value, or a list while rotating.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMore<T> {
    More(Vec<T>),
    One(T),
}

impl<T> OneOrMore<T> {
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        match self {
            Self::One(one) => std::slice::from_ref(one).iter(),
            Self::More(more) => more.iter(),
        }
    }
}

/// An account system that gets events.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscriberSection {
    pub name: String,
    #[schemars(with = "Vec<String>")]
    pub cells: Vec<CountryCode>,
    pub url: String,
    /// Empty means all; an unknown type is an error.
    #[serde(default)]
    pub events: Vec<String>,
    /// `whsec_…` (v1, HMAC) or `whsk_…` (v1a, Ed25519).
    pub secret: OneOrMore<Secret>,
    /// Allows loopback and private addresses.
    #[serde(default)]
    pub allow_private: bool,
}

/// A client of `/v1`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiClientConfig {
    pub name: String,
    #[schemars(with = "Vec<String>")]
    pub cells: Vec<CountryCode>,
    pub scopes: Vec<String>,
    /// Kept as a hash.
    pub token: OneOrMore<Secret>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConsoleSection {
    /// Where reviewers reach it, such as `https://kyc.bank.example`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// Sign in by choosing a name; on loopback only.
    pub dev_sign_in: bool,
}
