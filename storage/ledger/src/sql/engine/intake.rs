//! Intake in SQL: webhook bodies and their days' keys.

use async_trait::async_trait;

use super::reader::Reader;
use super::run::{Fault, all, execute, optional, put, transaction};
use super::{Result, SqlLedger};
use crate::ledger::Intake;
use crate::model::{Queue, SegmentRow};
use crate::sql::text::{intake as t, record};
use crate::sql::value::values;

#[async_trait]
impl Intake for SqlLedger {
    #[tracing::instrument(skip_all, fields(segments = segments.len()))]
    async fn accept(&self, segments: &[SegmentRow]) -> Result<()> {
        transaction!(self.try_accept(segments))?;
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

    #[tracing::instrument(skip_all)]
    async fn destroy_day_keys(&self, before: &str) -> Result<u64> {
        transaction!(self.try_destroy_day_keys(before))
    }
}

impl SqlLedger {
    async fn try_accept(&self, segments: &[SegmentRow]) -> Result<(), Fault> {
        let (mut rows, mut jobs) = (Vec::new(), Vec::new());
        for segment in segments {
            rows.push(values![segment.id, &segment.day, segment.at, segment.bodies, &segment.body]);
            jobs.push(values![segment.id, 0_u64, 0_u32, Queue::Sort, segment.at, &[][..]]);
        }
        let mut tx = self.begin().await?;
        put(&mut tx, &t::SEGMENTS, &rows).await?;
        put(&mut tx, &record::JOBS, &jobs).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn try_day_key(&self, day: &str, wrapped: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        let mut tx = self.begin().await?;
        execute(&mut tx, &t::DAY_KEEP, values![day, wrapped]).await?;
        let row = optional(&mut tx, &t::DAY_KEY, values![day]).await?;
        let key = row.map(|row| Reader::new("inbox_day", &row).bytes_or_null()).transpose()?;
        tx.commit().await?;
        Ok(key.flatten())
    }

    async fn try_destroy_day_keys(&self, before: &str) -> Result<u64, Fault> {
        let mut tx = self.begin().await?;
        let mut destroyed = 0;
        for row in all(&mut tx, &t::DAYS_SORTED, values![before]).await? {
            let day = Reader::new("inbox_day", &row).text()?;
            // Short when another process destroys the same day: then it counts the bodies and deletes them.
            if execute(&mut tx, &t::DAY_DESTROY, values![&day]).await? == 1 {
                execute(&mut tx, &t::DAY_SEGMENTS_DELETE, values![&day]).await?;
                destroyed += 1;
            }
        }
        tx.commit().await?;
        Ok(destroyed)
    }
}
