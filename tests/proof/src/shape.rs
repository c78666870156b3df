//! Every shape of webhook there is: what others have published (`fixtures/whatsapp`), and what Meta documents and nobody
//! has published.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// Every body of the fixtures, and those that only the documents know, each with its name.
///
/// # Errors
/// When a fixture is no JSON.
pub fn shapes() -> Result<Vec<(String, Value)>> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/whatsapp");
    let mut found = Vec::new();
    for folder in fs::read_dir(fixtures)? {
        let folder = folder?.path();
        for file in folder.is_dir().then(|| fs::read_dir(&folder)).transpose()?.into_iter().flatten() {
            let file = file?.path();
            let text = fs::read_to_string(&file)?;
            let name = file.file_stem().and_then(|name| name.to_str()).context("a fixture without a name")?;
            collect(name, &serde_json::from_str(&text)?, &mut found);
        }
    }
    found.extend(documented());
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found)
}

fn collect(name: &str, value: &Value, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(map) if map.get("object").is_some() => found.push((name.to_owned(), value.clone())),
        Value::Object(map) => map.iter().for_each(|(key, value)| collect(&format!("{name}.{key}"), value, found)),
        _ => {}
    }
}

/// Fields that no fixture has.
fn documented() -> Vec<(String, Value)> {
    let contact = json!({"profile": {"name": "n", "username": "u"}, "wa_id": "1", "user_id": "US.1",
        "parent_user_id": "US.ENT.1", "identity_key_hash": "h"});
    let message = |kind: &str, payload: Value| {
        json!({"from": "1", "from_user_id": "US.1", "from_parent_user_id": "US.ENT.1", "id": "w", "timestamp": "1",
            "type": kind, kind: payload})
    };
    let mut group = message("text", json!({"body": "b"}));
    group["group_id"] = json!("g");
    let card = json!([{"origin": "contact_request", "vcard": "v", "name": {"formatted_name": "f"},
        "phones": [{"phone": "2", "wa_id": "2", "type": "CELL"}]}]);
    let status = json!({"id": "w", "status": "failed", "timestamp": "1", "recipient_id": "1", "recipient_user_id": "US.1",
        "recipient_parent_user_id": "US.ENT.1", "recipient_identity_key_hash": "h",
        "errors": [{"code": 131_026, "title": "t", "message": "m", "error_data": {"details": "d"}}]});
    let system = json!({"type": "user_changed_user_id", "body": "b", "user_id": "US.2", "parent_user_id": "US.ENT.2",
        "previous_user_id": "US.1", "previous_parent_user_id": "US.ENT.1"});
    let mut poll = message("unsupported", json!({"type": "poll"}));
    poll["errors"] =
        json!([{"code": 131_051, "title": "t", "message": "m", "details": "d", "error_data": {"details": "d"}}]);
    let mut nameless = message("text", json!({"body": "b"}));
    nameless["id"] = Value::Null;
    let body = |value: Value| {
        json!({"object": "whatsapp_business_account", "entry": [{"id": "a", "changes": [
        {"field": "messages", "value": value}]}]})
    };
    let metadata = json!({"phone_number_id": "n", "display_phone_number": "d"});
    let of = |message: Value| body(json!({"metadata": metadata, "contacts": [contact], "messages": [message]}));
    vec![
        ("documented.group".to_owned(), of(group)),
        ("documented.card".to_owned(), of(message("contacts", card))),
        ("documented.unknown_type".to_owned(), of(message("hologram", json!({"secret": "s", "deep": [{"er": "e"}]})))),
        ("documented.payload_of_another_type".to_owned(), of(message("text", json!(["b"])))),
        ("documented.poll".to_owned(), of(poll)),
        ("documented.user_changed_user_id".to_owned(), of(message("system", system))),
        ("documented.without_an_id".to_owned(), of(nameless)),
        ("documented.receipt".to_owned(), body(json!({"metadata": metadata, "statuses": [status]}))),
        ("documented.nothing_known".to_owned(), body(json!({"metadata": metadata, "contacts": [contact]}))),
    ]
}
