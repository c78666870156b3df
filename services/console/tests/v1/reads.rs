//! What reads show, and to whom.

use insta::assert_json_snapshot;
use portico_vocab::{ReasonCode, Sha256};
use serde_json::{Value, json};

use crate::bank::{BRAZIL, Bank, CORE, GROUP, PLAIN, READER, get, post};
use crate::support::{BLURRED, PASSPORT};

/// Ids and digests come from seeded keys, and would change with any other use of the seed.
fn steady(mut value: Value) -> Value {
    fn walk(value: &mut Value) {
        match value {
            Value::String(text) => {
                for prefix in ["case_", "ev_", "evt_"] {
                    while let Some(at) = text.find(prefix).filter(|at| text.len() >= at + prefix.len() + 26) {
                        let end = at + prefix.len() + 26;
                        text.replace_range(at..end, &format!("<{}>", prefix.trim_end_matches('_')));
                    }
                }
                if text.strip_prefix("sha256:").is_some_and(|hex| hex.len() == 64) {
                    *text = "sha256:<digest>".to_owned();
                }
            }
            Value::Array(items) => items.iter_mut().for_each(walk),
            Value::Object(members) => members.values_mut().for_each(walk),
            _ => {}
        }
    }
    walk(&mut value);
    value
}

#[tokio::test]
async fn a_case_shows_where_it_stands_and_nobody() {
    let bank = Bank::open().await;
    let id = bank.office.in_review("IN", "Asha Raovarma").await;
    let answer = bank.ask(get(format!("/v1/cases/{id}")).by(READER)).await;
    assert_json_snapshot!(steady(answer.json()));
    assert!(!String::from_utf8_lossy(&answer.bytes).contains("Asha"));
}

#[tokio::test]
async fn outstanding_says_what_the_applicant_still_has_to_bring() {
    let bank = Bank::open().await;
    let id = bank.office.applicant("IN", "Asha", "passport").await;
    let outstanding = async || bank.ask(get(format!("/v1/cases/{id}")).by(CORE)).await.json()["outstanding"].clone();
    assert_eq!(outstanding().await, json!(["document_front", "selfie"]));
    bank.office.photo("IN", id, BLURRED, Some(ReasonCode::PhotoBlurred)).await;
    assert_eq!(outstanding().await, json!(["document_front", "selfie"]));
    bank.office.photo("IN", id, PASSPORT, None).await;
    assert_eq!(outstanding().await, json!(["selfie"]));
}

#[tokio::test]
async fn an_applicant_is_what_is_known_and_claimed() {
    let bank = Bank::open().await;
    let id = bank.office.in_review("IN", "Asha Raovarma").await;
    let answer = bank.ask(get(format!("/v1/cases/{id}/applicant")).by(CORE)).await;
    assert_eq!(
        answer.json(),
        json!({
            "case_id": id.to_string(),
            "best": { "document": { "kind": "passport", "country": "IN" } },
            "claims": [
                { "name": "name", "value": "Asha Raovarma", "source": { "kind": "profile", "evidence": null, "box": null }, "verified": false },
            ],
        })
    );
}

#[tokio::test]
async fn pictures_are_the_stored_derivatives_and_match_their_list() {
    let bank = Bank::open().await;
    let id = bank.office.in_review("IN", "Asha").await;
    let list = bank.ask(get(format!("/v1/cases/{id}/evidence")).by(CORE)).await.json();
    assert_json_snapshot!(steady(list.clone()));
    let image = &list["items"][0]["derivatives"][0];
    let answer = bank.ask(get(image["href"].as_str().unwrap()).by(CORE).with("accept", "image/*")).await;
    assert_eq!(answer.headers["content-type"], "image/jpeg");
    assert!(answer.bytes == PASSPORT);
    let digest = Sha256::of(&answer.bytes);
    assert_eq!(answer.headers["repr-digest"], format!("sha-256=:{}:", digest.to_base64()));
    assert_eq!(image["sha256"], format!("sha256:{digest}"));
    let accesses = bank.accesses("IN", id).await;
    assert_eq!(accesses[1]["what"], format!("image:{}", list["items"][0]["id"].as_str().unwrap()));

    let unknown = bank.ask(get(format!("/v1/cases/{id}/evidence/ev_00000000000000000000000000")).by(CORE)).await;
    assert_eq!(unknown.problem(), (404, "not_found".to_owned()));
}

#[tokio::test]
async fn a_wamid_is_shown_to_those_who_may_know_the_applicant() {
    let bank = Bank::open().await;
    let id = bank.office.in_review("IN", "Asha").await;
    let path = format!("/v1/cases/{id}/history?limit=3");
    let known = bank.ask(get(&path).by(CORE)).await.json();
    assert_json_snapshot!(steady(known.clone()), { ".items[].input" => "<keyed id>", ".next" => "<cursor>" });
    assert_eq!(bank.accesses("IN", id).await.len(), 1);
    let unknown = bank.ask(get(&path).by(READER)).await;
    assert!(!String::from_utf8_lossy(&unknown.bytes).contains("wamid"));
    assert_eq!(unknown.json()["items"][2]["digest"], known["items"][2]["digest"]);
    assert_eq!(bank.accesses("IN", id).await.len(), 1, "nothing personal was read");
}

#[tokio::test]
async fn a_silent_reason_is_internal_to_all_but_those_who_may_know() {
    let bank = Bank::open().await;
    let id = bank.office.in_review("BR", "Lívia").await;
    let body = json!({
        "outcome": "declined",
        "reasons": ["fraud_suspected", "screening_hit", "document_damaged"],
        "officer": { "id": "e1", "role": "kyc" },
    });
    let answer = bank.ask(post(format!("/v1/cases/{id}/decision"), "k", &body).by(BRAZIL)).await;
    assert_eq!(answer.status, 200);
    let reasons =
        async |client| bank.ask(get(format!("/v1/cases/{id}")).by(client)).await.json()["decision"]["reasons"].clone();
    assert_eq!(reasons(GROUP).await, json!(["fraud_suspected", "screening_hit", "document_damaged"]));
    assert_eq!(reasons(PLAIN).await, json!(["internal", "document_damaged"]));

    bank.office.cell("BR").ledger().sequence(100).await.unwrap();
    let events = bank.ask(get("/v1/events").by(BRAZIL)).await;
    let text = String::from_utf8_lossy(&events.bytes);
    assert!(text.contains("internal") && !text.contains("fraud") && !text.contains("screening_hit"), "{text}");
}

#[tokio::test]
async fn what_a_client_may_know_of_itself() {
    let bank = Bank::open().await;
    let whoami = bank.ask(get("/v1/whoami").by(READER)).await.json();
    assert_eq!(whoami, json!({ "client": "reader", "cells": ["IN"], "scopes": ["case:read"] }));
    let keys = bank.ask(get("/v1/webhook-keys").by(READER)).await.json();
    assert_eq!(keys, json!({ "items": [{ "key": "whpk_example" }], "next": null }));
    let problems = bank.ask(get("/v1/problems").by(READER)).await.json();
    assert_json_snapshot!(problems);
}
