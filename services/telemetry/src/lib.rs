//! What can be watched of a running Portico: what it counts, who answers, and the way of one webhook through it.
//!
//! ```text
//! ingress · workers · relay ─▶ Metrics ─▶ /metrics      (docs/WATCHING.md lists every name)
//! workers                   ─▶ Numbers ─▶ /readyz
//! every span of `spans`     ─▶ Traces  ─▶ OTLP over HTTP, where the configuration names an endpoint
//! ```
//!
//! Nothing here is global: a process may hold several Porticos, and each has its own registry.
//!
//! *Invariant:* no label, span or attribute names a person, a message or a case's content; spans and their attributes are
//! a closed list, and what is not on it is not sent.

mod error;
mod metrics;
mod numbers;
mod otlp;
pub mod spans;
mod traceparent;
mod traces;

pub use error::TelemetryError;
pub use metrics::{
    CONTENT_TYPE, CaseMetrics, Count, DeliveryMetrics, Documented, IngressMetrics, JobEnd, Kind, Metrics, StockMetrics,
    WorkMetrics,
};
pub use numbers::{Numbers, Stopped};
pub use traceparent::Traceparent;
pub use traces::{TraceConfig, TraceSender, Traces};
