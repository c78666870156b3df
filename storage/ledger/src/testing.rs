//! A fresh Postgres database for a test, dropped with its guard. Behind the feature `testing`.
//!
//! The server is the one of `PORTICO_TEST_POSTGRES`, a superuser's URL, which `cargo xtask test` starts and sets.
//! *Invariant:* no two tests share a database, so they may run at once.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::error::LedgerError;

/// The environment variable that holds the server's URL.
pub const SERVER: &str = "PORTICO_TEST_POSTGRES";

/// Drops the database when it is dropped.
#[derive(Debug)]
pub struct Guard {
    server: String,
    name: String,
}

/// Makes an empty database; gives its URL, to be migrated and opened.
///
/// # Panics
/// When [`SERVER`] is not set, or the server does not answer: a test cannot go on without it.
#[expect(clippy::panic, reason = "a test without its server has nothing to answer with")]
pub async fn fresh_postgres() -> (String, Guard) {
    let Ok(server) = std::env::var(SERVER) else {
        panic!("{SERVER} is not set: run `cargo xtask test`, which starts Postgres");
    };
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let name = format!("portico_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let Some(url) = with_database(&server, &name) else {
        panic!("{SERVER} names no database: expected postgres://user@host:port/postgres");
    };
    let guard = Guard { server, name };
    let create = format!("CREATE DATABASE {} TEMPLATE template0", guard.name);
    // A process that was killed may have left one under this name.
    if let Err(error) = run(&guard.server, &[drop_statement(&guard.name), create]).await {
        panic!("the server of {SERVER} cannot make a database: {error}: {:?}", std::error::Error::source(&error));
    }
    (url, guard)
}

impl Drop for Guard {
    fn drop(&mut self) {
        let (server, statement) = (self.server.clone(), drop_statement(&self.name));
        // Dropping cannot await, and a runtime cannot be blocked from inside: another thread has its own.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| runtime.block_on(run(&server, &[statement])))
        });
        let _ = dropping.join();
    }
}

fn drop_statement(name: &str) -> String {
    format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")
}

/// The URL with another database: what stands between the last `/` and the `?`.
fn with_database(url: &str, name: &str) -> Option<String> {
    let (path, query) = url.split_once('?').map_or((url, None), |(path, query)| (path, Some(query)));
    let (server, _) = path.rsplit_once('/')?;
    Some(query.map_or_else(|| format!("{server}/{name}"), |query| format!("{server}/{name}?{query}")))
}

async fn run(server: &str, statements: &[String]) -> Result<(), LedgerError> {
    let unavailable = |error| LedgerError::Unavailable(Box::new(error));
    let mut conn = PgConnection::connect(server).await.map_err(unavailable)?;
    for statement in statements {
        conn.execute(AssertSqlSafe(statement.clone())).await.map_err(unavailable)?;
    }
    conn.close().await.map_err(unavailable)
}
