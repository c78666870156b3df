//! The relay between a ledger in memory and account systems on loopback, friendly and hostile.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its stage should fail there")]

mod delivered;
mod hostile;
mod stage;
