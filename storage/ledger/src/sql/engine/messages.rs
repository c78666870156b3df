//! Messages in SQL: sends, receipts, windows, the stop-list.

use async_trait::async_trait;
use portico_vocab::{CaseId, OutboundId, PhoneNumberId, Sha256, Timestamp};

use super::reader::Reader;
use super::run::{Fault, all, execute, optional, transaction};
use super::work::{held, require_held};
use super::{Conn, Result, SqlLedger};
use crate::ledger::Messages;
use crate::model::{Fence, OutboundRow, OutboundState, ReceiptOutcome, SenderId, Settled};
use crate::rank;
use crate::sql::statement::Statement;
use crate::sql::text::{messages as t, work};
use crate::sql::value::{Bind as _, Value, values};

#[async_trait]
impl Messages for SqlLedger {
    async fn outbound(&self, id: OutboundId) -> Result<Option<OutboundRow>> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        Ok(outbound(&mut conn, &t::OUTBOUND, values![id]).await?)
    }

    async fn outbounds(&self, case: CaseId) -> Result<Vec<OutboundRow>> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        let rows = all(&mut conn, &t::OUTBOUNDS, values![case]).await.map_err(Fault::from)?;
        rows.iter().map(|row| Reader::new("outbound", row).outbound_row()).collect()
    }

    async fn start_sending(
        &self,
        fence: Fence,
        id: OutboundId,
        rendered: &[u8],
        text_hash: Sha256,
        now: Timestamp,
    ) -> Result<bool> {
        transaction!(self.try_start(fence, id, rendered, text_hash, now))
    }

    async fn settle(
        &self,
        fence: Fence,
        id: OutboundId,
        settled: &Settled,
        now: Timestamp,
        again_at: Timestamp,
    ) -> Result<()> {
        transaction!(self.try_settle(fence, id, settled, now, again_at))?;
        self.floors.put_back(again_at);
        Ok(())
    }

    async fn receipt(
        &self,
        id: Option<OutboundId>,
        wamid: [u8; 32],
        state: OutboundState,
        detail: Option<&str>,
        at: Timestamp,
    ) -> Result<Option<ReceiptOutcome>> {
        transaction!(self.try_receipt(id, wamid, state, detail, at))
    }

    async fn outbound_by_wamid(&self, wamid: [u8; 32]) -> Result<Option<OutboundRow>> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        Ok(outbound(&mut conn, &t::OUTBOUND_BY_WAMID, values![wamid]).await?)
    }

    async fn window(&self, phone_number: &PhoneNumberId, sender: SenderId) -> Result<Option<Timestamp>> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        let row = optional(&mut conn, &t::WINDOW, values![phone_number, sender]).await.map_err(Fault::from)?;
        row.map(|row| Reader::new("reach", &row).time()).transpose()
    }

    async fn stopped_at(&self, hashes: &[[u8; 32]]) -> Result<Option<Timestamp>> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        Ok(stopped_at(&mut conn, hashes.iter().copied()).await?)
    }
}

impl SqlLedger {
    async fn try_start(
        &self,
        fence: Fence,
        id: OutboundId,
        rendered: &[u8],
        text_hash: Sha256,
        now: Timestamp,
    ) -> Result<bool, Fault> {
        let mut tx = self.begin().await?;
        require_held(execute(&mut tx, &work::HELD, held(fence, [])).await?)?;
        let started = execute(&mut tx, &t::START, values![id, now, rendered, text_hash]).await?;
        tx.commit().await?;
        Ok(started == 1)
    }

    async fn try_settle(
        &self,
        fence: Fence,
        id: OutboundId,
        settled: &Settled,
        now: Timestamp,
        again_at: Timestamp,
    ) -> Result<(), Fault> {
        let mut tx = self.begin().await?;
        let job = if settled.keeps_job() {
            execute(&mut tx, &work::AGAIN, held(fence, [again_at.value()])).await?
        } else {
            execute(&mut tx, &work::FINISH, held(fence, [])).await?
        };
        require_held(job)?;
        let (detail, wamid) = (settled.detail(), settled.wamid());
        while let Some(row) = outbound(&mut tx, &t::OUTBOUND, values![id]).await? {
            let after = rank::after_send(row.state, settled);
            if move_on(&mut tx, &row, after, now, detail, wamid).await? {
                break;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    async fn try_receipt(
        &self,
        id: Option<OutboundId>,
        wamid: [u8; 32],
        state: OutboundState,
        detail: Option<&str>,
        at: Timestamp,
    ) -> Result<Option<ReceiptOutcome>, Fault> {
        let mut tx = self.begin().await?;
        while let Some(row) = find(&mut tx, id, wamid).await? {
            let (before, after) = (row.state, rank::after_receipt(row.state, state));
            let moved = (after != before).then_some(after);
            if move_on(&mut tx, &row, moved, at, detail, Some(wamid)).await? {
                tx.commit().await?;
                return Ok(Some(ReceiptOutcome { id: row.id, case: row.case, before, after }));
            }
        }
        Ok(None)
    }
}

/// By our callback id, else by the name Meta gave the message.
async fn find(conn: &mut Conn, id: Option<OutboundId>, wamid: [u8; 32]) -> Result<Option<OutboundRow>, Fault> {
    if let Some(id) = id
        && let Some(row) = outbound(conn, &t::OUTBOUND, values![id]).await?
    {
        return Ok(Some(row));
    }
    outbound(conn, &t::OUTBOUND_BY_WAMID, values![wamid]).await
}

/// Moves a message from the state it was read in. `false` when another moved it in between: read it again.
async fn move_on(
    conn: &mut Conn,
    row: &OutboundRow,
    after: Option<OutboundState>,
    at: Timestamp,
    detail: Option<&str>,
    wamid: Option<[u8; 32]>,
) -> sqlx::Result<bool> {
    if let Some(after) = after {
        return Ok(execute(conn, &t::MOVE, values![row.id, after, at, detail, wamid, row.state]).await? == 1);
    }
    if let Some(wamid) = wamid.filter(|_| row.wamid.is_none()) {
        execute(conn, &t::LEARN_WAMID, values![row.id, wamid]).await?;
    }
    Ok(true)
}

async fn outbound(
    conn: &mut Conn,
    statement: &'static Statement,
    key: Vec<Value<'_>>,
) -> Result<Option<OutboundRow>, Fault> {
    let row = optional(conn, statement, key).await?;
    Ok(row.map(|row| Reader::new("outbound", &row).outbound_row()).transpose()?)
}

/// Newest STOP in force under any of these.
pub(super) async fn stopped_at(
    conn: &mut Conn,
    hashes: impl Iterator<Item = [u8; 32]> + Send,
) -> Result<Option<Timestamp>, Fault> {
    let mut newest = None;
    for hash in hashes {
        if let Some(row) = optional(conn, &t::STOPPED_AT, values![hash]).await? {
            newest = newest.max(Some(Reader::new("stop_list", &row).time()?));
        }
    }
    Ok(newest)
}
