//! A conversation as people read it: `>` the applicant, `<` we, `!` an event, `#` anything else.

use portico_case::{Change, Effect, Evidence, JobSpec, TellEffect};
use portico_vocab::Purpose;
use portico_whatsapp::inbound::{Content, Inbound};
use portico_whatsapp::texts::Value;

use crate::chat::Chat;

pub fn said(chat: &Chat, message: &Inbound) -> String {
    let what = match &message.content {
        Content::Text { body } => body.expose(Purpose::Compare).clone(),
        Content::Media { media } => format!("[{:?} {}]", media.kind, media.id).to_lowercase(),
        Content::Tap { reply_id } => format!("({reply_id})"),
        Content::Revoke { .. } => "[deletes a message]".to_owned(),
        other => format!("{other:?}"),
    };
    let late = chat.now.as_seconds() - message.sent_at.as_seconds();
    if late > 0 { format!("> {what}   ({late} s late)") } else { format!("> {what}") }
}

pub fn came_to(change: &Change) -> String {
    format!("    {} -> {}", change.outcome(), change.next().stage_name())
}

/// Jobs of the machine are left out: what they bring comes as `#`.
pub fn effect(effect: &Effect) -> Option<String> {
    match effect {
        Effect::Tell(told) => Some(format!("< {}", tell(told))),
        Effect::Announce(event) => Some(format!("! {} {}", event.seq, event.kind)),
        Effect::Run { job: JobSpec::Sweep { objects }, .. } => Some(format!("    sweeps {}", objects.join(" "))),
        Effect::Run { job: JobSpec::Retain { objects, until }, .. } => {
            Some(format!("    keeps {} until {}", objects.join(" "), until.to_date()))
        }
        Effect::Run { .. } => None,
    }
}

/// The text with its values.
pub fn tell(told: &TellEffect) -> String {
    let values: Vec<String> = told.tell.values.iter().map(|(name, value)| format!("{name}={}", word(value))).collect();
    let quotes = told.quotes.as_ref().map(|_| "as a reply");
    let parts: Vec<&str> =
        std::iter::once(told.tell.key.as_str()).chain(values.iter().map(String::as_str)).chain(quotes).collect();
    parts.join(" ")
}

fn word(value: &Value) -> String {
    match value {
        Value::Text(_) => "…".to_owned(),
        Value::Count(count) => count.to_string(),
        Value::Document(kind) => kind.to_string(),
        Value::Slot(slot) => slot.to_string(),
        Value::Slots(slots) => slots.iter().map(|slot| slot.as_str()).collect::<Vec<_>>().join("+"),
        Value::Documents(kinds) => kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join("+"),
        Value::Reason(reason) => reason.to_string(),
        Value::Date(at) => at.to_rfc3339()[..10].to_owned(),
        Value::Languages(_) | Value::Language(_) => "…".to_owned(),
    }
}

/// The conversation so far, and what stands in the case at its end.
pub fn of(chat: &Chat) -> String {
    let pictures = chat.case().evidence.iter().map(picture);
    let lines: Vec<String> = chat.log.iter().cloned().chain(pictures).collect();
    lines.join("\n")
}

fn picture(item: &Evidence) -> String {
    let slot = item.slot.map_or("no slot", |slot| slot.as_str());
    format!("= {} {} {slot}", item.media.id, item.state.as_str())
}
