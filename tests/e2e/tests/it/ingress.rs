//! Webhooks over real HTTP: each answer of contract.md, section 3.

use anyhow::{Context as _, Result, ensure};
use portico_e2e::{Engine, World, story};
use portico_simulator::{Inbound, Mischief, Shown};
use portico_whatsapp::signature::{AppSecret, sign};
use portico_whatsapp::texts::TextKey;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

const MAX_BYTES: usize = 3 * 1024 * 1024;

/// A message of that time opens no case: what became of it stands in the chain of strays.
const LONG_AGO: &str = "1000000000";

/// Meta's side of the wire, by hand.
struct Meta {
    http: Client,
    url: String,
    secret: AppSecret,
}

impl Meta {
    fn of(world: &World) -> Result<Self> {
        let secret = world.config()?.whatsapp.app_secrets.first().context("an app secret")?.read()?;
        let http = Client::builder().no_proxy().build()?;
        Ok(Self { http, url: format!("{}/webhooks/whatsapp", world.url()?), secret: AppSecret::parse(&secret)? })
    }

    async fn posts(&self, body: &[u8]) -> Result<StatusCode> {
        self.posts_signed(body, &sign(&self.secret, body)).await
    }

    async fn posts_signed(&self, body: &[u8], signature: &str) -> Result<StatusCode> {
        let request = self.http.post(&self.url).header("x-hub-signature-256", signature);
        Ok(request.body(body.to_vec()).send().await?.status())
    }

    async fn asks(&self, query: &[(&str, &str)]) -> Result<(StatusCode, String)> {
        let url = reqwest::Url::parse_with_params(&self.url, query)?;
        let answer = self.http.get(url).send().await?;
        Ok((answer.status(), answer.text().await?))
    }
}

/// A text message to this number of this account.
fn message(waba: &str, number: &str) -> Value {
    let from = "911000999999";
    json!({"object": "whatsapp_business_account", "entry": [{"id": waba, "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "910000000000", "phone_number_id": number},
        "contacts": [{"profile": {"name": "N"}, "wa_id": from}],
        "messages": [{"from": from, "id": format!("wamid.{number}"), "timestamp": LONG_AGO,
            "type": "text", "text": {"body": "hi"}}],
    }}]}]})
}

#[tokio::test]
async fn what_is_not_metas_is_refused() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let meta = Meta::of(world)?;
        let body = message("102290129340398", "106540352242922").to_string();
        let bare = meta.http.post(&meta.url).body(body.clone()).send().await?;
        ensure!(bare.status() == StatusCode::UNAUTHORIZED, "no signature");
        let other = sign(&AppSecret::parse("another app's secret")?, body.as_bytes());
        for wrong in [other.as_str(), "sha256=", "sha1=00", "hello"] {
            ensure!(meta.posts_signed(body.as_bytes(), wrong).await? == StatusCode::UNAUTHORIZED, "{wrong}");
        }
        ensure!(meta.posts(&vec![b' '; MAX_BYTES + 1]).await? == StatusCode::PAYLOAD_TOO_LARGE);
        ensure!(world.cases("IN").await?.is_empty(), "nothing came of it");

        let asha = world.applicant("IN", Shown::Both)?;
        asha.sends(Inbound::text("hello"), &Mischief::forged()).await?;
        world.quiet().await?;
        asha.has_heard_all().await?;
        asha.says("hello").await?;
        asha.hears(TextKey::Notice).await?;
        ensure!(world.cases("IN").await?.len() == 1);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_strangers_number_is_never_answered_200_and_a_body_of_nobody_is() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let meta = Meta::of(world)?;
        let known = message("102290129340398", "106540352242922");
        let stranger = message("999", "999");
        ensure!(meta.posts(stranger.to_string().as_bytes()).await? == StatusCode::SERVICE_UNAVAILABLE);
        let mut both = known.clone();
        both["entry"].as_array_mut().context("entries")?.push(stranger["entry"][0].clone());
        ensure!(meta.posts(both.to_string().as_bytes()).await? == StatusCode::SERVICE_UNAVAILABLE);
        for nobody in ["{}", "[]", "not json", r#"{"object":"page","entry":[]}"#] {
            ensure!(meta.posts(nobody.as_bytes()).await? == StatusCode::OK, "{nobody}");
        }
        world.quiet().await?;
        ensure!(world.strays("IN").await? == 1, "the known part was committed: a message too old to be one's first");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_handshake_echoes_the_bare_challenge_to_whoever_knows_the_token() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let meta = Meta::of(world)?;
        let token = world.config()?.whatsapp.verify_token.read()?;
        world.simulator()?.subscribe(&token).await?;
        for (mode, token) in [("subscribe", "wrong"), ("unsubscribe", token.as_str())] {
            let query = [("hub.mode", mode), ("hub.challenge", "1158201444"), ("hub.verify_token", token)];
            let (status, body) = meta.asks(&query).await?;
            ensure!(status == StatusCode::FORBIDDEN && !body.contains("1158201444"), "{mode}: {status}");
        }
        Ok(())
    })
    .await
}
