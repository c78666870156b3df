//! The WhatsApp Cloud API as its caller: media in, messages out, questions about our own numbers and accounts, errors
//! classed by Meta's code.
//!
//! One HTTP client, built once, that follows no redirect and has a time-out on everything. The access token goes to
//! the Graph API and to the media hosts of the configuration, and a host is checked before the token is attached.
//! There is no idempotency key in this API: [`Graph::send`] therefore tells three ends apart, and in doubt says
//! [`SendFailure::Unknown`].
//!
//! *Invariant:* no token, number, message id or body text is in any error, log or `Debug` of this crate.

mod account;
mod answer;
mod ask;
mod client;
mod config;
mod error;
mod media;
mod number;
mod send;
mod template;
mod token;
mod word;

pub use account::Subscription;
pub use client::Graph;
pub use config::{AccessToken, GraphConfig};
pub use error::{GraphError, SendFailure, Unreachable};
pub use media::{HashCheck, Media};
pub use number::{Callbacks, NameState, NumberState, NumberStatus, Quality, Throughput};
pub use send::Sent;
pub use template::{Template, TemplateCategory, TemplateState};
pub use token::{Permission, TokenStatus};
