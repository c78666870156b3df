//! What was seen on the way: who holds which job, what was told, who said STOP when, what was acknowledged.
//!
//! *Invariant:* it is written from what a ledger answered, never from what a worker believes, so it can judge both.

use std::collections::{BTreeMap, BTreeSet};

use portico_ledger::{Commit, Fence, JobKey, ParkedAct, ParkedId, Queue, SenderId, StopChange};
use portico_vocab::{CaseId, InputId, OutboundId, Timestamp};

#[derive(Debug, Default)]
pub struct Book {
    /// What must not have happened, as it was seen.
    pub findings: Vec<String>,
    /// The fence in force of each job that somebody holds.
    holders: BTreeMap<JobKey, u64>,
    /// The fence in the row of each job that was ever claimed and is still there.
    rows: BTreeMap<JobKey, u64>,
    /// Whose case a message is of, and its text's key.
    pub told: BTreeMap<OutboundId, (CaseId, String)>,
    /// When a worker last looked at a message, before it weighed whether it may leave.
    looked: BTreeMap<OutboundId, u64>,
    /// When the look was that its send rests on.
    pub weighed: BTreeMap<OutboundId, u64>,
    /// Every change of the stop-list, with when it was made.
    pub stops: Vec<(u64, StopChange)>,
    /// Every name that came to a sender, with when.
    pub names: Vec<(u64, [u8; 32], SenderId)>,
    /// Jobs that each task has claimed and not ended.
    claimed: BTreeMap<usize, BTreeSet<JobKey>>,
    /// Inputs that somebody outside was told are taken, and what they were.
    pub acknowledged: BTreeMap<InputId, String>,
    /// Commits that were applied.
    pub commits: u64,
    /// Every job that is not parked: its queue, and when it is due.
    jobs: BTreeMap<JobKey, (Queue, Timestamp)>,
    parked: BTreeMap<JobKey, Queue>,
    /// Events without a position may be there.
    pub unsequenced: bool,
    /// Deliveries have changed since somebody looked.
    pub deliveries_moved: bool,
}

impl Book {
    pub fn finds(&mut self, finding: String) {
        self.findings.push(finding);
    }

    pub fn claims(&mut self, task: usize, fence: Fence, until: Timestamp) {
        if let Some((_, due)) = self.jobs.get_mut(&fence.key) {
            *due = until;
        }
        self.holders.insert(fence.key, fence.fence);
        self.rows.insert(fence.key, fence.fence);
        self.claimed.entry(task).or_default().insert(fence.key);
    }

    /// Whether another task that still lives is at this job.
    #[must_use]
    pub fn is_at_work(&self, key: JobKey, but: usize) -> bool {
        self.claimed.iter().any(|(task, keys)| *task != but && keys.contains(&key))
    }

    /// A write under `fence` has landed; `ends` when its holder holds it no more.
    pub fn landed(&mut self, name: &str, fence: Fence, ends: Ends) {
        if self.holders.get(&fence.key) != Some(&fence.fence) {
            self.findings.push(format!("{name} landed under a fence that was not in force: {:?}", fence.key));
        }
        if ends == Ends::No {
            return;
        }
        self.holders.remove(&fence.key);
        for keys in self.claimed.values_mut() {
            keys.remove(&fence.key);
        }
        match ends {
            Ends::No => {}
            Ends::Gone => {
                self.rows.remove(&fence.key);
                self.jobs.remove(&fence.key);
            }
            Ends::Parked => {
                *self.rows.entry(fence.key).or_default() += 1;
                if let Some((queue, _)) = self.jobs.remove(&fence.key) {
                    self.parked.insert(fence.key, queue);
                }
            }
            Ends::PutBack(due) => {
                *self.rows.entry(fence.key).or_default() += 1;
                if let Some((_, run_at)) = self.jobs.get_mut(&fence.key) {
                    *run_at = due;
                }
            }
        }
    }

    /// Work that has been queued.
    pub fn queued(&mut self, key: JobKey, queue: Queue, due: Timestamp) {
        self.jobs.entry(key).or_insert((queue, due));
    }

    /// Somebody answered for parked work; a job is due again, its queue as it was.
    pub fn resolved(&mut self, id: &str, act: ParkedAct, now: Timestamp) {
        let is = |key: &JobKey| ParkedId::Job(*key).to_string() == id;
        let Some(key) = self.parked.keys().find(|key| is(key)).copied() else { return };
        if let Some(queue) = self.parked.remove(&key).filter(|_| act == ParkedAct::Retry) {
            self.jobs.insert(key, (queue, now));
        }
    }

    /// When the first job of each queue is due.
    #[must_use]
    pub fn agenda(&self) -> BTreeMap<&'static str, (Queue, Timestamp)> {
        let mut first: BTreeMap<&'static str, (Queue, Timestamp)> = BTreeMap::new();
        for (queue, due) in self.jobs.values() {
            let known = first.entry(queue.as_str()).or_insert((*queue, *due));
            known.1 = known.1.min(*due);
        }
        first
    }

    /// What a row's fence is, for a ledger that is made not to look at it.
    #[must_use]
    pub fn fence_of_row(&self, key: JobKey) -> Option<Fence> {
        self.rows.get(&key).map(|fence| Fence { key, fence: *fence })
    }

    /// A task is over or dead: how many jobs it held.
    pub fn gone(&mut self, task: usize) -> usize {
        self.claimed.remove(&task).map_or(0, |keys| keys.len())
    }

    pub fn committed(&mut self, tick: u64, commit: &Commit) {
        self.commits += 1;
        let told = commit.outbounds.iter().map(|row| (row.id, (row.case, row.text.clone())));
        self.told.extend(told);
        self.unsequenced |= !commit.events.is_empty();
        self.stopped(tick, &commit.stop);
        self.names.extend(commit.aliases.iter().map(|alias| (tick, alias.hash, alias.sender)));
        self.deliveries_moved |= !commit.deliveries.is_empty();
        if let Some(fence) = commit.done {
            self.landed("a commit", fence, Ends::Gone);
        }
        for job in &commit.jobs {
            self.queued(job.key, job.queue, job.run_at);
        }
    }

    pub fn stopped(&mut self, tick: u64, change: &StopChange) {
        if *change != StopChange::Keep {
            self.stops.push((tick, change.clone()));
        }
    }

    pub fn looks(&mut self, tick: u64, id: OutboundId) {
        self.looked.insert(id, tick);
    }

    pub fn weighs(&mut self, id: OutboundId) {
        if let Some(tick) = self.looked.get(&id) {
            self.weighed.insert(id, *tick);
        }
    }

    pub fn acknowledge(&mut self, input: InputId, what: impl Into<String>) {
        self.acknowledged.insert(input, what.into());
    }
}

/// What a write means for the job it was made under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    No,
    PutBack(Timestamp),
    Parked,
    Gone,
}

/// Queues whose work is over when a schedule is; timers may lie far ahead.
pub const ENDING: [Queue; 6] = [Queue::Sort, Queue::TakeIn, Queue::Read, Queue::Decide, Queue::Tell, Queue::Sweep];
