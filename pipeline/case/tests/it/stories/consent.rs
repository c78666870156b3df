//! Consent, STOP and START, languages, and asking for a person.

use portico_case::{Outcome, Why};
use portico_whatsapp::texts::TextKey;

use super::{agreed, choosing};
use crate::chat::Chat;

#[test]
fn stop_in_the_middle_and_a_late_consent() {
    let mut chat = Chat::new();
    chat.says("hello").wait(10);
    let accept = chat.tap("consent:accept");
    chat.wait(10).says("STOP").wait(10);
    chat.deliver(&accept);
    assert_eq!(chat.stage(), "withdrawn");
    assert_eq!(chat.times(TextKey::RestartAsk), 0, "sent before the end");
    chat.wait(3600).says("hello again").wait(5).taps("case:restart");
    assert_eq!((chat.cases.len(), chat.stage()), (2, "consenting"));
    tells!(chat);
}

/// A START keeps the case, but not a consent that a STOP between the two took back.
#[test]
fn consent_taken_back_before_a_start() {
    let mut chat = Chat::new();
    chat.says("hello").wait(10);
    let accept = chat.tap("consent:accept");
    let stop = chat.wait(10).text("STOP");
    chat.wait(10).says("START");
    chat.deliver(&stop);
    assert_eq!(chat.stage(), "consenting", "the START is newer");
    assert_eq!(chat.deliver(&accept), Some(Outcome::Ignored(Why::Stopped)));
    chat.wait(10).taps("consent:accept");
    assert_eq!(chat.stage(), "collecting");
}

#[test]
fn late_hello_after_a_strangers_stop() {
    let mut chat = Chat::new();
    let hello = chat.text("hello");
    chat.wait(10).says("STOP").wait(10);
    chat.deliver(&hello);
    assert_eq!(chat.stage(), "withdrawn");
    assert!(chat.told.is_empty(), "who said STOP reads nothing");
    tells!(chat);
}

#[test]
fn two_first_messages_at_once() {
    let mut chat = Chat::new();
    chat.says("hello").says("I want an account");
    assert_eq!((chat.cases.len(), chat.times(TextKey::Notice)), (1, 1));
    tells!(chat);
}

#[test]
fn another_language_asks_anew() {
    let mut chat = Chat::new();
    chat.says("hello").wait(5);
    let first = chat.newest(TextKey::Notice);
    chat.taps("language:pt-BR").wait(5);
    let old = chat.tap_on(first, "consent:accept");
    assert_eq!(chat.deliver(&old), Some(Outcome::Ignored(Why::OldQuestion)));
    assert_eq!((chat.stage(), chat.times(TextKey::Notice)), ("consenting", 3), "it is asked again");
    chat.wait(5).taps("consent:accept");
    assert_eq!(chat.stage(), "collecting");
    assert_eq!(chat.case().stage.agreed().unwrap().consent.language.as_str(), "pt_BR");
    tells!(chat);
}

#[test]
fn person_before_consent() {
    let mut chat = Chat::new();
    chat.sends("front").wait(5).says("HELP").wait(5).taps("person:ask");
    assert_eq!(chat.stage(), "in_review");
    chat.wait(120).sends("selfie").wait(5).sends("more").wait(5).taps("consent:accept");
    assert_eq!(chat.stage(), "in_review", "the person stays on it");
    assert_eq!(chat.case().evidence.len(), 3, "nothing that was sent is lost");
    chat.run_jobs().wait(5).taps("document:passport");
    assert_eq!(chat.times(TextKey::Checking), 1, "front and selfie were among them");
    tells!(chat);
}

#[test]
fn person_after_consent_and_no_such_document() {
    let mut chat = agreed();
    chat.taps("document:none").wait(120).says("I only have a library card").wait(5).sends("card").run_jobs();
    chat.wait(120).taps("document:passport").wait(5).taps("person:ask");
    tells!(chat);
}

/// A person was asked for, and the photos go on: a bad one is still named.
#[test]
fn bad_photo_while_a_person_is_coming() {
    let mut chat = choosing("passport");
    chat.taps("person:ask").wait(60).sends("blurred").run_jobs();
    assert_eq!(chat.times(TextKey::RetakeBlurred1), 1);
    chat.wait(60).sends("front").run_jobs().wait(60).sends("selfie").run_jobs();
    assert_eq!(chat.times(TextKey::Checking), 1, "the applicant hears that it is complete");
    tells!(chat);
}

#[test]
fn coming_back_before_a_document_is_chosen() {
    let mut chat = agreed();
    chat.wait(3600).says("sorry, I was away").wait(5).says("what now?");
    assert_eq!(chat.times(TextKey::DocumentChoose), 2, "the list again, once");
}
