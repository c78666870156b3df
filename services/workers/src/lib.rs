//! Workers: one file a kind of job. A job does the I/O that `step` may not, and comes back as an input.
//!
//! *Invariant:* a job that ends in a change of its case ends in the same transaction, under its fence; a worker that was
//! paused past its lease lands nothing.

mod decide;
mod error;
mod house;
mod orphans;
mod read;
mod retain;
mod runner;
mod sender;
mod sort;
mod sweep;
mod take_in;
mod tell;
mod timer;

pub use error::JobError;
pub use runner::{WorkLimits, WorkWatch, Workers};
