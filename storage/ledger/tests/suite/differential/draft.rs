//! What is drawn: a call without its arguments, and the world that fills them in.

use portico_ledger::{
    AliasKind, AliasRow, ApiRequest, ChainName, ClaimLease, Commit, DeliveryEnd, Fence, Intake as _, JobKey, JobRow,
    MemoryLedger, OpenChange, OutboundState, ParkedAct, Queue, Read as _, SeenRow, SegmentRow, SessionRow, Settled,
    StopChange, StrayRow, WindowRow, Work as _,
};
use portico_vocab::{EventId, EvidenceId, OutboundId, OutcomeName, PhoneNumberId, Sha256, Timestamp};
use proptest::prelude::*;

use super::call::{Answer, Call};
use crate::rows::{With as _, at, case_id, changing, hash, input, object, opening, outbound_id, sender, trace};

/// A change of a case, as drawn. Small numbers pick from what there is.
#[derive(Debug, Clone)]
pub struct Change {
    case: u8,
    /// 0 opens, 1 expects an old version, anything else the right one.
    expects: u8,
    /// An input of its own, or one that others use too.
    input: Option<u8>,
    effects: (u8, u8, u8),
    alias: Option<(u8, u8)>,
    open: u8,
    stop: u8,
    window: Option<u8>,
    done: Option<u8>,
    flags: u8,
}

/// A call, as drawn.
#[derive(Debug, Clone)]
pub enum Draft {
    Commit(Vec<Change>),
    Stray(u8),
    Append(u8),
    Intake(u8, u8),
    Claim(u8, u8),
    Job(u8, u8),
    Resolve(u8, u8),
    Rewrap(u8, u8),
    Objects(u8),
    Enable(u8),
    Session(u8, u8),
    Send(u8, u8, u8),
    Receipt(u8, u8),
    Sequence(u8),
    ClaimDeliveries(u8),
    EndDelivery(u8, u8),
    Hold(u8, u8),
    Request(u8, u8),
}

fn change() -> impl Strategy<Value = Change> {
    let picks = (1..4_u8, 0..8_u8, prop::option::weighted(0.2, 0..3_u8), (0..3_u8, 0..3_u8, 0..3_u8));
    let beside = (prop::option::of((0..4_u8, 1..3_u8)), 0..6_u8, 0..6_u8, prop::option::of(0..9_u8));
    (picks, beside, prop::option::weighted(0.3, any::<u8>()), any::<u8>()).prop_map(
        |((case, expects, input, effects), (alias, open, stop, window), done, flags)| Change {
            case,
            expects,
            input,
            effects,
            alias,
            open,
            stop,
            window,
            done,
            flags,
        },
    )
}

pub fn alone() -> impl Strategy<Value = Draft> {
    let n = any::<u8>;
    prop_oneof![
        6 => prop::collection::vec(change(), 1..5).prop_map(Draft::Commit),
        1 => n().prop_map(Draft::Stray),
        1 => n().prop_map(Draft::Append),
        1 => (n(), n()).prop_map(|(a, b)| Draft::Intake(a, b)),
        3 => (n(), n()).prop_map(|(a, b)| Draft::Claim(a, b)),
        3 => (n(), n()).prop_map(|(a, b)| Draft::Job(a, b)),
        2 => (n(), n()).prop_map(|(a, b)| Draft::Resolve(a, b)),
        1 => (n(), n()).prop_map(|(a, b)| Draft::Rewrap(a, b)),
        1 => n().prop_map(Draft::Objects),
        1 => n().prop_map(Draft::Enable),
        1 => (n(), n()).prop_map(|(a, b)| Draft::Session(a, b)),
        2 => (n(), n(), n()).prop_map(|(a, b, c)| Draft::Send(a, b, c)),
        2 => (n(), n()).prop_map(|(a, b)| Draft::Receipt(a, b)),
        1 => n().prop_map(Draft::Sequence),
        2 => n().prop_map(Draft::ClaimDeliveries),
        2 => (n(), n()).prop_map(|(a, b)| Draft::EndDelivery(a, b)),
        1 => (n(), n()).prop_map(|(a, b)| Draft::Hold(a, b)),
        1 => (n(), n()).prop_map(|(a, b)| Draft::Request(a, b)),
    ]
}

/// What may be made at once and still be explained by one order. Claims are not: they skip what another holds, even
/// when the other then lets go.
pub fn racing() -> impl Strategy<Value = Draft> {
    let n = any::<u8>;
    prop_oneof![
        6 => prop::collection::vec(change(), 1..4).prop_map(Draft::Commit),
        1 => n().prop_map(Draft::Stray),
        1 => n().prop_map(Draft::Append),
        2 => (n(), n()).prop_map(|(a, b)| Draft::Job(a, b)),
        2 => (n(), n(), n()).prop_map(|(a, b, c)| Draft::Send(a, b, c)),
        2 => (n(), n()).prop_map(|(a, b)| Draft::Receipt(a, b)),
        1 => (n(), n()).prop_map(|(a, b)| Draft::EndDelivery(a, b)),
        1 => (n(), n()).prop_map(|(a, b)| Draft::Hold(a, b)),
        1 => (n(), n()).prop_map(|(a, b)| Draft::Request(a, b)),
    ]
}

/// The memory ledger, the clock, and what calls gave so far.
#[derive(Default)]
pub struct World {
    pub memory: MemoryLedger,
    seconds: i64,
    inputs: u64,
    fences: Vec<Fence>,
    outbounds: Vec<OutboundId>,
    deliveries: Vec<(EventId, String, u64)>,
}

const fn pick(n: u8, from: usize) -> usize {
    if from == 0 { 0 } else { n as usize % from }
}

impl World {
    fn now(&mut self) -> Timestamp {
        self.seconds += 7;
        at(self.seconds)
    }

    /// The `n`-th lease given, or one never given.
    fn fence(&self, n: u8) -> Fence {
        let never = Fence { key: JobKey { owner: [250; 16], version: 1, ordinal: 0 }, fence: 1 };
        self.fences.get(pick(n, self.fences.len())).copied().unwrap_or(never)
    }

    fn outbound(&self, n: u8) -> OutboundId {
        let never = OutboundId::from_bytes([250; 16]);
        self.outbounds.get(pick(n, self.outbounds.len())).copied().unwrap_or(never)
    }

    pub fn learn(&mut self, answer: &Answer) {
        self.fences.extend(answer.jobs.iter().map(|job| job.fence));
        let given = answer.deliveries.iter().map(|d| (d.event.id, d.subscriber.clone(), d.fence));
        self.deliveries.extend(given);
    }

    pub async fn call(&mut self, draft: &Draft) -> Call {
        let now = self.now();
        match draft {
            Draft::Commit(changes) => {
                let mut commits: Vec<Commit> = Vec::new();
                for change in changes {
                    if commits.iter().all(|commit| commit.case.id != case_id(change.case)) {
                        commits.push(self.commit(change, now).await);
                    }
                }
                Call::Commit(commits)
            }
            Draft::Stray(n) => Call::Stray(StrayRow {
                input: input(u64::from(n % 4)),
                at: now,
                body: format!("{{\"n\":{n}}}"),
                stop: stop(n / 4 % 6, now),
                window: window(Some(n % 9), 1 + n % 2),
            }),
            Draft::Append(n) => {
                let chain = [ChainName::Access, ChainName::Operations][pick(*n, 2)];
                Call::Append(chain, now, (n % 3 > 0).then(|| case_id(1 + n % 3)), format!("{n}"))
            }
            Draft::Intake(kind, n) => intake(*kind, *n, now),
            Draft::Claim(queue, limit) => {
                let limit = u32::from(limit % 5);
                Call::ClaimJobs { queue: Queue::ALL[pick(*queue, 3)], now, limit }
            }
            Draft::Job(kind, n) => self.job(*kind, *n, now),
            Draft::Resolve(n, act) => {
                let parked = self.memory.parked(100).await.unwrap();
                let id = parked.get(pick(*n, parked.len())).map_or_else(|| "job:none".into(), |item| item.id.clone());
                Call::Resolve(id, [ParkedAct::Retry, ParkedAct::Discard][pick(*act, 2)], now)
            }
            Draft::Rewrap(kind, n) => {
                let (from, to) = (day(*n), day(n / 3));
                let parked = self.memory.parked_segments(LAST_DAY, 100).await.unwrap();
                match parked.get(pick(*n, parked.len())) {
                    Some(segment) if kind % 3 > 0 => Call::Rewrap(segment.id, segment.day.clone(), to, vec![*kind]),
                    _ if kind % 2 > 0 => Call::Rewrap([*n; 16], from, to, vec![*kind]),
                    _ => Call::ParkedSegments(to),
                }
            }
            Draft::Objects(n) => Call::ForgetObjects(vec![format!("{n:032x}"), format!("{:032x}", n / 2)]),
            Draft::Enable(n) => Call::Enable(["a", "b", "c"][pick(*n, 3)].to_owned(), now),
            Draft::Session(kind, n) => match kind % 3 {
                0 => Call::SweepDesk(now.plus_days(if *n > 200 { 40 } else { 0 }), u32::from(n % 3)),
                _ => Call::PutSession(SessionRow {
                    token: hash(n % 4),
                    reviewer: "asha".into(),
                    profile: "{}".into(),
                    expires_at: now.plus_seconds(i64::from(*n)),
                }),
            },
            Draft::Send(kind, fence, n) => self.send(*kind, *fence, *n, now),
            Draft::Receipt(n, state) => {
                use OutboundState::{Delivered, Failed, Read, Sent};
                let id = (n % 3 > 0).then(|| self.outbound(*n));
                Call::Receipt(id, hash(n % 5), [Sent, Failed, Delivered, Read][pick(*state, 4)], now)
            }
            Draft::Sequence(n) => Call::Sequence(u32::from(n % 6)),
            Draft::ClaimDeliveries(n) => Call::ClaimDeliveries { now, limit: u32::from(n % 5) },
            Draft::EndDelivery(kind, n) => self.end_delivery(*kind, *n, now),
            Draft::Hold(kind, n) => {
                let (case, reviewer) = (case_id(1 + n % 2), format!("reviewer {}", kind % 2));
                match kind % 4 {
                    0 => Call::Release(case, reviewer),
                    _ => Call::Hold(ClaimLease { case, reviewer, until: now.plus_seconds(i64::from(*n)) }, now),
                }
            }
            Draft::Request(kind, n) => {
                let key = format!("key {}", n % 2);
                match kind % 4 {
                    0 => Call::FinishRequest(key, 200 + u16::from(*n)),
                    1 => Call::AbandonRequest(key),
                    _ => Call::BeginRequest(ApiRequest {
                        client: "bank".into(),
                        key,
                        body: Sha256::of(&[kind / 4 % 2]),
                        at: now.plus_days(if *n > 250 { 40 } else { 0 }),
                    }),
                }
            }
        }
    }

    async fn commit(&mut self, change: &Change, now: Timestamp) -> Commit {
        let known = self.memory.case(case_id(change.case)).await.unwrap();
        let version = known.as_ref().map_or(0, |case| case.version.0);
        let mut commit = match change.expects {
            0 => opening(change.case),
            1 => changing(change.case, version.saturating_sub(1)),
            _ if version == 0 => opening(change.case),
            _ => changing(change.case, version),
        };
        if commit.expects.is_some_and(|expects| expects.0 == 0) {
            commit = opening(change.case);
        }
        self.inputs += 1;
        commit.input = input(change.input.map_or(1000 + self.inputs, u64::from));
        // Two senders for three cases, so that they meet.
        commit.case.sender = sender(1 + change.case % 2);
        commit.case.body = vec![change.flags, change.case];
        commit.case.review_since = (change.flags & 1 > 0).then_some(now);
        commit.case.outcome = (change.flags & 2 > 0).then_some(OutcomeName::Approved);
        commit.shred = change.flags & 0b1_1100 == 0b1_1100;
        commit.open = [OpenChange::Open, OpenChange::Close, OpenChange::Keep][pick(change.open, 3)];
        commit.stop = stop(change.stop, now);
        commit.window = window(change.window, change.case % 2);
        commit.done = change.done.map(|n| self.fence(n));
        if let Some((n, owner)) = change.alias {
            commit.aliases.push(AliasRow { kind: AliasKind::UserId, hash: hash(n), sender: sender(owner) });
        }
        let evidence = EvidenceId::from_bytes([change.flags; 16]);
        if change.flags > 128 {
            // Few names, so that one is used twice.
            commit.objects.push(object(commit.case.id, change.flags));
        }
        commit.seen.push(SeenRow { hash: hash(change.flags % 3), case: commit.case.id, evidence });
        self.effects(commit, change, now)
    }

    fn effects(&mut self, mut commit: Commit, change: &Change, now: Timestamp) -> Commit {
        let (jobs, outbounds, events) = change.effects;
        for ordinal in 0..u32::from(jobs) {
            commit = commit.with_job(ordinal, Queue::ALL[ordinal as usize % 3], now);
        }
        for ordinal in 0..u32::from(outbounds) {
            commit = commit.with_outbound(ordinal);
            self.outbounds.push(outbound_id(&commit, ordinal));
        }
        for n in 0..u64::from(events) {
            // Two a version at most; now and then one that was used before.
            let seq = (commit.case.version.0 * 2 + n).saturating_sub(u64::from(change.flags > 240));
            commit = commit.with_event(seq, [&["a", "b"][..], &["a"], &[]][pick(change.flags, 3)]);
        }
        commit
    }

    fn job(&self, kind: u8, n: u8, now: Timestamp) -> Call {
        let (fence, later) = (self.fence(n), now.plus_seconds(i64::from(kind)));
        match kind % 6 {
            0 => Call::Renew(fence, later),
            1 => Call::Finish(fence),
            2 => Call::Retry(fence, later),
            3 => Call::Postpone(fence, later),
            4 => Call::Park(fence, now),
            _ => {
                let job = |ordinal| {
                    let key = JobKey { owner: [200 + n % 4; 16], version: 0, ordinal };
                    JobRow { key, queue: Queue::ALL[pick(n, 3)], run_at: now, payload: vec![n], trace: trace(ordinal) }
                };
                Call::Add((0..u32::from(n % 4)).map(job).collect())
            }
        }
    }

    fn send(&self, kind: u8, fence: u8, n: u8, now: Timestamp) -> Call {
        let (fence, id) = (self.fence(fence), self.outbound(n));
        let settled = match kind % 8 {
            0 => return Call::Start(fence, id, now),
            1 => Settled::Sent { wamid: hash(n % 5) },
            2 => Settled::Held { why: "stopped".into() },
            3 => Settled::Failed { why: "131026".into() },
            4 => Settled::Unknown,
            5 => Settled::Again { why: "429".into() },
            6 => Settled::Parked,
            _ => return Call::Start(fence, id, now),
        };
        Call::Settle(fence, id, settled, now)
    }

    fn end_delivery(&self, kind: u8, n: u8, now: Timestamp) -> Call {
        let never = || (EventId::from_bytes([250; 16]), "a".to_owned(), 1);
        let given = self.deliveries.get(pick(n, self.deliveries.len()));
        let (event, subscriber, fence) = given.cloned().unwrap_or_else(never);
        let end = match kind % 16 {
            0 => DeliveryEnd::Disabled,
            1..5 => DeliveryEnd::Parked { why: "400".into() },
            5..9 => DeliveryEnd::Retry { run_at: now.plus_seconds(i64::from(n)), why: "503".into() },
            _ => DeliveryEnd::Delivered,
        };
        Call::EndDelivery { event, subscriber, fence, end, now }
    }
}

fn intake(kind: u8, n: u8, now: Timestamp) -> Call {
    let day = day(n);
    match kind % 4 {
        0 => Call::DayKey(day, vec![kind]),
        1 => Call::DestroyDays(day),
        _ => {
            let (custody, trace) = (format!("digest {n}"), trace(n.into()));
            Call::Accept(SegmentRow { id: [n; 16], day, at: now, bodies: n.into(), custody, body: vec![n], trace })
        }
    }
}

/// One of three.
fn day(n: u8) -> String {
    format!("2026-11-2{}", n % 3)
}

const LAST_DAY: &str = "2026-11-29";

fn stop(kind: u8, now: Timestamp) -> StopChange {
    let hashes = vec![hash(kind % 2), hash(3)];
    match kind {
        0 | 1 => StopChange::Set { hashes, at: now },
        2 | 3 => StopChange::Lift { hashes, at: now.plus_seconds(-3) },
        _ => StopChange::Keep,
    }
}

fn window(second: Option<u8>, n: u8) -> Option<WindowRow> {
    let phone_number = PhoneNumberId::parse("106540352242922").unwrap();
    second.map(|second| WindowRow { phone_number, sender: sender(n), newest_inbound_at: at(i64::from(second)) })
}
