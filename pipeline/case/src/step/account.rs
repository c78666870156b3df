//! What the bank's systems report, and messages that never arrived.

use portico_vocab::{Finding, OutboundId, OutcomeName};
use portico_whatsapp::texts::{Tell, TextKey, Value};

use super::draft::Draft;
use super::{ENDED, retain};
use crate::{Account, AccountReport, AccountStatus, Outcome, Stage, Why};

/// What became of the account: a mark after an approval or a hand-off, told to the applicant.
pub(super) fn report(draft: &mut Draft<'_>, report: &AccountReport) -> Outcome {
    // A hand-off may end in an account too: then it is kept like one.
    let may_have_one = |outcome: OutcomeName| outcome.is_approval() || outcome == OutcomeName::HandedOff;
    if !draft.next.stage.decision().is_some_and(|decision| may_have_one(decision.outcome)) {
        return Outcome::Refused(Why::WrongStage);
    }
    if report.display.as_deref().is_some_and(long_digits) {
        return Outcome::Refused(Why::TooManyDigits);
    }
    let opened_before = draft.next.marks.account.as_ref().is_some_and(|a| a.status == AccountStatus::Opened);
    if opened_before {
        return Outcome::Ignored(Why::Ended);
    }
    draft.next.marks.account = Some(Account { status: report.status, at: draft.now });
    match report.status {
        AccountStatus::Opened => {
            retain::account_opened(draft);
            let tell = Tell::of(TextKey::AccountOpened);
            let tell = match report.display.as_deref().and_then(last_digits) {
                Some(last4) => tell.with("last4", Value::Text(last4)),
                None => tell,
            };
            draft.tell(tell);
            draft.announce("kyc.account.opened", serde_json::json!({}));
        }
        AccountStatus::Failed => {
            if report.retryable {
                draft.say_account_delayed();
            }
            draft.announce("kyc.account.failed", serde_json::json!({ "retryable": report.retryable }));
        }
        AccountStatus::Pending => {}
    }
    Outcome::Applied
}

/// More than four digits in a row: it would put an account number into the chat.
fn long_digits(text: &str) -> bool {
    text.chars()
        .fold((0, false), |(run, found), c| {
            let run = if c.is_ascii_digit() { run + 1 } else { 0 };
            (run, found || run > 4)
        })
        .1
}

fn last_digits(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let last = digits.get(digits.len().saturating_sub(4)..)?;
    (!last.is_empty()).then(|| last.to_owned())
}

/// A check the bank ran itself; it stands beside the machine's.
pub(super) fn finding(draft: &mut Draft<'_>, finding: &Finding) -> Outcome {
    if draft.next.stage_name().is_end() {
        return Outcome::Refused(Why::Ended);
    }
    if matches!(draft.next.stage, Stage::Consenting { .. }) {
        return Outcome::Refused(Why::WrongStage);
    }
    draft.next.findings.retain(|known| !(known.check == finding.check && known.source == finding.source));
    draft.next.findings.push(finding.clone());
    Outcome::Applied
}

/// A message that did not arrive and will not be tried again. The bank hears of it when the applicant waits for it.
pub(super) fn undelivered(draft: &mut Draft<'_>, outbound: OutboundId, text: TextKey) -> Outcome {
    let verdict = draft.next.stage.decision().is_some_and(|decision| decision.told == Some(outbound));
    if draft.next.marks.unreachable_since.is_some() {
        return Outcome::Ignored(Why::NothingToDo);
    }
    let waits = verdict || matches!(text, TextKey::RetakeRequested | TextKey::AccountOpened);
    if !waits {
        return if draft.next.stage_name().is_end() { ENDED } else { Outcome::Ignored(Why::NothingToDo) };
    }
    draft.next.marks.unreachable_since = Some(draft.now);
    draft.announce("kyc.customer.unreachable", serde_json::json!({ "text": text }));
    Outcome::Applied
}
