//! Two cells behind one ingress, an inbox that can be switched off or held up, and bodies signed as Meta signs them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use portico_ingress::{CellDoor, IngressConfig, router};
use portico_keys::{CellKeys, MasterKey, SeededEntropy};
use portico_ledger::segment::{self, Slice};
use portico_ledger::{Intake, LedgerError, SegmentRow};
use portico_telemetry::{Count, IngressMetrics};
use portico_vocab::{CellId, Clock, CountryCode, PhoneNumberId, Timestamp, WabaId};
use portico_whatsapp::signature::{AppSecret, sign};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

pub const IN_NUMBER: &str = "106540352242922";
pub const BR_NUMBER: &str = "277321005464405";
pub const IN_WABA: &str = "102290129340398";
pub const BR_WABA: &str = "264937493375603";
pub const IGNORED_NUMBER: &str = "123456123";
pub const VERIFY_TOKEN: &str = "a token";

/// One cell's inbox: what was accepted, and switches for what can go wrong.
pub struct Inbox {
    pub segments: Mutex<Vec<SegmentRow>>,
    pub days: Mutex<BTreeMap<String, Vec<u8>>>,
    pub down: AtomicBool,
    pub keys_destroyed: AtomicBool,
    /// Days that house-keeping destroyed while a segment was on its way.
    pub past_days: Mutex<Vec<String>>,
    /// Each commit takes one permit for good; many are there unless a test takes them away.
    pub pace: Semaphore,
}

impl Inbox {
    fn new() -> Self {
        Self {
            segments: Mutex::default(),
            days: Mutex::default(),
            down: AtomicBool::new(false),
            keys_destroyed: AtomicBool::new(false),
            past_days: Mutex::default(),
            pace: Semaphore::new(1_000_000),
        }
    }

    fn check(&self) -> Result<(), LedgerError> {
        if self.down.load(Ordering::SeqCst) { Err(LedgerError::Unavailable("down".into())) } else { Ok(()) }
    }
}

#[async_trait]
impl Intake for Inbox {
    async fn accept(&self, segments: &[SegmentRow]) -> Result<(), LedgerError> {
        self.pace.acquire().await.unwrap().forget();
        self.check()?;
        for SegmentRow { day, .. } in segments {
            if self.past_days.lock().unwrap().contains(day) {
                return Err(LedgerError::DayKeyDestroyed { day: day.clone() });
            }
        }
        self.segments.lock().unwrap().extend_from_slice(segments);
        Ok(())
    }

    async fn segment(&self, id: [u8; 16]) -> Result<Option<SegmentRow>, LedgerError> {
        Ok(self.segments.lock().unwrap().iter().find(|segment| segment.id == id).cloned())
    }

    async fn day_key(&self, day: &str, wrapped: &[u8]) -> Result<Option<Vec<u8>>, LedgerError> {
        self.check()?;
        if self.keys_destroyed.load(Ordering::SeqCst) {
            return Ok(None);
        }
        Ok(Some(self.days.lock().unwrap().entry(day.to_owned()).or_insert_with(|| wrapped.to_vec()).clone()))
    }

    async fn parked_segments(&self, _before: &str, _limit: u32) -> Result<Vec<SegmentRow>, LedgerError> {
        Ok(Vec::new())
    }

    async fn rewrap_segment(&self, _id: [u8; 16], _from: &str, _to: &str, _body: &[u8]) -> Result<bool, LedgerError> {
        Ok(false)
    }

    async fn destroy_day_keys(&self, _before: &str) -> Result<u64, LedgerError> {
        Ok(0)
    }
}

/// Seconds since 1970, moved by hand.
pub struct HandClock(pub AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(self.0.load(Ordering::SeqCst))
    }
}

pub struct Cell {
    pub inbox: Arc<Inbox>,
    pub keys: CellKeys,
}

impl Cell {
    fn new(country: &str, seed: u64) -> Self {
        let entropy = SeededEntropy::new(seed);
        let cell = CellId::of(CountryCode::parse(country).unwrap());
        let keys = CellKeys::new(cell, MasterKey::generate(&entropy), Arc::new(entropy));
        Self { inbox: Arc::new(Inbox::new()), keys }
    }

    pub fn door(&self, number: &str, waba: &str) -> CellDoor {
        CellDoor {
            cell: self.keys.cell(),
            phone_number_ids: vec![PhoneNumberId::parse(number).unwrap()],
            waba_ids: vec![WabaId::parse(waba).unwrap()],
            ledger: self.inbox.clone(),
            keys: self.keys.clone(),
        }
    }

    pub fn segments(&self) -> Vec<SegmentRow> {
        self.inbox.segments.lock().unwrap().clone()
    }

    /// Everything accepted, opened with this cell's keys as the `sort` job opens it.
    pub fn slices(&self) -> Vec<Slice> {
        self.segments().iter().flat_map(|row| self.open(row).unwrap()).collect()
    }

    pub fn open(&self, row: &SegmentRow) -> Option<Vec<Slice>> {
        let wrapped = self.inbox.days.lock().unwrap().get(&row.day).cloned()?;
        let key = self.keys.open_day_key(&row.day, &wrapped).ok()?;
        let body = key.open(segment::SEAL_PURPOSE, &[&row.id], &row.body).ok()?;
        Some(segment::decode(&body).unwrap())
    }
}

pub struct Stage {
    pub india: Cell,
    pub brazil: Cell,
    pub clock: Arc<HandClock>,
    pub metrics: IngressMetrics,
    pub secret: AppSecret,
    pub router: Router,
    pub writers: JoinSet<()>,
}

impl Stage {
    pub fn new() -> Self {
        Self::with(|_| ())
    }

    pub fn with(change: impl FnOnce(&mut IngressConfig)) -> Self {
        let (india, brazil) = (Cell::new("IN", 1), Cell::new("BR", 2));
        let secret = AppSecret::parse("the app secret").unwrap();
        let mut config = IngressConfig::new(vec![secret.clone()], VERIFY_TOKEN);
        config.ignore_phone_number_ids = vec![PhoneNumberId::parse(IGNORED_NUMBER).unwrap()];
        change(&mut config);
        let clock = Arc::new(HandClock(AtomicI64::new(1_795_339_800)));
        let metrics = IngressMetrics::default();
        let doors = vec![india.door(IN_NUMBER, IN_WABA), brazil.door(BR_NUMBER, BR_WABA)];
        let (router, running) = router(config, doors, clock.clone(), metrics.clone()).unwrap();
        let mut writers = JoinSet::new();
        writers.spawn(running.run());
        Self { india, brazil, clock, metrics, secret, router, writers }
    }

    pub async fn request(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// What Meta would be told: the body is signed with the app secret.
    pub async fn post(&self, body: &[u8]) -> StatusCode {
        self.post_signed(body, sign(&self.secret, body).as_bytes()).await
    }

    pub async fn post_signed(&self, body: &[u8], signature: &[u8]) -> StatusCode {
        let request = Request::post("/webhooks/whatsapp").header("x-hub-signature-256", signature);
        self.request(request.body(Body::from(body.to_vec())).unwrap()).await.status()
    }

    pub async fn get(&self, target: &str) -> Response<Body> {
        self.request(Request::get(target).body(Body::empty()).unwrap()).await
    }

    pub fn counted(&self, count: Count) -> u64 {
        self.metrics.get(count)
    }

    pub fn nothing_kept(&self) -> bool {
        self.india.segments().is_empty() && self.brazil.segments().is_empty()
    }
}

/// A text message to `number`.
pub fn message(number: &str, text: &str) -> Value {
    let message = json!({
        "from": "16505551234",
        "id": format!("wamid.{text}"),
        "timestamp": "1795339800",
        "type": "text",
        "text": { "body": text },
    });
    json!({
        "field": "messages",
        "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "15550783881", "phone_number_id": number },
            "messages": [message],
        },
    })
}

/// An account-level change: no number in it.
pub fn account_update() -> Value {
    json!({ "field": "account_update", "value": { "event": "ACCOUNT_RESTRICTION" } })
}

pub fn entry(waba: &str, changes: &[Value]) -> Value {
    json!({ "id": waba, "time": 1_795_339_800, "changes": changes })
}

pub fn webhook(entries: &[Value]) -> Vec<u8> {
    json!({ "object": "whatsapp_business_account", "entry": entries }).to_string().into_bytes()
}

/// One message to the Indian cell.
pub fn indian(text: &str) -> Vec<u8> {
    webhook(&[entry(IN_WABA, &[message(IN_NUMBER, text)])])
}
