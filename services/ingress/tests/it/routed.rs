//! Each cell gets its own changes of a body and nothing of another's.

use axum::http::StatusCode;
use portico_telemetry::Count;
use portico_vocab::{Sha256, Timestamp};
use portico_whatsapp::signature::{AppSecret, sign};
use serde_json::{Value, json};

use crate::stage::{
    BR_NUMBER, BR_WABA, IGNORED_NUMBER, IN_NUMBER, IN_WABA, Stage, account_update, entry, message, webhook,
};

#[tokio::test]
async fn two_cells_in_one_body_each_get_their_own_slices() {
    let stage = Stage::new();
    let body = webhook(&[
        entry(IN_WABA, &[message(IN_NUMBER, "namaste"), message(IN_NUMBER, "again")]),
        entry(BR_WABA, &[message(BR_NUMBER, "oi")]),
    ]);
    assert_eq!(stage.post(&body).await, StatusCode::OK);
    let (india, brazil) = (stage.india.slices(), stage.brazil.slices());
    assert_eq!((india.len(), brazil.len()), (2, 1));
    assert!(india.iter().all(|slice| !slice.change.contains("oi")));
    assert!(brazil[0].change.contains("oi") && !brazil[0].change.contains("namaste"));
    for slice in india.iter().chain(&brazil) {
        assert_eq!(slice.body_sha256, Sha256::of(&body), "custody: the digest of the whole body");
        assert_eq!((slice.signature_ok, &slice.signature), (true, &sign(&stage.secret, &body)));
        assert_eq!(slice.received_at, Timestamp::from_seconds(1_795_339_800));
    }
    let [row] = &stage.india.segments()[..] else { panic!("one segment") };
    assert_eq!((row.bodies, row.day.as_str()), (1, "2026-11-22"));
    assert!(stage.brazil.open(row).is_none(), "the other cell's keys open nothing");
    assert!(!row.body.windows(7).any(|window| window == b"namaste"), "sealed");
}

#[tokio::test]
async fn a_change_is_kept_byte_for_byte_as_it_was_signed() {
    let stage = Stage::new();
    let value = format!(r#"{{"metadata":{{"phone_number_id":"{IN_NUMBER}"}},"x":"image\/jpeg \u0928"}}"#);
    let change = format!(r#"{{ "field" : "messages","value":{value} }}"#);
    let body =
        format!(r#"{{"object":"whatsapp_business_account","entry":[{{"id":"{IN_WABA}","changes":[{change}]}}]}}"#);
    assert_eq!(stage.post(body.as_bytes()).await, StatusCode::OK);
    assert_eq!(stage.india.slices()[0].change, change);
}

/// A webhook that Meta really signed (the secret has since been revoked by its author).
#[tokio::test]
async fn a_captured_webhook_reaches_its_cell() {
    let file = include_str!("../../../../fixtures/whatsapp/vectors/pywa_signature.json");
    let captured: Value = serde_json::from_str(file).unwrap();
    let text = |name: &str| captured["webhook_signature"][name].as_str().unwrap().to_owned();
    let secret = AppSecret::parse(&text("app_secret")).unwrap();
    let stage = Stage::with(|config| config.app_secrets = vec![secret]);
    let (body, signature) = (text("body_utf8"), text("x_hub_signature_256"));
    assert_eq!(stage.post_signed(body.as_bytes(), signature.as_bytes()).await, StatusCode::OK);
    let [slice] = &stage.brazil.slices()[..] else { panic!("one slice") };
    assert_eq!(slice.phone_number.as_ref().unwrap().as_str(), BR_NUMBER);
    assert!(body.contains(&slice.change), "as Meta wrote it");
}

#[tokio::test]
async fn account_level_changes_go_by_their_account() {
    let stage = Stage::new();
    let body = webhook(&[entry(BR_WABA, &[account_update()])]);
    assert_eq!(stage.post(&body).await, StatusCode::OK);
    assert!(stage.india.segments().is_empty());
    let [slice] = &stage.brazil.slices()[..] else { panic!("one slice") };
    assert_eq!(slice.phone_number, None);
    assert_eq!(slice.waba.as_ref().unwrap().as_str(), BR_WABA);
    assert_eq!(slice.entry_time, Some(Timestamp::from_seconds(1_795_339_800)));
}

#[tokio::test]
async fn a_number_of_no_cell_is_503_after_the_known_parts_are_committed() {
    let stage = Stage::new();
    let body = webhook(&[entry(IN_WABA, &[message(IN_NUMBER, "ours"), message("999", "whose?")])]);
    assert_eq!(stage.post(&body).await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(stage.india.slices().len(), 1);
    assert_eq!((stage.counted(Count::Stranger), stage.counted(Count::ChangeOfStranger)), (1, 1));
    let account = webhook(&[entry("555", &[account_update()])]);
    assert_eq!(stage.post(&account).await, StatusCode::SERVICE_UNAVAILABLE, "nor an account of no cell");
}

#[tokio::test]
async fn an_ignored_number_is_acknowledged_and_not_kept() {
    let stage = Stage::new();
    let body =
        webhook(&[entry("0", &[message(IGNORED_NUMBER, "sample")]), entry(IN_WABA, &[message(IN_NUMBER, "hi")])]);
    assert_eq!(stage.post(&body).await, StatusCode::OK);
    assert_eq!((stage.india.slices().len(), stage.counted(Count::ChangeIgnored)), (1, 1));
    assert_eq!(stage.counted(Count::Accepted), 1);
}

#[tokio::test]
async fn signed_without_number_and_account_is_200_and_counted() {
    let stage = Stage::new();
    let bodies = [
        b"{}".to_vec(),
        b"not json".to_vec(),
        webhook(&[]),
        webhook(&[json!({ "changes": [account_update()] })]),
        webhook(&[entry("0", &[account_update()])]),
    ];
    for body in &bodies {
        assert_eq!(stage.post(body).await, StatusCode::OK, "{}", String::from_utf8_lossy(body));
    }
    assert_eq!(stage.counted(Count::Empty), bodies.len() as u64);
    assert_eq!(stage.counted(Count::ChangeOfNobody), 2);
    assert!(stage.nothing_kept());
}
