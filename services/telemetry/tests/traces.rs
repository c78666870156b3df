//! What leaves as a trace, seen by a receiver of OTLP over HTTP: the closed list, and nothing else.

use std::error::Error;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use portico_keys::SystemEntropy;
use portico_ledger::Queue;
use portico_telemetry::{TraceConfig, Traceparent, Traces, spans};
use portico_vocab::{CaseId, CellId, CountryCode};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::layer::SubscriberExt as _;

type Bodies = Arc<Mutex<Vec<Value>>>;

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

async fn take(State(bodies): State<Bodies>, Json(body): Json<Value>) -> StatusCode {
    bodies.lock().unwrap_or_else(PoisonError::into_inner).push(body);
    StatusCode::OK
}

/// The spans that are sent of what `work` does.
async fn sent(sample_ratio: f64, work: impl FnOnce()) -> Result<Vec<Value>, Box<dyn Error>> {
    let bodies = Bodies::default();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let router = Router::new().route("/v1/traces", post(take)).with_state(bodies.clone());
    let mut server = JoinSet::new();
    server.spawn(async move { axum::serve(listener, router).await });
    let (traces, sender) = Traces::new(&TraceConfig { endpoint, sample_ratio }, Arc::new(SystemEntropy))?;
    tracing::subscriber::with_default(tracing_subscriber::registry().with(traces.layer()), work);
    let over = CancellationToken::new();
    over.cancel();
    sender.run(over).await;
    let bodies = bodies.lock().unwrap_or_else(PoisonError::into_inner);
    let spans = bodies.iter().filter_map(|body| body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array());
    Ok(spans.flatten().cloned().collect())
}

fn cell() -> Option<CellId> {
    CountryCode::parse("BR").ok().map(CellId::of)
}

fn keys(span: &Value) -> Vec<&str> {
    span["attributes"].as_array().into_iter().flatten().filter_map(|attribute| attribute["key"].as_str()).collect()
}

#[tokio::test]
async fn a_job_goes_on_where_its_parent_was_and_names_what_it_is_about() {
    let case = CaseId::from_bytes([7; 16]);
    let spans = sent(1.0, || {
        let span = spans::job(cell().unwrap(), Queue::Read, case, 2, Some(PARENT));
        span.record("outcome", "done");
        let own = span.in_scope(|| Traceparent::current().unwrap());
        assert_eq!(own.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
    })
    .await
    .unwrap();
    let [span] = &spans[..] else { panic!("{spans:#?}") };
    assert_eq!((&span["name"], &span["traceId"]), (&"read".into(), &"4bf92f3577b34da6a3ce929d0e0e4736".into()));
    assert_eq!(span["parentSpanId"], "00f067aa0ba902b7");
    assert_eq!(keys(span), ["cell", "case", "tries", "outcome"]);
    let value = |place: usize| &span["attributes"][place]["value"];
    assert_eq!((&value(0)["stringValue"], &value(2)["intValue"]), (&"BR".into(), &"2".into()));
    assert_eq!(value(1)["stringValue"], case.to_string());
}

#[tokio::test]
async fn what_is_not_on_the_list_is_not_sent() {
    let spans = sent(1.0, || {
        let library = tracing::error_span!("request", uri = "/canary");
        let _inside = library.enter();
        let careless = tracing::error_span!("webhook", answer = "accepted", wamid = "canary");
        let _inside = careless.enter();
        tracing::error!(text = "canary", "canary");
    })
    .await
    .unwrap();
    let [span] = &spans[..] else { panic!("{spans:#?}") };
    assert_eq!((&span["name"], keys(span)), (&"webhook".into(), vec!["answer"]));
    assert!(!span.to_string().contains("canary"), "{span}");
}

#[tokio::test]
async fn a_webhook_begins_a_trace_of_its_own_and_the_ratio_decides_whether_it_is_kept() {
    let spans = sent(1.0, || {
        let outer = spans::sort(cell().unwrap(), Some(PARENT));
        outer.in_scope(|| drop(spans::webhook()));
    })
    .await
    .unwrap();
    let webhook = spans.iter().find(|span| span["name"] == "webhook").unwrap();
    assert!(webhook["parentSpanId"].is_null() && webhook["traceId"] != "4bf92f3577b34da6a3ce929d0e0e4736", "{webhook}");

    let begun_here = || drop(spans::webhook());
    assert_eq!(sent(0.0, begun_here).await.unwrap(), [] as [Value; 0]);
    let begun_elsewhere = || drop(spans::sort(cell().unwrap(), Some(PARENT)));
    assert_eq!(sent(0.0, begun_elsewhere).await.unwrap().len(), 1, "whoever began it has decided");
}

#[tokio::test]
async fn a_receiver_that_is_not_there_keeps_nobody_waiting() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (traces, sender) = Traces::new(&TraceConfig { endpoint, sample_ratio: 1.0 }, Arc::new(SystemEntropy)).unwrap();
    tracing::subscriber::with_default(tracing_subscriber::registry().with(traces.layer()), || {
        // More than the queue holds: what does not fit is dropped, and nobody waits.
        for _ in 0..5_000 {
            drop(spans::webhook());
        }
    });
    let over = CancellationToken::new();
    over.cancel();
    sender.run(over).await;
}
