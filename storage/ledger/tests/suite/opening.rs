//! Opening a ledger at an address: what survives, what is refused and how it is said.

use futures::future::{Either, select};
use portico_ledger::testing::fresh_postgres;
use portico_ledger::{
    CommitError, LedgerError, PostgresLedger, Read as _, Record as _, SqliteLedger, Work as _, migrate, open,
    open_read_only,
};
use portico_vocab::Class;

use crate::rows::{applied, at, case_id, opening};

fn folder() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/cell.db", folder.path().display());
    (folder, url)
}

#[tokio::test]
async fn a_database_that_was_not_migrated_is_refused_with_the_mend() {
    let (_folder, sqlite) = folder();
    let (postgres, _guard) = fresh_postgres().await;
    for url in [sqlite, postgres] {
        let error = open(&url).await.err().unwrap();
        assert!(matches!(error, LedgerError::NotMigrated { found: 0, .. }), "{error}");
        assert!(error.to_string().contains("portico migrate"));
        assert_eq!(migrate(&url).await.unwrap(), 1);
        assert_eq!(migrate(&url).await.unwrap(), 0, "nothing to do is no error");
        open(&url).await.unwrap().health().await.unwrap();
    }
}

#[tokio::test]
async fn what_was_committed_is_there_after_opening_again() {
    let (_folder, sqlite) = folder();
    let (postgres, _guard) = fresh_postgres().await;
    for url in [sqlite, postgres] {
        migrate(&url).await.unwrap();
        let commit = applied(&*open(&url).await.unwrap(), opening(1)).await;
        assert_eq!(open(&url).await.unwrap().case(case_id(1)).await.unwrap(), Some(commit.case));
    }
}

#[tokio::test]
async fn one_process_writes_a_file_and_others_look() {
    let (folder, url) = folder();
    migrate(&url).await.unwrap();
    let path = folder.path().join("cell.db");
    let writer = SqliteLedger::open(&path).await.unwrap();
    let error = open(&url).await.err().unwrap();
    assert!(matches!(error, LedgerError::InUse) && error.class() == Class::Permanent, "{error}");
    let reader = open_read_only(&url).await.unwrap();
    applied(&writer, opening(1)).await;
    assert!(reader.case(case_id(1)).await.unwrap().is_some());
    assert!(reader.commit(&opening(2)).await.is_err(), "who looks cannot write");
    writer.close().await;
    drop(writer);
    assert!(reader.case(case_id(1)).await.unwrap().is_some());
    open(&url).await.unwrap();
    let alone = SqliteLedger::open_read_only(&path).await.unwrap();
    assert_eq!(alone.counts(at(0)).await.unwrap().cases, 1, "also when nobody writes");
}

#[tokio::test]
async fn a_file_that_is_not_there_is_not_made_by_looking() {
    let (folder, _) = folder();
    let path = folder.path().join("cell.db");
    let error = SqliteLedger::open_read_only(&path).await.err().unwrap();
    assert_eq!(error.class(), Class::Transient);
    assert!(!path.exists());
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_an_outage_and_shows_no_password() {
    let error = open("postgres://u:hunter2@127.0.0.1:1/cell").await.err().unwrap();
    assert!(matches!(error, LedgerError::Unavailable(_)));
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_store_that_went_away_is_an_outage_for_every_commit() {
    let (folder, url) = folder();
    migrate(&url).await.unwrap();
    let ledger = SqliteLedger::open(&folder.path().join("cell.db")).await.unwrap();
    ledger.close().await;
    let results = ledger.commit_many(&[opening(1), opening(2), opening(3)]).await;
    let outages = results.iter().filter(|r| matches!(r, Err(CommitError::Ledger(LedgerError::Unavailable(_)))));
    assert_eq!(outages.count(), 3);
}

#[tokio::test]
async fn work_in_one_process_wakes_who_waits_in_another() {
    let (url, _guard) = fresh_postgres().await;
    migrate(&url).await.unwrap();
    let (here, there) = (PostgresLedger::connect(&url).await.unwrap(), PostgresLedger::connect(&url).await.unwrap());
    // Who waits may begin to listen after the first few are told, so telling goes on; a wait not woken outlasts it.
    let wait = std::pin::pin!(here.wait_for_work(std::time::Duration::from_secs(3600)));
    let tell = std::pin::pin!(async {
        for _ in 0..10_000 {
            there.add_jobs(&[]).await.unwrap();
        }
    });
    assert!(matches!(select(wait, tell).await, Either::Left(_)));
}
