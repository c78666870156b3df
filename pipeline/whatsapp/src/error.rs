//! The one error of this crate, for callers that do not care which part refused.

use portico_vocab::Class;

use crate::compose::LimitError;
use crate::envelope::EnvelopeError;
use crate::signature::SignatureError;
use crate::texts::TextError;

/// Any refusal of this crate. All are permanent: the same bytes, text or setting will be refused again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    #[error(transparent)]
    Limit(#[from] LimitError),
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error(transparent)]
    Text(#[from] TextError),
}

impl Error {
    /// A text that breaks a limit or lacks a value is our own mistake; a body that cannot be read is its sender's.
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::Envelope(_) | Self::Signature(_) => Class::Permanent,
            Self::Limit(_) | Self::Text(_) => Class::Bug,
        }
    }
}
