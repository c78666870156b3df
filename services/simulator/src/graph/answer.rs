//! Refusals in Meta's shape (M: Error codes, 2026-09-11). A client must branch on `code`, never on the HTTP status or
//! the title; both are set as Meta's page gives them where it does.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A Graph error: `{"error": {message, type, code, error_data, fbtrace_id}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GraphError {
    pub code: u32,
    pub details: String,
}

impl GraphError {
    /// With the usual details of its code.
    pub(crate) fn of(code: u32) -> Self {
        Self { code, details: titles(code).1.to_owned() }
    }

    /// A value is there but not as it may be.
    pub(crate) fn value(details: impl Into<String>) -> Self {
        Self { code: 131_009, details: details.into() }
    }

    /// A value is missing.
    pub(crate) fn missing(what: &str) -> Self {
        Self { code: 131_008, details: format!("Parameter '{what}' is required") }
    }

    /// The object the path names is not there, or is not ours to see.
    pub(crate) fn no_object() -> Self {
        Self::of(33)
    }

    fn status(&self) -> StatusCode {
        match self.code {
            0 | 190 => StatusCode::UNAUTHORIZED,
            3 | 10 | 200..=299 | 131_005 => StatusCode::FORBIDDEN,
            1 | 2 | 131_000 | 131_016 => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

impl IntoResponse for GraphError {
    fn into_response(self) -> Response {
        // Meta answers an unknown object with code 100, subcode 33; the subcode is still seen in the wild.
        let (code, subcode) = if self.code == 33 { (100, Some(33)) } else { (self.code, None) };
        let mut error = json!({
            "message": format!("(#{code}) {}", titles(self.code).0),
            "type": "OAuthException",
            "code": code,
            "error_data": {"messaging_product": "whatsapp", "details": self.details},
            "fbtrace_id": "AStandInHasNoTrace",
        });
        if let (Some(subcode), Some(error)) = (subcode, error.as_object_mut()) {
            error.insert("error_subcode".into(), subcode.into());
        }
        (self.status(), Json(json!({"error": error}))).into_response()
    }
}

/// Title and details of a code.
pub(crate) const fn titles(code: u32) -> (&'static str, &'static str) {
    match code {
        1 => ("API Unknown", "Invalid request or possible server error."),
        2 => ("API Service", "Temporary due to downtime or due to being overloaded."),
        4 => ("API Too Many Calls", "The app has reached its API call rate limit."),
        33 => ("Unsupported request", "The object does not exist, or cannot be loaded with this token."),
        100 => ("Invalid parameter", "The request included one or more unsupported or misspelled parameters."),
        190 => ("Invalid OAuth access token", "The access token has expired or cannot be parsed."),
        2200 => ("Callback verification failed", "The endpoint did not answer 200 and the bare challenge."),
        80_007 => ("Rate limit issues", "The WhatsApp Business Account has reached its rate limit."),
        130_429 => ("Rate limit hit", "Cloud API message throughput has been reached."),
        131_000 => ("Something went wrong", "Message failed to send due to an unknown error."),
        131_005 => ("Access denied", "Permission is either not granted or has been removed."),
        131_008 => ("Required parameter is missing", "The request is missing a required parameter."),
        131_009 => ("Parameter value is not valid", "One or more parameter values are invalid."),
        131_016 => ("Service unavailable", "A service is temporarily unavailable."),
        131_026 => ("Message undeliverable", "Unable to deliver message: the number may not be on WhatsApp."),
        131_031 => ("Business Account locked", "The account has been restricted or disabled."),
        131_047 => ("Re-engagement message", "More than 24 hours have passed since the recipient last replied."),
        131_048 => ("Spam rate limit hit", "Too many previous messages were blocked or flagged as spam."),
        131_051 => ("Message type unknown", "Message type is currently not supported."),
        131_052 => ("Media download error", "Media file size too big. Max file size we currently support: 100 MB."),
        131_053 => ("Media upload error", "Unable to upload the media used in the message."),
        131_056 => ("Pair rate limit hit", "Too many messages from this number to the same recipient in a short time."),
        131_057 => ("Account in maintenance mode", "The business account is in maintenance mode."),
        131_062 => ("Business-scoped user id not supported", "This message needs a phone number."),
        132_001 => ("Template does not exist", "The template does not exist in this language or is not approved."),
        _ => ("Unknown error", "An error the stand-in has no text for."),
    }
}
