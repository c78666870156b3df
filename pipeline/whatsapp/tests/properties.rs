//! Properties: no JSON upsets the reader, and what is composed stays within Meta's limits.

#![expect(clippy::unwrap_used, reason = "a test stops where its fixture or sample is wrong")]

use std::path::Path;

use portico_vocab::{Language, OutboundId, Pii, WabaId};
use portico_whatsapp::compose::{Recipient, message};
use portico_whatsapp::envelope::slices;
use portico_whatsapp::inbound::read_change;
use portico_whatsapp::texts::{Action, Button, Rendered, Row, TextKey};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Any JSON, with Meta's own keys among the others.
fn any_json() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        prop::sample::select(vec![
            "field",
            "value",
            "messages",
            "statuses",
            "errors",
            "contacts",
            "metadata",
            "id",
            "from",
            "timestamp",
            "type",
            "text",
            "body",
            "image",
            "sha256",
            "interactive",
            "button_reply",
            "nfm_reply",
            "response_json",
            "system",
            "context",
            "edit",
            "message",
            "code",
            "status",
            "pricing",
            "entry",
            "changes",
            "phone_number_id",
            "time",
        ])
        .prop_map(str::to_owned),
        ".{0,6}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "text",
            "image",
            "system",
            "edit",
            "unsupported",
            "1750269342",
            "sent",
            "US.1",
            "wamid.A"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map(key.clone(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A real envelope, in which one value at any place is replaced.
fn mutated() -> impl Strategy<Value = Value> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/whatsapp/pywa/message.json");
    let cases: serde_json::Map<String, Value> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let cases: Vec<Value> = cases.into_iter().map(|(_, envelope)| envelope).collect();
    (prop::sample::select(cases), any::<prop::sample::Index>(), any_json()).prop_map(|(mut envelope, index, other)| {
        let count = places(&mut envelope, None, &mut 0);
        let mut left = index.index(count);
        places(&mut envelope, Some(&other), &mut left);
        envelope
    })
}

/// Counts the places of `json`; with `other`, puts it into the place numbered `left`.
fn places(json: &mut Value, other: Option<&Value>, left: &mut usize) -> usize {
    if let Some(other) = other {
        if *left == 0 {
            *json = other.clone();
            *left = usize::MAX;
            return 1;
        }
        *left -= 1;
    }
    1 + match json {
        Value::Array(list) => list.iter_mut().map(|value| places(value, other, left)).sum::<usize>(),
        Value::Object(map) => map.values_mut().map(|value| places(value, other, left)).sum(),
        _ => 0,
    }
}

fn read_all(body: &[u8]) {
    let Ok(envelope) = slices(body) else { return };
    for slice in &envelope.slices {
        let updates = read_change(slice.waba.as_ref(), slice.raw.get());
        assert!(!updates.is_empty(), "a change always says something");
        for update in updates {
            let _ = update.id_parts("1");
        }
    }
}

fn recipient() -> Recipient {
    Recipient::Phone(Pii::new(portico_vocab::E164::parse("16505551234").unwrap()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn a_changed_envelope_never_upsets_the_reader(envelope in mutated()) {
        read_all(&serde_json::to_vec(&envelope).unwrap());
    }

    #[test]
    fn no_json_and_no_text_upsets_the_reader(json in any_json(), text in ".{0,40}") {
        let waba = WabaId::parse("1").unwrap();
        let _ = read_change(Some(&waba), &json.to_string());
        let _ = read_change(None, &text);
        read_all(&serde_json::to_vec(&json!({ "entry": [{ "changes": [json] }] })).unwrap());
        read_all(text.as_bytes());
    }

    #[test]
    fn what_is_composed_keeps_the_limits(
        body in "\\PC{0,1100}",
        footer in prop::option::of("\\PC{0,70}"),
        titles in prop::collection::vec("\\PC{0,26}", 0..12),
        kind in 0..4_u8,
    ) {
        let action = match kind {
            0 => Action::None,
            1 => Action::Buttons(titles.iter().map(|t| Button { id: t.clone(), title: t.clone() }).collect()),
            2 => Action::List {
                button: titles.first().cloned().unwrap_or_default(),
                rows: titles.iter().map(|t| Row { id: t.clone(), title: t.clone(), description: t.repeat(3) }).collect(),
            },
            _ => Action::Link { title: titles.first().cloned().unwrap_or_default(), url: String::from("https://bank.example") },
        };
        let rendered = Rendered { key: TextKey::Help, language: Language::english(), body, footer, action };
        let Ok(request) = message(&rendered, &recipient(), &OutboundId::from_bytes([7; 16]), None) else { return Ok(()) };
        prop_assert!(longest(&request, "title") <= 24 && longest(&request, "description") <= 72);
        prop_assert!(longest(&request, "text") <= 1024 && longest(&request, "display_text") <= 20);
        let buttons = request["interactive"]["action"]["buttons"].as_array().map_or(1, Vec::len);
        prop_assert!((1..=3).contains(&buttons));
    }
}

/// The longest text under `key` anywhere, in characters.
fn longest(json: &Value, key: &str) -> usize {
    match json {
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| match value {
                Value::String(text) if name == key => text.chars().count(),
                other => longest(other, key),
            })
            .max()
            .unwrap_or(0),
        Value::Array(list) => list.iter().map(|value| longest(value, key)).max().unwrap_or(0),
        _ => 0,
    }
}
