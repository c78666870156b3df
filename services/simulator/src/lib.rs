//! A stand-in for Meta, the phone page and the account inbox: everything outside Portico, in one process, for `dev`
//! and for tests.
//!
//! It is a *peer*, not a part: it signs, verifies and checks limits with its own few lines, written from Meta's and
//! Standard Webhooks' pages, so that a mistake of ours cannot agree with itself. What it copies from Meta, and from
//! which page, stands in `docs/STANDIN.md`.
//!
//! *Invariant:* nothing here is reachable from `serve`; the crate depends on the vocabulary and on no storage.

mod account;
mod applicant;
mod assets;
mod config;
mod control;
mod dev;
mod error;
mod fault;
mod graph;
mod inbound;
mod inbox;
mod media;
mod outage;
mod page;
mod phone;
mod requests;
mod routes;
mod sent;
mod simulator;
mod specimens;
mod standing;
mod thread;
mod wamid;
mod webhook;
mod world;

pub use account::{Account, Standing, Template};
pub use applicant::{Applicant, ApplicantId, Shown};
pub use config::{Number, Pace, SimulatorConfig};
pub use dev::Progress;
pub use error::Error;
pub use fault::Fault;
pub use inbound::{Attachment, Content, Inbound, MediaKind, Mischief};
pub use inbox::{Behaviour, InboxEvent, Verdict};
pub use outage::Outage;
pub use requests::{Operation, RequestLog};
pub use sent::{Choice, SentContent, SentMessage};
pub use simulator::{Entropy, Simulator};
pub use specimens::{Specimen, specimens};
pub use standing::Deliveries;
pub use thread::Tick;
