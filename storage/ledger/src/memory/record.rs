//! Record in memory: commits, inputs of no case, the cell's chains.

use async_trait::async_trait;
use portico_vocab::{CaseId, Sha256, Timestamp};

use super::{Delivery, Event, Job, MemoryLedger, Result, Tables, refused};
use crate::error::{CommitError, LedgerError};
use crate::inspect::InputRow;
use crate::ledger::Record;
use crate::model::{ChainEntry, ChainName, Commit, Committed, OpenChange, StopChange, StrayRow, WindowRow};
use crate::wellformed;

#[async_trait]
impl Record for MemoryLedger {
    async fn commit_many(&self, commits: &[Commit]) -> Vec<Result<Committed, CommitError>> {
        let mut tables = self.tables();
        let results = commits.iter().map(|commit| tables.commit(commit)).collect();
        self.wake.notify();
        results
    }

    async fn record_stray(&self, stray: &StrayRow) -> Result<Committed> {
        let mut tables = self.tables();
        if tables.inputs.contains_key(&stray.input) {
            return Ok(Committed::AlreadyApplied);
        }
        let input = InputRow { id: stray.input, case: None, version: None, at: stray.at };
        tables.inputs.insert(input.id, input);
        tables.append(ChainName::Stray, stray.at, None, &stray.body);
        tables.change_stops(&stray.stop);
        tables.change_window(stray.window.as_ref());
        Ok(Committed::Applied)
    }

    async fn put_policy(&self, hash: Sha256, body: &str) -> Result<()> {
        self.tables().policies.entry(hash).or_insert_with(|| body.to_owned());
        Ok(())
    }

    async fn forget_objects(&self, keys: &[String]) -> Result<()> {
        self.tables().objects.retain(|key, _| !keys.contains(key));
        Ok(())
    }

    async fn append(&self, chain: ChainName, at: Timestamp, case: Option<CaseId>, body: &str) -> Result<u64> {
        Ok(self.tables().append(chain, at, case, body))
    }
}

impl Tables {
    fn commit(&mut self, commit: &Commit) -> Result<Committed, CommitError> {
        wellformed::check(commit)?;
        if self.inputs.contains_key(&commit.input) {
            return Ok(Committed::AlreadyApplied);
        }
        self.guard(commit)?;
        self.refuse_known_effects(commit)?;
        self.write(commit);
        Ok(Committed::Applied)
    }

    /// The guards, in the order the SQL ledgers meet them.
    fn guard(&mut self, commit: &Commit) -> Result<(), CommitError> {
        if self.cases.get(&commit.case.id).map(|case| case.version) != commit.expects {
            return Err(CommitError::Stale);
        }
        if let Some(fence) = commit.done {
            self.held(fence)?;
        }
        if commit.open == OpenChange::Open && self.open.contains_key(&commit.case.sender) {
            return Err(CommitError::AlreadyOpen);
        }
        Ok(())
    }

    /// Effects are new rows: one that is known means that two changes were given the same ids.
    fn refuse_known_effects(&self, commit: &Commit) -> Result<(), LedgerError> {
        let done = commit.done.map(|fence| fence.key);
        if commit.jobs.iter().any(|job| self.jobs.contains_key(&job.key) && done != Some(job.key)) {
            return Err(refused("job"));
        }
        if commit.outbounds.iter().any(|outbound| self.outbounds.contains_key(&outbound.id)) {
            return Err(refused("outbound"));
        }
        let known = |event: &crate::EventRow| {
            self.events.contains_key(&event.id)
                || self.events.values().any(|other| other.row.case == event.case && other.row.seq == event.seq)
        };
        if commit.events.iter().any(known) {
            return Err(refused("event"));
        }
        let known = commit.objects.iter().any(|object| self.objects.contains_key(&object.key));
        if known { Err(refused("object")) } else { Ok(()) }
    }

    fn write(&mut self, commit: &Commit) {
        let case = &commit.case;
        let (id, version) = (commit.input, Some(case.version));
        self.inputs.insert(id, InputRow { id, case: Some(case.id), version, at: commit.entry.at });
        let key = match self.cases.get(&case.id) {
            _ if commit.shred => None,
            Some(known) => known.key.clone(),
            None => case.key.clone(),
        };
        self.cases.insert(case.id, crate::CaseRow { key, ..case.clone() });
        if let Some(fence) = commit.done {
            self.jobs.remove(&fence.key);
        }
        match commit.open {
            OpenChange::Keep => {}
            OpenChange::Open => {
                self.open.insert(case.sender, case.id);
            }
            OpenChange::Close => self.open.retain(|sender, open| (*sender, *open) != (case.sender, case.id)),
        }
        self.entries.insert((case.id, case.version.0), commit.entry.clone());
        self.jobs.extend(commit.jobs.iter().map(|job| (job.key, Job::new(job.clone()))));
        self.outbounds.extend(commit.outbounds.iter().map(|outbound| (outbound.id, outbound.clone())));
        self.events.extend(commit.events.iter().map(|row| (row.id, Event { row: row.clone(), position: None })));
        for row in &commit.deliveries {
            let (case, seq, run_at) = (row.case, row.seq, row.run_at);
            let first_at = run_at;
            let delivery = Delivery {
                case,
                seq,
                run_at,
                first_at,
                fence: 0,
                tries: 0,
                delivered_at: None,
                skipped_at: None,
                parked_at: None,
                why: None,
                trace: row.trace.clone(),
            };
            self.deliveries.insert((row.event, row.subscriber.clone()), delivery);
        }
        self.seen.extend(commit.seen.iter().map(|seen| (seen.hash, seen.case, seen.evidence)));
        self.objects.extend(commit.objects.iter().map(|object| (object.key.clone(), object.case)));
        self.aliases.extend(commit.aliases.iter().map(|alias| (alias.hash, alias.clone())));
        self.change_stops(&commit.stop);
        self.change_window(commit.window.as_ref());
    }

    fn change_stops(&mut self, change: &StopChange) {
        match change {
            StopChange::Keep => {}
            StopChange::Set { hashes, at } => {
                for hash in hashes {
                    let stop = self.stops.entry(*hash).or_default();
                    stop.stopped_at = stop.stopped_at.max(Some(*at));
                }
            }
            StopChange::Lift { hashes, at } => {
                for hash in hashes {
                    let stop = self.stops.entry(*hash).or_default();
                    stop.lifted_at = stop.lifted_at.max(Some(*at));
                }
            }
        }
    }

    fn change_window(&mut self, window: Option<&WindowRow>) {
        if let Some(row) = window {
            let newest = self.windows.entry((row.phone_number.clone(), row.sender)).or_insert(row.newest_inbound_at);
            *newest = row.newest_inbound_at.max(*newest);
        }
    }

    pub(super) fn append(&mut self, name: ChainName, at: Timestamp, case: Option<CaseId>, body: &str) -> u64 {
        let chain = self.chains.entry(name).or_default();
        let (last, previous) =
            chain.last().map_or_else(|| (0, portico_audit::genesis(name.as_str())), |entry| (entry.seq, entry.digest));
        let entry = ChainEntry::after(name, last, previous, at, case, body);
        chain.push(entry);
        last + 1
    }
}
