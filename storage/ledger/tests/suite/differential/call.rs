//! A call of the trait with all its arguments, and its answer in a form that can be compared.

use portico_ledger::{
    ApiRequest, ChainName, ClaimLease, ClaimedDelivery, ClaimedJob, Commit, CommitError, DeliveryEnd, Fence, JobRow,
    Ledger, LedgerError, OutboundState, ParkedAct, Queue, SegmentRow, SessionRow, Settled, StrayRow,
};
use portico_vocab::{CaseId, EventId, OutboundId, Sha256, Timestamp};

#[derive(Debug, Clone)]
pub enum Call {
    Commit(Vec<Commit>),
    Stray(StrayRow),
    Append(ChainName, Timestamp, Option<CaseId>, String),
    Accept(SegmentRow),
    DayKey(String, Vec<u8>),
    DestroyDays(String),
    ClaimJobs { queue: Queue, now: Timestamp, limit: u32 },
    Renew(Fence, Timestamp),
    Finish(Fence),
    Add(Vec<JobRow>),
    Retry(Fence, Timestamp),
    Postpone(Fence, Timestamp),
    Park(Fence, Timestamp),
    Resolve(String, ParkedAct, Timestamp),
    ParkedSegments(String),
    Rewrap([u8; 16], String, String, Vec<u8>),
    ForgetObjects(Vec<String>),
    Enable(String, Timestamp),
    PutSession(SessionRow),
    SweepDesk(Timestamp, u32),
    Start(Fence, OutboundId, Timestamp),
    Settle(Fence, OutboundId, Settled, Timestamp),
    Receipt(Option<OutboundId>, [u8; 32], OutboundState, Timestamp),
    Sequence(u32),
    ClaimDeliveries { now: Timestamp, limit: u32 },
    EndDelivery { event: EventId, subscriber: String, fence: u64, end: DeliveryEnd, now: Timestamp },
    Hold(ClaimLease, Timestamp),
    Release(CaseId, String),
    BeginRequest(ApiRequest),
    FinishRequest(String, u16),
    AbandonRequest(String),
}

/// What a call answered, and the leases it gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    pub text: String,
    pub jobs: Vec<ClaimedJob>,
    pub deliveries: Vec<ClaimedDelivery>,
}

impl Answer {
    fn of<T: std::fmt::Debug>(result: Result<T, LedgerError>) -> Self {
        let text = match result {
            Ok(answer) => format!("{answer:?}"),
            Err(error) => name(&error).to_owned(),
        };
        Self { text, ..Self::default() }
    }
}

/// Errors are compared by kind: their sources are each engine's own.
const fn name(error: &LedgerError) -> &'static str {
    match error {
        LedgerError::LostLease => "lost lease",
        LedgerError::Refused(_) => "refused",
        LedgerError::DayKeyDestroyed { .. } => "day key destroyed",
        LedgerError::Inconsistent { .. } => "inconsistent",
        _ => "another failure",
    }
}

/// How long a lease lasts.
const LEASE_SECONDS: i64 = 40;

impl Call {
    pub async fn make(&self, ledger: &dyn Ledger) -> Answer {
        match self {
            Self::Commit(commits) => Answer { text: commit(ledger, commits).await, ..Answer::default() },
            Self::Stray(stray) => Answer::of(ledger.record_stray(stray).await),
            Self::Append(chain, at, case, body) => Answer::of(ledger.append(*chain, *at, *case, body).await),
            Self::Accept(segment) => Answer::of(ledger.accept(std::slice::from_ref(segment)).await),
            Self::DayKey(day, key) => Answer::of(ledger.day_key(day, key).await),
            Self::DestroyDays(before) => Answer::of(ledger.destroy_day_keys(before).await),
            Self::ClaimJobs { queue, now, limit } => {
                let until = now.plus_seconds(LEASE_SECONDS);
                let jobs = ledger.claim_jobs(*queue, *now, until, *limit).await.unwrap();
                Answer { jobs, ..Answer::default() }
            }
            Self::Renew(fence, until) => Answer::of(ledger.renew_job(*fence, *until).await),
            Self::Finish(fence) => Answer::of(ledger.finish_job(*fence).await),
            Self::Add(jobs) => Answer::of(ledger.add_jobs(jobs).await),
            Self::Retry(fence, run_at) => Answer::of(ledger.retry_job(*fence, *run_at, "peer down").await),
            Self::Postpone(fence, run_at) => Answer::of(ledger.postpone_job(*fence, *run_at).await),
            Self::Park(fence, now) => Answer::of(ledger.park_job(*fence, *now, "gave up").await),
            Self::Resolve(id, act, now) => Answer::of(ledger.resolve_parked(id, *act, *now, "{}").await),
            Self::ParkedSegments(before) => Answer::of(ledger.parked_segments(before, 3).await),
            Self::Rewrap(id, from, to, body) => Answer::of(ledger.rewrap_segment(*id, from, to, body).await),
            Self::ForgetObjects(keys) => Answer::of(ledger.forget_objects(keys).await),
            Self::Enable(name, now) => Answer::of(ledger.enable_subscriber(name, *now, "{}").await),
            Self::PutSession(session) => Answer::of(ledger.put_session(session).await),
            Self::SweepDesk(now, limit) => Answer::of(ledger.sweep_desk(*now, *limit).await),
            Self::Start(fence, id, now) => {
                Answer::of(ledger.start_sending(*fence, *id, b"sealed", Sha256::of(b"text"), *now).await)
            }
            Self::Settle(fence, id, settled, now) => {
                Answer::of(ledger.settle(*fence, *id, settled, *now, now.plus_seconds(LEASE_SECONDS)).await)
            }
            Self::Receipt(id, wamid, state, at) => {
                Answer::of(ledger.receipt(*id, *wamid, *state, Some("131026"), *at).await)
            }
            Self::Sequence(limit) => Answer::of(ledger.sequence(*limit).await),
            Self::ClaimDeliveries { now, limit } => {
                let until = now.plus_seconds(LEASE_SECONDS);
                let deliveries = ledger.claim_deliveries(*now, until, *limit).await.unwrap();
                Answer { deliveries, ..Answer::default() }
            }
            Self::EndDelivery { event, subscriber, fence, end, now } => {
                Answer::of(ledger.end_delivery(*event, subscriber, *fence, end, *now).await)
            }
            Self::Hold(hold, now) => Answer::of(ledger.claim_case(hold, *now).await),
            Self::Release(case, reviewer) => Answer::of(ledger.release_case(*case, reviewer).await),
            Self::BeginRequest(request) => Answer::of(ledger.begin_request(request).await),
            Self::FinishRequest(key, status) => Answer::of(ledger.finish_request("bank", key, *status, b"done").await),
            Self::AbandonRequest(key) => Answer::of(ledger.abandon_request("bank", key).await),
        }
    }
}

async fn commit(ledger: &dyn Ledger, commits: &[Commit]) -> String {
    let results = ledger.commit_many(commits).await;
    let said = results.iter().map(|result| match result {
        Ok(committed) => format!("{committed:?}"),
        Err(CommitError::Ledger(error)) => name(error).to_owned(),
        Err(error) => format!("{error:?}"),
    });
    said.collect::<Vec<_>>().join(", ")
}
