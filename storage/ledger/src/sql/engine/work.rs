//! Work in SQL: jobs, their leases, what gave up.

use std::time::Duration;

use async_trait::async_trait;
use portico_vocab::{CaseId, OutboundId, Timestamp};

use super::reader::Reader;
use super::record::link;
use super::run::{Fault, all, execute, optional, put, transaction};
use super::{Conn, Result, Row, SqlLedger};
use crate::error::LedgerError;
use crate::group::Running;
use crate::ledger::Work;
use crate::model::{ChainName, ClaimedJob, Fence, JobKey, JobRow, Queue};
use crate::parked::{DISCARDED, ParkedAct, ParkedId, ParkedItem, ParkedKind, Resolved};
use crate::sql::statement::Statement;
use crate::sql::text::{intake, record, work as t};
use crate::sql::value::{Bind as _, Value, values};
use crate::wellformed;

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
        let run = |fences: Vec<Fence>| -> Running<'_, _> { Box::pin(async move { self.finish_all(&fences).await }) };
        let apart = |a: &Fence, b: &Fence| a.key != b.key;
        let gone = || Err(LedgerError::Unavailable("whoever finished it with others went away".into()));
        self.finishes.carry(fence, apart, run).await.unwrap_or_else(gone)
    }

    async fn add_jobs(&self, jobs: &[JobRow]) -> Result<()> {
        wellformed::traces("job", jobs.iter().map(|job| job.trace.as_deref()))?;
        transaction!(self.try_add_jobs(jobs))?;
        jobs.iter().for_each(|job| self.floors.queued(job.queue, job.run_at));
        self.wake.wake().await;
        Ok(())
    }

    async fn retry_job(&self, fence: Fence, run_at: Timestamp, why: &str) -> Result<()> {
        self.change_held(&t::RETRY, held(fence, [run_at.value(), why.value()])).await?;
        self.floors.put_back(run_at);
        self.wake.wake().await;
        Ok(())
    }

    async fn postpone_job(&self, fence: Fence, run_at: Timestamp) -> Result<()> {
        self.change_held(&t::POSTPONE, held(fence, [run_at.value()])).await?;
        self.floors.put_back(run_at);
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

    async fn resolve_parked(&self, id: &str, act: ParkedAct, now: Timestamp, note: &str) -> Result<Resolved> {
        let Some(parked) = ParkedId::parse(id) else { return Ok(Resolved::NotParked) };
        let resolved = transaction!(self.try_resolve(&parked, act, now, note))?;
        self.floors.put_back(now);
        self.wake.wake().await;
        Ok(resolved)
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
        let from = self.floors.of(queue, now);
        let rows = all(&mut tx, &t::CLAIM, values![queue, now, lease_until, limit, from]).await?;
        let mut claimed = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut reader = Reader::new("job", row);
            let fence = Fence { key: reader.job_key()?, fence: reader.number()? };
            let (tries, payload, trace) = (reader.number()?, reader.bytes()?, reader.text_or_null()?);
            let job = ClaimedJob { fence, queue, tries, payload, trace };
            claimed.push((reader.time()?, job));
        }
        tx.commit().await?;
        claimed.sort_by_key(|(due_at, job)| (*due_at, job.fence.key));
        if let Some((newest, _)) = claimed.last() {
            self.floors.claimed(queue, *newest);
        }
        Ok(claimed.into_iter().map(|(_, job)| job).collect())
    }

    /// Results in the order given. One that is not held any more must not keep the others.
    async fn finish_all(&self, fences: &[Fence]) -> Vec<Result<()>> {
        if fences.len() > 1 && matches!(transaction!(self.try_finish(fences)), Ok(true)) {
            return fences.iter().map(|_| Ok(())).collect();
        }
        let mut results = Vec::with_capacity(fences.len());
        for fence in fences {
            results.push(self.change_held(&t::FINISH, held(*fence, [])).await);
        }
        results
    }

    /// `false`, and nothing is deleted, when one of them is not held.
    async fn try_finish(&self, fences: &[Fence]) -> Result<bool, Fault> {
        let row = |fence: &Fence| values![fence.key.owner, fence.key.version, fence.key.ordinal, fence.fence];
        let rows: Vec<_> = fences.iter().map(row).collect();
        let mut tx = self.begin().await?;
        let all = put(&mut tx, &record::JOBS_DONE, &rows).await? == rows.len() as u64;
        if all {
            tx.commit().await?
        } else {
            tx.rollback().await?
        }
        Ok(all)
    }

    async fn try_add_jobs(&self, jobs: &[JobRow]) -> Result<(), Fault> {
        let rows: Vec<_> = jobs.iter().map(job_row).collect();
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

    async fn try_resolve(
        &self,
        parked: &ParkedId,
        act: ParkedAct,
        now: Timestamp,
        note: &str,
    ) -> Result<Resolved, Fault> {
        let mut tx = self.begin().await?;
        let (resolved, case) = match parked {
            ParkedId::Job(key) => resolve_job(&mut tx, *key, act, now).await?,
            ParkedId::Delivery { subscriber, event } => {
                let statement = match act {
                    ParkedAct::Retry => &t::TAKE_UP_DELIVERY,
                    ParkedAct::Discard => &t::SKIP_DELIVERY,
                };
                let row = optional(&mut tx, statement, values![*event, subscriber, now]).await?;
                done_for_case(row.as_ref())?
            }
            ParkedId::Send(id) => resolve_send(&mut tx, *id, act, now).await?,
        };
        if resolved == Resolved::Done {
            link(&mut tx, ChainName::Operations, now, case, note).await?;
            tx.commit().await?;
        }
        Ok(resolved)
    }
}

async fn resolve_job(
    conn: &mut Conn,
    key: JobKey,
    act: ParkedAct,
    now: Timestamp,
) -> Result<(Resolved, Option<CaseId>), Fault> {
    let named = || values![key.owner, key.version, key.ordinal];
    let Some(row) = optional(conn, &t::JOB_QUEUE, named()).await? else { return Ok((Resolved::NotParked, None)) };
    let queue = Reader::new("job", &row).queue()?;
    let changed = match act {
        ParkedAct::Retry => execute(conn, &t::TAKE_UP_JOB, values![key.owner, key.version, key.ordinal, now]).await?,
        ParkedAct::Discard => execute(conn, &t::DISCARD_JOB, named()).await?,
    };
    if changed == 0 {
        return Ok((Resolved::NotParked, None));
    }
    match (act, queue) {
        (ParkedAct::Discard, Queue::Sort) => {
            execute(conn, &intake::SEGMENT_EMPTY, values![key.owner, &[][..]]).await?;
        }
        (ParkedAct::Discard, Queue::Tell) => {
            let values = values![key.owner, key.version, key.ordinal, now, DISCARDED];
            execute(conn, &t::DISCARD_TOLD, values).await?;
        }
        _ => {}
    }
    Ok((Resolved::Done, ParkedKind::of_job(queue).case_of(key)))
}

async fn resolve_send(
    conn: &mut Conn,
    id: OutboundId,
    act: ParkedAct,
    now: Timestamp,
) -> Result<(Resolved, Option<CaseId>), Fault> {
    match act {
        // It may have arrived.
        ParkedAct::Retry => {
            let parked = optional(conn, &t::PARKED_SEND, values![id]).await?;
            Ok((parked.map_or(Resolved::NotParked, |_| Resolved::NeverResent), None))
        }
        ParkedAct::Discard => {
            let row = optional(conn, &t::ACKNOWLEDGE_SEND, values![id, now]).await?;
            Ok(done_for_case(row.as_ref())?)
        }
    }
}

/// What a statement did that returns the case of the row it changed.
fn done_for_case(row: Option<&Row>) -> Result<(Resolved, Option<CaseId>)> {
    let Some(row) = row else { return Ok((Resolved::NotParked, None)) };
    Ok((Resolved::Done, Some(Reader::new("case", row).case()?)))
}

/// The binds of a new job.
pub(super) fn job_row(job: &JobRow) -> Vec<Value<'_>> {
    let key = job.key;
    values![key.owner, key.version, key.ordinal, job.queue, job.run_at, &job.payload, job.trace.as_ref()]
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
        let key = reader.job_key()?;
        let (since, queue) = (reader.time()?, reader.queue()?);
        let (kind, what) = (ParkedKind::of_job(queue), queue.as_str().to_owned());
        let (id, case) = (ParkedId::Job(key).to_string(), kind.case_of(key));
        Ok(ParkedItem { kind, id, since, what, why: reader.text()?, case })
    };
    rows.iter().map(item).collect()
}

async fn parked_deliveries(conn: &mut Conn, limit: u32) -> Result<Vec<ParkedItem>> {
    let rows = all(conn, &t::PARKED_DELIVERIES, values![limit]).await.map_err(Fault::from)?;
    let item = |row| {
        let mut reader = Reader::new("delivery", row);
        let id = ParkedId::Delivery { subscriber: reader.text()?, event: reader.event()? }.to_string();
        let (since, what, why) = (reader.time()?, reader.text()?, reader.text()?);
        Ok(ParkedItem { kind: ParkedKind::Delivery, id, since, what, why, case: Some(reader.case()?) })
    };
    rows.iter().map(item).collect()
}

async fn parked_sends(conn: &mut Conn, limit: u32) -> Result<Vec<ParkedItem>> {
    let rows = all(conn, &t::PARKED_SENDS, values![limit]).await.map_err(Fault::from)?;
    let item = |row| {
        let mut reader = Reader::new("outbound", row);
        let (id, since) = (ParkedId::Send(reader.outbound()?).to_string(), reader.time()?);
        let (what, why) = (reader.text()?, reader.text_or_null()?.unwrap_or_default());
        Ok(ParkedItem { kind: ParkedKind::Send, id, since, what, why, case: Some(reader.case()?) })
    };
    rows.iter().map(item).collect()
}
