//! The ledger: everything durable of one cell but the pictures.
//!
//! One trait in domain words (eight rooms of it, so that each implementation has a file a room), three
//! implementations: memory (the executable specification and the simulator's engine), SQLite and Postgres (one source
//! compiled twice). Rows arrive sealed: the ledger never sees a name, a number or a key that is not wrapped.
//!
//! *Invariant:* whatever happens to a case is one [`Commit`], written whole or not at all.

mod chain;
mod counts;
mod durability;
pub mod envelope;
mod error;
mod floor;
mod group;
mod inspect;
mod ledger;
mod memory;
mod model;
mod parked;
mod rank;
pub mod segment;
mod short;
mod sql;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod wake;
mod wellformed;

pub use counts::{Counts, SubscriberState, Unfinished};
pub use durability::{Durability, DurabilitySetting};
pub use error::{CommitError, LedgerError};
pub use inspect::{
    Belongings, DeliveryRecord, EventRecord, Head, InboxDay, InputRow, JobRecord, OutboundRecord, StopRow, Totals,
};
pub use ledger::{Desk, Feed, Inspect, Intake, Ledger, Messages, Read, Record, Work};
pub use memory::MemoryLedger;
pub use model::{
    AliasKind, AliasRow, ApiAnswer, ApiRequest, CaseFilter, CasePage, CaseRow, ChainEntry, ChainName, ClaimLease,
    ClaimedDelivery, ClaimedJob, Commit, Committed, Cursor, DeliveryEnd, DeliveryRow, EntryRow, EventFilter, EventRow,
    FeedRow, Fence, JobKey, JobRow, ObjectRow, OpenChange, OutboundRow, OutboundState, Queue, QueueRow, ReceiptOutcome,
    SeenRow, SegmentRow, SenderId, SenderMatch, SessionRow, Settled, StopChange, StrayRow, TRACE_LENGTH, WindowRow,
};
pub use parked::{ParkedAct, ParkedId, ParkedItem, ParkedKind, Resolved};
pub use sql::{PostgresLedger, SqliteLedger, migrate, open, open_read_only, pending_migrations, place};
