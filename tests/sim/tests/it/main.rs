//! The simulator's tests: seeds on memory and on the SQL engines, determinism, teeth, every order of an onboarding.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops; all of this crate is tests")]

mod engines;
mod exhaustive;
mod seeds;
mod teeth;
