//! The ledger in SQL: one portable text and one plain source, compiled once for each engine.
//!
//! [`text`] holds every statement; `engine/` is the source, included by [`sqlite`] and [`postgres`], each of which is
//! the dialect of eight items the engine sees as `super`: how a write and a snapshot begin, how many commit at once,
//! which of two texts a statement has (the claim suffix), the words of the schema, what its error codes mean, which
//! settings make it durable, and how waiters are woken.
//!
//! *Invariant:* no SQL stands outside this folder and `migrations/`, and no engine is asked for by name in `engine/`.

mod address;
mod asked;
mod listen;
mod migration;
#[cfg(test)]
mod plans;
mod postgres;
mod sqlite;
mod statement;
#[cfg(test)]
mod tests;
mod text;
mod value;

pub use address::{migrate, open, open_read_only, pending_migrations, place};
pub use postgres::PostgresLedger;
pub use sqlite::SqliteLedger;
