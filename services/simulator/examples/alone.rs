//! The stand-in alone, to look at its pages: `cargo run -p portico-simulator --example alone`, then
//! <http://127.0.0.1:8090>. A small echo takes Portico's place, so that every kind of bubble can be seen.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use portico_simulator::{Number, Pace, Simulator, SimulatorConfig};
use portico_vocab::{Clock, CountryCode, Language, PhoneNumberId, Timestamp, WabaId};
use serde_json::{Value, json};

const HERE: &str = "127.0.0.1:8090";

struct WallClock(Instant, Timestamp);

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        self.1.plus_millis(i64::try_from(self.0.elapsed().as_millis()).unwrap_or(i64::MAX))
    }
}

#[expect(clippy::disallowed_methods, reason = "an example is a shell: this is where the time is read once")]
fn clock() -> WallClock {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    WallClock(Instant::now(), Timestamp::from_seconds(i64::try_from(since.as_secs()).unwrap_or(0)))
}

fn number(
    country: &str,
    language: &str,
    id: &str,
    display: &str,
    bank: &str,
) -> Result<Number, portico_vocab::ParseError> {
    Ok(Number {
        country: CountryCode::parse(country)?,
        phone_number_id: PhoneNumberId::parse(id)?,
        waba_id: WabaId::parse("102290129340398")?,
        display_number: display.to_owned(),
        bank_name: bank.to_owned(),
        languages: vec![Language::parse(language)?],
    })
}

/// Answers any message with text, buttons or a list, in turn.
async fn echo(State((client, turn)): State<(reqwest::Client, Arc<std::sync::atomic::AtomicUsize>)>, body: String) {
    let Ok(webhook) = serde_json::from_str::<Value>(&body) else { return };
    let value = &webhook["entry"][0]["changes"][0]["value"];
    let message = &value["messages"][0];
    let (Some(id), Some(number)) = (message["id"].as_str(), value["metadata"]["phone_number_id"].as_str()) else {
        return;
    };
    let url = format!("http://{HERE}/graph/v25.0/{number}/messages");
    let mut answer = json!({"messaging_product": "whatsapp"});
    match message["from"].as_str() {
        Some(phone) => answer["to"] = json!(phone),
        None => answer["recipient"] = message["from_user_id"].clone(),
    }
    let read = json!({"messaging_product": "whatsapp", "status": "read", "message_id": id,
        "typing_indicator": {"type": "text"}});
    let _ = client.post(&url).bearer_auth("token").json(&read).send().await;
    let extra = match turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 3 {
        0 => json!({"type": "interactive", "interactive": {"type": "button", "body": {"text":
            "Hello, this is Example Bank. To open your account we must check who you are.\n\n*We ask for:* a photo of \
             one ID, a selfie, and what we read from them.\n*Why:* the law asks every bank to know its customers. Not \
             for advertising.\n\nWe never ask for a PIN, OTP, card number or password."},
            "footer": {"text": "HELP: answers or a person · STOP: end"}, "action": {"buttons": [
            {"type": "reply", "reply": {"id": "consent:accept", "title": "I agree"}},
            {"type": "reply", "reply": {"id": "consent:decline", "title": "No, thanks"}},
            {"type": "reply", "reply": {"id": "language:hi", "title": "हिन्दी"}}]}}}),
        1 => json!({"type": "interactive", "interactive": {"type": "list", "body": {"text":
            "Thank you. Which document will you show us? It must be the original and still valid."},
            "action": {"button": "Choose", "sections": [{"rows": [
            {"id": "document:voter_id", "title": "Voter ID (EPIC)", "description": "Front and back"},
            {"id": "document:passport", "title": "Passport", "description": "The page with your photo"},
            {"id": "document:driving_licence", "title": "Driving licence", "description": "Front and back"},
            {"id": "document:none", "title": "None of these", "description": "A person will help you"}]}]}}}),
        _ => json!({"type": "text", "text": {"body": "*1 of 2 · Passport, the page with your photo*\nPut it on a \
            table near a window, without flash. All four corners in the picture, the letters sharp. Then send the \
            photo here."}}),
    };
    for (key, value) in extra.as_object().into_iter().flatten() {
        answer[key] = value.clone();
    }
    let _ = client.post(&url).bearer_auth("token").json(&answer).send().await;
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = SimulatorConfig {
        numbers: vec![
            number("IN", "en", "106540352242922", "911000000000", "Example Bank")?,
            number("BR", "pt_BR", "106540352242923", "550090000000", "Banco Exemplo")?,
        ],
        app_secret: "secret".into(),
        access_token: "token".into(),
        webhook_url: format!("http://{HERE}/webhooks/whatsapp"),
        verify_token: None,
        graph_path: "/graph/v25.0".into(),
        public_url: format!("http://{HERE}"),
        webhook_secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into(),
        api_url: format!("http://{HERE}"),
        api_token: "api".into(),
        pace: Pace::human(),
        data_dir: ".portico".into(),
        notices: vec!["IN cannot mask Aadhaar yet, so Aadhaar is not offered.".into()],
    };
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let state = std::sync::Mutex::new(move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed.to_le_bytes()[3]
    });
    let entropy = Arc::new(move |bytes: &mut [u8]| {
        if let Ok(mut next) = state.lock() {
            bytes.fill_with(&mut *next);
        }
    });
    let progress = json!({"received": 12, "taken_in": 9, "checked": 9, "in_review": 2, "decided": 6, "announced": 6,
        "last": [{"case": "case_7f3k", "country": "IN", "what": "passport, selfie", "stage": "in review",
            "note": "face: unsure"}]});
    let simulator = Simulator::new(config, Arc::new(clock()), entropy)?.with_progress(Arc::new(move || {
        let progress = progress.clone();
        Box::pin(async move { progress })
    }));
    let client = reqwest::Client::builder().no_proxy().build()?;
    let echo = Router::new().route("/webhooks/whatsapp", post(echo)).with_state((client, Arc::default()));
    println!("http://{HERE}");
    axum::serve(tokio::net::TcpListener::bind(HERE).await?, simulator.router().merge(echo)).await?;
    Ok(())
}
