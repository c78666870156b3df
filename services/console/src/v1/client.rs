//! Account systems: what each may see and do.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use portico_vocab::{CountryCode, Sha256};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::problem::Problem;

/// One thing a client may do. A word of the configuration and of the OpenAPI document; only added to, never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Scope {
    /// Cases, their histories and events: nothing personal.
    #[serde(rename = "case:read")]
    CaseRead,
    /// Who the applicant is.
    #[serde(rename = "applicant:read")]
    ApplicantRead,
    /// Numbers of documents besides. This build reads none, so it gives none.
    #[serde(rename = "applicant:number")]
    ApplicantNumber,
    /// Pictures.
    #[serde(rename = "evidence:read")]
    EvidenceRead,
    /// The reasons others read as `internal`.
    #[serde(rename = "reasons:silent")]
    ReasonsSilent,
    #[serde(rename = "decision:write")]
    DecisionWrite,
    #[serde(rename = "finding:write")]
    FindingWrite,
    #[serde(rename = "account:write")]
    AccountWrite,
}

impl Scope {
    /// Every scope, in order.
    pub const ALL: &'static [Self] = &[
        Self::CaseRead,
        Self::ApplicantRead,
        Self::ApplicantNumber,
        Self::EvidenceRead,
        Self::ReasonsSilent,
        Self::DecisionWrite,
        Self::FindingWrite,
        Self::AccountWrite,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CaseRead => "case:read",
            Self::ApplicantRead => "applicant:read",
            Self::ApplicantNumber => "applicant:number",
            Self::EvidenceRead => "evidence:read",
            Self::ReasonsSilent => "reasons:silent",
            Self::DecisionWrite => "decision:write",
            Self::FindingWrite => "finding:write",
            Self::AccountWrite => "account:write",
        }
    }
}

/// One account system.
#[derive(Clone)]
pub struct ApiClient {
    /// As histories and access chains name it: `client:core-banking`.
    pub name: String,
    pub cells: Vec<CountryCode>,
    pub scopes: Vec<Scope>,
    /// SHA-256 of each bearer token in force; tokens are 32 random bytes, so a plain hash is enough.
    pub token_hashes: Vec<Sha256>,
}

impl ApiClient {
    pub(crate) fn holds(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    pub(crate) fn serves(&self, country: CountryCode) -> bool {
        self.cells.contains(&country)
    }

    pub(crate) fn actor(&self) -> String {
        format!("client:{}", self.name)
    }
}

/// What the API is told at start.
#[derive(Clone, Default)]
pub struct ApiConfig {
    pub clients: Vec<ApiClient>,
    /// `whpk_…`, for subscribers that verify `v1a` signatures.
    pub webhook_public_keys: Vec<String>,
}

/// The client whose token the request bears. Every hash is compared whole, so that time tells nothing.
pub(crate) fn authenticate(clients: &[Arc<ApiClient>], headers: &HeaderMap) -> Result<Arc<ApiClient>, Problem> {
    let hash = bearer(headers).map(|token| Sha256::of(token.as_bytes())).ok_or(Problem::Unauthenticated)?;
    let mut found = None;
    for client in clients {
        for known in &client.token_hashes {
            if bool::from(known.as_bytes().ct_eq(hash.as_bytes())) {
                found = Some(client);
            }
        }
    }
    found.cloned().ok_or(Problem::Unauthenticated)
}

/// RFC 6750, section 2.1; the scheme's case does not matter (RFC 9110, section 11.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn a_client_is_known_by_any_token_in_force() {
        let client = |name: &str, tokens: &[&str]| {
            Arc::new(ApiClient {
                name: name.to_owned(),
                cells: Vec::new(),
                scopes: Vec::new(),
                token_hashes: tokens.iter().map(|token| Sha256::of(token.as_bytes())).collect(),
            })
        };
        let clients = [client("a", &["one"]), client("b", &["two", "three"])];
        let name = |value: &str| authenticate(&clients, &headers(value)).map(|client| client.name.clone()).ok();
        assert_eq!(name("Bearer one").as_deref(), Some("a"));
        assert_eq!(name("bearer three").as_deref(), Some("b"));
        for wrong in ["Bearer four", "Bearer", "Bearer ", "Basic one", "one"] {
            assert_eq!(name(wrong), None, "{wrong}");
        }
        assert!(authenticate(&clients, &HeaderMap::new()).is_err());
    }

    #[test]
    fn a_scope_is_one_word_everywhere() {
        for scope in Scope::ALL {
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
        }
    }
}
