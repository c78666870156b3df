//! Work in SQL: jobs, their leases, what gave up.

use std::time::Duration;

use async_trait::async_trait;
use portico_vocab::Timestamp;

use super::reader::Reader;
use super::run::{Fault, all, execute, optional, put, transaction};
use super::{Conn, Result, SqlLedger};
use crate::error::LedgerError;
use crate::ledger::Work;
use crate::model::{ClaimedJob, Fence, JobKey, JobRow, ParkedItem, ParkedKind, Queue};
use crate::parked::ParkedId;
use crate::sql::statement::Statement;
use crate::sql::text::work as t;
use crate::sql::value::{Bind as _, Value, values};

#[async_trait]
impl Work for SqlLedger {
    #[tracing::instrument(skip_all, fields(queue = queue.as_str()))]
    async fn claim_jobs(
        &self,
        queue: Queue,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedJob>> {
        transaction!(self.try_claim_jobs(queue, now, lease_until, limit))
    }

    async fn renew_job(&self, fence: Fence, lease_until: Timestamp) -> Result<()> {
        self.change_held(&t::RENEW, held(fence, [lease_until.value()])).await
    }

    async fn finish_job(&self, fence: Fence) -> Result<()> {
        self.change_held(&t::FINISH, held(fence, [])).await
    }

    async fn add_jobs(&self, jobs: &[JobRow]) -> Result<()> {
        transaction!(self.try_add_jobs(jobs))?;
        self.wake.wake().await;
        Ok(())
    }

    async fn retry_job(&self, fence: Fence, run_at: Timestamp, why: &str) -> Result<()> {
        self.change_held(&t::RETRY, held(fence, [run_at.value(), why.value()])).await?;
        self.wake.wake().await;
        Ok(())
    }

    async fn postpone_job(&self, fence: Fence, run_at: Timestamp) -> Result<()> {
        self.change_held(&t::POSTPONE, held(fence, [run_at.value()])).await?;
        self.wake.wake().await;
        Ok(())
    }

    async fn park_job(&self, fence: Fence, now: Timestamp, why: &str) -> Result<()> {
        self.change_held(&t::PARK, held(fence, [now.value(), why.value()])).await
    }

    async fn parked(&self, limit: u32) -> Result<Vec<ParkedItem>> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        let mut items = parked_jobs(&mut conn, limit).await?;
        items.extend(parked_deliveries(&mut conn, limit).await?);
        items.extend(parked_sends(&mut conn, limit).await?);
        items.sort_by(|a, b| (a.since, &a.id).cmp(&(b.since, &b.id)));
        items.truncate(limit as usize);
        Ok(items)
    }

    async fn unpark(&self, id: &str, now: Timestamp) -> Result<bool> {
        let taken_up = transaction!(self.try_unpark(id, now))?;
        self.wake.wake().await;
        Ok(taken_up)
    }

    async fn backlog(&self, queue: Queue, now: Timestamp) -> Result<(u64, Option<Timestamp>)> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        let row = optional(&mut conn, &t::BACKLOG, values![queue, now]).await.map_err(Fault::from)?;
        let row = row.ok_or(LedgerError::Inconsistent { table: "job", what: "a count gave no row" })?;
        let mut reader = Reader::new("job", &row);
        Ok((reader.number()?, reader.time_or_null()?))
    }

    async fn wait_for_work(&self, at_most: Duration) {
        self.wake.wait(at_most).await;
    }

    async fn job(&self, key: JobKey) -> Result<Option<JobRow>> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        let row = optional(&mut conn, &t::JOB, values![key.owner, key.version, key.ordinal]).await;
        row.map_err(Fault::from)?.map(|row| Reader::new("job", &row).job_row()).transpose()
    }
}

impl SqlLedger {
    async fn try_claim_jobs(
        &self,
        queue: Queue,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedJob>, Fault> {
        let mut tx = self.begin().await?;
        let rows = all(&mut tx, &t::CLAIM, values![queue, now, lease_until, limit]).await?;
        let mut claimed = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut reader = Reader::new("job", row);
            let fence = Fence { key: reader.job_key()?, fence: reader.number()? };
            let job = ClaimedJob { fence, queue, tries: reader.number()?, payload: reader.bytes()? };
            claimed.push((reader.time()?, job));
        }
        tx.commit().await?;
        claimed.sort_by_key(|(due_at, job)| (*due_at, job.fence.key));
        Ok(claimed.into_iter().map(|(_, job)| job).collect())
    }

    async fn try_add_jobs(&self, jobs: &[JobRow]) -> Result<(), Fault> {
        let row = |job: &JobRow| {
            let (key, run_at, payload) = (job.key, job.run_at, job.payload.clone());
            values![key.owner, key.version, key.ordinal, job.queue, run_at, payload]
        };
        let rows: Vec<_> = jobs.iter().map(row).collect();
        let mut tx = self.begin().await?;
        put(&mut tx, &t::ADD, &rows).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Runs one statement that names a fence; no row means that the lease is another's.
    async fn change_held(&self, statement: &'static Statement, values: Vec<Value<'_>>) -> Result<()> {
        transaction!(self.try_change_held(statement, values.clone()))
    }

    async fn try_change_held(&self, statement: &'static Statement, values: Vec<Value<'_>>) -> Result<(), Fault> {
        let mut tx = self.begin().await?;
        require_held(execute(&mut tx, statement, values).await?)?;
        tx.commit().await?;
        Ok(())
    }

    async fn try_unpark(&self, id: &str, now: Timestamp) -> Result<bool, Fault> {
        let parked = ParkedId::parse(id);
        let (statement, values) = match &parked {
            Some(ParkedId::Job(key)) => (&t::UNPARK_JOB, values![key.owner, key.version, key.ordinal, now]),
            Some(ParkedId::Delivery { subscriber, event }) => (&t::UNPARK_DELIVERY, values![*event, subscriber, now]),
            // A parked send may have arrived: it is never sent again.
            Some(ParkedId::Send(_)) | None => return Ok(false),
        };
        let mut tx = self.begin().await?;
        let changed = execute(&mut tx, statement, values).await?;
        tx.commit().await?;
        Ok(changed == 1)
    }
}

/// The binds of a fence, then those of the change.
pub(super) fn held<'v, const N: usize>(fence: Fence, change: [Value<'v>; N]) -> Vec<Value<'v>> {
    let mut values = values![fence.key.owner, fence.key.version, fence.key.ordinal, fence.fence];
    values.extend(change);
    values
}

/// # Errors
/// `LostLease` when the statement that named the fence changed no row.
pub(super) const fn require_held(changed: u64) -> Result<()> {
    if changed == 1 { Ok(()) } else { Err(LedgerError::LostLease) }
}

async fn parked_jobs(conn: &mut Conn, limit: u32) -> Result<Vec<ParkedItem>> {
    let rows = all(conn, &t::PARKED_JOBS, values![limit]).await.map_err(Fault::from)?;
    let item = |row| {
        let mut reader = Reader::new("job", row);
        let (id, since) = (ParkedId::Job(reader.job_key()?).to_string(), reader.time()?);
        Ok(ParkedItem { kind: ParkedKind::Job, id, since, what: reader.text()?, why: reader.text()? })
    };
    rows.iter().map(item).collect()
}

async fn parked_deliveries(conn: &mut Conn, limit: u32) -> Result<Vec<ParkedItem>> {
    let rows = all(conn, &t::PARKED_DELIVERIES, values![limit]).await.map_err(Fault::from)?;
    let item = |row| {
        let mut reader = Reader::new("delivery", row);
        let id = ParkedId::Delivery { subscriber: reader.text()?, event: reader.event()? }.to_string();
        let since = reader.time()?;
        Ok(ParkedItem { kind: ParkedKind::Delivery, id, since, what: reader.text()?, why: reader.text()? })
    };
    rows.iter().map(item).collect()
}

async fn parked_sends(conn: &mut Conn, limit: u32) -> Result<Vec<ParkedItem>> {
    let rows = all(conn, &t::PARKED_SENDS, values![limit]).await.map_err(Fault::from)?;
    let item = |row| {
        let mut reader = Reader::new("outbound", row);
        let (id, since) = (ParkedId::Send(reader.outbound()?).to_string(), reader.time()?);
        let (what, why) = (reader.text()?, reader.text_or_null()?.unwrap_or_default());
        Ok(ParkedItem { kind: ParkedKind::Send, id, since, what, why })
    };
    rows.iter().map(item).collect()
}
