//! SQLite: the embedded ledger of a laptop or a pilot. One process writes, held to it by a lock file.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::asked::Asked;
use super::statement::Statement;
use crate::error::LedgerError;

#[path = "engine/mod.rs"]
mod engine;
pub use engine::SqlLedger as SqliteLedger;

// The dialect.
pub(crate) use crate::wake::Wake;
type Db = sqlx::Sqlite;
/// One writer: it takes the lock at once rather than fail when it first writes.
const BEGIN: &str = "BEGIN IMMEDIATE";
/// From its first read on it sees one moment (sqlite.org/isolation.html).
const SNAPSHOT: &str = "BEGIN";
/// Busy, locked, and busy because of a snapshot (SQLite result codes).
const RETRYABLE: &[&str] = &["5", "6", "517"];
/// A generic error (SQLite result codes): of a plain SELECT, that the table is missing.
const NO_TABLE: &str = "1";
const VERSION: &str = "SELECT 'SQLite ' || sqlite_version()";
/// Of the connection that asks, but for the journal, which is the file's (sqlite.org/pragma.html).
const DURABILITY: &[Asked] = &[
    Asked { name: "journal_mode", text: "SELECT journal_mode FROM pragma_journal_mode", unsound: &["memory", "off"] },
    // In a WAL, `normal` may lose the newest commits to a power cut.
    Asked {
        name: "synchronous",
        text: "SELECT CASE synchronous WHEN 0 THEN 'off' WHEN 1 THEN 'normal' WHEN 2 THEN 'full' ELSE 'extra' END \
               FROM pragma_synchronous",
        unsound: &["off", "normal"],
    },
];

/// One writer.
const COMMITTERS: usize = 1;

const fn text(statement: &Statement) -> &'static str {
    statement.sqlite
}

fn ddl(portable: &str) -> String {
    portable.replace("BYTEA", "BLOB").replace("BIGINT", "INTEGER").replace("/*STRICT*/", "STRICT")
}

/// Readers beside the one writer; a WAL lets them read while it writes.
const READERS: u32 = 4;
/// Longer than any transaction here takes, so that only a stuck writer is seen as busy.
const BUSY: Duration = Duration::from_secs(5);
/// More than the texts there are, multi-row sizes counted.
const STATEMENTS: usize = 512;

impl SqliteLedger {
    /// Opens the file, made if missing, as the one process that writes it.
    ///
    /// # Errors
    /// [`LedgerError::InUse`] when another process has it open; `Unavailable` when it cannot be read or written.
    pub async fn open(path: &Path) -> Result<Self, LedgerError> {
        let lock = lock(path)?;
        let options = options(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // A destroyed key must not stay readable in a free page.
            .pragma("secure_delete", "on");
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await
            .map_err(engine::unavailable)?;
        let read = SqlitePoolOptions::new().max_connections(READERS).connect_lazy_with(options_read(path));
        Ok(Self::new(write.clone(), write, read, Wake::default(), Some(lock)))
    }

    /// Opens an existing file beside the process that writes it, to look only: the lock file is not touched.
    ///
    /// # Errors
    /// `Unavailable` when it is missing or cannot be read.
    pub async fn open_read_only(path: &Path) -> Result<Self, LedgerError> {
        let pool = SqlitePoolOptions::new().max_connections(READERS).connect_with(options_read(path)).await;
        let pool = pool.map_err(engine::unavailable)?;
        Ok(Self::new(pool.clone(), pool.clone(), pool, Wake::default(), None).looking_only())
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging()
}

fn options_read(path: &Path) -> SqliteConnectOptions {
    options(path).read_only(true)
}

/// Holds `<path>.lock` for as long as the file handle lives, also through a crash.
fn lock(path: &Path) -> Result<File, LedgerError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = File::options().create(true).truncate(false).write(true).open(name);
    let file = file.map_err(|error| LedgerError::Unavailable(Box::new(error)))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LedgerError::InUse),
        Err(TryLockError::Error(error)) => Err(LedgerError::Unavailable(Box::new(error))),
    }
}
