//! Intake in memory: webhook bodies and their days' keys.

use async_trait::async_trait;

use super::{Job, MemoryLedger, Result, Tables, refused};
use crate::error::LedgerError;
use crate::ledger::Intake;
use crate::model::{JobKey, JobRow, Queue, SegmentRow};
use crate::wellformed;

#[async_trait]
impl Intake for MemoryLedger {
    async fn accept(&self, segments: &[SegmentRow]) -> Result<()> {
        wellformed::traces("segment", segments.iter().map(|segment| segment.trace.as_deref()))?;
        let mut tables = self.tables();
        for segment in segments {
            tables.require_day(&segment.day)?;
        }
        for (place, segment) in segments.iter().enumerate() {
            let twice = segments[..place].iter().any(|earlier| earlier.id == segment.id);
            if twice || tables.segments.contains_key(&segment.id) || tables.jobs.contains_key(&sort_key(segment.id)) {
                return Err(refused("segment"));
            }
        }
        for segment in segments {
            let (key, trace) = (sort_key(segment.id), segment.trace.clone());
            let job = JobRow { key, queue: Queue::Sort, run_at: segment.at, payload: Vec::new(), trace };
            tables.jobs.insert(key, Job::new(job));
            tables.segments.insert(segment.id, segment.clone());
        }
        self.wake.notify();
        Ok(())
    }

    async fn segment(&self, id: [u8; 16]) -> Result<Option<SegmentRow>> {
        Ok(self.tables().segments.get(&id).cloned())
    }

    async fn day_key(&self, day: &str, wrapped: &[u8]) -> Result<Option<Vec<u8>>> {
        let mut tables = self.tables();
        let day = tables
            .days
            .entry(day.to_owned())
            .or_insert_with(|| super::Day { key: Some(wrapped.to_vec()), destroyed_bodies: 0 });
        Ok(day.key.clone())
    }

    async fn parked_segments(&self, before: &str, limit: u32) -> Result<Vec<SegmentRow>> {
        let tables = self.tables();
        let parked = |id| tables.jobs.get(&sort_key(id)).is_some_and(|job| job.parked_at.is_some());
        let mut rows: Vec<_> =
            tables.segments.values().filter(|row| row.day.as_str() < before && parked(row.id)).cloned().collect();
        rows.sort_by(|a, b| (&a.day, a.id).cmp(&(&b.day, b.id)));
        rows.truncate(limit as usize);
        Ok(rows)
    }

    async fn rewrap_segment(&self, id: [u8; 16], from: &str, to: &str, body: &[u8]) -> Result<bool> {
        let mut tables = self.tables();
        tables.require_day(to)?;
        let parked = tables.jobs.get(&sort_key(id)).is_some_and(|job| job.parked_at.is_some());
        let Some(segment) = tables.segments.get_mut(&id).filter(|row| parked && row.day == from) else {
            return Ok(false);
        };
        (segment.day, segment.body) = (to.to_owned(), body.to_vec());
        Ok(true)
    }

    async fn destroy_day_keys(&self, before: &str) -> Result<u64> {
        let mut guard = self.tables();
        let tables = &mut *guard;
        let mut destroyed = 0;
        for (name, day) in tables.days.range_mut(..before.to_owned()) {
            let unsorted = tables
                .segments
                .values()
                .any(|segment| segment.day == *name && tables.jobs.contains_key(&sort_key(segment.id)));
            if day.key.is_none() || unsorted {
                continue;
            }
            day.key = None;
            let goes = |segment: &SegmentRow| segment.day == *name && !segment.body.is_empty();
            let bodies = tables.segments.values().filter(|segment| goes(segment));
            day.destroyed_bodies += bodies.map(|segment| u64::from(segment.bodies)).sum::<u64>();
            tables.segments.retain(|_, segment| !goes(segment));
            destroyed += 1;
        }
        Ok(destroyed)
    }
}

impl Tables {
    fn require_day(&self, day: &str) -> Result<()> {
        let destroyed = self.days.get(day).is_some_and(|known| known.key.is_none());
        if destroyed { Err(LedgerError::DayKeyDestroyed { day: day.to_owned() }) } else { Ok(()) }
    }
}

const fn sort_key(segment: [u8; 16]) -> JobKey {
    JobKey { owner: segment, version: 0, ordinal: 0 }
}
