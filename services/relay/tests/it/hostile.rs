//! Account systems that hang, fail, redirect, flood, or sit where nothing of ours may go.

use axum::body::Body;
use axum::http::{Response, header};
use portico_ledger::Feed as _;
use portico_relay::{CourierConfig, Subscriber, SubscriberConfig};
use tokio::net::TcpListener;

use crate::stage::{Inbox, NAME, Stage, case, config, endless, status};

/// Seven days in steps that never jump over an attempt's turn by more than half a day.
async fn a_week(stage: &Stage, subscriber: Subscriber) {
    let relay = stage.relay(&[subscriber]);
    for _ in 0..(7 * 2 + 4) {
        relay.run_once().await.unwrap();
        stage.clock.forward_s(43_200);
    }
}

/// Why the one delivery of the first case was given up.
async fn why_parked(stage: &Stage) -> String {
    let [item] = &stage.parked().await[..] else { panic!("one parked delivery") };
    item.why.clone()
}

#[tokio::test]
async fn one_that_always_fails_is_given_up_after_seven_days() {
    let (stage, inbox) = (Stage::new(), Inbox::start(|_, _| Some(status(500))).await);
    stage.announce(case(1), 1).await;
    stage.announce(case(1), 2).await;
    a_week(&stage, inbox.subscriber()).await;
    assert_eq!(why_parked(&stage).await, "given up after seven days: http 500");
    let tried = inbox.got().len();
    stage.relay(&[inbox.subscriber()]).run_once().await.unwrap();
    assert_eq!(inbox.got().len(), tried, "the parked event holds back the next one of its case");
}

#[tokio::test]
async fn one_that_answers_410_is_disabled() {
    let (stage, inbox) = (Stage::new(), Inbox::start(|_, _| Some(status(410))).await);
    for number in 1..=3 {
        stage.announce(case(number), 1).await;
    }
    let relay = stage.relay(&[inbox.subscriber()]);
    for _ in 0..3 {
        relay.run_once().await.unwrap();
        stage.clock.forward_s(86_400);
    }
    assert_eq!(stage.ledger.disabled_subscribers().await.unwrap(), [NAME]);
    assert!(inbox.got().len() <= 3, "nothing goes to it again");
    assert_eq!(stage.announced().await, 0);
}

#[tokio::test]
async fn one_that_redirects_is_not_followed() {
    let (stage, elsewhere) = (Stage::new(), Inbox::friendly().await);
    let to = elsewhere.url();
    let redirect = move || Response::builder().status(307).header(header::LOCATION, &to).body(Body::empty()).unwrap();
    let inbox = Inbox::start(move |_, _| Some(redirect())).await;
    stage.announce(case(1), 1).await;
    a_week(&stage, inbox.subscriber()).await;
    assert!(elsewhere.got().is_empty());
    assert!(why_parked(&stage).await.ends_with("http 307: redirects are not followed"));
}

#[tokio::test]
async fn one_that_hangs_is_left_alone_for_a_while() {
    let (stage, inbox) = (Stage::new(), Inbox::start(|_, _| None).await);
    stage.announce(case(1), 1).await;
    let impatient = CourierConfig { timeout_ms: 500, ..CourierConfig::default() };
    let relay = stage.relay_with(&[inbox.subscriber()], impatient);
    relay.run_once().await.unwrap();
    stage.announce(case(2), 1).await;
    relay.run_once().await.unwrap();
    assert_eq!(inbox.got().len(), 1, "the second case is put off without an attempt");
    stage.clock.forward_s(60);
    relay.run_once().await.unwrap();
    assert_eq!(inbox.got().len(), 3, "later both are tried");
    assert_eq!(stage.announced().await, 0);
}

#[tokio::test]
async fn one_that_floods_its_answer_has_still_taken_the_event() {
    let (stage, inbox) = (Stage::new(), Inbox::start(|_, _| Some(endless())).await);
    stage.announce(case(1), 1).await;
    stage.relay(&[inbox.subscriber()]).run_once().await.unwrap();
    assert_eq!(stage.announced().await, 1);
}

#[tokio::test]
async fn one_whose_name_leads_into_our_network_is_never_connected_to() {
    let stage = Stage::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/hooks", listener.local_addr().unwrap().port());
    let outside = Subscriber::new(SubscriberConfig { allow_private: false, ..config(NAME, &url) }).unwrap();
    stage.announce(case(1), 1).await;
    a_week(&stage, outside).await;
    assert!(why_parked(&stage).await.contains("not public: set allow_private"));
    let connected = futures::FutureExt::now_or_never(listener.accept());
    assert!(connected.is_none(), "nobody knocked");
}

#[tokio::test]
async fn one_that_is_down_is_named_without_its_address() {
    let stage = Stage::new();
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let down = Subscriber::new(config(NAME, &format!("http://{address}/hooks?key=secret"))).unwrap();
    stage.announce(case(1), 1).await;
    a_week(&stage, down).await;
    assert_eq!(why_parked(&stage).await, "given up after seven days: no connection");
}
