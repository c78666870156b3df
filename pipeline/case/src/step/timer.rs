//! Time as an input.

use portico_vocab::CaseVersion;
use portico_whatsapp::texts::{Tell, TextKey};

use super::draft::Draft;
use super::retain;
use crate::{JobSpec, Outcome, Stage, Taken, TimerKind, Why};

pub(super) fn step(draft: &mut Draft<'_>, timer: TimerKind, set_by: CaseVersion) -> Outcome {
    if draft.next.timers.get(&timer) != Some(&set_by) {
        return Outcome::Ignored(Why::StaleTimer);
    }
    draft.next.timers.remove(&timer);
    match timer {
        TimerKind::Expire => expire(draft),
        TimerKind::Purge => purge(draft),
        TimerKind::Wait => wait(draft),
    }
}

/// The answer to a picture is late, whatever keeps it: the applicant hears that it has come.
fn wait(draft: &mut Draft<'_>) -> Outcome {
    if !draft.is_looking() {
        return Outcome::Ignored(Why::NothingToDo);
    }
    draft.tell(Tell::of(TextKey::Wait));
    Outcome::Applied
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
/// What the law keeps, or the bank is still opening an account on, waits.
fn purge(draft: &mut Draft<'_>) -> Outcome {
    if !draft.next.stage_name().is_end() {
        return Outcome::Ignored(Why::WrongStage);
    }
    if let Some(later) = retain::still_kept(draft) {
        draft.set_timer(TimerKind::Purge, later);
        return Outcome::Applied;
    }
    draft.next.marks.erased_at = Some(draft.now);
    let taken = draft.next.evidence.iter().filter_map(|item| item.taken.as_ref());
    let objects: Vec<String> = taken.flat_map(Taken::objects).cloned().collect();
    if !objects.is_empty() {
        draft.run(JobSpec::Sweep { objects });
    }
    draft.shred();
    Outcome::Applied
}
