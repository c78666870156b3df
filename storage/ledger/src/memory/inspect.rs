//! Inspect in memory: whole rows, for proofs.

use std::collections::BTreeMap;

use async_trait::async_trait;
use portico_vocab::{CaseId, InputId, Sha256, Timestamp};

use super::{Delivery, MemoryLedger, Result, Stop, Tables};
use crate::inspect::{
    Belongings, DeliveryRecord, EventRecord, Head, InboxDay, InputRow, JobRecord, OWNED, OutboundRecord, StopRow,
    Totals,
};
use crate::ledger::Inspect;
use crate::model::{ChainName, DeliveryRow, JobKey, SegmentRow, SenderId};

#[async_trait]
impl Inspect for MemoryLedger {
    async fn case_ids(&self, after: Option<CaseId>, limit: u32) -> Result<Vec<CaseId>> {
        let tables = self.tables();
        let ids = tables.cases.keys().filter(|id| after.is_none_or(|after| **id > after));
        Ok(ids.take(limit as usize).copied().collect())
    }

    async fn belongings(&self, case: CaseId) -> Result<Option<Belongings>> {
        Ok(self.tables().belongings(case))
    }

    async fn inputs(&self, ids: &[InputId]) -> Result<Vec<InputRow>> {
        let tables = self.tables();
        Ok(ids.iter().filter_map(|id| tables.inputs.get(id)).copied().collect())
    }

    async fn stops(&self, hashes: &[[u8; 32]]) -> Result<Vec<StopRow>> {
        let tables = self.tables();
        Ok(hashes.iter().filter_map(|hash| Some(stop_row((hash, tables.stops.get(hash)?)))).collect())
    }

    async fn stop_list(&self, after: Option<[u8; 32]>, limit: u32) -> Result<Vec<StopRow>> {
        let tables = self.tables();
        let rows = tables.stops.iter().filter(|(hash, _)| after.is_none_or(|after| **hash > after));
        Ok(rows.take(limit as usize).map(stop_row).collect())
    }

    async fn cases_of(&self, sender: SenderId) -> Result<Vec<CaseId>> {
        let tables = self.tables();
        let mut rows: Vec<_> = tables.cases.values().filter(|row| row.sender == sender).collect();
        rows.sort_by_key(|row| (row.opened_at, row.id));
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    async fn segments(&self, after: Option<[u8; 16]>, limit: u32) -> Result<Vec<SegmentRow>> {
        let tables = self.tables();
        let rows = tables.segments.values().filter(|row| after.is_none_or(|after| row.id > after));
        Ok(rows.take(limit as usize).cloned().collect())
    }

    async fn inbox_days(&self) -> Result<Vec<InboxDay>> {
        let tables = self.tables();
        Ok(tables.days.iter().map(|(day, kept)| InboxDay { day: day.clone(), wrapped: kept.key.clone() }).collect())
    }

    async fn policies(&self) -> Result<Vec<(Sha256, String)>> {
        Ok(self.tables().policies.iter().map(|(hash, body)| (*hash, body.clone())).collect())
    }

    async fn heads(&self) -> Result<Vec<Head>> {
        let tables = self.tables();
        let chain = |name: ChainName| {
            let last = tables.chains.get(&name).and_then(|chain| chain.last());
            Head {
                name: name.as_str().to_owned(),
                seq: last.map_or(0, |link| link.seq),
                digest: last.map(|link| link.digest),
            }
        };
        let counter = |name: &str, seq| Head { name: name.to_owned(), seq, digest: None };
        Ok(vec![
            chain(ChainName::Access),
            counter("event", tables.sequenced),
            counter("health", 0),
            chain(ChainName::Operations),
            chain(ChainName::Stray),
        ])
    }

    async fn totals(&self) -> Result<Totals> {
        Ok(self.tables().totals())
    }
}

fn stop_row((hash, stop): (&[u8; 32], &Stop)) -> StopRow {
    StopRow { hash: *hash, stopped_at: stop.stopped_at, lifted_at: stop.lifted_at }
}

impl Tables {
    fn belongings(&self, case: CaseId) -> Option<Belongings> {
        let row = self.cases.get(&case)?.clone();
        let owner = *case.as_bytes();
        let first = JobKey { owner, version: 0, ordinal: 0 };
        let jobs = self.jobs.range(first..).take_while(|(key, _)| key.owner == owner).map(|(_, job)| JobRecord {
            row: job.row.clone(),
            parked_at: job.parked_at,
            why: job.why.clone(),
        });
        let mut outbounds: Vec<_> = self.outbounds.values().filter(|told| told.case == case).cloned().collect();
        outbounds.sort_by_key(|told| (told.version, told.ordinal, told.id));
        let mut events: Vec<_> = self.events.values().filter(|event| event.row.case == case).collect();
        events.sort_by_key(|event| event.row.seq);
        let deliveries = events.iter().flat_map(|event| {
            let of_event = self.deliveries.iter().filter(|((id, _), _)| *id == event.row.id);
            of_event.map(|((id, subscriber), delivery)| delivery.record(*id, subscriber))
        });
        Some(Belongings {
            findable: true,
            entries: self.entries.range((case, 0)..=(case, u64::MAX)).map(|(_, entry)| entry.clone()).collect(),
            open: self.open.get(&row.sender).copied(),
            jobs: jobs.collect(),
            outbounds: outbounds
                .into_iter()
                .map(|row| OutboundRecord { acknowledged_at: self.acknowledged.get(&row.id).copied(), row })
                .collect(),
            deliveries: deliveries.collect(),
            events: events
                .iter()
                .map(|event| EventRecord { row: event.row.clone(), position: event.position })
                .collect(),
            objects: self.objects.iter().filter(|(_, owner)| **owner == case).map(|(key, _)| key.clone()).collect(),
            row,
        })
    }

    fn totals(&self) -> Totals {
        let positions = || self.events.values().filter_map(|event| event.position);
        let mut successes: BTreeMap<&String, (Option<Timestamp>, Option<Timestamp>)> = BTreeMap::new();
        for ((_, name), delivery) in &self.deliveries {
            if let Some(at) = delivery.delivered_at {
                let newest = &mut successes.entry(name).or_default().0;
                *newest = (*newest).max(Some(at));
            }
        }
        for (name, known) in &self.subscribers {
            if let Some(at) = known.last_success {
                successes.entry(name).or_default().1 = Some(at);
            }
        }
        let ownerless = OWNED.iter().map(|table| (*table, self.ownerless(table))).filter(|(_, rows)| *rows > 0);
        Totals {
            ownerless: ownerless.collect(),
            entries: self.entries.len() as u64,
            inputs_of_cases: self.inputs.values().filter(|input| input.case.is_some()).count() as u64,
            strays: self.inputs.values().filter(|input| input.case.is_none()).count() as u64,
            placed: positions().count() as u64,
            newest_position: positions().max().unwrap_or_default(),
            successes: successes.into_iter().map(|(name, (made, said))| (name.clone(), made, said)).collect(),
        }
    }

    fn ownerless(&self, table: &str) -> u64 {
        let no_case = |case: &CaseId| !self.cases.contains_key(case);
        let no_sender = |sender: SenderId| !self.cases.values().any(|row| row.sender == sender);
        let count = match table {
            "entry" => self.entries.keys().filter(|(case, _)| no_case(case)).count(),
            "input" => {
                let entry =
                    |input: &InputRow| self.entries.contains_key(&(input.case?, input.version?.0)).then_some(());
                self.inputs.values().filter(|input| input.case.is_some() && entry(input).is_none()).count()
            }
            "open_case" => {
                let held = |(sender, case): (&SenderId, &CaseId)| {
                    self.cases.get(case).is_some_and(|row| row.sender == *sender)
                };
                self.open.iter().filter(|open| !held(*open)).count()
            }
            "alias" => self.aliases.values().filter(|alias| no_sender(alias.sender)).count(),
            "job" => {
                let lost =
                    |key: &&JobKey| no_case(&CaseId::from_bytes(key.owner)) && !self.segments.contains_key(&key.owner);
                self.jobs.keys().filter(lost).count()
            }
            "outbound" => self.outbounds.values().filter(|row| no_case(&row.case)).count(),
            "event" => self.events.values().filter(|event| no_case(&event.row.case)).count(),
            "delivery" => self.deliveries.keys().filter(|(event, _)| !self.events.contains_key(event)).count(),
            "seen" => self.seen.iter().filter(|(_, case, _)| no_case(case)).count(),
            "object" => self.objects.values().filter(|case| no_case(case)).count(),
            "claim" => self.claims.keys().filter(|case| no_case(case)).count(),
            "reach" => self.windows.keys().filter(|(_, sender)| no_sender(*sender)).count(),
            _ => self.segments.values().filter(|row| !self.days.contains_key(&row.day)).count(),
        };
        count as u64
    }
}

impl Delivery {
    fn record(&self, event: portico_vocab::EventId, subscriber: &str) -> DeliveryRecord {
        DeliveryRecord {
            row: DeliveryRow {
                event,
                subscriber: subscriber.to_owned(),
                case: self.case,
                seq: self.seq,
                run_at: self.run_at,
                trace: self.trace.clone(),
            },
            first_at: self.first_at,
            delivered_at: self.delivered_at,
            skipped_at: self.skipped_at,
            parked_at: self.parked_at,
            why: self.why.clone(),
        }
    }
}
