//! The client against a Graph API on loopback that misbehaves in every way we know of.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its stage should fail there")]

mod media;
mod questions;
mod send;
mod stub;
