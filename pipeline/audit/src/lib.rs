//! The audit format: what an entry's digest is over, fixed from the first day.
//!
//! *Invariant:* a digest holds no personal data that could be guessed back: the canonical input enters only as a keyed
//! commitment, so that a chain still verifies after the case key has been destroyed and tells nothing then.

mod entry;
mod link;

pub use entry::{EntryHead, entry_digest};
pub use link::{Link, genesis, link_digest};
