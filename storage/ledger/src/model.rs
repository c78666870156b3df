//! The rows of the ledger, as its callers see them. Everything personal in them is already sealed or keyed-hashed.
//!
//! Times are microseconds, digests 32 bytes, ids 16 bytes. Field names are the column names.

use portico_vocab::{
    CaseId, CaseVersion, EventId, EvidenceId, InputId, OutboundId, OutcomeName, PhoneNumberId, Sha256, StageName,
    Timestamp,
};
use serde::{Deserialize, Serialize};

/// Who writes to us: made by the shell at the first message, found again by aliases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SenderId(pub [u8; 16]);

/// The three names WhatsApp gives one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AliasKind {
    Phone,
    UserId,
    ParentUserId,
}

impl AliasKind {
    const ALL: &'static [Self] = &[Self::Phone, Self::UserId, Self::ParentUserId];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::UserId => "user_id",
            Self::ParentUserId => "parent_user_id",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

/// One name of a sender, as an HMAC; a hash belongs to one sender at a time (writing it again moves it).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasRow {
    pub kind: AliasKind,
    pub hash: [u8; 32],
    pub sender: SenderId,
}

/// What a look-up by aliases found: one row a known alias, with the sender's other aliases of each kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderMatch {
    pub alias: AliasRow,
    /// Every alias this sender has, this one among them.
    pub all: Vec<AliasRow>,
    pub open_case: Option<CaseId>,
    /// The newest case of this sender, open or ended.
    pub latest_case: Option<CaseId>,
    /// Newest time in the stop-list under any of its aliases.
    pub stopped_at: Option<Timestamp>,
}

/// Several verified bodies that arrived together, sealed under the day's inbox key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentRow {
    /// Time-ordered, made by the ingress.
    pub id: [u8; 16],
    /// `2026-11-22`: names the day key.
    pub day: String,
    pub at: Timestamp,
    /// How many bodies are inside.
    pub bodies: u32,
    /// Digest and signature of each body, in the plain: what custody keeps of a body that was discarded unsorted. See
    /// [`segment::custody`](crate::segment::custody).
    pub custody: String,
    /// Empty once discarded.
    pub body: Vec<u8>,
    /// Trace of the request that brought it; its `sort` job carries it on.
    pub trace: Option<String>,
}

/// Which workers take a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// Inbox segments to inputs.
    Sort,
    /// Download, hash, normalise, seal, store.
    TakeIn,
    /// Checks on one picture.
    Read,
    /// The policy's word on a complete case.
    Decide,
    /// Messages to applicants.
    Tell,
    /// Reminders, expiry, purge.
    Timer,
    /// Objects to delete.
    Sweep,
}

impl Queue {
    pub const ALL: &'static [Self] =
        &[Self::Sort, Self::TakeIn, Self::Read, Self::Decide, Self::Tell, Self::Timer, Self::Sweep];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sort => "sort",
            Self::TakeIn => "take_in",
            Self::Read => "read",
            Self::Decide => "decide",
            Self::Tell => "tell",
            Self::Timer => "timer",
            Self::Sweep => "sweep",
        }
    }
}

impl Queue {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|queue| queue.as_str() == text)
    }
}

/// A job's key: the case (or inbox segment) it belongs to, the version that asked for it, its place in that change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct JobKey {
    pub owner: [u8; 16],
    pub version: u64,
    pub ordinal: u32,
}

/// Queued work. Its lease is `run_at` pushed forward; a finished job is deleted (its history is in the entries).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    pub key: JobKey,
    pub queue: Queue,
    pub run_at: Timestamp,
    pub payload: Vec<u8>,
    /// W3C `traceparent` of what asked for it ([`TRACE_LENGTH`] characters): not personal.
    pub trace: Option<String>,
}

/// Characters of a W3C `traceparent` of version 00 (Trace Context 3.2): `00-<32 hex>-<16 hex>-<2 hex>`.
pub const TRACE_LENGTH: usize = 55;

/// Proof of holding a job's lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fence {
    pub key: JobKey,
    pub fence: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedJob {
    pub fence: Fence,
    pub queue: Queue,
    /// Tries before this one.
    pub tries: u32,
    pub payload: Vec<u8>,
    pub trace: Option<String>,
}

/// The row of a case. Plain columns hold nothing personal; `body` is the whole case sealed under its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRow {
    pub id: CaseId,
    pub sender: SenderId,
    pub version: CaseVersion,
    pub stage: StageName,
    pub outcome: Option<OutcomeName>,
    pub opened_at: Timestamp,
    pub updated_at: Timestamp,
    /// When it came before reviewers; set only while `in_review`, so that the queue's index holds the queue and no more.
    pub review_since: Option<Timestamp>,
    /// Non-personal JSON text for lists: document kind, why it is in review.
    pub summary: String,
    /// Digest of the newest entry.
    pub head: Sha256,
    pub body: Vec<u8>,
    /// The case key wrapped by the master key; `None` once shredded. Ignored by `commit` unless the case is opened.
    pub key: Option<Vec<u8>>,
}

/// One line of a case's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    pub case: CaseId,
    pub version: CaseVersion,
    pub at: Timestamp,
    pub stage: StageName,
    /// What kind of input: `message`, `job:take_in`, `review:decide`, …
    pub kind: String,
    /// `applicant`, `machine`, `reviewer:…`, `client:…`.
    pub actor: String,
    /// `applied`, `ignored:why`, `refused:why`.
    pub outcome: String,
    pub previous: Sha256,
    pub digest: Sha256,
    /// Canonical input, sealed under the case key.
    pub body: Vec<u8>,
}

/// Where a message to an applicant stands. Order is the rank receipts move it along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboundState {
    Queued,
    /// Durable before the call; a lease lost here becomes `Unknown`.
    Sending,
    /// The call's end is not known. Never sent again by itself.
    Unknown,
    /// Unknown for ten minutes: given up, shown on the case.
    Parked,
    /// The gate said no (window closed, stopped): nothing was sent.
    Held,
    /// Meta took it.
    Sent,
    Failed,
    Delivered,
    Read,
}

impl OutboundState {
    const ALL: &'static [Self] = &[
        Self::Queued,
        Self::Sending,
        Self::Unknown,
        Self::Parked,
        Self::Held,
        Self::Sent,
        Self::Failed,
        Self::Delivered,
        Self::Read,
    ];

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == text)
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Parked => "parked",
            Self::Held => "held",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Read => "read",
        }
    }
}

/// One message to an applicant, beside the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundRow {
    pub id: OutboundId,
    pub case: CaseId,
    pub version: CaseVersion,
    pub ordinal: u32,
    pub at: Timestamp,
    /// The text's key: not personal.
    pub text: String,
    /// The tell (key and values), sealed under the case key.
    pub payload: Vec<u8>,
    pub state: OutboundState,
    /// When `state` last changed.
    pub state_at: Timestamp,
    /// Error code or hold reason: not personal.
    pub detail: Option<String>,
    /// What was rendered, sealed under the case key; set when sending starts.
    pub rendered: Option<Vec<u8>>,
    /// SHA-256 of the rendered text; a tap is bound to it.
    pub text_hash: Option<Sha256>,
    /// Keyed hash of the wamid Meta gave it.
    pub wamid: Option<[u8; 32]>,
}

/// How a send ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    Sent {
        wamid: [u8; 32],
    },
    Held {
        why: String,
    },
    Failed {
        why: String,
    },
    /// Known not to have gone out, for the moment: back to `Queued`, its job put back for another try.
    Again {
        why: String,
    },
    Unknown,
    Parked,
}

impl Settled {
    /// Whether the tell job stays, to come again.
    #[must_use]
    pub const fn keeps_job(&self) -> bool {
        matches!(self, Self::Unknown | Self::Again { .. })
    }

    /// Error code or hold reason.
    pub(crate) fn detail(&self) -> Option<&str> {
        match self {
            Self::Held { why } | Self::Failed { why } | Self::Again { why } => Some(why),
            Self::Sent { .. } | Self::Unknown | Self::Parked => None,
        }
    }

    /// The name Meta gave the message.
    pub(crate) const fn wamid(&self) -> Option<[u8; 32]> {
        if let Self::Sent { wamid } = self { Some(*wamid) } else { None }
    }
}

/// What a receipt did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiptOutcome {
    pub id: OutboundId,
    pub case: CaseId,
    /// State before and after; equal when the receipt was late or a repeat.
    pub before: OutboundState,
    pub after: OutboundState,
}

/// Something announced about a case. `data` never holds personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    pub id: EventId,
    pub case: CaseId,
    /// Counts every event of the case, from 1.
    pub seq: u64,
    /// The version whose entry stands behind it.
    pub version: CaseVersion,
    /// `kyc.…`.
    pub kind: String,
    pub at: Timestamp,
    /// JSON text of the event's own data.
    pub data: String,
}

/// One event's way to one subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    pub event: EventId,
    pub subscriber: String,
    pub case: CaseId,
    pub seq: u64,
    pub run_at: Timestamp,
    /// As [`JobRow::trace`].
    pub trace: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedDelivery {
    pub event: EventRow,
    pub subscriber: String,
    pub fence: u64,
    /// Tries before this one.
    pub tries: u32,
    /// When the first try was due.
    pub first_at: Timestamp,
    /// The event last delivered to this subscriber for this case.
    pub previous: Option<EventId>,
    /// Digest of the entry behind the event.
    pub history_digest: Sha256,
    pub trace: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryEnd {
    Delivered,
    Retry {
        run_at: Timestamp,
        why: String,
    },
    /// Given up: holds back the later events of its case for this subscriber.
    Parked {
        why: String,
    },
    /// The subscriber answered 410: nothing more goes to it; its open deliveries are parked.
    Disabled,
}

/// Why the deliveries of a disabled subscriber are parked.
pub(crate) const DISABLED: &str = "the subscriber answered 410";

/// An event with its dense position, for feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedRow {
    /// From 1, without gaps, in the order of commit as the sequencer saw it.
    pub position: u64,
    pub event: EventRow,
    pub previous: Option<EventId>,
    pub history_digest: Sha256,
}

/// A picture's keyed digest, so that the same bytes are known again within the cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRow {
    pub hash: [u8; 32],
    pub case: CaseId,
    pub evidence: EvidenceId,
}

/// An object in the bucket that a case knows: what has no such row is an orphan, and is swept once it is old enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectRow {
    /// Its random name in the bucket.
    pub key: String,
    pub case: CaseId,
}

/// Newest inbound message of a sender to one of our numbers: the 24-hour window counts from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowRow {
    pub phone_number: PhoneNumberId,
    pub sender: SenderId,
    /// Kept as a maximum: a late duplicate must not move it back.
    pub newest_inbound_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenChange {
    Keep,
    /// This case becomes the sender's one open case.
    Open,
    /// This case stops being it.
    Close,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopChange {
    Keep,
    /// Put under every given hash; the later time stays.
    Set {
        hashes: Vec<[u8; 32]>,
        at: Timestamp,
    },
    /// Taken off, when not stopped again after `at`.
    Lift {
        hashes: Vec<[u8; 32]>,
        at: Timestamp,
    },
}

/// One change of one case, in rows: written whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    pub input: InputId,
    /// `None` opens the case.
    pub expects: Option<CaseVersion>,
    /// The case after the change; its version is `expects + 1`.
    pub case: CaseRow,
    pub entry: EntryRow,
    pub jobs: Vec<JobRow>,
    pub outbounds: Vec<OutboundRow>,
    pub events: Vec<EventRow>,
    pub deliveries: Vec<DeliveryRow>,
    pub seen: Vec<SeenRow>,
    /// Stored for this change, before it was committed.
    pub objects: Vec<ObjectRow>,
    pub aliases: Vec<AliasRow>,
    pub open: OpenChange,
    pub stop: StopChange,
    pub window: Option<WindowRow>,
    /// Destroys the wrapped case key.
    pub shred: bool,
    /// The job this change finishes.
    pub done: Option<Fence>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    Applied,
    /// The input was consumed before: nothing was written.
    AlreadyApplied,
}

/// An input that belongs to no case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrayRow {
    pub input: InputId,
    pub at: Timestamp,
    /// Non-personal JSON text: kind and reason.
    pub body: String,
    pub stop: StopChange,
    pub window: Option<WindowRow>,
}

/// The cell's own chains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChainName {
    /// Inputs that belong to no case.
    Stray,
    /// Reads of personal data, committed before the first byte leaves.
    Access,
    /// What operators did: parked work retried or discarded, subscribers taken back.
    Operations,
}

impl ChainName {
    pub const ALL: &'static [Self] = &[Self::Stray, Self::Access, Self::Operations];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stray => "stray",
            Self::Access => "access",
            Self::Operations => "operations",
        }
    }
}

/// One link of a cell's chain; `digest` is [`portico_audit::link_digest`] of all the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainEntry {
    pub seq: u64,
    pub at: Timestamp,
    /// The case it is about, for look-up.
    pub case: Option<CaseId>,
    pub body: String,
    pub previous: Sha256,
    pub digest: Sha256,
}

/// A reviewer's time-boxed hold of a case; beside the case, so that pages do not go stale on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimLease {
    pub case: CaseId,
    pub reviewer: String,
    pub until: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Keyed hash of the token in the cookie.
    pub token: [u8; 32],
    pub reviewer: String,
    /// JSON text: display name, roles, cells.
    pub profile: String,
    pub expires_at: Timestamp,
}

/// A POST of an API client under its Idempotency-Key (kept 30 days).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiRequest {
    pub client: String,
    pub key: String,
    pub body: Sha256,
    pub at: Timestamp,
}

/// How long an Idempotency-Key is remembered.
pub(crate) const REQUEST_KEPT_DAYS: i64 = 30;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiAnswer {
    /// First time: go on, then `finish_request`.
    New,
    /// Same key and body, answered before.
    Before { status: u16, body: Vec<u8> },
    /// Same key, another body.
    OtherBody,
    /// Same key and body, not answered yet.
    Running,
}

/// Where a list goes on: the last row's time and id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub at: Timestamp,
    pub id: CaseId,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseFilter {
    pub stage: Option<StageName>,
    pub outcome: Option<OutcomeName>,
    pub after: Option<Cursor>,
    /// 1 to 1000.
    pub limit: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasePage {
    pub rows: Vec<CaseRow>,
    pub next: Option<Cursor>,
}

impl CaseFilter {
    /// Rows a page may hold.
    pub(crate) fn limit(&self) -> usize {
        self.limit.clamp(1, 1000) as usize
    }
}

impl CasePage {
    /// Of `rows`, in order and at least one more than a full page when there are more, the page and where it goes on.
    pub(crate) fn cut(mut rows: Vec<CaseRow>, limit: usize) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| Cursor { at: row.opened_at, id: row.id });
        Self { rows, next }
    }
}

/// A case in the reviewers' queue, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueRow {
    pub case: CaseId,
    pub since: Timestamp,
    pub summary: String,
    pub claim: Option<ClaimLease>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventFilter {
    /// Positions greater than this.
    pub after: u64,
    pub limit: u32,
    pub kind: Option<String>,
    pub case: Option<CaseId>,
}
