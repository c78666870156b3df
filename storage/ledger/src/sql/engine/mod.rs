//! The ledger on one SQL engine: this folder is compiled twice and knows of its engine only what `super` gives it.
//!
//! *Invariant:* a method that writes is one transaction on the writing pool, tried again when the engine says that two
//! transactions crossed; a method that reads never takes a writer.

mod commit;
mod desk;
mod feed;
mod inspect;
mod intake;
mod messages;
mod read;
mod reader;
mod record;
mod run;
mod schema;
mod work;

use std::fs::File;

use sqlx::pool::PoolConnection;
use sqlx::{Database, Pool, Transaction};

use super::{BEGIN, COMMITTERS, Db, Wake};
use crate::error::{CommitError, LedgerError};
use crate::floor::Floors;
use crate::group::Group;
use crate::model::{Commit, Committed, Fence};
use commit::BATCH;
use run::Fault;
pub(super) use run::unavailable;

type Conn = <Db as Database>::Connection;
type Row = <Db as Database>::Row;
type Result<T, E = LedgerError> = std::result::Result<T, E>;

/// A ledger in a database. See the module.
#[derive(Debug)]
pub struct SqlLedger {
    /// Of the ingress alone, where the engine has more than one writer.
    intake: Pool<Db>,
    write: Pool<Db>,
    read: Pool<Db>,
    wake: Wake,
    commits: Group<Commit, Result<Committed, CommitError>>,
    finishes: Group<Fence, Result<()>>,
    floors: Floors,
    /// Opened beside whoever writes.
    looks_only: bool,
    /// Held, never read: the file that keeps other processes out, where the engine needs one.
    _lock: Option<File>,
}

impl SqlLedger {
    pub(super) fn new(intake: Pool<Db>, write: Pool<Db>, read: Pool<Db>, wake: Wake, lock: Option<File>) -> Self {
        let (commits, finishes) = (Group::new(COMMITTERS, BATCH), Group::new(1, BATCH));
        let floors = Floors::default();
        Self { intake, write, read, wake, commits, finishes, floors, looks_only: false, _lock: lock }
    }

    pub(super) fn looking_only(self) -> Self {
        Self { looks_only: true, ..self }
    }

    /// A transaction that writes; dropped without `commit`, it rolls back.
    async fn begin(&self) -> Result<Transaction<'static, Db>, Fault> {
        self.begin_on(&self.write).await
    }

    async fn begin_on(&self, pool: &Pool<Db>) -> Result<Transaction<'static, Db>, Fault> {
        if self.looks_only {
            return Err(LedgerError::ReadOnly.into());
        }
        match pool.begin_with(BEGIN).await {
            // The engine ended a transaction by itself, as SQLite does when the disk is full, and the connection still
            // counts it as open: nothing can begin on it any more, so another takes its place.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                pool.acquire().await?.close().await?;
                Ok(pool.begin_with(BEGIN).await?)
            }
            begun => Ok(begun?),
        }
    }

    async fn reader(&self) -> Result<PoolConnection<Db>, sqlx::Error> {
        self.read.acquire().await
    }

    /// Ends every connection, so that the file or database can be taken away; later calls are `Unavailable`.
    pub async fn close(&self) {
        self.read.close().await;
        self.intake.close().await;
        self.write.close().await;
    }
}
