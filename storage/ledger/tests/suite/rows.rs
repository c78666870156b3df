//! Rows for tests, told apart by one small number each. Nothing in them means anything.

use portico_ledger::{
    AliasKind, AliasRow, CaseRow, Commit, Committed, DeliveryRow, EntryRow, EventRow, Fence, JobKey, JobRow, Ledger,
    ObjectRow, OpenChange, OutboundRow, OutboundState, Queue, SenderId, StopChange,
};
use portico_vocab::{CaseId, CaseVersion, EventId, InputId, OutboundId, Sha256, StageName, Timestamp};

/// A second of the test's own day.
pub const fn at(second: i64) -> Timestamp {
    Timestamp::from_seconds(1_795_338_000 + second)
}

pub const fn case_id(n: u8) -> CaseId {
    CaseId::from_bytes([n; 16])
}

pub const fn sender(n: u8) -> SenderId {
    SenderId([n; 16])
}

pub const fn hash(n: u8) -> [u8; 32] {
    [n; 32]
}

pub fn input(n: u64) -> InputId {
    InputId::from_digest(Sha256::of(&n.to_be_bytes()))
}

/// The commit that opens case `n` of sender `n`, by an input of its own.
pub fn opening(n: u8) -> Commit {
    Commit { open: OpenChange::Open, ..change(n, None) }
}

/// A change of case `n` from `version`, by an input of its own, with an entry and no effects.
pub fn changing(n: u8, version: u64) -> Commit {
    change(n, Some(CaseVersion(version)))
}

fn change(n: u8, expects: Option<CaseVersion>) -> Commit {
    let version = expects.unwrap_or_default().next();
    let seconds = i64::from(n) * 100 + i64::try_from(version.0).unwrap();
    let digest = Sha256::of(&[n, version.0 as u8]);
    let case = CaseRow {
        id: case_id(n),
        sender: sender(n),
        version,
        stage: StageName::Consenting,
        outcome: None,
        opened_at: at(i64::from(n) * 100),
        updated_at: at(seconds),
        review_since: None,
        summary: "{}".into(),
        head: digest,
        body: vec![n, 1],
        key: Some(vec![n, 2]),
    };
    let entry = EntryRow {
        case: case.id,
        version,
        at: at(seconds),
        stage: case.stage,
        kind: "message".into(),
        actor: "applicant".into(),
        outcome: "applied".into(),
        previous: Sha256::of(&[n, version.0 as u8 - 1]),
        digest,
        body: vec![n, 3],
    };
    Commit {
        input: input(u64::from(n) * 1000 + version.0),
        expects,
        case,
        entry,
        jobs: Vec::new(),
        outbounds: Vec::new(),
        events: Vec::new(),
        deliveries: Vec::new(),
        seen: Vec::new(),
        objects: Vec::new(),
        aliases: Vec::new(),
        open: OpenChange::Keep,
        stop: StopChange::Keep,
        window: None,
        shred: false,
        done: None,
    }
}

/// Adds to a commit what hangs on its case.
pub trait With {
    fn with_job(self, ordinal: u32, queue: Queue, run_at: Timestamp) -> Self;
    fn with_outbound(self, ordinal: u32) -> Self;
    /// An event, and its delivery to each of `subscribers`.
    fn with_event(self, seq: u64, subscribers: &[&str]) -> Self;
    fn with_alias(self, hash: [u8; 32], sender: SenderId) -> Self;
    fn done(self, fence: Fence) -> Self;
}

impl With for Commit {
    fn with_job(mut self, ordinal: u32, queue: Queue, run_at: Timestamp) -> Self {
        let key = JobKey { owner: *self.case.id.as_bytes(), version: self.case.version.0, ordinal };
        self.jobs.push(JobRow { key, queue, run_at, payload: vec![4, ordinal as u8], trace: trace(ordinal) });
        self
    }

    fn with_outbound(mut self, ordinal: u32) -> Self {
        self.outbounds.push(OutboundRow {
            id: outbound_id(&self, ordinal),
            case: self.case.id,
            version: self.case.version,
            ordinal,
            at: self.case.updated_at,
            text: "notice".into(),
            payload: vec![5, ordinal as u8],
            state: OutboundState::Queued,
            state_at: self.case.updated_at,
            detail: None,
            rendered: None,
            text_hash: None,
            wamid: None,
        });
        self
    }

    fn with_event(mut self, seq: u64, subscribers: &[&str]) -> Self {
        let event = EventRow {
            id: event_id(self.case.id, seq),
            case: self.case.id,
            seq,
            version: self.case.version,
            kind: "kyc.case.opened".into(),
            at: self.case.updated_at,
            data: "{}".into(),
        };
        for subscriber in subscribers {
            self.deliveries.push(DeliveryRow {
                event: event.id,
                subscriber: (*subscriber).to_owned(),
                case: event.case,
                seq,
                run_at: event.at,
                trace: trace(seq as u32),
            });
        }
        self.events.push(event);
        self
    }

    fn with_alias(mut self, hash: [u8; 32], sender: SenderId) -> Self {
        self.aliases.push(AliasRow { kind: AliasKind::Phone, hash, sender });
        self
    }

    fn done(mut self, fence: Fence) -> Self {
        self.done = Some(fence);
        self
    }
}

/// A W3C traceparent; every fourth row has none.
pub fn trace(n: u32) -> Option<String> {
    (n % 4 != 3).then(|| format!("00-{n:032x}-{n:016x}-01"))
}

pub fn object(case: CaseId, n: u8) -> ObjectRow {
    ObjectRow { key: format!("{n:032x}"), case }
}

pub fn outbound_id(commit: &Commit, ordinal: u32) -> OutboundId {
    let mut id = *commit.case.id.as_bytes();
    (id[14], id[15]) = (commit.case.version.0 as u8, ordinal as u8);
    OutboundId::from_bytes(id)
}

pub fn event_id(case: CaseId, seq: u64) -> EventId {
    let mut id = *case.as_bytes();
    id[15] = seq as u8;
    EventId::from_bytes(id)
}

/// Commits what must go through.
pub async fn applied(ledger: &dyn Ledger, commit: Commit) -> Commit {
    assert_eq!(ledger.commit(&commit).await.unwrap(), Committed::Applied);
    commit
}

/// The lease of the one due job of a queue, until second 1000.
pub async fn lease(ledger: &dyn Ledger, queue: Queue) -> Fence {
    let claimed = ledger.claim_jobs(queue, at(900), at(1000), 1).await.unwrap();
    claimed.first().expect("a job is due").fence
}
