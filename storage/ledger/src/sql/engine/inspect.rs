//! Inspect in SQL: whole rows, for proofs. What hangs on a case is read from one snapshot.

use async_trait::async_trait;
use portico_vocab::{CaseId, InputId, Sha256};

use super::super::SNAPSHOT;
use super::reader::Reader;
use super::run::{Fault, all, each, optional};
use super::{Conn, Result, Row, SqlLedger};
use crate::error::LedgerError;
use crate::inspect::{
    Belongings, DeliveryRecord, EventRecord, Head, InboxDay, InputRow, JobRecord, OWNED, OutboundRecord, StopRow,
    Totals,
};
use crate::ledger::Inspect;
use crate::model::{DeliveryRow, SegmentRow, SenderId};
use crate::short;
use crate::sql::text::{inspect as t, read};
use crate::sql::value::values;

#[async_trait]
impl Inspect for SqlLedger {
    async fn case_ids(&self, after: Option<CaseId>, limit: u32) -> Result<Vec<CaseId>> {
        let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
        let rows = self.many(&t::CASE_IDS, values![after, limit]).await?;
        rows.iter().map(|row| Reader::new("kase", row).case()).collect()
    }

    async fn belongings(&self, case: CaseId) -> Result<Option<Belongings>> {
        let mut tx = self.read.begin_with(SNAPSHOT).await.map_err(Fault::from)?;
        let found = belongings(&mut tx, case).await?;
        tx.rollback().await.map_err(Fault::from)?;
        Ok(found)
    }

    async fn inputs(&self, ids: &[InputId]) -> Result<Vec<InputRow>> {
        let ids: Vec<_> = ids.iter().map(|id| values![*id]).collect();
        let mut conn = self.reader().await.map_err(Fault::from)?;
        let rows = each(&mut conn, &t::INPUTS, &ids).await.map_err(Fault::from)?;
        rows.iter().map(|row| Reader::new("input", row).input_row()).collect()
    }

    async fn stops(&self, hashes: &[[u8; 32]]) -> Result<Vec<StopRow>> {
        let hashes: Vec<_> = hashes.iter().map(|hash| values![*hash]).collect();
        let mut conn = self.reader().await.map_err(Fault::from)?;
        let rows = each(&mut conn, &t::STOPS, &hashes).await.map_err(Fault::from)?;
        rows.iter().map(|row| Reader::new("stop_list", row).stop_row()).collect()
    }

    async fn stop_list(&self, after: Option<[u8; 32]>, limit: u32) -> Result<Vec<StopRow>> {
        let after = after.map_or_else(Vec::new, |hash| hash.to_vec());
        let rows = self.many(&t::STOP_LIST, values![after, limit]).await?;
        rows.iter().map(|row| Reader::new("stop_list", row).stop_row()).collect()
    }

    async fn cases_of(&self, sender: SenderId) -> Result<Vec<CaseId>> {
        self.many(&t::CASES_OF, values![sender]).await?.iter().map(|row| Reader::new("kase", row).case()).collect()
    }

    async fn segments(&self, after: Option<[u8; 16]>, limit: u32) -> Result<Vec<SegmentRow>> {
        let after = after.map_or_else(Vec::new, |id| id.to_vec());
        let rows = self.many(&t::SEGMENTS, values![after, limit]).await?;
        rows.iter().map(|row| Reader::new("segment", row).segment_row()).collect()
    }

    async fn inbox_days(&self) -> Result<Vec<InboxDay>> {
        let day = |row| {
            let mut reader = Reader::new("inbox_day", row);
            Ok(InboxDay { day: reader.text()?, wrapped: reader.bytes_or_null()? })
        };
        self.many(&t::DAYS, values![]).await?.iter().map(day).collect()
    }

    async fn policies(&self) -> Result<Vec<(Sha256, String)>> {
        let policy = |row| {
            let mut reader = Reader::new("policy", row);
            Ok((reader.digest()?, reader.text()?))
        };
        self.many(&t::POLICIES, values![]).await?.iter().map(policy).collect()
    }

    async fn heads(&self) -> Result<Vec<Head>> {
        let head = |row| {
            let mut reader = Reader::new("head", row);
            Ok(Head { name: reader.text()?, seq: reader.number()?, digest: reader.digest_or_null()? })
        };
        self.many(&t::HEADS, values![]).await?.iter().map(head).collect()
    }

    async fn totals(&self) -> Result<Totals> {
        let mut tx = self.read.begin_with(SNAPSHOT).await.map_err(Fault::from)?;
        let totals = totals(&mut tx).await?;
        tx.rollback().await.map_err(Fault::from)?;
        Ok(totals)
    }
}

async fn belongings(conn: &mut Conn, case: CaseId) -> Result<Option<Belongings>, Fault> {
    let Some(row) = optional(conn, &t::CASE, values![case]).await? else { return Ok(None) };
    let (row, end) = Reader::new("kase", &row).case_row_and_end()?;
    let open = optional(conn, &t::OPEN_CASE, values![row.sender]).await?;
    let entries = all(conn, &read::ENTRIES, values![case, 0_u64, i64::MAX]).await?;
    let jobs = all(conn, &t::JOBS, values![case]).await?;
    let outbounds = all(conn, &t::OUTBOUNDS, values![case]).await?;
    let events = all(conn, &t::EVENTS, values![case]).await?;
    let deliveries = all(conn, &t::DELIVERIES, values![case]).await?;
    let objects = all(conn, &read::OBJECTS, values![case]).await?;
    Ok(Some(Belongings {
        findable: end == short::backwards(&case.to_string()),
        open: open.map(|open| Reader::new("open_case", &open).case()).transpose()?,
        entries: each_of(&entries, "entry", |row| row.entry_row())?,
        jobs: each_of(&jobs, "job", |row| row.job_record())?,
        outbounds: each_of(&outbounds, "outbound", |row| row.outbound_record())?,
        events: each_of(&events, "event", |row| row.event_record())?,
        deliveries: each_of(&deliveries, "delivery", |row| row.delivery_record())?,
        objects: each_of(&objects, "object", |mut row| row.text())?,
        row,
    }))
}

fn each_of<T>(rows: &[Row], table: &'static str, read: impl Fn(Reader<'_>) -> Result<T>) -> Result<Vec<T>> {
    rows.iter().map(|row| read(Reader::new(table, row))).collect()
}

async fn totals(conn: &mut Conn) -> Result<Totals, Fault> {
    let none = || LedgerError::Inconsistent { table: "kase", what: "a count gave no row" };
    let counts = optional(conn, &t::OWNERLESS, values![]).await?.ok_or_else(none)?;
    let mut reader = Reader::new("kase", &counts);
    let mut ownerless = Vec::new();
    for table in OWNED {
        match reader.number()? {
            0 => {}
            rows => ownerless.push((*table, rows)),
        }
    }
    let sums = optional(conn, &t::TOTALS, values![]).await?.ok_or_else(none)?;
    let mut reader = Reader::new("kase", &sums);
    let mut successes = Vec::new();
    for row in &all(conn, &t::SUCCESSES, values![]).await? {
        let mut reader = Reader::new("subscriber", row);
        successes.push((reader.text()?, reader.time_or_null()?, reader.time_or_null()?));
    }
    Ok(Totals {
        ownerless,
        entries: reader.number()?,
        inputs_of_cases: reader.number()?,
        strays: reader.number()?,
        placed: reader.number()?,
        newest_position: reader.number()?,
        successes,
    })
}

impl Reader<'_> {
    fn input_row(mut self) -> Result<InputRow> {
        Ok(InputRow {
            id: self.fixed().map(|bytes| InputId::from_digest(Sha256::from_bytes(bytes)))?,
            case: self.case_or_null()?,
            version: self.number_or_null()?.map(portico_vocab::CaseVersion),
            at: self.time()?,
        })
    }

    fn stop_row(mut self) -> Result<StopRow> {
        Ok(StopRow { hash: self.fixed()?, stopped_at: self.time_or_null()?, lifted_at: self.time_or_null()? })
    }

    fn job_record(mut self) -> Result<JobRecord> {
        Ok(JobRecord { row: self.next_job_row()?, parked_at: self.time_or_null()?, why: self.text_or_null()? })
    }

    fn outbound_record(mut self) -> Result<OutboundRecord> {
        Ok(OutboundRecord { row: self.next_outbound_row()?, acknowledged_at: self.time_or_null()? })
    }

    fn event_record(mut self) -> Result<EventRecord> {
        Ok(EventRecord { row: self.event_row()?, position: self.number_or_null()? })
    }

    fn delivery_record(mut self) -> Result<DeliveryRecord> {
        Ok(DeliveryRecord {
            row: DeliveryRow {
                event: self.event()?,
                subscriber: self.text()?,
                case: self.case()?,
                seq: self.number()?,
                run_at: self.time()?,
                trace: self.text_or_null()?,
            },
            first_at: self.time()?,
            delivered_at: self.time_or_null()?,
            skipped_at: self.time_or_null()?,
            parked_at: self.time_or_null()?,
            why: self.text_or_null()?,
        })
    }
}
