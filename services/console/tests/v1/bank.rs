//! Account systems with their tokens, and a case to ask about.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use portico_console::v1::{ApiClient, ApiConfig, Scope, router};
use portico_vocab::{CaseId, CountryCode, Sha256};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::support::Office;

/// Holds every scope, in India.
pub const CORE: &str = "core-banking";
/// Holds every scope, in Brazil.
pub const BRAZIL: &str = "brazil";
/// Holds every scope, in both.
pub const GROUP: &str = "group";
/// May read cases in India and nothing else.
pub const READER: &str = "reader";
/// Holds no scope, in India.
pub const BARE: &str = "bare";
/// Everything but `reasons:silent`, in both.
pub const PLAIN: &str = "plain";

pub struct Bank {
    pub office: Office,
    router: Router,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    /// The last part of a problem's `type`.
    pub fn problem(&self) -> (u16, String) {
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let body = self.json();
        assert_eq!(body["status"], self.status.as_u16());
        let kind = body["type"].as_str().unwrap().rsplit('/').next().unwrap();
        (self.status.as_u16(), kind.to_owned())
    }
}

/// A request in the making.
pub struct Ask {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

pub fn get(path: impl Into<String>) -> Ask {
    Ask { method: "GET", path: path.into(), headers: Vec::new(), body: Vec::new() }
}

/// A POST under a key.
pub fn post(path: impl Into<String>, key: &str, body: &Value) -> Ask {
    Ask { method: "POST", path: path.into(), headers: Vec::new(), body: body.to_string().into_bytes() }
        .with("content-type", "application/json")
        .with("idempotency-key", key)
}

impl Ask {
    pub fn by(self, name: &str) -> Self {
        self.with("authorization", &format!("Bearer {}", token(name)))
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self
    }

    pub fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    pub fn body(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self
    }
}

fn token(name: &str) -> String {
    format!("token-of-{name}")
}

fn client(name: &str, cells: &[&str], scopes: &[Scope]) -> ApiClient {
    ApiClient {
        name: name.to_owned(),
        cells: cells.iter().map(|code| CountryCode::parse(code).unwrap()).collect(),
        scopes: scopes.to_vec(),
        token_hashes: vec![Sha256::of(token(name).as_bytes())],
    }
}

impl Bank {
    pub async fn open() -> Self {
        let office = Office::open(&["IN", "BR"]).await;
        let plain: Vec<Scope> = Scope::ALL.iter().copied().filter(|scope| *scope != Scope::ReasonsSilent).collect();
        let clients = vec![
            client(CORE, &["IN"], Scope::ALL),
            client(BRAZIL, &["BR"], Scope::ALL),
            client(GROUP, &["IN", "BR"], Scope::ALL),
            client(READER, &["IN"], &[Scope::CaseRead]),
            client(BARE, &["IN"], &[]),
            client(PLAIN, &["IN", "BR"], &plain),
        ];
        let config = ApiConfig { clients, webhook_public_keys: vec!["whpk_example".to_owned()] };
        let router = router(office.cells.clone(), config);
        Self { office, router }
    }

    pub async fn ask(&self, ask: Ask) -> Answer {
        let mut request = Request::builder().method(ask.method).uri(&ask.path);
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(ask.body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    /// How often a case has been looked at, and by whom for what.
    pub async fn accesses(&self, code: &str, id: CaseId) -> Vec<Value> {
        let links = self.office.cell(code).ledger().accesses(id).await.unwrap();
        links.iter().map(|link| serde_json::from_str(&link.body).unwrap()).collect()
    }

    /// Kind, actor and outcome of each entry.
    pub async fn entries(&self, code: &str, id: CaseId) -> Vec<(String, String, String)> {
        let entries = self.office.cell(code).ledger().entries(id, 0, u32::MAX).await.unwrap();
        entries.into_iter().map(|entry| (entry.kind, entry.actor, entry.outcome)).collect()
    }

    /// An approval that attests all that was unavailable.
    pub async fn approval(&self, code: &str, id: CaseId, outcome: &str) -> Value {
        let case = self.ask(get(format!("/v1/cases/{id}")).by(GROUP)).await.json();
        let unavailable = case["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["result"] == "unavailable" && finding["required"] == true);
        let attest: Vec<Value> = unavailable
            .map(|finding| json!({ "check": finding["check"], "reason": "checked by hand at the branch" }))
            .collect();
        assert!(!attest.is_empty(), "{code}: this build has checks nobody makes");
        json!({
            "outcome": outcome,
            "reasons": ["identity_confirmed"],
            "officer": { "id": "e.1234", "role": "kyc_officer" },
            "note": "seen in person",
            "attest": attest,
            "dossier": case["dossier"],
        })
    }
}
