//! What must always hold, as named functions: called by debug asserts, the simulator, `fsck` and production metrics.

use portico_policy::Policy;
use portico_vocab::{FindingResult, OutcomeName};

use crate::{Case, Change, Effect, Outcome, effective_findings};

/// A broken invariant, by name.
pub type Broken = &'static str;

/// All that can be said of one case alone.
#[must_use]
pub fn of_case(case: &Case, policy: &Policy) -> Vec<Broken> {
    let mut broken = Vec::new();
    if case.evidence.len() > 40 {
        broken.push("a case holds at most 40 pictures");
    }
    if !one_picture_a_slot(case) {
        broken.push("at most one picture holds a slot");
    }
    if !decision_has_its_checks(case, policy) {
        broken.push("an approval has a result of every required check, attested where unavailable");
    }
    if case.stage.agreed().is_none() && case.evidence.iter().any(|item| item.taken.is_some()) {
        broken.push("nothing is taken in before consent");
    }
    broken
}

/// All that can be said of a change against the case it changes.
#[must_use]
pub fn of_change(before: &Case, change: &Change) -> Vec<Broken> {
    let mut broken = Vec::new();
    if change.next.version != before.version.next() {
        broken.push("version is the number of inputs consumed");
    }
    if change.next.cell != before.cell || change.next.id != before.id {
        broken.push("a case never changes its cell or id");
    }
    if before.stage_name().is_end() && !end_absorbs(before, change) {
        broken.push("an end absorbs: only marks may follow");
    }
    if change.shred && !may_be_destroyed(before, change) {
        broken.push("only what has ended is destroyed, and not before its retention ends");
    }
    let announces = change.effects.iter().any(|effect| matches!(effect, Effect::Announce(_)));
    if announces && change.outcome != Outcome::Applied {
        broken.push("no event without a change");
    }
    if change.effects.as_slice().len() > crate::change::EFFECTS_MAX {
        broken.push("effects are bounded");
    }
    broken
}

fn end_absorbs(before: &Case, change: &Change) -> bool {
    before.stage == change.next.stage && before.evidence == change.next.evidence
}

fn may_be_destroyed(before: &Case, change: &Change) -> bool {
    before.stage_name().is_end() && before.marks.retention.is_none_or(|kept| kept.until <= change.next.updated_at)
}

fn one_picture_a_slot(case: &Case) -> bool {
    portico_vocab::Slot::ALL
        .iter()
        .all(|slot| case.evidence.iter().filter(|item| item.slot == Some(*slot) && item.holds_slot()).count() <= 1)
}

fn decision_has_its_checks(case: &Case, policy: &Policy) -> bool {
    let Some(decision) = case.stage.decision() else {
        return true;
    };
    if !matches!(decision.outcome, OutcomeName::Approved | OutcomeName::ApprovedLimited) {
        return true;
    }
    if decision.policy != policy.pin() {
        return true;
    }
    effective_findings(case, policy).iter().filter(|row| row.required).all(|row| match row.result {
        FindingResult::Fail => false,
        FindingResult::Unavailable => decision.attested.iter().any(|a| a.check == row.check),
        _ => true,
    })
}
