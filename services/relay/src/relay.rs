//! The loop of one cell: give committed events their positions, claim what is due, carry it, write down how it ended.
//!
//! Several processes may run it at once: the ledger's leases and fences decide whose end counts.
//! *Invariant:* the lease outlives the longest attempt, so that a healthy relay never delivers twice.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use portico_keys::Entropy;
use portico_ledger::envelope::envelope;
use portico_ledger::{ClaimedDelivery, DeliveryEnd, Ledger, LedgerError};
use portico_telemetry::{DeliveryMetrics, spans};
use portico_vocab::{CellId, Clock, EventId, Timestamp};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::{Answer, Courier, RelayError, Subscriber, verdict};

/// Three times the longest attempt.
const LEASE_S: i64 = 60;

/// Attempts under way at once in one process.
const IN_FLIGHT_MAX: usize = 64;

const SEQUENCE_MAX: u32 = 1_000;

/// The poll is the truth; this is how long it may be late.
const POLL: Duration = Duration::from_secs(1);

/// How long a subscriber that did not answer at all is left alone, so that it cannot fill every place in flight.
const REST_S: i64 = 30;

/// Announces one cell's events.
pub struct Relay {
    cell: CellId,
    ledger: Arc<dyn Ledger>,
    subscribers: HashMap<String, Subscriber>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    courier: Courier,
    metrics: DeliveryMetrics,
    /// Until when a subscriber is left alone.
    resting: Mutex<HashMap<String, Timestamp>>,
}

impl Relay {
    /// `subscribers` may hold those of other cells too: only the ones that serve `cell` are kept.
    #[must_use]
    pub fn new(
        cell: CellId,
        ledger: Arc<dyn Ledger>,
        subscribers: &[Subscriber],
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        courier: Courier,
    ) -> Self {
        let ours = subscribers.iter().filter(|subscriber| subscriber.serves(cell));
        let subscribers = ours.map(|subscriber| (subscriber.name().to_owned(), subscriber.clone())).collect();
        let metrics = DeliveryMetrics::default();
        Self { cell, ledger, subscribers, clock, entropy, courier, metrics, resting: Mutex::default() }
    }

    /// The same relay, counting where it is read.
    #[must_use]
    pub fn counted_by(self, metrics: DeliveryMetrics) -> Self {
        Self { metrics, ..self }
    }

    /// Gives positions and makes every delivery that is due now, once; says how many attempts ended.
    ///
    /// # Errors
    /// When the ledger cannot be read. What was under way then ends with its lease.
    pub async fn run_once(&self) -> Result<usize, RelayError> {
        let claimed = self.claim(IN_FLIGHT_MAX).await?;
        let count = claimed.len();
        let mut under_way: FuturesUnordered<_> = claimed.into_iter().map(|delivery| self.deliver(delivery)).collect();
        while under_way.next().await.is_some() {}
        Ok(count)
    }

    /// Runs until `cancel`, then lets what is under way end.
    pub async fn run(&self, cancel: CancellationToken) {
        let mut under_way = FuturesUnordered::new();
        while !cancel.is_cancelled() {
            let room = IN_FLIGHT_MAX - under_way.len();
            let claimed = match beside(&mut under_way, self.claim(room)).await {
                Ok(claimed) => claimed,
                Err(error) => {
                    self.tell_unreadable(&error);
                    tokio::select! { () = tokio::time::sleep(POLL) => {}, () = cancel.cancelled() => {} }
                    continue;
                }
            };
            let idle = claimed.is_empty();
            under_way.extend(claimed.into_iter().map(|delivery| self.deliver(delivery)));
            if under_way.len() == IN_FLIGHT_MAX || idle {
                tokio::select! {
                    Some(()) = under_way.next() => {}
                    () = self.ledger.wait_for_work(POLL), if under_way.len() < IN_FLIGHT_MAX => {}
                    () = cancel.cancelled() => {}
                }
            }
        }
        while under_way.next().await.is_some() {}
    }

    async fn claim(&self, limit: usize) -> Result<Vec<ClaimedDelivery>, RelayError> {
        self.ledger.sequence(SEQUENCE_MAX).await?;
        let now = self.clock.now();
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        Ok(self.ledger.claim_deliveries(now, now.plus_seconds(LEASE_S), limit).await?)
    }

    /// One attempt, from the claim to its end in the ledger.
    async fn deliver(&self, delivery: ClaimedDelivery) {
        let ClaimedDelivery { event, subscriber, tries, .. } = &delivery;
        let span = spans::deliver(self.cell, subscriber, event.id, &event.kind, *tries, delivery.trace.as_deref());
        self.attempt_and_end(delivery).instrument(span).await;
    }

    async fn attempt_and_end(&self, delivery: ClaimedDelivery) {
        let end = match self.subscribers.get(&delivery.subscriber) {
            Some(subscriber) => self.attempt(&delivery, subscriber).await,
            None => DeliveryEnd::Parked { why: String::from("the configuration has no such subscriber for this cell") },
        };
        tell(&end);
        tracing::Span::current().record("outcome", word(&end));
        self.metrics.attempt(self.cell, &delivery.subscriber, word(&end));
        let (event, subscriber) = (delivery.event.id, &delivery.subscriber);
        match self.ledger.end_delivery(event, subscriber, delivery.fence, &end, self.clock.now()).await {
            Ok(()) => {}
            Err(LedgerError::LostLease) => {
                tracing::warn!("the lease was lost: it may be delivered twice");
            }
            // The lease runs out and the same event goes again, under the same id.
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the end of a delivery is not written");
            }
        }
    }

    async fn attempt(&self, delivery: &ClaimedDelivery, subscriber: &Subscriber) -> DeliveryEnd {
        let ClaimedDelivery { event, previous, history_digest, .. } = delivery;
        let Ok(body) = envelope(self.cell, event, *previous, history_digest) else {
            return DeliveryEnd::Parked { why: String::from("the event's data cannot be read") };
        };
        let answer = match self.rest_of(subscriber, self.clock.now()) {
            Some(rest_s) => Answer::Failed {
                why: String::from("not tried: it did not answer just now"),
                retry_after_s: Some(rest_s),
            },
            None => self.carry(subscriber, event.id, body).await,
        };
        verdict(delivery, answer, self.clock.now(), self.jitter())
    }

    async fn carry(&self, subscriber: &Subscriber, event: EventId, body: Vec<u8>) -> Answer {
        let answer = self.courier.carry(subscriber, event, body, self.clock.now()).await;
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        if answer == Answer::Silent {
            resting.insert(subscriber.name().to_owned(), self.clock.now().plus_seconds(REST_S));
        } else {
            resting.remove(subscriber.name());
        }
        answer
    }

    /// How many seconds `subscriber` is still left alone.
    fn rest_of(&self, subscriber: &Subscriber, now: Timestamp) -> Option<i64> {
        let resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.get(subscriber.name()).map(|until| until.seconds_since(now)).filter(|left| *left > 0)
    }

    fn jitter(&self) -> u16 {
        let mut bytes = [0; 2];
        self.entropy.fill(&mut bytes);
        u16::from_be_bytes(bytes)
    }

    fn tell_unreadable(&self, error: &RelayError) {
        let error = error as &dyn std::error::Error;
        tracing::error!(cell = %self.cell, error, "the relay cannot read its ledger");
    }
}

/// The span it is told in names cell, subscriber, event and tries.
fn tell(end: &DeliveryEnd) {
    match end {
        DeliveryEnd::Delivered => tracing::info!("delivered"),
        DeliveryEnd::Retry { run_at, why } => tracing::warn!(%run_at, why, "not delivered, goes again"),
        DeliveryEnd::Parked { why } => tracing::error!(why, "delivery parked"),
        DeliveryEnd::Disabled => tracing::error!("subscriber disabled: it answered 410"),
    }
}

const fn word(end: &DeliveryEnd) -> &'static str {
    match end {
        DeliveryEnd::Delivered => "delivered",
        DeliveryEnd::Retry { .. } => "again",
        DeliveryEnd::Parked { .. } => "parked",
        DeliveryEnd::Disabled => "disabled",
    }
}

/// Waits for `first` and keeps what is under way moving meanwhile. A delivery that has just been handed the ledger's
/// one writing connection and is not polled would keep it, while `first` waits for that very connection.
async fn beside<T>(under_way: &mut FuturesUnordered<impl Future<Output = ()>>, first: impl Future<Output = T>) -> T {
    let mut first = pin!(first);
    loop {
        tokio::select! {
            answer = &mut first => return answer,
            Some(()) = under_way.next() => {}
        }
    }
}
