//! Webhooks in: verified over their raw bytes, routed to their cells, durable there before Meta reads 200.
//!
//! ```text
//! POST ─▶ signature ─▶ routing ids ─▶ slices a cell ─▶ one writer a cell: seal, one segment, one commit ─▶ 200
//!            401          200, 503                          503
//! ```
//!
//! Nothing is understood here beyond whose a change is: parsing is the `sort` job's, so a parser's mistake loses
//! nothing. Meta comes again for seven days after anything but 200, and inputs have ids, so committing twice is
//! harmless and acknowledging early is not.
//!
//! *Invariant:* 200 means that every change of the body that names a cell is committed in that cell, sealed.
//! *Invariant:* a body's bytes reach only the cells it names, each its own slices.

mod config;
mod directory;
mod error;
mod routes;
mod webhook;
mod writer;

pub use config::{CellDoor, IngressConfig};
pub use error::IngressError;
pub use routes::{ROUTES, RouteInfo, router};
pub use writer::{Inbox, Writers};
