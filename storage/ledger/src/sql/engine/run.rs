//! Running a statement, and what its failures mean.

use sqlx::query::Query;
use sqlx::{Database, query};

use super::super::{Db, RETRYABLE, text};
use super::{Conn, Row};
use crate::error::LedgerError;
use crate::sql::statement::{Rows, Statement};
use crate::sql::value::Value;

/// How often a transaction that crossed another is tried; the last failure is `Unavailable`, for the caller's delays.
pub const TRIES: u32 = 5;

/// Why a transaction ended early: the engine, or what the ledger itself found.
#[derive(Debug)]
pub enum Fault {
    Sql(sqlx::Error),
    Ledger(LedgerError),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<LedgerError> for Fault {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

impl Fault {
    /// Two transactions crossed: this one may go through when it starts over.
    pub fn is_crossing(&self) -> bool {
        let Self::Sql(sqlx::Error::Database(error)) = self else { return false };
        error.code().is_some_and(|code| RETRYABLE.contains(&code.as_ref()))
    }
}

impl From<Fault> for LedgerError {
    fn from(fault: Fault) -> Self {
        let crossing = fault.is_crossing();
        match fault {
            Fault::Ledger(error) => error,
            Fault::Sql(error) if crossing || is_outage(&error) => Self::Unavailable(Box::new(error)),
            Fault::Sql(error) => Self::Refused(Box::new(error)),
        }
    }
}

/// A failure to reach the database at all.
pub fn unavailable(error: sqlx::Error) -> LedgerError {
    LedgerError::Unavailable(Box::new(error))
}

/// Whether the store, and not the statement, is what failed. By code: PostgreSQL appendix A, classes 08 connection, 53
/// resources, 57 operator, 58 system; SQLite 10 I/O, 13 full, 14 cannot open, with their extended codes in the low byte.
fn is_outage(error: &sqlx::Error) -> bool {
    use sqlx::Error;
    match error {
        Error::Io(_) | Error::Tls(_) | Error::Protocol(_) => true,
        Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed => true,
        // The connection is at fault, and goes.
        Error::BeginFailed | Error::InvalidSavePointStatement => true,
        Error::Database(error) => error.code().is_some_and(|code| match code.parse::<u32>() {
            Ok(sqlite) if code.len() < 5 => matches!(sqlite & 0xff, 10 | 13 | 14),
            _ => matches!(code.get(..2), Some("08" | "53" | "57" | "58")),
        }),
        _ => false,
    }
}

/// Tries an expression that makes a future of one whole transaction until it no longer crosses another.
macro_rules! transaction {
    ($attempt:expr) => {{
        let mut tries = 1;
        loop {
            match $attempt.await {
                Err(fault) if fault.is_crossing() && tries < super::run::TRIES => tries += 1,
                done => break done.map_err($crate::error::LedgerError::from),
            }
        }
    }};
}
pub(super) use transaction;

/// Runs a statement; says how many rows it changed.
pub async fn execute(conn: &mut Conn, statement: &'static Statement, values: Vec<Value<'_>>) -> sqlx::Result<u64> {
    Ok(bound(statement, values).execute(conn).await?.rows_affected())
}

pub async fn optional(
    conn: &mut Conn,
    statement: &'static Statement,
    values: Vec<Value<'_>>,
) -> sqlx::Result<Option<Row>> {
    bound(statement, values).fetch_optional(conn).await
}

pub async fn all(conn: &mut Conn, statement: &'static Statement, values: Vec<Value<'_>>) -> sqlx::Result<Vec<Row>> {
    bound(statement, values).fetch_all(conn).await
}

/// Runs a multi-row statement over all of `rows`; says how many rows it changed.
pub async fn put(conn: &mut Conn, statement: &'static Rows, rows: &[Vec<Value<'_>>]) -> sqlx::Result<u64> {
    let mut changed = 0;
    for (text, batch) in batches(statement, rows) {
        changed += bind(query(text), batch.iter().flatten().cloned()).execute(&mut *conn).await?.rows_affected();
    }
    Ok(changed)
}

/// Reads by a multi-row statement.
pub async fn each(conn: &mut Conn, statement: &'static Rows, rows: &[Vec<Value<'_>>]) -> sqlx::Result<Vec<Row>> {
    let mut found = Vec::new();
    for (text, batch) in batches(statement, rows) {
        found.extend(bind(query(text), batch.iter().flatten().cloned()).fetch_all(&mut *conn).await?);
    }
    Ok(found)
}

fn batches<'r, 'v>(
    statement: &'static Rows,
    mut rows: &'r [Vec<Value<'v>>],
) -> impl Iterator<Item = (&'static str, &'r [Vec<Value<'v>>])> {
    rows.iter().for_each(|row| statement.check(row));
    std::iter::from_fn(move || {
        let (size, text) = (!rows.is_empty()).then(|| statement.text(rows.len()))?;
        let (batch, rest) = rows.split_at(size);
        rows = rest;
        Some((text, batch))
    })
}

type Bound = Query<'static, Db, <Db as Database>::Arguments>;

fn bound(statement: &'static Statement, values: Vec<Value<'_>>) -> Bound {
    statement.check(&values);
    bind(query(text(statement)), values)
}

fn bind<'v>(query: Bound, values: impl IntoIterator<Item = Value<'v>>) -> Bound {
    values.into_iter().fold(query, |query, value| match value {
        Value::Blob(bytes) => query.bind(bytes.into_owned()),
        Value::Int(number) => query.bind(number),
        Value::Text(text) => query.bind(text.into_owned()),
        Value::Null('b') => query.bind(None::<Vec<u8>>),
        Value::Null('i') => query.bind(None::<i64>),
        Value::Null(_) => query.bind(None::<String>),
    })
}
