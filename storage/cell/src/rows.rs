//! A change in rows: everything personal is sealed here, and nowhere else on its way to the ledger.

use portico_audit::{EntryHead, entry_digest};
use portico_case::{
    Case, Change, Effect, Evidence, Input, InputKind, JobSpec, Outcome, Recorded, Stage, TellEffect, Why, WithdrawnWhy,
    command_of,
};
use portico_keys::{CaseKey, KeyError};
use portico_ledger::{
    CaseRow, ClaimedJob, Commit, DeliveryRow, EntryRow, EventRow, Fence, JobKey, JobRow, ObjectRow, OpenChange,
    OutboundRow, OutboundState, Queue, SeenRow, SenderId, StopChange,
};
use portico_policy::Policy;
use portico_vocab::{CaseId, OutboundId, Sha256};
use portico_whatsapp::command::Command;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::apply::Around;
use crate::{Cell, CellError};

/// What the rows of a change are made from.
pub(crate) struct Making<'a> {
    pub(crate) cell: &'a Cell,
    pub(crate) key: &'a CaseKey,
    pub(crate) sender: SenderId,
    /// Digest of the entry before.
    pub(crate) head: Sha256,
    pub(crate) was_ended: bool,
    pub(crate) input: &'a Input,
    pub(crate) recorded: &'a Recorded,
    pub(crate) policy: &'a Policy,
    pub(crate) around: &'a Around,
    /// Set when the case is opened.
    pub(crate) wrapped_key: Option<Vec<u8>>,
}

impl Making<'_> {
    pub(crate) fn rows(&self, change: &Change) -> Result<Commit, CellError> {
        let next = change.next();
        let entry = self.entry(change)?;
        let ended = next.stage_name().is_end();
        Ok(Commit {
            input: change.consumes(),
            expects: change.expects(),
            case: self.case_row(next, entry.digest)?,
            jobs: self.jobs(change)?,
            outbounds: self.outbounds(change)?,
            deliveries: self.deliveries(change),
            events: events(change),
            seen: self.seen(next),
            objects: self.objects(change),
            aliases: self.around.aliases.clone(),
            open: match (change.expects().is_none(), self.was_ended, ended) {
                (true, _, false) => OpenChange::Open,
                (false, false, true) => OpenChange::Close,
                _ => OpenChange::Keep,
            },
            stop: self.stop(change),
            window: self.around.window.clone(),
            shred: change.shreds(),
            done: self.around.done,
            entry,
        })
    }

    fn entry(&self, change: &Change) -> Result<EntryRow, CellError> {
        let next = change.next();
        let canonical = to_json(self.recorded)?;
        let (kind, actor, outcome) = (self.input.kind.name(), self.input.kind.actor(), change.outcome().to_string());
        let head = EntryHead {
            case: next.id,
            version: next.version,
            input: change.consumes(),
            stage: next.stage_name(),
            kind,
            actor: &actor,
            outcome: &outcome,
            at: self.recorded.now,
        };
        let digest = entry_digest(&self.head, &head, &self.key.commitment(&canonical));
        let body = self.key.seal("entry", &[&next.version.0.to_be_bytes()], &canonical);
        Ok(EntryRow {
            case: next.id,
            version: next.version,
            at: self.recorded.now,
            stage: next.stage_name(),
            kind: kind.to_owned(),
            actor,
            outcome,
            previous: self.head,
            digest,
            body,
        })
    }

    fn case_row(&self, next: &Case, head: Sha256) -> Result<CaseRow, CellError> {
        let since = match &next.stage {
            Stage::InReview { since, .. } => Some(*since),
            _ => None,
        };
        Ok(CaseRow {
            id: next.id,
            sender: self.sender,
            version: next.version,
            stage: next.stage_name(),
            outcome: next.stage.decision().map(|decision| decision.outcome),
            opened_at: next.opened_at,
            updated_at: next.updated_at,
            review_since: since,
            summary: self.summary(next),
            head,
            body: self.key.seal("case", &[&next.version.0.to_be_bytes()], &to_json(next)?),
            key: self.wrapped_key.clone(),
        })
    }

    /// What lists show without opening the case: nothing personal.
    fn summary(&self, next: &Case) -> String {
        let (why, due_at) = match &next.stage {
            Stage::InReview { since, why, .. } => (
                why.iter().map(portico_case::Referral::as_str).collect(),
                Some(since.plus_seconds(self.policy.choices.review_minutes * 60)),
            ),
            _ => (Vec::new(), None),
        };
        let pictures = |kept: fn(&Evidence) -> bool| next.evidence.iter().filter(|item| kept(item)).count();
        serde_json::json!({
            "document": next.stage.agreed().and_then(|agreed| agreed.document),
            "why": why,
            "due_at": due_at,
            "accepted": pictures(|item| matches!(item.state, portico_case::EvidenceState::Accepted)),
            "pictures": pictures(|item| item.taken.is_some()),
            "language": next.language,
        })
        .to_string()
    }

    fn jobs(&self, change: &Change) -> Result<Vec<JobRow>, CellError> {
        let next = change.next();
        let mut jobs = Vec::new();
        for (ordinal, effect) in (0_u32..).zip(change.effects()) {
            let (spec, run_at) = match effect {
                Effect::Run { job, at } => (job.clone(), *at),
                Effect::Tell(tell) => (JobSpec::Tell { outbound: tell.id }, self.recorded.now),
                Effect::Announce(_) => continue,
            };
            let key = JobKey { owner: *next.id.as_bytes(), version: next.version.0, ordinal };
            let json = to_json(&spec)?;
            // Work on objects alone may outlive the case key, so it is sealed under the cell's; their names are random.
            let payload = match spec {
                JobSpec::Sweep { .. } | JobSpec::Retain { .. } => self.cell.keys().seal("sweep", &[&aad(key)], &json),
                _ => self.key.seal("job", &[&aad(key)], &json),
            };
            jobs.push(JobRow { key, queue: queue_of(&spec), run_at, payload, trace: self.cell.watch().trace() });
        }
        Ok(jobs)
    }

    fn outbounds(&self, change: &Change) -> Result<Vec<OutboundRow>, CellError> {
        let next = change.next();
        let mut rows = Vec::new();
        for (ordinal, effect) in (0_u32..).zip(change.effects()) {
            let Effect::Tell(tell) = effect else { continue };
            rows.push(OutboundRow {
                id: tell.id,
                case: next.id,
                version: next.version,
                ordinal,
                at: self.recorded.now,
                text: tell.tell.key.as_str().to_owned(),
                payload: seal_tell(self.key, tell)?,
                state: OutboundState::Queued,
                state_at: self.recorded.now,
                detail: None,
                rendered: None,
                text_hash: None,
                wamid: None,
            });
        }
        Ok(rows)
    }

    fn deliveries(&self, change: &Change) -> Vec<DeliveryRow> {
        let mut rows = Vec::new();
        for event in events(change) {
            for subscriber in self.cell.subscribers().iter().filter(|s| s.wants(&event.kind)) {
                rows.push(DeliveryRow {
                    event: event.id,
                    subscriber: subscriber.name.clone(),
                    case: event.case,
                    seq: event.seq,
                    run_at: self.recorded.now,
                    trace: self.cell.watch().trace(),
                });
            }
        }
        rows
    }

    /// The same bytes are known again within the cell, by a keyed digest.
    fn seen(&self, next: &Case) -> Vec<SeenRow> {
        let InputKind::TakenIn { evidence, result: Ok(taken) } = &self.input.kind else {
            return Vec::new();
        };
        let hash = self.cell.keys().lookup("picture", taken.original_sha256.as_bytes());
        vec![SeenRow { hash, case: next.id, evidence: *evidence }]
    }

    /// What was stored for a picture that this change took in; of one it turned away nothing is kept, so its objects
    /// are orphans.
    fn objects(&self, change: &Change) -> Vec<ObjectRow> {
        match &self.input.kind {
            InputKind::TakenIn { result: Ok(taken), .. } if *change.outcome() == Outcome::Applied => {
                let case = change.next().id;
                [&taken.image, &taken.thumbnail].map(|object| ObjectRow { key: object.key.clone(), case }).into()
            }
            _ => Vec::new(),
        }
    }

    /// STOP goes on the stop-list, START takes it off; a STOP that was older than the START it would undo does neither,
    /// until a delayed message shows that it was meant after all.
    fn stop(&self, change: &Change) -> StopChange {
        let InputKind::Message { message, custody, .. } = &self.input.kind else { return StopChange::Keep };
        let sent_at = message.sent_at.min(custody.received_at);
        let hashes = self.around.all_aliases.clone();
        match &change.next().stage {
            Stage::Withdrawn { why: WithdrawnWhy::Stopped, at, .. } if !self.was_ended => {
                return StopChange::Set { hashes, at: *at };
            }
            _ => {}
        }
        match command_of(message) {
            Some(Command::Stop) if *change.outcome() != Outcome::Ignored(Why::OlderThanStart) => {
                StopChange::Set { hashes, at: sent_at }
            }
            Some(Command::Start) => StopChange::Lift { hashes, at: sent_at },
            // A tap on "begin again" opens a case and is as good as START.
            _ if change.expects().is_none() => StopChange::Lift { hashes, at: sent_at },
            _ => StopChange::Keep,
        }
    }
}

fn events(change: &Change) -> Vec<EventRow> {
    let next = change.next();
    change
        .effects()
        .iter()
        .filter_map(|effect| match effect {
            Effect::Announce(event) => Some(EventRow {
                id: event.id,
                case: next.id,
                seq: event.seq,
                version: next.version,
                kind: event.kind.to_owned(),
                at: next.updated_at,
                data: event.data.to_string(),
            }),
            Effect::Run { .. } | Effect::Tell(_) => None,
        })
        .collect()
}

const fn queue_of(spec: &JobSpec) -> Queue {
    match spec {
        JobSpec::TakeIn { .. } => Queue::TakeIn,
        JobSpec::Read { .. } => Queue::Read,
        JobSpec::Decide => Queue::Decide,
        JobSpec::Tell { .. } => Queue::Tell,
        JobSpec::Timer { .. } => Queue::Timer,
        JobSpec::Sweep { .. } | JobSpec::Retain { .. } => Queue::Sweep,
    }
}

fn aad(key: JobKey) -> [u8; 28] {
    let mut out = [0; 28];
    out[..16].copy_from_slice(&key.owner);
    out[16..24].copy_from_slice(&key.version.to_be_bytes());
    out[24..].copy_from_slice(&key.ordinal.to_be_bytes());
    out
}

/// The canonical parts of a job's id, for the input that its result becomes: without the fence, so that two workers'
/// results are one input.
#[must_use]
pub fn job_key(fence: Fence) -> Vec<u8> {
    aad(fence.key).to_vec()
}

/// What a claimed job of a case asks for.
///
/// # Errors
/// When it does not open under the case's key.
pub fn open_job(key: &CaseKey, job: &ClaimedJob) -> Result<JobSpec, CellError> {
    let json = key.open("job", &[&aad(job.fence.key)], &job.payload)?;
    from_json(&json, "job")
}

/// What a claimed job of the sweep queue asks for: work on objects, a sweep or a lock.
///
/// # Errors
/// When it does not open under the cell's key.
pub fn open_sweep(cell: &Cell, job: &ClaimedJob) -> Result<JobSpec, CellError> {
    let json = cell.keys().open("sweep", &[&aad(job.fence.key)], &job.payload)?;
    from_json(&json, "job")
}

fn seal_tell(key: &CaseKey, tell: &TellEffect) -> Result<Vec<u8>, CellError> {
    Ok(key.seal("tell", &[tell.id.as_bytes()], &to_json(tell)?))
}

pub(crate) fn open_tell(key: &CaseKey, id: OutboundId, sealed: &[u8]) -> Result<TellEffect, CellError> {
    from_json(&key.open("tell", &[id.as_bytes()], sealed)?, "message")
}

pub(crate) fn open_case(key: &CaseKey, row: &CaseRow) -> Result<Case, CellError> {
    from_json(&key.open("case", &[&row.version.0.to_be_bytes()], &row.body)?, "case")
}

pub(crate) fn open_entry(key: &CaseKey, row: &EntryRow) -> Result<(Vec<u8>, Recorded), CellError> {
    let canonical = open_canonical(key, row)?;
    let recorded = from_json(&canonical, "entry")?;
    Ok((canonical, recorded))
}

fn open_canonical(key: &CaseKey, row: &EntryRow) -> Result<Vec<u8>, KeyError> {
    key.open("entry", &[&row.version.0.to_be_bytes()], &row.body)
}

pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<Vec<u8>, CellError> {
    serde_json::to_vec(value).map_err(|_| CellError::Unreadable { what: "value" })
}

pub(crate) fn from_json<T: DeserializeOwned>(json: &[u8], what: &'static str) -> Result<T, CellError> {
    serde_json::from_slice(json).map_err(|_| CellError::Unreadable { what })
}

/// The digest an entry must have, from what it seals.
pub(crate) fn expected_digest(
    key: &CaseKey,
    case: CaseId,
    row: &EntryRow,
    canonical: &[u8],
    recorded: &Recorded,
) -> Sha256 {
    let head = EntryHead {
        case,
        version: row.version,
        input: recorded.input.id,
        stage: row.stage,
        kind: &row.kind,
        actor: &row.actor,
        outcome: &row.outcome,
        at: row.at,
    };
    entry_digest(&row.previous, &head, &key.commitment(canonical))
}
