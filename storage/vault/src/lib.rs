//! The vault: sealed objects in one country's bucket.
//!
//! Pictures of applicants are the most personal thing Portico holds. Each is sealed under a key of its own before it
//! leaves the process and stored under a random name, so that whoever reads the bucket learns sizes and times, and
//! whoever destroys the case key destroys the pictures, in every backup too.
//!
//! ```text
//! plaintext ──CaseKey──▶ Sealed ──Vault::store──▶ Stored ──▶ StoredRef, the only thing a case row keeps
//! ```
//!
//! The bucket is any S3, spoken to by the AWS SDK; `embedded:DIR` is an S3 too, in this process on a loopback socket,
//! so that a laptop and a pilot run the same code as production (see [`BucketConfig`]).
//!
//! *Invariant:* a [`Vault`] is made from one cell, and no function takes two.
//! *Invariant:* a [`Stored`] exists only after the bucket has acknowledged its object.

mod client;
mod config;
mod delete;
mod embedded;
mod error;
mod listing;
mod lock;
mod reference;
mod region;
mod retention;
mod sealed;
mod tally;
#[cfg(feature = "testing")]
pub mod testing;
mod vault;

pub use config::BucketConfig;
pub use error::VaultError;
pub use listing::{Listed, Page};
pub use lock::LockProof;
pub use reference::{Purpose, Stored, StoredRef};
pub use region::RegionProof;
pub use retention::{Kept, Retained};
pub use sealed::Sealed;
pub use vault::Vault;
