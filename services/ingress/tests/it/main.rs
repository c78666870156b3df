//! The ingress as Meta, and as somebody who is not Meta, sees it: every row of contract.md section 3 by name.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its stage should fail there")]

mod durable;
mod handshake;
mod refused;
mod routed;
mod stage;
