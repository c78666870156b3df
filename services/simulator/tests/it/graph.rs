//! The Graph API: files, messages, receipts, refusals.

use portico_simulator::{Attachment, Fault, Inbound, Operation, SentContent, Shown, Tick};
use portico_vocab::Sha256;
use serde_json::{Value, json};

use crate::stage::{ACCESS_TOKEN, BR, IN, Received, Stage};

async fn photo(stage: &Stage, bytes: &'static [u8]) -> String {
    let webhook = stage.say(&stage.asha(), Inbound::media(Attachment::photo(bytes))).await;
    webhook.message()["image"]["id"].as_str().unwrap().to_owned()
}

async fn code(answer: reqwest::Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    (status, answer.json::<Value>().await.unwrap()["error"]["code"].clone())
}

#[tokio::test]
async fn a_file_takes_two_steps_and_the_same_token() {
    let stage = Stage::set().await;
    let id = photo(&stage, b"jpeg").await;
    let found: Value = stage.graph(&format!("/{id}?phone_number_id={IN}")).await.json().await.unwrap();
    assert_eq!(found["sha256"], Sha256::of(b"jpeg").to_hex(), "hex here, base64 in the webhook");
    assert_eq!(found["file_size"], "4", "a string");
    let url = found["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("http://{}/", stage.simulator.media_host())));

    assert_eq!(stage.http.get(url).send().await.unwrap().status(), 401);
    let answer = stage.graph(url).await;
    assert_eq!(answer.headers()["content-type"], "image/jpeg");
    assert_eq!(answer.bytes().await.unwrap(), &b"jpeg"[..]);

    let log = stage.simulator.requests();
    let told: Vec<_> = log.iter().map(|request| (request.operation, request.authorized)).collect();
    let download = Operation::MediaDownload;
    assert_eq!(told, [(Operation::MediaLookup, true), (download, false), (download, true)]);
}

#[tokio::test]
async fn a_url_lives_five_minutes_and_an_id_seven_days() {
    let stage = Stage::set().await;
    let id = photo(&stage, b"jpeg").await;
    let url = async || {
        let found: Value = stage.graph(&format!("/{id}")).await.json().await.unwrap();
        found["url"].as_str().unwrap().to_owned()
    };
    let old = url().await;
    stage.clock.forward(299);
    assert_eq!(stage.graph(&old).await.status(), 200);
    stage.clock.forward(1);
    assert_eq!(stage.graph(&old).await.status(), 404);
    assert_eq!(stage.graph(&url().await).await.status(), 200, "a fresh one works");
    stage.clock.forward(7 * 86_400);
    assert_eq!(code(stage.graph(&format!("/{id}")).await).await, (400, json!(100)));
}

#[tokio::test]
async fn another_numbers_file_is_not_there() {
    let stage = Stage::set().await;
    let id = photo(&stage, b"jpeg").await;
    assert_eq!(code(stage.graph(&format!("/{id}?phone_number_id={BR}")).await).await, (400, json!(100)));
    assert_eq!(code(stage.graph("/123").await).await, (400, json!(100)));
}

#[tokio::test]
async fn media_goes_wrong_on_request_and_once() {
    let stage = Stage::set().await;
    let id = photo(&stage, &[7; 1000]).await;
    let lookup = format!("/{id}");
    for (fault, status) in [(Fault::TokenExpired, 401), (Fault::LookupGone, 400), (Fault::LookupFails, 500)] {
        stage.simulator.fail_next(fault);
        assert_eq!(stage.graph(&lookup).await.status(), status, "{fault:?}");
    }
    stage.simulator.fail_next(Fault::LookupTooLarge);
    let found: Value = stage.graph(&lookup).await.json().await.unwrap();
    assert_eq!(found["file_size"], "157286400");
    let url = found["url"].as_str().unwrap();

    for (fault, status) in [
        (Fault::DownloadGone, 404),
        (Fault::DownloadFails, 500),
        (Fault::DownloadRedirects, 302),
        (Fault::TokenExpired, 401),
    ] {
        stage.simulator.fail_next(fault);
        assert_eq!(stage.graph(url).await.status(), status, "{fault:?}");
    }
    stage.simulator.fail_next(Fault::DownloadOtherBytes);
    let other = stage.graph(url).await.bytes().await.unwrap();
    assert!(other.len() == 1000 && other != vec![7; 1000]);
    stage.simulator.fail_next(Fault::DownloadBreaksOff);
    let broken = async { stage.http.get(url).bearer_auth(ACCESS_TOKEN).send().await?.bytes().await };
    assert!(broken.await.is_err());
    assert_eq!(stage.graph(url).await.bytes().await.unwrap(), vec![7; 1000], "and then all is well again");
}

fn statuses(received: &[Received]) -> Vec<Value> {
    received.iter().map(|webhook| webhook.value()["statuses"][0].clone()).collect()
}

#[tokio::test]
async fn a_message_is_accepted_and_its_receipts_follow_signed() {
    let stage = Stage::set().await;
    let asha = stage.asha();
    stage.greet(&asha).await;
    let body = json!({"messaging_product": "whatsapp", "to": asha.phone, "text": {"body": "welcome"},
        "biz_opaque_callback_data": "outbound-1"});
    let (status, answer) = stage.send(&body).await;
    assert_eq!(status, 200);
    assert_eq!(answer["contacts"][0]["wa_id"], json!(asha.phone));

    let received = stage.settled().await;
    assert!(received.iter().all(Received::is_signed));
    let told = statuses(&received);
    let words: Vec<_> = told.iter().map(|status| status["status"].as_str().unwrap()).collect();
    assert_eq!(words, ["sent", "delivered", "read"]);
    for status in &told {
        assert_eq!(status["id"], answer["messages"][0]["id"]);
        assert_eq!(status["biz_opaque_callback_data"], "outbound-1");
    }
    assert_eq!(told[0]["pricing"]["category"], "service");
    assert!(told[1].get("pricing").is_none() && told[0].get("conversation").is_none());
    let sent = stage.simulator.outbox(&asha.id).pop().unwrap();
    assert_eq!((sent.body(), sent.tick, sent.callback.as_deref()), ("welcome", Tick::Read, Some("outbound-1")));
}

#[tokio::test]
async fn without_read_receipts_the_last_one_is_delivered() {
    let stage = Stage::set().await;
    let asha = stage.asha();
    stage.greet(&asha).await;
    stage.simulator.send_read_receipts(&asha.id, false).unwrap();
    stage.send_text(&asha, "welcome").await;
    assert_eq!(statuses(&stage.settled().await).last().unwrap()["status"], "delivered");
}

#[tokio::test]
async fn outside_the_window_only_a_template_arrives() {
    let stage = Stage::set().await;
    let asha = stage.asha();
    stage.greet(&asha).await;
    stage.clock.forward(24 * 3600 - 1);
    stage.send_text(&asha, "in time").await;
    assert_eq!(statuses(&stage.settled().await)[0]["status"], "sent");

    stage.clock.forward(1);
    let (status, _) = stage.send_text(&asha, "too late").await;
    assert_eq!(status, 200, "accepted is not sent");
    let failed = statuses(&stage.settled().await);
    assert_eq!((&failed[0]["status"], &failed[0]["errors"][0]["code"]), (&json!("failed"), &json!(131_047)));
    assert_eq!(failed.len(), 1);

    let template = json!({"name": "decision_ready", "language": {"code": "en"}});
    let body = json!({"messaging_product": "whatsapp", "to": asha.phone, "type": "template", "template": template});
    assert_eq!(stage.send(&body).await.1["messages"][0]["message_status"], "accepted");
    assert_eq!(statuses(&stage.settled().await)[0]["status"], "sent");
}

#[tokio::test]
async fn a_user_id_belongs_in_recipient() {
    let stage = Stage::set().await;
    let hidden = stage.newcomer(Shown::UserId);
    stage.greet(&hidden).await;
    let to = |key: &str| json!({"messaging_product": "whatsapp", key: hidden.user_id, "text": {"body": "hi"}});

    let (status, _) = stage.send(&to("to")).await;
    assert_eq!(status, 200);
    assert!(stage.settled().await.is_empty() && stage.simulator.outbox(&hidden.id).is_empty(), "never delivered");

    let (_, answer) = stage.send(&to("recipient")).await;
    assert!(answer["contacts"][0].get("wa_id").is_none(), "the number stays hidden");
    let told = statuses(&stage.settled().await);
    assert!(told[0].get("recipient_id").is_none());
    assert_eq!(told[0]["recipient_user_id"], json!(hidden.user_id));
}

#[tokio::test]
async fn a_number_nobody_has_fails_by_receipt() {
    let stage = Stage::set().await;
    let (status, _) =
        stage.send(&json!({"messaging_product": "whatsapp", "to": "+91 19999 99999", "text": {"body": "hi"}})).await;
    assert_eq!(status, 200);
    let failed = statuses(&stage.settled().await);
    assert_eq!(
        (&failed[0]["recipient_id"], &failed[0]["errors"][0]["code"]),
        (&json!("911999999999"), &json!(131_026))
    );
}

#[tokio::test]
async fn over_a_limit_the_answer_is_metas_error_and_nothing_is_sent() {
    let stage = Stage::set().await;
    let asha = stage.asha();
    stage.greet(&asha).await;
    let (status, answer) = stage.send_text(&asha, &"x".repeat(4097)).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(131_009)));
    assert_eq!(answer["error"]["type"], "OAuthException");
    assert!(answer["error"]["error_data"]["details"].as_str().unwrap().contains("Max length: 4096"));
    assert!(stage.settled().await.is_empty() && stage.simulator.outbox(&asha.id).is_empty());
}

#[tokio::test]
async fn the_forty_sixth_message_in_six_seconds_is_too_much() {
    let stage = Stage::set().await;
    let asha = stage.asha();
    stage.greet(&asha).await;
    for _ in 0..45 {
        assert_eq!(stage.send_text(&asha, "hi").await.0, 200);
    }
    assert_eq!(stage.send_text(&asha, "hi").await.1["error"]["code"], 131_056);
    stage.clock.forward(6);
    assert_eq!(stage.send_text(&asha, "hi").await.0, 200);
}

#[tokio::test]
async fn sending_goes_wrong_on_request() {
    let stage = Stage::set().await;
    let asha = stage.asha();
    stage.greet(&asha).await;
    for (fault, status, code) in [
        (Fault::SendRefused(131_047), 400, 131_047),
        (Fault::SendRefused(130_429), 400, 130_429),
        (Fault::SendFails, 500, 131_000),
        (Fault::TokenExpired, 401, 190),
    ] {
        stage.simulator.fail_next(fault);
        let (answered, error) = stage.send_text(&asha, "hi").await;
        assert_eq!((answered, &error["error"]["code"]), (status, &json!(code)), "{fault:?}");
    }
    assert!(stage.simulator.outbox(&asha.id).is_empty());

    stage.simulator.fail_next(Fault::ReceiptFailed(131_026));
    assert_eq!(stage.send_text(&asha, "hi").await.0, 200);
    assert_eq!(statuses(&stage.settled().await)[0]["errors"][0]["code"], 131_026);
    stage.simulator.fail_next(Fault::ReceiptsWithheld);
    stage.send_text(&asha, "hi").await;
    assert!(stage.settled().await.is_empty());
}

#[tokio::test]
async fn a_send_without_an_answer_may_have_been_taken_all_the_same() {
    let stage = Stage::set().await;
    let asha = stage.asha();
    stage.greet(&asha).await;
    stage.simulator.fail_next(Fault::SendSilent { taken: true });
    {
        let mut send = std::pin::pin!(stage.send_text(&asha, "hi"));
        // The request is polled until the outbox has the message; it never gets an answer.
        while stage.simulator.outbox(&asha.id).is_empty() {
            tokio::select! {
                answer = &mut send => panic!("answered {}", answer.0),
                () = tokio::task::yield_now() => {}
            }
        }
    }
    assert_eq!(statuses(&stage.settled().await)[0]["status"], "sent");
}

#[tokio::test]
async fn a_tap_answers_what_was_offered() {
    let stage = Stage::set().await;
    let asha = stage.asha();
    stage.greet(&asha).await;
    let list = json!({"type": "list", "body": {"text": "Which document?"}, "action": {"button": "Choose", "sections":
        [{"rows": [{"id": "document:passport", "title": "Passport", "description": "The page with your photo"}]}]}});
    let body = json!({"messaging_product": "whatsapp", "to": asha.phone, "type": "interactive", "interactive": list});
    assert_eq!(stage.send(&body).await.0, 200);
    stage.settled().await;

    let sent = stage.simulator.outbox(&asha.id).pop().unwrap();
    assert!(matches!(sent.content, SentContent::List { .. }) && sent.offers("document:passport"));
    stage.simulator.tap(&asha.id, &sent.wamid, "document:passport").await.unwrap();
    let tap = stage.take().pop().unwrap().message();
    assert_eq!(tap["context"]["id"], json!(sent.wamid));
    assert_eq!(tap["interactive"]["list_reply"]["id"], "document:passport");
    assert!(stage.simulator.tap(&asha.id, &sent.wamid, "document:aadhaar").await.is_err());
}

#[tokio::test]
async fn reading_marks_everything_said_before() {
    let stage = Stage::set().await;
    let asha = stage.asha();
    let (first, second) = (stage.greet(&asha).await, stage.greet(&asha).await);
    let mark = |id| {
        json!({"messaging_product": "whatsapp", "status": "read", "message_id": id,
        "typing_indicator": {"type": "text"}})
    };
    assert_eq!(stage.send(&mark(json!(second))).await, (200, json!({"success": true})));
    for wamid in [&first, &second] {
        assert_eq!(stage.simulator.tick_of(&asha.id, wamid), Some(Tick::Read));
    }
    assert_eq!(stage.send(&mark(json!("wamid.unknown"))).await.0, 400);
    assert_eq!(stage.simulator.requests().last().unwrap().operation, Operation::MarkRead);
}
