//! The bodies of webhooks. Pure: from what happened to the JSON that says it (Meta: Messages webhook, Status messages
//! webhook, 2026-09-14; Business-scoped user ids, 2026-06-29).

use portico_vocab::{MediaId, Sha256, Timestamp, Wamid};
use serde_json::{Map, Value, json};

use crate::applicant::Applicant;
use crate::config::Number;
use crate::graph::titles;
use crate::inbound::{Content, Inbound};
use crate::sent::{SentContent, SentMessage};

/// A message of an applicant, in its envelope. `file` is the id and digest of what was attached.
pub(super) fn message(
    number: &Number,
    applicant: &Applicant,
    wamid: &Wamid,
    at: Timestamp,
    inbound: &Inbound,
    file: Option<(&MediaId, Sha256)>,
) -> Value {
    let mut message = payload(&inbound.content, file);
    message.insert("id".into(), json!(wamid));
    message.insert("timestamp".into(), json!(at.as_seconds().to_string()));
    // Absent, not empty, when the person hides it.
    insert_some(&mut message, "from", applicant.wa_id());
    insert_some(&mut message, "from_user_id", applicant.bsuid());
    if let Some(context) = context(number, inbound) {
        message.insert("context".into(), context);
    }
    envelope(number, Some(applicant), "messages", json!([message]))
}

/// A receipt for a message of the business. `to` is `None` for an address that reaches nobody.
pub(super) fn status(
    number: &Number,
    to: Option<&Applicant>,
    address: &str,
    sent: &SentMessage,
    status: &str,
    at: Timestamp,
    error: Option<u32>,
) -> Value {
    let mut body = Map::new();
    body.insert("id".into(), json!(sent.wamid));
    body.insert("status".into(), json!(status));
    body.insert("timestamp".into(), json!(at.as_seconds().to_string()));
    insert_some(&mut body, "recipient_id", to.map_or(Some(address), Applicant::wa_id));
    insert_some(&mut body, "recipient_user_id", to.and_then(Applicant::bsuid));
    insert_some(&mut body, "biz_opaque_callback_data", sent.callback.as_deref());
    if status == "sent" {
        body.insert("pricing".into(), pricing(&sent.content));
    }
    if let Some(code) = error {
        body.insert("errors".into(), json!([error_object(code)]));
    }
    // The contacts block is there for sent, delivered and read, and absent for failed.
    let contact = if error.is_some() { None } else { to };
    envelope(number, contact, "statuses", json!([body]))
}

fn envelope(number: &Number, contact: Option<&Applicant>, key: &str, content: Value) -> Value {
    let mut value = Map::new();
    value.insert("messaging_product".into(), json!("whatsapp"));
    value.insert(
        "metadata".into(),
        json!({"display_phone_number": number.display_number, "phone_number_id": number.phone_number_id}),
    );
    if let Some(applicant) = contact {
        let mut contact = Map::new();
        contact.insert("profile".into(), json!({"name": applicant.name}));
        insert_some(&mut contact, "wa_id", applicant.wa_id());
        insert_some(&mut contact, "user_id", applicant.bsuid());
        value.insert("contacts".into(), json!([contact]));
    }
    value.insert(key.into(), content);
    let change = json!({"field": "messages", "value": value});
    json!({"object": "whatsapp_business_account", "entry": [{"id": number.waba_id, "changes": [change]}]})
}

fn context(number: &Number, inbound: &Inbound) -> Option<Value> {
    match (&inbound.context, inbound.forwarded) {
        (Some(answered), _) => Some(json!({"from": number.display_number, "id": answered})),
        // A forwarded message has no `id` in its context.
        (None, true) => Some(json!({"forwarded": true})),
        (None, false) => None,
    }
}

/// `type` and the payload under the key of that name.
fn payload(content: &Content, file: Option<(&MediaId, Sha256)>) -> Map<String, Value> {
    let (word, payload) = match content {
        Content::Text { body } => ("text", json!({"body": body})),
        Content::Media(attachment) => {
            let mut media = Map::new();
            if let Some((id, digest)) = file {
                media.insert("id".into(), json!(id));
                // Base64 here, hex in the look-up: both as Meta does.
                media.insert("sha256".into(), json!(digest.to_base64()));
            }
            media.insert("mime_type".into(), json!(attachment.mime));
            insert_some(&mut media, "caption", attachment.caption.as_deref());
            insert_some(&mut media, "filename", attachment.filename.as_deref());
            match attachment.kind {
                crate::MediaKind::Audio => media.insert("voice".into(), json!(true)),
                crate::MediaKind::Sticker => media.insert("animated".into(), json!(false)),
                _ => None,
            };
            (attachment.kind.word(), Value::Object(media))
        }
        Content::Reply { id, title, description, from_list } => {
            let kind = if *from_list { "list_reply" } else { "button_reply" };
            let mut reply = Map::new();
            reply.insert("id".into(), json!(id));
            reply.insert("title".into(), json!(title));
            insert_some(&mut reply, "description", description.as_deref().filter(|_| *from_list));
            ("interactive", json!({"type": kind, kind: reply}))
        }
        Content::Reaction { to, emoji } => ("reaction", json!({"message_id": to, "emoji": emoji})),
        Content::Edit { original, body } => {
            ("edit", json!({"original_message_id": original, "message": {"type": "text", "text": {"body": body}}}))
        }
        Content::Revoke { original } => ("revoke", json!({"original_message_id": original})),
        Content::TooLarge => return refused(131_052),
        Content::Unsupported => return refused(131_051),
        Content::Raw(value) => return value.as_object().cloned().unwrap_or_default(),
    };
    Map::from_iter([("type".to_owned(), json!(word)), (word.to_owned(), payload)])
}

fn refused(code: u32) -> Map<String, Value> {
    Map::from_iter([("type".to_owned(), json!("unsupported")), ("errors".to_owned(), json!([error_object(code)]))])
}

fn error_object(code: u32) -> Value {
    let (title, details) = titles(code);
    json!({"code": code, "title": title, "message": title, "error_data": {"details": details}})
}

/// Since 2026-10-01 free-form replies are billed too; the version 24 webhook has no `conversation` block any more.
fn pricing(content: &SentContent) -> Value {
    let category = if matches!(content, SentContent::Template { .. }) { "utility" } else { "service" };
    json!({"billable": true, "pricing_model": "PMP", "type": "regular", "category": category})
}

fn insert_some(map: &mut Map<String, Value>, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        map.insert(key.to_owned(), Value::from(value));
    }
}
