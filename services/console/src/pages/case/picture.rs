//! The pictures of a case: those that fill its slots, side by side, and the others in a strip.

use portico_case::{Evidence, EvidenceState};
use portico_vocab::{CaseId, Slot};

use super::sight::Sight;
use crate::pages::moment::Moment;
use crate::pages::words;

/// One picture, or the empty place for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    /// Empty for a place nothing stands in.
    pub id: String,
    pub label: &'static str,
    /// Class for the style sheet, words.
    pub state: (&'static str, String),
    pub src: Option<String>,
    pub thumb: Option<String>,
    pub size: Option<(u32, u32)>,
    pub sent: Option<Moment>,
    /// Slots it can be moved to: code, label.
    pub moves: Vec<(Slot, &'static str)>,
    pub can_accept: bool,
}

/// Those that stand in the slots, in the order they are asked for.
pub(crate) fn placed(sight: &Sight) -> Vec<Picture> {
    let slots = sight.case.required_slots().iter();
    slots
        .map(|slot| match sight.case.in_slot(*slot) {
            Some(item) => picture(sight, item),
            None => empty(sight, *slot),
        })
        .collect()
}

/// Everything else that was sent.
pub(crate) fn others(sight: &Sight) -> Vec<Picture> {
    let placed: Vec<_> =
        sight.case.required_slots().iter().filter_map(|slot| sight.case.in_slot(*slot)).map(|item| item.id).collect();
    let rest = sight.case.evidence.iter().filter(|item| !placed.contains(&item.id));
    rest.map(|item| picture(sight, item)).collect()
}

fn empty(sight: &Sight, slot: Slot) -> Picture {
    Picture {
        id: String::new(),
        label: sight.slot_label(slot),
        state: ("missing", "not here yet".to_owned()),
        src: None,
        thumb: None,
        size: None,
        sent: None,
        moves: Vec::new(),
        can_accept: false,
    }
}

fn picture(sight: &Sight, item: &Evidence) -> Picture {
    let src = item.taken.as_ref().map(|_| src(sight.case.id, item));
    let movable = item.holds_slot() || item.counts();
    let targets = sight.case.required_slots().iter().filter(|slot| movable && Some(**slot) != item.slot);
    Picture {
        id: item.id.to_string(),
        label: item.slot.map_or("Not placed", |slot| sight.slot_label(slot)),
        state: state(item),
        thumb: src.as_ref().map(|src| format!("{src}?thumb=1")),
        src,
        size: item.taken.as_ref().map(|taken| (taken.width, taken.height)),
        sent: Some(Moment::clock(item.sent_at, sight.now, sight.zone())),
        moves: targets.map(|slot| (*slot, sight.slot_label(*slot))).collect(),
        can_accept: can_accept(item),
    }
}

fn src(case: CaseId, item: &Evidence) -> String {
    format!("/console/case/{case}/evidence/{}", item.id)
}

/// A machine's quality verdict a person may overrule; a failed check of another kind is not one.
fn can_accept(item: &Evidence) -> bool {
    use portico_vocab::FindingResult::Fail;
    let other_fail = item.findings.iter().any(|f| f.result == Fail && !f.check.is_picture_quality());
    matches!(item.state, EvidenceState::Rejected { .. }) && item.slot.is_some() && item.taken.is_some() && !other_fail
}

fn state(item: &Evidence) -> (&'static str, String) {
    match &item.state {
        EvidenceState::Fetching => ("pending", "being fetched".to_owned()),
        EvidenceState::Reading => ("pending", "being looked at".to_owned()),
        EvidenceState::Accepted if item.placed_by == portico_case::PlacedBy::Reviewer => {
            ("clear", "good enough, placed by a reviewer".to_owned())
        }
        EvidenceState::Accepted => ("clear", "good enough".to_owned()),
        EvidenceState::Rejected { reason } => ("fail", format!("refused: {}", reason.internal_text())),
        EvidenceState::Lost { reason } => ("missing", format!("never stored: {}", reason.internal_text())),
        EvidenceState::Revoked => ("missing", "deleted by the applicant".to_owned()),
        EvidenceState::Replaced { reason } => ("missing", format!("set aside: {}", reason.internal_text())),
        EvidenceState::Repeated { of } => ("missing", format!("the same file as {}", of.short())),
    }
}

/// The word for a pending slot in forms.
pub(crate) fn slots(sight: &Sight) -> Vec<(Slot, &'static str)> {
    sight.case.required_slots().iter().map(|slot| (*slot, sight.slot_label(*slot))).collect()
}

/// Reasons for a new photo: code, what a reviewer reads.
pub(crate) fn photo_reasons() -> Vec<(&'static str, &'static str)> {
    words::PHOTO_REASONS.iter().map(|reason| (reason.as_str(), reason.internal_text())).collect()
}
