//! The OpenAPI document says what the table says, and nothing dangles in it.

use std::collections::BTreeSet;

use portico_console::v1::{ROUTES, openapi};
use serde_json::Value;

use crate::bank::{Bank, CORE, get};

#[test]
fn the_document_is_as_reviewed() {
    insta::assert_json_snapshot!(openapi());
}

#[test]
fn every_route_is_described_with_its_scope_and_key() {
    let document = openapi();
    let mut ids = BTreeSet::new();
    for route in ROUTES {
        let operation = &document["paths"][route.path][route.method.to_ascii_lowercase()];
        assert!(operation.is_object(), "{}", route.path);
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{}", operation["operationId"]);
        assert_eq!(operation["x-scope"].as_str(), route.scope.map(|scope| scope.as_str()));
        let parameters = operation["parameters"].as_array().unwrap();
        assert_eq!(parameters.iter().any(|p| p["name"] == "Idempotency-Key"), route.idempotent);
        assert_eq!(operation["requestBody"].is_object(), route.method == "POST");
    }
    let described: usize =
        document["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len()).sum();
    assert_eq!(described, ROUTES.len());
}

#[test]
fn every_reference_resolves() {
    fn walk(value: &Value, document: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
                }
                members.values().for_each(|value| walk(value, document));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, document)),
            _ => {}
        }
    }
    let document = openapi();
    walk(&document, &document);
}

#[tokio::test]
async fn the_document_is_served() {
    let bank = Bank::open().await;
    assert_eq!(bank.ask(get("/v1/openapi.json").by(CORE)).await.json(), openapi());
}
