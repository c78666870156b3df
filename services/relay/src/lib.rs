//! Events to account systems: Standard Webhooks 1.0 deliveries of CloudEvents 1.0 envelopes (contract.md, section 6).
//!
//! ```text
//! ledger ─ sequence ─ claim ─▶ envelope ─▶ sign ─▶ POST ─▶ answer ─▶ verdict ─▶ ledger
//!                              (ledger)                     2xx · 410 · else    delivered · disabled · again · parked
//! ```
//!
//! At least once, and in order at the first attempt: the ledger claims only the lowest undelivered event of each case
//! for each subscriber. A lease lost in mid-flight means a second delivery of the same id, never a lost one.
//!
//! *Invariant:* a delivery is marked delivered only after a 2xx for it was read.
//! *Invariant:* a subscriber without `allow_private` is never connected to at an address that is not public.

mod address;
mod answer;
mod courier;
mod error;
mod relay;
mod secret;
mod subscriber;
mod verdict;

pub use address::is_public;
pub use answer::Answer;
pub use courier::{Courier, CourierConfig, Reached};
pub use error::RelayError;
pub use relay::Relay;
pub use secret::{Secret, sign};
pub use subscriber::{Subscriber, SubscriberConfig};
pub use verdict::{DELAYS_S, GIVE_UP_AFTER_S, LONGEST_RETRY_AFTER_S, verdict};
