//! Every route of the table, as nobody, as a stranger, without the scope, with it, and with wrong verbs and forms.

use portico_console::v1::{Audits, ROUTES, RouteInfo};
use portico_vocab::{CaseId, EvidenceId};
use serde_json::{Value, json};

use crate::bank::{Ask, BARE, BRAZIL, Bank, CORE, READER, get, post};

/// A well-formed call of a route on a case.
fn call(route: &RouteInfo, id: &str, evidence: EvidenceId, body: &Value) -> Ask {
    let path = route.path.replace("{id}", id).replace("{eid}", &evidence.to_string());
    match route.method {
        "POST" => post(path, "key-1", body),
        _ => get(path),
    }
}

async fn case_in_review(bank: &Bank) -> (CaseId, EvidenceId) {
    let id = bank.office.in_review("IN", "Asha Raovarma").await;
    (id, bank.office.case("IN", id).await.evidence[0].id)
}

fn names_a_case(route: &RouteInfo) -> bool {
    route.path.contains("{id}")
}

#[tokio::test]
async fn nobody_gets_in() {
    let bank = Bank::open().await;
    let (id, evidence) = case_in_review(&bank).await;
    for route in ROUTES {
        let ask = || call(route, &id.to_string(), evidence, &json!({}));
        let wrong = [ask(), ask().by("unknown"), ask().with("authorization", "Basic dG9rZW4=")];
        for ask in wrong {
            let answer = bank.ask(ask).await;
            assert_eq!(answer.problem(), (401, "unauthenticated".to_owned()), "{}", route.path);
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
        }
    }
    assert!(bank.accesses("IN", id).await.is_empty());
}

#[tokio::test]
async fn a_case_of_another_cell_does_not_exist() {
    let bank = Bank::open().await;
    let (id, evidence) = case_in_review(&bank).await;
    let entries = bank.entries("IN", id).await;
    let unknown = CaseId::from_bytes([7; 16]).to_string();
    for route in ROUTES.iter().filter(|route| names_a_case(route)) {
        for (client, id) in [(BRAZIL, id.to_string().as_str()), (CORE, unknown.as_str()), (CORE, "case_1")] {
            let answer = bank.ask(call(route, id, evidence, &json!({})).by(client)).await;
            assert_eq!(answer.problem(), (404, "not_found".to_owned()), "{client} {}", route.path);
        }
    }
    assert_eq!(bank.entries("IN", id).await, entries);
    assert!(bank.accesses("IN", id).await.is_empty() && bank.accesses("BR", id).await.is_empty());
}

#[tokio::test]
async fn without_its_scope_a_route_gives_nothing_and_the_attempt_is_recorded() {
    let bank = Bank::open().await;
    let (id, evidence) = case_in_review(&bank).await;
    for route in ROUTES {
        let Some(scope) = route.scope else { continue };
        let before = bank.accesses("IN", id).await.len();
        let answer = bank.ask(call(route, &id.to_string(), evidence, &json!({})).by(BARE)).await;
        let expected = if names_a_case(route) { (404, "not_found") } else { (403, "missing_scope") };
        assert_eq!(answer.problem(), (expected.0, expected.1.to_owned()), "{}", route.path);
        let mut refused = usize::from(names_a_case(route));

        if scope.as_str() != "case:read" {
            let answer = bank.ask(call(route, &id.to_string(), evidence, &json!({})).by(READER)).await;
            assert_eq!(answer.problem(), (403, "missing_scope".to_owned()), "{}", route.path);
            assert_eq!(answer.json()["scope"], scope.as_str());
            refused += usize::from(names_a_case(route));
        }
        let links = bank.accesses("IN", id).await.split_off(before);
        assert_eq!(links.len(), refused, "{}", route.path);
        let what = format!("refused:{} {}", route.method, route.path);
        assert!(links.iter().all(|link| link["what"] == what), "{}", route.path);
    }
}

#[tokio::test]
async fn every_route_leaves_the_trace_its_line_promises() {
    for route in ROUTES {
        let bank = Bank::open().await;
        let (id, evidence) = case_in_review(&bank).await;
        let body = match route.path.rsplit('/').next() {
            Some("decision") => bank.approval("IN", id, "approved_limited").await,
            Some("findings") => json!({ "check": "screening", "result": "clear", "ref": "run-1" }),
            Some("account") => {
                let approval = bank.approval("IN", id, "approved_limited").await;
                let path = format!("/v1/cases/{id}/decision");
                assert_eq!(bank.ask(post(path, "first", &approval).by(CORE)).await.status, 200);
                json!({ "status": "opened", "display": "••1234" })
            }
            _ => Value::Null,
        };
        let (entries, accesses) = (bank.entries("IN", id).await.len(), bank.accesses("IN", id).await.len());
        let answer = bank.ask(call(route, &id.to_string(), evidence, &body).by(CORE)).await;
        assert_eq!(answer.status, 200, "{} {}", route.path, String::from_utf8_lossy(&answer.bytes));
        let new_entries = bank.entries("IN", id).await.split_off(entries);
        let new_accesses = bank.accesses("IN", id).await.split_off(accesses);
        match route.audits {
            Audits::Nothing => assert!(new_entries.is_empty() && new_accesses.is_empty(), "{}", route.path),
            Audits::Access => {
                assert!(new_entries.is_empty() && new_accesses.len() == 1, "{}", route.path);
                assert_eq!(new_accesses[0]["actor"], "client:core-banking");
            }
            Audits::Entry => {
                assert_eq!(new_entries.len(), 1, "{}", route.path);
                assert!(new_entries[0].1.starts_with("client:core-banking"), "{}", route.path);
                assert_eq!(new_entries[0].2, "applied", "{}", route.path);
            }
        }
    }
}

#[tokio::test]
async fn wrong_verbs_forms_and_paths_are_named() {
    let bank = Bank::open().await;
    let (id, evidence) = case_in_review(&bank).await;
    for route in ROUTES {
        let ask = || call(route, &id.to_string(), evidence, &json!({})).by(CORE);
        let answer = bank.ask(ask().method("DELETE")).await;
        assert_eq!(answer.problem(), (405, "method_not_allowed".to_owned()), "{}", route.path);
        assert!(answer.headers["allow"].to_str().unwrap().contains(route.method), "{}", route.path);
        let answer = bank.ask(ask().with("accept", "text/html")).await;
        assert_eq!(answer.problem(), (406, "not_acceptable".to_owned()), "{}", route.path);
        if route.idempotent {
            let answer = bank.ask(ask().without("idempotency-key")).await;
            assert_eq!(answer.problem(), (400, "idempotency_key_missing".to_owned()));
            let answer = bank.ask(ask().with("idempotency-key", "two words")).await;
            assert_eq!(answer.problem(), (400, "idempotency_key_missing".to_owned()));
            let answer = bank.ask(ask().with("content-type", "text/plain")).await;
            assert_eq!(answer.problem(), (415, "not_json".to_owned()));
            let answer = bank.ask(ask().body(b"{")).await;
            assert_eq!(answer.problem(), (400, "unreadable".to_owned()));
            let answer = bank.ask(ask().body(b"{\"surprise\": \"Asha\"}")).await;
            assert_eq!(answer.problem(), (422, "body_invalid".to_owned()));
            assert!(answer.json()["detail"].as_str().unwrap().contains("surprise"));
            let answer = bank.ask(ask().body(&vec![b' '; 65 * 1024])).await;
            assert_eq!(answer.problem(), (413, "too_large".to_owned()));
        }
    }
    for path in ["/v1/nothing", "/v1/cases/", "/v1/cases/x/y/z"] {
        assert_eq!(bank.ask(get(path).by(CORE)).await.problem(), (404, "not_found".to_owned()), "{path}");
    }
    assert!(bank.entries("IN", id).await.iter().all(|(_, actor, _)| !actor.starts_with("client:")));
}

#[tokio::test]
async fn ids_of_request_and_trace_are_taken_echoed_and_kept() {
    let bank = Bank::open().await;
    let (id, _) = case_in_review(&bank).await;
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let ask = get(format!("/v1/cases/{id}/applicant")).by(CORE);
    let answer = bank.ask(ask.with("x-request-id", "call-7").with("traceparent", trace)).await;
    assert_eq!(
        (&answer.headers["x-request-id"], &answer.headers["traceparent"]),
        (&"call-7".parse().unwrap(), &trace.parse().unwrap())
    );
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(bank.accesses("IN", id).await[0]["request"], format!("call-7 {trace}"));

    let answer = bank.ask(get("/v1/whoami").with("x-request-id", "not one id").with("traceparent", "x")).await;
    let given = answer.headers["x-request-id"].to_str().unwrap();
    assert!(given.starts_with("req_") && !answer.headers.contains_key("traceparent"));
    assert_eq!(answer.json()["instance"], format!("urn:portico:request:{given}"));
}
