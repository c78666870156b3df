//! What surrounds every page of a signed-in reviewer.

use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, Html, IntoResponse, Response};

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
}

impl Frame {
    pub(crate) fn of(reviewer: &Reviewer, headers: &HeaderMap) -> Self {
        Self {
            reviewer: reviewer.name.clone(),
            csrf: reviewer.csrf.clone(),
            said: Said::read(headers).map(|said| said.words()),
            session_ends_in: reviewer.expires_in_seconds,
        }
    }
}

/// Draws a page; what was said is then forgotten.
pub(crate) fn draw(status: StatusCode, page: &impl Template) -> Result<Response, Error> {
    let html = Html(page.render()?);
    Ok((status, AppendHeaders([(header::SET_COOKIE, FORGET)]), html).into_response())
}
