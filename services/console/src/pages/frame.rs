//! What surrounds every page of a signed-in reviewer.

use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, Html, IntoResponse, Response};

use crate::desk::Desk;
use crate::error::Error;
use crate::pages::said::{FORGET, Said};
use crate::session::Reviewer;

/// The top line and what it needs.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub reviewer: String,
    pub csrf: String,
    /// The result of the last click.
    pub said: Option<String>,
    /// Seconds, for the module that warns before the session ends; relative, because a reviewer's clock may be wrong.
    pub session_ends_in: i64,
    /// How much waits for an operator's answer; nothing for whoever is none.
    pub parked: Option<u64>,
}

impl Frame {
    pub(crate) async fn of(desk: &Desk, reviewer: &Reviewer, headers: &HeaderMap) -> Result<Self, Error> {
        let parked = if reviewer.operates { Some(parked(desk, reviewer).await?) } else { None };
        Ok(Self {
            reviewer: reviewer.name.clone(),
            csrf: reviewer.csrf.clone(),
            said: Said::read(headers).map(|said| said.words()),
            session_ends_in: reviewer.expires_in_seconds,
            parked,
        })
    }
}

async fn parked(desk: &Desk, reviewer: &Reviewer) -> Result<u64, Error> {
    let mut parked = 0;
    for cell in desk.cells_of(reviewer) {
        parked += cell.ledger().unfinished().await?.parked();
    }
    Ok(parked)
}

/// Draws a page; what was said is then forgotten.
pub(crate) fn draw(status: StatusCode, page: &impl Template) -> Result<Response, Error> {
    let html = Html(page.render()?);
    Ok((status, AppendHeaders([(header::SET_COOKIE, FORGET)]), html).into_response())
}
