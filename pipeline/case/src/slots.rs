//! Which picture stands for what.
//!
//! A picture takes the next empty slot by WhatsApp's time, then by arrival. Pictures that are still being looked at are
//! put in order again when an earlier one arrives late (an album comes as separate webhooks, in any order); one that has
//! been judged, or placed by a reviewer, keeps its slot. A slot that was asked for again takes only what arrived after
//! that, so that the back of a card never slides into the place of a front that must be taken anew.

use portico_vocab::Slot;

use crate::{Case, Evidence, PlacedBy};

/// Puts every unplaced or unjudged picture where it belongs. Idempotent.
pub(crate) fn arrange(case: &mut Case) {
    let free: Vec<Slot> = case
        .required_slots()
        .iter()
        .copied()
        .filter(|slot| !case.evidence.iter().any(|item| holds(item, *slot) && !is_movable(item)))
        .collect();
    let mut waiting: Vec<usize> = (0..case.evidence.len()).filter(|i| is_movable(&case.evidence[*i])).collect();
    // Stable: equal times stay in order of arrival.
    waiting.sort_by_key(|i| case.evidence[*i].sent_at);
    for index in &waiting {
        case.evidence[*index].slot = None;
    }
    for slot in free {
        let after = case.asked_after.get(&slot).map_or(0, |count| *count as usize);
        if let Some(place) = waiting.iter().position(|index| *index >= after) {
            case.evidence[waiting.remove(place)].slot = Some(slot);
        }
    }
}

fn is_movable(item: &Evidence) -> bool {
    item.placed_by == PlacedBy::Machine && (item.is_pending() || (item.slot.is_none() && item.holds_slot()))
}

fn holds(item: &Evidence, slot: Slot) -> bool {
    item.slot == Some(slot) && item.holds_slot()
}

/// The slot to ask for next: the first that nothing holds.
pub(crate) fn next_empty(case: &Case) -> Option<Slot> {
    let empty = |slot: &Slot| !case.evidence.iter().any(|item| holds(item, *slot));
    case.required_slots().iter().copied().find(empty)
}

/// Whether a picture that may fill a slot is still being looked at.
pub(crate) fn any_on_the_way(case: &Case) -> bool {
    case.evidence.iter().any(|item| item.is_pending() && item.slot.is_some())
}

/// Whether every slot has an accepted picture.
pub(crate) fn complete(case: &Case) -> bool {
    !case.required_slots().is_empty() && case.outstanding().is_empty()
}
