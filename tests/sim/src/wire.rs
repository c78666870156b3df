//! What Meta posts, as text: one change of a webhook a message or receipt.

use portico_vocab::{PhoneNumberId, Timestamp, WabaId};
use serde_json::{Map, Value, json};

pub const NUMBER: &str = "1555000111";
pub const WABA: &str = "1555000999";

/// By which of their names WhatsApp calls somebody this time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    pub phone: Option<String>,
    pub user_id: Option<String>,
}

/// One change, on its way to us until it is answered 200.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    pub change: String,
    /// Its place among all that was posted.
    pub order: u64,
    pub said_at: Timestamp,
    pub what: String,
}

#[must_use]
pub fn number() -> Option<PhoneNumberId> {
    PhoneNumberId::parse(NUMBER).ok()
}

#[must_use]
pub fn waba() -> Option<WabaId> {
    WabaId::parse(WABA).ok()
}

/// A message of `from`: `content` is its `type` and the payload under that name.
#[must_use]
pub fn message(from: &Names, wamid: &str, at: Timestamp, context: Option<&str>, content: Value) -> String {
    let mut message = match content {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    message.insert("id".into(), json!(wamid));
    message.insert("timestamp".into(), json!(at.as_seconds().to_string()));
    if let Some(phone) = &from.phone {
        message.insert("from".into(), json!(phone));
    }
    if let Some(user_id) = &from.user_id {
        message.insert("from_user_id".into(), json!(user_id));
    }
    if let Some(answered) = context {
        message.insert("context".into(), json!({ "from": NUMBER, "id": answered }));
    }
    change("messages", &json!([message]))
}

/// What became of a message of ours.
#[must_use]
pub fn receipt(to: &Names, wamid: &str, callback: &str, status: &str, at: Timestamp) -> String {
    let mut body = json!({
        "id": wamid,
        "status": status,
        "timestamp": at.as_seconds().to_string(),
        "biz_opaque_callback_data": callback,
    });
    if let Some(phone) = &to.phone {
        body["recipient_id"] = json!(phone);
    }
    if let Some(user_id) = &to.user_id {
        body["recipient_user_id"] = json!(user_id);
    }
    if status == "failed" {
        body["errors"] = json!([{ "code": 131_026, "title": "Message undeliverable" }]);
    }
    change("statuses", &json!([body]))
}

/// Something about the account.
#[must_use]
pub fn account(word: &str) -> String {
    json!({ "field": "phone_number_quality_update", "value": { "event": word } }).to_string()
}

fn change(key: &str, content: &Value) -> String {
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": NUMBER, "phone_number_id": NUMBER },
        key: content,
    });
    json!({ "field": "messages", "value": value }).to_string()
}
