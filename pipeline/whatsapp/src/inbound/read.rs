//! From one change of a webhook to updates (docs/domain/whatsapp.md 1.5, 1.6).
//!
//! Read by looking, not by a derived structure: one odd message among a thousand must not take the others with it.
//! *Invariant:* total over all text; whoever sends nonsense gets `Unreadable` or `Unknown`, never an error or a panic.

use portico_vocab::{E164, MediaId, OutboundId, Pii, Sha256, Timestamp, WabaId};
use serde_json::Value;

use super::value::Look;
use super::{
    AccountEvent, Content, Context, Forwarded, Inbound, MediaKind, MediaRef, Pricing, Receipt, ReceiptStatus,
    SenderIds, SystemChange, Update,
};

/// Reads one change as [`crate::envelope::slices`] cut it out, without the entry's time.
#[must_use]
pub fn read_change(waba: Option<&WabaId>, raw: &str) -> Vec<Update> {
    read_change_at(waba, None, raw)
}

/// Reads one change; `entry_time` is the slice's and belongs to the identity of account events.
#[must_use]
pub fn read_change_at(waba: Option<&WabaId>, entry_time: Option<Timestamp>, raw: &str) -> Vec<Update> {
    let Ok(change) = serde_json::from_str::<Value>(raw) else {
        return unreadable("the change is not JSON");
    };
    let change = Look(&change);
    let field = change.text("field").unwrap_or_default();
    let Some(value) = change.object("value") else {
        return unreadable("the change has no value");
    };
    let updates = messages_of(value);
    match (updates.is_empty(), field) {
        (false, _) => updates,
        (true, "messages" | "") => unreadable("the change has no messages, statuses or errors"),
        (true, field) => vec![Update::Account(account(waba, field, entry_time, raw))],
    }
}

fn unreadable(why: &'static str) -> Vec<Update> {
    vec![Update::Unreadable { why }]
}

/// Meta sends one kind at a time; any mix is accepted.
fn messages_of(value: Look<'_>) -> Vec<Update> {
    let mut updates: Vec<Update> = value.list("messages").map(|message| read_message(value, message)).collect();
    updates.extend(value.list("statuses").map(read_receipt));
    let codes = value.error_codes();
    if !codes.is_empty() {
        updates.push(Update::Errors { codes });
    }
    updates
}

fn account(waba: Option<&WabaId>, field: &str, time: Option<Timestamp>, raw: &str) -> AccountEvent {
    let at = time.map(|time| time.as_micros().to_be_bytes());
    let parts: [&[u8]; 4] = [
        waba.map(WabaId::as_str).unwrap_or_default().as_bytes(),
        field.as_bytes(),
        raw.as_bytes(),
        at.as_ref().map_or(&[], <[u8; 8]>::as_slice),
    ];
    AccountEvent { waba: waba.cloned(), field: word(field), time, digest: Sha256::of_parts(&parts) }
}

fn read_message(value: Look<'_>, message: Look<'_>) -> Update {
    let Some(wamid) = message.wamid("id") else {
        return Update::Unreadable { why: "a message without an id" };
    };
    let Some(sent_at) = message.time("timestamp") else {
        return Update::Unreadable { why: "a message without a time" };
    };
    let content = read_content(value, message);
    let contact = contact_of(value, message);
    Update::Message(Inbound {
        wamid,
        sender: sender(message, contact, &content),
        sent_at,
        profile_name: contact.and_then(|contact| contact.object("profile")?.personal("name")),
        context: message.object("context").map(read_context),
        group: message.text("group_id").is_some(),
        content,
    })
}

/// The contact block of the sender: the one that names the same id; for a message that names nobody, the only one. Never
/// a block that names somebody else: that would tie one person's number to another's case.
fn contact_of<'a>(value: Look<'a>, message: Look<'a>) -> Option<Look<'a>> {
    let mut contacts = value.list("contacts");
    let (from, from_user) = (message.text("from"), message.text("from_user_id"));
    if from.is_none() && from_user.is_none() {
        return contacts.next().filter(|_| contacts.next().is_none());
    }
    contacts.find(|contact| {
        let (phone, user) = (contact.text("wa_id"), contact.text("user_id"));
        (phone.is_some() && phone == from) || (user.is_some() && (user == from_user || user == from))
    })
}

/// What the message says of its sender, filled from the contact block; for a system message that names nobody, who they
/// were before the change, because that is whom the case knows.
fn sender(message: Look<'_>, contact: Option<Look<'_>>, content: &Content) -> SenderIds {
    let mut ids = message.ids("from", "from_user_id", "from_parent_user_id");
    if let Some(contact) = contact {
        let known = contact.ids("wa_id", "user_id", "parent_user_id");
        ids.phone = ids.phone.or(known.phone);
        ids.user_id = ids.user_id.or(known.user_id);
        ids.parent_user_id = ids.parent_user_id.or(known.parent_user_id);
    }
    if !ids.is_empty() {
        return ids;
    }
    match content {
        Content::System { change: SystemChange::Number { new, previous } | SystemChange::UserId { new, previous } } => {
            if previous.is_empty() {
                new.clone()
            } else {
                previous.clone()
            }
        }
        _ => ids,
    }
}

fn read_context(context: Look<'_>) -> Context {
    let forwarded = match (context.flag("frequently_forwarded"), context.flag("forwarded")) {
        (Some(true), _) => Forwarded::Frequently,
        (_, Some(true)) => Forwarded::Yes,
        _ => Forwarded::No,
    };
    Context { answers: context.wamid("id"), forwarded }
}

fn read_content(value: Look<'_>, message: Look<'_>) -> Content {
    let kind = message.text("type").unwrap_or_default();
    known_content(kind, message).unwrap_or_else(|| {
        let code = message.error_codes().first().or(value.error_codes().first()).copied();
        if code.is_some() || kind == "unsupported" {
            Content::Unsupported { code }
        } else {
            Content::Unknown { kind: word(kind) }
        }
    })
}

/// `None` when the type is not known or its payload is not there.
fn known_content(kind: &str, message: Look<'_>) -> Option<Content> {
    Some(match kind {
        "text" => Content::Text { body: message.object("text")?.personal("body")? },
        "image" | "document" | "video" | "audio" | "sticker" => Content::Media { media: read_media(kind, message)? },
        "interactive" => read_interactive(message.object("interactive")?)?,
        "button" => Content::Tap { reply_id: message.object("button")?.string("payload")? },
        "edit" => read_edit(message.object("edit")?)?,
        "revoke" => Content::Revoke { original: message.object("revoke")?.wamid("original_message_id")? },
        "reaction" => {
            let reaction = message.object("reaction")?;
            Content::Reaction { to: reaction.wamid("message_id"), emoji: reaction.string("emoji") }
        }
        "location" => Content::Location,
        "contacts" => Content::Contacts { own_number: own_number(message) },
        "order" => Content::Order,
        "system" => Content::System { change: read_system(message) },
        _ => return None,
    })
}

fn read_media(kind: &str, message: Look<'_>) -> Option<MediaRef> {
    let media = message.object(kind)?;
    let kind = match kind {
        "image" => MediaKind::Image,
        "document" => MediaKind::Document,
        "video" => MediaKind::Video,
        "sticker" => MediaKind::Sticker,
        _ if media.flag("voice") == Some(true) => MediaKind::Voice,
        _ => MediaKind::Audio,
    };
    Some(MediaRef {
        kind,
        id: MediaId::parse(media.text("id")?).ok()?,
        declared_mime: media.string("mime_type"),
        declared_sha256: media.text("sha256").and_then(|text| Sha256::parse(text).ok()),
        file_name: media.personal("filename"),
        caption: media.personal("caption"),
    })
}

fn read_interactive(interactive: Look<'_>) -> Option<Content> {
    if let Some(flow) = interactive.object("nfm_reply") {
        return Some(Content::FlowReply { name: flow.string("name"), response: flow_response(flow) });
    }
    let reply = interactive.object("button_reply").or_else(|| interactive.object("list_reply"))?;
    Some(Content::Tap { reply_id: reply.string("id")? })
}

/// Text by the API, an object on one of Meta's pages (docs/domain/whatsapp.md 5.2).
fn flow_response(flow: Look<'_>) -> Option<Pii<String>> {
    let response = flow.get("response_json")?.0;
    match response {
        Value::String(text) => Some(Pii::new(text.clone())),
        Value::Object(_) => Some(Pii::new(response.to_string())),
        _ => None,
    }
}

fn read_edit(edit: Look<'_>) -> Option<Content> {
    let message = edit.object("message");
    let inner = message.and_then(|message| known_content(message.text("type")?, message));
    let (body, media) = match inner {
        Some(Content::Text { body }) => (Some(body), None),
        Some(Content::Media { media }) => (None, Some(media)),
        _ => (None, None),
    };
    Some(Content::Edit { original: edit.wamid("original_message_id")?, body, media })
}

/// A shared card can be anyone's; only the answer to our own request is the sender's (docs/domain/whatsapp.md 1.6).
fn own_number(message: Look<'_>) -> Option<Pii<E164>> {
    let card = message.list("contacts").find(|card| card.text("origin") == Some("contact_request"))?;
    let phone = card.list("phones").next()?;
    let number = phone.text("wa_id").or_else(|| phone.text("phone"))?;
    E164::parse(number).ok().map(Pii::new)
}

fn read_system(message: Look<'_>) -> SystemChange {
    let Some(system) = message.object("system") else { return SystemChange::Other };
    let changed = || {
        let new = system.ids("wa_id", "user_id", "parent_user_id");
        let was = message.ids("from", "from_user_id", "from_parent_user_id");
        let previous = SenderIds {
            phone: was.phone,
            user_id: system.user_id("previous_user_id").or(was.user_id),
            parent_user_id: system.user_id("previous_parent_user_id").or(was.parent_user_id),
        };
        (new, previous)
    };
    match system.text("type") {
        Some("user_changed_number") => {
            let (new, previous) = changed();
            SystemChange::Number { new, previous }
        }
        Some("user_changed_user_id") => {
            let (new, previous) = changed();
            SystemChange::UserId { new, previous }
        }
        Some("customer_identity_changed") => {
            let identity = message.object("identity");
            SystemChange::Identity {
                acknowledged: identity.and_then(|identity| identity.flag("acknowledged")),
                hash: identity.and_then(|identity| identity.string("hash")),
            }
        }
        _ => SystemChange::Other,
    }
}

fn read_receipt(status: Look<'_>) -> Update {
    let Some(wamid) = status.wamid("id") else {
        return Update::Unreadable { why: "a receipt without a message id" };
    };
    let Some(at) = status.time("timestamp") else {
        return Update::Unreadable { why: "a receipt without a time" };
    };
    let Some(word) = status.text("status").and_then(ReceiptStatus::parse) else {
        return Update::Unreadable { why: "a receipt of an unknown status" };
    };
    Update::Receipt(Receipt {
        wamid,
        status: word,
        at,
        recipient: status.ids("recipient_id", "recipient_user_id", "recipient_parent_user_id"),
        callback: status.text("biz_opaque_callback_data").and_then(|text| OutboundId::parse(text).ok()),
        errors: status.error_codes(),
        pricing: status
            .object("pricing")
            .map(|pricing| Pricing { kind: pricing.string("type"), category: pricing.string("category") }),
    })
}

/// A word of Meta's as we may log it: short, lower case; anything else could be somebody's text.
fn word(text: &str) -> String {
    let is_word = !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if is_word { text.to_owned() } else { String::from("other") }
}
