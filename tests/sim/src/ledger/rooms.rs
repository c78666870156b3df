//! The eight rooms, call by call: what only reads, what writes, and what the book has to know of.

use std::time::Duration;

use async_trait::async_trait;
use portico_ledger::{
    AliasRow, ApiAnswer, ApiRequest, Belongings, CaseFilter, CasePage, CaseRow, ChainEntry, ChainName, ClaimLease,
    ClaimedDelivery, ClaimedJob, Commit, CommitError, Committed, Counts, Cursor, DeliveryEnd, Desk, Durability,
    EntryRow, EventFilter, Feed, FeedRow, Fence, Head, InboxDay, InputRow, Inspect, Intake, JobKey, JobRow, Messages,
    OutboundRow, OutboundState, ParkedAct, ParkedItem, Queue, QueueRow, Read, ReceiptOutcome, Record, Resolved,
    SegmentRow, SenderId, SenderMatch, SessionRow, Settled, StopRow, StrayRow, SubscriberState, Totals, Unfinished,
    Work,
};
use portico_vocab::{CaseId, EventId, EvidenceId, InputId, OutboundId, PhoneNumberId, Sha256, Timestamp};

use super::{Result, SimLedger};
use crate::book::Ends;
use crate::fault::Fault;
use crate::teeth::Tooth;
use crate::world::Place;

macro_rules! room {
    ($room:ident { $($kind:ident $name:ident($($arg:ident: $ty:ty),*) -> $out:ty;)* } $($own:tt)*) => {
        #[async_trait]
        impl $room for SimLedger {
            $(async fn $name(&self, $($arg: $ty),*) -> Result<$out> {
                self.$kind(stringify!($name), self.inner().$name($($arg),*)).await
            })*
            $($own)*
        }
    };
}

room!(Intake {
    read segment(id: [u8; 16]) -> Option<SegmentRow>;
    write day_key(day: &str, wrapped: &[u8]) -> Option<Vec<u8>>;
    read parked_segments(before: &str, limit: u32) -> Vec<SegmentRow>;
    write rewrap_segment(id: [u8; 16], from: &str, to: &str, body: &[u8]) -> bool;
    write destroy_day_keys(before: &str) -> u64;
}
    async fn accept(&self, segments: &[SegmentRow]) -> Result<()> {
        self.turn(Place::Before("accept")).await?;
        self.run("accept", self.inner().accept(segments))?;
        for segment in segments {
            let key = JobKey { owner: segment.id, version: 0, ordinal: 0 };
            self.world.book.lock().queued(key, Queue::Sort, segment.at);
        }
        self.heard("accept").await
    }
);

room!(Record {
    write put_policy(hash: Sha256, body: &str) -> ();
    write forget_objects(keys: &[String]) -> ();
    write append(chain: ChainName, at: Timestamp, case: Option<CaseId>, body: &str) -> u64;
}
    async fn commit_many(&self, commits: &[Commit]) -> Vec<Result<Committed, CommitError>> {
        let mut done = Vec::new();
        for commit in commits {
            done.push(self.commit_one(commit).await);
        }
        done
    }

    async fn record_stray(&self, stray: &StrayRow) -> Result<Committed> {
        self.turn(Place::Before("record_stray")).await?;
        let mut written = stray.clone();
        if self.world.tooth == Some(Tooth::InputId) {
            written.input = crate::teeth::another(&self.world, stray.input);
        }
        let done = self.run("record_stray", self.inner().record_stray(&written))?;
        if done == Committed::Applied {
            self.world.book.lock().stopped(self.world.tick(), &stray.stop);
        }
        self.heard("record_stray").await?;
        Ok(done)
    }
);

room!(Work {
    write renew_job(fence: Fence, lease_until: Timestamp) -> ();
    read parked(limit: u32) -> Vec<ParkedItem>;
    write resolve_parked(id: &str, act: ParkedAct, now: Timestamp, note: &str) -> Resolved;
    read backlog(queue: Queue, now: Timestamp) -> (u64, Option<Timestamp>);
    read job(key: JobKey) -> Option<JobRow>;
}
    async fn claim_jobs(
        &self,
        queue: Queue,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedJob>> {
        self.turn(Place::Before("claim_jobs")).await?;
        let jobs = self.run("claim_jobs", self.inner().claim_jobs(queue, now, lease_until, limit))?;
        let task = self.world.task.load(std::sync::atomic::Ordering::Relaxed);
        for job in &jobs {
            let twice = queue == Queue::Sort && self.world.book.lock().is_at_work(job.fence.key, task);
            if twice {
                self.world.fired(Fault::SortedTwiceAtOnce);
            }
            self.world.book.lock().claims(task, job.fence, lease_until);
        }
        self.world.note(|| format!("claimed of {}: {:?}", queue.as_str(), jobs.iter().map(|job| job.fence).collect::<Vec<_>>()));
        self.heard("claim_jobs").await?;
        Ok(jobs)
    }

    async fn add_jobs(&self, jobs: &[JobRow]) -> Result<()> {
        self.turn(Place::Before("add_jobs")).await?;
        self.run("add_jobs", self.inner().add_jobs(jobs))?;
        for job in jobs {
            self.world.book.lock().queued(job.key, job.queue, job.run_at);
        }
        self.heard("add_jobs").await
    }

    async fn finish_job(&self, fence: Fence) -> Result<()> {
        let call = async |fence| self.inner().finish_job(fence).await;
        self.fenced("finish_job", fence, Ends::Gone, call).await?;
        self.heard("finish_job").await
    }

    async fn retry_job(&self, fence: Fence, run_at: Timestamp, why: &str) -> Result<()> {
        self.world.note(|| format!("to be retried: {why}"));
        let call = async |fence| self.inner().retry_job(fence, run_at, why).await;
        self.fenced("retry_job", fence, Ends::PutBack(run_at), call).await?;
        self.heard("retry_job").await
    }

    async fn postpone_job(&self, fence: Fence, run_at: Timestamp) -> Result<()> {
        let call = async |fence| self.inner().postpone_job(fence, run_at).await;
        self.fenced("postpone_job", fence, Ends::PutBack(run_at), call).await?;
        self.heard("postpone_job").await
    }

    async fn park_job(&self, fence: Fence, now: Timestamp, why: &str) -> Result<()> {
        self.world.note(|| format!("to be parked: {why}"));
        let call = async |fence| self.inner().park_job(fence, now, why).await;
        self.fenced("park_job", fence, Ends::Parked, call).await?;
        self.heard("park_job").await
    }

    async fn wait_for_work(&self, _: Duration) {
        crate::pause::pause().await;
    }
);

room!(Messages {
    read outbounds(case: CaseId) -> Vec<OutboundRow>;
    read outbound_by_wamid(wamid: [u8; 32]) -> Option<OutboundRow>;
    read window(phone_number: &PhoneNumberId, sender: SenderId) -> Option<Timestamp>;
    read stopped_at(hashes: &[[u8; 32]]) -> Option<Timestamp>;
    write receipt(
        id: Option<OutboundId>,
        wamid: [u8; 32],
        state: OutboundState,
        detail: Option<&str>,
        at: Timestamp
    ) -> Option<ReceiptOutcome>;
}
    async fn outbound(&self, id: OutboundId) -> Result<Option<OutboundRow>> {
        self.turn(Place::Read("outbound")).await?;
        let row = self.world.engine.run(self.inner().outbound(id));
        self.world.book.lock().looks(self.world.tick(), id);
        row
    }

    async fn start_sending(
        &self,
        fence: Fence,
        id: OutboundId,
        rendered: &[u8],
        text_hash: Sha256,
        now: Timestamp,
    ) -> Result<bool> {
        let call = async |fence| self.inner().start_sending(fence, id, rendered, text_hash, now).await;
        let began = self.fenced("start_sending", fence, Ends::No, call).await?.unwrap_or(false);
        if began {
            self.world.book.lock().weighs(id);
        }
        self.heard("start_sending").await?;
        Ok(began)
    }

    async fn settle(
        &self,
        fence: Fence,
        id: OutboundId,
        settled: &Settled,
        now: Timestamp,
        again_at: Timestamp,
    ) -> Result<()> {
        self.world.note(|| format!("to be settled: {settled:?}"));
        let ends = if settled.keeps_job() { Ends::PutBack(again_at) } else { Ends::Gone };
        let call = async |fence| self.inner().settle(fence, id, settled, now, again_at).await;
        self.fenced("settle", fence, ends, call).await?;
        self.heard("settle").await
    }
);

room!(Feed {
    read events(filter: &EventFilter) -> Vec<FeedRow>;
    read disabled_subscribers() -> Vec<String>;
    read subscribers() -> Vec<SubscriberState>;
    write enable_subscriber(name: &str, now: Timestamp, note: &str) -> bool;
}
    async fn claim_deliveries(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedDelivery>> {
        self.turn(Place::Before("claim_deliveries")).await?;
        let claimed = self.run("claim_deliveries", self.inner().claim_deliveries(now, lease_until, limit))?;
        self.world.book.lock().deliveries_moved = true;
        self.heard("claim_deliveries").await?;
        Ok(claimed)
    }

    async fn end_delivery(
        &self,
        event: EventId,
        subscriber: &str,
        fence: u64,
        end: &DeliveryEnd,
        now: Timestamp,
    ) -> Result<()> {
        self.turn(Place::Before("end_delivery")).await?;
        self.run("end_delivery", self.inner().end_delivery(event, subscriber, fence, end, now))?;
        self.world.book.lock().deliveries_moved = true;
        self.heard("end_delivery").await
    }

    async fn sequence(&self, limit: u32) -> Result<u64> {
        self.turn(Place::Before("sequence")).await?;
        let given = self.run("sequence", self.inner().sequence(limit))?;
        self.world.book.lock().unsequenced = given >= u64::from(limit);
        self.heard("sequence").await?;
        Ok(given)
    }
);

room!(Desk {
    write claim_case(claim: &ClaimLease, now: Timestamp) -> ClaimLease;
    write release_case(case: CaseId, reviewer: &str) -> ();
    read claim_of(case: CaseId, now: Timestamp) -> Option<ClaimLease>;
    write put_session(session: &SessionRow) -> ();
    read session(token: [u8; 32], now: Timestamp) -> Option<SessionRow>;
    write end_session(token: [u8; 32]) -> ();
    write begin_request(request: &ApiRequest) -> ApiAnswer;
    write finish_request(client: &str, key: &str, status: u16, body: &[u8]) -> ();
    write abandon_request(client: &str, key: &str) -> ();
    write sweep_desk(now: Timestamp, limit: u32) -> u64;
});

room!(Read {
    read case(id: CaseId) -> Option<CaseRow>;
    read senders(hashes: &[[u8; 32]]) -> Vec<SenderMatch>;
    read aliases(sender: SenderId) -> Vec<AliasRow>;
    read entries(case: CaseId, after: u64, limit: u32) -> Vec<EntryRow>;
    read policy(hash: Sha256) -> Option<String>;
    read seen(hash: [u8; 32]) -> Vec<(CaseId, EvidenceId)>;
    read objects(case: CaseId) -> Vec<String>;
    read unknown_objects(keys: &[String]) -> Vec<String>;
    read cases(filter: &CaseFilter) -> CasePage;
    read queue(after: Option<Cursor>, limit: u32, now: Timestamp) -> Vec<QueueRow>;
    read cases_by_short(short: &str, limit: u32) -> Vec<CaseId>;
    read chain(chain: ChainName, after: u64, limit: u32) -> Vec<ChainEntry>;
    read newest_links(chain: ChainName, limit: u32) -> Vec<ChainEntry>;
    read accesses(case: CaseId) -> Vec<ChainEntry>;
    read counts(now: Timestamp) -> Counts;
    read unfinished() -> Unfinished;
    read stuck(before: Timestamp, limit: u32) -> Vec<CaseId>;
    read durability() -> Durability;
    read health() -> ();
}
    async fn input_consumed(&self, input: InputId) -> Result<bool> {
        let consumed = self.read("input_consumed", self.inner().input_consumed(input)).await?;
        Ok(consumed && self.world.tooth != Some(Tooth::InputId))
    }
);

room!(Inspect {
    read case_ids(after: Option<CaseId>, limit: u32) -> Vec<CaseId>;
    read belongings(case: CaseId) -> Option<Belongings>;
    read inputs(ids: &[InputId]) -> Vec<InputRow>;
    read stops(hashes: &[[u8; 32]]) -> Vec<StopRow>;
    read stop_list(after: Option<[u8; 32]>, limit: u32) -> Vec<StopRow>;
    read cases_of(sender: SenderId) -> Vec<CaseId>;
    read segments(after: Option<[u8; 16]>, limit: u32) -> Vec<SegmentRow>;
    read inbox_days() -> Vec<InboxDay>;
    read policies() -> Vec<(Sha256, String)>;
    read heads() -> Vec<Head>;
    read totals() -> Totals;
});
