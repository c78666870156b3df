//! The inbox's page and what it asks for.

use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::inbox::kept::Behaviour;
use crate::simulator::Simulator;

#[derive(Template)]
#[template(path = "inbox.html")]
struct Inbox {
    hooks_url: String,
}

pub(crate) async fn page(State(simulator): State<Simulator>) -> Response {
    crate::page::html(&Inbox { hooks_url: format!("{}/inbox/hooks", simulator.0.config.public_url) })
}

#[derive(Deserialize)]
pub(crate) struct Seen {
    rev: Option<u64>,
}

/// What arrived, newest first, or 204 when the page has it already.
pub(crate) async fn events(State(simulator): State<Simulator>, Query(seen): Query<Seen>) -> Response {
    let state = simulator.0.inbox.state();
    if seen.rev == Some(state.rev) {
        return StatusCode::NO_CONTENT.into_response();
    }
    Json(json!({"rev": state.rev, "behaviour": state.behaviour, "events": state.events})).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    behaviour: Behaviour,
}

pub(crate) async fn behave(State(simulator): State<Simulator>, Json(wish): Json<Wish>) -> StatusCode {
    simulator.inbox_behaves(wish.behaviour);
    StatusCode::NO_CONTENT
}

/// Asks `/v1` for the case and its applicant, as the account system would after an event: the event itself carries no
/// personal data.
pub(crate) async fn fetch_case(State(simulator): State<Simulator>, Path(id): Path<String>) -> Response {
    let well_formed = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if !well_formed {
        return (StatusCode::UNPROCESSABLE_ENTITY, "expected a case id such as case_…").into_response();
    }
    let (case, applicant) = (format!("cases/{id}"), format!("cases/{id}/applicant"));
    let (case, applicant) = futures::join!(simulator.ask_v1(&case), simulator.ask_v1(&applicant));
    Json(json!({"case": case, "applicant": applicant})).into_response()
}

impl Simulator {
    /// `{asked, status, body}`; status 0 when nobody answered.
    async fn ask_v1(&self, path: &str) -> Value {
        let config = &self.0.config;
        let asked = format!("GET /v1/{path}");
        let url = format!("{}/v1/{path}", config.api_url.trim_end_matches('/'));
        let request = self.0.client.get(url).bearer_auth(&config.api_token);
        match request.send().await {
            Ok(answer) => {
                let status = answer.status().as_u16();
                let body = answer.json::<Value>().await.unwrap_or(Value::Null);
                json!({"asked": asked, "status": status, "body": body})
            }
            Err(_) => json!({"asked": asked, "status": 0, "body": null}),
        }
    }
}
