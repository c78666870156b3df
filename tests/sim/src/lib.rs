//! One cell, simulated: seeded schedules of everything that can happen to it, and what must hold afterwards.
//!
//! The core, the cell, the jobs of the workers and the relay are the real ones; the ledger is the one in memory, and
//! SQLite and PostgreSQL for some seeds. Played are what lies outside: WhatsApp (`meta.rs`), the bucket (`bucket.rs`),
//! the pictures' decoder (`darkroom.rs`, which remembers what the real one said), the bank (`bank.rs`), the applicants.
//! Two doors are made again here, because they live on sockets: the ingress's writer (`intake.rs`) and the console's and
//! `/v1`'s calls (`desk.rs`); each makes the same calls on cell and ledger in the same order.
//!
//! There is one thread and no time but the schedule's. A task is a future that is polled by hand; every call to a peer is
//! a place where it can be held or dropped, and a dropped future is a process that died there.
//!
//! *Invariant:* everything drawn follows from one seed: the same seed gives the same history, byte for byte, on every
//! ledger.

mod applicant;
mod bank;
mod book;
mod bucket;
pub mod campaign;
mod chance;
mod check;
mod darkroom;
mod desk;
pub mod engine;
pub mod exhaustive;
pub mod fault;
mod intake;
mod ledger;
mod meta;
mod pause;
mod process;
mod schedule;
mod script;
pub mod simulate;
pub mod teeth;
mod watch;
mod wire;
mod world;
