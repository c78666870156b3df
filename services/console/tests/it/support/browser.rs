//! A browser without a screen: keeps cookies, fills in the forms a page holds, and says where it ended up.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use tower::ServiceExt as _;

pub const ORIGIN: &str = "http://127.0.0.1:8080";

pub struct Browser {
    router: Router,
    pub cookies: Vec<(String, String)>,
}

/// An answer, read whole.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Page {
    pub fn html(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn location(&self) -> &str {
        self.headers[header::LOCATION].to_str().unwrap()
    }

    /// The value of the first hidden field of this name.
    pub fn field(&self, name: &str) -> String {
        let start = self.html().find(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no field {name}"));
        self.html()[start..].split('"').nth(3).unwrap().to_owned()
    }
}

impl Browser {
    pub fn new(router: Router) -> Self {
        Self { router, cookies: Vec::new() }
    }

    pub async fn signed_in(router: Router, reviewer: &str) -> Self {
        let mut browser = Self::new(router);
        let page = browser.post("/console/sign-in", &[("reviewer", reviewer)]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        browser
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// As a page of ours posts.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = Request::post(path).header(header::ORIGIN, ORIGIN).header("sec-fetch-site", "same-origin");
        self.send(request.header(header::CONTENT_TYPE, FORM).body(Body::from(encode(fields))).unwrap()).await
    }

    pub async fn send(&mut self, mut request: Request<Body>) -> Page {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers = request.headers_mut();
        headers.insert(header::HOST, "127.0.0.1:8080".parse().unwrap());
        if !cookies.is_empty() {
            headers.insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Page { status: parts.status, headers: parts.headers, body }
    }

    fn keep(&mut self, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        self.cookies.retain(|(known, _)| known != name);
        if !attributes.contains("Max-Age=0") {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }
}

pub const FORM: &str = "application/x-www-form-urlencoded";

fn encode(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        let byte = |b: u8| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        };
        text.bytes().map(byte).collect()
    };
    fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&")
}
