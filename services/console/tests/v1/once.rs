//! A POST happens once, however often it is sent and whatever breaks in between.

use portico_case::{AccountReport, AccountStatus, Input, InputKind};
use portico_ledger::{ApiAnswer, ApiRequest};
use portico_vocab::{CaseId, Sha256};
use serde_json::{Value, json};

use crate::bank::{Answer, Bank, CORE, GROUP, get, post};

async fn approved(bank: &Bank) -> CaseId {
    let id = bank.office.in_review("IN", "Asha").await;
    let approval = bank.approval("IN", id, "approved_limited").await;
    let answer = bank.ask(post(format!("/v1/cases/{id}/decision"), "approve", &approval).by(CORE)).await;
    assert_eq!(answer.status, 200);
    id
}

async fn report(bank: &Bank, id: CaseId, client: &str, key: &str, body: &Value) -> Answer {
    bank.ask(post(format!("/v1/cases/{id}/account"), key, body).by(client)).await
}

async fn account_entries(bank: &Bank, id: CaseId) -> usize {
    bank.entries("IN", id).await.iter().filter(|(kind, ..)| kind == "api:account").count()
}

#[tokio::test]
async fn the_same_request_gets_the_first_answer() {
    let bank = Bank::open().await;
    let id = approved(&bank).await;
    let body = json!({ "status": "pending" });
    let first = report(&bank, id, CORE, "k", &body).await;
    bank.office.clock.advance(3600);
    let second = report(&bank, id, CORE, "k", &body).await;
    assert_eq!((first.status, &first.bytes), (second.status, &second.bytes));
    assert_eq!(account_entries(&bank, id).await, 1);

    let other = report(&bank, id, CORE, "k", &json!({ "status": "opened" })).await;
    assert_eq!(other.problem(), (422, "idempotency_key_reused".to_owned()));
    let finding = json!({ "status": "pending" });
    let elsewhere = bank.ask(post(format!("/v1/cases/{id}/findings"), "k", &finding).by(CORE)).await;
    assert_eq!(elsewhere.status, 422);
    assert_eq!(report(&bank, id, GROUP, "k", &body).await.status, 200, "keys are each client's own");
    assert_eq!(account_entries(&bank, id).await, 2);
}

#[tokio::test]
async fn a_refusal_is_an_answer_too() {
    let bank = Bank::open().await;
    let id = bank.office.in_review("IN", "Asha").await;
    let mut approval = bank.approval("IN", id, "approved_limited").await;
    approval["attest"] = json!([]);
    let ask = || post(format!("/v1/cases/{id}/decision"), "k", &approval).by(CORE);
    let first = bank.ask(ask()).await;
    let entries = bank.entries("IN", id).await;
    let second = bank.ask(ask()).await;
    assert_eq!(first.problem(), (422, "decision_refused".to_owned()));
    assert_eq!(first.json(), second.json());
    assert_eq!(bank.entries("IN", id).await, entries);
}

#[tokio::test]
async fn a_key_is_remembered_for_thirty_days() {
    let bank = Bank::open().await;
    let id = approved(&bank).await;
    assert_eq!(report(&bank, id, CORE, "k", &json!({ "status": "pending" })).await.status, 200);
    bank.office.clock.advance(31 * 86_400);
    // The answer is forgotten then; that it happened is not.
    let other = report(&bank, id, CORE, "k", &json!({ "status": "opened" })).await;
    assert_eq!(other.problem(), (422, "idempotency_key_reused".to_owned()));
    bank.office.clock.advance(31 * 86_400);
    let same = report(&bank, id, CORE, "k", &json!({ "status": "pending" })).await;
    assert_eq!(same.json()["result"], "applied");
    assert_eq!(account_entries(&bank, id).await, 1);
}

#[tokio::test]
async fn the_second_of_two_at_once_is_told_to_wait() {
    let bank = Bank::open().await;
    let id = approved(&bank).await;
    let body = json!({ "status": "pending" });
    let (first, second) = tokio::join!(report(&bank, id, CORE, "k", &body), report(&bank, id, CORE, "k", &body));
    assert_eq!(first.status, 200);
    assert_eq!(second.problem(), (409, "request_running".to_owned()));
    assert_eq!(second.headers["retry-after"], "1");
    assert_eq!(account_entries(&bank, id).await, 1);
}

#[tokio::test]
async fn who_hangs_up_finds_it_done() {
    let bank = Bank::open().await;
    let id = approved(&bank).await;
    let body = json!({ "status": "opened" });
    tokio::select! {
        biased;
        _ = report(&bank, id, CORE, "k", &body) => panic!("answered before anyone could hang up"),
        () = std::future::ready(()) => {}
    }
    while account_entries(&bank, id).await == 0 {
        tokio::task::yield_now().await;
    }
    while report(&bank, id, CORE, "k", &body).await.status == 409 {
        tokio::task::yield_now().await;
    }
    assert_eq!(report(&bank, id, CORE, "k", &body).await.json()["result"], "applied");
    assert_eq!(account_entries(&bank, id).await, 1);
}

/// What a process leaves that dies at its worst moments, and what the same request then comes to.
#[tokio::test]
async fn a_request_of_a_dead_process_is_taken_up() {
    for committed in [false, true] {
        let bank = Bank::open().await;
        let id = approved(&bank).await;
        let cell = bank.office.cell("IN");
        let body = json!({ "display": "••1234" });
        let path = format!("/v1/cases/{id}/account");
        let digest = Sha256::of_parts(&[b"POST", path.as_bytes(), body.to_string().as_bytes()]);
        let request = ApiRequest { client: CORE.to_owned(), key: "k".to_owned(), body: digest, at: cell.now() };
        assert_eq!(cell.ledger().begin_request(&request).await.unwrap(), ApiAnswer::New);
        if committed {
            let report = AccountReport {
                status: AccountStatus::Opened,
                display: Some("••1234".to_owned()),
                reason: None,
                retryable: false,
            };
            let input = Input {
                id: cell.keys().input_id(&[b"api", CORE.as_bytes(), b"k"]),
                kind: InputKind::ApiAccount { client: CORE.to_owned(), report },
            };
            cell.apply(id, input, None).await.unwrap();
        }
        let answer = report(&bank, id, CORE, "k", &body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["result"]), (200, &json!("applied")), "{committed}");
        assert_eq!(account_entries(&bank, id).await, 1);
    }
}

#[tokio::test]
async fn a_refusal_of_a_dead_process_is_still_a_refusal() {
    let bank = Bank::open().await;
    let id = bank.office.in_review("IN", "Asha").await;
    let cell = bank.office.cell("IN");
    let report = AccountReport { status: AccountStatus::Opened, display: None, reason: None, retryable: false };
    let input = Input {
        id: cell.keys().input_id(&[b"api", CORE.as_bytes(), b"k"]),
        kind: InputKind::ApiAccount { client: CORE.to_owned(), report },
    };
    cell.apply(id, input, None).await.unwrap();
    let answer = bank.ask(post(format!("/v1/cases/{id}/account"), "k", &json!({})).by(CORE)).await;
    assert_eq!(answer.problem(), (409, "wrong_stage".to_owned()));
    let case = bank.ask(get(format!("/v1/cases/{id}")).by(CORE)).await.json();
    assert!(case.get("account").is_none());
}
