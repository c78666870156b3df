//! To the end and after it: decisions, accounts, silence, destruction.

use portico_case::{AccountReport, AccountStatus, Outcome, TimerKind, Why};
use portico_vocab::OutcomeName;
use portico_whatsapp::texts::TextKey;

use super::choosing;
use crate::stages;

#[test]
fn hello_to_account() {
    let mut chat = choosing("passport");
    chat.sends("front").run_jobs().wait(20).sends("selfie").run_jobs();
    let decide = stages::sound(&chat, OutcomeName::Approved);
    chat.wait(600).decide(decide);
    let display = Some("Conta 0001 final 4419".to_owned());
    chat.account(AccountReport { status: AccountStatus::Opened, display, reason: None, retryable: false });
    tells!(chat);
}

#[test]
fn account_marks() {
    let mut chat = stages::decided(OutcomeName::Approved);
    let report = |status: AccountStatus, display: Option<&str>, retryable| AccountReport {
        status,
        display: display.map(str::to_owned),
        reason: None,
        retryable,
    };
    let five_digits = report(AccountStatus::Opened, Some("account 54419"), false);
    assert_eq!(chat.account(five_digits), Outcome::Refused(Why::TooManyDigits));
    assert_eq!(chat.account(report(AccountStatus::Pending, None, false)), Outcome::Applied);
    assert_eq!(chat.account(report(AccountStatus::Failed, None, true)), Outcome::Applied);
    assert_eq!(chat.account(report(AccountStatus::Opened, Some("0001-4419"), false)), Outcome::Applied);
    assert_eq!(chat.account(report(AccountStatus::Opened, None, false)), Outcome::Ignored(Why::Ended), "it opens once");
    assert_eq!(
        stages::decided(OutcomeName::Declined).account(report(AccountStatus::Opened, None, false)),
        Outcome::Refused(Why::WrongStage)
    );
    tells!(chat);
}

#[test]
fn silence_expires_and_everything_is_destroyed() {
    let mut chat = choosing("passport");
    chat.sends("front").run_jobs().wait(20 * 86_400).says("still here").wait(1);
    chat.fire(TimerKind::Expire);
    assert_eq!(chat.stage(), "collecting", "the applicant wrote since: the rest of the time is waited for");
    chat.fire(TimerKind::Expire);
    assert_eq!(chat.stage(), "expired");
    chat.fire(TimerKind::Purge);
    assert_eq!(chat.swept, ["image/front", "thumbnail/front"]);
    assert_eq!(chat.shredded, [chat.case().id]);
    tells!(chat);
}

/// A picture that was being fetched when the case ended: what the job stored is deleted again.
#[test]
fn stored_for_nothing() {
    let mut chat = choosing("passport");
    chat.sends("front").says("STOP").run_jobs();
    assert_eq!(chat.swept, ["image/front", "thumbnail/front"]);
}

#[test]
fn messages_after_an_end() {
    let mut chat = stages::stopped();
    let before = chat.text("sent before");
    let mut late = before.clone();
    late.sent_at = late.sent_at.plus_seconds(-3600);
    chat.deliver(&late);
    assert_eq!(chat.times(TextKey::RestartAsk), 0);
    chat.says("hello").wait(10).says("hello?").wait(10).sends("a-photo");
    assert_eq!(chat.times(TextKey::RestartAsk), 1, "once a minute");
    chat.wait(60).says("hello??");
    assert_eq!(chat.times(TextKey::RestartAsk), 2);
    chat.wait(10).taps("case:leave").wait(10).taps("case:restart");
    assert_eq!(chat.stage(), "consenting");
    tells!(chat);
}

#[test]
fn after_a_decision_it_is_said_again_and_stop_silences() {
    let mut chat = stages::decided(OutcomeName::HandedOff);
    chat.wait(3600).says("STATUS").wait(60).says("STOP").wait(3600).says("START");
    assert_eq!((chat.cases.len(), chat.stage()), (2, "consenting"));
    tells!(chat);
}
