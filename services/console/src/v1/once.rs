//! A POST happens once (contract.md, section 3).
//!
//! The key is remembered in the cell of the case it is about: nothing of one country is kept in another. What happens is an
//! input consumed under (client, key), so a process that dies between the change and its answer leaves no riddle: the same
//! request finds the input consumed and reads off what it came to. *Invariant:* the work goes on when the client hangs up;
//! only an answer that is not the client's doing (5xx) is forgotten, so that it can be asked for again.

use std::future::Future;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use portico_cell::CellError;
use portico_ledger::{ApiAnswer, ApiRequest};
use portico_vocab::Sha256;
use serde::de::DeserializeOwned;

use super::gate::{Door, Visit};
use super::problem::{self, Problem};
use super::receipt::Receipt;

const BODY_MAX_BYTES: usize = 64 * 1024;
const KEY_MAX: usize = 200;

/// A body and the key under which it happens.
pub(crate) struct Posted {
    pub(crate) key: String,
    bytes: Bytes,
    /// Of method, path and body: the same key for another request is refused.
    digest: Sha256,
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let key = parts.headers.get("idempotency-key").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !(1..=KEY_MAX).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Problem::KeyMissing);
        }
        let bytes = to_bytes(body, BODY_MAX_BYTES).await;
        let bytes = bytes.map_err(|_| Problem::TooLarge { max_bytes: BODY_MAX_BYTES })?;
        let digest = Sha256::of_parts(&[parts.method.as_str().as_bytes(), parts.uri.path().as_bytes(), &bytes]);
        Ok(Self { key: key.to_owned(), bytes, digest })
    }
}

impl Posted {
    /// The body as this route takes it. The refusal names keys and places, never what stands there.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_slice(&self.bytes).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            if !error.is_data() {
                return Problem::Unreadable { line, column };
            }
            let text = error.to_string();
            let names_a_key = ["missing field", "unknown field", "duplicate field"];
            let why = if names_a_key.iter().any(|start| text.starts_with(start)) {
                text
            } else {
                format!("the value at line {line}, column {column} has another type than the schema says")
            };
            Problem::BodyInvalid { why }
        })
    }
}

/// Lets `work` happen, or gives the answer it had before.
pub(crate) async fn once<W>(visit: Visit, door: Door, posted: &Posted, work: W) -> Result<Response, Problem>
where
    W: Future<Output = Result<Receipt, Problem>> + Send + 'static,
{
    let running = visit.api.begin(&visit.client.name, &posted.key).ok_or(Problem::RequestRunning)?;
    let request = ApiRequest {
        client: visit.client.name.clone(),
        key: posted.key.clone(),
        body: posted.digest,
        at: door.cell.now(),
    };
    let tasks = visit.api.tasks().clone();
    let span = tracing::Span::current();
    let task = async move {
        let answer = answered(&visit, &door, &request, work).await;
        drop(running);
        answer
    };
    let joined = tasks.spawn(tracing::Instrument::instrument(task, span)).await;
    joined.map_err(|error| Problem::Internal(Box::new(error)))?
}

async fn answered<W>(visit: &Visit, door: &Door, request: &ApiRequest, work: W) -> Result<Response, Problem>
where
    W: Future<Output = Result<Receipt, Problem>>,
{
    let ledger = door.cell.ledger();
    match ledger.begin_request(request).await? {
        ApiAnswer::Before { status, body } => return Ok(reply(status, body)),
        ApiAnswer::OtherBody => return Err(Problem::KeyReused),
        // This process is not on it, or `begin` had refused: whoever was has died, or works in another process on the
        // same input, which is consumed once.
        ApiAnswer::New | ApiAnswer::Running => {}
    }
    let (status, body) = match work.await {
        Ok(receipt) => (StatusCode::OK, serde_json::to_vec(&receipt).map_err(|_| unreadable())?),
        Err(problem) if problem.status().is_server_error() => {
            ledger.abandon_request(&request.client, &request.key).await?;
            return Err(problem);
        }
        Err(problem) => (problem.status(), problem.body(&visit.ids.request).to_string().into_bytes()),
    };
    ledger.finish_request(&request.client, &request.key, status.as_u16(), &body).await?;
    Ok(reply(status.as_u16(), body))
}

fn unreadable() -> Problem {
    CellError::Unreadable { what: "answer" }.into()
}

/// An answer as it was first given.
fn reply(status: u16, body: Vec<u8>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let media = if status.is_success() { "application/json" } else { problem::CONTENT_TYPE };
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static(media))], body).into_response()
}
