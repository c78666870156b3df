//! How long what was decided is kept: said at the decision, locked where the bucket can, and then destroyed.

use portico_policy::Keeping;
use portico_vocab::{OutcomeName, Timestamp};

use super::draft::Draft;
use crate::{AccountStatus, JobSpec, Outcome, Retention, TimerKind, Why, dossier_pictures};

/// A final decision: what the profile keeps is marked and locked, and what it lets go of gets its day.
pub(super) fn decided(draft: &mut Draft<'_>, outcome: OutcomeName) {
    match draft.policy.keeping(outcome) {
        Keeping::Days { .. } => draft.set_timer(TimerKind::Purge, draft.purge_at()),
        kept => {
            keep(draft, kept);
            if let Some(at) = kept.destroyed_at(draft.now) {
                draft.set_timer(TimerKind::Purge, at);
            }
        }
    }
}

/// An account was opened on a hand-off: it is kept like any other. An approval is so already.
pub(super) fn account_opened(draft: &mut Draft<'_>) {
    if draft.next.stage.decision().is_some_and(|decision| decision.outcome == OutcomeName::HandedOff) {
        draft.next.timers.remove(&TimerKind::Purge);
        keep(draft, draft.policy.keeping_of_account());
    }
}

/// The mark says what the law asks, from now on; the job puts the lock. Never shorter than what was said before.
fn keep(draft: &mut Draft<'_>, keeping: Keeping) {
    let said = draft.next.marks.retention.map(|retention| retention.until);
    let Some(until) = keeping.locked_until(draft.now).filter(|until| said.is_none_or(|said| said < *until)) else {
        return;
    };
    draft.next.marks.retention = Some(Retention { until, locked: false });
    let taken = dossier_pictures(&draft.next).filter_map(|(_, item)| item.taken.as_ref());
    let objects: Vec<String> = taken.flat_map(crate::Taken::objects).cloned().collect();
    if !objects.is_empty() {
        draft.run(JobSpec::Retain { objects, until });
    }
}

/// A lock was asked for: the mark says whether it holds. Where the bucket cannot lock, the intent stays what is recorded.
pub(super) fn retained(draft: &mut Draft<'_>, until: Timestamp, cannot_lock: Option<&str>) -> Outcome {
    match &mut draft.next.marks.retention {
        Some(retention) if retention.until == until => {
            retention.locked = cannot_lock.is_none();
            Outcome::Applied
        }
        _ => Outcome::Ignored(Why::NotWaiting),
    }
}

/// When to ask again whether an ended case may be destroyed; `None` when it may be now.
pub(super) fn still_kept(draft: &Draft<'_>) -> Option<Timestamp> {
    let kept = draft.next.marks.retention.map(|retention| retention.until).filter(|until| *until > draft.now);
    let pending = draft.next.marks.account.as_ref().is_some_and(|account| account.status == AccountStatus::Pending);
    kept.or_else(|| pending.then(|| draft.purge_at()))
}

/// Until when a decided case is kept, as the applicant is told.
pub(super) fn kept_until(draft: &Draft<'_>) -> Timestamp {
    let marked = draft.next.marks.retention.map(|retention| retention.until);
    let by_policy = || {
        let decision = draft.next.stage.decision()?;
        let keeping = draft.policy.keeping(decision.outcome);
        keeping.locked_until(decision.at).or_else(|| keeping.destroyed_at(decision.at))
    };
    marked.or_else(by_policy).unwrap_or(draft.now)
}
