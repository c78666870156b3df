//! Who looks on while cases change: what is counted, and to which trace the work that comes of a change belongs.
//!
//! The shell gives it, because counters and traces are services; a cell without one works just the same.

use portico_case::{Case, Change, invariant};
use portico_policy::Policy;
use portico_vocab::{CellId, OutcomeName};

/// Told only of what was committed.
pub trait Watch: Send + Sync + 'static {
    /// A case got its one final decision.
    fn decided(&self, cell: CellId, outcome: OutcomeName);
    /// A change breaks invariants, by name. It is committed all the same: an applicant must not wait for our mistake,
    /// and what happened stays in the history.
    fn broke(&self, cell: CellId, invariants: &[&'static str]);
    /// W3C `traceparent` of what goes on now, for the jobs and deliveries that come of it.
    fn trace(&self) -> Option<String>;
}

/// Nobody looks.
pub(crate) struct Unwatched;

impl Watch for Unwatched {
    fn decided(&self, _: CellId, _: OutcomeName) {}

    fn broke(&self, _: CellId, _: &[&'static str]) {}

    fn trace(&self) -> Option<String> {
        None
    }
}

/// What there is to tell of a change; `before` is `None` when it opens the case.
pub(crate) fn tell(watch: &dyn Watch, cell: CellId, before: Option<&Case>, change: &Change, policy: &Policy) {
    let next = change.next();
    if !before.is_some_and(|case| case.stage_name().is_end())
        && let Some(decision) = next.stage.decision()
    {
        watch.decided(cell, decision.outcome);
    }
    let mut broken = invariant::of_case(next, policy);
    if let Some(before) = before {
        broken.extend(invariant::of_change(before, change));
    }
    if !broken.is_empty() {
        watch.broke(cell, &broken);
    }
}
