//! Why the relay does not start, or cannot go on now.

use portico_ledger::LedgerError;
use portico_vocab::Class;

#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    #[error("a subscriber's secret is not usable: expected {expected}")]
    Secret { expected: &'static str },
    #[error("subscriber {name}: {key} is not {expected}")]
    Subscriber { name: String, key: &'static str, expected: &'static str },
    #[error("subscriber {name}: there is no event type {kind:?}; expected some of: {known}")]
    UnknownEvent { name: String, kind: String, known: String },
    #[error("the HTTP client cannot be built")]
    Client,
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl RelayError {
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::Secret { .. } | Self::Subscriber { .. } | Self::UnknownEvent { .. } | Self::Client => {
                Class::Permanent
            }
            Self::Ledger(error) => error.class(),
        }
    }
}
