//! What reviewers do, and what forbids it.

use portico_case::{Objection, Outcome, ReviewAction, Why, objections};
use portico_vocab::{OutcomeName, Slot};
use portico_whatsapp::texts::TextKey;

use super::{ask, choosing, dossier};
use crate::chat::Chat;
use crate::stages;

#[test]
fn reviewer_asks_for_a_new_photo() {
    let mut chat = stages::checking();
    chat.run_jobs().wait(600);
    chat.sends("one-more").run_jobs();
    ask(&mut chat, Slot::Selfie);
    assert_eq!(chat.stage(), "collecting");
    assert_eq!(chat.slots()[2].1, "-", "a picture sent before is not the new one");
    chat.wait(60).says("which one?").wait(60).sends("new-selfie");
    assert_eq!(chat.stage(), "collecting", "not before it has been looked at");
    chat.run_jobs();
    assert_eq!((chat.stage(), chat.times(TextKey::RetakeRequested)), ("in_review", 1));
    tells!(chat);
}

#[test]
fn reviewer_asks_while_more_is_missing() {
    let mut chat = stages::attempts_used();
    ask(&mut chat, Slot::DocumentFront);
    chat.wait(60).sends("front").run_jobs();
    assert_eq!(chat.stage(), "collecting", "back in review only once complete");
    chat.wait(60).sends("back").run_jobs().wait(60).sends("selfie").run_jobs();
    assert_eq!(chat.stage(), "in_review");
    tells!(chat);
}

#[test]
fn reviewer_swaps_slots() {
    let mut chat = choosing("passport");
    chat.sends("selfie").sends("front").run_jobs();
    let (evidence, seen) = (chat.evidence("front"), dossier(&chat));
    let place = ReviewAction::Place { evidence, slot: Slot::DocumentFront, dossier: seen };
    assert_eq!(chat.review(place.clone()), Outcome::Applied);
    let slots: Vec<_> = chat.slots().into_iter().map(|(_, name)| name).collect();
    assert_eq!(slots, ["front", "selfie"]);
    assert_eq!(chat.review(place), Outcome::Refused(Why::StaleDossier), "another page has other eyes");
}

/// A refused picture is moved away from under the good one that took its slot: nothing ends up doubly held.
#[test]
fn reviewer_places_a_refused_picture() {
    let mut chat = choosing("passport");
    chat.sends("blurred").run_jobs().wait(60).sends("front").run_jobs().wait(60).sends("selfie").run_jobs();
    let (evidence, seen) = (chat.evidence("blurred"), dossier(&chat));
    chat.review(ReviewAction::Place { evidence, slot: Slot::Selfie, dossier: seen });
    let slots: Vec<_> = chat.slots().into_iter().map(|(_, name)| name).collect();
    assert_eq!(slots, ["front", "-"]);
}

#[test]
fn reviewer_accepts_a_refused_photo() {
    let mut chat = choosing("passport");
    for name in ["blurred-1", "blurred-2", "blurred-3"] {
        chat.wait(60).sends(name).run_jobs();
    }
    let (evidence, seen) = (chat.evidence("blurred-3"), dossier(&chat));
    assert_eq!(chat.review(ReviewAction::AcceptPhoto { evidence, dossier: seen }), Outcome::Applied);
    chat.wait(60).sends("selfie").run_jobs();
    let decide = stages::sound(&chat, OutcomeName::Approved);
    assert_eq!(chat.decide(decide), Outcome::Applied);
    tells!(chat);
}

#[test]
fn what_forbids_an_approval_is_named() {
    let mut chat = Chat::in_country("IN");
    chat.says("hello").wait(5).taps("consent:accept").wait(5).taps("document:passport").wait(5);
    chat.sends("front").run_jobs().wait(5).taps("person:ask");
    let mut decide = stages::sound(&chat, OutcomeName::Approved);
    let whys = |chat: &Chat, decide: &_| -> Vec<String> {
        let named = |o: Objection| {
            let of = o.slot.map(|s| s.to_string()).or(o.check.map(|c| c.to_string())).unwrap_or_default();
            format!("{} {of}", o.why.as_str()).trim_end().to_owned()
        };
        objections(chat.case(), decide, &chat.policy).into_iter().map(named).collect()
    };
    assert_eq!(whys(&chat, &decide), ["outcome_not_allowed", "pictures_missing selfie"]);
    decide.outcome = OutcomeName::ApprovedLimited;
    decide.attest.clear();
    insta::assert_snapshot!(whys(&chat, &decide).join("\n"));
    chat.wait(60).sends("selfie").run_jobs();
    assert_eq!(whys(&chat, &decide), ["stale_dossier"]);
    let decide = stages::sound(&chat, OutcomeName::ApprovedLimited);
    assert_eq!(chat.decide(decide.clone()), Outcome::Applied);
    assert_eq!(chat.decide(decide), Outcome::Refused(Why::Ended), "a decision is made once");
}
