//! What stands in a cell at the moment of a scrape, as its ledger and vault say it.
//!
//! *Invariant:* what could not be read is absent, never the value of an earlier scrape.

use portico_vocab::CellId;

use super::family::{Catalogue, Counters, Gauges, Labels, labels};

const QUEUE: &[&str; 2] = &["cell", "queue"];
const KIND: &[&str; 2] = &["cell", "kind"];
const STAGE: &[&str; 2] = &["cell", "stage"];
const STATE: &[&str; 2] = &["cell", "state"];
const PART: &[&str; 2] = &["cell", "part"];
const PROOF: &[&str; 2] = &["cell", "proof"];
const SUBSCRIBER: &[&str; 2] = &["cell", "subscriber"];
const OPERATION: &[&str; 3] = &["cell", "operation", "outcome"];

/// Gauges of what waits, stands and answers. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct StockMetrics {
    jobs_due: Gauges<2>,
    job_lag: Gauges<2>,
    parked: Gauges<2>,
    cases: Gauges<2>,
    messages: Gauges<2>,
    deliveries: Gauges<2>,
    delivery_lag: Gauges<2>,
    delivery_success: Gauges<2>,
    ready: Gauges<2>,
    region: Gauges<2>,
    lock: Gauges<2>,
    vault: Counters<3>,
}

impl StockMetrics {
    pub(super) fn registered(to: &mut Catalogue) -> Self {
        let metrics = Self::default();
        to.gauge("portico_jobs_due", QUEUE, "Jobs that are due", &metrics.jobs_due);
        to.gauge(
            "portico_job_lag_seconds",
            QUEUE,
            "Age of the oldest due job; sort's is the inbox's",
            &metrics.job_lag,
        );
        to.gauge("portico_parked", KIND, "Work that gave up and waits for a person", &metrics.parked);
        to.gauge("portico_cases", STAGE, "Cases by stage", &metrics.cases);
        to.gauge("portico_messages", STATE, "Messages to applicants that are not yet out", &metrics.messages);
        to.gauge("portico_deliveries_waiting", SUBSCRIBER, "Events not yet delivered", &metrics.deliveries);
        to.gauge("portico_delivery_lag_seconds", SUBSCRIBER, "Age of the oldest delivery due", &metrics.delivery_lag);
        to.gauge(
            "portico_delivery_last_success_timestamp_seconds",
            SUBSCRIBER,
            "When the subscriber last took an event (Unix time); absent if it never did",
            &metrics.delivery_success,
        );
        to.gauge(
            "portico_ready",
            PART,
            "1 when the part is ok, 0 when it is degraded or down, as /readyz says",
            &metrics.ready,
        );
        to.gauge("portico_vault_region", PROOF, "1: whether the bucket lies where the file says", &metrics.region);
        to.gauge("portico_vault_lock", PROOF, "1: whether the bucket can lock objects", &metrics.lock);
        to.counter("portico_vault_operations", OPERATION, "Calls to the bucket by how they ended", &metrics.vault);
        metrics
    }

    /// Forgets the last scrape.
    pub fn clear(&self) {
        let gauges =
            [&self.jobs_due, &self.job_lag, &self.parked, &self.cases, &self.messages, &self.deliveries, &self.ready];
        for family in gauges {
            family.clear();
        }
        self.delivery_lag.clear();
        self.delivery_success.clear();
    }

    pub fn jobs(&self, cell: CellId, queue: &'static str, due: u64, lag_seconds: i64) {
        let at = of(QUEUE, cell, queue);
        self.jobs_due.get_or_create(&at).set(whole(due));
        self.job_lag.get_or_create(&at).set(lag_seconds);
    }

    pub fn parked(&self, cell: CellId, kind: &'static str, count: u64) {
        self.parked.get_or_create(&of(KIND, cell, kind)).set(whole(count));
    }

    pub fn cases(&self, cell: CellId, stage: &'static str, count: u64) {
        self.cases.get_or_create(&of(STAGE, cell, stage)).set(whole(count));
    }

    pub fn messages(&self, cell: CellId, state: &'static str, count: u64) {
        self.messages.get_or_create(&of(STATE, cell, state)).set(whole(count));
    }

    /// One subscriber's deliveries; `last_success` is Unix time.
    pub fn deliveries(
        &self,
        cell: CellId,
        subscriber: &str,
        waiting: u64,
        lag_seconds: i64,
        last_success: Option<i64>,
    ) {
        let at = of(SUBSCRIBER, cell, subscriber);
        self.deliveries.get_or_create(&at).set(whole(waiting));
        self.delivery_lag.get_or_create(&at).set(lag_seconds);
        if let Some(last_success) = last_success {
            self.delivery_success.get_or_create(&at).set(last_success);
        }
    }

    pub fn ready(&self, cell: CellId, part: &str, ready: bool) {
        self.ready.get_or_create(&of(PART, cell, part)).set(i64::from(ready));
    }

    /// What was found at the start: `confirmed`, `cannot_say`; a contradicted region never starts.
    pub fn region(&self, cell: CellId, proof: &'static str) {
        self.region.get_or_create(&of(PROOF, cell, proof)).set(1);
    }

    /// What was found at the start.
    pub fn lock(&self, cell: CellId, proof: &'static str) {
        self.lock.get_or_create(&of(PROOF, cell, proof)).set(1);
    }

    /// All calls so far, as the vault itself counts them; never falls.
    pub fn vault(&self, cell: CellId, operation: &'static str, outcome: &'static str, all: u64) {
        let at = labels(OPERATION, [cell.to_string(), operation.to_owned(), outcome.to_owned()]);
        let counter = self.vault.get_or_create(&at);
        counter.inc_by(all.saturating_sub(counter.get()));
    }
}

fn of(names: &'static [&'static str; 2], cell: CellId, value: &str) -> Labels<2> {
    labels(names, [cell.to_string(), value.to_owned()])
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
