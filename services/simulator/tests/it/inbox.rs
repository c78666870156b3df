//! The account inbox as the relay sees it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use portico_simulator::{Behaviour, Verdict};
use serde_json::{Value, json};

use crate::stage::{START, Stage, WEBHOOK_SECRET};

/// Delivers an event signed by Standard Webhooks 1.0 at `at` and returns the answer's status.
async fn deliver(stage: &Stage, id: &str, at: i64, secret: &str) -> u16 {
    let body = json!({"type": "kyc.account.approved", "id": id, "data": {"case_id": "case_1", "seq": 3}}).to_string();
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap().chain_update(format!("{id}.{at}.{body}"));
    let request = stage
        .http
        .post(format!("{}/inbox/hooks", stage.base))
        .header("webhook-id", id)
        .header("webhook-timestamp", at)
        .header("webhook-signature", format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
        .body(body);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn an_event_is_verified_and_a_repeat_is_one_entry() {
    let stage = Stage::set().await;
    assert_eq!(deliver(&stage, "evt_1", START, WEBHOOK_SECRET).await, 200);
    assert_eq!(deliver(&stage, "evt_1", START + 10, WEBHOOK_SECRET).await, 200);
    let events = stage.simulator.inbox_events();
    assert_eq!((events.len(), events[0].attempts()), (1, 2));
    assert_eq!((events[0].kind.as_str(), events[0].case_id.as_deref()), ("kyc.account.approved", Some("case_1")));
    assert!(matches!(events[0].verdict, Verdict::Verified { .. }));
}

#[tokio::test]
async fn another_key_or_an_old_time_is_refused_and_shown() {
    let stage = Stage::set().await;
    let other = format!("whsec_{}", STANDARD.encode([1; 24]));
    assert_eq!(deliver(&stage, "evt_1", START, &other).await, 401);
    assert_eq!(deliver(&stage, "evt_2", START - 301, WEBHOOK_SECRET).await, 401);
    assert!(stage.simulator.inbox_events().iter().all(|event| matches!(event.verdict, Verdict::Refused { .. })));
}

#[tokio::test]
async fn it_fails_when_told_to() {
    let stage = Stage::set().await;
    for (behaviour, status) in [(Behaviour::Fail, 500), (Behaviour::Gone, 410), (Behaviour::Take, 200)] {
        stage.simulator.inbox_behaves(behaviour);
        assert_eq!(deliver(&stage, "evt_1", START, WEBHOOK_SECRET).await, status);
    }
    assert_eq!(stage.simulator.inbox_events()[0].attempts(), 3);
}

#[tokio::test]
async fn the_applicant_is_fetched_from_v1_with_the_token() {
    let stage = Stage::set().await;
    let get = async |path: &str| stage.http.get(format!("{}{path}", stage.base)).send().await.unwrap();
    let fetched: Value = get("/inbox/api/cases/case_1").await.json().await.unwrap();
    assert_eq!(fetched["applicant"]["body"]["path"], "/v1/cases/case_1/applicant");
    assert_eq!(fetched["case"]["body"]["token"], format!("Bearer {}", crate::stage::API_TOKEN));
    assert_eq!(get("/inbox/api/cases/case_1%2F..%2Fsecrets").await.status(), 422);
}
