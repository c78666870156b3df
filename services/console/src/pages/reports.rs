//! `POST /console/reports`: a browser says that a page broke the content policy.
//!
//! That means a bug of ours or an attack; both must be seen. Reports are counted in the log and not kept, because what
//! they quote is chosen by whoever wrote the page.

use axum::body::Bytes;
use axum::http::StatusCode;

pub(crate) async fn take(body: Bytes) -> StatusCode {
    tracing::warn!(bytes = body.len(), "a browser reports a breach of the content policy");
    StatusCode::NO_CONTENT
}
