//! Opening a ledger at an address: what survives, what is refused and how it is said.

use futures::future::{Either, select};
use portico_ledger::testing::fresh_postgres;
use portico_ledger::{
    CommitError, Ledger, LedgerError, MemoryLedger, PostgresLedger, Queue, Read as _, Record as _, SqliteLedger,
    Work as _, migrate, open, open_read_only, pending_migrations,
};
use portico_vocab::{Class, Sha256};
use sqlx::Connection as _;

use crate::rows::{applied, at, case_id, opening};

/// The steps of the schema.
const STEPS: [&str; 2] = ["first", "room_for_change"];

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
        assert_eq!(pending_migrations(&url).await.unwrap(), STEPS);
        assert_eq!(pending_migrations(&url).await.unwrap(), STEPS, "asking writes nothing");
        assert_eq!(migrate(&url).await.unwrap(), STEPS.len());
        assert_eq!(migrate(&url).await.unwrap(), 0, "nothing to do is no error");
        assert!(pending_migrations(&url).await.unwrap().is_empty());
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
    refuses_to_write(&*reader).await;
    writer.close().await;
    drop(writer);
    assert!(reader.case(case_id(1)).await.unwrap().is_some());
    open(&url).await.unwrap();
    let alone = SqliteLedger::open_read_only(&path).await.unwrap();
    assert_eq!(alone.counts(at(0)).await.unwrap().cases, 1, "also when nobody writes");
}

async fn refuses_to_write(reader: &dyn Ledger) {
    reader.health().await.unwrap();
    let error = reader.commit(&opening(2)).await.unwrap_err();
    assert!(matches!(error, CommitError::Ledger(LedgerError::ReadOnly)), "{error}");
    let error = reader.put_policy(Sha256::of(b"policy"), "{}").await.unwrap_err();
    assert!(matches!(error, LedgerError::ReadOnly) && error.to_string().contains("to look at only"), "{error}");
    assert!(matches!(reader.claim_jobs(Queue::Sort, at(0), at(1), 1).await, Err(LedgerError::ReadOnly)));
}

#[tokio::test]
async fn who_looks_at_a_server_sees_what_is_written_and_writes_nothing() {
    let (url, _guard) = fresh_postgres().await;
    migrate(&url).await.unwrap();
    let (writer, reader) = (open(&url).await.unwrap(), open_read_only(&url).await.unwrap());
    applied(&*writer, opening(1)).await;
    assert!(reader.case(case_id(1)).await.unwrap().is_some());
    refuses_to_write(&*reader).await;
}

/// A looker beside a writer leaves its lock alone: the next writer is not kept out by who only looks.
#[tokio::test]
async fn who_looks_takes_no_lock() {
    let (folder, url) = folder();
    migrate(&url).await.unwrap();
    std::fs::remove_file(folder.path().join("cell.db.lock")).unwrap();
    let reader = open_read_only(&url).await.unwrap();
    assert!(!folder.path().join("cell.db.lock").exists());
    let writer = open(&url).await.unwrap();
    applied(&*writer, opening(1)).await;
    assert!(reader.case(case_id(1)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_database_of_another_build_is_refused_and_left_as_it_is() {
    for (statement, other) in [
        ("UPDATE migration SET digest = $1 WHERE number = 1", true),
        ("INSERT INTO migration (number, name, digest) VALUES (3, 'later', $1)", false),
    ] {
        let (folder, sqlite) = folder();
        let (postgres, _guard) = fresh_postgres().await;
        for url in [&sqlite, &postgres] {
            migrate(url).await.unwrap();
        }
        let path = folder.path().join("cell.db");
        let mut conn = sqlx::SqliteConnection::connect(&path.to_string_lossy()).await.unwrap();
        sqlx::query(statement).bind(vec![1_u8; 32]).execute(&mut conn).await.unwrap();
        let mut conn = sqlx::PgConnection::connect(&postgres).await.unwrap();
        sqlx::query(statement).bind(vec![1_u8; 32]).execute(&mut conn).await.unwrap();
        for url in [&sqlite, &postgres] {
            let refused = [
                open(url).await.err().unwrap(),
                open_read_only(url).await.err().unwrap(),
                migrate(url).await.unwrap_err(),
                pending_migrations(url).await.unwrap_err(),
            ];
            for error in refused {
                let right = match &error {
                    LedgerError::OtherSchema { number: 1 } => other,
                    LedgerError::NewerSchema { found: 3, known: 2 } => !other,
                    _ => false,
                };
                assert!(right && error.to_string().contains("use the build that"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn a_store_says_how_durable_it_is() {
    let (_folder, sqlite) = folder();
    migrate(&sqlite).await.unwrap();
    let durability = open(&sqlite).await.unwrap().durability().await.unwrap();
    assert!(durability.engine.starts_with("SQLite 3."), "{}", durability.engine);
    let settings: Vec<_> = durability.settings.iter().map(|s| (s.name, s.value.as_str(), s.sound)).collect();
    assert_eq!(settings, [("journal_mode", "wal", true), ("synchronous", "full", true)]);
    let (postgres, _guard) = fresh_postgres().await;
    migrate(&postgres).await.unwrap();
    for (commits, sound) in [("on", true), ("off", false), ("local", true)] {
        let url = format!("{postgres}?options=-c%20synchronous_commit%3D{commits}");
        let durability = open(&url).await.unwrap().durability().await.unwrap();
        assert!(durability.engine.starts_with("PostgreSQL "), "{}", durability.engine);
        let names: Vec<_> = durability.settings.iter().map(|setting| setting.name).collect();
        assert_eq!(names, ["fsync", "synchronous_commit", "full_page_writes"]);
        assert_eq!((durability.settings[1].value.as_str(), durability.settings[1].sound), (commits, sound));
    }
    assert!(!MemoryLedger::new().durability().await.unwrap().is_sound());
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
