//! Questions about the business: its token, numbers, accounts, templates; and subscribing to an account.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Method, Uri};
use portico_vocab::WabaId;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::account::Account;
use crate::graph::answer::GraphError;
use crate::requests::Operation;
use crate::simulator::Simulator;

type Answer = Result<Json<Value>, GraphError>;

/// Our app, as Meta numbers it.
const APP_ID: &str = "670843887433847";

#[derive(Deserialize)]
pub(crate) struct Inspected {
    input_token: String,
}

/// `GET /debug_token?input_token=` (Meta: Debug-Token).
pub(crate) async fn debug_token(
    State(simulator): State<Simulator>,
    Query(inspected): Query<Inspected>,
    method: Method,
    headers: HeaderMap,
    uri: Uri,
) -> Answer {
    simulator.enter(Operation::Question, &method, uri.path().to_owned(), &headers)?;
    let valid = simulator.is_token(&inspected.input_token);
    if !valid {
        let error = json!({"code": 190, "message": "The access token could not be decrypted"});
        return Ok(Json(json!({"data": {"is_valid": false, "scopes": [], "error": error}})));
    }
    let scopes = ["whatsapp_business_management", "whatsapp_business_messaging"];
    let accounts: Vec<_> = simulator.world().business.accounts.keys().cloned().collect();
    let granular = scopes.map(|scope| json!({"scope": scope, "target_ids": accounts}));
    Ok(Json(json!({"data": {
        "app_id": APP_ID, "application": "Portico stand-in", "type": "SYSTEM_USER", "is_valid": true,
        "expires_at": 0, "data_access_expires_at": 0, "scopes": scopes, "granular_scopes": granular,
    }})))
}

#[derive(Deserialize)]
pub(crate) struct Page {
    limit: Option<usize>,
    after: Option<usize>,
}

/// `GET /{waba}/phone_numbers`.
pub(crate) async fn numbers(
    State(simulator): State<Simulator>,
    Path((_, waba)): Path<(String, String)>,
    Query(page): Query<Page>,
    method: Method,
    headers: HeaderMap,
    uri: Uri,
) -> Answer {
    simulator.enter(Operation::Question, &method, uri.path().to_owned(), &headers)?;
    simulator.account(&waba)?;
    let owned = simulator.0.config.numbers.iter().filter(|number| number.waba_id.as_str() == waba);
    let items = owned.map(|number| {
        json!({"id": number.phone_number_id, "display_phone_number": number.display_number,
            "verified_name": number.bank_name})
    });
    Ok(paged(items.collect(), &page))
}

/// `GET /{waba}/message_templates`.
pub(crate) async fn templates(
    State(simulator): State<Simulator>,
    Path((_, waba)): Path<(String, String)>,
    Query(page): Query<Page>,
    method: Method,
    headers: HeaderMap,
    uri: Uri,
) -> Answer {
    simulator.enter(Operation::Question, &method, uri.path().to_owned(), &headers)?;
    let items = simulator.account(&waba)?.templates.into_iter().enumerate().map(|(at, template)| {
        json!({"id": (at + 1).to_string(), "name": template.name, "language": template.language,
            "status": template.status, "category": template.category})
    });
    Ok(paged(items.collect(), &page))
}

/// `GET /{waba}/subscribed_apps` (Meta: Webhook overrides, 2026-06-28).
pub(crate) async fn subscribed(
    State(simulator): State<Simulator>,
    Path((_, waba)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
    uri: Uri,
) -> Answer {
    simulator.enter(Operation::Question, &method, uri.path().to_owned(), &headers)?;
    let account = simulator.account(&waba)?;
    let mut app = json!({"whatsapp_business_api_data": {"id": APP_ID, "name": "Portico stand-in",
        "link": format!("https://www.facebook.com/games/?app_id={APP_ID}")}});
    if let (Some(uri), Some(app)) = (account.override_callback_uri, app.as_object_mut()) {
        app.insert("override_callback_uri".to_owned(), json!(uri));
    }
    let data = if account.subscribed { vec![app] } else { Vec::new() };
    Ok(Json(json!({"data": data})))
}

#[derive(Default, Deserialize)]
pub(crate) struct Override {
    override_callback_uri: Option<String>,
    verify_token: Option<String>,
}

/// `POST /{waba}/subscribed_apps`: subscribes; the override is taken after its handshake, and removed by leaving it out.
pub(crate) async fn subscribe(
    State(simulator): State<Simulator>,
    Path((_, waba)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
    uri: Uri,
    body: Option<Json<Override>>,
) -> Answer {
    simulator.enter(Operation::Question, &method, uri.path().to_owned(), &headers)?;
    simulator.account(&waba)?;
    let wanted = body.map(|Json(body)| body).unwrap_or_default();
    if let Some(uri) = &wanted.override_callback_uri {
        let token = wanted.verify_token.as_deref().ok_or_else(|| GraphError::missing("verify_token"))?;
        simulator.handshake(uri, token).await.map_err(|_| GraphError::of(2200))?;
    }
    simulator.change_account(&waba, |account| {
        account.subscribed = true;
        account.override_callback_uri = wanted.override_callback_uri;
    })?;
    Ok(Json(json!({"success": true})))
}

/// `DELETE /{waba}/subscribed_apps`.
pub(crate) async fn unsubscribe(
    State(simulator): State<Simulator>,
    Path((_, waba)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
    uri: Uri,
) -> Answer {
    simulator.enter(Operation::Question, &method, uri.path().to_owned(), &headers)?;
    simulator.change_account(&waba, |account| {
        account.subscribed = false;
        account.override_callback_uri = None;
    })?;
    Ok(Json(json!({"success": true})))
}

/// A page of at most `limit`, with a cursor while more follows. The cursor is a count here, opaque at Meta.
fn paged(items: Vec<Value>, page: &Page) -> Json<Value> {
    let from = page.after.unwrap_or(0).min(items.len());
    let to = from.saturating_add(page.limit.unwrap_or(25).max(1)).min(items.len());
    let mut paging = json!({"cursors": {"before": from.to_string(), "after": to.to_string()}});
    if to < items.len()
        && let Some(paging) = paging.as_object_mut()
    {
        paging.insert("next".to_owned(), json!("https://graph.facebook.com/not/to/be/followed"));
    }
    Json(json!({"data": items[from..to], "paging": paging}))
}

impl Simulator {
    fn account(&self, waba: &str) -> Result<Account, GraphError> {
        let waba = WabaId::parse(waba).map_err(|_| GraphError::no_object())?;
        self.world().business.accounts.get(&waba).cloned().ok_or_else(GraphError::no_object)
    }

    fn change_account(&self, waba: &str, change: impl FnOnce(&mut Account)) -> Result<(), GraphError> {
        let waba = WabaId::parse(waba).map_err(|_| GraphError::no_object())?;
        self.account_stands(&waba, change).map_err(|_| GraphError::no_object())
    }
}
