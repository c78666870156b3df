//! The ledger's trait, a room a concern. Each method is one transaction.

use async_trait::async_trait;
use portico_vocab::{CaseId, EventId, EvidenceId, OutboundId, PhoneNumberId, Timestamp};

use crate::counts::{Counts, SubscriberState, Unfinished};
use crate::durability::Durability;
use crate::error::{CommitError, LedgerError};
use crate::inspect::{Belongings, Head, InboxDay, InputRow, StopRow, Totals};
use crate::model::{
    ApiAnswer, ApiRequest, CaseFilter, CasePage, CaseRow, ChainEntry, ChainName, ClaimLease, ClaimedDelivery,
    ClaimedJob, Commit, Committed, DeliveryEnd, EntryRow, EventFilter, FeedRow, Fence, JobKey, JobRow, OutboundRow,
    Queue, QueueRow, ReceiptOutcome, SegmentRow, SenderId, SenderMatch, SessionRow, Settled, StrayRow,
};
use crate::parked::{ParkedAct, ParkedItem, Resolved};

type Result<T, E = LedgerError> = std::result::Result<T, E>;

/// Everything durable of one cell but the pictures.
pub trait Ledger: Intake + Record + Work + Messages + Feed + Desk + Read + Inspect {}
impl<T: Intake + Record + Work + Messages + Feed + Desk + Read + Inspect> Ledger for T {}

/// Webhook bodies, before they are understood.
#[async_trait]
pub trait Intake: Send + Sync {
    /// Makes the segments durable, each with its `sort` job (key: segment id, 0, 0; payload empty), in one commit.
    /// `DayKeyDestroyed`, and nothing is written, when the key of a segment's day has been destroyed: what is sealed
    /// under it could never be opened, so it has to be sealed anew under a day that has its key.
    async fn accept(&self, segments: &[SegmentRow]) -> Result<()>;
    async fn segment(&self, id: [u8; 16]) -> Result<Option<SegmentRow>>;
    /// The wrapped inbox key of a day: `wrapped` is stored if the day has none yet; what is stored is returned.
    /// `None` when the day's key has been destroyed.
    async fn day_key(&self, day: &str, wrapped: &[u8]) -> Result<Option<Vec<u8>>>;
    /// Segments of days before `before` whose `sort` job is parked, oldest first: they keep their days' keys alive.
    async fn parked_segments(&self, before: &str, limit: u32) -> Result<Vec<SegmentRow>>;
    /// Moves a parked segment, sealed anew, under the key of another day. `false` when it is not parked any more or no
    /// longer of `from`. `DayKeyDestroyed` when `to` has lost its key.
    async fn rewrap_segment(&self, id: [u8; 16], from: &str, to: &str, body: &[u8]) -> Result<bool>;
    /// Destroys the keys (and segments) of days before `before` that have no open `sort` job left; says how many.
    /// Discarded segments stay, for their custody.
    async fn destroy_day_keys(&self, before: &str) -> Result<u64>;
}

/// What happened.
#[async_trait]
pub trait Record: Send + Sync {
    /// Each commit is all or nothing; results in order. At most one commit a case in one call.
    async fn commit_many(&self, commits: &[Commit]) -> Vec<Result<Committed, CommitError>>;
    /// A lone commit is a batch of one.
    async fn commit(&self, commit: &Commit) -> Result<Committed, CommitError> {
        let mut results = self.commit_many(std::slice::from_ref(commit)).await;
        results.pop().unwrap_or(Err(CommitError::Stale))
    }
    /// Consumes an input that belongs to no case: its row, and a link of the cell's `Stray` chain.
    async fn record_stray(&self, stray: &StrayRow) -> Result<Committed>;
    /// Keeps a policy under its content hash, so that an upgrade never loses one; a repeat changes nothing.
    async fn put_policy(&self, hash: portico_vocab::Sha256, body: &str) -> Result<()>;
    /// Forgets objects that have been deleted from the bucket; those not known are passed over.
    async fn forget_objects(&self, keys: &[String]) -> Result<()>;
    /// Appends to one of the cell's chains and says its position.
    async fn append(&self, chain: ChainName, at: Timestamp, case: Option<CaseId>, body: &str) -> Result<u64>;
}

/// Queued work.
#[async_trait]
pub trait Work: Send + Sync {
    /// Up to `limit` due jobs, oldest first; each is leased until `lease_until` and its fence goes up by one.
    async fn claim_jobs(
        &self,
        queue: Queue,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedJob>>;
    /// Holds the lease longer. `LostLease` when it is another's.
    async fn renew_job(&self, fence: Fence, lease_until: Timestamp) -> Result<()>;
    /// Deletes a job that ends without a change of its case.
    async fn finish_job(&self, fence: Fence) -> Result<()>;
    /// Adds jobs outside a change (a timer the shell sets, a sweep).
    async fn add_jobs(&self, jobs: &[JobRow]) -> Result<()>;
    /// Puts a job back for `run_at` and counts the try.
    async fn retry_job(&self, fence: Fence, run_at: Timestamp, why: &str) -> Result<()>;
    /// Puts a job back for `run_at` without counting a try: it only waits its turn.
    async fn postpone_job(&self, fence: Fence, run_at: Timestamp) -> Result<()>;
    /// Gives a job up: it stays, unclaimed, until a person retries or discards it.
    async fn park_job(&self, fence: Fence, now: Timestamp, why: &str) -> Result<()>;
    /// Everything that gave up and nobody answered for: jobs, deliveries, sends; oldest first.
    async fn parked(&self, limit: u32) -> Result<Vec<ParkedItem>>;
    /// Lets a person answer for parked work: `act` on what `id` names, and `note` (who, what, why; not personal) as a
    /// link of the `Operations` chain, in one transaction; without the act there is no link. Discarding a `tell` job
    /// settles its message too: `held` when it never left, else `parked`.
    async fn resolve_parked(&self, id: &str, act: ParkedAct, now: Timestamp, note: &str) -> Result<Resolved>;
    /// How many jobs of a queue are due, and since when the oldest is. Of `sort` it is the lag of intake.
    async fn backlog(&self, queue: Queue, now: Timestamp) -> Result<(u64, Option<Timestamp>)>;
    /// Returns when work may have arrived or `at_most` has passed; the poll is the truth.
    async fn wait_for_work(&self, at_most: std::time::Duration);
    async fn job(&self, key: JobKey) -> Result<Option<JobRow>>;
}

/// Messages to applicants, beside the case.
#[async_trait]
pub trait Messages: Send + Sync {
    async fn outbound(&self, id: OutboundId) -> Result<Option<OutboundRow>>;
    /// Of one case, in the order they were told.
    async fn outbounds(&self, case: CaseId) -> Result<Vec<OutboundRow>>;
    /// `Queued` to `Sending`, durable before the call, under the tell job's fence. `false` when it was not `Queued`.
    async fn start_sending(
        &self,
        fence: Fence,
        id: OutboundId,
        rendered: &[u8],
        text_hash: portico_vocab::Sha256,
        now: Timestamp,
    ) -> Result<bool>;
    /// Ends a send and finishes its job in one transaction; `Unknown` and `Again` keep the job, due at `again_at` and with
    /// its try counted: the one to be parked later, the other to be sent.
    async fn settle(
        &self,
        fence: Fence,
        id: OutboundId,
        settled: &Settled,
        now: Timestamp,
        again_at: Timestamp,
    ) -> Result<()>;
    /// Moves a message along its rank by a receipt, found by our callback id or by the wamid's keyed hash. `failed` is
    /// final unless a later delivered or read proves otherwise. `None` when it is no message of ours.
    async fn receipt(
        &self,
        id: Option<OutboundId>,
        wamid: [u8; 32],
        state: crate::OutboundState,
        detail: Option<&str>,
        at: Timestamp,
    ) -> Result<Option<ReceiptOutcome>>;
    /// The message a tap or a reply answers.
    async fn outbound_by_wamid(&self, wamid: [u8; 32]) -> Result<Option<OutboundRow>>;
    /// Newest inbound time of (our number, sender).
    async fn window(&self, phone_number: &PhoneNumberId, sender: SenderId) -> Result<Option<Timestamp>>;
    /// Newest stop time under any of these alias hashes.
    async fn stopped_at(&self, hashes: &[[u8; 32]]) -> Result<Option<Timestamp>>;
}

/// Events to account systems.
#[async_trait]
pub trait Feed: Send + Sync {
    /// Gives committed events without one their dense position, up to `limit`; only one caller at a time gets through.
    async fn sequence(&self, limit: u32) -> Result<u64>;
    /// Events in order of position.
    async fn events(&self, filter: &EventFilter) -> Result<Vec<FeedRow>>;
    /// Due deliveries, at most one a (subscriber, case): the lowest undelivered `seq`; none of a disabled subscriber,
    /// none whose case has a parked delivery before it.
    async fn claim_deliveries(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedDelivery>>;
    async fn end_delivery(
        &self,
        event: EventId,
        subscriber: &str,
        fence: u64,
        end: &DeliveryEnd,
        now: Timestamp,
    ) -> Result<()>;
    async fn disabled_subscribers(&self) -> Result<Vec<String>>;
    /// How it stands with every subscriber that has anything undelivered, was ever reached, or is disabled; by name.
    async fn subscribers(&self) -> Result<Vec<SubscriberState>>;
    /// Takes a disabled subscriber back, by a person: what its 410 parked is due `now`, and `note` is a link of the
    /// `Operations` chain, in one transaction. `false`, and no link, when it is not disabled.
    async fn enable_subscriber(&self, name: &str, now: Timestamp, note: &str) -> Result<bool>;
}

/// Reviewers, sessions, API requests.
#[async_trait]
pub trait Desk: Send + Sync {
    /// Takes or prolongs the hold; when another reviewer holds it, says who and until when, and changes nothing.
    async fn claim_case(&self, claim: &ClaimLease, now: Timestamp) -> Result<ClaimLease>;
    async fn release_case(&self, case: CaseId, reviewer: &str) -> Result<()>;
    async fn claim_of(&self, case: CaseId, now: Timestamp) -> Result<Option<ClaimLease>>;
    async fn put_session(&self, session: &SessionRow) -> Result<()>;
    async fn session(&self, token: [u8; 32], now: Timestamp) -> Result<Option<SessionRow>>;
    async fn end_session(&self, token: [u8; 32]) -> Result<()>;
    async fn begin_request(&self, request: &ApiRequest) -> Result<ApiAnswer>;
    async fn finish_request(&self, client: &str, key: &str, status: u16, body: &[u8]) -> Result<()>;
    /// Forgets a request that failed for no fault of its own, so that it can be tried again.
    async fn abandon_request(&self, client: &str, key: &str) -> Result<()>;
    /// Deletes up to `limit` each of the sessions that are over and the requests past their 30 days; says how many.
    async fn sweep_desk(&self, now: Timestamp, limit: u32) -> Result<u64>;
}

/// Looking things up.
#[async_trait]
pub trait Read: Send + Sync {
    async fn case(&self, id: CaseId) -> Result<Option<CaseRow>>;
    /// One match for each of `hashes` that is known, in the order given.
    async fn senders(&self, hashes: &[[u8; 32]]) -> Result<Vec<SenderMatch>>;
    /// Every alias of a sender.
    async fn aliases(&self, sender: SenderId) -> Result<Vec<crate::AliasRow>>;
    async fn input_consumed(&self, input: portico_vocab::InputId) -> Result<bool>;
    /// Entries with a version greater than `after`, oldest first.
    async fn entries(&self, case: CaseId, after: u64, limit: u32) -> Result<Vec<EntryRow>>;
    /// The policy of this content hash.
    async fn policy(&self, hash: portico_vocab::Sha256) -> Result<Option<String>>;
    /// Where the same bytes were seen.
    async fn seen(&self, hash: [u8; 32]) -> Result<Vec<(CaseId, EvidenceId)>>;
    /// Objects of one case, by name.
    async fn objects(&self, case: CaseId) -> Result<Vec<String>>;
    /// Those of `keys` that no case knows, in the order given.
    async fn unknown_objects(&self, keys: &[String]) -> Result<Vec<String>>;
    /// Newest opened last.
    async fn cases(&self, filter: &CaseFilter) -> Result<CasePage>;
    /// Reviewers' queue, longest waiting first.
    async fn queue(&self, after: Option<crate::Cursor>, limit: u32, now: Timestamp) -> Result<Vec<QueueRow>>;
    /// Cases whose id ends in these characters of its text form, newest first; for the search box.
    async fn cases_by_short(&self, short: &str, limit: u32) -> Result<Vec<CaseId>>;
    async fn chain(&self, chain: ChainName, after: u64, limit: u32) -> Result<Vec<ChainEntry>>;
    /// The last links of a chain, newest first: the end of a long one without a walk along it.
    async fn newest_links(&self, chain: ChainName, limit: u32) -> Result<Vec<ChainEntry>>;
    /// Accesses to one case's personal data.
    async fn accesses(&self, case: CaseId) -> Result<Vec<ChainEntry>>;
    async fn counts(&self, now: Timestamp) -> Result<Counts>;
    async fn unfinished(&self) -> Result<Unfinished>;
    /// Open cases before no reviewer that nothing moves on any more and that have not changed since `before`: without a
    /// job, or `checking` with nothing but timers. Work that is parked moves nothing. Oldest ids first.
    async fn stuck(&self, before: Timestamp, limit: u32) -> Result<Vec<CaseId>>;
    /// Whether what is committed survives a power cut. SQLite answers for the connection that writes.
    async fn durability(&self) -> Result<Durability>;
    /// Answers when the store can be read and written; opened to look only, when it can be read.
    async fn health(&self) -> Result<()>;
}

/// Whole rows, for proofs. A method may walk a table, so nothing calls these while it works.
#[async_trait]
pub trait Inspect: Send + Sync {
    /// In the order of the ids, whatever else their rows hold.
    async fn case_ids(&self, after: Option<CaseId>, limit: u32) -> Result<Vec<CaseId>>;
    /// Everything that hangs on one case, all of it as it was at one moment.
    async fn belongings(&self, case: CaseId) -> Result<Option<Belongings>>;
    /// Those that were consumed, in any order.
    async fn inputs(&self, ids: &[portico_vocab::InputId]) -> Result<Vec<InputRow>>;
    /// The rows of these names, in any order.
    async fn stops(&self, hashes: &[[u8; 32]]) -> Result<Vec<StopRow>>;
    /// Of every name, in the order of their hashes.
    async fn stop_list(&self, after: Option<[u8; 32]>, limit: u32) -> Result<Vec<StopRow>>;
    /// Every case of a sender, oldest first.
    async fn cases_of(&self, sender: SenderId) -> Result<Vec<CaseId>>;
    /// In the order of their ids.
    async fn segments(&self, after: Option<[u8; 16]>, limit: u32) -> Result<Vec<SegmentRow>>;
    async fn inbox_days(&self) -> Result<Vec<InboxDay>>;
    /// Every policy under the hash it is kept by.
    async fn policies(&self) -> Result<Vec<(portico_vocab::Sha256, String)>>;
    /// The ends of the cell's chains and of the events' positions, by name.
    async fn heads(&self) -> Result<Vec<Head>>;
    /// All of it as it was at one moment.
    async fn totals(&self) -> Result<Totals>;
}
