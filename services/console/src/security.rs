//! What every answer carries and every form must show.
//!
//! Nothing is inline, so the policy needs no nonces; dynamic style goes through CSSOM properties. *Invariant:* no answer
//! of the console leaves without these headers, and no form is read that another site could have sent.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::desk::Desk;
use crate::error::Error;

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                   font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
                   require-trusted-types-for 'script'; report-to csp";

/// Of a picture: even opened by itself it can do nothing.
pub(crate) const PICTURE_CSP: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

const HEADERS: &[(&str, &str)] = &[
    ("cache-control", "no-store"),
    ("content-security-policy", CSP),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("referrer-policy", "no-referrer"),
    ("reporting-endpoints", "csp=\"/console/reports\""),
    ("x-content-type-options", "nosniff"),
];

/// Adds the headers an answer does not set itself.
pub(crate) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        let (name, value) = (HeaderName::from_static(name), HeaderValue::from_static(value));
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

/// Refuses forms of other sites, and on loopback any host name that is not ours (DNS rebinding).
pub(crate) async fn own_pages_only(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let public_url = desk.config().public_url.as_deref();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let host_ok = public_url.is_some() || is_loopback_name(text(headers, &header::HOST).unwrap_or_default());
    if !host_ok || !(reads || is_same_origin(headers, public_url)) {
        return Error::WrongOrigin.into_response();
    }
    next.run(request).await
}

/// Browsers say where a form came from in two ways. Under `Referrer-Policy: no-referrer` the `Origin` of our own forms
/// is `null` (Fetch standard, "append a request Origin header"), so then `Sec-Fetch-Site` must speak. A client that says
/// neither is no browser, and has no cookie that another site could ride on; the session token is asked for in any case.
fn is_same_origin(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let site = text(headers, &HeaderName::from_static("sec-fetch-site"));
    let site_ok = site.is_none_or(|site| site == "same-origin");
    site_ok
        && match text(headers, &header::ORIGIN) {
            None => true,
            Some("null") => site.is_some(),
            Some(origin) => match (public_url, text(headers, &header::HOST)) {
                (Some(url), _) => origin == url.trim_end_matches('/'),
                (None, Some(host)) => origin.strip_prefix("http://") == Some(host),
                (None, None) => false,
            },
        }
}

/// `localhost`, `127.0.0.1` or `[::1]`, with or without a port.
fn is_loopback_name(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn only_our_own_forms_pass() {
        let url = Some("https://kyc.bank.example");
        for (expected, public_url, pairs) in [
            (true, None, &[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:8080")][..]),
            (true, None, &[("host", "127.0.0.1:8080"), ("origin", "null"), ("sec-fetch-site", "same-origin")]),
            (true, None, &[("host", "127.0.0.1:8080")]),
            (true, url, &[("origin", "https://kyc.bank.example"), ("sec-fetch-site", "same-origin")]),
            (false, url, &[("host", "kyc.bank.example"), ("origin", "http://kyc.bank.example")]),
            (false, None, &[("host", "127.0.0.1:8080"), ("origin", "null")]),
            (false, None, &[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:9999")]),
            (false, None, &[("host", "127.0.0.1:8080"), ("sec-fetch-site", "cross-site")]),
            (false, None, &[("host", "127.0.0.1:8080"), ("sec-fetch-site", "same-site")]),
            (false, None, &[("origin", "http://127.0.0.1:8080")]),
        ] {
            assert_eq!(is_same_origin(&headers(pairs), public_url), expected, "{pairs:?}");
        }
    }

    #[test]
    fn a_name_that_points_at_loopback_is_not_a_loopback_name() {
        for (host, expected) in [
            ("localhost", true),
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("rebind.example:8080", false),
            ("localhost.evil.example", false),
            ("", false),
        ] {
            assert_eq!(is_loopback_name(host), expected, "{host}");
        }
    }
}
