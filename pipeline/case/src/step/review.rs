//! What reviewers and the bank's officers decide.

use portico_vocab::{DossierDigest, EvidenceId, FindingResult, OutcomeName, ReasonCode, Slot};

use super::draft::Draft;
use super::retain;
use crate::{
    Decide, Decision, EvidenceState, LimitedUntil, Outcome, PlacedBy, ReviewAction, Stage, TimerKind, Why,
    dossier_digest, dossier_pictures, objections,
};

pub(super) fn step(draft: &mut Draft<'_>, reviewer: &str, action: &ReviewAction) -> Outcome {
    let actor = format!("reviewer:{reviewer}");
    match action {
        ReviewAction::Decide(asked) => decide(draft, &actor, asked),
        ReviewAction::AskPhoto { slot, reason, dossier } => {
            guarded(draft, *dossier, |draft| ask_photo(draft, *slot, *reason))
        }
        ReviewAction::Place { evidence, slot, dossier } => {
            guarded(draft, *dossier, |draft| place(draft, *evidence, *slot))
        }
        ReviewAction::AcceptPhoto { evidence, dossier } => {
            guarded(draft, *dossier, |draft| accept_photo(draft, *evidence))
        }
    }
}

/// Only in review, and only on the dossier the reviewer saw.
fn guarded(draft: &mut Draft<'_>, seen: DossierDigest, act: impl FnOnce(&mut Draft<'_>) -> Outcome) -> Outcome {
    if draft.next.stage_name().is_end() {
        return Outcome::Refused(Why::Ended);
    }
    if !matches!(draft.next.stage, Stage::InReview { .. }) {
        return Outcome::Refused(Why::WrongStage);
    }
    if dossier_digest(&draft.next) != seen {
        return Outcome::Refused(Why::StaleDossier);
    }
    act(draft)
}

/// The one final decision, by a named person, on what they saw.
pub(super) fn decide(draft: &mut Draft<'_>, actor: &str, asked: &Decide) -> Outcome {
    if let Some(objection) = objections(&draft.next, asked, draft.policy).first() {
        return Outcome::Refused(objection.why);
    }
    let dossier = dossier_digest(&draft.next);
    let limited = draft.policy.profile.limits.as_ref().filter(|_| asked.outcome == OutcomeName::ApprovedLimited);
    let limits =
        limited.map(|limits| LimitedUntil { code: limits.code.clone(), until: Some(draft.now.plus_days(limits.days)) });
    let mut decision = Decision {
        outcome: asked.outcome,
        reasons: asked.reasons.clone(),
        limits,
        decided_by: vec![actor.to_owned()],
        at: draft.now,
        policy: draft.policy.pin(),
        dossier,
        attested: asked.attest.clone(),
        told: None,
    };
    let verdict = draft.verdict(&decision);
    draft.answering = None;
    decision.told = Some(draft.tell(verdict));
    let data = announcement(draft, &decision);
    let agreed = draft.agreed();
    draft.next.timers.remove(&TimerKind::Expire);
    draft.next.questions.clear();
    draft.next.awaiting = None;
    draft.next.stage = Stage::Decided { agreed, decision };
    retain::decided(draft, asked.outcome);
    draft.announce("kyc.decision.made", data.clone());
    if asked.outcome.is_approval() {
        draft.announce("kyc.account.approved", data);
    }
    Outcome::Applied
}

/// What account systems learn: ids, codes and digests, never a person.
fn announcement(draft: &Draft<'_>, decision: &Decision) -> serde_json::Value {
    let evidence: Vec<_> = dossier_pictures(&draft.next)
        .filter_map(|(slot, item)| {
            let kind = if slot == Slot::Selfie { "selfie" } else { draft.document()?.as_str() };
            let sha256 = format!("sha256:{}", item.taken.as_ref()?.original_sha256);
            Some(serde_json::json!({ "id": item.id, "kind": kind, "slot": slot, "sha256": sha256 }))
        })
        .collect();
    let mut reasons: Vec<&str> = decision.reasons.iter().map(|reason| public(*reason)).collect();
    // Two silent reasons are one word outside.
    reasons.dedup();
    serde_json::json!({
        "outcome": decision.outcome,
        "limits": decision.limits.as_ref().map(|limits| serde_json::json!({
            "code": limits.code,
            "until": limits.until.map(portico_vocab::Timestamp::to_date),
        })),
        "reasons": reasons,
        "policy": policy(&decision.policy),
        "decided_by": decision.decided_by,
        "evidence": evidence,
    })
}

/// A new photo of one slot: what stands there is set aside and the case collects again.
fn ask_photo(draft: &mut Draft<'_>, slot: Slot, reason: ReasonCode) -> Outcome {
    if !reason.is_retryable() && reason != ReasonCode::DocumentDamaged && reason != ReasonCode::DocumentExpired {
        return Outcome::Refused(Why::ReasonsWrong);
    }
    let Some(agreed) = draft.agreed().filter(|agreed| agreed.document.is_some()) else {
        return Outcome::Refused(Why::PicturesMissing);
    };
    if !draft.next.required_slots().contains(&slot) {
        return Outcome::Refused(Why::NoSuchEvidence);
    }
    for item in draft.next.evidence.iter_mut().filter(|item| item.slot == Some(slot)) {
        if item.holds_slot() || item.counts() {
            item.state = EvidenceState::Replaced { reason };
            item.slot = None;
        }
    }
    draft.next.attempts.remove(&slot);
    draft.ask_again(slot);
    draft.collect(agreed);
    draft.set_timer(TimerKind::Expire, draft.now.plus_days(draft.policy.choices.expire_days));
    draft.ask_requested(slot, reason);
    draft.announce("kyc.retake.requested", serde_json::json!({ "slot": slot, "reason": public(reason) }));
    Outcome::Applied
}

/// The picture goes to `slot`; what stood there goes where it came from.
fn place(draft: &mut Draft<'_>, id: EvidenceId, slot: Slot) -> Outcome {
    if !draft.next.required_slots().contains(&slot) {
        return Outcome::Refused(Why::NoSuchEvidence);
    }
    let Some(from) = draft.next.evidence(id).filter(|item| item.holds_slot() || item.counts()).map(|item| item.slot)
    else {
        return Outcome::Refused(Why::NoSuchEvidence);
    };
    // Another picture may hold the place it came from: then what is displaced stands for nothing.
    let others = || draft.next.evidence.iter().filter(|item| item.id != id);
    let back_to = from.filter(|from| !others().any(|item| item.slot == Some(*from) && item.holds_slot()));
    for item in &mut draft.next.evidence {
        if item.id == id {
            item.slot = Some(slot);
            item.placed_by = PlacedBy::Reviewer;
        } else if item.slot == Some(slot) && (item.holds_slot() || item.counts()) && from != Some(slot) {
            item.slot = back_to;
            item.placed_by = PlacedBy::Reviewer;
        }
    }
    Outcome::Applied
}

/// A named reviewer finds the picture good enough: its failed quality findings become `consider`.
fn accept_photo(draft: &mut Draft<'_>, id: EvidenceId) -> Outcome {
    let Some(item) = draft.next.evidence.iter_mut().find(|item| item.id == id) else {
        return Outcome::Refused(Why::NoSuchEvidence);
    };
    if !matches!(item.state, EvidenceState::Rejected { .. }) || item.slot.is_none() {
        return Outcome::Refused(Why::NotWaiting);
    }
    if item.findings.iter().any(|f| f.result == FindingResult::Fail && !f.check.is_picture_quality()) {
        return Outcome::Refused(Why::ChecksFailed);
    }
    for finding in &mut item.findings {
        if finding.result == FindingResult::Fail {
            finding.result = FindingResult::Consider;
        }
    }
    let slot = item.slot;
    if draft.next.evidence.iter().any(|other| other.id != id && other.slot == slot && other.holds_slot()) {
        return Outcome::Refused(Why::NotWaiting);
    }
    if let Some(item) = draft.next.evidence.iter_mut().find(|item| item.id == id) {
        item.state = EvidenceState::Accepted;
    }
    if draft.next.awaiting == slot {
        draft.next.awaiting = None;
    }
    Outcome::Applied
}

/// A policy as events name it.
pub(super) fn policy(pin: &portico_policy::PolicyPin) -> serde_json::Value {
    serde_json::json!({ "id": pin.id, "hash": format!("sha256:{}", pin.hash) })
}

/// A reason as outsiders may read it.
fn public(reason: ReasonCode) -> &'static str {
    if reason.is_silent() { "internal" } else { reason.as_str() }
}
