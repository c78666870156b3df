//! Every statement of the ledger, a file a room: one text for both engines, but for the two claims.
//!
//! The portable core (measured: docs/domain/ledger.md 1): numbered parameters; multi-row `VALUES` instead of arrays; CTEs;
//! `UPDATE … FROM`; row values; `ON CONFLICT`; `RETURNING` of the target's own columns. Not used: `now()`, sequences,
//! JSON operators, triggers, `LIKE`, literals read as numbers.

pub mod desk;
pub mod feed;
pub mod inspect;
pub mod intake;
pub mod messages;
pub mod read;
pub mod record;
pub mod schema;
pub mod work;
