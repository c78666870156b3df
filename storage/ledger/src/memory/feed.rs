//! Feed in memory: positions of events, deliveries to account systems.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use portico_vocab::{CaseId, EventId, Sha256, Timestamp};

use super::{Delivery, Event, MemoryLedger, Result, Tables};
use crate::counts::SubscriberState;
use crate::error::LedgerError;
use crate::ledger::Feed;
use crate::model::{ChainName, ClaimedDelivery, DISABLED, DeliveryEnd, EventFilter, EventRow, FeedRow};

#[async_trait]
impl Feed for MemoryLedger {
    async fn sequence(&self, limit: u32) -> Result<u64> {
        let mut tables = self.tables();
        let order = tables.unsequenced();
        let mut given = 0;
        for id in order.into_iter().take(limit as usize) {
            tables.sequenced += 1;
            let position = tables.sequenced;
            if let Some(event) = tables.events.get_mut(&id) {
                event.position = Some(position);
                given += 1;
            }
        }
        Ok(given)
    }

    async fn events(&self, filter: &EventFilter) -> Result<Vec<FeedRow>> {
        let tables = self.tables();
        let mut rows: Vec<(u64, &EventRow)> = tables
            .events
            .values()
            .filter_map(|event| Some((event.position?, &event.row)))
            .filter(|(position, row)| {
                *position > filter.after
                    && filter.kind.as_ref().is_none_or(|kind| *kind == row.kind)
                    && filter.case.is_none_or(|case| case == row.case)
            })
            .collect();
        rows.sort_by_key(|(position, _)| *position);
        rows.truncate(filter.limit as usize);
        rows.into_iter()
            .map(|(position, event)| {
                let earlier = tables.events.values().filter(|e| e.row.case == event.case && e.row.seq < event.seq);
                let previous = earlier.max_by_key(|e| e.row.seq).map(|e| e.row.id);
                Ok(FeedRow { position, event: event.clone(), previous, history_digest: tables.digest_behind(event)? })
            })
            .collect()
    }

    async fn claim_deliveries(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedDelivery>> {
        let mut tables = self.tables();
        let mut due: Vec<_> = tables
            .heads()
            .into_values()
            .filter(|key| tables.deliveries.get(key).is_some_and(|d| d.parked_at.is_none() && d.run_at <= now))
            .filter(|(_, subscriber)| !tables.is_disabled(subscriber))
            .collect();
        due.sort_by_key(|key| tables.deliveries.get(key).map(|d| (d.run_at, d.case, d.seq, key.1.clone())));
        due.truncate(limit as usize);
        due.into_iter().map(|key| tables.claim_delivery(key, lease_until)).collect()
    }

    async fn end_delivery(
        &self,
        event: EventId,
        subscriber: &str,
        fence: u64,
        end: &DeliveryEnd,
        now: Timestamp,
    ) -> Result<()> {
        let mut tables = self.tables();
        let delivery = tables.deliveries.get_mut(&(event, subscriber.to_owned()));
        let delivery = delivery.filter(|d| d.fence == fence && d.is_waiting());
        let delivery = delivery.ok_or(LedgerError::LostLease)?;
        delivery.fence += 1;
        match end {
            DeliveryEnd::Delivered => {
                delivery.delivered_at = Some(now);
                let known = tables.subscribers.entry(subscriber.to_owned()).or_default();
                known.last_success = known.last_success.max(Some(now));
            }
            DeliveryEnd::Retry { run_at, why } => {
                delivery.tries += 1;
                (delivery.run_at, delivery.why) = (*run_at, Some(why.clone()));
            }
            DeliveryEnd::Parked { why } => (delivery.parked_at, delivery.why) = (Some(now), Some(why.clone())),
            DeliveryEnd::Disabled => tables.disable(subscriber, now),
        }
        self.wake.notify();
        Ok(())
    }

    async fn disabled_subscribers(&self) -> Result<Vec<String>> {
        let tables = self.tables();
        Ok(tables.subscribers.keys().filter(|name| tables.is_disabled(name)).cloned().collect())
    }

    async fn subscribers(&self) -> Result<Vec<SubscriberState>> {
        let tables = self.tables();
        let mut states: BTreeMap<&str, SubscriberState> = BTreeMap::new();
        for (name, known) in &tables.subscribers {
            let state = states.entry(name).or_default();
            (state.last_success, state.disabled_since) = (known.last_success, known.disabled_since);
        }
        let heads: BTreeSet<_> = tables.heads().into_values().collect();
        for (key, delivery) in tables.deliveries.iter().filter(|(_, delivery)| delivery.is_open()) {
            let state = states.entry(&key.1).or_default();
            if delivery.parked_at.is_some() {
                state.parked += 1;
                continue;
            }
            state.waiting += 1;
            let earlier = |known: Option<Timestamp>, at| Some(known.map_or(at, |known| known.min(at)));
            state.oldest_due = earlier(state.oldest_due, delivery.first_at);
            if heads.contains(key) {
                state.next_try = earlier(state.next_try, delivery.run_at);
            }
        }
        let named = |(name, state)| SubscriberState { name: str::to_owned(name), ..state };
        Ok(states.into_iter().map(named).collect())
    }

    async fn enable_subscriber(&self, name: &str, now: Timestamp, note: &str) -> Result<bool> {
        let mut tables = self.tables();
        let known = tables.subscribers.get_mut(name).filter(|known| known.disabled_since.is_some());
        let Some(known) = known else { return Ok(false) };
        known.disabled_since = None;
        let parked = tables.deliveries.iter_mut().filter(|((_, subscriber), _)| subscriber == name);
        for (_, delivery) in parked.filter(|(_, d)| d.parked_at.is_some() && d.why.as_deref() == Some(DISABLED)) {
            delivery.take_up(now);
        }
        tables.append(ChainName::Operations, now, None, note);
        self.wake.notify();
        Ok(true)
    }
}

impl Tables {
    /// Events without a position, by time; within a case by `seq`, even where two processes' clocks disagree: an
    /// event counts as no older than any before it in its case.
    fn unsequenced(&self) -> Vec<EventId> {
        let mut events: Vec<&Event> = self.events.values().filter(|event| event.position.is_none()).collect();
        events.sort_by_key(|event| (event.row.case, event.row.seq));
        let mut newest: BTreeMap<CaseId, Timestamp> = BTreeMap::new();
        let mut order: Vec<_> = events
            .into_iter()
            .map(|event| {
                let at = newest.entry(event.row.case).or_insert(event.row.at);
                *at = event.row.at.max(*at);
                (*at, event.row.case, event.row.seq, event.row.id)
            })
            .collect();
        order.sort_unstable();
        order.into_iter().map(|(.., id)| id).collect()
    }

    /// The lowest open event of each (subscriber, case).
    fn heads(&self) -> BTreeMap<(String, CaseId), (EventId, String)> {
        let mut open: Vec<_> = self.deliveries.iter().filter(|(_, d)| d.is_open()).collect();
        open.sort_by_key(|(_, delivery)| std::cmp::Reverse(delivery.seq));
        open.into_iter().map(|(key, delivery)| ((key.1.clone(), delivery.case), key.clone())).collect()
    }

    fn claim_delivery(&mut self, key: (EventId, String), lease_until: Timestamp) -> Result<ClaimedDelivery> {
        let event = self.events.get(&key.0).map(|event| event.row.clone());
        let event = event.ok_or(LedgerError::Inconsistent { table: "delivery", what: "its event is missing" })?;
        let before = self.deliveries.iter().filter(|((_, subscriber), d)| {
            *subscriber == key.1 && d.case == event.case && d.seq < event.seq && d.delivered_at.is_some()
        });
        let previous = before.max_by_key(|(_, d)| d.seq).map(|((id, _), _)| *id);
        let history_digest = self.digest_behind(&event)?;
        let delivery: &mut Delivery = self
            .deliveries
            .get_mut(&key)
            .ok_or(LedgerError::Inconsistent { table: "delivery", what: "it vanished while being claimed" })?;
        delivery.run_at = lease_until;
        delivery.fence += 1;
        let (fence, tries, first_at) = (delivery.fence, delivery.tries, delivery.first_at);
        let trace = delivery.trace.clone();
        Ok(ClaimedDelivery { event, subscriber: key.1, fence, tries, first_at, previous, history_digest, trace })
    }

    fn digest_behind(&self, event: &EventRow) -> Result<Sha256> {
        let entry = self.entries.get(&(event.case, event.version.0));
        entry
            .map(|entry| entry.digest)
            .ok_or(LedgerError::Inconsistent { table: "event", what: "its entry is missing" })
    }

    fn disable(&mut self, subscriber: &str, now: Timestamp) {
        self.subscribers.entry(subscriber.to_owned()).or_default().disabled_since.get_or_insert(now);
        for ((_, name), delivery) in &mut self.deliveries {
            if name == subscriber && delivery.is_waiting() {
                delivery.fence += 1;
                (delivery.parked_at, delivery.why) = (Some(now), Some(DISABLED.to_owned()));
            }
        }
    }

    fn is_disabled(&self, subscriber: &str) -> bool {
        self.subscribers.get(subscriber).is_some_and(|known| known.disabled_since.is_some())
    }
}

impl Delivery {
    /// A parked delivery taken up again starts afresh: its tries and the days it may take count from now.
    pub(super) fn take_up(&mut self, now: Timestamp) {
        (self.parked_at, self.tries) = (None, 0);
        (self.run_at, self.first_at) = (now, now);
    }
}
