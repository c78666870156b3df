//! Messages in memory: sends, receipts, windows, the stop-list.

use async_trait::async_trait;
use portico_vocab::{CaseId, OutboundId, PhoneNumberId, Sha256, Timestamp};

use super::{MemoryLedger, Result};
use crate::ledger::Messages;
use crate::model::{Fence, OutboundRow, OutboundState, ReceiptOutcome, SenderId, Settled};
use crate::rank;

#[async_trait]
impl Messages for MemoryLedger {
    async fn outbound(&self, id: OutboundId) -> Result<Option<OutboundRow>> {
        Ok(self.tables().outbounds.get(&id).cloned())
    }

    async fn outbounds(&self, case: CaseId) -> Result<Vec<OutboundRow>> {
        let tables = self.tables();
        let mut rows: Vec<_> = tables.outbounds.values().filter(|row| row.case == case).cloned().collect();
        rows.sort_by_key(|row| (row.version, row.ordinal, row.id));
        Ok(rows)
    }

    async fn start_sending(
        &self,
        fence: Fence,
        id: OutboundId,
        rendered: &[u8],
        text_hash: Sha256,
        now: Timestamp,
    ) -> Result<bool> {
        let mut tables = self.tables();
        tables.held(fence)?;
        let Some(row) = tables.outbounds.get_mut(&id).filter(|row| row.state == OutboundState::Queued) else {
            return Ok(false);
        };
        (row.state, row.state_at) = (OutboundState::Sending, now);
        (row.rendered, row.text_hash) = (Some(rendered.to_vec()), Some(text_hash));
        Ok(true)
    }

    async fn settle(
        &self,
        fence: Fence,
        id: OutboundId,
        settled: &Settled,
        now: Timestamp,
        again_at: Timestamp,
    ) -> Result<()> {
        let mut tables = self.tables();
        if settled.keeps_job() {
            tables.put_back(fence, again_at)?.tries += 1;
        } else {
            tables.held(fence)?;
            tables.jobs.remove(&fence.key);
        }
        let Some(row) = tables.outbounds.get_mut(&id) else {
            return Ok(());
        };
        if let Some(state) = rank::after_send(row.state, settled) {
            (row.state, row.state_at, row.detail) = (state, now, settled.detail().map(str::to_owned));
        }
        row.wamid = row.wamid.or(settled.wamid());
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
        let mut tables = self.tables();
        let found = id
            .filter(|id| tables.outbounds.contains_key(id))
            .or_else(|| newest_by_wamid(tables.outbounds.values(), wamid).map(|row| row.id));
        let Some(row) = found.and_then(|id| tables.outbounds.get_mut(&id)) else {
            return Ok(None);
        };
        let (before, after) = (row.state, rank::after_receipt(row.state, state));
        if after != before {
            (row.state, row.state_at, row.detail) = (after, at, detail.map(str::to_owned));
        }
        row.wamid = row.wamid.or(Some(wamid));
        Ok(Some(ReceiptOutcome { id: row.id, case: row.case, before, after }))
    }

    async fn outbound_by_wamid(&self, wamid: [u8; 32]) -> Result<Option<OutboundRow>> {
        Ok(newest_by_wamid(self.tables().outbounds.values(), wamid).cloned())
    }

    async fn window(&self, phone_number: &PhoneNumberId, sender: SenderId) -> Result<Option<Timestamp>> {
        Ok(self.tables().windows.get(&(phone_number.clone(), sender)).copied())
    }

    async fn stopped_at(&self, hashes: &[[u8; 32]]) -> Result<Option<Timestamp>> {
        Ok(self.tables().stopped_at(hashes.iter().copied()))
    }
}

/// Meta gives a wamid once; should two messages claim one, the newer is meant.
fn newest_by_wamid<'a>(
    mut rows: impl DoubleEndedIterator<Item = &'a OutboundRow>,
    wamid: [u8; 32],
) -> Option<&'a OutboundRow> {
    let rows = rows.by_ref().filter(|row| row.wamid == Some(wamid));
    rows.max_by_key(|row| (row.at, row.id))
}
