//! `GET /console/case/{id}/evidence/{ev}`: the stored derivative, or with `?thumb=1` its thumbnail. Never the original.
//!
//! *Invariant:* the access is committed before the first byte is read; `Cell::picture` does both in that order.

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{IntoResponse, Response};
use portico_cell::Which;
use portico_vocab::{CaseId, EvidenceId};
use serde::Deserialize;

use crate::desk::{Desk, access};
use crate::error::Error;
use crate::security::{PICTURE_CSP, text};
use crate::session::Reviewer;

const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

#[derive(Debug, Deserialize)]
pub(crate) struct Size {
    thumb: Option<u8>,
}

pub(crate) async fn get(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    Path((case, evidence)): Path<(String, String)>,
    Query(size): Query<Size>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    // A browser that says what it wants the bytes for must want a picture on a page (OWASP ASVS 5.0, 3.5.8).
    if text(&headers, &SEC_FETCH_DEST).is_some_and(|dest| dest != "image") {
        return Err(Error::NotAPicture);
    }
    let case = CaseId::parse(&case).map_err(|_| Error::NotFound)?;
    let evidence = EvidenceId::parse(&evidence).map_err(|_| Error::NotFound)?;
    let (cell, _) = desk.find(&reviewer, case).await?;
    let which = if size.thumb == Some(1) { Which::Thumbnail } else { Which::Image };
    let bytes = cell.picture(case, evidence, which, &access(&reviewer)).await?;
    let about = [(header::CONTENT_TYPE, "image/jpeg"), (header::CONTENT_SECURITY_POLICY, PICTURE_CSP)];
    Ok((about, bytes).into_response())
}
