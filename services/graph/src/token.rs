//! What the access token is and may do (Meta: Debug-Token, Graph API reference; `granular_scopes` as Embedded Signup
//! describes it).

use portico_vocab::{Timestamp, WabaId};
use serde::Deserialize;

use crate::{Graph, GraphError};

/// A permission that Portico needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Messages and media.
    Messaging,
    /// Numbers, subscriptions, templates.
    Management,
}

impl Permission {
    pub const ALL: [Self; 2] = [Self::Messaging, Self::Management];

    /// As Meta spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Messaging => "whatsapp_business_messaging",
            Self::Management => "whatsapp_business_management",
        }
    }
}

/// What Meta says of the token. Holds neither the token nor whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenStatus {
    pub valid: bool,
    /// The app it was issued for: the one whose secret signs webhooks.
    pub app_id: Option<String>,
    /// `SYSTEM_USER` for one that is meant for servers; `USER` is somebody's own and ends with their session.
    pub kind: Option<String>,
    /// `None`: never.
    pub expires_at: Option<Timestamp>,
    grants: Vec<Grant>,
}

/// One permission; `targets` lists the accounts it is limited to, `None` when it is for all.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Grant {
    scope: String,
    targets: Option<Vec<String>>,
}

impl TokenStatus {
    /// Whether the token has `permission` on the account `waba`.
    #[must_use]
    pub fn may(&self, permission: Permission, waba: &WabaId) -> bool {
        let covers =
            |grant: &Grant| grant.targets.as_ref().is_none_or(|targets| targets.iter().any(|id| id == waba.as_str()));
        self.valid && self.grants.iter().any(|grant| grant.scope == permission.as_str() && covers(grant))
    }

    /// Everything the token may do, on whichever account, in Meta's spelling.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.grants.iter().map(|grant| grant.scope.as_str())
    }
}

#[derive(Deserialize)]
struct Answer {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    is_valid: bool,
    #[serde(default)]
    app_id: Option<String>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    /// Unix seconds, 0 for never.
    #[serde(default)]
    expires_at: Option<i64>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    granular_scopes: Vec<Granular>,
}

#[derive(Deserialize)]
struct Granular {
    scope: String,
    #[serde(default)]
    target_ids: Option<Vec<String>>,
}

impl From<Data> for TokenStatus {
    fn from(data: Data) -> Self {
        let granular = data.granular_scopes;
        let whole = data.scopes.into_iter().filter(|scope| !granular.iter().any(|other| other.scope == *scope));
        let mut grants: Vec<_> = whole.map(|scope| Grant { scope, targets: None }).collect();
        grants.extend(granular.iter().map(|one| Grant { scope: one.scope.clone(), targets: one.target_ids.clone() }));
        Self {
            valid: data.is_valid,
            app_id: data.app_id,
            kind: data.kind,
            expires_at: data.expires_at.filter(|at| *at > 0).map(Timestamp::from_seconds),
            grants,
        }
    }
}

impl Graph {
    /// `GET /debug_token`: the token, asked about itself.
    ///
    /// # Errors
    /// [`GraphError::Refused`] with code 190 when the token is dead or expired: a dead token cannot even ask.
    pub async fn token(&self) -> Result<TokenStatus, GraphError> {
        let query = [("input_token", self.config().access_token.text())];
        let answer: Answer = self.ask(&["debug_token"], &query, "what a token may do").await?;
        Ok(answer.data.into())
    }
}
