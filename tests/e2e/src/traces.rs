//! A receiver of traces (OTLP over HTTP), so that a story can follow one webhook and prove that it tells nobody's number.
//!
//! One for the whole process, as the log is, on a thread of its own: stories come and go with their runtimes.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use portico_keys::SystemEntropy;
use portico_telemetry::{TraceConfig, TraceSender, Traces};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// One span as it was sent.
#[derive(Debug, Clone)]
pub struct Span {
    pub trace: String,
    pub id: String,
    /// `None` of the first of its trace.
    pub parent: Option<String>,
    pub name: String,
}

/// Everything that was sent, as it came.
static BODIES: OnceLock<Arc<Mutex<Vec<String>>>> = OnceLock::new();

/// Starts the receiver and gives what makes traces of this process' spans.
pub(crate) fn start() -> Result<Traces> {
    let bodies = Arc::clone(BODIES.get_or_init(Arc::default));
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let config = TraceConfig { endpoint: format!("http://{}", listener.local_addr()?), sample_ratio: 1.0 };
    let (traces, sender) = Traces::new(&config, Arc::new(SystemEntropy))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new()
        .name("traces".to_owned())
        .spawn(move || runtime.block_on(receive(listener, sender, bodies)))?;
    Ok(traces)
}

async fn receive(listener: std::net::TcpListener, sender: TraceSender, bodies: Arc<Mutex<Vec<String>>>) -> Result<()> {
    let router = Router::new().route("/v1/traces", post(take)).with_state(bodies);
    let listener = TcpListener::from_std(listener)?;
    let serve = async { axum::serve(listener, router).await };
    let (served, ()) = tokio::join!(serve, sender.run(CancellationToken::new()));
    Ok(served?)
}

async fn take(State(bodies): State<Arc<Mutex<Vec<String>>>>, body: String) {
    bodies.lock().unwrap_or_else(PoisonError::into_inner).push(body);
}

fn bodies() -> Vec<String> {
    BODIES.get().map(|bodies| bodies.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default()
}

/// Every span of one trace that has been sent so far.
///
/// # Errors
/// When what was sent is no OTLP.
pub fn spans_of(trace: &str) -> Result<Vec<Span>> {
    let mut found = Vec::new();
    for body in bodies() {
        let body: Value = serde_json::from_str(&body).context("a body that is no JSON")?;
        let spans = body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().context("spans")?;
        for span in spans.iter().filter(|span| span["traceId"] == trace) {
            let text = |key: &str| span[key].as_str().map(str::to_owned);
            found.push(Span {
                trace: trace.to_owned(),
                id: text("spanId").context("an id")?,
                parent: text("parentSpanId"),
                name: text("name").context("a name")?,
            });
        }
    }
    Ok(found)
}

/// Whether anything that was sent so far holds `text`.
#[must_use]
pub fn sent(text: &str) -> bool {
    bodies().iter().any(|body| body.contains(text))
}
