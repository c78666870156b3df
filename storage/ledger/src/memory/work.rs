//! Work in memory: jobs, their leases, what gave up.

use std::time::Duration;

use async_trait::async_trait;
use portico_vocab::{CaseId, EventId, OutboundId, Timestamp};

use super::{Job, MemoryLedger, Result, Tables};
use crate::ledger::Work;
use crate::model::{ChainName, ClaimedJob, Fence, JobKey, JobRow, OutboundRow, OutboundState, Queue};
use crate::parked::{DISCARDED, ParkedAct, ParkedId, ParkedItem, ParkedKind, Resolved};
use crate::wellformed;

#[async_trait]
impl Work for MemoryLedger {
    async fn claim_jobs(
        &self,
        queue: Queue,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedJob>> {
        let mut tables = self.tables();
        let mut due: Vec<&mut Job> =
            tables.jobs.values_mut().filter(|job| job.row.queue == queue && job.is_due(now)).collect();
        due.sort_by_key(|job| (job.row.run_at, job.row.key));
        let claim = |job: &mut Job| {
            job.row.run_at = lease_until;
            job.fence += 1;
            let fence = Fence { key: job.row.key, fence: job.fence };
            let (payload, trace) = (job.row.payload.clone(), job.row.trace.clone());
            ClaimedJob { fence, queue, tries: job.tries, payload, trace }
        };
        Ok(due.into_iter().take(limit as usize).map(claim).collect())
    }

    async fn renew_job(&self, fence: Fence, lease_until: Timestamp) -> Result<()> {
        self.tables().held(fence)?.row.run_at = lease_until;
        Ok(())
    }

    async fn finish_job(&self, fence: Fence) -> Result<()> {
        let mut tables = self.tables();
        tables.held(fence)?;
        tables.jobs.remove(&fence.key);
        Ok(())
    }

    async fn add_jobs(&self, jobs: &[JobRow]) -> Result<()> {
        wellformed::traces("job", jobs.iter().map(|job| job.trace.as_deref()))?;
        let mut tables = self.tables();
        for job in jobs {
            tables.jobs.entry(job.key).or_insert_with(|| Job::new(job.clone()));
        }
        self.wake.notify();
        Ok(())
    }

    async fn retry_job(&self, fence: Fence, run_at: Timestamp, why: &str) -> Result<()> {
        let mut tables = self.tables();
        let job = tables.put_back(fence, run_at)?;
        job.tries += 1;
        job.why = Some(why.to_owned());
        self.wake.notify();
        Ok(())
    }

    async fn postpone_job(&self, fence: Fence, run_at: Timestamp) -> Result<()> {
        self.tables().put_back(fence, run_at)?;
        self.wake.notify();
        Ok(())
    }

    async fn park_job(&self, fence: Fence, now: Timestamp, why: &str) -> Result<()> {
        let mut tables = self.tables();
        let job = tables.held(fence)?;
        job.fence += 1;
        job.parked_at = Some(now);
        job.why = Some(why.to_owned());
        Ok(())
    }

    async fn parked(&self, limit: u32) -> Result<Vec<ParkedItem>> {
        let tables = self.tables();
        let jobs = tables.jobs.values().filter_map(|job| {
            let (id, what) = (ParkedId::Job(job.row.key).to_string(), job.row.queue.as_str().to_owned());
            let kind = ParkedKind::of_job(job.row.queue);
            let case = kind.case_of(job.row.key);
            Some(ParkedItem { kind, id, since: job.parked_at?, what, why: job.why.clone()?, case })
        });
        let deliveries = tables.deliveries.iter().filter_map(|((event, subscriber), delivery)| {
            let id = ParkedId::Delivery { subscriber: subscriber.clone(), event: *event }.to_string();
            let (since, what) = (delivery.parked_at?, tables.events.get(event)?.row.kind.clone());
            let (why, case) = (delivery.why.clone()?, Some(delivery.case));
            Some(ParkedItem { kind: ParkedKind::Delivery, id, since, what, why, case })
        });
        let sends = tables.parked_sends().map(|row| {
            let (id, why) = (ParkedId::Send(row.id).to_string(), row.detail.clone().unwrap_or_default());
            let (what, case) = (row.text.clone(), Some(row.case));
            ParkedItem { kind: ParkedKind::Send, id, since: row.state_at, what, why, case }
        });
        let mut items: Vec<_> = jobs.chain(deliveries).chain(sends).collect();
        items.sort_by(|a, b| (a.since, &a.id).cmp(&(b.since, &b.id)));
        items.truncate(limit as usize);
        Ok(items)
    }

    async fn resolve_parked(&self, id: &str, act: ParkedAct, now: Timestamp, note: &str) -> Result<Resolved> {
        let mut tables = self.tables();
        let (resolved, case) = match ParkedId::parse(id) {
            Some(ParkedId::Job(key)) => tables.resolve_job(key, act, now),
            Some(ParkedId::Delivery { subscriber, event }) => tables.resolve_delivery((event, subscriber), act, now),
            Some(ParkedId::Send(id)) => tables.resolve_send(id, act, now),
            None => (Resolved::NotParked, None),
        };
        if resolved == Resolved::Done {
            tables.append(ChainName::Operations, now, case, note);
            self.wake.notify();
        }
        Ok(resolved)
    }

    async fn backlog(&self, queue: Queue, now: Timestamp) -> Result<(u64, Option<Timestamp>)> {
        let tables = self.tables();
        let due = || tables.jobs.values().filter(|job| job.row.queue == queue && job.is_due(now));
        Ok((due().count() as u64, due().map(|job| job.row.run_at).min()))
    }

    async fn wait_for_work(&self, at_most: Duration) {
        self.wake.wait(at_most).await;
    }

    async fn job(&self, key: JobKey) -> Result<Option<JobRow>> {
        Ok(self.tables().jobs.get(&key).map(|job| job.row.clone()))
    }
}

impl Tables {
    /// Lets a job go until `run_at`: its holder holds it no more.
    pub(super) fn put_back(&mut self, fence: Fence, run_at: Timestamp) -> Result<&mut Job> {
        let job = self.held(fence)?;
        job.fence += 1;
        job.row.run_at = run_at;
        Ok(job)
    }

    fn resolve_job(&mut self, key: JobKey, act: ParkedAct, now: Timestamp) -> (Resolved, Option<CaseId>) {
        let Some(job) = self.jobs.get_mut(&key).filter(|job| job.parked_at.is_some()) else {
            return (Resolved::NotParked, None);
        };
        let queue = job.row.queue;
        match act {
            ParkedAct::Retry => (job.parked_at, job.tries, job.row.run_at) = (None, 0, now),
            ParkedAct::Discard => {
                self.jobs.remove(&key);
                self.discard_with_job(key, queue, now);
            }
        }
        (Resolved::Done, ParkedKind::of_job(queue).case_of(key))
    }

    /// What hangs on a job that will never run.
    fn discard_with_job(&mut self, key: JobKey, queue: Queue, now: Timestamp) {
        if queue == Queue::Sort
            && let Some(segment) = self.segments.get_mut(&key.owner)
        {
            segment.body.clear();
        }
        let told = |row: &OutboundRow| {
            queue == Queue::Tell
                && (row.case.as_bytes(), row.version.0, row.ordinal) == (&key.owner, key.version, key.ordinal)
        };
        for row in self.outbounds.values_mut().filter(|row| told(row)) {
            let after = match row.state {
                OutboundState::Queued => OutboundState::Held,
                OutboundState::Sending | OutboundState::Unknown => OutboundState::Parked,
                _ => continue,
            };
            (row.state, row.state_at, row.detail) = (after, now, Some(DISCARDED.to_owned()));
            self.acknowledged.insert(row.id, now);
        }
    }

    fn resolve_delivery(
        &mut self,
        key: (EventId, String),
        act: ParkedAct,
        now: Timestamp,
    ) -> (Resolved, Option<CaseId>) {
        let Some(delivery) = self.deliveries.get_mut(&key).filter(|delivery| delivery.parked_at.is_some()) else {
            return (Resolved::NotParked, None);
        };
        match act {
            ParkedAct::Retry => delivery.take_up(now),
            ParkedAct::Discard => (delivery.parked_at, delivery.skipped_at) = (None, Some(now)),
        }
        (Resolved::Done, Some(delivery.case))
    }

    fn resolve_send(&mut self, id: OutboundId, act: ParkedAct, now: Timestamp) -> (Resolved, Option<CaseId>) {
        let Some(case) = self.parked_sends().find(|row| row.id == id).map(|row| row.case) else {
            return (Resolved::NotParked, None);
        };
        match act {
            // It may have arrived.
            ParkedAct::Retry => (Resolved::NeverResent, None),
            ParkedAct::Discard => {
                self.acknowledged.insert(id, now);
                (Resolved::Done, Some(case))
            }
        }
    }
}
