//! Claiming, running, trying again, giving up.
//!
//! One loop a queue. A loop claims no more jobs than it has room for, so a lease is never spent waiting in memory. A
//! job that fails transiently comes back with growing delays; after the last one, or at once when trying again cannot
//! help, it is parked for a person.

use std::sync::Arc;
use std::time::Duration;

use portico_cell::{Cell, CellError};
use portico_evidence::quality::Thresholds;
use portico_graph::Graph;
use portico_ledger::{ClaimedJob, Queue};
use portico_telemetry::{JobEnd, Numbers, WorkMetrics, spans};
use portico_vocab::Class;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::{JobError, decide, house, read, sort, sweep, take_in, tell, timer};

/// How much is done at once and how long things may take.
#[derive(Debug, Clone)]
pub struct WorkLimits {
    /// Jobs at once, for each queue.
    pub at_once: usize,
    /// Pictures decoded at once: each takes a core and up to a few hundred MiB.
    pub pictures_at_once: usize,
    pub lease_ms: i64,
    /// The poll is the truth: a lost wake-up costs at most this.
    pub poll_ms: u64,
    pub evidence: portico_evidence::Limits,
    pub quality: Thresholds,
}

impl Default for WorkLimits {
    fn default() -> Self {
        Self {
            at_once: 16,
            pictures_at_once: 2,
            lease_ms: 60_000,
            poll_ms: 1_000,
            evidence: portico_evidence::Limits::default(),
            quality: Thresholds::default(),
        }
    }
}

/// Delays before the second, third, … try, in seconds; after the last the job is parked. About a day in all.
const DELAYS_S: &[i64] = &[1, 5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800];

const TURN_POLL_MS: u64 = 250;

struct Inner {
    cell: Cell,
    graph: Graph,
    limits: WorkLimits,
    watch: WorkWatch,
    pictures: Semaphore,
}

/// What the workers tell whoever watches.
#[derive(Debug, Clone, Default)]
pub struct WorkWatch {
    pub metrics: WorkMetrics,
    pub numbers: Numbers,
}

/// The workers of one cell. Cheap to clone.
#[derive(Clone)]
pub struct Workers(Arc<Inner>);

impl Workers {
    #[must_use]
    pub fn new(cell: Cell, graph: Graph, limits: WorkLimits, watch: WorkWatch) -> Self {
        let pictures = Semaphore::new(limits.pictures_at_once);
        Self(Arc::new(Inner { cell, graph, limits, watch, pictures }))
    }

    pub(crate) fn cell(&self) -> &Cell {
        &self.0.cell
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.0.graph
    }

    pub(crate) fn limits(&self) -> &WorkLimits {
        &self.0.limits
    }

    pub(crate) fn watch(&self) -> &WorkWatch {
        &self.0.watch
    }

    pub(crate) fn pictures(&self) -> &Semaphore {
        &self.0.pictures
    }

    /// Works until cancelled, then lets running jobs end.
    pub async fn run(&self, cancel: CancellationToken) {
        let mut loops = JoinSet::new();
        for queue in Queue::ALL {
            let (workers, cancel) = (self.clone(), cancel.clone());
            let span = tracing::info_span!("queue", cell = %self.cell().id(), queue = queue.as_str());
            loops.spawn(async move { workers.work(*queue, &cancel).await }.instrument(span));
        }
        let (workers, cancel) = (self.clone(), cancel.clone());
        loops.spawn(async move { house::keep(&workers, &cancel).await });
        while loops.join_next().await.is_some() {}
    }

    async fn work(&self, queue: Queue, cancel: &CancellationToken) {
        let mut running = JoinSet::new();
        while !cancel.is_cancelled() {
            let room = self.limits().at_once.saturating_sub(running.len());
            let claimed = if room == 0 { Vec::new() } else { self.claim(queue, room).await };
            let idle = claimed.is_empty();
            for job in claimed {
                let workers = self.clone();
                running.spawn(async move { workers.run_job(job).await });
            }
            if room == 0 {
                running.join_next().await;
            } else if idle {
                let wait = self.cell().ledger().wait_for_work(self.poll_of(queue));
                tokio::select! {
                    () = wait => {}
                    () = cancel.cancelled() => {}
                    Some(_) = running.join_next(), if !running.is_empty() => {}
                }
            }
            while running.try_join_next().is_some() {}
        }
        while running.join_next().await.is_some() {}
    }

    /// A message that waits for the one before it, or a tap for the message it answers, is put off by less than a poll.
    fn poll_of(&self, queue: Queue) -> Duration {
        let poll_ms = self.limits().poll_ms;
        let takes_turns = matches!(queue, Queue::Sort | Queue::Tell);
        Duration::from_millis(if takes_turns { poll_ms.min(TURN_POLL_MS) } else { poll_ms })
    }

    async fn claim(&self, queue: Queue, room: usize) -> Vec<ClaimedJob> {
        let now = self.cell().now();
        let lease_until = now.plus_millis(self.limits().lease_ms);
        let limit = u32::try_from(room).unwrap_or(u32::MAX);
        match self.cell().ledger().claim_jobs(queue, now, lease_until, limit).await {
            Ok(jobs) => jobs,
            Err(error) => {
                tracing::warn!(%error, "jobs cannot be claimed");
                // The poll's pace, so that a ledger that is down is not hammered.
                self.cell().ledger().wait_for_work(Duration::from_millis(self.limits().poll_ms)).await;
                Vec::new()
            }
        }
    }

    /// Runs one due job of a queue, if there is one; for tests that step through time.
    ///
    /// # Errors
    /// When the queue cannot be claimed from.
    pub async fn run_one(&self, queue: Queue) -> Result<bool, JobError> {
        let now = self.cell().now();
        let until = now.plus_millis(self.limits().lease_ms);
        let mut jobs = self.cell().ledger().claim_jobs(queue, now, until, 1).await?;
        let Some(job) = jobs.pop() else { return Ok(false) };
        self.run_job(job).await;
        Ok(true)
    }

    async fn run_job(&self, job: ClaimedJob) {
        let (cell, queue, begun) = (self.cell().id(), job.queue, Instant::now());
        let span = spans::job(cell, queue, owner_of(&job), job.tries, job.trace.as_deref());
        let end = self.run_to_its_end(job).instrument(span.clone()).await;
        span.record("outcome", end.as_str());
        self.watch().metrics.job(cell, queue, end, begun.elapsed());
    }

    async fn run_to_its_end(&self, job: ClaimedJob) -> JobEnd {
        let (fence, queue, tries) = (job.fence, job.queue, job.tries);
        let Err(error) = self.dispatch(job).await else { return JobEnd::Done };
        let now = self.cell().now();
        let ledger = self.cell().ledger();
        let delay = DELAYS_S.get(tries as usize);
        let shredded = matches!(error, JobError::Cell(CellError::Shredded));
        let (end, ended) = match (error.class(), delay) {
            // Destroyed while the job was at it: nothing is left that it could be about.
            _ if shredded && queue != Queue::Sort => (JobEnd::Gone, ledger.finish_job(fence).await),
            (Class::Transient, Some(delay)) => {
                tracing::info!(%error, "a job is tried again later");
                (JobEnd::Again, ledger.retry_job(fence, now.plus_seconds(*delay), &error.to_string()).await)
            }
            _ => {
                tracing::error!(%error, "a job is parked");
                (JobEnd::Parked, ledger.park_job(fence, now, &error.to_string()).await)
            }
        };
        if let Err(error) = ended {
            // Its lease runs out and another worker takes it: nothing is lost.
            tracing::warn!(%error, "a failed job could not be put back");
        }
        end
    }

    async fn dispatch(&self, job: ClaimedJob) -> Result<(), JobError> {
        match job.queue {
            Queue::Sort => sort::run(self, &job).await,
            Queue::TakeIn => take_in::run(self, &job).await,
            Queue::Read => read::run(self, &job).await,
            Queue::Decide => decide::run(self, &job).await,
            Queue::Tell => tell::run(self, &job).await,
            Queue::Timer => timer::run(self, &job).await,
            Queue::Sweep => sweep::run(self, &job).await,
        }
    }
}

/// The case a job belongs to.
pub(crate) const fn owner_of(job: &ClaimedJob) -> portico_vocab::CaseId {
    portico_vocab::CaseId::from_bytes(job.fence.key.owner)
}
