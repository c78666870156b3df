//! Choosing a document, and choosing another one.

use portico_vocab::{DocumentKind, ReasonCode, Slot, Timestamp};
use portico_whatsapp::texts::{Tell, TextKey};

use super::draft::Draft;
use super::photo;
use super::say::document_of;
use crate::{Answered, EvidenceState, Outcome, Question, Referral, Stage, Why, slots};

/// A row of the document list.
pub(super) fn step(draft: &mut Draft<'_>, reply_id: &str, answers: Option<&Answered>, sent_at: Timestamp) -> Outcome {
    if !draft.is_newest(Question::Document, answers, sent_at) {
        if draft.document().is_none() {
            draft.ask_document();
        }
        return Outcome::Ignored(Why::OldQuestion);
    }
    if slots::complete(&draft.next) {
        draft.say_status();
        return Outcome::Ignored(Why::WrongStage);
    }
    if reply_id == "document:none" {
        draft.refer(Referral::DocumentNone);
        draft.tell_once(Tell::of(TextKey::OtherWay));
        return Outcome::Applied;
    }
    let Some(kind) = document_of(reply_id).filter(|kind| draft.policy.documents().contains(kind)) else {
        return Outcome::Ignored(Why::NotOffered);
    };
    let before = draft.document();
    if before == Some(kind) {
        draft.ask_next_photo();
        return Outcome::Ignored(Why::AlreadyAsked);
    }
    if before.is_some() {
        set_aside_document(draft);
    }
    choose(draft, kind);
    draft.next.awaiting = None;
    photo::after_change(draft, false);
    Outcome::Applied
}

fn choose(draft: &mut Draft<'_>, kind: DocumentKind) {
    if let Stage::Collecting { agreed } | Stage::InReview { agreed: Some(agreed), .. } = &mut draft.next.stage {
        agreed.document = Some(kind);
    }
}

/// Another document than before: what stood for its sides stands for nothing now. The selfie stays.
fn set_aside_document(draft: &mut Draft<'_>) {
    for slot in [Slot::DocumentFront, Slot::DocumentBack] {
        for item in draft.next.evidence.iter_mut().filter(|item| item.slot == Some(slot)) {
            if item.holds_slot() || item.counts() {
                item.state = EvidenceState::Replaced { reason: ReasonCode::ApplicantRequest };
                item.slot = None;
            }
        }
        draft.next.attempts.remove(&slot);
        draft.next.asked_after.remove(&slot);
    }
}
