//! What is wrong with how watching is set up.

use portico_vocab::Class;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TelemetryError {
    #[error("not a traceparent: expected 00-, 32 hex digits, -, 16 hex digits, -, 2 hex digits")]
    Traceparent,
    #[error("{key}: expected {expected}")]
    Config { key: &'static str, expected: &'static str },
    #[error("TLS cannot be set up for the trace sender")]
    Client,
}

impl TelemetryError {
    #[must_use]
    pub const fn class(&self) -> Class {
        Class::Permanent
    }
}
