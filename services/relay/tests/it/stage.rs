//! A cell with a ledger in memory and a clock moved by hand, and inboxes whose answers a test writes.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, Response};
use portico_keys::SeededEntropy;
use portico_ledger::{
    CaseRow, Commit, DeliveryRow, EntryRow, EventRow, Ledger, MemoryLedger, OpenChange, ParkedItem, Read as _,
    Record as _, SenderId, StopChange, Work as _,
};
use portico_relay::{Courier, CourierConfig, Relay, Secret, Subscriber, SubscriberConfig};
use portico_vocab::{CaseId, CaseVersion, CellId, Clock, CountryCode, EventId, InputId, Sha256, StageName, Timestamp};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub const WHSEC: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const WHSK: &str = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc=";
pub const NAME: &str = "core-banking";

pub struct HandClock(AtomicI64);

impl HandClock {
    pub fn forward_s(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(self.0.load(Ordering::SeqCst))
    }
}

pub fn cell() -> CellId {
    CellId::of(CountryCode::parse("IN").unwrap())
}

pub fn case(number: u8) -> CaseId {
    CaseId::from_bytes([number; 16])
}

/// The event of `case`'s change number `seq`.
pub fn event_id(case: CaseId, seq: u64) -> EventId {
    EventId::from_bytes(std::array::from_fn(|i| if i == 15 { seq as u8 } else { case.as_bytes()[i] }))
}

pub struct Stage {
    pub ledger: Arc<MemoryLedger>,
    pub clock: Arc<HandClock>,
}

impl Stage {
    pub fn new() -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(1_795_339_800)));
        Self { ledger: Arc::new(MemoryLedger::new()), clock }
    }

    /// A change of `case` that announces its event number `seq` to core-banking.
    pub async fn announce(&self, case: CaseId, seq: u64) {
        self.announce_to(case, seq, &[NAME]).await;
    }

    pub async fn announce_to(&self, case: CaseId, seq: u64, subscribers: &[&str]) {
        let now = self.clock.now();
        let event = event_id(case, seq);
        let row = EventRow {
            id: event,
            case,
            seq,
            version: CaseVersion(seq),
            kind: String::from("kyc.review.requested"),
            at: now,
            data: String::from(r#"{"reference":"A7-4419"}"#),
        };
        let delivery = |name: &&str| {
            let subscriber = (*name).to_owned();
            DeliveryRow { event, subscriber, case, seq, run_at: now, trace: None }
        };
        let commit = Commit {
            events: vec![row],
            deliveries: subscribers.iter().map(delivery).collect(),
            ..self.bare_commit(case, seq)
        };
        self.ledger.commit(&commit).await.unwrap();
    }

    fn bare_commit(&self, case: CaseId, version: u64) -> Commit {
        let now = self.clock.now();
        let stage = StageName::InReview;
        let head = Sha256::of(&version.to_be_bytes());
        Commit {
            input: InputId::from_digest(Sha256::of_parts(&[case.as_bytes(), &version.to_be_bytes()])),
            expects: (version > 1).then(|| CaseVersion(version - 1)),
            case: CaseRow {
                id: case,
                sender: SenderId(*case.as_bytes()),
                version: CaseVersion(version),
                stage,
                outcome: None,
                opened_at: now,
                updated_at: now,
                review_since: Some(now),
                summary: String::from("{}"),
                head,
                body: vec![],
                key: (version == 1).then(Vec::new),
            },
            entry: EntryRow {
                case,
                version: CaseVersion(version),
                at: now,
                stage,
                kind: String::from("message"),
                actor: String::from("applicant"),
                outcome: String::from("applied"),
                previous: Sha256::of(&(version - 1).to_be_bytes()),
                digest: head,
                body: vec![],
            },
            jobs: vec![],
            outbounds: vec![],
            events: vec![],
            deliveries: vec![],
            seen: vec![],
            objects: vec![],
            aliases: vec![],
            open: if version == 1 { OpenChange::Open } else { OpenChange::Keep },
            stop: StopChange::Keep,
            window: None,
            shred: false,
            done: None,
        }
    }

    pub fn relay(&self, subscribers: &[Subscriber]) -> Relay {
        self.relay_with(subscribers, CourierConfig::default())
    }

    pub fn relay_with(&self, subscribers: &[Subscriber], config: CourierConfig) -> Relay {
        let ledger: Arc<dyn Ledger> = self.ledger.clone();
        let courier = Courier::new(config).unwrap();
        Relay::new(cell(), ledger, subscribers, self.clock.clone(), Arc::new(SeededEntropy::new(1)), courier)
    }

    pub async fn announced(&self) -> u64 {
        self.ledger.counts(self.clock.now()).await.unwrap().announced
    }

    pub async fn parked(&self) -> Vec<ParkedItem> {
        self.ledger.parked(100).await.unwrap()
    }
}

pub fn subscriber(name: &str, url: &str) -> Subscriber {
    Subscriber::new(config(name, url)).unwrap()
}

pub fn config(name: &str, url: &str) -> SubscriberConfig {
    SubscriberConfig {
        name: name.to_owned(),
        cells: vec![cell()],
        url: url.to_owned(),
        events: vec![],
        secrets: vec![Secret::parse(WHSEC).unwrap(), Secret::parse(WHSK).unwrap()],
        allow_private: true,
    }
}

/// One delivery as it came in.
#[derive(Debug, Clone)]
pub struct Got {
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// An account system.
pub struct Inbox {
    pub address: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
    _tasks: JoinSet<()>,
}

impl Inbox {
    /// `answer` is given the delivery and how many came before it; `None` never answers.
    pub async fn start(answer: impl Fn(&Got, usize) -> Option<Response<Body>> + Clone + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let got = Arc::new(Mutex::new(Vec::new()));
        let log = got.clone();
        let router = Router::new().fallback(move |request: Request<Body>| {
            let (log, answer) = (log.clone(), answer.clone());
            async move {
                let (head, body) = request.into_parts();
                let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
                let got = Got { headers: head.headers, body };
                let before = {
                    let mut log = log.lock().unwrap();
                    log.push(got.clone());
                    log.len() - 1
                };
                match answer(&got, before) {
                    Some(response) => response,
                    None => std::future::pending().await,
                }
            }
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, got, _tasks: tasks }
    }

    /// One that takes everything.
    pub async fn friendly() -> Self {
        Self::start(|_, _| Some(status(204))).await
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    pub fn url(&self) -> String {
        format!("http://{}/hooks/kyc?key=secret", self.address)
    }

    pub fn subscriber(&self) -> Subscriber {
        subscriber(NAME, &self.url())
    }
}

pub fn status(code: u16) -> Response<Body> {
    Response::builder().status(code).body(Body::empty()).unwrap()
}

/// 200 and a body that does not end.
pub fn endless() -> Response<Body> {
    let megabyte = vec![b'a'; 1 << 20];
    Response::new(Body::from_stream(futures::stream::repeat_with(move || Ok::<_, Infallible>(megabyte.clone()))))
}
