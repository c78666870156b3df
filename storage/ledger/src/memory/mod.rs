//! The ledger in memory: ordered maps behind one lock. It is the executable specification (the differential test
//! holds the SQL ledgers to it) and the engine of the simulator; nothing outlives the process.
//!
//! *Invariant:* one lock is held for the whole of each method and never across an await, so every method is one
//! transaction; a method checks all it refuses before it writes anything.

mod desk;
mod feed;
mod inspect;
mod intake;
mod messages;
mod read;
mod record;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use portico_vocab::{CaseId, EventId, EvidenceId, InputId, OutboundId, PhoneNumberId, Sha256, Timestamp};

use crate::error::LedgerError;
use crate::inspect::InputRow;
use crate::model::{
    AliasRow, ApiRequest, CaseRow, ChainEntry, ChainName, ClaimLease, EntryRow, EventRow, Fence, JobKey, JobRow,
    OutboundRow, SegmentRow, SenderId, SessionRow,
};
use crate::wake::Wake;

type Result<T, E = LedgerError> = std::result::Result<T, E>;

/// A ledger that lives as long as the process. See the module.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    tables: Mutex<Tables>,
    wake: Wake,
}

impl MemoryLedger {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        // A poisoned lock means a panic in another test thread; the maps are written only after every check.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A row an insert found already there.
fn refused(table: &'static str) -> LedgerError {
    LedgerError::Refused(format!("a row of {table} with this key exists").into())
}

#[derive(Debug, Default)]
struct Tables {
    segments: BTreeMap<[u8; 16], SegmentRow>,
    days: BTreeMap<String, Day>,
    inputs: BTreeMap<InputId, InputRow>,
    cases: BTreeMap<CaseId, CaseRow>,
    entries: BTreeMap<(CaseId, u64), EntryRow>,
    open: BTreeMap<SenderId, CaseId>,
    aliases: BTreeMap<[u8; 32], AliasRow>,
    stops: BTreeMap<[u8; 32], Stop>,
    windows: BTreeMap<(PhoneNumberId, SenderId), Timestamp>,
    jobs: BTreeMap<JobKey, Job>,
    outbounds: BTreeMap<OutboundId, OutboundRow>,
    events: BTreeMap<EventId, Event>,
    /// How many events have a position; the newest one's.
    sequenced: u64,
    deliveries: BTreeMap<(EventId, String), Delivery>,
    subscribers: BTreeMap<String, Subscriber>,
    seen: BTreeSet<([u8; 32], CaseId, EvidenceId)>,
    objects: BTreeMap<String, CaseId>,
    /// Parked sends that a person acknowledged, and when.
    acknowledged: BTreeMap<OutboundId, Timestamp>,
    chains: BTreeMap<ChainName, Vec<ChainEntry>>,
    policies: BTreeMap<Sha256, String>,
    claims: BTreeMap<CaseId, ClaimLease>,
    sessions: BTreeMap<[u8; 32], SessionRow>,
    requests: BTreeMap<(String, String), Request>,
}

/// A day of the inbox: its wrapped key until it is destroyed, and what was received in segments destroyed with it.
#[derive(Debug, Default)]
struct Day {
    key: Option<Vec<u8>>,
    destroyed_bodies: u64,
}

/// Newest STOP and newest lifting of one alias hash. Keeping both makes their order of arrival not matter.
#[derive(Debug, Default)]
struct Stop {
    stopped_at: Option<Timestamp>,
    lifted_at: Option<Timestamp>,
}

impl Stop {
    /// A tie goes to STOP.
    fn in_force(&self) -> Option<Timestamp> {
        self.stopped_at.filter(|stopped| self.lifted_at.is_none_or(|lifted| *stopped >= lifted))
    }
}

#[derive(Debug)]
struct Job {
    row: JobRow,
    fence: u64,
    tries: u32,
    parked_at: Option<Timestamp>,
    why: Option<String>,
}

impl Job {
    const fn new(row: JobRow) -> Self {
        Self { row, fence: 0, tries: 0, parked_at: None, why: None }
    }

    fn is_due(&self, now: Timestamp) -> bool {
        self.parked_at.is_none() && self.row.run_at <= now
    }
}

#[derive(Debug)]
struct Event {
    row: EventRow,
    position: Option<u64>,
}

#[derive(Debug)]
struct Delivery {
    case: CaseId,
    seq: u64,
    run_at: Timestamp,
    first_at: Timestamp,
    fence: u64,
    tries: u32,
    delivered_at: Option<Timestamp>,
    skipped_at: Option<Timestamp>,
    parked_at: Option<Timestamp>,
    why: Option<String>,
    trace: Option<String>,
}

impl Delivery {
    /// Neither delivered nor skipped.
    const fn is_open(&self) -> bool {
        self.delivered_at.is_none() && self.skipped_at.is_none()
    }

    const fn is_waiting(&self) -> bool {
        self.is_open() && self.parked_at.is_none()
    }
}

/// What is known of a subscriber beside its deliveries.
#[derive(Debug, Default)]
struct Subscriber {
    last_success: Option<Timestamp>,
    disabled_since: Option<Timestamp>,
}

#[derive(Debug)]
struct Request {
    row: ApiRequest,
    answer: Option<(u16, Vec<u8>)>,
}

impl Tables {
    /// The job this fence still holds. Parking and putting back raise the fence, so a holder that let go holds nothing.
    fn held(&mut self, fence: Fence) -> Result<&mut Job> {
        self.jobs.get_mut(&fence.key).filter(|job| job.fence == fence.fence).ok_or(LedgerError::LostLease)
    }

    fn stopped_at(&self, hashes: impl IntoIterator<Item = [u8; 32]>) -> Option<Timestamp> {
        hashes.into_iter().filter_map(|hash| self.stops.get(&hash)?.in_force()).max()
    }
}
