//! Finished texts as requests to `POST /<phone-number-id>/messages`, and what Meta's error codes mean.
//!
//! Limits are Meta's, in characters and not bytes (docs/domain/whatsapp.md section 3). *Invariant:* a value made here breaks none
//! of them; a text that would is refused before it is sent, naming what is too long and never quoting it.

mod error_class;
mod limits;
mod request;

pub use error_class::{ErrorClass, SendError, classify};
pub use limits::LimitError;
pub use request::{Recipient, mark_read, message};
