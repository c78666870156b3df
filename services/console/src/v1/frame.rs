//! What surrounds every route: ids in, headers and problems out, one log line.
//!
//! `X-Request-Id` and `traceparent` are taken when well formed, echoed, and kept: in the log line, and in the access chain
//! when personal data are read.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response as HttpResponse, header};
use axum::middleware::Next;
use axum::response::Response;
use portico_cell::Cell;
use portico_telemetry::{Traceparent, spans};
use tracing::Instrument as _;

use super::problem::{self, Problem};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

const REQUEST_ID_MAX: usize = 128;

/// On every answer: what is said here is for the caller alone and is no page.
const HEADERS: &[(HeaderName, &str)] = &[
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// By what a request is found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestIds {
    pub(crate) request: String,
    pub(crate) trace: Option<Traceparent>,
}

impl RequestIds {
    fn of(headers: &HeaderMap, home: &Cell) -> Self {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let request = text(REQUEST_ID).filter(|id| is_request_id(id)).map_or_else(
            || {
                let mut random = [0; 16];
                home.keys().entropy().fill(&mut random);
                format!("req_{:032x}", u128::from_be_bytes(random))
            },
            str::to_owned,
        );
        Self { request, trace: text(TRACEPARENT).and_then(|trace| Traceparent::parse(trace).ok()) }
    }

    /// As the access chain keeps it: the request's id, then the trace's.
    pub(crate) fn kept(&self) -> String {
        match &self.trace {
            Some(trace) => format!("{} {trace}", self.request),
            None => self.request.clone(),
        }
    }
}

/// Letters, digits and `-._:`: an id that reads the same in every log.
fn is_request_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b':');
    (1..=REQUEST_ID_MAX).contains(&text.len()) && text.bytes().all(plain)
}

pub(crate) async fn frame(State(home): State<Cell>, mut request: Request, next: Next) -> Response {
    let ids = RequestIds::of(request.headers(), &home);
    request.extensions_mut().insert(ids.clone());
    let span = spans::v1(&ids.request, ids.trace.as_ref());
    async move {
        let response = told(next.run(request).await, &ids);
        tracing::Span::current().record("status", response.status().as_u16());
        tracing::info!("answered");
        response
    }
    .instrument(span)
    .await
}

/// The answer with its headers, and its body if it is a problem.
fn told(response: Response, ids: &RequestIds) -> Response {
    let mut response = match response.extensions().get::<Arc<Problem>>().cloned() {
        Some(problem) => written(response, &problem, ids),
        None => response,
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in
        [(REQUEST_ID, Some(ids.request.as_str())), (TRACEPARENT, ids.trace.as_ref().map(Traceparent::as_str))]
    {
        // Both were checked to be visible ASCII, so they always make a header.
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
    response
}

fn written(response: Response, problem: &Problem, ids: &RequestIds) -> Response {
    if problem.status().is_server_error() {
        let cause = std::error::Error::source(problem).map(tracing::field::display);
        tracing::error!(problem = problem.kind().name(), cause, "could not answer");
    }
    let (mut parts, _) = response.into_parts();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(problem::CONTENT_TYPE));
    parts.headers.remove(header::CONTENT_LENGTH);
    HttpResponse::from_parts(parts, problem.body(&ids.request).to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_well_formed_ids_are_taken() {
        for (text, expected) in [("a-1.b_2:c", true), ("", false), ("with space", false), ("é", false)] {
            assert_eq!(is_request_id(text), expected, "{text}");
        }
        assert!(!is_request_id(&"a".repeat(REQUEST_ID_MAX + 1)));
    }
}
