//! Style, modules and icon, served from memory: no folder to install, nothing from elsewhere.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use portico_vocab::Sha256;

use crate::error::Error;
use crate::security::text;

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

/// Name, type, content.
const ASSETS: &[(&str, &str, &str)] = &[
    ("console.css", CSS, include_str!("../assets/console.css")),
    ("keys.js", JS, include_str!("../assets/keys.js")),
    ("live.js", JS, include_str!("../assets/live.js")),
    ("portico.svg", "image/svg+xml", include_str!("../assets/portico.svg")),
    ("preview.js", JS, include_str!("../assets/preview.js")),
    ("viewer.js", JS, include_str!("../assets/viewer.js")),
];

/// `GET /console/assets/{name}`: kept by the browser, asked about each time by its digest.
pub(crate) async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Error> {
    let (_, kind, content) = ASSETS.iter().find(|(known, ..)| *known == name).ok_or(Error::NotFound)?;
    let tag = format!("\"{}\"", &Sha256::of(content.as_bytes()).to_hex()[..16]);
    let known = text(&headers, &header::IF_NONE_MATCH) == Some(tag.as_str());
    let about = [(header::CACHE_CONTROL, "no-cache".to_owned()), (header::ETAG, tag)];
    Ok(if known {
        (StatusCode::NOT_MODIFIED, about).into_response()
    } else {
        (about, [(header::CONTENT_TYPE, *kind)], *content).into_response()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_asset_points_outside_or_makes_code_from_text() {
        for (name, _, content) in ASSETS {
            for word in ["https://", "//cdn", "eval(", "innerHTML", "outerHTML", "document.write", "new Function"] {
                assert!(!content.contains(word), "{name} holds {word}");
            }
        }
    }
}
