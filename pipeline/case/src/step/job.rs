//! Results of jobs: a picture taken in, a picture read, the whole assessed.

use std::cmp::Ordering;

use portico_vocab::{DossierDigest, EvidenceId, Finding, FindingResult, ReasonCode, Slot};
use portico_whatsapp::texts::{Tell, TextKey};

use super::draft::Draft;
use super::{ENDED, photo};
use crate::{Defect, EvidenceState, JobSpec, Outcome, Referral, Stage, Taken, Why, dossier_digest, slots};

pub(super) fn taken_in(draft: &mut Draft<'_>, id: EvidenceId, result: &Result<Taken, Defect>) -> Outcome {
    if let Some(late) = nobody_waits(draft, id, &EvidenceState::Fetching) {
        if let Ok(taken) = result {
            sweep(draft, taken);
        }
        return late;
    }
    let Some(item) = draft.next.evidence.iter_mut().find(|item| item.id == id) else {
        return Outcome::Ignored(Why::NoSuchEvidence);
    };
    match result {
        Ok(taken) => {
            item.taken = Some(taken.clone());
            item.state = EvidenceState::Reading;
            let original = taken.original_sha256;
            if let Some(of) = same_bytes(draft, id, original) {
                if let Some(item) = draft.next.evidence.iter_mut().find(|item| item.id == id) {
                    item.state = EvidenceState::Repeated { of };
                    item.slot = None;
                }
                slots::arrange(&mut draft.next);
                photo::say_repeated(draft, id);
                return Outcome::Applied;
            }
            draft.run(JobSpec::Read { evidence: id });
            Outcome::Applied
        }
        Err(defect) => {
            item.state = EvidenceState::Lost { reason: defect.reason };
            let slot = item.slot.take();
            failed(draft, id, slot, defect.reason);
            Outcome::Applied
        }
    }
}

/// Why a job's result is of no use any more, if so.
fn nobody_waits(draft: &Draft<'_>, id: EvidenceId, awaited: &EvidenceState) -> Option<Outcome> {
    match draft.next.evidence(id) {
        _ if draft.next.stage_name().is_end() => Some(ENDED),
        None => Some(Outcome::Ignored(Why::NoSuchEvidence)),
        Some(item) if item.state != *awaited => Some(Outcome::Ignored(Why::NotWaiting)),
        Some(_) => None,
    }
}

/// What was stored for nothing is deleted again, or it would outlive the case.
fn sweep(draft: &mut Draft<'_>, taken: &Taken) {
    let kept = |key: &String| {
        draft.next.evidence.iter().filter_map(|item| item.taken.as_ref()).any(|known| known.objects().contains(&key))
    };
    let objects: Vec<String> = taken.objects().into_iter().filter(|key| !kept(key)).cloned().collect();
    if !objects.is_empty() {
        draft.run(JobSpec::Sweep { objects });
    }
}

/// Another picture of this case with the same bytes, that still stands.
fn same_bytes(draft: &Draft<'_>, id: EvidenceId, original: portico_vocab::Sha256) -> Option<EvidenceId> {
    draft
        .next
        .evidence
        .iter()
        .find(|item| {
            item.id != id
                && item.taken.as_ref().is_some_and(|taken| taken.original_sha256 == original)
                && item.state.bars_repeats()
        })
        .map(|item| item.id)
}

pub(super) fn read(draft: &mut Draft<'_>, id: EvidenceId, findings: &[Finding]) -> Outcome {
    if let Some(late) = nobody_waits(draft, id, &EvidenceState::Reading) {
        return late;
    }
    let was_complete = slots::complete(&draft.next);
    let Some(item) = draft.next.evidence.iter_mut().find(|item| item.id == id) else {
        return Outcome::Ignored(Why::NoSuchEvidence);
    };
    item.findings = findings.to_vec();
    let slot = item.slot;
    if let Some(reason) = defect(findings) {
        item.state = EvidenceState::Rejected { reason };
        failed(draft, id, slot, reason);
    } else {
        item.state = EvidenceState::Accepted;
        photo::after_change(draft, was_complete);
    }
    Outcome::Applied
}

/// The one defect to name: the first reason of the first failed check, in the order the checks rank them.
fn defect(findings: &[Finding]) -> Option<ReasonCode> {
    findings
        .iter()
        .find(|f| f.result == FindingResult::Fail)
        .map(|finding| finding.reasons.first().copied().unwrap_or(ReasonCode::DocumentUnreadable))
}

/// A picture that will not do: one defect and its mend, and the last try goes to a person. One that stood for nothing
/// is not spoken of, save before a document is chosen: then the front is the only thing a photo can be.
fn failed(draft: &mut Draft<'_>, id: EvidenceId, slot: Option<Slot>, reason: ReasonCode) {
    let Some(item) = draft.next.evidence(id).cloned() else {
        return;
    };
    let Some(slot) = slot else {
        if draft.document().is_none() {
            draft.ask_retake(Slot::DocumentFront, reason, 1, &item);
        }
        return;
    };
    let attempts = draft.next.attempts.entry(slot).or_insert(0);
    *attempts += 1;
    let attempt = *attempts;
    draft.ask_again(slot);
    match attempt.cmp(&draft.policy.choices.attempts_per_slot) {
        Ordering::Less => draft.ask_retake(slot, reason, attempt, &item),
        Ordering::Equal => {
            draft.refer(Referral::AttemptsUsed { slot });
            draft.next.awaiting = None;
            draft.tell(Tell::of(TextKey::RetakePerson));
        }
        // The person who took over sees it, and asks for another if they want one.
        Ordering::Greater => {}
    }
}

/// The machine's word on the whole case: today every complete case goes to a reviewer.
pub(super) fn assessed(draft: &mut Draft<'_>, dossier: DossierDigest, findings: &[Finding]) -> Outcome {
    if draft.next.stage_name().is_end() {
        return ENDED;
    }
    if !matches!(draft.next.stage, Stage::Checking { .. }) {
        return Outcome::Ignored(Why::NotWaiting);
    }
    if dossier != dossier_digest(&draft.next) {
        draft.run(JobSpec::Decide);
        return Outcome::Ignored(Why::StaleDossier);
    }
    draft.next.findings.retain(|known| !findings.iter().any(|f| f.check == known.check && f.source == known.source));
    draft.next.findings.extend(findings.iter().cloned());
    draft.refer(Referral::Complete);
    draft.say_checking();
    Outcome::Applied
}
