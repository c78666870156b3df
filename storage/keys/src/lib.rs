//! Master, case, day and object keys; sealing; injected randomness.
//!
//! ```text
//! MasterKey ── one a cell, from the configuration, never stored by us
//!   ├─ input, lookup/<kind>      HMAC keys: what must be found again without being readable
//!   ├─ seal/<purpose>            the cell's own payloads
//!   ├─ wrap/case ─▶ CaseKey      random, one a case; destroying its wrapped form shreds the case
//!   │                ├─ commit   commitments in history entries
//!   │                ├─ seal     numbers, case rows, job and outbound payloads
//!   │                └─ wrap ─▶ ObjectKey   random, one an object in the vault
//!   └─ wrap/day  ─▶ DayKey       random, one a day; destroyed once that day's inbox is sorted
//! ```
//!
//! Everything is AES-256-GCM under a fresh random nonce, with associated data that name the cell, the case or day, and
//! the purpose: bytes moved to another country, case or use do not open. Every derivation has its line in [`label`].
//!
//! *Invariant:* what is written here stays readable. The forms and labels are fixed by the vectors of
//! `tests/vectors.json`; a change is a new version byte, never an edit.
//! *Invariant:* no error, `Debug` or log of this crate holds key bytes or plaintext.

mod aead;
mod binding;
mod case;
mod cell;
mod day;
mod derive;
mod entropy;
mod error;
pub mod label;
mod master;
mod object;
mod wrap;

pub use case::CaseKey;
pub use cell::CellKeys;
pub use day::DayKey;
pub use entropy::{Entropy, SeededEntropy, SystemEntropy};
pub use error::KeyError;
pub use master::MasterKey;
pub use object::ObjectKey;
