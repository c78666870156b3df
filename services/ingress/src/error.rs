//! Why the ingress does not start.

use portico_vocab::{CellId, Class, PhoneNumberId};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IngressError {
    #[error("configuration: whatsapp.app_secrets is empty: expected the app's secret, two while it is rotated")]
    NoSecret,
    #[error("configuration: whatsapp.verify_token is empty: expected the token entered in Meta's dashboard")]
    NoToken,
    #[error("configuration: phone number id {number} is in cells {first} and {second}: expected in one")]
    SharedNumber { number: PhoneNumberId, first: CellId, second: CellId },
    #[error("cell {door} was given the keys of cell {keys}")]
    OtherKeys { door: CellId, keys: CellId },
}

impl IngressError {
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::NoSecret | Self::NoToken | Self::SharedNumber { .. } => Class::Permanent,
            Self::OtherKeys { .. } => Class::Bug,
        }
    }
}
