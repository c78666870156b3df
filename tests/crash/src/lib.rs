//! The real binary under fire: `portico serve` in processes of its own, killed at random moments and cut off from the
//! peers it needs.
//!
//! A [`Site`] is a bank's installation: a configuration file, secrets, a migrated database, a bucket, and the world
//! outside behind [`Line`]s that can be cut. People ([`Person`]) go on with what they want meanwhile. At the end all is
//! reckoned up ([`Site::reckons`]). *Invariant:* nothing here reaches into a running Portico: it is started, signalled,
//! cut off and looked at from outside, as an operator and the world would.

mod account_system;
mod bucket;
mod chance;
mod crowd;
mod database;
mod line;
mod person;
mod process;
mod reckoning;
mod site;
mod tamper;

pub use account_system::AccountSystem;
pub use bucket::{Bucket, Remote};
pub use chance::{Chance, SEED};
pub use crowd::crowd;
pub use database::Engine;
pub use line::{Line, Weather};
pub use person::{Person, Plot};
pub use process::Process;
pub use site::Site;
pub use tamper::{Held, Tamper};
