//! What a bank may do to a case, and what it may not.

use portico_vocab::CaseId;
use serde_json::{Value, json};

use crate::bank::{Answer, Bank, CORE, GROUP, get, post};

async fn decide(bank: &Bank, id: CaseId, key: &str, body: &Value) -> Answer {
    bank.ask(post(format!("/v1/cases/{id}/decision"), key, body).by(GROUP)).await
}

#[tokio::test]
async fn an_approval_is_decided_told_and_announced() {
    let bank = Bank::open().await;
    let id = bank.office.in_review("IN", "Asha").await;
    let approval = bank.approval("IN", id, "approved_limited").await;
    let receipt = decide(&bank, id, "k1", &approval).await;
    assert_eq!(receipt.status, 200);
    let receipt = receipt.json();
    assert_eq!((&receipt["result"], &receipt["outcome"]), (&json!("applied"), &json!("approved_limited")));

    let case = bank.ask(get(format!("/v1/cases/{id}")).by(CORE)).await.json();
    assert_eq!(case["stage"], "decided");
    assert_eq!(case["decision"]["limits"], json!({ "code": "in_non_face_to_face", "until": "2027-11-22" }));
    assert_eq!(case["decision"]["decided_by"], json!(["client:group/e.1234:kyc_officer"]));
    assert_eq!(case["decision"]["dossier"], approval["dossier"]);
    assert_eq!(case["told"]["state"], "queued");
    bank.office.tell_all("IN").await;
    let case = bank.ask(get(format!("/v1/cases/{id}")).by(CORE)).await.json();
    assert_eq!(case["told"]["state"], "read");

    bank.office.cell("IN").ledger().sequence(100).await.unwrap();
    let events = bank.ask(get("/v1/events?type=kyc.account.approved").by(CORE)).await.json();
    assert_eq!(events["items"].as_array().unwrap().len(), 1);
    assert_eq!(events["items"][0]["data"]["outcome"], "approved_limited");
}

#[tokio::test]
async fn a_decision_that_may_not_be_made_says_all_that_is_missing() {
    let bank = Bank::open().await;
    let id = bank.office.in_review("IN", "Asha").await;
    let mut approval = bank.approval("IN", id, "approved").await;
    approval["attest"] = json!([]);
    approval["reasons"] = json!(["document_expired"]);
    let answer = decide(&bank, id, "k1", &approval).await;
    assert_eq!(answer.problem(), (422, "decision_refused".to_owned()));
    let body = answer.json();
    let whys: Vec<_> = body["objections"].as_array().unwrap().iter().map(|o| o["why"].as_str().unwrap()).collect();
    assert!(
        ["outcome_not_allowed", "reasons_wrong", "checks_missing"].iter().all(|why| whys.contains(why)),
        "{whys:?}"
    );
    assert!(body["detail"].as_str().unwrap().contains("approved_limited, declined, handed_off"), "names those allowed");
    let refused = bank.entries("IN", id).await.pop().unwrap();
    assert_eq!(refused.2, "refused:outcome_not_allowed", "a refusal is recorded too");

    let sound = bank.approval("IN", id, "approved_limited").await;
    let fields = [
        ("outcome", json!("maybe"), "outcome"),
        ("reasons", json!(["bored"]), "reasons[0]"),
        ("officer", json!({ "id": "Asha Rao", "role": "x" }), "officer.id"),
        ("officer", json!({ "id": "e1", "role": "" }), "officer.role"),
        ("attest", json!([{ "check": "screening", "reason": " " }]), "attest[0].reason"),
        ("attest", json!([{ "check": "luck", "reason": "x" }]), "attest[0].check"),
        ("dossier", json!("abc"), "dossier"),
    ];
    for (field, value, named) in fields {
        let mut body = sound.clone();
        body[field] = value;
        let answer = decide(&bank, id, "k2", &body).await;
        assert_eq!(answer.problem(), (422, "field_invalid".to_owned()), "{field}");
        assert_eq!(answer.json()["field"], named);
    }
    assert_eq!(decide(&bank, id, "k2", &sound).await.status, 200, "the key was not spent on what was malformed");
    assert_eq!(decide(&bank, id, "k3", &sound).await.problem(), (409, "case_ended".to_owned()));
}

#[tokio::test]
async fn a_decision_is_made_on_what_was_read() {
    let bank = Bank::open().await;
    let id = bank.office.in_review("IN", "Asha").await;
    let read_before = bank.approval("IN", id, "approved_limited").await;
    let finding = json!({ "check": "screening", "result": "consider", "reasons": ["screening_hit"], "ref": "run-9" });
    let answer = bank.ask(post(format!("/v1/cases/{id}/findings"), "f1", &finding).by(CORE)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(decide(&bank, id, "k1", &read_before).await.problem(), (409, "stale_dossier".to_owned()));

    let early = bank.office.applicant("IN", "Ravi", "passport").await;
    let body =
        json!({ "outcome": "declined", "reasons": ["applicant_request"], "officer": { "id": "e1", "role": "kyc" } });
    assert_eq!(decide(&bank, early, "k2", &body).await.problem(), (409, "wrong_stage".to_owned()));
}

#[tokio::test]
async fn a_bank_s_own_check_counts_and_names_its_source() {
    let bank = Bank::open().await;
    let id = bank.office.in_review("IN", "Asha").await;
    let path = format!("/v1/cases/{id}/findings");
    let finding = json!({ "check": "screening", "result": "clear", "ref": "run-1" });
    assert_eq!(bank.ask(post(&path, "f1", &finding).by(CORE)).await.status, 200);
    let case = bank.ask(get(format!("/v1/cases/{id}")).by(CORE)).await.json();
    let screening = case["findings"].as_array().unwrap().iter().find(|f| f["check"] == "screening").unwrap();
    assert_eq!((&screening["result"], &screening["source"]), (&json!("clear"), &json!("client:core-banking/run-1")));

    let wrong = [
        (json!({ "check": "blur", "result": "clear", "ref": "r" }), "check"),
        (json!({ "check": "screening", "result": "fine", "ref": "r" }), "result"),
        (json!({ "check": "screening", "result": "clear", "ref": "a b" }), "ref"),
    ];
    for (body, field) in wrong {
        let answer = bank.ask(post(&path, "f2", &body).by(CORE)).await;
        assert_eq!((answer.problem().0, &answer.json()["field"]), (422, &json!(field)));
    }
}

#[tokio::test]
async fn an_account_belongs_to_an_approval_and_its_number_not_in_a_chat() {
    let bank = Bank::open().await;
    let id = bank.office.in_review("IN", "Asha").await;
    let path = format!("/v1/cases/{id}/account");
    let report = async |key: &str, body: Value| bank.ask(post(&path, key, &body).by(CORE)).await;
    assert_eq!(report("a1", json!({})).await.problem(), (409, "wrong_stage".to_owned()));
    let approval = bank.approval("IN", id, "approved_limited").await;
    assert_eq!(decide(&bank, id, "k1", &approval).await.status, 200);

    let answer = report("a2", json!({ "display": "account 12345" })).await;
    assert_eq!((answer.problem().0, &answer.json()["field"]), (422, &json!("display")));
    assert_eq!(report("a3", json!({ "status": "pending" })).await.json()["result"], "applied");
    assert_eq!(report("a4", json!({ "display": "••1234" })).await.json()["result"], "applied");
    let again = report("a5", json!({ "status": "failed" })).await.json();
    assert_eq!((&again["result"], &again["why"]), (&json!("ignored"), &json!("ended")));
    let case = bank.ask(get(format!("/v1/cases/{id}")).by(CORE)).await.json();
    assert_eq!(case["account"]["status"], "opened");
}
