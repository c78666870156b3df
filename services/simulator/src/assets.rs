//! Style sheets, modules and the canned voice note, carried inside the binary.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

macro_rules! asset {
    ($name:literal, $mime:literal) => {
        ($name, $mime, include_bytes!(concat!("../assets/", $name)))
    };
}

const ASSETS: &[(&str, &str, &[u8])] = &[
    asset!("tokens.css", "text/css; charset=utf-8"),
    asset!("front.css", "text/css; charset=utf-8"),
    asset!("front.js", "text/javascript; charset=utf-8"),
    asset!("inbox.css", "text/css; charset=utf-8"),
    asset!("inbox.js", "text/javascript; charset=utf-8"),
    asset!("page.js", "text/javascript; charset=utf-8"),
    asset!("phone.css", "text/css; charset=utf-8"),
    asset!("phone.js", "text/javascript; charset=utf-8"),
    asset!("phone-bubble.js", "text/javascript; charset=utf-8"),
    asset!("phone-compose.js", "text/javascript; charset=utf-8"),
    asset!("phone-people.js", "text/javascript; charset=utf-8"),
    asset!("mark.svg", "image/svg+xml"),
];

/// A second of silence in Opus: what a voice note is, where a photo belongs.
pub(crate) const VOICE_NOTE: &[u8] = include_bytes!("../assets/voice.ogg");

pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    match ASSETS.iter().find(|(known, ..)| *known == name) {
        Some((_, mime, bytes)) => {
            ([(header::CONTENT_TYPE, *mime), (header::CACHE_CONTROL, "no-cache")], *bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
