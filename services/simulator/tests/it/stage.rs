//! A stage for one test: the stand-in on a free port, and an endpoint in Portico's place that keeps what it is sent.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use hmac::{Hmac, KeyInit as _, Mac as _};
use portico_simulator::{Applicant, Inbound, Mischief, Number, Pace, Shown, Simulator, SimulatorConfig};
use portico_vocab::{Clock, CountryCode, Language, PhoneNumberId, Timestamp, WabaId, Wamid};
use serde_json::{Value, json};
use tokio::task::JoinSet;

pub const APP_SECRET: &str = "an app secret";
pub const ACCESS_TOKEN: &str = "an access token";
pub const VERIFY_TOKEN: &str = "a verify token";
pub const API_TOKEN: &str = "an api token";
pub const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const IN: &str = "106540352242922";
pub const BR: &str = "106540352242923";
pub const WABA: &str = "102290129340398";
pub const START: i64 = 1_790_000_000;

/// A clock that moves when it is told to.
pub struct HandClock(AtomicI64);

impl HandClock {
    pub fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(self.0.load(Ordering::SeqCst))
    }
}

/// A webhook as it arrived.
#[derive(Clone)]
pub struct Received {
    pub raw: Bytes,
    pub signature: String,
}

impl Received {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.raw).unwrap()
    }

    pub fn value(&self) -> Value {
        self.json()["entry"][0]["changes"][0]["value"].clone()
    }

    pub fn message(&self) -> Value {
        self.value()["messages"][0].clone()
    }

    /// What our own gateway will check, computed here from RFC 2104 and nothing of the product.
    pub fn is_signed(&self) -> bool {
        let mac = Hmac::<sha2::Sha256>::new_from_slice(APP_SECRET.as_bytes()).unwrap().chain_update(&self.raw);
        let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        self.signature == format!("sha256={hex}")
    }
}

#[derive(Clone, Default)]
struct Portico {
    received: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

pub struct Stage {
    pub simulator: Simulator,
    pub clock: Arc<HandClock>,
    pub http: reqwest::Client,
    pub base: String,
    portico: Portico,
    portico_url: String,
    _servers: JoinSet<()>,
}

impl Stage {
    pub async fn set() -> Self {
        Self::with(|_| ()).await
    }

    /// A stage whose stand-in is configured otherwise.
    pub async fn with(change: impl FnOnce(&mut SimulatorConfig)) -> Self {
        let mut servers = JoinSet::new();
        let portico = Portico::default();
        let endpoint = Router::new()
            .route("/webhooks/whatsapp", get(handshake).post(webhook))
            .route("/v1/cases/{id}", get(v1))
            .route("/v1/cases/{id}/applicant", get(v1))
            .with_state(portico.clone());
        let portico_url = serve(&mut servers, |_| endpoint).await;

        let clock = Arc::new(HandClock(AtomicI64::new(START)));
        let mut stand_in = None;
        let base = serve(&mut servers, |base| {
            let mut config = config(base, &portico_url);
            change(&mut config);
            let simulator = Simulator::new(config, clock.clone(), entropy()).unwrap();
            stand_in.insert(simulator).router()
        })
        .await;
        let http = client();
        Self { simulator: stand_in.unwrap(), clock, http, base, portico, portico_url, _servers: servers }
    }

    pub fn asha(&self) -> Applicant {
        self.simulator.applicants().into_iter().find(|applicant| applicant.name == "Asha").unwrap()
    }

    /// Says hello and forgets the webhook: the window is open, the chat has begun.
    pub async fn greet(&self, who: &Applicant) -> Wamid {
        let wamid = self.simulator.send_text(&who.id, "hello").await.unwrap();
        self.take();
        wamid
    }

    /// Everything that arrived since the last time, once nothing is on its way.
    pub async fn settled(&self) -> Vec<Received> {
        self.simulator.settle().await;
        self.take()
    }

    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.portico.received.lock().unwrap())
    }

    /// Where the endpoint in Portico's place is.
    pub fn webhook_url(&self) -> String {
        format!("{}/webhooks/whatsapp", self.portico_url)
    }

    /// What the endpoint answers next; 200 after these.
    pub fn answers(&self, statuses: &[u16]) {
        self.portico.answers.lock().unwrap().extend(statuses);
    }

    /// `POST /messages` of the Indian number, with the token.
    pub async fn send(&self, body: &Value) -> (u16, Value) {
        let url = format!("{}/{IN}/messages", self.simulator.graph_url());
        let answer = self.http.post(url).bearer_auth(ACCESS_TOKEN).json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub async fn send_text(&self, to: &Applicant, body: &str) -> (u16, Value) {
        self.send(&json!({"messaging_product": "whatsapp", "to": to.phone, "text": {"body": body}})).await
    }

    pub async fn graph(&self, path: &str) -> reqwest::Response {
        let url =
            if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.simulator.graph_url()) };
        self.http.get(url).bearer_auth(ACCESS_TOKEN).send().await.unwrap()
    }

    pub async fn say(&self, who: &Applicant, inbound: Inbound) -> Received {
        self.simulator.send(&who.id, inbound, &Mischief::default()).await.unwrap();
        self.take().pop().unwrap()
    }

    pub fn newcomer(&self, shown: Shown) -> Applicant {
        self.simulator.new_applicant(CountryCode::parse("IN").unwrap(), shown).unwrap()
    }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

async fn serve(servers: &mut JoinSet<()>, router: impl FnOnce(&str) -> Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = router(&base);
    servers.spawn(async move { axum::serve(listener, router).await.unwrap() });
    base
}

fn config(base: &str, portico_url: &str) -> SimulatorConfig {
    let number = |country, id, display: &str, bank: &str| Number {
        country: CountryCode::parse(country).unwrap(),
        phone_number_id: PhoneNumberId::parse(id).unwrap(),
        waba_id: WabaId::parse(WABA).unwrap(),
        display_number: display.to_owned(),
        bank_name: bank.to_owned(),
        languages: vec![Language::english()],
    };
    SimulatorConfig {
        numbers: vec![
            number("IN", IN, "911000000000", "Example Bank"),
            number("BR", BR, "550090000000", "Banco Exemplo"),
        ],
        app_secret: APP_SECRET.into(),
        access_token: ACCESS_TOKEN.into(),
        webhook_url: format!("{portico_url}/webhooks/whatsapp"),
        verify_token: None,
        graph_path: "/graph/v25.0".into(),
        public_url: base.to_owned(),
        webhook_secret: WEBHOOK_SECRET.into(),
        api_url: portico_url.to_owned(),
        api_token: API_TOKEN.into(),
        pace: Pace::instant(),
        data_dir: ".portico".into(),
        notices: vec!["IN cannot mask Aadhaar yet, so Aadhaar is not offered.".into()],
    }
}

/// Numbers without chance: a splitmix sequence.
fn entropy() -> Arc<dyn Fn(&mut [u8]) + Send + Sync> {
    let state = AtomicU64::new(1);
    Arc::new(move |bytes| {
        for byte in bytes {
            let seed = state.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *byte = (mixed >> 32) as u8;
        }
    })
}

async fn handshake(Query(query): Query<Vec<(String, String)>>) -> (StatusCode, String) {
    let value = |key: &str| query.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
    if value("hub.mode").as_deref() == Some("subscribe") && value("hub.verify_token").as_deref() == Some(VERIFY_TOKEN) {
        (StatusCode::OK, value("hub.challenge").unwrap())
    } else {
        (StatusCode::FORBIDDEN, String::new())
    }
}

async fn webhook(State(portico): State<Portico>, headers: HeaderMap, raw: Bytes) -> StatusCode {
    let signature = headers["x-hub-signature-256"].to_str().unwrap().to_owned();
    portico.received.lock().unwrap().push(Received { raw, signature });
    let answer = portico.answers.lock().unwrap().pop_front().unwrap_or(200);
    StatusCode::from_u16(answer).unwrap()
}

async fn v1(uri: axum::http::Uri, headers: HeaderMap) -> axum::Json<Value> {
    let token = headers.get("authorization").and_then(|value| value.to_str().ok());
    axum::Json(json!({"path": uri.path(), "token": token}))
}
