//! Time as an input.

use portico_vocab::CaseVersion;

use super::draft::Draft;
use crate::{JobSpec, Outcome, Stage, TimerKind, Why};

pub(super) fn step(draft: &mut Draft<'_>, timer: TimerKind, set_by: CaseVersion) -> Outcome {
    if draft.next.timers.get(&timer) != Some(&set_by) {
        return Outcome::Ignored(Why::StaleTimer);
    }
    draft.next.timers.remove(&timer);
    match timer {
        TimerKind::Expire => expire(draft),
        TimerKind::Purge => purge(draft),
    }
}

/// Expires a case whose applicant has been silent long enough; else waits for the rest of that time. A case before a
/// person waits for the person.
fn expire(draft: &mut Draft<'_>) -> Outcome {
    let patience = draft.policy.choices.expire_days;
    match draft.next.stage {
        Stage::Consenting { .. } | Stage::Collecting { .. } => {
            let due = draft.next.newest_message_at.plus_days(patience);
            if draft.now < due {
                draft.set_timer(TimerKind::Expire, due);
                return Outcome::Applied;
            }
            draft.expire();
        }
        Stage::Checking { .. } | Stage::InReview { .. } => {
            draft.set_timer(TimerKind::Expire, draft.now.plus_days(patience));
        }
        Stage::Decided { .. } | Stage::Withdrawn { .. } | Stage::Expired { .. } => {
            return Outcome::Ignored(Why::Ended);
        }
    }
    Outcome::Applied
}

/// Destroys the case key and has the objects deleted: nothing of the person can be read any more, the chain still verifies.
fn purge(draft: &mut Draft<'_>) -> Outcome {
    if !matches!(draft.next.stage, Stage::Withdrawn { .. } | Stage::Expired { .. }) {
        return Outcome::Ignored(Why::WrongStage);
    }
    draft.next.marks.erased_at = Some(draft.now);
    let objects: Vec<String> = draft
        .next
        .evidence
        .iter()
        .filter_map(|item| item.taken.as_ref())
        .flat_map(|taken| [taken.image.key.clone(), taken.thumbnail.key.clone()])
        .collect();
    if !objects.is_empty() {
        draft.run(JobSpec::Sweep { objects });
    }
    draft.shred();
    Outcome::Applied
}
