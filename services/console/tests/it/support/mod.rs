//! A whole office in process: memory ledgers, an embedded bucket, a clock moved by hand, and applicants who send what a
//! test needs. Everything goes through the real cell; nothing of the console is stood in for.

pub mod browser;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use axum::Router;
use portico_case::{
    Answered, Case, Custody, Facts, Input, InputKind, JobSpec, Question, StoredObject, Taken, dossier_digest,
};
use portico_cell::{Around, Cell, CellParts, Loaded, OpenCase, SubscriberRule, open_job};
use portico_console::ConsoleConfig;
use portico_keys::{CellKeys, Entropy, MasterKey, SeededEntropy};
use portico_ledger::{AliasKind, DeliveryEnd, MemoryLedger, OutboundState, Queue, SenderId, Settled};
use portico_policy::Policy;
use portico_vault::{BucketConfig, Purpose, Vault};
use portico_vocab::{
    CaseId, CellId, CheckKind, Clock, CountryCode, EvidenceId, Finding, FindingResult, Language, MediaId,
    PhoneNumberId, Pii, ReasonCode, Sha256, Timestamp, Wamid,
};
use portico_whatsapp::inbound::{Content, Inbound, MediaKind, MediaRef, SenderIds};
use portico_whatsapp::texts::{Setting, TextKey, Texts};
use tempfile::TempDir;

pub const PASSPORT: &[u8] = include_bytes!("../../../../../fixtures/images/specimens/passport.jpg");
pub const BLURRED: &[u8] = include_bytes!("../../../../../fixtures/images/specimens/passport_blurred.jpg");
pub const GLARE: &[u8] = include_bytes!("../../../../../fixtures/images/specimens/passport_glare.jpg");
pub const SELFIE: &[u8] = include_bytes!("../../../../../fixtures/images/specimens/selfie_match.jpg");
pub const ID_FRONT: &[u8] = include_bytes!("../../../../../fixtures/images/specimens/id_front.jpg");
pub const ID_BACK: &[u8] = include_bytes!("../../../../../fixtures/images/specimens/id_back.jpg");

/// A clock that stands until it is moved.
pub struct HandClock(AtomicI64);

impl HandClock {
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

pub struct Office {
    pub cells: Vec<Cell>,
    pub clock: Arc<HandClock>,
    sent: AtomicU32,
    _folders: Vec<TempDir>,
}

impl Office {
    /// Cells of these countries, at half past nine on a Sunday in November.
    pub async fn open(countries: &[&str]) -> Self {
        let start = Timestamp::parse("2026-11-22T09:30:00Z").unwrap();
        let clock = Arc::new(HandClock(AtomicI64::new(start.as_micros())));
        let (mut cells, mut folders) = (Vec::new(), Vec::new());
        for (seed, code) in (7_u64..).zip(countries) {
            let folder = TempDir::new().unwrap();
            cells.push(open_cell(code, seed, &folder, Arc::clone(&clock)).await);
            folders.push(folder);
        }
        Self { cells, clock, sent: AtomicU32::new(0), _folders: folders }
    }

    pub fn router(&self) -> Router {
        portico_console::router(self.cells.clone(), ConsoleConfig { dev_sign_in: true, ..ConsoleConfig::default() })
    }

    pub fn cell(&self, code: &str) -> &Cell {
        self.cells.iter().find(|cell| cell.country().as_str() == code).unwrap()
    }

    pub async fn case(&self, code: &str, id: CaseId) -> Case {
        match self.cell(code).load(id).await.unwrap() {
            Some(Loaded::Whole(opened)) => opened.case,
            _ => panic!("no such case"),
        }
    }

    /// Hello, consent, a document.
    pub async fn applicant(&self, code: &str, name: &str, document: &str) -> CaseId {
        let cell = self.cell(code);
        let number = self.sent.fetch_add(1, Ordering::SeqCst);
        let sender = SenderId(number.to_be_bytes().repeat(4).try_into().unwrap());
        let phone_number = PhoneNumberId::parse("106540352242922").unwrap();
        let around = Around {
            names: vec![(AliasKind::Phone, cell.keys().lookup("alias/phone", &sender.0))],
            window: Some((phone_number.clone(), cell.now())),
            ..Around::default()
        };
        let language = Language::parse(if code == "BR" { "pt_BR" } else { "en" }).unwrap();
        let hello = Content::Text { body: Pii::new("Hello, I want to open an account".to_owned()) };
        let opened = cell
            .open_case(OpenCase { sender, phone_number, language }, &self.message(cell, name, hello, None), &around)
            .await
            .unwrap();
        let id = opened.case.id;
        self.tell_all(code).await;
        self.tap(code, id, name, "consent:accept", Question::Consent, TextKey::Notice).await;
        self.tell_all(code).await;
        self.tap(code, id, name, &format!("document:{document}"), Question::Document, TextKey::DocumentChoose).await;
        self.tell_all(code).await;
        id
    }

    /// Free text.
    pub async fn says(&self, code: &str, id: CaseId, name: &str, text: &str) {
        let content = Content::Text { body: Pii::new(text.to_owned()) };
        self.apply(code, id, self.message(self.cell(code), name, content, None)).await;
    }

    async fn tap(&self, code: &str, id: CaseId, name: &str, reply: &str, question: Question, text: TextKey) {
        self.clock.advance(20);
        let cell = self.cell(code);
        let asked = self.case(code, id).await.questions[&question].outbound;
        let row = cell.ledger().outbound(asked).await.unwrap().unwrap();
        let answered = Answered { outbound: asked, text, text_hash: row.text_hash };
        let content = Content::Tap { reply_id: reply.to_owned() };
        self.apply(code, id, self.message(cell, name, content, Some(answered))).await;
    }

    /// A photo, taken in and read as good, or as failed for `defect`.
    pub async fn photo(&self, code: &str, id: CaseId, bytes: &[u8], defect: Option<ReasonCode>) -> EvidenceId {
        self.clock.advance(35);
        let cell = self.cell(code);
        let media = MediaRef {
            kind: MediaKind::Image,
            id: MediaId::parse("4242").unwrap(),
            declared_mime: Some("image/jpeg".to_owned()),
            declared_sha256: Some(Sha256::of(bytes)),
            file_name: None,
            caption: None,
        };
        self.apply(code, id, self.message(cell, "", Content::Media { media }, None)).await;
        let evidence = self.case(code, id).await.evidence.last().unwrap().id;
        let taken = self.taken(cell, id, bytes).await;
        let kind = InputKind::TakenIn { evidence, result: Ok(taken) };
        self.apply(code, id, self.input(cell, kind)).await;
        let findings = findings(evidence, defect);
        self.apply(code, id, self.input(cell, InputKind::Read { evidence, findings })).await;
        self.tell_all(code).await;
        evidence
    }

    /// The machine's word on the whole, which brings it before a reviewer.
    pub async fn assess(&self, code: &str, id: CaseId) {
        let dossier = dossier_digest(&self.case(code, id).await);
        let kind = InputKind::Assessed { dossier, findings: Vec::new() };
        self.apply(code, id, self.input(self.cell(code), kind)).await;
        self.tell_all(code).await;
    }

    /// All of it: a passport case in review.
    pub async fn in_review(&self, code: &str, name: &str) -> CaseId {
        let id = self.applicant(code, name, "passport").await;
        self.photo(code, id, PASSPORT, None).await;
        self.photo(code, id, SELFIE, None).await;
        self.assess(code, id).await;
        id
    }

    async fn taken(&self, cell: &Cell, id: CaseId, bytes: &[u8]) -> Taken {
        let Some(Loaded::Whole(opened)) = cell.load(id).await.unwrap() else { panic!("no such case") };
        let image = cell.vault().put(&opened.key, Purpose::Image, bytes).await.unwrap();
        let thumbnail = cell.vault().put(&opened.key, Purpose::Thumbnail, bytes).await.unwrap();
        let object = |stored: &portico_vault::StoredRef| StoredObject {
            key: stored.object_key.clone(),
            sha256: stored.sha256,
            size: stored.size,
        };
        let facts = Facts {
            kind: "jpeg".to_owned(),
            declared_matches: true,
            original_width: 1600,
            original_height: 1130,
            orientation: 1,
            had_exif: true,
            had_gps: true,
            hash_check: "both".to_owned(),
        };
        Taken {
            original_sha256: Sha256::of(bytes),
            original_size: bytes.len() as u64,
            image: object(image.reference()),
            thumbnail: object(thumbnail.reference()),
            width: 1600,
            height: 1130,
            facts,
        }
    }

    /// Sends every message that waits, as the tell job does; all of them are read.
    pub async fn tell_all(&self, code: &str) {
        let cell = self.cell(code);
        let now = cell.now();
        for job in cell.ledger().claim_jobs(Queue::Tell, now, now.plus_seconds(60), 100).await.unwrap() {
            let case = CaseId::from_bytes(job.fence.key.owner);
            let Some(Loaded::Whole(opened)) = cell.load(case).await.unwrap() else { continue };
            let JobSpec::Tell { outbound } = open_job(&opened.key, &job).unwrap() else { continue };
            let row = cell.ledger().outbound(outbound).await.unwrap().unwrap();
            let tell = cell.open_tell(&opened.key, &row).unwrap().tell;
            let rendered = cell.texts().render(&opened.case.language, &tell, cell.setting()).unwrap();
            let sealed = cell.seal_rendered(&opened.key, &row, &rendered).unwrap();
            assert!(cell.ledger().start_sending(job.fence, outbound, &sealed, rendered.hash(), now).await.unwrap());
            let wamid = cell.keys().lookup("wamid", outbound.as_bytes());
            cell.ledger().settle(job.fence, outbound, &Settled::Sent { wamid }, now, now).await.unwrap();
            cell.ledger().receipt(Some(outbound), wamid, OutboundState::Read, None, now).await.unwrap();
        }
    }

    /// The newest waiting message is held, as it is outside the 24-hour window.
    pub async fn hold_all(&self, code: &str) {
        let cell = self.cell(code);
        let now = cell.now();
        for job in cell.ledger().claim_jobs(Queue::Tell, now, now.plus_seconds(60), 100).await.unwrap() {
            let case = CaseId::from_bytes(job.fence.key.owner);
            let Some(Loaded::Whole(opened)) = cell.load(case).await.unwrap() else { continue };
            let JobSpec::Tell { outbound } = open_job(&opened.key, &job).unwrap() else { continue };
            let held = Settled::Held { why: "window_closed".to_owned() };
            cell.ledger().settle(job.fence, outbound, &held, now, now).await.unwrap();
        }
    }

    /// Gives up one job of the queue, as a worker does whose tries are used up.
    pub async fn park(&self, code: &str, queue: Queue) {
        let (ledger, now) = (self.cell(code).ledger(), self.cell(code).now());
        let job = ledger.claim_jobs(queue, now, now.plus_seconds(60), 1).await.unwrap().pop().unwrap();
        ledger.park_job(job.fence, now, "the bucket did not answer for a day").await.unwrap();
    }

    /// Sends the one message that waits, and never hears of it again.
    pub async fn lose_message(&self, code: &str) {
        let (cell, now) = (self.cell(code), self.cell(code).now());
        let job = cell.ledger().claim_jobs(Queue::Tell, now, now.plus_seconds(60), 1).await.unwrap().pop().unwrap();
        let Some(Loaded::Whole(opened)) = cell.load(CaseId::from_bytes(job.fence.key.owner)).await.unwrap() else {
            panic!("no such case")
        };
        let JobSpec::Tell { outbound } = open_job(&opened.key, &job).unwrap() else { panic!("not a message") };
        let digest = Sha256::of(b"text");
        assert!(cell.ledger().start_sending(job.fence, outbound, b"sealed", digest, now).await.unwrap());
        cell.ledger().settle(job.fence, outbound, &Settled::Parked, now, now).await.unwrap();
    }

    /// Ends the next delivery to the account system.
    pub async fn end_delivery(&self, code: &str, end: &DeliveryEnd) {
        let (ledger, now) = (self.cell(code).ledger(), self.cell(code).now());
        let due = ledger.claim_deliveries(now, now.plus_seconds(60), 1).await.unwrap().pop().unwrap();
        ledger.end_delivery(due.event.id, &due.subscriber, due.fence, end, now).await.unwrap();
    }

    fn message(&self, cell: &Cell, name: &str, content: Content, answers: Option<Answered>) -> Input {
        let number = self.sent.fetch_add(1, Ordering::SeqCst);
        let wamid = Wamid::parse(&format!("wamid.{number}")).unwrap();
        let custody = Custody { body_sha256: Some(Sha256::of(wamid.as_str().as_bytes())), ..Custody::default() };
        let message = Inbound {
            wamid,
            sender: SenderIds::default(),
            sent_at: cell.now(),
            profile_name: (!name.is_empty()).then(|| Pii::new(name.to_owned())),
            context: None,
            group: false,
            content,
        };
        let custody = Custody { received_at: cell.now(), ..custody };
        self.input(cell, InputKind::Message { message: Box::new(message), answers, stopped_at: None, custody })
    }

    fn input(&self, cell: &Cell, kind: InputKind) -> Input {
        let number = self.sent.fetch_add(1, Ordering::SeqCst);
        Input { id: cell.keys().input_id(&[b"test", &number.to_be_bytes()]), kind }
    }

    async fn apply(&self, code: &str, id: CaseId, input: Input) {
        self.cell(code).apply(id, input, None).await.unwrap();
    }
}

fn findings(evidence: EvidenceId, defect: Option<ReasonCode>) -> Vec<Finding> {
    let finding = |check, result, reasons, score, clear| Finding {
        check,
        result,
        evidence: Some(evidence),
        reasons,
        score_milli: Some(score),
        clear_from_milli: Some(clear),
        source: "quality/1".to_owned(),
    };
    let blur = match defect {
        Some(reason) => finding(CheckKind::Blur, FindingResult::Fail, vec![reason], 31_400, 90_000),
        None => finding(CheckKind::Blur, FindingResult::Clear, Vec::new(), 412_000, 90_000),
    };
    vec![
        finding(CheckKind::Resolution, FindingResult::Clear, Vec::new(), 1_130_000, 700_000),
        blur,
        finding(CheckKind::Brightness, FindingResult::Clear, Vec::new(), 141_000, 60_000),
        finding(CheckKind::Glare, FindingResult::Consider, vec![ReasonCode::PhotoGlare], 34, 20),
    ]
}

async fn open_cell(code: &str, seed: u64, folder: &TempDir, clock: Arc<HandClock>) -> Cell {
    let country = CountryCode::parse(code).unwrap();
    let cell = CellId::of(country);
    let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(seed));
    let policy = Policy::shipped(country, "default").unwrap();
    let bucket = BucketConfig {
        name: format!("kyc-{}", code.to_lowercase()),
        region: policy.profile.regions[0].clone(),
        endpoint: format!("embedded:{}", folder.path().display()),
        access_key: String::new(),
        secret_key: String::new(),
    };
    let keys = CellKeys::new(cell, MasterKey::generate(entropy.as_ref()), Arc::clone(&entropy));
    let parts = CellParts {
        ledger: Arc::new(MemoryLedger::new()),
        keys,
        vault: Vault::open(cell, bucket, entropy).await.unwrap(),
        setting: setting(country, &policy),
        policy,
        texts: Arc::new(Texts::shipped().unwrap()),
        clock,
        subscribers: vec![SubscriberRule { name: "core-banking".to_owned(), events: Vec::new() }],
    };
    Cell::open(parts).await.unwrap()
}

pub fn setting(country: CountryCode, policy: &Policy) -> Setting {
    let (timezone, languages) =
        if country.as_str() == "BR" { ("America/Sao_Paulo", ["pt_BR", "en"]) } else { ("Asia/Kolkata", ["en", "hi"]) };
    Setting {
        bank: "Example Bank".to_owned(),
        contact: "privacy@bank.example".to_owned(),
        privacy_url: "https://bank.example/kyc".to_owned(),
        handoff_url: "https://bank.example/branch".to_owned(),
        timezone: timezone.to_owned(),
        country,
        languages: languages.iter().map(|tag| Language::parse(tag).unwrap()).collect(),
        retention_years: policy.profile.retention_years_min,
        years_without_account: policy.profile.years_without_account(),
        purge_days: 30,
        wait_hours: Some(2),
        duty_hours: "Mon-Sat 09:00-18:00".to_owned(),
        limits: policy.profile.limits_text(),
        exception: std::collections::BTreeMap::new(),
    }
}
