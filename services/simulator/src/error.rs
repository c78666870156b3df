//! What a caller of the control interface can get wrong.

use portico_vocab::{Class, CountryCode, ParseError};

/// Errors of the control interface; Graph callers get Meta-shaped ones instead.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such applicant: expected an id that `applicants` lists")]
    NoApplicant,
    #[error("no number for country {0}: expected the country of one of the configured numbers")]
    NoNumber(CountryCode),
    #[error("no such account or number: expected an id of the configuration")]
    NoAccount,
    #[error("the port cannot be listened on: free it")]
    Listen(#[source] std::io::Error),
    #[error("no such message: expected the id of a message in this chat")]
    NoMessage,
    #[error("the message does not offer this reply: expected the id of one of its buttons or rows")]
    NoChoice,
    #[error("no such specimen: expected a name that `specimens` lists")]
    NoSpecimen,
    #[error("{0} applicants already: restart to begin again")]
    TooManyApplicants(usize),
    #[error("the webhook endpoint failed the handshake: expected 200 and the bare challenge; check its verify token")]
    Handshake,
    #[error("the webhook endpoint cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    #[error("the HTTP client cannot be built")]
    Client(#[source] reqwest::Error),
    #[error("the webhook secret is not one: expected whsec_ and base64 of 24 to 64 bytes")]
    WebhookSecret,
    #[error(transparent)]
    Parse(#[from] ParseError),
}

impl Error {
    /// Whether the same call may go through later.
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::Unreachable(_) | Self::Handshake => Class::Transient,
            Self::Client(_) => Class::Bug,
            _ => Class::Permanent,
        }
    }
}
