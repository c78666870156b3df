//! Consent: the notice, the answers to it, and what is remembered until one comes.

use portico_vocab::{Language, Timestamp, Wamid};
use portico_whatsapp::command::Command;
use portico_whatsapp::inbound::{Content, Inbound, MediaRef};
use portico_whatsapp::texts::{Tell, TextKey};

use super::draft::Draft;
use super::{photo, review};
use crate::route::command_of;
use crate::{Agreed, Answered, Consent, EarlyMedia, Outcome, Question, Referral, Stage, Why, WithdrawnWhy};

/// A message of someone who has not agreed, whether or not they asked for a person meanwhile.
pub(super) fn step(
    draft: &mut Draft<'_>,
    message: &Inbound,
    answers: Option<&Answered>,
    sent_at: Timestamp,
) -> Outcome {
    match &message.content {
        Content::Tap { reply_id } => tap(draft, message, reply_id, answers, sent_at),
        Content::Media { media } => {
            if !remember(draft, message, media, sent_at) {
                draft.tell_once(Tell::of(TextKey::CapsReached));
                return Outcome::Refused(Why::CapReached);
            }
            ask_if_quiet(draft);
            Outcome::Applied
        }
        Content::Reaction { .. } | Content::Edit { .. } => Outcome::Ignored(Why::NothingToDo),
        Content::Revoke { original } => forget(draft, original),
        _ if command_of(message) == Some(Command::Help) => {
            draft.say_help();
            Outcome::Applied
        }
        _ if matches!(draft.next.stage, Stage::InReview { .. }) => {
            draft.tell_once(Tell::of(TextKey::PersonComing));
            Outcome::Applied
        }
        _ if ask_if_quiet(draft) => Outcome::Applied,
        _ => Outcome::Ignored(Why::AlreadyAsked),
    }
}

/// The notice again, unless it has only just been sent: two first messages at once get one notice.
fn ask_if_quiet(draft: &mut Draft<'_>) -> bool {
    let quiet = !draft.just_asked(Question::Consent, TextKey::Notice);
    if quiet {
        draft.ask_consent();
    }
    quiet
}

/// Keeps the id of a picture that may not be fetched yet. `false` when there are too many; what cannot be a photo is
/// let go.
pub(super) fn remember(draft: &mut Draft<'_>, message: &Inbound, media: &MediaRef, sent_at: Timestamp) -> bool {
    let max = draft.policy.choices.early_media_max as usize;
    let Some(early) = draft.next.stage.early_mut() else { return false };
    if early.len() >= max {
        return false;
    }
    if photo::may_be_photo(media) {
        let forwarded = message.context.as_ref().map(|context| context.forwarded).unwrap_or_default();
        early.push(EarlyMedia { wamid: message.wamid.clone(), sent_at, media: media.clone(), forwarded });
    }
    true
}

fn forget(draft: &mut Draft<'_>, original: &Wamid) -> Outcome {
    if let Some(early) = draft.next.stage.early_mut() {
        early.retain(|item| item.wamid != *original);
    }
    Outcome::Applied
}

fn tap(
    draft: &mut Draft<'_>,
    message: &Inbound,
    reply_id: &str,
    answers: Option<&Answered>,
    sent_at: Timestamp,
) -> Outcome {
    let language = reply_id.strip_prefix("language:");
    let of_the_notice = reply_id.starts_with("consent:") || language.is_some();
    if reply_id == "person:ask" {
        draft.refer(Referral::PersonAsked);
        draft.tell_once(Tell::of(TextKey::PersonComing));
        return Outcome::Applied;
    }
    if !of_the_notice {
        // A button of a message that asked nothing, or a second tap on the one that opened the case.
        ask_if_quiet(draft);
        return Outcome::Ignored(Why::OldQuestion);
    }
    let open = draft.is_newest(Question::Consent, answers, sent_at)
        || (language.is_some() && draft.is_newest(Question::Language, answers, sent_at));
    let Some(answered) = answers.filter(|_| open) else {
        // They believe to have answered: silence would leave them waiting.
        draft.ask_consent();
        return Outcome::Ignored(Why::OldQuestion);
    };
    match (reply_id, language.map(Language::parse)) {
        ("consent:accept", _) => accept(draft, message, answered, sent_at),
        ("consent:decline", _) => {
            draft.withdraw(WithdrawnWhy::ConsentDeclined, sent_at);
            draft.tell(Tell::of(TextKey::ConsentDeclined));
            Outcome::Applied
        }
        ("language:list", _) => {
            draft.ask(Question::Language, Tell::of(TextKey::LanguageChoose));
            Outcome::Applied
        }
        (_, Some(Ok(language))) => {
            draft.next.language = language;
            // In other words it is another question: a "yes" to the one before is not a "yes" to it.
            draft.next.questions.remove(&Question::Consent);
            draft.ask_consent();
            Outcome::Applied
        }
        _ => Outcome::Ignored(Why::NotOffered),
    }
}

fn accept(draft: &mut Draft<'_>, message: &Inbound, answered: &Answered, at: Timestamp) -> Outcome {
    // A STOP that a START has since lifted still took back every consent before it.
    if draft.next.stopped_at.is_some_and(|stop| at <= stop) {
        draft.ask_consent();
        return Outcome::Ignored(Why::Stopped);
    }
    // What was agreed to must be provable.
    let Some(notice_hash) = answered.text_hash else {
        draft.ask_consent();
        return Outcome::Ignored(Why::OldQuestion);
    };
    let early = draft.next.stage.early_mut().map(std::mem::take).unwrap_or_default();
    let consent = Consent {
        notice: answered.outbound,
        notice_hash,
        language: draft.next.language.clone(),
        at,
        wamid: message.wamid.clone(),
    };
    let policy = draft.policy.pin();
    let given = serde_json::json!({
        "notice": format!("sha256:{notice_hash}"),
        "language": consent.language,
        "policy": review::policy(&policy),
    });
    draft.next.questions.remove(&Question::Consent);
    draft.agree(Agreed { consent, policy, document: None });
    draft.announce("kyc.consent.given", given);
    for item in early {
        photo::arrive(draft, &item.wamid, item.sent_at, item.media, item.forwarded);
    }
    draft.ask_document();
    Outcome::Applied
}

/// The buttons of the notice stay on the screen. A "no" on the notice that was agreed to takes the "yes" back, in
/// whichever order they arrive; one on an older notice only when it is newer than the "yes".
pub(super) fn take_back(draft: &mut Draft<'_>, answers: Option<&Answered>, sent_at: Timestamp) -> Outcome {
    let Some(agreed) = draft.agreed() else { return Outcome::Ignored(Why::OldQuestion) };
    let on_this_notice = answers.is_some_and(|answered| answered.outbound == agreed.consent.notice);
    if !on_this_notice && sent_at < agreed.consent.at {
        return Outcome::Ignored(Why::OlderThanStart);
    }
    draft.withdraw(WithdrawnWhy::ConsentDeclined, sent_at.max(agreed.consent.at));
    draft.say_withdrawn();
    Outcome::Applied
}
