//! The business as Meta knows it: what is asked about it, what is changed, and the whole Graph API down.

use portico_simulator::{Outage, Template};
use portico_vocab::{PhoneNumberId, WabaId};
use serde_json::{Value, json};

use crate::stage::{ACCESS_TOKEN, BR, IN, Stage, VERIFY_TOKEN, WABA};

async fn ask(stage: &Stage, path: &str) -> Value {
    stage.graph(path).await.json().await.unwrap()
}

fn waba() -> WabaId {
    WabaId::parse(WABA).unwrap()
}

/// `POST /{waba}/subscribed_apps`.
async fn override_with(stage: &Stage, uri: &str, token: &str) -> u16 {
    let url = format!("{}/{WABA}/subscribed_apps", stage.simulator.graph_url());
    let body = json!({"override_callback_uri": uri, "verify_token": token});
    stage.http.post(url).bearer_auth(ACCESS_TOKEN).json(&body).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_token_is_known_until_it_dies() {
    let stage = Stage::set().await;
    let path = format!("/debug_token?input_token={}", ACCESS_TOKEN.replace(' ', "%20"));
    let told = ask(&stage, &path).await;
    assert_eq!((&told["data"]["is_valid"], &told["data"]["type"]), (&json!(true), &json!("SYSTEM_USER")));
    assert_eq!(told["data"]["granular_scopes"][0]["target_ids"], json!([WABA]));
    assert_eq!(ask(&stage, "/debug_token?input_token=other").await["data"]["is_valid"], json!(false));
    stage.simulator.token_is_alive(false);
    assert_eq!(ask(&stage, &path).await["error"]["code"], 190);
    stage.simulator.token_is_alive(true);
    assert_eq!(ask(&stage, &path).await["data"]["is_valid"], json!(true));
}

#[tokio::test]
async fn a_number_tells_its_standing_and_an_account_its_numbers() {
    let stage = Stage::set().await;
    let number = ask(&stage, &format!("/{IN}?fields=status")).await;
    assert_eq!((&number["status"], &number["throughput"]["level"]), (&json!("CONNECTED"), &json!("STANDARD")));
    let id = PhoneNumberId::parse(IN).unwrap();
    stage.simulator.number_stands(&id, |standing| standing.status = "DISCONNECTED".to_owned()).unwrap();
    assert_eq!(ask(&stage, &format!("/{IN}")).await["status"], "DISCONNECTED");
    assert_eq!(ask(&stage, &format!("/{BR}")).await["status"], "CONNECTED");
    let numbers = ask(&stage, &format!("/{WABA}/phone_numbers")).await;
    assert_eq!([&numbers["data"][0]["id"], &numbers["data"][1]["id"]], [IN, BR]);
    assert_eq!(ask(&stage, "/999/phone_numbers").await["error"]["error_subcode"], 33);
}

#[tokio::test]
async fn templates_come_in_pages() {
    let stage = Stage::set().await;
    let template = |at: usize| Template {
        name: format!("t{at}"),
        language: "en".to_owned(),
        status: if at == 2 { "PAUSED" } else { "REJECTED" }.to_owned(),
        category: "UTILITY".to_owned(),
    };
    stage.simulator.account_stands(&waba(), |account| account.templates = (0..3).map(template).collect()).unwrap();
    let first = ask(&stage, &format!("/{WABA}/message_templates?limit=2")).await;
    assert_eq!(first["data"].as_array().unwrap().len(), 2);
    assert!(first["paging"]["next"].is_string());
    let after = first["paging"]["cursors"]["after"].as_str().unwrap();
    let last = ask(&stage, &format!("/{WABA}/message_templates?limit=2&after={after}")).await;
    assert_eq!((&last["data"][0]["status"], last["paging"].get("next")), (&json!("PAUSED"), None));
}

#[tokio::test]
async fn an_override_passes_the_handshake_and_then_gets_the_webhooks() {
    let stage = Stage::set().await;
    let endpoint = stage.webhook_url();
    assert_eq!(override_with(&stage, &endpoint, "another token").await, 400);
    let subscribed = ask(&stage, &format!("/{WABA}/subscribed_apps")).await;
    assert_eq!(subscribed["data"][0].get("override_callback_uri"), None);

    stage
        .simulator
        .account_stands(&waba(), |account| account.override_callback_uri = Some("http://127.0.0.1:9/".to_owned()))
        .unwrap();
    let asha = stage.asha();
    stage.simulator.send_text(&asha.id, "hello").await.unwrap();
    assert!(stage.take().is_empty(), "it went elsewhere");
    assert_eq!(override_with(&stage, &endpoint, VERIFY_TOKEN).await, 200);
    let subscribed = ask(&stage, &format!("/{WABA}/subscribed_apps")).await;
    assert_eq!(subscribed["data"][0]["override_callback_uri"], endpoint);
    let number = ask(&stage, &format!("/{IN}")).await;
    assert_eq!(number["webhook_configuration"]["whatsapp_business_account"], endpoint);
    assert_eq!(stage.settled().await.len(), 1, "the retry finds the new address");
}

#[tokio::test]
async fn without_a_subscription_nothing_is_sent() {
    let stage = Stage::set().await;
    stage.simulator.account_stands(&waba(), |account| account.subscribed = false).unwrap();
    assert_eq!(ask(&stage, &format!("/{WABA}/subscribed_apps")).await["data"], json!([]));
    stage.simulator.send_text(&stage.asha().id, "hello").await.unwrap();
    assert!(stage.settled().await.is_empty());
}

#[tokio::test]
async fn nothing_is_posted_before_the_handshake() {
    let stage = Stage::with(|config| config.verify_token = Some("wrong at first".to_owned())).await;
    let asha = stage.asha();
    stage.simulator.send_text(&asha.id, "hello").await.unwrap();
    assert!(stage.take().is_empty());
    let waiting = stage.simulator.deliveries();
    assert_eq!((waiting.taken, waiting.waiting), (0, 1));
    stage.simulator.subscribe(VERIFY_TOKEN).await.unwrap();
    assert_eq!(stage.settled().await.len(), 1);
    let deliveries = stage.simulator.deliveries();
    assert_eq!((deliveries.taken, deliveries.waiting), (1, 0));
}

#[tokio::test]
async fn the_whole_api_goes_down_and_comes_back() {
    let stage = Stage::set().await;
    let url = format!("{}/{IN}", stage.simulator.graph_url());
    let get = async || stage.http.get(&url).bearer_auth(ACCESS_TOKEN).send().await;
    stage.simulator.graph_is_down(Some(Outage::Fails));
    assert_eq!(get().await.unwrap().status(), 502);
    stage.simulator.graph_is_down(Some(Outage::Breaks));
    assert!(match get().await {
        Ok(answer) => answer.bytes().await.is_err(),
        Err(_) => true,
    });
    stage.simulator.graph_is_down(Some(Outage::Hangs));
    let page = stage.http.get(format!("{}/phone", stage.base)).send().await.unwrap();
    assert_eq!(page.status(), 200, "pages are spared");
    let hanging = stage.http.get(&url).bearer_auth(ACCESS_TOKEN).timeout(std::time::Duration::from_millis(50));
    assert!(hanging.send().await.unwrap_err().is_timeout());
    stage.simulator.graph_is_down(None);
    assert_eq!(get().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_refusing_port_is_closed_and_opens_again() {
    let stage = Stage::set().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/graph/v25.0/{IN}", listener.local_addr().unwrap());
    let get = async || {
        reqwest::Client::builder().no_proxy().build().unwrap().get(&url).bearer_auth(ACCESS_TOKEN).send().await
    };
    let simulator = stage.simulator.clone();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(async move { simulator.serve(listener).await.unwrap() });
    assert_eq!(get().await.unwrap().status(), 200);
    stage.simulator.graph_is_down(Some(Outage::Refuses));
    while get().await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(get().await.unwrap_err().is_connect());
    stage.simulator.graph_is_down(None);
    while get().await.is_err() {
        tokio::task::yield_now().await;
    }
    stage.simulator.shutdown().await;
    tasks.join_next().await.unwrap().unwrap();
}

#[tokio::test]
async fn another_process_can_change_and_see_it_all() {
    let stage = Stage::set().await;
    let url = format!("{}/stand-in", stage.base);
    let change = async |wish: Value| stage.http.post(&url).json(&wish).send().await.unwrap().status().as_u16();
    assert_eq!(change(json!({"outage": "fails", "token_alive": false})).await, 204);
    assert_eq!(change(json!({"waba_id": WABA, "subscribed": false, "templates": []})).await, 204);
    let shown: Value = stage.http.get(&url).send().await.unwrap().json().await.unwrap();
    assert_eq!((&shown["outage"], &shown["business"]["token_alive"]), (&json!("fails"), &json!(false)));
    assert_eq!(shown["business"]["accounts"][WABA]["subscribed"], json!(false));
    assert_eq!(change(json!({"outage": "none"})).await, 204);
    let shown: Value = stage.http.get(&url).send().await.unwrap().json().await.unwrap();
    assert_eq!(shown["outage"], Value::Null);
    assert_eq!(change(json!({"waba_id": "999", "subscribed": true})).await, 422);
    assert_eq!(change(json!({"outage": "explodes"})).await, 422);
}
