//! A cell: one country's ledger, keys, vault and policy, joined.
//!
//! This is where the pure core meets what is durable: load a case, `step` it, turn the change into sealed rows, commit
//! them in one transaction. *Invariant:* nothing here takes two cells, so nothing here can move data between countries.

mod apply;
mod beside;
mod cell;
mod error;
mod fsck;
mod links;
mod open;
mod read;
mod rows;
mod watch;

pub use apply::{Applied, Around};
pub use cell::{Cell, CellParts, SubscriberRule};
pub use error::CellError;
pub use fsck::{CaseVerdict, Fsck};
pub use links::Act;
pub use open::OpenCase;
pub use read::{Access, HistoryItem, Loaded, OpenedCase, ToldItem, Which};
pub use rows::{job_key, open_job, open_sweep};
pub use watch::Watch;
