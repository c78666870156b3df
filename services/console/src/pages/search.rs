//! `GET /console/search?q=`: a case by its id or its short code. Never by a phone number: addresses are logged.

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use portico_vocab::CaseId;
use serde::Deserialize;

use crate::desk::Desk;
use crate::error::Error;
use crate::pages::frame::{Frame, draw};
use crate::session::Reviewer;

/// Cases of one short code shown at most, a cell.
const FOUND_MAX: u32 = 20;

#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
}

#[derive(askama::Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    q: String,
    found: Vec<CaseId>,
}

pub(crate) async fn get(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let q = asked.q.trim().to_ascii_lowercase();
    let mut found = Vec::new();
    if let Ok(id) = CaseId::parse(&q) {
        found.push(id);
    } else if (4..=8).contains(&q.len()) && q.bytes().all(|b| b.is_ascii_alphanumeric()) {
        for cell in desk.cells_of(&reviewer) {
            found.extend(cell.ledger().cases_by_short(&q, FOUND_MAX).await?);
        }
    }
    match found.as_slice() {
        [only] => Ok(Redirect::to(&format!("/console/case/{only}")).into_response()),
        _ => draw(StatusCode::OK, &SearchPage { frame: Frame::of(&desk, &reviewer, &headers).await?, q, found }),
    }
}
