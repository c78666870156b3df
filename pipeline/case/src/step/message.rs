//! A message of the applicant.
//!
//! Messages come late, twice and out of order. STOP and consent are weighed by WhatsApp's own times, a tap counts only
//! on the newest message of its kind, and nothing is downloaded before consent.

use portico_vocab::{Timestamp, Wamid};
use portico_whatsapp::command::Command;
use portico_whatsapp::inbound::{Content, Inbound, SystemChange};
use portico_whatsapp::texts::{Tell, TextKey, Value};

use super::draft::{Answering, Draft};
use super::{ENDED, choose, consent, photo, retain};
use crate::route::{command_of, restarts};
use crate::{Answered, Outcome, Referral, Stage, TimerKind, Why, WithdrawnWhy};

/// After this much silence the chat says where things stand (chat.md rule 9).
const AWAY_SECONDS: i64 = 30 * 60;
/// "Media file size too big": over 100 MB only this code reaches us (Meta: Error codes).
const TOO_LARGE_FOR_WHATSAPP: i64 = 131_052;
/// Deletions remembered; WhatsApp delivers a message and its deletion seconds apart, not eight deletions.
const DELETED_MAX: usize = 8;

pub(super) fn step(
    draft: &mut Draft<'_>,
    message: &Inbound,
    answers: Option<&Answered>,
    stopped_at: Option<Timestamp>,
    received_at: Timestamp,
) -> Outcome {
    // A clock ahead of ours must not make a message win every later comparison.
    let sent_at = message.sent_at.min(received_at);
    draft.answering = Some(Answering { sent_at });
    let away = draft.now.seconds_since(draft.next.newest_message_at) > AWAY_SECONDS && !draft.is_first();
    let command = command_of(message);
    let missed = draft.next.marks.unreachable_since.is_some();
    note_sender(draft, message);
    note_times(draft, message, command, sent_at, stopped_at);
    if draft.is_first() {
        return first(draft, message, sent_at);
    }
    if draft.next.stage_name().is_end() {
        return match command {
            Some(Command::Stop) => stop_after_end(draft, sent_at),
            _ => after_end(draft, message, command, sent_at, missed),
        };
    }
    if draft.next.is_stopped() {
        return stop(draft);
    }
    if command == Some(Command::Stop) {
        return Outcome::Ignored(Why::OlderThanStart);
    }
    if draft.next.deleted.contains(&message.wamid) {
        return Outcome::Ignored(Why::NothingToDo);
    }
    match &message.content {
        Content::System { change } => return identity(draft, change),
        Content::Revoke { original } => note_deleted(draft, original),
        _ => {}
    }
    if draft.agreed().is_none() {
        return consent::step(draft, message, answers, sent_at);
    }
    going(draft, message, answers, sent_at, away)
}

/// Who writes can be reached again, under the names they write with.
fn note_sender(draft: &mut Draft<'_>, message: &Inbound) {
    if matches!(message.content, Content::System { .. }) {
        // WhatsApp speaks, under the name that is no longer theirs.
        return;
    }
    draft.next.marks.unreachable_since = None;
    let contact = &mut draft.next.contact;
    if message.sender.phone.is_some() {
        contact.phone.clone_from(&message.sender.phone);
    }
    if message.sender.user_id.is_some() {
        contact.user_id.clone_from(&message.sender.user_id);
    }
    if message.profile_name.is_some() {
        contact.profile_name.clone_from(&message.profile_name);
    }
}

/// The oldest and newest times are all that STOP, START and silence are weighed by: they do not depend on the order in
/// which messages arrive.
fn note_times(
    draft: &mut Draft<'_>,
    message: &Inbound,
    command: Option<Command>,
    sent_at: Timestamp,
    stopped_at: Option<Timestamp>,
) {
    let case = &mut draft.next;
    case.newest_message_at = case.newest_message_at.max(sent_at);
    case.stopped_at = case.stopped_at.max(stopped_at);
    if command == Some(Command::Stop) {
        case.stopped_at = case.stopped_at.max(Some(sent_at));
    } else {
        case.started_at = case.started_at.min(sent_at);
    }
    if restarts(message) {
        case.renewed_at = case.renewed_at.max(Some(sent_at));
    }
}

/// A deletion may come before what it deletes.
fn note_deleted(draft: &mut Draft<'_>, original: &Wamid) {
    let deleted = &mut draft.next.deleted;
    if deleted.len() >= DELETED_MAX {
        deleted.remove(0);
    }
    deleted.push(original.clone());
}

/// The message that opens a case: the notice, whatever it says. One that the sender has since stopped opens and ends.
fn first(draft: &mut Draft<'_>, message: &Inbound, sent_at: Timestamp) -> Outcome {
    draft.announce("kyc.case.opened", serde_json::json!({}));
    if draft.next.is_stopped() {
        draft.withdraw(WithdrawnWhy::Stopped, draft.next.stopped_at.unwrap_or(sent_at));
        return Outcome::Applied;
    }
    draft.set_timer(TimerKind::Expire, draft.now.plus_days(draft.policy.choices.expire_days));
    if let Content::Media { media } = &message.content {
        consent::remember(draft, message, media, sent_at);
    }
    draft.ask_consent();
    Outcome::Applied
}

/// A STOP that is about this case, known since now: it withdraws, whichever message made it known.
fn stop(draft: &mut Draft<'_>) -> Outcome {
    let at = draft.next.stopped_at.unwrap_or(draft.now);
    draft.withdraw(WithdrawnWhy::Stopped, at);
    draft.say_withdrawn();
    Outcome::Applied
}

/// STOP after a decision silences, and undoes nothing.
fn stop_after_end(draft: &mut Draft<'_>, sent_at: Timestamp) -> Outcome {
    if draft.next.started_at > sent_at || draft.next.renewed_at.is_some_and(|start| start > sent_at) {
        return Outcome::Ignored(Why::OlderThanStart);
    }
    if !matches!(draft.next.stage, Stage::Decided { .. }) {
        return ENDED;
    }
    draft.next.marks.silenced_at = Some(draft.now);
    let until = Value::Date(retain::kept_until(draft));
    draft.tell_once(Tell::of(TextKey::StopAfterDecision).with("date", until));
    Outcome::Applied
}

/// An ended case answers with the way to a new one, never with a new one. What was sent before the end and came after
/// it needs no answer.
///
/// `missed`: what was last told did not reach them, so the window they open is first used to say it.
fn after_end(
    draft: &mut Draft<'_>,
    message: &Inbound,
    command: Option<Command>,
    sent_at: Timestamp,
    missed: bool,
) -> Outcome {
    let (ended_at, later) = match &draft.next.stage {
        Stage::Withdrawn { at, .. } => (*at, sent_at > *at),
        // Our clock, to the microsecond; WhatsApp's is to the second.
        Stage::Decided { decision, .. } => (decision.at, sent_at.as_seconds() >= decision.at.as_seconds()),
        Stage::Expired { at, .. } => (*at, sent_at.as_seconds() >= at.as_seconds()),
        _ => (draft.now, false),
    };
    match &message.content {
        Content::Tap { reply_id } if reply_id == "status:show" => tell_decision(draft, ended_at),
        Content::Tap { reply_id } if reply_id == "case:leave" => return ENDED,
        _ if !later => return ENDED,
        Content::Text { .. } if command == Some(Command::Status) => tell_decision(draft, ended_at),
        Content::Text { .. } | Content::Tap { .. } | Content::Media { .. } if missed => tell_decision(draft, ended_at),
        Content::Text { .. } | Content::Tap { .. } | Content::Media { .. } => draft.say_restart(ended_at),
        _ => return ENDED,
    }
    Outcome::Applied
}

fn tell_decision(draft: &mut Draft<'_>, ended_at: Timestamp) {
    match draft.next.stage.decision().cloned() {
        Some(decision) => {
            let tell = draft.verdict(&decision);
            draft.tell_once(tell);
        }
        None => draft.say_restart(ended_at),
    }
}

/// Another number, user id or device in mid-case: a person looks before anything goes on.
fn identity(draft: &mut Draft<'_>, change: &SystemChange) -> Outcome {
    if matches!(change, SystemChange::Other) {
        return Outcome::Ignored(Why::NothingToDo);
    }
    draft.refer(Referral::IdentityChanged);
    Outcome::Applied
}

/// The same person has an older open case: this one ends for it.
pub(super) fn supersede(draft: &mut Draft<'_>) -> Outcome {
    if draft.next.stage_name().is_end() {
        return ENDED;
    }
    draft.withdraw(WithdrawnWhy::Superseded, draft.now);
    Outcome::Applied
}

/// Collecting, checking or in review, with a consent.
fn going(
    draft: &mut Draft<'_>,
    message: &Inbound,
    answers: Option<&Answered>,
    sent_at: Timestamp,
    away: bool,
) -> Outcome {
    match &message.content {
        Content::Tap { reply_id } => tap(draft, reply_id, answers, sent_at),
        Content::Media { media } => photo::message(draft, message, media, sent_at),
        Content::Text { .. } => text(draft, command_of(message), away),
        Content::Revoke { original } => photo::revoke(draft, original),
        Content::Reaction { .. } | Content::Edit { .. } | Content::System { .. } => Outcome::Ignored(Why::NothingToDo),
        Content::Unsupported { code: Some(TOO_LARGE_FOR_WHATSAPP) } => {
            draft.say_too_large();
            Outcome::Applied
        }
        _ => {
            draft.say_not_a_photo();
            Outcome::Applied
        }
    }
}

fn text(draft: &mut Draft<'_>, command: Option<Command>, away: bool) -> Outcome {
    match command {
        Some(Command::Help) => draft.say_help(),
        Some(Command::Status) => draft.say_status(),
        Some(Command::Start) => draft.say_welcome_back(),
        None if away => draft.say_welcome_back(),
        Some(Command::Stop) | None => draft.say_text_kept(),
    }
    Outcome::Applied
}

fn tap(draft: &mut Draft<'_>, reply_id: &str, answers: Option<&Answered>, sent_at: Timestamp) -> Outcome {
    match reply_id {
        "person:ask" => {
            draft.refer(Referral::PersonAsked);
            draft.tell_once(Tell::of(TextKey::PersonComing));
            Outcome::Applied
        }
        "status:show" => {
            draft.say_status();
            Outcome::Applied
        }
        "case:later" => {
            draft.say_later();
            Outcome::Applied
        }
        "consent:accept" => Outcome::Ignored(Why::AlreadyAsked),
        "consent:decline" => consent::take_back(draft, answers, sent_at),
        _ if reply_id.starts_with("document:") => choose::step(draft, reply_id, answers, sent_at),
        _ => Outcome::Ignored(Why::OldQuestion),
    }
}
