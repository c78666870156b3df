//! The account inbox: the bank's account system at the other end of the events.
//!
//! It verifies with its own reading of Standard Webhooks 1.0, keeps every attempt, and can be told to misbehave, so
//! that retries are something to watch.

mod hooks;
mod kept;
mod pages;
mod verify;

pub(crate) use hooks::hooks;
pub(crate) use kept::AccountInbox;
pub use kept::{Behaviour, InboxEvent};
pub(crate) use pages::{behave, events, fetch_case, page};
pub use verify::Verdict;
