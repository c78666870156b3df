//! What the relay counts.

use portico_vocab::CellId;

use super::family::{Catalogue, Counters, labels};

const ATTEMPT: &[&str; 3] = &["cell", "subscriber", "outcome"];

/// The relay's own metrics. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct DeliveryMetrics {
    attempts: Counters<3>,
}

impl DeliveryMetrics {
    pub(super) fn registered(to: &mut Catalogue) -> Self {
        let metrics = Self::default();
        to.counter(
            "portico_delivery_attempts",
            ATTEMPT,
            "Attempts to deliver an event by how they ended: delivered, again, parked, disabled",
            &metrics.attempts,
        );
        metrics
    }

    /// `subscriber` is its name in the configuration.
    pub fn attempt(&self, cell: CellId, subscriber: &str, outcome: &'static str) {
        let values = [cell.to_string(), subscriber.to_owned(), outcome.to_owned()];
        self.attempts.get_or_create(&labels(ATTEMPT, values)).inc();
    }
}
