//! SQLite ends a transaction by itself when the disk is full, or fails: what was in it is gone, and the next one must
//! not find the connection still counting it as open. A trigger does the same here.

use portico_ledger::{Intake as _, Read as _, SqliteLedger, migrate};
use sqlx::{Connection as _, Executor as _, SqliteConnection};

#[tokio::test]
async fn a_transaction_that_the_engine_ended_leaves_the_ledger_usable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cell.db");
    let url = format!("sqlite://{}", path.display());
    migrate(&url).await.unwrap();
    let ledger = SqliteLedger::open(&path).await.unwrap();
    let mut beside = SqliteConnection::connect(&url).await.unwrap();
    let ends = "CREATE TRIGGER ends BEFORE INSERT ON inbox_day BEGIN SELECT RAISE(ROLLBACK, 'ended'); END";
    beside.execute(ends).await.unwrap();
    ledger.day_key("2026-11-22", &[1]).await.unwrap_err();
    ledger.health().await.expect("what went before is over");
    ledger.day_key("2026-11-22", &[1]).await.unwrap_err();
    beside.execute("DROP TRIGGER ends").await.unwrap();
    assert_eq!(ledger.day_key("2026-11-22", &[2]).await.unwrap(), Some(vec![2]), "nothing of it had landed");
}
