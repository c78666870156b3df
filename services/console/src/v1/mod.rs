//! The `/v1` API: what account systems read and tell (contract.md, sections 3 to 6).
//!
//! Everything that must hold of every route hangs on one table, [`ROUTES`]: the router, the gate before each handler, the
//! OpenAPI document and the tests read it. *Invariant:* no handler runs before its route's gate has named the client, found
//! the case in a cell of that client, and seen the scope. *Invariant:* personal data leave only after the access has been
//! committed. *Invariant:* a POST happens once, however often it is sent, for its input is consumed under its
//! `Idempotency-Key`.

mod about;
mod account;
mod api;
mod applicant;
mod case;
mod cases;
mod client;
mod cursor;
mod decision;
mod events;
mod evidence;
mod finding;
mod frame;
mod gate;
mod history;
mod once;
mod openapi;
mod problem;
mod query;
mod reasons;
mod receipt;
mod routes;
mod wire;

pub use client::{ApiClient, ApiConfig, Scope};
pub use openapi::openapi;
pub use routes::{Audits, ROUTES, RouteInfo, router};
