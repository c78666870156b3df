//! Record in SQL: commits (see `commit`), inputs of no case, the cell's chains.

use async_trait::async_trait;
use portico_vocab::{CaseId, Sha256, Timestamp};

use super::commit::{change_stops, move_windows};
use super::reader::Reader;
use super::run::{Fault, execute, optional, put, transaction};
use super::{Conn, Result, SqlLedger};
use crate::error::{CommitError, LedgerError};
use crate::ledger::Record;
use crate::model::{ChainEntry, ChainName, Commit, Committed, StrayRow};
use crate::sql::text::record as t;
use crate::sql::value::values;

#[async_trait]
impl Record for SqlLedger {
    #[tracing::instrument(skip_all, fields(commits = commits.len()))]
    async fn commit_many(&self, commits: &[Commit]) -> Vec<Result<Committed, CommitError>> {
        let results = self.commit_all(commits).await;
        self.wake.wake().await;
        results
    }

    #[tracing::instrument(skip_all)]
    async fn commit(&self, commit: &Commit) -> Result<Committed, CommitError> {
        self.commit_in_group(commit).await
    }

    #[tracing::instrument(skip_all)]
    async fn record_stray(&self, stray: &StrayRow) -> Result<Committed> {
        transaction!(self.try_stray(stray))
    }

    async fn put_policy(&self, hash: Sha256, body: &str) -> Result<()> {
        transaction!(self.try_policy(hash, body))
    }

    async fn forget_objects(&self, keys: &[String]) -> Result<()> {
        transaction!(self.try_forget_objects(keys))
    }

    #[tracing::instrument(skip_all, fields(chain = chain.as_str()))]
    async fn append(&self, chain: ChainName, at: Timestamp, case: Option<CaseId>, body: &str) -> Result<u64> {
        transaction!(self.try_append(chain, at, case, body))
    }
}

impl SqlLedger {
    async fn try_stray(&self, stray: &StrayRow) -> Result<Committed, Fault> {
        let mut tx = self.begin().await?;
        let input = values![stray.input, None::<CaseId>, None::<u64>, stray.at];
        if put(&mut tx, &t::INPUTS, &[input]).await? == 0 {
            tx.rollback().await?;
            return Ok(Committed::AlreadyApplied);
        }
        link(&mut tx, ChainName::Stray, stray.at, None, &stray.body).await?;
        change_stops(&mut tx, std::iter::once(&stray.stop)).await?;
        move_windows(&mut tx, stray.window.iter()).await?;
        tx.commit().await?;
        Ok(Committed::Applied)
    }

    async fn try_policy(&self, hash: Sha256, body: &str) -> Result<(), Fault> {
        let mut tx = self.begin().await?;
        execute(&mut tx, &t::POLICY_KEEP, values![hash, body]).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn try_forget_objects(&self, keys: &[String]) -> Result<(), Fault> {
        let rows: Vec<_> = keys.iter().map(|key| values![key]).collect();
        let mut tx = self.begin().await?;
        put(&mut tx, &t::OBJECTS_FORGET, &rows).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn try_append(
        &self,
        chain: ChainName,
        at: Timestamp,
        case: Option<CaseId>,
        body: &str,
    ) -> Result<u64, Fault> {
        let mut tx = self.begin().await?;
        let seq = link(&mut tx, chain, at, case, body).await?;
        tx.commit().await?;
        Ok(seq)
    }
}

/// Adds the next link while it holds the chain's head, so that links are forged one after another.
pub(super) async fn link(
    conn: &mut Conn,
    name: ChainName,
    at: Timestamp,
    case: Option<CaseId>,
    body: &str,
) -> Result<u64, Fault> {
    let head = optional(conn, &t::HEAD_LOCK, values![name]).await?;
    let head = head.ok_or(LedgerError::Inconsistent { table: "head", what: "the row of a chain is missing" })?;
    let mut head = Reader::new("head", &head);
    let (last, digest) = (head.number()?, head.digest_or_null()?);
    let previous = digest.unwrap_or_else(|| portico_audit::genesis(name.as_str()));
    let next = ChainEntry::after(name, last, previous, at, case, body);
    let row = values![name, next.seq, at, case, body, next.previous, next.digest];
    execute(conn, &t::LINK, row).await?;
    execute(conn, &t::HEAD_MOVE, values![name.as_str(), next.seq, next.digest]).await?;
    Ok(next.seq)
}
