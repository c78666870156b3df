//! What the ingress counts. No label holds an id: numbers and digests go to the log.

use std::time::Duration;

use portico_vocab::CellId;

use super::family::{Buckets, Catalogue, Counters, Histograms, Labels, labels};

/// One thing that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Bodies acknowledged after every cell they name had committed.
    Accepted,
    /// Bodies acknowledged that had nothing for any cell.
    Empty,
    Unsigned,
    Forged,
    TooLarge,
    /// The body did not come in whole, or not in time.
    CutOff,
    /// Told to come again because a number is of no cell.
    Stranger,
    /// Told to come again because a cell could not commit.
    NotDurable,
    /// Told to come again because too much is waiting.
    Busy,
    HandshakeMet,
    HandshakeRefused,
    /// Changes committed in a cell.
    ChangeKept,
    /// Changes of a number on the ignore list.
    ChangeIgnored,
    /// Changes of a number, or of an account, that is of no cell.
    ChangeOfStranger,
    /// Changes without number and account.
    ChangeOfNobody,
}

impl Count {
    const ALL: [Self; 15] = [
        Self::Accepted,
        Self::Empty,
        Self::Unsigned,
        Self::Forged,
        Self::TooLarge,
        Self::CutOff,
        Self::Stranger,
        Self::NotDurable,
        Self::Busy,
        Self::HandshakeMet,
        Self::HandshakeRefused,
        Self::ChangeKept,
        Self::ChangeIgnored,
        Self::ChangeOfStranger,
        Self::ChangeOfNobody,
    ];
}

const ANSWER: &[&str; 1] = &["answer"];
const TO: &[&str; 1] = &["to"];
const CELL: &[&str; 1] = &["cell"];
const DURABLE: Buckets = Buckets(&[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0]);

/// The ingress' own metrics. Cheap to clone.
#[derive(Debug, Clone)]
pub struct IngressMetrics {
    webhooks: Counters<1>,
    handshakes: Counters<1>,
    changes: Counters<1>,
    segments: Counters<1>,
    durable: Histograms<1>,
}

impl Default for IngressMetrics {
    fn default() -> Self {
        Self {
            webhooks: Counters::default(),
            handshakes: Counters::default(),
            changes: Counters::default(),
            segments: Counters::default(),
            durable: Histograms::new_with_constructor(DURABLE),
        }
    }
}

impl IngressMetrics {
    pub(super) fn registered(to: &mut Catalogue, cells: &[CellId]) -> Self {
        let metrics = Self::default();
        to.counter(
            "portico_ingress_webhooks",
            ANSWER,
            "Webhook requests by how they were answered; all but accepted and empty were refused",
            &metrics.webhooks,
        );
        to.counter(
            "portico_ingress_handshakes",
            ANSWER,
            "Verification handshakes by how they were answered",
            &metrics.handshakes,
        );
        to.counter(
            "portico_ingress_changes",
            TO,
            "Changes in signed webhooks by where they went; stranger and nobody are unrouted",
            &metrics.changes,
        );
        to.counter("portico_ingress_segments", CELL, "Segments of webhook bodies committed", &metrics.segments);
        to.histogram(
            "portico_ingress_durable_seconds",
            CELL,
            "From a webhook's request to its being durable in the cell",
            &metrics.durable,
        );
        for count in Count::ALL {
            metrics.add(count, 0);
        }
        for cell in cells {
            let _ = metrics.segments(*cell);
            drop(metrics.durable.get_or_create(&labels(CELL, [cell.to_string()])));
        }
        metrics
    }

    pub fn add(&self, count: Count, by: usize) {
        let (family, label) = self.place(count);
        family.get_or_create(&label).inc_by(by as u64);
    }

    #[must_use]
    pub fn get(&self, count: Count) -> u64 {
        let (family, label) = self.place(count);
        family.get_or_create(&label).get()
    }

    fn place(&self, count: Count) -> (&Counters<1>, Labels<1>) {
        let answered = |word| (&self.webhooks, labels(ANSWER, [word]));
        let shaken = |word| (&self.handshakes, labels(ANSWER, [word]));
        let went = |word| (&self.changes, labels(TO, [word]));
        match count {
            Count::Accepted => answered("accepted"),
            Count::Empty => answered("empty"),
            Count::Unsigned => answered("unsigned"),
            Count::Forged => answered("forged"),
            Count::TooLarge => answered("too_large"),
            Count::CutOff => answered("cut_off"),
            Count::Stranger => answered("stranger"),
            Count::NotDurable => answered("not_durable"),
            Count::Busy => answered("busy"),
            Count::HandshakeMet => shaken("met"),
            Count::HandshakeRefused => shaken("refused"),
            Count::ChangeKept => went("cell"),
            Count::ChangeIgnored => went("ignored"),
            Count::ChangeOfStranger => went("stranger"),
            Count::ChangeOfNobody => went("nobody"),
        }
    }

    /// A segment was committed in `cell`.
    pub fn segment(&self, cell: CellId) {
        self.segments.get_or_create(&labels(CELL, [cell.to_string()])).inc();
    }

    #[must_use]
    pub fn segments(&self, cell: CellId) -> u64 {
        self.segments.get_or_create(&labels(CELL, [cell.to_string()])).get()
    }

    /// A body's slices were committed in `cell`, so long after its request came.
    pub fn durable(&self, cell: CellId, after: Duration) {
        self.durable.get_or_create(&labels(CELL, [cell.to_string()])).observe(after.as_secs_f64());
    }
}
