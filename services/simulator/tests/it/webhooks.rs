//! Webhooks out: handshake, signature, who wrote, and mischief on the way.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portico_simulator::{Attachment, Content, Error, Inbound, Mischief, Shown, Tick};
use portico_vocab::Sha256;
use serde_json::json;

use crate::stage::{START, Stage, VERIFY_TOKEN};

#[tokio::test]
async fn the_handshake_wants_the_bare_challenge() {
    let stage = Stage::set().await;
    stage.simulator.subscribe(VERIFY_TOKEN).await.unwrap();
    assert!(matches!(stage.simulator.subscribe("another token").await, Err(Error::Handshake)));
}

#[tokio::test]
async fn a_message_is_signed_over_bytes_that_change_when_written_again() {
    let stage = Stage::set().await;
    let webhook = stage.say(&stage.asha(), Inbound::text("Olá / नमस्ते 🙂")).await;
    assert!(webhook.is_signed());
    assert!(webhook.raw.is_ascii(), "Meta escapes everything beyond ASCII");
    let rewritten = serde_json::to_vec(&webhook.json()).unwrap();
    assert_ne!(webhook.raw, rewritten, "so a gateway that writes again before it verifies is found out");

    let message = webhook.message();
    assert_eq!(message["text"]["body"], "Olá / नमस्ते 🙂");
    assert_eq!(message["timestamp"], START.to_string(), "a string of Unix seconds");
    assert_eq!(webhook.value()["metadata"]["phone_number_id"], crate::stage::IN);
}

#[tokio::test]
async fn a_message_id_holds_the_number() {
    let stage = Stage::set().await;
    let asha = stage.asha();
    let wamid = stage.greet(&asha).await;
    let record = STANDARD.decode(wamid.as_str().strip_prefix("wamid.").unwrap()).unwrap();
    assert!(record.windows(asha.phone.as_str().len()).any(|part| part == asha.phone.as_str().as_bytes()));
}

#[tokio::test]
async fn what_a_person_hides_is_absent_not_empty() {
    let stage = Stage::set().await;
    let asha = stage.asha();
    for (shown, phone, user_id) in
        [(Shown::Phone, true, false), (Shown::UserId, false, true), (Shown::Both, true, true)]
    {
        stage.simulator.show_as(&asha.id, shown).unwrap();
        let webhook = stage.say(&asha, Inbound::text("hello")).await;
        let (message, contact) = (webhook.message(), webhook.value()["contacts"][0].clone());
        assert_eq!(message.get("from").is_some(), phone, "{shown:?}");
        assert_eq!(contact.get("wa_id").is_some(), phone, "{shown:?}");
        assert_eq!(message.get("from_user_id").is_some(), user_id, "{shown:?}");
        assert_eq!(contact.get("user_id").is_some(), user_id, "{shown:?}");
    }
}

#[tokio::test]
async fn duplicates_are_the_same_bytes() {
    let stage = Stage::set().await;
    stage.simulator.send(&stage.asha().id, Inbound::text("hello"), &Mischief::times(3)).await.unwrap();
    let received = stage.take();
    assert_eq!(received.len(), 3);
    assert!(received.iter().all(|webhook| webhook.raw == received[0].raw && webhook.is_signed()));
}

#[tokio::test]
async fn a_held_message_arrives_after_the_next_one_with_its_own_time() {
    let stage = Stage::set().await;
    let asha = stage.asha();
    stage.simulator.send(&asha.id, Inbound::text("first"), &Mischief::held()).await.unwrap();
    assert!(stage.take().is_empty());
    stage.clock.forward(5);
    stage.simulator.send_text(&asha.id, "second").await.unwrap();
    let messages: Vec<_> = stage.take().iter().map(|webhook| webhook.message()).collect();
    assert_eq!([&messages[0]["text"]["body"], &messages[1]["text"]["body"]], ["second", "first"]);
    assert_eq!(messages[1]["timestamp"], START.to_string());
}

#[tokio::test]
async fn a_forged_webhook_does_not_verify_and_is_not_tried_again() {
    let stage = Stage::set().await;
    stage.answers(&[401]);
    stage.simulator.send(&stage.asha().id, Inbound::text("hello"), &Mischief::forged()).await.unwrap();
    let received = stage.settled().await;
    assert_eq!(received.len(), 1);
    assert!(!received[0].is_signed() && received[0].signature.len() == 71, "right in form, wrong in key");
}

#[tokio::test]
async fn anything_but_200_is_tried_again_until_it_is_taken() {
    let stage = Stage::set().await;
    let asha = stage.asha();
    stage.answers(&[503, 500, 204]);
    let wamid = stage.simulator.send_text(&asha.id, "hello").await.unwrap();
    let received = stage.settled().await;
    assert_eq!(received.len(), 4, "204 is not 200");
    assert!(received.iter().all(|webhook| webhook.raw == received[0].raw));
    assert_eq!(stage.simulator.tick_of(&asha.id, &wamid), Some(Tick::Delivered));
}

#[tokio::test]
async fn a_file_is_announced_by_id_with_its_digest_in_base64() {
    let stage = Stage::set().await;
    let asha = stage.asha();
    let photo = stage.say(&asha, Inbound::media(Attachment::photo(&b"jpeg"[..]).captioned("my passport"))).await;
    let image = photo.message()["image"].clone();
    assert_eq!(image["sha256"], Sha256::of(b"jpeg").to_base64());
    assert_eq!((&image["mime_type"], &image["caption"]), (&json!("image/jpeg"), &json!("my passport")));
    assert!(std::str::from_utf8(&photo.raw).unwrap().contains(r"image\/jpeg"));

    let file = stage.say(&asha, Inbound::media(Attachment::file(&b"%PDF"[..], "application/pdf", "id.pdf"))).await;
    assert_eq!(file.message()["document"]["filename"], "id.pdf");
    let voice = stage.say(&asha, Inbound::media(Attachment::voice(&b"OggS"[..]))).await;
    assert_eq!(voice.message()["audio"]["mime_type"], "audio/ogg; codecs=opus");
}

#[tokio::test]
async fn edits_deletions_and_forwards_have_metas_shapes() {
    let stage = Stage::set().await;
    let asha = stage.asha();
    let original = stage.greet(&asha).await;

    let edit = Inbound::new(Content::Edit { original: original.clone(), body: "hello again".into() });
    let edit = stage.say(&asha, edit).await.message();
    assert_eq!(edit["type"], "edit");
    assert_eq!(edit["edit"]["original_message_id"], json!(original));
    assert_eq!(edit["edit"]["message"]["text"]["body"], "hello again");

    let revoke = stage.say(&asha, Inbound::new(Content::Revoke { original: original.clone() })).await.message();
    assert_eq!(revoke["revoke"]["original_message_id"], json!(original));

    let forward = stage.say(&asha, Inbound::text("look").forwarded()).await.message();
    assert_eq!(forward["context"], json!({"forwarded": true}), "no id in it");

    let poll = stage.say(&asha, Inbound::new(Content::Unsupported)).await.message();
    assert_eq!((&poll["type"], &poll["errors"][0]["code"]), (&json!("unsupported"), &json!(131_051)));
}

#[tokio::test]
async fn what_is_not_theirs_cannot_be_edited() {
    let stage = Stage::set().await;
    let asha = stage.asha();
    let theirs = stage.greet(&asha).await;
    let stranger = stage.newcomer(Shown::Both);
    let edit = Inbound::new(Content::Revoke { original: theirs });
    let refused = stage.simulator.send(&stranger.id, edit, &Mischief::default()).await;
    assert!(matches!(refused, Err(Error::NoMessage)) && stage.take().is_empty());
}
