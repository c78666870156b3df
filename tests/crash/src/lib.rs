//! The real binary under fire: `portico serve` in processes of its own, killed at random moments and cut off from the
//! peers it needs.
//!
//! A [`Site`] is a bank's installation in one [`Country`]: a configuration file, secrets, a migrated database, a bucket,
//! and the world [`Outside`] behind [`Line`]s that can be cut. Sites may share that world, and each may stand on an
//! [`Island`], from which nothing else can be reached. People ([`Person`]) go on with what they want meanwhile. At the end
//! all is reckoned up ([`Site::reckons`]). *Invariant:* nothing here reaches into a running Portico: it is started, signalled,
//! cut off and looked at from outside, as an operator and the world would.

mod account;
mod account_system;
mod bucket;
mod chance;
mod cluster;
mod country;
mod crowd;
mod database;
mod disk;
mod drill;
mod island;
mod line;
mod outside;
mod person;
mod process;
mod progress;
mod reaper;
mod reckoning;
mod setting;
mod signal;
mod site;
mod tamper;
mod trace;

pub(crate) use account_system::AccountSystem;
pub use bucket::{Bucket, Remote};
pub use chance::{Chance, SEED};
pub use cluster::Cluster;
pub use country::{BRAZIL, Country, GERMANY};
pub use crowd::crowd;
pub use database::{Blockade, Engine, Record, Value};
pub use disk::Disk;
pub use drill::drill;
pub use island::Island;
pub use line::{Line, Weather};
pub use outside::Outside;
pub use person::{Person, Plot};
pub use process::Process;
pub use site::{Plan, Site};
pub use tamper::{Held, Tamper};
pub use trace::{Call, Seen, Trace, synced_before_answers};
