//! `traceparent`: by what the parts of one trace know each other (W3C Trace Context, section 3.2, version 00).

use std::fmt;

use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::TelemetryError;

/// 55 characters: `00-`, trace id, `-`, parent id, `-`, flags, all in lower-case hex, no id all zero. Not personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traceparent(String);

impl Traceparent {
    /// # Errors
    /// When `text` is of another form or version.
    pub fn parse(text: &str) -> Result<Self, TelemetryError> {
        let parts: Vec<&str> = text.split('-').collect();
        let ["00", trace, parent, flags] = parts[..] else { return Err(TelemetryError::Traceparent) };
        let is_hex = |part: &str, digits: usize| {
            part.len() == digits && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        let is_id = |part: &str, digits: usize| is_hex(part, digits) && part.bytes().any(|b| b != b'0');
        if is_id(trace, 32) && is_id(parent, 16) && is_hex(flags, 2) {
            Ok(Self(text.to_owned()))
        } else {
            Err(TelemetryError::Traceparent)
        }
    }

    /// Of the span that is entered now; `None` while nothing is traced.
    #[must_use]
    pub fn current() -> Option<Self> {
        Self::of(&Span::current())
    }

    /// Of `span`, as the parent of what comes out of it; `None` while nothing is traced.
    #[must_use]
    pub fn of(span: &Span) -> Option<Self> {
        let context = span.context();
        let context = context.span().span_context().clone();
        context.is_valid().then(|| {
            let flags = context.trace_flags() & TraceFlags::SAMPLED;
            Self(format!("00-{}-{}-{:02x}", context.trace_id(), context.span_id(), flags.to_u8()))
        })
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 32 hex digits, the same in every span of a trace.
    #[must_use]
    pub fn trace_id(&self) -> &str {
        self.0.get(3..35).unwrap_or_default()
    }

    pub(crate) fn context(&self) -> SpanContext {
        let part = |range: std::ops::Range<usize>| self.0.get(range).unwrap_or_default();
        SpanContext::new(
            TraceId::from_hex(part(3..35)).unwrap_or(TraceId::INVALID),
            SpanId::from_hex(part(36..52)).unwrap_or(SpanId::INVALID),
            TraceFlags::new(u8::from_str_radix(part(53..55), 16).unwrap_or(0)),
            true,
            TraceState::NONE,
        )
    }
}

impl fmt::Display for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_well_formed_one_is_taken() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let read = Traceparent::parse(good).unwrap();
        assert_eq!((read.as_str(), read.trace_id()), (good, "4bf92f3577b34da6a3ce929d0e0e4736"));
        let context = read.context();
        assert!(context.is_valid() && context.is_sampled() && context.is_remote());
        assert_eq!(context.span_id().to_string(), "00f067aa0ba902b7");
        for bad in [
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "",
        ] {
            assert_eq!(Traceparent::parse(bad), Err(TelemetryError::Traceparent), "{bad}");
        }
    }

    #[test]
    fn outside_of_a_trace_there_is_none() {
        assert_eq!(Traceparent::current(), None);
    }
}
