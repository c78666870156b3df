//! Pictures: arriving, filling slots, being deleted.

use portico_vocab::{EvidenceId, ReasonCode, Timestamp, Wamid};
use portico_whatsapp::inbound::{Forwarded, Inbound, MediaKind, MediaRef};
use portico_whatsapp::texts::{Tell, TextKey};

use super::draft::Draft;
use crate::{Evidence, EvidenceState, JobSpec, Outcome, PlacedBy, Referral, Stage, TimerKind, Why, slots};

/// Silence after a picture has this limit (chat.md rule 8).
const WAIT_SECONDS: i64 = 15;

/// Pictures of one case that are fetched at once: more than a document and a selfie need.
const AT_ONCE: usize = 4;
/// Each of a flood comes so much later than the one before it, so that the pictures of others go first.
const FLOOD_STEP_MS: i64 = 1_000;

/// Whether this kind of media can be a photo at all; a voice note cannot.
pub(super) const fn may_be_photo(media: &MediaRef) -> bool {
    matches!(media.kind, MediaKind::Image | MediaKind::Document)
}

/// A photo sent while the case is open and consent is given.
pub(super) fn message(draft: &mut Draft<'_>, message: &Inbound, media: &MediaRef, sent_at: Timestamp) -> Outcome {
    if !may_be_photo(media) {
        draft.say_not_a_photo();
        return Outcome::Applied;
    }
    if draft.next.evidence.len() >= draft.policy.choices.evidence_max as usize {
        return too_many(draft);
    }
    let forwarded = message.context.as_ref().map(|context| context.forwarded).unwrap_or_default();
    if let Some(of) = same_announced(draft, media) {
        let id = record(draft, &message.wamid, sent_at, media.clone(), forwarded, EvidenceState::Repeated { of });
        say_repeated(draft, id);
        return Outcome::Applied;
    }
    let surplus = slots::complete(&draft.next);
    arrive(draft, &message.wamid, sent_at, media.clone(), forwarded);
    if surplus {
        draft.say_not_needed();
    }
    if draft.document().is_none() && matches!(draft.next.stage, Stage::Collecting { .. }) {
        draft.ask_document_if_quiet();
    }
    Outcome::Applied
}

/// No more pictures are taken: a case that still lacks one needs a person.
fn too_many(draft: &mut Draft<'_>) -> Outcome {
    draft.tell_once(Tell::of(TextKey::CapsReached));
    if matches!(draft.next.stage, Stage::Collecting { .. }) {
        draft.next.awaiting = None;
        draft.refer(Referral::TooManyPictures);
        return Outcome::Applied;
    }
    Outcome::Refused(Why::CapReached)
}

/// Records the picture, gives it its place and has it fetched.
pub(super) fn arrive(draft: &mut Draft<'_>, wamid: &Wamid, sent_at: Timestamp, media: MediaRef, forwarded: Forwarded) {
    // One word for all that are under way at once: an album is one wait.
    if !draft.is_looking() {
        draft.set_timer(TimerKind::Wait, draft.now.plus_seconds(WAIT_SECONDS));
    }
    let at = turn(draft);
    let id = record(draft, wamid, sent_at, media.clone(), forwarded, EvidenceState::Fetching);
    slots::arrange(&mut draft.next);
    let awaited = draft.next.awaiting;
    if awaited.is_some_and(|slot| draft.next.evidence.iter().any(|i| i.slot == Some(slot) && i.holds_slot())) {
        draft.next.awaiting = None;
    }
    draft.run_at(JobSpec::TakeIn { evidence: id, media }, at);
}

/// When the next picture is fetched: at once, unless many of this case are on their way already.
fn turn(draft: &Draft<'_>) -> Timestamp {
    let pending = draft.next.evidence.iter().filter(|item| item.is_pending()).count();
    let over = i64::try_from((pending + 1).saturating_sub(AT_ONCE)).unwrap_or(i64::MAX);
    draft.now.plus_millis(over.saturating_mul(FLOOD_STEP_MS))
}

fn record(
    draft: &mut Draft<'_>,
    wamid: &Wamid,
    sent_at: Timestamp,
    media: MediaRef,
    forwarded: Forwarded,
    state: EvidenceState,
) -> EvidenceId {
    let id = draft.ids.evidence();
    draft.next.evidence.push(Evidence {
        id,
        slot: None,
        placed_by: PlacedBy::Machine,
        wamid: wamid.clone(),
        sent_at,
        media,
        forwarded,
        state,
        taken: None,
        findings: Vec::new(),
    });
    id
}

/// A picture of this case with the same announced digest.
fn same_announced(draft: &Draft<'_>, media: &MediaRef) -> Option<EvidenceId> {
    let announced = media.declared_sha256?;
    let same = |item: &&Evidence| item.media.declared_sha256 == Some(announced) && item.state.bars_repeats();
    draft.next.evidence.iter().find(same).map(|item| item.id)
}

/// The very same file again: the applicant hears what is still missing. Before a document is chosen nothing is yet.
pub(super) fn say_repeated(draft: &mut Draft<'_>, id: EvidenceId) {
    let Some(item) = draft.next.evidence(id).cloned() else { return };
    if slots::complete(&draft.next) {
        draft.say_not_needed();
    } else if let Some(slot) = slots::next_empty(&draft.next)
        && !draft.told_lately(TextKey::RetakeRepeated)
    {
        draft.ask_retake(slot, ReasonCode::PhotoRepeated, 1, &item);
    }
}

/// The applicant deleted a message we had taken in: the picture no longer stands for anything.
pub(super) fn revoke(draft: &mut Draft<'_>, original: &Wamid) -> Outcome {
    let known = |item: &&mut Evidence| item.wamid == *original && item.state != EvidenceState::Revoked;
    let Some(item) = draft.next.evidence.iter_mut().find(known) else {
        return Outcome::Ignored(Why::NothingToDo);
    };
    let held = item.slot.take().filter(|_| item.holds_slot());
    item.state = EvidenceState::Revoked;
    let Some(slot) = held else { return Outcome::Applied };
    if let Stage::Checking { agreed } = &draft.next.stage {
        let agreed = agreed.clone();
        draft.collect(agreed);
    }
    draft.ask_again(slot);
    draft.next.awaiting = Some(slot);
    draft.tell(Tell::of(TextKey::PhotoDeleted));
    Outcome::Applied
}

/// Puts pictures where they belong and moves on: asks for the next one, or has the whole looked at.
pub(super) fn after_change(draft: &mut Draft<'_>, was_complete: bool) {
    slots::arrange(&mut draft.next);
    let complete = slots::complete(&draft.next);
    match &draft.next.stage {
        Stage::Collecting { agreed } if complete => {
            let agreed = agreed.clone();
            draft.next.awaiting = None;
            draft.check(agreed);
        }
        // A person has it already: the applicant hears that nothing more is missing.
        Stage::InReview { .. } if complete => {
            draft.next.awaiting = None;
            if !was_complete {
                draft.say_checking();
            }
        }
        Stage::Collecting { .. } | Stage::InReview { .. } => draft.ask_next_photo(),
        _ => {}
    }
}
