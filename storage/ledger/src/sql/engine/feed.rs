//! Feed in SQL: positions of events, deliveries to account systems.

use std::collections::BTreeMap;

use async_trait::async_trait;
use portico_vocab::{EventId, Timestamp};

use super::reader::Reader;
use super::record::link;
use super::run::{Fault, all, each, execute, optional, transaction};
use super::work::require_held;
use super::{Result, Row, SqlLedger};
use crate::counts::SubscriberState;
use crate::error::LedgerError;
use crate::ledger::Feed;
use crate::model::{ChainName, ClaimedDelivery, DISABLED, DeliveryEnd, EventFilter, FeedRow};
use crate::sql::text::{feed as t, record};
use crate::sql::value::values;

/// The head that counts events.
const EVENTS: &str = "event";

#[async_trait]
impl Feed for SqlLedger {
    #[tracing::instrument(skip_all)]
    async fn sequence(&self, limit: u32) -> Result<u64> {
        transaction!(self.try_sequence(limit))
    }

    async fn events(&self, filter: &EventFilter) -> Result<Vec<FeedRow>> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        let values = values![filter.after, filter.kind.as_ref(), filter.case, filter.limit];
        let rows = all(&mut conn, &t::EVENTS, values).await.map_err(Fault::from)?;
        let feed_row = |row| {
            let mut reader = Reader::new("event", row);
            let (position, event) = (reader.number()?, reader.event_row()?);
            Ok(FeedRow { position, event, previous: reader.event_or_null()?, history_digest: reader.digest()? })
        };
        rows.iter().map(feed_row).collect()
    }

    #[tracing::instrument(skip_all)]
    async fn claim_deliveries(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedDelivery>> {
        transaction!(self.try_claim_deliveries(now, lease_until, limit))
    }

    async fn end_delivery(
        &self,
        event: EventId,
        subscriber: &str,
        fence: u64,
        end: &DeliveryEnd,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.try_end_delivery(event, subscriber, fence, end, now))?;
        self.wake.wake().await;
        Ok(())
    }

    async fn disabled_subscribers(&self) -> Result<Vec<String>> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        let rows = all(&mut conn, &t::DISABLED, values![]).await.map_err(Fault::from)?;
        rows.iter().map(|row| Reader::new("subscriber", row).text()).collect()
    }

    async fn subscribers(&self) -> Result<Vec<SubscriberState>> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        let mut states: BTreeMap<String, SubscriberState> = BTreeMap::new();
        for row in all(&mut conn, &t::SUBSCRIBERS, values![]).await.map_err(Fault::from)? {
            let mut reader = Reader::new("subscriber", &row);
            let state = states.entry(reader.text()?).or_default();
            (state.last_success, state.disabled_since) = (reader.time_or_null()?, reader.time_or_null()?);
        }
        for row in all(&mut conn, &t::OPEN, values![]).await.map_err(Fault::from)? {
            let mut reader = Reader::new("delivery", &row);
            let state = states.entry(reader.text()?).or_default();
            let open: u64 = reader.number()?;
            state.parked = reader.number()?;
            state.waiting = open.saturating_sub(state.parked);
            (state.oldest_due, state.next_try) = (reader.time_or_null()?, reader.time_or_null()?);
        }
        Ok(states.into_iter().map(|(name, state)| SubscriberState { name, ..state }).collect())
    }

    async fn enable_subscriber(&self, name: &str, now: Timestamp, note: &str) -> Result<bool> {
        let enabled = transaction!(self.try_enable(name, now, note))?;
        self.wake.wake().await;
        Ok(enabled)
    }
}

impl SqlLedger {
    /// The head is locked first: whoever waited for it sees, in its next statement, all positions given before.
    async fn try_sequence(&self, limit: u32) -> Result<u64, Fault> {
        let mut tx = self.begin().await?;
        let head = optional(&mut tx, &record::HEAD_LOCK, values![EVENTS]).await?;
        let head = head.ok_or(LedgerError::Inconsistent { table: "head", what: "the row of events is missing" })?;
        let last: u64 = Reader::new("head", &head).number()?;
        let given = execute(&mut tx, &t::SEQUENCE, values![last, limit]).await?;
        if given > 0 {
            execute(&mut tx, &record::HEAD_MOVE, values![EVENTS, last + given, None::<Vec<u8>>]).await?;
        }
        tx.commit().await?;
        Ok(given)
    }

    async fn try_claim_deliveries(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedDelivery>, Fault> {
        let mut tx = self.begin().await?;
        let mut keys = Vec::new();
        for row in all(&mut tx, &t::CLAIM, values![now, lease_until, limit]).await? {
            let mut reader = Reader::new("delivery", &row);
            keys.push((reader.event()?, reader.text()?));
        }
        let keys: Vec<_> = keys.iter().map(|(event, subscriber)| values![*event, subscriber]).collect();
        let rows = each(&mut tx, &t::CLAIMED, &keys).await?;
        let mut claimed = rows.iter().map(claimed_delivery).collect::<Result<Vec<_>>>()?;
        tx.commit().await?;
        claimed.sort_by(|(due, a), (other, b)| {
            let place = |d: &ClaimedDelivery| (d.event.case, d.event.seq);
            (due, place(a), &a.subscriber).cmp(&(other, place(b), &b.subscriber))
        });
        Ok(claimed.into_iter().map(|(_, delivery)| delivery).collect())
    }

    async fn try_end_delivery(
        &self,
        event: EventId,
        subscriber: &str,
        fence: u64,
        end: &DeliveryEnd,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let (statement, values) = match end {
            DeliveryEnd::Delivered => (&t::DELIVERED, values![event, subscriber, fence, now]),
            DeliveryEnd::Retry { run_at, why } => (&t::RETRY, values![event, subscriber, fence, *run_at, why]),
            DeliveryEnd::Parked { why } => (&t::PARK, values![event, subscriber, fence, now, why]),
            DeliveryEnd::Disabled => (&t::PARK, values![event, subscriber, fence, now, DISABLED]),
        };
        let mut tx = self.begin().await?;
        require_held(execute(&mut tx, statement, values).await?)?;
        match end {
            DeliveryEnd::Delivered => {
                execute(&mut tx, &t::SUCCESS, values![subscriber, now]).await?;
            }
            DeliveryEnd::Disabled => {
                execute(&mut tx, &t::DISABLE, values![subscriber, now]).await?;
                execute(&mut tx, &t::PARK_ALL, values![subscriber, now, DISABLED]).await?;
            }
            DeliveryEnd::Retry { .. } | DeliveryEnd::Parked { .. } => {}
        }
        tx.commit().await?;
        Ok(())
    }

    async fn try_enable(&self, name: &str, now: Timestamp, note: &str) -> Result<bool, Fault> {
        let mut tx = self.begin().await?;
        if execute(&mut tx, &t::ENABLE, values![name]).await? == 0 {
            return Ok(false);
        }
        execute(&mut tx, &t::TAKE_UP_ALL, values![name, now, DISABLED]).await?;
        link(&mut tx, ChainName::Operations, now, None, note).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// A claimed delivery and when it became due.
fn claimed_delivery(row: &Row) -> Result<(Timestamp, ClaimedDelivery)> {
    let mut reader = Reader::new("delivery", row);
    let delivery = ClaimedDelivery {
        event: reader.event_row()?,
        subscriber: reader.text()?,
        fence: reader.number()?,
        tries: reader.number()?,
        first_at: reader.time()?,
        previous: reader.event_or_null()?,
        history_digest: reader.digest()?,
        trace: reader.text_or_null()?,
    };
    Ok((reader.time()?, delivery))
}
