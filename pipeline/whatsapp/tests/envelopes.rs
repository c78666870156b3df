//! Every published webhook in fixtures/whatsapp is read through the same two steps as in production.

#![expect(clippy::unwrap_used, reason = "a test stops where its fixture or sample is wrong")]

use std::path::{Path, PathBuf};

use portico_vocab::{Pii, Purpose};
use portico_whatsapp::envelope::slices;
use portico_whatsapp::inbound::{Content, Inbound, Receipt, SenderIds, SystemChange, Update, read_change_at};
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/whatsapp")
}

/// (file and case name, envelope), in the order of the names.
fn envelopes() -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let mut folders: Vec<_> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    for folder in folders.iter().filter(|path| path.is_dir()) {
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files {
            let json = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
            let name = file.file_stem().unwrap().to_str().unwrap();
            collect(&json, &format!("{}/{name}", folder.file_name().unwrap().to_str().unwrap()), &mut found);
        }
    }
    found
}

/// Some files map a case name to an envelope, the vectors hold one as text.
fn collect(json: &Value, name: &str, found: &mut Vec<(String, Value)>) {
    match json {
        Value::Object(map) if map.contains_key("entry") => found.push((name.to_owned(), json.clone())),
        Value::Object(map) => map.iter().for_each(|(key, value)| collect(value, &format!("{name} {key}"), found)),
        Value::String(text) if text.starts_with('{') => collect(&serde_json::from_str(text).unwrap(), name, found),
        _ => {}
    }
}

fn read(envelope: &Value) -> Vec<Update> {
    let body = serde_json::to_vec(envelope).unwrap();
    let envelope = slices(&body).unwrap();
    let read = |slice: &portico_whatsapp::envelope::Slice<'_>| {
        read_change_at(slice.waba.as_ref(), slice.entry_time, slice.raw.get())
    };
    envelope.slices.iter().flat_map(read).collect()
}

fn case(name: &str) -> Vec<Update> {
    let found = envelopes().into_iter().find(|(found, _)| found == name);
    read(&found.unwrap_or_else(|| panic!("no fixture {name}")).1)
}

fn message(name: &str) -> Inbound {
    match case(name).into_iter().next() {
        Some(Update::Message(message)) => message,
        other => panic!("{name}: {other:?}"),
    }
}

fn show<T: AsRef<str>>(text: T) -> String {
    text.as_ref().to_owned()
}

fn ids(sender: &SenderIds) -> String {
    let known = [
        sender.phone.as_ref().map(|_| "phone"),
        sender.user_id.as_ref().map(|_| "user id"),
        sender.parent_user_id.as_ref().map(|_| "parent id"),
    ];
    known.into_iter().flatten().collect::<Vec<_>>().join(" + ")
}

/// One line an update: what it is and by whom, without anybody's data.
fn line(update: &Update) -> String {
    match update {
        Update::Message(Inbound { content, sender, context, .. }) => {
            let content = match content {
                Content::System { change } => format!("system {}", show(word(&format!("{change:?}")))),
                Content::Media { media } => {
                    let hash = if media.declared_sha256.is_some() { "hash" } else { "no hash" };
                    format!("{:?}, {hash}, {}", media.kind, media.declared_mime.as_deref().unwrap_or("no type"))
                }
                Content::Tap { reply_id } => format!("Tap {reply_id}"),
                Content::Unsupported { code } => format!("Unsupported {code:?}"),
                Content::Unknown { kind } => format!("Unknown {kind}"),
                other => word(&format!("{other:?}")),
            };
            let context = context.as_ref().map_or(String::new(), |context| {
                let answers = if context.answers.is_some() { "an answer" } else { "no answer" };
                format!("; {answers}, forwarded {:?}", context.forwarded)
            });
            format!("message from {}: {content}{context}", ids(sender))
        }
        Update::Receipt(Receipt { status, recipient, errors, pricing, .. }) => {
            let pricing = pricing.as_ref().and_then(|pricing| pricing.category.as_deref());
            format!("receipt {} for {}: errors {errors:?}, {pricing:?}", status.as_str(), ids(recipient))
        }
        Update::Account(event) => format!("account {} of {:?}", event.field, event.waba),
        Update::Errors { codes } => format!("errors {codes:?}"),
        Update::Unreadable { why } => format!("unreadable: {why}"),
    }
}

fn word(debug: &str) -> String {
    debug.split([' ', '(']).next().unwrap_or_default().to_owned()
}

#[test]
fn every_published_envelope_is_read() {
    let lines: Vec<String> = envelopes()
        .iter()
        .map(|(name, envelope)| {
            let updates = read(envelope);
            assert!(!updates.is_empty(), "{name}: nothing read");
            format!("{name}\n    {}", updates.iter().map(line).collect::<Vec<_>>().join("\n    "))
        })
        .collect();
    assert!(lines.len() > 60, "fixtures are missing: {} envelopes", lines.len());
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn canonical_forms_survive_storing() {
    for (name, envelope) in envelopes() {
        for update in read(&envelope) {
            match update {
                Update::Message(message) => {
                    let stored = serde_json::to_string(&message).unwrap();
                    assert_eq!(serde_json::from_str::<Inbound>(&stored).unwrap(), message, "{name}");
                }
                Update::Receipt(receipt) => {
                    let stored = serde_json::to_string(&receipt).unwrap();
                    assert_eq!(serde_json::from_str::<Receipt>(&stored).unwrap(), receipt, "{name}");
                }
                _ => {}
            }
        }
    }
}

#[test]
fn ids_differ_between_envelopes_and_agree_on_repeats() {
    let Update::Receipt(sent) = &case("pywa/message_status sent")[0] else { panic!() };
    let Update::Receipt(read) = &case("pywa/message_status read")[0] else { panic!() };
    let parts = |receipt: &Receipt| Update::Receipt(receipt.clone()).id_parts("106540352242922");
    assert_eq!(parts(sent), parts(sent));
    assert_ne!(parts(sent), parts(read), "the status is part of the id");
    let message = Update::Message(message("pywa/message text"));
    assert_ne!(message.id_parts("1"), message.id_parts("2"), "the number is part of the id");
}

#[test]
fn a_picture_keeps_what_is_declared_and_tolerates_an_impossible_hash() {
    let Content::Media { media } = message("meta-openapi/Image_Message").content else { panic!() };
    assert!(media.declared_sha256.is_some() && media.caption.is_some());
    assert_eq!(media.declared_mime.as_deref(), Some("image/jpeg"));
    let Content::Media { media } = message("pywa/message image").content else { panic!() };
    assert_eq!((media.declared_sha256, media.id.as_str()), (None, "65463453"));
}

#[test]
fn a_changed_number_names_both_and_the_sender_is_the_old_one() {
    let message = message("meta-openapi/System_Message");
    let Content::System { change: SystemChange::Number { new, previous } } = &message.content else { panic!() };
    let phone = |ids: &SenderIds| ids.phone.as_ref().map(|phone| phone.expose(Purpose::Show).as_str().to_owned());
    assert_eq!(phone(new).as_deref(), Some("12195555358"));
    assert_eq!(phone(previous).as_deref(), Some("16505551234"));
    assert_eq!(phone(&message.sender), phone(previous));
}

#[test]
fn only_the_answer_to_our_request_gives_a_number() {
    let change = |origin: &str| {
        format!(
            r#"{{"field":"messages","value":{{"messages":[{{"from":"US.13491208655302741918","id":"wamid.1","timestamp":"1","type":"contacts",
               "contacts":[{{"origin":"{origin}","phones":[{{"phone":"+1 650-555-1234"}}]}}]}}]}}}}"#
        )
    };
    let number = |origin: &str| match &read_change_at(None, None, &change(origin))[0] {
        Update::Message(Inbound { content: Content::Contacts { own_number }, sender, .. }) => {
            assert_eq!(ids(sender), "user id", "a user id where the phone belongs is told by its shape");
            own_number.clone().map(|number: Pii<_>| number.expose(Purpose::Show).as_str().to_owned())
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(number("contact_request").as_deref(), Some("16505551234"));
    assert_eq!(number("other"), None);
}

#[test]
fn a_contact_block_of_somebody_else_is_not_taken() {
    let change = r#"{"field":"messages","value":{
        "contacts":[{"wa_id":"4915112345678","user_id":"DE.1","profile":{"name":"Somebody else"}}],
        "messages":[{"from":"16505551234","id":"wamid.1","timestamp":1,"type":"text","text":{"body":"hi"},"group_id":"g"}]}}"#;
    let Update::Message(message) = &read_change_at(None, None, change)[0] else { panic!() };
    assert_eq!((ids(&message.sender).as_str(), &message.profile_name), ("phone", &None));
    assert!(message.group, "marked, so that it can be ignored");
    assert!(!format!("{message:?}").contains("16505551234"), "Debug shows no personal data");
}

#[test]
fn an_account_event_has_its_time_in_its_identity() {
    let raw = r#"{"field":"account_update","value":{"event":"DISABLED_UPDATE"}}"#;
    let at = |seconds: i64| match &read_change_at(None, Some(portico_vocab::Timestamp::from_seconds(seconds)), raw)[0] {
        Update::Account(event) => event.digest,
        other => panic!("{other:?}"),
    };
    assert_eq!(at(1), at(1));
    assert_ne!(at(1), at(2));
}

#[test]
fn a_changed_user_id_without_a_sender_comes_from_whom_the_case_knows() {
    let change = r#"{"field":"messages","value":{"messages":[{"id":"wamid.1","timestamp":"1753851315","type":"system",
        "system":{"type":"user_changed_user_id","user_id":"US.2","previous_user_id":"US.1","wa_id":"16505551234"}}]}}"#;
    let Update::Message(message) = &read_change_at(None, None, change)[0] else { panic!() };
    let user = |ids: &SenderIds| ids.user_id.as_ref().map(|id| id.expose(Purpose::Show).as_str().to_owned());
    let Content::System { change: SystemChange::UserId { new, previous } } = &message.content else { panic!() };
    assert_eq!((user(new).as_deref(), user(previous).as_deref()), (Some("US.2"), Some("US.1")));
    assert_eq!(message.sender, *previous);
}

#[test]
fn one_odd_message_does_not_take_the_others_with_it() {
    let change = r#"{"field":"messages","value":{"messages":[
        {"id":"wamid.1","timestamp":"1","from":"16505551234","type":"hologram","hologram":{}},
        {"id":7,"timestamp":"1"}, "text", {"id":"wamid.2"},
        {"id":"wamid.3","timestamp":"2","from":"16505551234","type":"text","text":{"body":"hello"}},
        {"id":"wamid.4","timestamp":"3","from":"16505551234","type":"image","image":{"id":null}}],
        "statuses":[{"id":"wamid.5","timestamp":"4","status":"teleported"}]}}"#;
    insta::assert_snapshot!(read_change_at(None, None, change).iter().map(line).collect::<Vec<_>>().join("\n"), @r"
    message from phone: Unknown hologram
    unreadable: a message without an id
    unreadable: a message without an id
    unreadable: a message without a time
    message from phone: Text
    message from phone: Unknown image
    unreadable: a receipt of an unknown status
    ");
}
