//! Everything that can go wrong, as the caller reads it: one closed list, in the form of RFC 9457.
//!
//! A handler returns a [`Problem`]; the frame around all routes gives it its `instance`, the opaque id that finds the log
//! line. *Invariant:* no text here holds what the caller or an applicant wrote, and a cause inside Portico goes to the log
//! alone.

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use portico_case::Objection;
use portico_cell::CellError;
use portico_ledger::LedgerError;
use portico_vocab::{Class, CountryCode};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::client::Scope;

/// The media type of every body here.
pub(crate) const CONTENT_TYPE: &str = "application/problem+json";

/// Stands before each name in `type`.
const BASE: &str = "https://portico.example/problems/";

macro_rules! kinds {
    ($($variant:ident, $name:literal, $status:ident, $title:literal, $mend:literal;)*) => {
        /// The names of problems. Only added to, never renamed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Kind { $($variant,)* }

        impl Kind {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)* }
            }

            const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            const fn mend(self) -> &'static str {
                match self { $(Self::$variant => $mend,)* }
            }
        }
    };
}

kinds! {
    Unauthenticated, "unauthenticated", UNAUTHORIZED, "No valid token",
        "Send `Authorization: Bearer <token>` with a token that is in force.";
    MissingScope, "missing_scope", FORBIDDEN, "The client lacks a scope",
        "Give the client the scope named in `scope`, or ask another route.";
    NotFound, "not_found", NOT_FOUND, "There is no such thing, or not for this client",
        "Check the id and the country; what a client may not see does not exist for it.";
    MethodNotAllowed, "method_not_allowed", METHOD_NOT_ALLOWED, "The route has no such method",
        "Use a method of the `Allow` header.";
    NotAcceptable, "not_acceptable", NOT_ACCEPTABLE, "The route cannot answer in the form asked for",
        "Accept the media type named in `offers`.";
    Erased, "erased", GONE, "The personal data of this case have been erased",
        "Nothing to mend: the case's history still proves what happened.";
    CaseEnded, "case_ended", CONFLICT, "The case has ended",
        "Read the case: a final decision is never changed.";
    WrongStage, "wrong_stage", CONFLICT, "The case is in another stage",
        "Read the case and try again once its `stage` allows this.";
    StaleDossier, "stale_dossier", CONFLICT, "The case has changed since it was read",
        "Read the case again, decide on what it shows now, and send its `dossier`.";
    RequestRunning, "request_running", CONFLICT, "A request with this Idempotency-Key is still running",
        "Wait a moment and send the same request again.";
    TooLarge, "too_large", PAYLOAD_TOO_LARGE, "The body is too large",
        "Send at most `max_bytes` bytes.";
    NotJson, "not_json", UNSUPPORTED_MEDIA_TYPE, "The body is not declared as JSON",
        "Send `Content-Type: application/json`.";
    Unreadable, "unreadable", BAD_REQUEST, "The body is not JSON",
        "Mend the JSON at `line` and `column`.";
    KeyMissing, "idempotency_key_missing", BAD_REQUEST, "The Idempotency-Key is missing or malformed",
        "Send `Idempotency-Key`: 1 to 200 visible ASCII characters, new for each thing that is to happen once.";
    KeyReused, "idempotency_key_reused", UNPROCESSABLE_ENTITY, "The Idempotency-Key was used for another request",
        "Use a new key for another body or route.";
    BodyInvalid, "body_invalid", UNPROCESSABLE_ENTITY, "The body has another form than this route takes",
        "Compare it with the schema in /v1/openapi.json.";
    FieldInvalid, "field_invalid", UNPROCESSABLE_ENTITY, "A field is not as expected",
        "Mend the field named in `field`.";
    QueryInvalid, "query_invalid", UNPROCESSABLE_ENTITY, "A query parameter is not as expected",
        "Mend the parameter named in `parameter`.";
    CountryNeeded, "country_needed", UNPROCESSABLE_ENTITY, "The list needs a country",
        "Add `country=` with one of `countries`.";
    DecisionRefused, "decision_refused", UNPROCESSABLE_ENTITY, "The decision may not be made like this",
        "Mend each of `objections`; attest checks that were unavailable.";
    Unavailable, "unavailable", SERVICE_UNAVAILABLE, "Portico cannot answer just now",
        "Send the same request again, with the same Idempotency-Key; it happens once at most.";
    Internal, "internal", INTERNAL_SERVER_ERROR, "Something went wrong inside Portico",
        "Tell the people who run Portico the `instance`.";
}

/// One thing that went wrong. `Display` is the `detail`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("the request bears no token, or none that is in force")]
    Unauthenticated,
    #[error("this needs the scope {}", scope.as_str())]
    MissingScope { scope: Scope },
    #[error("there is nothing here for this client")]
    NotFound,
    #[error("this route exists, but not with this method")]
    MethodNotAllowed,
    #[error("this route answers with {offers}")]
    NotAcceptable { offers: &'static str },
    #[error("the key of this case has been destroyed, and with it everything personal")]
    Erased,
    #[error("the case has ended: a final decision is never changed")]
    CaseEnded,
    #[error("{why}")]
    WrongStage { why: &'static str },
    #[error("the dossier named is not the one the case has now")]
    StaleDossier,
    #[error("the first request with this key has not been answered yet")]
    RequestRunning,
    #[error("the body is larger than {max_bytes} bytes")]
    TooLarge { max_bytes: usize },
    #[error("the body must be application/json")]
    NotJson,
    #[error("the body stops being JSON at line {line}, column {column}")]
    Unreadable { line: usize, column: usize },
    #[error("every POST needs an Idempotency-Key of 1 to 200 visible ASCII characters")]
    KeyMissing,
    #[error("this key came with another body or route before")]
    KeyReused,
    #[error("{why}")]
    BodyInvalid { why: String },
    #[error("{field}: expected {expected}")]
    FieldInvalid { field: String, expected: String },
    #[error("{parameter}: expected {expected}")]
    QueryInvalid { parameter: &'static str, expected: String },
    #[error("this client works with several countries: say which one")]
    CountryNeeded { countries: Vec<CountryCode> },
    #[error("{}", texts(objections))]
    DecisionRefused { objections: Vec<Objection> },
    #[error("the cell's records cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the cell could not do this")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

fn texts(objections: &[Objection]) -> String {
    objections.iter().map(|objection| objection.text.as_str()).collect::<Vec<_>>().join("; ")
}

impl Problem {
    pub(crate) const fn kind(&self) -> Kind {
        match self {
            Self::Unauthenticated => Kind::Unauthenticated,
            Self::MissingScope { .. } => Kind::MissingScope,
            Self::NotFound => Kind::NotFound,
            Self::MethodNotAllowed => Kind::MethodNotAllowed,
            Self::NotAcceptable { .. } => Kind::NotAcceptable,
            Self::Erased => Kind::Erased,
            Self::CaseEnded => Kind::CaseEnded,
            Self::WrongStage { .. } => Kind::WrongStage,
            Self::StaleDossier => Kind::StaleDossier,
            Self::RequestRunning => Kind::RequestRunning,
            Self::TooLarge { .. } => Kind::TooLarge,
            Self::NotJson => Kind::NotJson,
            Self::Unreadable { .. } => Kind::Unreadable,
            Self::KeyMissing => Kind::KeyMissing,
            Self::KeyReused => Kind::KeyReused,
            Self::BodyInvalid { .. } => Kind::BodyInvalid,
            Self::FieldInvalid { .. } => Kind::FieldInvalid,
            Self::QueryInvalid { .. } => Kind::QueryInvalid,
            Self::CountryNeeded { .. } => Kind::CountryNeeded,
            Self::DecisionRefused { .. } => Kind::DecisionRefused,
            Self::Unavailable(_) => Kind::Unavailable,
            Self::Internal(_) => Kind::Internal,
        }
    }

    pub(crate) const fn status(&self) -> StatusCode {
        self.kind().status()
    }

    /// The members of RFC 9457, section 3.1, and this kind's own.
    pub(crate) fn body(&self, request_id: &str) -> Value {
        let kind = self.kind();
        let mut body = json!({
            "type": format!("{BASE}{}", kind.name()),
            "title": kind.title(),
            "status": kind.status().as_u16(),
            "detail": self.to_string(),
            "instance": format!("urn:portico:request:{request_id}"),
        });
        let own = match self {
            Self::MissingScope { scope } => json!({ "scope": scope }),
            Self::NotAcceptable { offers } => json!({ "offers": offers }),
            Self::TooLarge { max_bytes } => json!({ "max_bytes": max_bytes }),
            Self::Unreadable { line, column } => json!({ "line": line, "column": column }),
            Self::FieldInvalid { field, .. } => json!({ "field": field }),
            Self::QueryInvalid { parameter, .. } => json!({ "parameter": parameter }),
            Self::CountryNeeded { countries } => json!({ "countries": countries }),
            Self::DecisionRefused { objections } => json!({ "objections": objections }),
            _ => json!({}),
        };
        if let (Value::Object(body), Value::Object(own)) = (&mut body, own) {
            body.extend(own);
        }
        body
    }

    /// A header the status asks for.
    pub(crate) const fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::Unauthenticated => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Self::Unavailable(_) | Self::RequestRunning => Some((header::RETRY_AFTER, HeaderValue::from_static("1"))),
            _ => None,
        }
    }

    fn of_class(class: Class, error: impl std::error::Error + Send + Sync + 'static) -> Self {
        if class == Class::Transient { Self::Unavailable(Box::new(error)) } else { Self::Internal(Box::new(error)) }
    }
}

impl From<CellError> for Problem {
    fn from(error: CellError) -> Self {
        match error {
            CellError::NotFound | CellError::NoPicture => Self::NotFound,
            CellError::Shredded => Self::Erased,
            other => Self::of_class(other.class(), other),
        }
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        Self::of_class(error.class(), error)
    }
}

impl IntoResponse for Problem {
    /// Without a body: the frame, which knows the request's id, writes it.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.headers_mut().extend(self.header());
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// One kind of problem, for `/v1/problems`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ProblemKind")]
pub(crate) struct KindView {
    /// Stable: compare this, not the texts.
    r#type: String,
    title: &'static str,
    status: u16,
    /// What to do about it.
    mend: &'static str,
}

impl From<Kind> for KindView {
    fn from(kind: Kind) -> Self {
        Self {
            r#type: format!("{BASE}{}", kind.name()),
            title: kind.title(),
            status: kind.status().as_u16(),
            mend: kind.mend(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use portico_case::Why;

    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        let names: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), Kind::ALL.len());
        assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')));
    }

    #[test]
    fn a_refused_decision_names_all_that_is_missing() {
        let objection =
            |text: &str| Objection { why: Why::ChecksMissing, text: text.to_owned(), check: None, slot: None };
        let problem = Problem::DecisionRefused { objections: vec![objection("first"), objection("second")] };
        let body = problem.body("req-1");
        assert_eq!(body["status"], 422);
        assert_eq!(body["detail"], "first; second");
        assert_eq!(body["objections"][1]["text"], "second");
        assert_eq!(body["instance"], "urn:portico:request:req-1");
    }

    #[test]
    fn a_cause_inside_stays_inside() {
        let problem = Problem::from(LedgerError::Unavailable("password=hunter2".into()));
        assert_eq!(problem.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(!problem.body("r").to_string().contains("hunter2"));
    }
}
