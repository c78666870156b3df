//! What is counted when a case changes.

use portico_vocab::CellId;

use super::family::{Catalogue, Counters, labels};

const CELL: &[&str; 1] = &["cell"];
const DECISION: &[&str; 2] = &["cell", "outcome"];
const OUTCOMES: [&str; 4] = ["approved", "approved_limited", "declined", "handed_off"];

/// The cases' own metrics. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct CaseMetrics {
    decisions: Counters<2>,
    broken: Counters<1>,
}

impl CaseMetrics {
    pub(super) fn registered(to: &mut Catalogue, cells: &[CellId]) -> Self {
        let metrics = Self::default();
        to.counter("portico_decisions", DECISION, "Decisions committed by this process", &metrics.decisions);
        to.counter(
            "portico_invariants_broken",
            CELL,
            "Changes that broke an invariant of the case; must be 0, the log names it",
            &metrics.broken,
        );
        for cell in cells {
            for outcome in OUTCOMES {
                let _ = metrics.decisions.get_or_create(&labels(DECISION, [cell.to_string(), outcome.to_owned()]));
            }
            let _ = metrics.broken.get_or_create(&labels(CELL, [cell.to_string()]));
        }
        metrics
    }

    pub fn decided(&self, cell: CellId, outcome: &str) {
        self.decisions.get_or_create(&labels(DECISION, [cell.to_string(), outcome.to_owned()])).inc();
    }

    pub fn broke(&self, cell: CellId, invariants: usize) {
        self.broken.get_or_create(&labels(CELL, [cell.to_string()])).inc_by(invariants as u64);
    }
}
