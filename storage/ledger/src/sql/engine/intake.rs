//! Intake in SQL: webhook bodies and their days' keys.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::reader::Reader;
use super::run::{Fault, all, execute, optional, put, transaction};
use super::{Conn, Result, SqlLedger};
use crate::error::LedgerError;
use crate::ledger::Intake;
use crate::model::{Queue, SegmentRow};
use crate::sql::text::{intake as t, record};
use crate::sql::value::values;
use crate::wellformed;

#[async_trait]
impl Intake for SqlLedger {
    #[tracing::instrument(skip_all, fields(segments = segments.len()))]
    async fn accept(&self, segments: &[SegmentRow]) -> Result<()> {
        wellformed::traces("segment", segments.iter().map(|segment| segment.trace.as_deref()))?;
        transaction!(self.try_accept(segments))?;
        segments.iter().for_each(|segment| self.floors.queued(Queue::Sort, segment.at));
        self.wake.wake().await;
        Ok(())
    }

    async fn segment(&self, id: [u8; 16]) -> Result<Option<SegmentRow>> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        let row = optional(&mut conn, &t::SEGMENT, values![id]).await.map_err(Fault::from)?;
        row.map(|row| Reader::new("segment", &row).segment_row()).transpose()
    }

    async fn day_key(&self, day: &str, wrapped: &[u8]) -> Result<Option<Vec<u8>>> {
        transaction!(self.try_day_key(day, wrapped))
    }

    async fn parked_segments(&self, before: &str, limit: u32) -> Result<Vec<SegmentRow>> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        let rows = all(&mut conn, &t::SEGMENTS_PARKED, values![before, limit]).await.map_err(Fault::from)?;
        rows.iter().map(|row| Reader::new("segment", row).segment_row()).collect()
    }

    async fn rewrap_segment(&self, id: [u8; 16], from: &str, to: &str, body: &[u8]) -> Result<bool> {
        transaction!(self.try_rewrap(id, from, to, body))
    }

    #[tracing::instrument(skip_all)]
    async fn destroy_day_keys(&self, before: &str) -> Result<u64> {
        transaction!(self.try_destroy_day_keys(before))
    }
}

impl SqlLedger {
    async fn try_accept(&self, segments: &[SegmentRow]) -> Result<(), Fault> {
        let (mut rows, mut jobs) = (Vec::new(), Vec::new());
        for segment in segments {
            let (custody, trace) = (&segment.custody, segment.trace.as_ref());
            rows.push(values![segment.id, &segment.day, segment.at, segment.bodies, custody, &segment.body, trace]);
            jobs.push(values![segment.id, 0_u64, 0_u32, Queue::Sort, segment.at, &[][..], trace]);
        }
        let days: BTreeSet<&str> = segments.iter().map(|segment| segment.day.as_str()).collect();
        let mut tx = self.begin_on(&self.intake).await?;
        for day in days {
            hold_day(&mut tx, day).await?;
        }
        put(&mut tx, &t::SEGMENTS, &rows).await?;
        put(&mut tx, &record::JOBS, &jobs).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn try_day_key(&self, day: &str, wrapped: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        let mut tx = self.begin_on(&self.intake).await?;
        execute(&mut tx, &t::DAY_KEEP, values![day, wrapped]).await?;
        let row = optional(&mut tx, &t::DAY_KEY, values![day]).await?;
        let key = row.map(|row| Reader::new("inbox_day", &row).bytes_or_null()).transpose()?;
        tx.commit().await?;
        Ok(key.flatten())
    }

    async fn try_destroy_day_keys(&self, before: &str) -> Result<u64, Fault> {
        let mut tx = self.begin_on(&self.intake).await?;
        let mut destroyed = 0;
        for row in all(&mut tx, &t::DAYS_KEPT, values![before]).await? {
            let day = Reader::new("inbox_day", &row).text()?;
            // Short when another process destroyed the same day: then it counted the bodies and deleted them.
            let locked = execute(&mut tx, &t::DAY_LOCK, values![&day]).await? == 1;
            if locked && optional(&mut tx, &t::DAY_UNSORTED, values![&day]).await?.is_none() {
                execute(&mut tx, &t::DAY_DESTROY, values![&day]).await?;
                execute(&mut tx, &t::DAY_SEGMENTS_DELETE, values![&day]).await?;
                destroyed += 1;
            }
        }
        tx.commit().await?;
        Ok(destroyed)
    }

    async fn try_rewrap(&self, id: [u8; 16], from: &str, to: &str, body: &[u8]) -> Result<bool, Fault> {
        let mut tx = self.begin().await?;
        hold_day(&mut tx, to).await?;
        let moved = execute(&mut tx, &t::SEGMENT_REWRAP, values![id, from, to, body]).await?;
        tx.commit().await?;
        Ok(moved == 1)
    }
}

/// Keeps the key of `day` from being destroyed before this transaction has ended.
async fn hold_day(conn: &mut Conn, day: &str) -> Result<(), Fault> {
    let Some(row) = optional(conn, &t::DAY_HOLD, values![day]).await? else { return Ok(()) };
    match Reader::new("inbox_day", &row).bytes_or_null()? {
        Some(_) => Ok(()),
        None => Err(LedgerError::DayKeyDestroyed { day: day.to_owned() }.into()),
    }
}
