//! Traces: the layer that makes them of our spans, and the task that sends them.
//!
//! Nothing waits for a trace. A span that ended goes into a bounded queue; a supervised task sends what has gathered once
//! a second. When the receiver is down, or too much is waiting, spans are dropped and counted, and the work goes on.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::trace::{SpanId, TraceId, TracerProvider as _};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{IdGenerator, Sampler, SdkTracerProvider, Span, SpanData, SpanProcessor};
use portico_keys::Entropy;
use reqwest::{Client, Url, header, redirect};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use crate::spans::SPANS;
use crate::{TelemetryError, otlp};

const WAITING_MAX: usize = 4_096;
const BATCH_MAX: usize = 512;
/// How long the first span of a batch waits for company.
const LINGER: Duration = Duration::from_secs(1);
const TIMEOUT: Duration = Duration::from_secs(5);

/// `[telemetry]`, as the sender needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceConfig {
    /// Base address of an OTLP/HTTP receiver, such as `https://otel.bank.example:4318`; `/v1/traces` is added. Plain
    /// http on loopback only.
    pub endpoint: String,
    /// Which part of the traces that begin here is kept, 0 to 1.
    pub sample_ratio: f64,
}

impl TraceConfig {
    /// # Errors
    /// When the endpoint or the ratio is not one; names the key.
    pub fn check(&self) -> Result<(), TelemetryError> {
        endpoint(&self.endpoint)?;
        if (0.0..=1.0).contains(&self.sample_ratio) {
            return Ok(());
        }
        Err(TelemetryError::Config { key: "telemetry.sample_ratio", expected: "a number from 0 to 1" })
    }
}

/// How spans become traces.
pub struct Traces {
    provider: SdkTracerProvider,
}

/// Sends what [`Traces`] makes.
#[must_use = "traces are sent only while the sender runs"]
pub struct TraceSender {
    spans: mpsc::Receiver<SpanData>,
    http: Client,
    url: Url,
    dropped: Arc<AtomicU64>,
}

impl Traces {
    /// # Errors
    /// When the endpoint or the ratio is not one, or TLS cannot be set up.
    pub fn new(config: &TraceConfig, entropy: Arc<dyn Entropy>) -> Result<(Self, TraceSender), TelemetryError> {
        let url = endpoint(&config.endpoint)?;
        config.check()?;
        let http = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(TIMEOUT)
            .user_agent(concat!("portico/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| TelemetryError::Client)?;
        let (sender, spans) = mpsc::channel(WAITING_MAX);
        let dropped = Arc::new(AtomicU64::new(0));
        let provider = SdkTracerProvider::builder()
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.sample_ratio))))
            .with_id_generator(Ids(entropy))
            .with_span_processor(Outbox { sender, dropped: Arc::clone(&dropped) })
            .build();
        Ok((Self { provider }, TraceSender { spans, http, url, dropped }))
    }

    /// The layer for the process' subscriber. It sees our own spans alone: those of libraries hold headers and queries.
    #[must_use]
    pub fn layer<S>(&self) -> Box<dyn Layer<S> + Send + Sync>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let ours = filter_fn(|metadata| metadata.is_span() && SPANS.iter().any(|(name, _)| *name == metadata.name()));
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("portico"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false)
            .with_filter(ours)
            .boxed()
    }
}

fn endpoint(text: &str) -> Result<Url, TelemetryError> {
    let wrong = TelemetryError::Config {
        key: "telemetry.otlp_endpoint",
        expected: "an https address, or http on loopback, without a query",
    };
    let mut url = Url::parse(text).map_err(|_| wrong.clone())?;
    let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let safe = url.scheme() == "https" || (url.scheme() == "http" && loopback);
    if !safe || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong);
    }
    let path = format!("{}/v1/traces", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Ok(url)
}

impl TraceSender {
    /// Sends until `cancel`, and then what is waiting still.
    pub async fn run(mut self, cancel: CancellationToken) {
        let mut failing = false;
        while let Some(batch) = self.gather(&cancel).await {
            let sent = self.send(&batch).await;
            if let Err(why) = sent {
                self.dropped.fetch_add(batch.len() as u64, Ordering::Relaxed);
                if !failing {
                    tracing::warn!(why, "traces cannot be sent; spans are dropped until they can");
                }
            } else if failing {
                let spans = self.dropped.load(Ordering::Relaxed);
                tracing::info!(spans, "traces are sent again; so many spans have been dropped since the start");
            }
            failing = sent.is_err();
        }
    }

    /// What ended within a second, at most a batch; `None` when no more will come.
    async fn gather(&mut self, cancel: &CancellationToken) -> Option<Vec<SpanData>> {
        let mut batch = Vec::new();
        if cancel.is_cancelled() {
            while let Ok(span) = self.spans.try_recv() {
                batch.push(span);
            }
            return (!batch.is_empty()).then_some(batch);
        }
        tokio::select! {
            first = self.spans.recv() => batch.push(first?),
            () = cancel.cancelled() => {}
        }
        let linger = tokio::time::sleep(LINGER);
        tokio::pin!(linger);
        while batch.len() < BATCH_MAX {
            tokio::select! {
                Some(span) = self.spans.recv() => batch.push(span),
                () = &mut linger => break,
            }
        }
        Some(batch)
    }

    async fn send(&self, batch: &[SpanData]) -> Result<(), &'static str> {
        if batch.is_empty() {
            return Ok(());
        }
        let body = otlp::request(batch).to_string();
        let request = self.http.post(self.url.clone()).header(header::CONTENT_TYPE, "application/json").body(body);
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(_) => Err("the receiver refused them"),
            // In our own words: an HTTP library's hold the address.
            Err(error) if error.is_timeout() => Err("the receiver did not answer in time"),
            Err(_) => Err("the receiver cannot be reached"),
        }
    }
}

/// Where spans go when they end.
struct Outbox {
    sender: mpsc::Sender<SpanData>,
    dropped: Arc<AtomicU64>,
}

impl SpanProcessor for Outbox {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if self.sender.try_send(span).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outbox")
    }
}

/// Ids from the injected randomness.
struct Ids(Arc<dyn Entropy>);

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        let mut bytes = [0; 16];
        self.0.fill(&mut bytes);
        TraceId::from_bytes(bytes)
    }

    fn new_span_id(&self) -> SpanId {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        SpanId::from_bytes(bytes)
    }
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ids")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_loopback_alone() {
        for (text, expected) in [
            ("http://127.0.0.1:4318", Some("http://127.0.0.1:4318/v1/traces")),
            ("http://[::1]:4318/", Some("http://[::1]:4318/v1/traces")),
            ("https://otel.bank.example/collect/", Some("https://otel.bank.example/collect/v1/traces")),
            ("http://otel.bank.example:4318", None),
            ("http://127.0.0.1.bank.example", None),
            ("https://otel.bank.example/?key=1", None),
            ("otel.bank.example", None),
        ] {
            assert_eq!(endpoint(text).ok().map(String::from).as_deref(), expected, "{text}");
        }
    }
}
