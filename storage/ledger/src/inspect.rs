//! The ledger as it lies there: whole rows, with the columns that nobody else reads, for whoever has to prove that they
//! are right.
//!
//! *Invariant:* nothing here is read while work is done; what walks tables may stand here and nowhere else.

use portico_vocab::{CaseId, CaseVersion, InputId, Sha256, Timestamp};

use crate::model::{CaseRow, DeliveryRow, EntryRow, EventRow, JobRow, OutboundRow};

/// Everything that hangs on one case, seen at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Belongings {
    pub row: CaseRow,
    /// The end that a person searches it by is that of its id.
    pub findable: bool,
    /// Oldest first.
    pub entries: Vec<EntryRow>,
    /// The open case of this case's sender.
    pub open: Option<CaseId>,
    pub jobs: Vec<JobRecord>,
    /// In the order they were told.
    pub outbounds: Vec<OutboundRecord>,
    /// By `seq`.
    pub events: Vec<EventRecord>,
    /// Of the events above, by `seq` and subscriber.
    pub deliveries: Vec<DeliveryRecord>,
    /// Names of its objects, in order.
    pub objects: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRecord {
    pub row: JobRow,
    pub parked_at: Option<Timestamp>,
    pub why: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundRecord {
    pub row: OutboundRow,
    /// When a person acknowledged that it was given up.
    pub acknowledged_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    pub row: EventRow,
    pub position: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRecord {
    pub row: DeliveryRow,
    pub first_at: Timestamp,
    pub delivered_at: Option<Timestamp>,
    pub skipped_at: Option<Timestamp>,
    pub parked_at: Option<Timestamp>,
    pub why: Option<String>,
}

/// A consumed input; without a case it is a stray.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InputRow {
    pub id: InputId,
    pub case: Option<CaseId>,
    pub version: Option<CaseVersion>,
    pub at: Timestamp,
}

/// Newest STOP of one name, and newest lifting of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StopRow {
    pub hash: [u8; 32],
    pub stopped_at: Option<Timestamp>,
    pub lifted_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxDay {
    pub day: String,
    /// `None` once destroyed.
    pub wrapped: Option<Vec<u8>>,
}

/// The end of something counted densely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub name: String,
    pub seq: u64,
    pub digest: Option<Sha256>,
}

/// The tables whose rows belong to something, in the order that counts of their ownerless rows are read.
pub(crate) const OWNED: &[&str] = &[
    "entry",
    "input",
    "open_case",
    "alias",
    "job",
    "outbound",
    "event",
    "delivery",
    "seen",
    "object",
    "claim",
    "segment",
];

/// What all the rows together must add up to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// Rows of these tables that belong to nothing that exists; tables without such rows are not named.
    pub ownerless: Vec<(&'static str, u64)>,
    pub entries: u64,
    pub inputs_of_cases: u64,
    pub strays: u64,
    /// Events that have a position.
    pub placed: u64,
    pub newest_position: u64,
    /// Of each subscriber that was ever reached: the newest delivery, and what its own row says.
    pub successes: Vec<(String, Option<Timestamp>, Option<Timestamp>)>,
}
