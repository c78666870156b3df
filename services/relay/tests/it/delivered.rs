//! What a friendly account system sees: the envelope, the signatures, the order.

use portico_ledger::{ParkedAct, Resolved, Work as _};
use portico_relay::{Secret, sign};
use portico_vocab::{Clock as _, Timestamp};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use std::sync::Arc;

use crate::stage::{Inbox, NAME, Stage, WHSEC, WHSK, case, event_id, status, subscriber};

#[tokio::test]
async fn an_event_arrives_signed_in_its_envelope() {
    let (stage, inbox) = (Stage::new(), Inbox::friendly().await);
    stage.announce(case(1), 1).await;
    assert_eq!(stage.relay(&[inbox.subscriber()]).run_once().await.unwrap(), 1);
    let [got] = &inbox.got()[..] else { panic!("one delivery") };
    let id = event_id(case(1), 1).to_string();
    assert_eq!(got.header("webhook-id"), id);
    assert_eq!(got.header("webhook-timestamp"), stage.clock.now().as_seconds().to_string());
    assert_eq!(got.header("content-type"), "application/cloudevents+json");
    let secrets = [WHSEC, WHSK].map(|text| Secret::parse(text).unwrap());
    assert_eq!(got.header("webhook-signature"), sign(&secrets, &id, stage.clock.now(), &got.body));
    let event = got.json();
    assert_eq!((&event["id"], &event["source"]), (&id.into(), &"portico/IN".into()));
    assert_eq!((&event["data"]["reference"], &event["data"]["seq"]), (&"A7-4419".into(), &1.into()));
    assert_eq!(stage.announced().await, 1);
    assert_eq!(stage.relay(&[inbox.subscriber()]).run_once().await.unwrap(), 0, "and only once");
}

#[tokio::test]
async fn a_failed_event_holds_back_later_ones_of_its_case_only() {
    let stage = Stage::new();
    let first = event_id(case(1), 1).to_string();
    let failing = first.clone();
    let inbox = Inbox::start(move |got, before| {
        Some(status(if got.header("webhook-id") == failing && before < 3 { 500 } else { 200 }))
    })
    .await;
    let relay = stage.relay(&[inbox.subscriber()]);
    for (case, seq) in [(case(1), 1), (case(1), 2), (case(2), 1)] {
        stage.announce(case, seq).await;
    }
    for _ in 0..4 {
        relay.run_once().await.unwrap();
    }
    let ids = || inbox.got().iter().map(|got| got.header("webhook-id").to_owned()).collect::<Vec<_>>();
    let mut before = ids();
    before.sort();
    let mut expected = vec![first.clone(), event_id(case(2), 1).to_string()];
    expected.sort();
    assert_eq!(before, expected, "the second event of the first case waits, the other case does not");

    stage.clock.forward_s(10);
    for _ in 0..2 {
        relay.run_once().await.unwrap();
    }
    stage.clock.forward_s(400);
    for _ in 0..3 {
        relay.run_once().await.unwrap();
    }
    let second = event_id(case(1), 2).to_string();
    assert_eq!(ids().last(), Some(&second), "after the first has arrived");
    let got = inbox.got();
    assert_eq!(got.last().unwrap().json()["data"]["previous"], first);
    assert_eq!(got[0].json()["data"]["previous"], serde_json::Value::Null);
}

#[tokio::test]
async fn each_attempt_has_the_same_id_and_body_and_its_own_time() {
    let stage = Stage::new();
    let inbox = Inbox::start(|_, before| Some(status(if before == 0 { 503 } else { 200 }))).await;
    let relay = stage.relay(&[inbox.subscriber()]);
    stage.announce(case(1), 1).await;
    relay.run_once().await.unwrap();
    stage.clock.forward_s(6);
    relay.run_once().await.unwrap();
    let [first, second] = &inbox.got()[..] else { panic!("two attempts") };
    assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
    assert_eq!(first.body, second.body);
    let time = |text: &str| Timestamp::from_seconds(text.parse().unwrap());
    assert_eq!(time(second.header("webhook-timestamp")).seconds_since(time(first.header("webhook-timestamp"))), 6);
    assert_ne!(first.header("webhook-signature"), second.header("webhook-signature"));
}

#[tokio::test]
async fn subscribers_do_not_wait_for_each_other() {
    let stage = Stage::new();
    let dead = Inbox::start(|_, _| Some(status(500))).await;
    let alive = Inbox::friendly().await;
    stage.announce_to(case(1), 1, &["dead", "alive"]).await;
    stage.announce_to(case(1), 2, &["dead", "alive"]).await;
    let relay = stage.relay(&[subscriber("dead", &dead.url()), subscriber("alive", &alive.url())]);
    for _ in 0..3 {
        relay.run_once().await.unwrap();
    }
    assert_eq!((dead.got().len(), alive.got().len()), (1, 2));
}

#[tokio::test]
async fn the_loop_delivers_what_is_committed_while_it_runs_and_ends_when_told() {
    let (stage, inbox) = (Stage::new(), Inbox::friendly().await);
    let relay = Arc::new(stage.relay(&[inbox.subscriber()]));
    let cancel = CancellationToken::new();
    let mut tasks = JoinSet::new();
    let (running, until) = (relay.clone(), cancel.clone());
    tasks.spawn(async move { running.run(until).await });
    for seq in 1..=3 {
        stage.announce(case(1), seq).await;
    }
    while stage.announced().await < 3 {
        tokio::task::yield_now().await;
    }
    cancel.cancel();
    tasks.join_next().await.unwrap().unwrap();
    let seqs: Vec<_> = inbox.got().iter().map(|got| got.json()["data"]["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, [1, 2, 3]);
}

#[tokio::test]
async fn what_was_parked_goes_out_when_a_person_says_so() {
    let stage = Stage::new();
    stage.announce(case(1), 1).await;
    stage.relay(&[]).run_once().await.unwrap();
    let [item] = &stage.parked().await[..] else { panic!("one parked delivery") };
    assert!(item.why.contains("no such subscriber"), "{}", item.why);
    assert_eq!(item.id, format!("delivery:{NAME}:{}", event_id(case(1), 1)));
    let inbox = Inbox::friendly().await;
    let act = ParkedAct::Retry;
    let resolved = stage.ledger.resolve_parked(&item.id, act, stage.clock.now(), "{}").await.unwrap();
    assert_eq!(resolved, Resolved::Done);
    stage.relay(&[inbox.subscriber()]).run_once().await.unwrap();
    assert_eq!(inbox.got().len(), 1);
}
