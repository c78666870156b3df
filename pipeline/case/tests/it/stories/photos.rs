//! Photos as people send them: early, as an album, twice, as files, bad ones, too many.

use portico_case::{Change, Effect, JobSpec, Outcome, Recorded, TimerKind};
use portico_whatsapp::inbound::MediaKind;
use portico_whatsapp::texts::TextKey;

use super::choosing;
use crate::chat::Chat;

#[test]
fn passport_before_hello() {
    let mut chat = Chat::new();
    chat.sends("passport-page").wait(1).says("hello").wait(20).taps("consent:accept").run_jobs();
    chat.wait(20).taps("document:passport");
    assert_eq!(chat.slots()[0].1, "passport-page");
    assert_eq!(chat.times(TextKey::DocumentFront), 0, "what is there is not asked for");
    tells!(chat);
}

/// chat.md rule 8: silence has a limit. Whatever keeps the answer, the applicant hears that the picture has come, once.
#[test]
fn late_answer_is_announced_once() {
    let mut chat = choosing("passport");
    chat.sends("passport-page").wait(15);
    assert_eq!(chat.fire(TimerKind::Wait), Outcome::Applied);
    chat.sends("selfie");
    assert!(!chat.case().timers.contains_key(&TimerKind::Wait), "one word for all that are under way");
    chat.run_jobs();
    assert_eq!((chat.times(TextKey::Wait), chat.stage()), (1, "in_review"));
}

#[test]
fn quick_answer_leaves_nothing_to_wait_for() {
    let mut chat = choosing("passport");
    chat.sends("passport-page");
    assert!(chat.case().timers.contains_key(&TimerKind::Wait));
    chat.run_jobs();
    assert!(!chat.case().timers.contains_key(&TimerKind::Wait));
}

/// The page is still being looked at when the document is chosen: nothing is called clear that has not been read.
#[test]
fn early_picture_judged_after_the_choice() {
    let mut chat = Chat::new();
    chat.sends("passport-page").wait(20).taps("consent:accept").wait(5).taps("document:passport");
    assert_eq!(chat.times(TextKey::SelfieAsk), 0);
    chat.run_jobs();
    assert_eq!(chat.times(TextKey::SelfieAsk), 1);
}

#[test]
fn album_in_any_order_of_arrival() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut chat = choosing("driving_licence");
        let album: Vec<_> = ["front", "back", "selfie"]
            .into_iter()
            .map(|name| {
                let message = chat.photo(name);
                chat.wait(1);
                message
            })
            .collect();
        for index in order {
            chat.deliver(&album[index]);
        }
        let slots: Vec<_> = chat.slots().into_iter().map(|(_, name)| name).collect();
        assert_eq!(slots, ["front", "back", "selfie"], "{order:?}");
        chat.run_jobs();
        assert_eq!(chat.stage(), "in_review");
        assert_eq!(chat.times(TextKey::DocumentBack) + chat.times(TextKey::SelfieAsk), 0, "nothing was missing");
    }
}

/// A bad front in an album: only the front is asked for, and back and selfie keep their places.
#[test]
fn album_with_a_bad_front() {
    let mut chat = choosing("driving_licence");
    chat.sends("blurred-front").sends("back").sends("selfie").run_jobs();
    assert_eq!(chat.slots()[1..], [("document_back", "back".to_owned()), ("selfie", "selfie".to_owned())]);
    chat.wait(60).sends("front").run_jobs();
    assert_eq!(chat.stage(), "in_review");
    tells!(chat);
}

#[test]
fn same_photo_twice() {
    let mut chat = choosing("passport");
    chat.sends("front").wait(2).sends("front").run_jobs();
    tells!(chat);
}

/// Meta announced no digest, so the repeat shows only in the bytes.
#[test]
fn same_photo_twice_unannounced() {
    let mut chat = choosing("driving_licence");
    for name in ["front", "front", "back", "selfie"] {
        let message = chat.media(MediaKind::Image, name, false);
        chat.deliver(&message);
        chat.wait(1);
    }
    chat.run_jobs();
    assert_eq!(chat.stage(), "in_review", "what came after the repeat took its place");
    tells!(chat);
}

#[test]
fn photo_as_a_file() {
    let mut chat = choosing("passport");
    let file = chat.media(MediaKind::Document, "front", true);
    chat.deliver(&file);
    chat.run_jobs();
    assert_eq!(chat.slots()[0].1, "front");
    tells!(chat);
}

#[test]
fn pdf_and_voice_note_where_a_photo_belongs() {
    let mut chat = choosing("passport");
    let pdf = chat.media(MediaKind::Document, "pdf", true);
    chat.deliver(&pdf);
    chat.run_jobs();
    let voice = chat.wait(30).media(MediaKind::Voice, "voice", true);
    chat.deliver(&voice);
    chat.wait(30).sends("gone").run_jobs();
    tells!(chat);
}

#[test]
fn three_failed_tries() {
    let mut chat = choosing("passport");
    for name in ["blurred-1", "blurred-2", "blurred-3", "blurred-4"] {
        chat.wait(60).sends(name).run_jobs();
    }
    assert_eq!(chat.times(TextKey::RetakePerson), 1);
    assert_eq!(chat.stage(), "in_review");
    tells!(chat);
}

#[test]
fn another_document_after_photos() {
    let mut chat = choosing("driving_licence");
    chat.sends("front").sends("back").run_jobs().wait(60).taps("document:passport");
    assert_eq!(chat.slots(), [("document_front", "-".to_owned()), ("selfie", "-".to_owned())]);
    chat.wait(60).sends("front");
    assert_eq!(chat.slots()[0].1, "front", "the same file may stand for the other document");
    chat.run_jobs().wait(60).sends("selfie").run_jobs();
    assert_eq!(chat.stage(), "in_review");
    tells!(chat);
}

#[test]
fn deleting_a_photo() {
    let mut chat = choosing("passport");
    let front = chat.photo("front");
    chat.deliver(&front);
    chat.run_jobs().wait(5).deletes(&front);
    assert_eq!(chat.slots()[0].1, "-");
    let again = chat.wait(5).photo("front-again");
    chat.deliver(&again);
    let selfie = chat.wait(5).photo("selfie");
    chat.deliver(&selfie);
    for _ in 0..4 {
        chat.run_job(0);
    }
    assert_eq!(chat.stage(), "checking");
    chat.deletes(&selfie);
    assert_eq!(chat.stage(), "collecting");
    chat.wait(5).sends("selfie-2").run_jobs();
    assert_eq!(chat.stage(), "in_review");
    chat.wait(5).deletes(&again);
    assert_eq!((chat.stage(), chat.slots()[0].1.as_str()), ("in_review", "-"));
    tells!(chat);
}

#[test]
fn a_slot_is_asked_for_once() {
    let mut chat = choosing("driving_licence");
    chat.taps("document:driving_licence").wait(5).taps("document:driving_licence");
    assert_eq!(chat.times(TextKey::DocumentFront), 1);
    chat.sends("front").run_jobs();
    for _ in 0..3 {
        chat.wait(5).taps("consent:accept").taps("document:driving_licence").run_jobs();
    }
    assert_eq!((chat.times(TextKey::DocumentBack), chat.times(TextKey::SelfieAsk)), (1, 0));
    // The selfie comes before the back: the back was asked for and is not asked for again.
    chat.wait(5).sends("back").sends("selfie").run_jobs();
    assert_eq!((chat.times(TextKey::DocumentBack), chat.times(TextKey::SelfieAsk)), (1, 0));
}

/// An album goes at once; a flood queues behind itself, so that the pictures of others go first.
#[test]
fn a_flood_waits_its_turn() {
    let mut chat = choosing("passport");
    for number in 0..7 {
        chat.sends(&format!("picture-{number}"));
    }
    let waits = |(recorded, change): &(Recorded, Change)| {
        let job = change.effects().iter().find_map(|effect| match effect {
            Effect::Run { job: JobSpec::TakeIn { .. }, at } => Some(*at),
            _ => None,
        })?;
        Some(job.seconds_since(recorded.now))
    };
    let waits: Vec<_> = chat.history.iter().filter_map(waits).collect();
    assert_eq!(waits, [0, 0, 0, 0, 1, 2, 3]);
}

/// A picture beyond what is needed is never spoken of as a slot's failure.
#[test]
fn a_bad_picture_too_many() {
    let mut chat = choosing("passport");
    chat.sends("front").sends("selfie").sends("blurred").run_jobs();
    assert_eq!(chat.stage(), "in_review");
    assert_eq!(chat.times(TextKey::RetakeBlurred1), 0);
    tells!(chat);
}

#[test]
fn deleted_before_it_arrived() {
    for mut chat in [Chat::new(), choosing("passport")] {
        chat.says("one moment");
        let photo = chat.photo("front");
        chat.deletes(&photo);
        chat.deliver(&photo);
        if chat.stage() == "consenting" {
            chat.wait(5).taps("consent:accept");
        }
        assert!(chat.case().evidence.is_empty() && chat.jobs.is_empty(), "it is not fetched");
    }
}
