//! Joins the cells to what watches them: counters, and the trace that work belongs to.

use portico_cell::Watch;
use portico_telemetry::{CaseMetrics, Traceparent};
use portico_vocab::{CellId, OutcomeName};

/// Looks on for every cell of this process.
pub(crate) struct Onlooker {
    pub(crate) cases: CaseMetrics,
}

impl Watch for Onlooker {
    fn decided(&self, cell: CellId, outcome: OutcomeName) {
        self.cases.decided(cell, outcome.as_str());
    }

    fn broke(&self, cell: CellId, invariants: &[&'static str]) {
        tracing::error!(%cell, ?invariants, "a change broke an invariant: it is committed, and a person must look");
        self.cases.broke(cell, invariants.len());
    }

    fn trace(&self) -> Option<String> {
        Traceparent::current().map(|trace| trace.as_str().to_owned())
    }
}
