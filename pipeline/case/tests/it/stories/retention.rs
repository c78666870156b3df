//! What is kept after an end, and what is destroyed when.

use portico_case::{AccountReport, AccountStatus, InputKind, Outcome, TimerKind, Why};
use portico_vocab::{OutcomeName, Timestamp};

use crate::chat::{Chat, START};
use crate::stages;

fn report(status: AccountStatus) -> AccountReport {
    AccountReport { status, display: None, reason: None, retryable: false }
}

fn mark(chat: &Chat) -> Option<(String, bool)> {
    chat.case().marks.retention.map(|retention| (retention.until.to_date(), retention.locked))
}

fn kept(until: &str, locked: bool) -> Option<(String, bool)> {
    Some((until.to_owned(), locked))
}

/// Only what was decided on is locked: a picture that was refused and taken anew is not.
#[test]
fn an_approval_locks_its_dossier() {
    let mut chat = stages::retaking();
    chat.sends("new-selfie").run_jobs().wait(60);
    let decide = stages::sound(&chat, OutcomeName::Approved);
    assert_eq!(chat.decide(decide), Outcome::Applied);
    assert_eq!(mark(&chat), kept("2036-11-22", false), "the intent, from the decision on");
    chat.run_jobs();
    assert_eq!(mark(&chat), kept("2036-11-22", true));
    let objects: Vec<&str> = chat.locked.iter().map(|(object, _)| object.as_str()).collect();
    let names = ["front", "back", "new-selfie"].map(|name| [format!("image/{name}"), format!("thumbnail/{name}")]);
    assert_eq!(objects, names.as_flattened());
    assert!(!chat.case().timers.contains_key(&TimerKind::Purge), "nobody knows yet when the account closes");
    tells!(chat);
}

#[test]
fn a_bucket_that_cannot_lock_leaves_the_intent() {
    let mut chat = stages::decided(OutcomeName::Approved);
    chat.can_lock = false;
    chat.run_jobs();
    assert_eq!(mark(&chat), kept("2036-11-22", false));
    let (recorded, change) = chat.history.last().unwrap();
    assert_eq!((recorded.input.kind.name(), change.outcome()), ("job:retain", &Outcome::Applied));
}

#[test]
fn a_decline_goes_after_days_where_no_law_keeps_it() {
    let mut chat = stages::decided(OutcomeName::Declined);
    assert_eq!(mark(&chat), None);
    assert_eq!(chat.fire(TimerKind::Purge), Outcome::Applied);
    assert_eq!(chat.now.seconds_since(START) / 86_400, 30);
    assert_eq!(chat.swept.len(), 6);
    assert_eq!(chat.shredded, [chat.case().id]);
}

#[test]
fn a_decline_is_kept_for_years_where_the_law_keeps_it() {
    let mut chat = stages::declined_in_germany();
    chat.run_jobs();
    assert_eq!((mark(&chat), chat.locked.len()), (kept("2031-11-22", true), 4));
    assert_eq!(chat.fire(TimerKind::Purge), Outcome::Applied);
    assert_eq!(chat.now.to_date(), "2031-11-22");
    assert_eq!((chat.swept.len(), chat.shredded.len()), (4, 1));
    tells!(chat);
}

/// A timer that fires early, by a clock set wrong or a hand, destroys nothing and comes again.
#[test]
fn nothing_is_destroyed_before_its_day() {
    let mut chat = stages::declined_in_germany();
    let set_by = chat.case().timers[&TimerKind::Purge];
    assert_eq!(chat.input(InputKind::Timer { timer: TimerKind::Purge, set_by }), Outcome::Applied);
    assert!(chat.shredded.is_empty() && chat.case().marks.erased_at.is_none());
    assert_eq!(chat.fire(TimerKind::Purge), Outcome::Applied);
    assert_eq!((chat.now.to_date().as_str(), chat.shredded.len()), ("2031-11-22", 1));
}

#[test]
fn an_account_on_a_hand_off_is_kept_like_any_other() {
    let mut chat = stages::decided(OutcomeName::HandedOff);
    assert_eq!(mark(&chat), None);
    assert_eq!(chat.account(report(AccountStatus::Pending)), Outcome::Applied);
    assert_eq!(chat.fire(TimerKind::Purge), Outcome::Applied);
    assert!(chat.shredded.is_empty(), "the account is still being opened");
    assert_eq!(chat.account(report(AccountStatus::Opened)), Outcome::Applied);
    chat.run_jobs();
    assert_eq!(mark(&chat), kept("2036-12-22", true));
    let stale = chat.timers.iter().rev().find(|(_, timer, ..)| *timer == TimerKind::Purge).map(|(_, _, by, _)| *by);
    let timer = InputKind::Timer { timer: TimerKind::Purge, set_by: stale.unwrap() };
    assert_eq!(chat.input(timer), Outcome::Ignored(Why::StaleTimer));
}

#[test]
fn a_hand_off_that_came_to_nothing_goes() {
    let mut chat = stages::decided(OutcomeName::HandedOff);
    chat.account(report(AccountStatus::Failed));
    assert_eq!(chat.fire(TimerKind::Purge), Outcome::Applied);
    assert_eq!(chat.shredded.len(), 1);
}

/// Without a day's grace the last word would be destroyed before it is said.
#[test]
fn at_once_still_lets_the_last_word_leave() {
    let mut chat = Chat::new();
    chat.policy.choices.purge_days = 0;
    chat.says("hello").wait(5).taps("consent:accept").wait(5).says("STOP");
    let before: Timestamp = chat.now;
    assert_eq!(chat.fire(TimerKind::Purge), Outcome::Applied);
    assert_eq!((chat.now.seconds_since(before), chat.shredded.len()), (3600, 1));
}
