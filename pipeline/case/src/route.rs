//! Whose message it is, and which case it belongs to.
//!
//! Numbers are recycled and user ids change, so a sender is never just a number; and an ended case never reopens
//! silently, so a message is routed before it is stepped.

use portico_vocab::{CaseId, Purpose, StageName, Timestamp};
use portico_whatsapp::command::{self, Command};
use portico_whatsapp::inbound::{Content, Inbound};

/// What is known of a sender found by one alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderFacts<S> {
    pub sender: S,
    /// It has a user id on record.
    pub has_user_id: bool,
    /// Its open case, if any.
    pub open_case: Option<CaseId>,
}

/// Who a message is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution<S> {
    /// Nobody known: a new sender takes the aliases given (a recycled number moves to it).
    New,
    /// A known sender takes the aliases given.
    Known(S),
    /// Two records of one person: `keep` takes every alias, the open case of `drop` is superseded.
    Join { keep: S, drop: S },
}

/// The sender behind a message that gave a phone number, a user id, or both.
///
/// The user id is the stronger name: the same phone with another user id is another person (a recycled number must not
/// inherit a case); a phone-only record and a user-id record that meet in one message are one person.
#[must_use]
pub fn resolve_sender<S: Copy + PartialEq>(
    by_phone: Option<SenderFacts<S>>,
    by_user_id: Option<SenderFacts<S>>,
    gave_user_id: bool,
) -> Resolution<S> {
    match (by_user_id, by_phone) {
        (Some(user), Some(phone)) if user.sender != phone.sender && !phone.has_user_id => older_first(user, phone),
        (Some(user), _) => Resolution::Known(user.sender),
        (None, Some(phone)) if !gave_user_id || !phone.has_user_id => Resolution::Known(phone.sender),
        (None, _) => Resolution::New,
    }
}

/// Case ids begin with their opening time, so the smaller id is the older case.
fn older_first<S: Copy>(user: SenderFacts<S>, phone: SenderFacts<S>) -> Resolution<S> {
    match (user.open_case, phone.open_case) {
        (Some(of_user), Some(of_phone)) if of_phone < of_user => {
            Resolution::Join { keep: phone.sender, drop: user.sender }
        }
        (None, Some(_)) => Resolution::Join { keep: phone.sender, drop: user.sender },
        _ => Resolution::Join { keep: user.sender, drop: phone.sender },
    }
}

/// What is known of the sender's cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    pub open: Option<CaseId>,
    /// The newest case, when it has ended and can still be read.
    pub ended: Option<(CaseId, StageName)>,
}

/// Where an input goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// To this case.
    To(CaseId),
    /// Opens a new case.
    Open,
    /// Belongs to no case; the reason is kept with the input.
    Stray(&'static str),
}

/// A message first received more than this after its own time is too old to act on.
pub const TOO_OLD_SECONDS: i64 = 8 * 86_400;

/// Which case a message belongs to.
#[must_use]
pub fn route(message: &Inbound, known: Known, received_at: Timestamp) -> Route {
    if message.group {
        return Route::Stray("group");
    }
    if message.sender.is_empty() {
        return Route::Stray("no_sender");
    }
    if received_at.seconds_since(message.sent_at) > TOO_OLD_SECONDS {
        return Route::Stray("too_old");
    }
    if let Some(open) = known.open {
        return Route::To(open);
    }
    match (command_of(message), &message.content, known.ended) {
        _ if restarts(message) => Route::Open,
        (_, _, Some((ended, _))) => Route::To(ended),
        (Some(Command::Stop), _, None) => Route::Stray("stop_of_a_stranger"),
        (_, Content::Tap { .. }, None) => Route::Stray("tap_of_a_stranger"),
        (
            _,
            Content::Reaction { .. } | Content::System { .. } | Content::Edit { .. } | Content::Revoke { .. },
            None,
        ) => Route::Stray("nothing_to_answer"),
        (_, _, None) => Route::Open,
    }
}

/// Whether it asks in so many words for a new beginning: START, or the button that says so.
pub(crate) fn restarts(message: &Inbound) -> bool {
    matches!(&message.content, Content::Tap { reply_id } if reply_id == "case:restart")
        || command_of(message) == Some(Command::Start)
}

/// The command a message is, if it is nothing but one.
#[must_use]
pub fn command_of(message: &Inbound) -> Option<Command> {
    match &message.content {
        Content::Text { body } => command::read(body.expose(Purpose::Compare)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(sender: u8, has_user_id: bool, open: Option<u8>) -> Option<SenderFacts<u8>> {
        let open_case = open.map(|n| CaseId::from_bytes([n; 16]));
        Some(SenderFacts { sender, has_user_id, open_case })
    }

    #[test]
    fn one_person_by_any_of_their_names() {
        assert_eq!(resolve_sender::<u8>(None, None, true), Resolution::New);
        assert_eq!(resolve_sender(facts(1, false, None), None, false), Resolution::Known(1));
        assert_eq!(resolve_sender(facts(1, false, None), None, true), Resolution::Known(1), "phone first, then both");
        assert_eq!(resolve_sender(None, facts(1, true, None), true), Resolution::Known(1));
        assert_eq!(resolve_sender(facts(1, true, None), facts(1, true, None), true), Resolution::Known(1));
    }

    #[test]
    fn a_recycled_number_does_not_inherit() {
        assert_eq!(resolve_sender(facts(1, true, Some(1)), None, true), Resolution::New);
        assert_eq!(resolve_sender(facts(1, true, Some(1)), facts(2, true, None), true), Resolution::Known(2));
    }

    #[test]
    fn two_records_of_one_person_become_the_older_case_s() {
        let join = resolve_sender(facts(1, false, Some(1)), facts(2, true, Some(2)), true);
        assert_eq!(join, Resolution::Join { keep: 1, drop: 2 });
        let join = resolve_sender(facts(1, false, Some(3)), facts(2, true, Some(2)), true);
        assert_eq!(join, Resolution::Join { keep: 2, drop: 1 });
    }
}
