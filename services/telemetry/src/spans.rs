//! The spans of a trace, every one: their names and fields are a closed list, and what is not on it is not sent.
//!
//! ```text
//! webhook ─▶ sort ─▶ take_in ─▶ read ─▶ decide ─▶ tell
//!             │                             └────▶ deliver ─▶ the account system
//!             └────▶ tell                       v1 ─▶ …
//! ```
//!
//! One webhook's slices are sorted beside those of others, so `sort` is a span a slice and its parent stands in the
//! slice. A job's parent stands in its row, a delivery's in its own.
//!
//! They are of the level `error`, so that under every filter a log line says what it is about.
//!
//! *Invariant:* a field holds a cell, a queue, a count, a word of ours or an id of ours; never a wamid (the phone number
//! is in it), never what anybody wrote.

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt as _;
use portico_ledger::Queue;
use portico_vocab::{CaseId, CellId, EventId};
use tracing::field::Empty;
use tracing::{Span, error_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::Traceparent;

/// Names of spans that are sent, with the fields each may carry.
pub const SPANS: &[(&str, &[&str])] = &[
    ("webhook", &["answer"]),
    ("sort", &["cell"]),
    ("take_in", JOB),
    ("read", JOB),
    ("decide", JOB),
    ("tell", JOB),
    ("timer", JOB),
    ("sweep", JOB),
    ("deliver", &["cell", "subscriber", "event", "kind", "tries", "outcome"]),
    ("v1", &["client", "route", "status"]),
];

const JOB: &[&str] = &["cell", "case", "tries", "outcome"];

/// A webhook request. Always the first of its trace: whoever can call this route may not choose our ids.
#[must_use]
pub fn webhook() -> Span {
    begun(error_span!(parent: None, "webhook", otel.kind = "server", answer = Empty, trace_id = Empty), None)
}

/// One slice of a webhook being understood.
#[must_use]
pub fn sort(cell: CellId, parent: Option<&str>) -> Span {
    begun(error_span!(parent: None, "sort", %cell, trace_id = Empty), parent)
}

/// One run of a job.
#[must_use]
pub fn job(cell: CellId, queue: Queue, case: CaseId, tries: u32, parent: Option<&str>) -> Span {
    let tries = counted(tries);
    macro_rules! span {
        ($name:literal) => {
            error_span!(parent: None, $name, %cell, %case, tries, outcome = Empty, trace_id = Empty)
        };
    }
    let span = match queue {
        // In the log alone: the slices have spans of their own.
        Queue::Sort => return error_span!(parent: None, "segment", %cell, tries, outcome = Empty),
        Queue::TakeIn => span!("take_in"),
        Queue::Read => span!("read"),
        Queue::Decide => span!("decide"),
        Queue::Tell => span!("tell"),
        Queue::Timer => span!("timer"),
        Queue::Sweep => span!("sweep"),
    };
    begun(span, parent)
}

/// One attempt to deliver an event.
#[must_use]
pub fn deliver(cell: CellId, subscriber: &str, event: EventId, kind: &str, tries: u32, parent: Option<&str>) -> Span {
    let tries = counted(tries);
    let span = error_span!(
        parent: None,
        "deliver",
        otel.kind = "client",
        %cell,
        subscriber,
        %event,
        kind,
        tries,
        outcome = Empty,
        trace_id = Empty
    );
    begun(span, parent)
}

/// One API call; `parent` is the client's own `traceparent`.
#[must_use]
pub fn v1(request_id: &str, parent: Option<&Traceparent>) -> Span {
    let span = error_span!(
        parent: None,
        "v1",
        otel.kind = "server",
        request_id,
        client = Empty,
        route = Empty,
        status = Empty,
        trace_id = parent.map(Traceparent::trace_id)
    );
    begun(span, parent.map(Traceparent::as_str))
}

/// OpenTelemetry's integers are signed: an unsigned one would be sent as text.
fn counted(tries: u32) -> i64 {
    i64::from(tries)
}

/// Hangs a fresh span under its parent and names its trace in the log, when anything is traced.
fn begun(span: Span, parent: Option<&str>) -> Span {
    if let Some(parent) = parent.and_then(|text| Traceparent::parse(text).ok()) {
        // Refused where no layer traces: then there is nothing to hang it under.
        let _ = span.set_parent(Context::new().with_remote_span_context(parent.context()));
    }
    if let Some(own) = Traceparent::of(&span) {
        span.record("trace_id", own.trace_id());
    }
    span
}
