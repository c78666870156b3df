//! The bank's own endpoint for events: it keeps every delivery as it came, byte for byte, so that somebody else's code
//! can say whether the signature holds.

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use portico_vocab::CaseId;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::until;

/// Names the Python that has the package `standardwebhooks`; `cargo xtask test` installs it and sets this.
const VERIFIER: &str = "PORTICO_TEST_STANDARDWEBHOOKS";

/// One attempt, as it came and as it was answered.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub id: String,
    pub timestamp: String,
    pub signature: String,
    /// W3C `traceparent`, when the request carried one.
    pub trace: Option<String>,
    pub body: Vec<u8>,
    pub answered: u16,
}

#[derive(Default)]
struct Desk {
    deliveries: Vec<Delivery>,
    answer: Option<StatusCode>,
}

type Shared = Arc<Mutex<Desk>>;

/// A listening endpoint.
pub struct Subscriber {
    url: String,
    desk: Shared,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Subscriber {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}/events", listener.local_addr()?);
        let desk = Shared::default();
        let router = Router::new().route("/events", post(take)).with_state(Arc::clone(&desk));
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let told = stop.clone().cancelled_owned();
        tasks.spawn(async move { axum::serve(listener, router).with_graceful_shutdown(told).await });
        tasks.close();
        Ok(Self { url, desk, stop, tasks })
    }

    pub(crate) async fn stop(&self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Answers everything with this from now on; 200 at first.
    pub fn answers(&self, status: u16) {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner).answer = StatusCode::from_u16(status).ok();
    }

    /// Every attempt so far, oldest first.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner).deliveries.clone()
    }

    /// Every attempt at an event of this type and case.
    #[must_use]
    pub fn deliveries_of(&self, kind: &str, case: CaseId) -> Vec<Delivery> {
        let case = case.to_string();
        let of = |delivery: &Delivery| {
            delivery.event().is_ok_and(|event| event["type"] == kind && event["data"]["case_id"] == case.as_str())
        };
        self.deliveries().into_iter().filter(of).collect()
    }

    /// Waits for an event of this type and case that was taken.
    ///
    /// # Errors
    /// When none comes.
    pub async fn receives(&self, kind: &str, case: CaseId) -> Result<Delivery> {
        until(&format!("{kind} arrives"), async || {
            Ok(self.deliveries_of(kind, case).into_iter().find(|delivery| delivery.answered == 200))
        })
        .await
    }
}

async fn take(State(desk): State<Shared>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
    let answer = desk.answer.unwrap_or(StatusCode::OK);
    desk.deliveries.push(Delivery {
        id: text("webhook-id"),
        timestamp: text("webhook-timestamp"),
        signature: text("webhook-signature"),
        trace: headers.get("traceparent").and_then(|value| value.to_str().ok()).map(str::to_owned),
        body: body.to_vec(),
        answered: answer.as_u16(),
    });
    answer
}

impl Delivery {
    /// The CloudEvent.
    ///
    /// # Errors
    /// When the body is no JSON.
    pub fn event(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).context("an event that is no JSON")
    }

    /// Has the reference client of Standard Webhooks verify it; gives the event as that client read it.
    ///
    /// # Errors
    /// When it refuses, or when not run by `cargo xtask test`.
    pub async fn verified_elsewhere(&self, secret: &str) -> Result<Value> {
        let python =
            std::env::var_os(VERIFIER).with_context(|| format!("{VERIFIER} is not set: run `cargo xtask test`"))?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("verifier/verify_event.py");
        let request = json!({
            "secret": secret,
            "headers": {
                "webhook-id": self.id,
                "webhook-timestamp": self.timestamp,
                "webhook-signature": self.signature,
            },
            "body": std::str::from_utf8(&self.body)?,
        });
        let mut verifier =
            Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let mut stdin = verifier.stdin.take().context("the verifier has no input")?;
        stdin.write_all(request.to_string().as_bytes()).await?;
        drop(stdin);
        let output = verifier.wait_with_output().await?;
        ensure!(output.status.success(), "the reference client refuses the event");
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}
