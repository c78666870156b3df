//! What can go wrong with the Graph API, and how each is to be treated.

use portico_vocab::Class;
use portico_whatsapp::compose::SendError;

/// Why no whole answer came. Told without addresses: a media address is a bearer of rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    #[error("no connection could be made")]
    NoConnection,
    #[error("the time ran out")]
    TimedOut,
    #[error("the connection broke")]
    Broke,
}

impl From<&reqwest::Error> for Unreachable {
    fn from(error: &reqwest::Error) -> Self {
        // Connecting comes first: a time-out while connecting still means that nothing was said.
        if error.is_connect() {
            Self::NoConnection
        } else if error.is_timeout() {
            Self::TimedOut
        } else {
            Self::Broke
        }
    }
}

/// Media could not be had, a question not be answered, or the client not be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    #[error("configuration: {key} is not {expected}")]
    Config { key: &'static str, expected: &'static str },
    #[error("WhatsApp cannot be reached: {0}")]
    Unreachable(Unreachable),
    /// Classed by Meta's code.
    #[error("WhatsApp refused the call")]
    Refused(#[source] SendError),
    /// WhatsApp keeps received media for seven days; after that only the sender still has them.
    #[error("WhatsApp no longer has this file")]
    Gone,
    /// A number or an account; Meta does not say which of the two it is.
    #[error("WhatsApp knows no such number or account, or the token may not see it")]
    NotVisible,
    #[error(
        "WhatsApp names the media host {host}, which is not allowed: if it is Meta's, add it to whatsapp.media_hosts"
    )]
    HostNotAllowed { host: String },
    #[error("WhatsApp answered with a redirect, which is never followed")]
    Redirected,
    #[error("the file is larger than {max_bytes} bytes")]
    TooLarge { max_bytes: u64 },
    /// `declared_by` is `webhook`, `graph` or `size`.
    #[error("the file is not the one announced by the {declared_by}")]
    Altered { declared_by: &'static str },
    #[error("WhatsApp's answer is not what was expected: {expected}")]
    Unreadable { expected: &'static str },
}

impl GraphError {
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            // An unreadable answer is a proxy's or a half-dead server's far more often than a change of the API.
            Self::Unreachable(_) | Self::Unreadable { .. } | Self::Redirected => Class::Transient,
            Self::Refused(error) => error.class(),
            Self::Config { .. }
            | Self::Gone
            | Self::NotVisible
            | Self::HostNotAllowed { .. }
            | Self::TooLarge { .. }
            | Self::Altered { .. } => Class::Permanent,
        }
    }
}

impl From<reqwest::Error> for GraphError {
    fn from(error: reqwest::Error) -> Self {
        Self::Unreachable(Unreachable::from(&error))
    }
}

/// A message did not demonstrably go out. Only the first two may ever be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendFailure {
    /// The request never left us.
    #[error("WhatsApp could not be reached: nothing was sent")]
    NotSent,
    /// WhatsApp said no.
    #[error("WhatsApp refused the message")]
    Refused(#[source] SendError),
    /// The request may have been taken: only a receipt can tell.
    #[error("whether the message was sent is not known: {0}")]
    Unknown(&'static str),
}

impl SendFailure {
    /// `Unknown` is permanent: the same call must not be made again.
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::NotSent => Class::Transient,
            Self::Refused(error) => error.class(),
            Self::Unknown(_) => Class::Permanent,
        }
    }
}
