//! What a client may learn about the API and itself.

use std::sync::LazyLock;

use axum::{Extension, Json};
use portico_vocab::CountryCode;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::client::Scope;
use super::cursor::Page;
use super::gate::Visit;
use super::openapi::openapi;
use super::problem::{Kind, KindView};
use super::wire;

/// Who the token belongs to.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Client")]
pub(crate) struct Whoami {
    client: String,
    #[schemars(schema_with = "wire::countries")]
    cells: Vec<CountryCode>,
    scopes: Vec<Scope>,
}

pub(crate) async fn whoami(Extension(visit): Extension<Visit>) -> Json<Whoami> {
    let client = visit.client;
    Json(Whoami { client: client.name.clone(), cells: client.cells.clone(), scopes: client.scopes.clone() })
}

/// A key that verifies `v1a` signatures of deliveries.
#[derive(Serialize, JsonSchema)]
pub(crate) struct WebhookKey {
    /// `whpk_…`, Standard Webhooks 1.0.
    key: String,
}

pub(crate) async fn webhook_keys(Extension(visit): Extension<Visit>) -> Json<Page<WebhookKey>> {
    let keys = visit.api.webhook_public_keys().iter();
    Json(Page::whole(keys.map(|key| WebhookKey { key: key.clone() }).collect()))
}

pub(crate) async fn problems() -> Json<Page<KindView>> {
    Json(Page::whole(Kind::ALL.iter().copied().map(KindView::from).collect()))
}

/// The document is the same for everyone.
static OPENAPI: LazyLock<Value> = LazyLock::new(openapi);

pub(crate) async fn document() -> Json<&'static Value> {
    Json(&OPENAPI)
}
