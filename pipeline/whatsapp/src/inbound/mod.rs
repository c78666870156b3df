//! What applicants and Meta tell us, in one canonical form.
//!
//! The forms are sealed in a case's history and read back for ever, so fields and variants are only added, never renamed.
//! *Invariant:* [`read_change`] takes any text at all and answers; what it cannot read it says so, without quoting it.

mod message;
mod read;
mod receipt;
mod update;
mod value;

pub use message::{Content, Context, Forwarded, Inbound, MediaKind, MediaRef, SenderIds, SystemChange};
pub use read::{read_change, read_change_at};
pub use receipt::{Pricing, Receipt, ReceiptStatus};
pub use update::{AccountEvent, Update};
