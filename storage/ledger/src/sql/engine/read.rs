//! Read in SQL: looking things up.

use std::collections::BTreeSet;

use async_trait::async_trait;
use portico_vocab::{CaseId, EvidenceId, InputId, Sha256, Timestamp};

use super::messages::stopped_at;
use super::reader::Reader;
use super::run::{Fault, all, each, execute, optional};
use super::{Conn, Result, Row, SqlLedger};
use crate::counts::{Counts, Unfinished};
use crate::durability::Durability;
use crate::error::LedgerError;
use crate::ledger::Read;
use crate::model::{
    AliasRow, CaseFilter, CasePage, CaseRow, ChainEntry, ChainName, ClaimLease, Cursor, EntryRow, QueueRow, SenderId,
    SenderMatch,
};
use crate::parked::ParkedKind;
use crate::short;
use crate::sql::statement::Statement;
use crate::sql::text::read as t;
use crate::sql::value::{Value, values};

#[async_trait]
impl Read for SqlLedger {
    async fn case(&self, id: CaseId) -> Result<Option<CaseRow>> {
        let row = self.one(&t::CASE, values![id]).await?;
        row.map(|row| Reader::new("kase", &row).case_row()).transpose()
    }

    async fn senders(&self, hashes: &[[u8; 32]]) -> Result<Vec<SenderMatch>> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        let mut found = Vec::new();
        for hash in hashes {
            found.extend(sender(&mut conn, *hash).await?);
        }
        Ok(found)
    }

    async fn aliases(&self, sender: SenderId) -> Result<Vec<AliasRow>> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        Ok(aliases(&mut conn, sender).await?)
    }

    async fn input_consumed(&self, input: InputId) -> Result<bool> {
        Ok(self.one(&t::INPUT, values![input]).await?.is_some())
    }

    async fn entries(&self, case: CaseId, after: u64, limit: u32) -> Result<Vec<EntryRow>> {
        let rows = self.many(&t::ENTRIES, values![case, after, limit]).await?;
        rows.iter().map(|row| Reader::new("entry", row).entry_row()).collect()
    }

    async fn policy(&self, hash: Sha256) -> Result<Option<String>> {
        let row = self.one(&t::POLICY, values![hash]).await?;
        row.map(|row| Reader::new("policy", &row).text()).transpose()
    }

    async fn seen(&self, hash: [u8; 32]) -> Result<Vec<(CaseId, EvidenceId)>> {
        let rows = self.many(&t::SEEN, values![hash]).await?;
        let place = |row| {
            let mut reader = Reader::new("seen", row);
            Ok((reader.case()?, reader.evidence()?))
        };
        rows.iter().map(place).collect()
    }

    async fn objects(&self, case: CaseId) -> Result<Vec<String>> {
        let rows = self.many(&t::OBJECTS, values![case]).await?;
        rows.iter().map(|row| Reader::new("object", row).text()).collect()
    }

    async fn unknown_objects(&self, keys: &[String]) -> Result<Vec<String>> {
        let rows: Vec<_> = keys.iter().map(|key| values![key]).collect();
        let mut conn = self.reader().await.map_err(Fault::from)?;
        let rows = each(&mut conn, &t::OBJECTS_KNOWN, &rows).await.map_err(Fault::from)?;
        let known = rows.iter().map(|row| Reader::new("object", row).text()).collect::<Result<BTreeSet<_>>>()?;
        Ok(keys.iter().filter(|key| !known.contains(*key)).cloned().collect())
    }

    async fn cases(&self, filter: &CaseFilter) -> Result<CasePage> {
        let (at, id) = start(filter.after);
        let limit = filter.limit();
        let values = values![filter.stage, filter.outcome, at, id, limit + 1];
        let rows = self.many(&t::CASES, values).await?;
        let rows = rows.iter().map(|row| Reader::new("kase", row).case_row()).collect::<Result<_>>()?;
        Ok(CasePage::cut(rows, limit))
    }

    async fn queue(&self, after: Option<Cursor>, limit: u32, now: Timestamp) -> Result<Vec<QueueRow>> {
        let (at, id) = start(after);
        self.many(&t::QUEUE, values![at, id, now, limit]).await?.iter().map(queue_row).collect()
    }

    async fn cases_by_short(&self, short: &str, limit: u32) -> Result<Vec<CaseId>> {
        let Some(end) = short::spelled(short) else { return Ok(Vec::new()) };
        let (first, past) = short::range(&end);
        let rows = self.many(&t::CASES_BY_SHORT, values![first, past, limit]).await?;
        rows.iter().map(|row| Reader::new("kase", row).case()).collect()
    }

    async fn chain(&self, chain: ChainName, after: u64, limit: u32) -> Result<Vec<ChainEntry>> {
        let rows = self.many(&t::CHAIN, values![chain, after, limit]).await?;
        rows.iter().map(|row| Reader::new("chain", row).chain_entry()).collect()
    }

    async fn newest_links(&self, chain: ChainName, limit: u32) -> Result<Vec<ChainEntry>> {
        let rows = self.many(&t::NEWEST_LINKS, values![chain, limit]).await?;
        rows.iter().map(|row| Reader::new("chain", row).chain_entry()).collect()
    }

    async fn accesses(&self, case: CaseId) -> Result<Vec<ChainEntry>> {
        let rows = self.many(&t::ACCESSES, values![ChainName::Access, case]).await?;
        rows.iter().map(|row| Reader::new("chain", row).chain_entry()).collect()
    }

    async fn counts(&self, now: Timestamp) -> Result<Counts> {
        let row = self.one(&t::COUNTS, values![now]).await?;
        let row = row.ok_or(LedgerError::Inconsistent { table: "kase", what: "a count gave no row" })?;
        let mut reader = Reader::new("kase", &row);
        let mut next = || reader.number::<u64>();
        Ok(Counts {
            received: next()? + next()?,
            taken_in: next()?,
            in_review: next()?,
            decided: next()?,
            announced: next()?,
            cases: next()?,
            jobs_waiting: next()?,
            parked: next()? + next()? + next()?,
        })
    }

    async fn unfinished(&self) -> Result<Unfinished> {
        let mut found = Unfinished::default();
        for row in self.many(&t::CASES_OPEN, values![]).await? {
            let mut reader = Reader::new("kase", &row);
            found.cases.insert(reader.stage()?, reader.number()?);
        }
        let open = self.many(&t::OUTBOUNDS_OPEN, values![]).await?;
        for row in open.iter().chain(&self.many(&t::OUTBOUNDS_PARKED, values![]).await?) {
            let mut reader = Reader::new("outbound", row);
            found.outbounds.insert(reader.outbound_state()?, reader.number()?);
        }
        if let Some(row) = self.one(&t::SEGMENTS_UNSORTED, values![]).await? {
            let mut reader = Reader::new("segment", &row);
            (found.segments, found.oldest_segment) = (reader.number()?, reader.time_or_null()?);
        }
        for row in self.many(&t::JOBS_PARKED, values![]).await? {
            let mut reader = Reader::new("job", &row);
            match ParkedKind::of_job(reader.queue()?) {
                ParkedKind::Inbox => found.parked_inbox += reader.number::<u64>()?,
                _ => found.parked_jobs += reader.number::<u64>()?,
            }
        }
        if let Some(row) = self.one(&t::DELIVERIES_OPEN, values![]).await? {
            let mut reader = Reader::new("delivery", &row);
            let open: u64 = reader.number()?;
            found.deliveries_parked = reader.number()?;
            found.deliveries_waiting = open.saturating_sub(found.deliveries_parked);
        }
        Ok(found)
    }

    async fn stuck(&self, before: Timestamp, limit: u32) -> Result<Vec<CaseId>> {
        let rows = self.many(&t::STUCK, values![before, limit]).await?;
        rows.iter().map(|row| Reader::new("kase", row).case()).collect()
    }

    async fn durability(&self) -> Result<Durability> {
        self.durability_of_writes().await
    }

    async fn health(&self) -> Result<()> {
        if self.looks_only {
            return self.one(&t::READABLE, values![]).await.map(drop);
        }
        let mut tx = self.begin().await?;
        execute(&mut tx, &t::HEALTH, values![]).await.map_err(Fault::from)?;
        tx.commit().await.map_err(Fault::from)?;
        Ok(())
    }
}

impl SqlLedger {
    async fn one(&self, statement: &'static Statement, values: Vec<Value<'_>>) -> Result<Option<Row>> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        Ok(optional(&mut conn, statement, values).await.map_err(Fault::from)?)
    }

    pub(super) async fn many(&self, statement: &'static Statement, values: Vec<Value<'_>>) -> Result<Vec<Row>> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        Ok(all(&mut conn, statement, values).await.map_err(Fault::from)?)
    }
}

/// Where a keyset page starts: after the cursor, or before every row.
fn start(after: Option<Cursor>) -> (i64, Vec<u8>) {
    after.map_or((i64::MIN, Vec::new()), |cursor| (cursor.at.as_micros(), cursor.id.as_bytes().to_vec()))
}

fn queue_row(row: &Row) -> Result<QueueRow> {
    let mut reader = Reader::new("kase", row);
    let (case, since, summary) = (reader.case()?, reader.time()?, reader.text()?);
    let hold = reader.text_or_null()?.zip(reader.time_or_null()?);
    let claim = hold.map(|(reviewer, until)| ClaimLease { case, reviewer, until });
    Ok(QueueRow { case, since, summary, claim })
}

async fn sender(conn: &mut Conn, hash: [u8; 32]) -> Result<Option<SenderMatch>, Fault> {
    let Some(row) = optional(conn, &t::SENDER, values![hash]).await? else { return Ok(None) };
    let mut reader = Reader::new("alias", &row);
    let alias = AliasRow { kind: reader.alias_kind()?, hash, sender: reader.sender()? };
    let (open_case, latest_case) = (reader.case_or_null()?, reader.case_or_null()?);
    let all = aliases(conn, alias.sender).await?;
    let stopped_at = stopped_at(conn, all.iter().map(|alias| alias.hash)).await?;
    Ok(Some(SenderMatch { alias, all, open_case, latest_case, stopped_at }))
}

async fn aliases(conn: &mut Conn, sender: SenderId) -> Result<Vec<AliasRow>, Fault> {
    let mut aliases = Vec::new();
    for row in &all(conn, &t::ALIASES, values![sender]).await? {
        aliases.push(Reader::new("alias", row).alias_row()?);
    }
    aliases.sort_by_key(|alias| (alias.kind, alias.hash));
    Ok(aliases)
}
