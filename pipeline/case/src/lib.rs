//! The functional core: everything that can happen to a case, decided by one pure function.
//!
//! `step(case, input, ctx) -> Change` is total: a refusal is also a change worth recording. Nothing here reads a clock,
//! draws a random number or does I/O, so the same inputs give the same history, byte for byte.

mod case;
mod change;
mod dossier;
mod evidence;
mod input;
pub mod invariant;
mod route;
mod slots;
mod stage;
mod step;

pub use case::{Account, AccountStatus, Asked, Case, Contact, Marks, Opening, Question, Retention};
pub use change::{Announcement, Change, Ctx, Effect, Effects, JobSpec, Outcome, Recorded, TellEffect, Why};
pub use dossier::{EffectiveFinding, Objection, dossier_digest, dossier_pictures, effective_findings, objections};
pub use evidence::{Defect, Evidence, EvidenceState, Facts, PlacedBy, StoredObject, Taken};
pub use input::{AccountReport, Answered, Attestation, Custody, Decide, Input, InputKind, ReviewAction, TimerKind};
pub use route::{Known, Resolution, Route, SenderFacts, command_of, resolve_sender, route};
pub use stage::{Agreed, Consent, Decision, EarlyMedia, LimitedUntil, Referral, Stage, WithdrawnWhy};
pub use step::{open, step};

/// Version of `step` and of the forms it records. A history made by another version is not refolded but reported as
/// such; raise it when the same input would give another change.
pub const STEP_VERSION: u32 = 3;
