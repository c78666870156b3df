//! Postgres: the ledger of production, for any number of processes.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Executor as _};

use super::asked::Asked;
use super::statement::Statement;
use crate::error::LedgerError;

#[expect(clippy::duplicate_mod, reason = "one source for two engines: what surrounds the SQL must not diverge")]
#[path = "engine/mod.rs"]
mod engine;
pub use engine::SqlLedger as PostgresLedger;

// The dialect.
pub(crate) use super::listen::Wake;
type Db = sqlx::Postgres;
const BEGIN: &str = "BEGIN";
/// Sees one moment throughout (PostgreSQL 13.2.2).
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// Serialisation failure, deadlock, lock not available (PostgreSQL appendix A).
const RETRYABLE: &[&str] = &["40001", "40P01", "55P03"];
/// Undefined table.
const NO_TABLE: &str = "42P01";
const VERSION: &str = "SELECT 'PostgreSQL ' || current_setting('server_version')";
/// PostgreSQL 20.5, "Write Ahead Log"; `synchronous_commit` is that of our own connections.
const DURABILITY: &[Asked] = &[
    Asked { name: "fsync", text: "SELECT current_setting('fsync')", unsound: &["off"] },
    Asked { name: "synchronous_commit", text: "SELECT current_setting('synchronous_commit')", unsound: &["off"] },
    Asked { name: "full_page_writes", text: "SELECT current_setting('full_page_writes')", unsound: &["off"] },
];

/// Transactions that carry commits at once: a second fills the time in which the first waits for the disk; more only
/// halve the batches (docs/domain/ledger.md 2).
const COMMITTERS: usize = 2;

const fn text(statement: &Statement) -> &'static str {
    statement.postgres
}

fn ddl(portable: &str) -> String {
    let ours = portable.replace("/*STRICT*/", "");
    // What only PostgreSQL has stands in a comment of the portable text.
    match ours.split_once("/*POSTGRES") {
        Some((before, rest)) => format!("{before}{}", rest.replacen("*/", "", 1)),
        None => ours,
    }
}

/// Of the ingress alone, which has one writer: a webhook waits for no worker, and for no connection that they hold.
const INTAKE_CONNECTIONS: u32 = 2;
/// A process that was paused in the middle of a transaction lets go of its locks, and of the snapshot that keeps vacuum
/// from its work.
const SESSION: &str = "SET idle_in_transaction_session_timeout = '30s'";
/// Enough for the workers of one process: from eight connections on Postgres is bound by CPU (docs/domain/ledger.md 2).
const CONNECTIONS: u32 = 16;
const ACQUIRE: Duration = Duration::from_secs(5);
/// More than the texts there are, multi-row sizes counted.
const STATEMENTS: usize = 512;

impl PostgresLedger {
    /// Connects to `postgres://user@host/database` or, by a Unix socket, `postgres:///database?host=/run/postgresql`.
    ///
    /// # Errors
    /// [`LedgerError::Address`] when `url` cannot be read; `Unavailable` when the server does not answer.
    pub async fn connect(url: &str) -> Result<Self, LedgerError> {
        Self::connect_with(options(url)?).await
    }

    /// Connects to look only: the server too refuses to write on these connections.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub async fn connect_read_only(url: &str) -> Result<Self, LedgerError> {
        let options = options(url)?.options([("default_transaction_read_only", "on")]);
        Ok(Self::connect_with(options).await?.looking_only())
    }

    async fn connect_with(options: PgConnectOptions) -> Result<Self, LedgerError> {
        let work = pool(CONNECTIONS).connect_with(options.clone()).await.map_err(engine::unavailable)?;
        let intake = pool(INTAKE_CONNECTIONS).connect_lazy_with(options.clone());
        Ok(Self::new(intake, work.clone(), work, Wake::new(options), None))
    }
}

fn pool(connections: u32) -> PgPoolOptions {
    let options = PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE);
    options.after_connect(|conn, _| Box::pin(async move { conn.execute(SESSION).await.map(drop) }))
}

fn options(url: &str) -> Result<PgConnectOptions, LedgerError> {
    let options = PgConnectOptions::from_str(url).map_err(|_| LedgerError::Address)?;
    Ok(options.application_name("portico").statement_cache_capacity(STATEMENTS).disable_statement_logging())
}

/// One text for every spelling of one database on one server.
pub(super) fn place(url: &str) -> Result<String, LedgerError> {
    let options = options(url)?;
    let server = match options.get_socket() {
        Some(folder) => folder.display().to_string(),
        None => match options.get_host().to_ascii_lowercase().as_str() {
            "localhost" | "127.0.0.1" | "::1" | "[::1]" => String::from("loopback"),
            host => host.to_owned(),
        },
    };
    // Without a name the database is called as the user is.
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    Ok(format!("postgres {server} {} {database}", options.get_port()))
}
