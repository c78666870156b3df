//! WhatsApp Cloud API, pure: what arrives is read here, what leaves is composed here.
//!
//! No socket, clock or randomness: ingress and the Graph client do the talking, this crate knows the shapes. Sources are
//! Meta's pages as collected in `docs/domain/whatsapp.md`; texts are those of `docs/domain/chat.md`.
//!
//! *Invariant:* reading never fails and never panics, whatever the JSON; composing never exceeds a limit of Meta's.

pub mod command;
pub mod compose;
pub mod envelope;
mod error;
pub mod gate;
pub mod inbound;
pub mod language;
pub mod signature;
pub mod texts;

pub use error::Error;
