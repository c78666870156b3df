//! The phone page's API: what a click becomes.

use portico_simulator::specimens;
use serde_json::{Value, json};

use crate::stage::Stage;

async fn post(stage: &Stage, path: &str, body: &Value) -> (u16, Value) {
    let answer = stage.http.post(format!("{}/phone/api/{path}", stage.base)).json(body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

async fn chat(stage: &Stage, who: &str) -> Value {
    stage.http.get(format!("{}/phone/api/people/{who}/chat", stage.base)).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn saying_twice_draws_one_bubble_and_sends_two_webhooks() {
    let stage = Stage::set().await;
    let act = json!({"act": {"kind": "text", "body": "hello", "context": null}, "mischief": ["twice"]});
    assert_eq!(post(&stage, "people/in-1/say", &act).await.0, 200);
    assert_eq!(stage.take().len(), 2);
    let chat = chat(&stage, "in-1").await;
    assert_eq!(chat["items"].as_array().unwrap().len(), 1);
    assert_eq!((&chat["items"][0]["tick"], &chat["items"][0]["side"]), (&json!("delivered"), &json!("mine")));

    let url = format!("{}/phone/api/people/in-1/chat?rev={}", stage.base, chat["rev"]);
    assert_eq!(stage.http.get(url).send().await.unwrap().status(), 204, "nothing new");
}

#[tokio::test]
async fn own_messages_can_be_edited_forwarded_and_deleted() {
    let stage = Stage::set().await;
    let say = async |act: Value| post(&stage, "people/in-1/say", &json!({"act": act})).await.1["wamid"].clone();
    let original = say(json!({"kind": "text", "body": "helo", "context": null})).await;
    say(json!({"kind": "edit", "original": original, "body": "hello"})).await;
    say(json!({"kind": "forward", "original": original})).await;
    say(json!({"kind": "delete", "original": original})).await;
    let items = chat(&stage, "in-1").await["items"].clone();
    assert_eq!((&items[0]["edited"], &items[0]["revoked"]), (&json!(true), &json!(true)));
    assert_eq!((&items[1]["forwarded"], &items[1]["content"]["body"]), (&json!(true), &json!("hello")));
    let words: Vec<_> = stage.take().iter().map(|webhook| webhook.message()["type"].clone()).collect();
    assert_eq!(words, ["text", "edit", "text", "revoke"]);
}

#[tokio::test]
async fn every_specimen_can_be_sent_as_a_photo_or_as_a_file() {
    let stage = Stage::set().await;
    for specimen in specimens() {
        for (as_file, kind) in [(false, "image"), (true, "document")] {
            let act = json!({"kind": "specimen", "name": specimen.name, "as_file": as_file, "caption": null});
            assert_eq!(post(&stage, "people/br-4/say", &json!({"act": act})).await.0, 200);
            assert_eq!(stage.take().pop().unwrap().message()["type"], kind, "{}", specimen.name);
        }
    }
}

#[tokio::test]
async fn a_file_of_ones_own_is_the_body_of_the_request() {
    let stage = Stage::set().await;
    let query = "kind=document&mime=application%2Fpdf&name=id.pdf&mischief=%5B%22expired%22%5D";
    let url = format!("{}/phone/api/people/in-1/attach?{query}", stage.base);
    assert_eq!(stage.http.post(url).body("%PDF-1.7").send().await.unwrap().status(), 200);
    let file = stage.take().pop().unwrap().message()["document"].clone();
    assert_eq!((&file["filename"], &file["mime_type"]), (&json!("id.pdf"), &json!("application/pdf")));
    let id = file["id"].as_str().unwrap();
    assert_eq!(stage.graph(&format!("/{id}")).await.status(), 400, "expired before it could be fetched");
}

#[tokio::test]
async fn a_newcomer_has_a_number_of_their_own_and_nonsense_is_explained() {
    let stage = Stage::set().await;
    let (_, one) = post(&stage, "people", &json!({"country": "IN", "shown": "both"})).await;
    let (_, two) = post(&stage, "people", &json!({"country": "IN", "shown": "user_id"})).await;
    assert_ne!(one["phone"], two["phone"]);
    let (status, error) = post(&stage, "people", &json!({"country": "FR", "shown": "both"})).await;
    assert_eq!(status, 422);
    assert!(error["error"].as_str().unwrap().contains("expected the country of one of the configured numbers"));
}
