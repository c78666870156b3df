//! Read in memory: looking things up.

use async_trait::async_trait;
use portico_vocab::{CaseId, EvidenceId, InputId, Sha256, StageName, Timestamp};

use super::{MemoryLedger, Result, Tables};
use crate::counts::{Counts, Unfinished};
use crate::durability::{Durability, DurabilitySetting};
use crate::ledger::Read;
use crate::model::{
    AliasRow, CaseFilter, CasePage, CaseRow, ChainEntry, ChainName, Cursor, EntryRow, OutboundRow, OutboundState,
    Queue, QueueRow, SenderId, SenderMatch,
};
use crate::parked::ParkedKind;

#[async_trait]
impl Read for MemoryLedger {
    async fn case(&self, id: CaseId) -> Result<Option<CaseRow>> {
        Ok(self.tables().cases.get(&id).cloned())
    }

    async fn senders(&self, hashes: &[[u8; 32]]) -> Result<Vec<SenderMatch>> {
        let tables = self.tables();
        Ok(hashes.iter().filter_map(|hash| tables.aliases.get(hash)).map(|alias| tables.sender(alias)).collect())
    }

    async fn aliases(&self, sender: SenderId) -> Result<Vec<AliasRow>> {
        Ok(self.tables().aliases_of(sender))
    }

    async fn input_consumed(&self, input: InputId) -> Result<bool> {
        Ok(self.tables().inputs.contains_key(&input))
    }

    async fn entries(&self, case: CaseId, after: u64, limit: u32) -> Result<Vec<EntryRow>> {
        let tables = self.tables();
        let rows = tables.entries.range((case, after.saturating_add(1))..=(case, u64::MAX));
        Ok(rows.take(limit as usize).map(|(_, row)| row.clone()).collect())
    }

    async fn policy(&self, hash: Sha256) -> Result<Option<String>> {
        Ok(self.tables().policies.get(&hash).cloned())
    }

    async fn seen(&self, hash: [u8; 32]) -> Result<Vec<(CaseId, EvidenceId)>> {
        let tables = self.tables();
        Ok(tables.seen.iter().filter(|row| row.0 == hash).map(|(_, case, evidence)| (*case, *evidence)).collect())
    }

    async fn objects(&self, case: CaseId) -> Result<Vec<String>> {
        let tables = self.tables();
        Ok(tables.objects.iter().filter(|(_, owner)| **owner == case).map(|(key, _)| key.clone()).collect())
    }

    async fn unknown_objects(&self, keys: &[String]) -> Result<Vec<String>> {
        let tables = self.tables();
        Ok(keys.iter().filter(|key| !tables.objects.contains_key(*key)).cloned().collect())
    }

    async fn cases(&self, filter: &CaseFilter) -> Result<CasePage> {
        let tables = self.tables();
        let mut rows: Vec<&CaseRow> = tables
            .cases
            .values()
            .filter(|row| {
                filter.stage.is_none_or(|stage| row.stage == stage)
                    && filter.outcome.is_none_or(|outcome| row.outcome == Some(outcome))
                    && filter.after.is_none_or(|after| (row.opened_at, row.id) > (after.at, after.id))
            })
            .collect();
        rows.sort_by_key(|row| (row.opened_at, row.id));
        Ok(CasePage::cut(rows.into_iter().cloned().collect(), filter.limit()))
    }

    async fn queue(&self, after: Option<Cursor>, limit: u32, now: Timestamp) -> Result<Vec<QueueRow>> {
        let tables = self.tables();
        let mut rows: Vec<QueueRow> = tables
            .cases
            .values()
            .filter_map(|row| {
                let claim = tables.claims.get(&row.id).filter(|claim| claim.until > now).cloned();
                Some(QueueRow { case: row.id, since: row.review_since?, summary: row.summary.clone(), claim })
            })
            .filter(|row| after.is_none_or(|after| (row.since, row.case) > (after.at, after.id)))
            .collect();
        rows.sort_by_key(|row| (row.since, row.case));
        rows.truncate(limit as usize);
        Ok(rows)
    }

    async fn cases_by_short(&self, short: &str, limit: u32) -> Result<Vec<CaseId>> {
        let Some(end) = crate::short::spelled(short) else {
            return Ok(Vec::new());
        };
        let tables = self.tables();
        let mut rows: Vec<_> = tables.cases.values().filter(|row| row.id.to_string().ends_with(&end)).collect();
        rows.sort_by_key(|row| std::cmp::Reverse((row.opened_at, row.id)));
        Ok(rows.into_iter().take(limit as usize).map(|row| row.id).collect())
    }

    async fn chain(&self, chain: ChainName, after: u64, limit: u32) -> Result<Vec<ChainEntry>> {
        let tables = self.tables();
        let links = tables.chains.get(&chain).into_iter().flatten().filter(|link| link.seq > after);
        Ok(links.take(limit as usize).cloned().collect())
    }

    async fn newest_links(&self, chain: ChainName, limit: u32) -> Result<Vec<ChainEntry>> {
        let tables = self.tables();
        let links = tables.chains.get(&chain).into_iter().flatten().rev();
        Ok(links.take(limit as usize).cloned().collect())
    }

    async fn accesses(&self, case: CaseId) -> Result<Vec<ChainEntry>> {
        let tables = self.tables();
        let links = tables.chains.get(&ChainName::Access).into_iter().flatten();
        Ok(links.filter(|link| link.case == Some(case)).cloned().collect())
    }

    async fn counts(&self, now: Timestamp) -> Result<Counts> {
        let tables = self.tables();
        let count = |n: usize| n as u64;
        let stored: u64 = tables.segments.values().map(|segment| u64::from(segment.bodies)).sum();
        let destroyed: u64 = tables.days.values().map(|day| day.destroyed_bodies).sum();
        let parked_jobs = tables.jobs.values().filter(|job| job.parked_at.is_some()).count();
        let parked_deliveries = tables.deliveries.values().filter(|d| d.parked_at.is_some()).count();
        let parked_sends = tables.parked_sends().count();
        Ok(Counts {
            received: stored + destroyed,
            taken_in: count(tables.seen.len()),
            in_review: count(tables.cases.values().filter(|row| row.review_since.is_some()).count()),
            decided: count(tables.cases.values().filter(|row| row.outcome.is_some()).count()),
            announced: count(tables.deliveries.values().filter(|d| d.delivered_at.is_some()).count()),
            cases: count(tables.cases.len()),
            jobs_waiting: count(tables.jobs.values().filter(|job| job.is_due(now)).count()),
            parked: count(parked_jobs + parked_deliveries + parked_sends),
        })
    }

    async fn unfinished(&self) -> Result<Unfinished> {
        let tables = self.tables();
        let mut found = Unfinished::default();
        for case in tables.cases.values().filter(|case| !case.stage.is_end()) {
            *found.cases.entry(case.stage).or_default() += 1;
        }
        use OutboundState::{Queued, Sending, Unknown};
        let open = tables.outbounds.values().filter(|row| matches!(row.state, Queued | Sending | Unknown));
        for row in open.chain(tables.parked_sends()) {
            *found.outbounds.entry(row.state).or_default() += 1;
        }
        for job in tables.jobs.values() {
            let kind = ParkedKind::of_job(job.row.queue);
            match (job.parked_at, kind, tables.segments.get(&job.row.key.owner)) {
                (Some(_), ParkedKind::Inbox, _) => found.parked_inbox += 1,
                (Some(_), ..) => found.parked_jobs += 1,
                (None, ParkedKind::Inbox, Some(segment)) => {
                    found.segments += 1;
                    found.oldest_segment = Some(found.oldest_segment.map_or(segment.at, |at| at.min(segment.at)));
                }
                (None, ..) => {}
            }
        }
        found.deliveries_waiting = tables.deliveries.values().filter(|delivery| delivery.is_waiting()).count() as u64;
        found.deliveries_parked = tables.deliveries.values().filter(|d| d.parked_at.is_some()).count() as u64;
        Ok(found)
    }

    async fn stuck(&self, before: Timestamp, limit: u32) -> Result<Vec<CaseId>> {
        use StageName::{Checking, InReview};
        let tables = self.tables();
        let moved = |case: &CaseRow| {
            let owner = *case.id.as_bytes();
            let mut jobs = tables.jobs.values().filter(|job| job.row.key.owner == owner && job.parked_at.is_none());
            jobs.any(|job| case.stage != Checking || job.row.queue != Queue::Timer)
        };
        let open = tables.cases.values().filter(|case| !case.stage.is_end() && case.stage != InReview);
        let stuck = open.filter(|case| case.updated_at <= before && !moved(case));
        Ok(stuck.take(limit as usize).map(|case| case.id).collect())
    }

    async fn durability(&self) -> Result<Durability> {
        let kept = DurabilitySetting { name: "kept", value: "nothing: it is in memory".into(), sound: false };
        Ok(Durability { engine: "memory".into(), settings: vec![kept] })
    }

    async fn health(&self) -> Result<()> {
        Ok(())
    }
}

impl Tables {
    /// Those nobody acknowledged.
    pub(super) fn parked_sends(&self) -> impl Iterator<Item = &OutboundRow> {
        let parked = self.outbounds.values().filter(|row| row.state == OutboundState::Parked);
        parked.filter(|row| !self.acknowledged.contains_key(&row.id))
    }

    fn aliases_of(&self, sender: SenderId) -> Vec<AliasRow> {
        let mut rows: Vec<_> = self.aliases.values().filter(|alias| alias.sender == sender).cloned().collect();
        rows.sort_by_key(|alias| (alias.kind, alias.hash));
        rows
    }

    fn sender(&self, alias: &AliasRow) -> SenderMatch {
        let all = self.aliases_of(alias.sender);
        let cases = self.cases.values().filter(|row| row.sender == alias.sender);
        SenderMatch {
            open_case: self.open.get(&alias.sender).copied(),
            latest_case: cases.max_by_key(|row| (row.opened_at, row.id)).map(|row| row.id),
            stopped_at: self.stopped_at(all.iter().map(|alias| alias.hash)),
            alias: alias.clone(),
            all,
        }
    }
}
