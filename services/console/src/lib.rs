//! The reviewers' desk: server-rendered pages under `/console`, and the `/v1` API for account systems.
//!
//! Pages are askama templates that work without script; four small modules add keys, the picture viewer, live lists and
//! text previews. *Invariant:* a page changes a case only by an `Input`, and personal data leave only after the access
//! has been committed. *Invariant:* both routers are built from their tables, [`ROUTES`] and `v1::ROUTES`; nothing else
//! adds a route.

mod assets;
mod config;
mod desk;
mod error;
mod pages;
mod routes;
mod security;
mod session;
pub mod v1;

pub use config::ConsoleConfig;
pub use error::Error;
pub use routes::{Audits, ROUTES, RouteInfo, Who, router};
