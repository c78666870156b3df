//! What the workers count: jobs, messages to applicants, receipts, and how long a person waits after a photo.

use std::time::Duration;

use portico_ledger::Queue;
use portico_vocab::CellId;

use super::family::{Buckets, Catalogue, Counters, Gauges, Histograms, labels};

const CELL: &[&str; 1] = &["cell"];
const JOB: &[&str; 2] = &["cell", "queue"];
const JOB_END: &[&str; 3] = &["cell", "queue", "outcome"];
const GATE: &[&str; 2] = &["cell", "verdict"];
const SEND: &[&str; 3] = &["cell", "state", "class"];
const RECEIPT: &[&str; 4] = &["cell", "status", "category", "pricing"];

const JOB_SECONDS: Buckets = Buckets(&[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0]);
const REPLY_SECONDS: Buckets = Buckets(&[0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 15.0, 30.0, 60.0, 300.0, 3_600.0]);

/// What Meta charges by (docs/domain/whatsapp.md 1.4); any other word is counted as `other`, so that a peer cannot
/// make labels without end.
const CATEGORIES: [&str; 7] = [
    "service",
    "utility",
    "marketing",
    "authentication",
    "authentication-international",
    "marketing_lite",
    "referral_conversion",
];
const PRICINGS: [&str; 4] = ["regular", "free_customer_service", "free_entry_point", "free_group_customer_service"];

/// How one run of a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobEnd {
    Done,
    /// Put back for another try.
    Again,
    /// Given up: a person must look.
    Parked,
    /// What it was about has been destroyed meanwhile.
    Gone,
}

impl JobEnd {
    const ALL: [Self; 4] = [Self::Done, Self::Again, Self::Parked, Self::Gone];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Again => "again",
            Self::Parked => "parked",
            Self::Gone => "gone",
        }
    }
}

/// The workers' own metrics. Cheap to clone.
#[derive(Debug, Clone)]
pub struct WorkMetrics {
    runs: Counters<3>,
    seconds: Histograms<2>,
    gate: Counters<2>,
    sends: Counters<3>,
    receipts: Counters<4>,
    reply: Histograms<1>,
    stuck: Gauges<1>,
}

impl Default for WorkMetrics {
    fn default() -> Self {
        Self {
            runs: Counters::default(),
            seconds: Histograms::new_with_constructor(JOB_SECONDS),
            gate: Counters::default(),
            sends: Counters::default(),
            receipts: Counters::default(),
            reply: Histograms::new_with_constructor(REPLY_SECONDS),
            stuck: Gauges::default(),
        }
    }
}

impl WorkMetrics {
    pub(super) fn registered(to: &mut Catalogue, cells: &[CellId]) -> Self {
        let metrics = Self::default();
        to.counter("portico_job_runs", JOB_END, "Runs of jobs by how they ended; again is a retry", &metrics.runs);
        to.histogram("portico_job_seconds", JOB, "How long one run of a job takes", &metrics.seconds);
        to.counter(
            "portico_message_gate",
            GATE,
            "Messages weighed before sending: send (window open), or why they were held",
            &metrics.gate,
        );
        to.counter(
            "portico_message_sends",
            SEND,
            "Attempts to send by the state they ended in and the class of Meta's error, or none",
            &metrics.sends,
        );
        to.counter(
            "portico_receipts",
            RECEIPT,
            "Receipts from Meta by status and by what Meta charges",
            &metrics.receipts,
        );
        to.gauge("portico_cases_stuck", CELL, "Open cases that nothing moves on, at the last look", &metrics.stuck);
        to.histogram(
            "portico_photo_reply_seconds",
            CELL,
            "From WhatsApp's time of a photo to Meta's acceptance of the first message that answers it",
            &metrics.reply,
        );
        for cell in cells {
            for queue in Queue::ALL {
                for end in JobEnd::ALL {
                    drop(metrics.runs.get_or_create(&labels(
                        JOB_END,
                        [cell.to_string(), queue.as_str().to_owned(), end.as_str().to_owned()],
                    )));
                }
            }
            drop(metrics.stuck.get_or_create(&labels(CELL, [cell.to_string()])));
            drop(metrics.reply.get_or_create(&labels(CELL, [cell.to_string()])));
        }
        metrics
    }

    pub fn job(&self, cell: CellId, queue: Queue, end: JobEnd, took: Duration) {
        let (cell, queue) = (cell.to_string(), queue.as_str().to_owned());
        self.seconds.get_or_create(&labels(JOB, [cell.clone(), queue.clone()])).observe(took.as_secs_f64());
        self.runs.get_or_create(&labels(JOB_END, [cell, queue, end.as_str().to_owned()])).inc();
    }

    /// How many cases the last look found.
    pub fn stuck(&self, cell: CellId, cases: usize) {
        let cases = i64::try_from(cases).unwrap_or(i64::MAX);
        self.stuck.get_or_create(&labels(CELL, [cell.to_string()])).set(cases);
    }

    /// `verdict` is `send` or the word of a hold.
    pub fn gate(&self, cell: CellId, verdict: &'static str) {
        self.gate.get_or_create(&labels(GATE, [cell.to_string(), verdict.to_owned()])).inc();
    }

    /// `class` is that of Meta's error; `None` when Meta raised none.
    pub fn send(&self, cell: CellId, state: &'static str, class: Option<&'static str>) {
        let class = class.unwrap_or("none");
        self.sends.get_or_create(&labels(SEND, [cell.to_string(), state.to_owned(), class.to_owned()])).inc();
    }

    /// `category` and `pricing` as Meta wrote them; a receipt without pricing has `none`.
    pub fn receipt(&self, cell: CellId, status: &'static str, category: Option<&str>, pricing: Option<&str>) {
        let (category, pricing) = (known(&CATEGORIES, category), known(&PRICINGS, pricing));
        let values = [cell.to_string(), status.to_owned(), category.to_owned(), pricing.to_owned()];
        self.receipts.get_or_create(&labels(RECEIPT, values)).inc();
    }

    pub fn photo_answered(&self, cell: CellId, after_seconds: f64) {
        self.reply.get_or_create(&labels(CELL, [cell.to_string()])).observe(after_seconds);
    }
}

fn known(words: &[&'static str], word: Option<&str>) -> &'static str {
    match word {
        None => "none",
        Some(word) => words.iter().copied().find(|known| *known == word).unwrap_or("other"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_metas_that_is_not_known_makes_no_label_of_its_own() {
        for (word, label) in [(None, "none"), (Some("service"), "service"), (Some("16505551234"), "other")] {
            assert_eq!(known(&CATEGORIES, word), label);
        }
    }
}
