//! Spans as OTLP/HTTP sends them in JSON (OpenTelemetry protocol 1.x: lower camel case, ids in hex, 64-bit numbers as
//! text). Ours, because the usual exporter brings a whole gRPC stack along.
//!
//! *Invariant:* of a span, only what [`SPANS`] lists is written: no event, no link, no other attribute.

use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry::trace::{SpanId, SpanKind};
use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;
use serde_json::{Value as Json, json};

use crate::spans::SPANS;

/// `ExportTraceServiceRequest` of these spans.
pub(crate) fn request(spans: &[SpanData]) -> Json {
    let spans: Vec<Json> = spans.iter().filter_map(span).collect();
    json!({"resourceSpans": [{
        "resource": {"attributes": [
            {"key": "service.name", "value": {"stringValue": "portico"}},
            {"key": "service.version", "value": {"stringValue": env!("CARGO_PKG_VERSION")}},
        ]},
        "scopeSpans": [{"scope": {"name": "portico"}, "spans": spans}],
    }]})
}

fn span(data: &SpanData) -> Option<Json> {
    let (name, fields) = SPANS.iter().find(|(name, _)| *name == data.name)?;
    let listed = data.attributes.iter().filter(|attribute| fields.contains(&attribute.key.as_str()));
    let attributes: Vec<Json> = listed.map(attribute).collect();
    let mut span = json!({
        "traceId": data.span_context.trace_id().to_string(),
        "spanId": data.span_context.span_id().to_string(),
        "name": name,
        "kind": kind(&data.span_kind),
        "startTimeUnixNano": nanos(data.start_time),
        "endTimeUnixNano": nanos(data.end_time),
        "attributes": attributes,
        "flags": u32::from(data.span_context.trace_flags().to_u8()),
    });
    if data.parent_span_id != SpanId::INVALID {
        span["parentSpanId"] = Json::String(data.parent_span_id.to_string());
    }
    Some(span)
}

fn attribute(attribute: &KeyValue) -> Json {
    let value = match &attribute.value {
        Value::Bool(value) => json!({"boolValue": value}),
        Value::I64(value) => json!({"intValue": value.to_string()}),
        Value::F64(value) => json!({"doubleValue": value}),
        other => json!({"stringValue": other.to_string()}),
    };
    json!({"key": attribute.key.as_str(), "value": value})
}

const fn kind(kind: &SpanKind) -> u8 {
    match kind {
        SpanKind::Internal => 1,
        SpanKind::Server => 2,
        SpanKind::Client => 3,
        SpanKind::Producer => 4,
        SpanKind::Consumer => 5,
    }
}

fn nanos(time: SystemTime) -> String {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos().to_string()
}
