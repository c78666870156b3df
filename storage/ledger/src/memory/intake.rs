//! Intake in memory: webhook bodies and their days' keys.

use async_trait::async_trait;

use super::{Job, MemoryLedger, Result, refused};
use crate::ledger::Intake;
use crate::model::{JobKey, JobRow, Queue, SegmentRow};

#[async_trait]
impl Intake for MemoryLedger {
    async fn accept(&self, segments: &[SegmentRow]) -> Result<()> {
        let mut tables = self.tables();
        for (place, segment) in segments.iter().enumerate() {
            let twice = segments[..place].iter().any(|earlier| earlier.id == segment.id);
            if twice || tables.segments.contains_key(&segment.id) || tables.jobs.contains_key(&sort_key(segment.id)) {
                return Err(refused("segment"));
            }
        }
        for segment in segments {
            let job = JobRow { key: sort_key(segment.id), queue: Queue::Sort, run_at: segment.at, payload: Vec::new() };
            tables.jobs.insert(job.key, Job::new(job));
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
            let bodies = tables.segments.values().filter(|segment| segment.day == *name);
            day.destroyed_bodies += bodies.map(|segment| u64::from(segment.bodies)).sum::<u64>();
            tables.segments.retain(|_, segment| segment.day != *name);
            destroyed += 1;
        }
        Ok(destroyed)
    }
}

const fn sort_key(segment: [u8; 16]) -> JobKey {
    JobKey { owner: segment, version: 0, ordinal: 0 }
}
