//! `[whatsapp]`: Meta's side.

use portico_vocab::PhoneNumberId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Secret;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatsappSection {
    /// Base for `/{media-id}` and `/{phone-number-id}/messages`, with the version.
    #[serde(default = "graph_url")]
    pub graph_url: String,
    /// The only hosts media is fetched from, with the token; `host` or `host:port`.
    #[serde(default = "media_hosts")]
    pub media_hosts: Vec<String>,
    /// Hosts of Flow media, fetched without the token.
    #[serde(default = "flow_media_hosts")]
    pub flow_media_hosts: Vec<String>,
    /// True only for tests on loopback.
    #[serde(default)]
    pub allow_http: bool,
    /// Two while rotating.
    pub app_secrets: Vec<Secret>,
    pub verify_token: Secret,
    pub access_token: Secret,
    /// Meta's dashboard sample, and numbers of the same app that are not ours.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub ignore_phone_number_ids: Vec<PhoneNumberId>,
}

fn graph_url() -> String {
    "https://graph.facebook.com/v25.0".to_owned()
}

fn media_hosts() -> Vec<String> {
    vec!["lookaside.fbsbx.com".to_owned()]
}

fn flow_media_hosts() -> Vec<String> {
    vec!["mmg.whatsapp.net".to_owned()]
}
