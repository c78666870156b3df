//! The words of the domain: ids, numbers, codes, times. No I/O, no clock, no randomness.
//!
//! Every type here is made by parsing, holds its field private and never changes meaning on the way to a
//! database or a wire. *Invariant:* a value that exists is well formed.

mod class;
mod country;
mod digest;
mod evidence;
mod finding;
mod id;
mod language;
mod parse;
mod pii;
mod reason;
mod stage;
mod time;
mod whatsapp;

pub use class::Class;
pub use country::{CellId, CountryCode};
pub use digest::Sha256;
pub use evidence::{DocumentKind, Slot};
pub use finding::{CheckKind, Finding, FindingResult};
pub use id::{CaseId, CaseVersion, DossierDigest, EventId, EvidenceId, IdStream, InputId, JobId, OutboundId};
pub use language::Language;
pub use parse::ParseError;
pub use pii::{Pii, Purpose, sealed};
pub use reason::ReasonCode;
pub use stage::{OutcomeName, StageName};
pub use time::{Clock, Timestamp};
pub use whatsapp::{E164, MediaId, PhoneNumberId, UserId, WabaId, Wamid};
