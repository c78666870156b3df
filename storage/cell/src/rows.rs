//! A change in rows: everything personal is sealed here, and nowhere else on its way to the ledger.

use portico_audit::{EntryHead, entry_digest};
use portico_case::{Case, Change, Effect, Evidence, InputKind, JobSpec, Outcome, Recorded, Stage, TellEffect};
use portico_keys::{CaseKey, KeyError};
use portico_ledger::{
    CaseRow, ClaimedJob, Commit, EntryRow, EventRow, Fence, JobKey, JobRow, ObjectRow, OpenChange, OutboundRow,
    OutboundState, Queue, SeenRow,
};
use portico_policy::Policy;
use portico_vocab::{CaseId, OutboundId, Sha256};
use portico_whatsapp::texts::Rendered;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::beside::{self, Beside};
use crate::{Cell, CellError};

/// What the rows of a change are made from.
pub(crate) struct Making<'a> {
    pub(crate) cell: &'a Cell,
    pub(crate) key: &'a CaseKey,
    /// Digest of the entry before.
    pub(crate) head: Sha256,
    pub(crate) was_ended: bool,
    pub(crate) recorded: &'a Recorded,
    pub(crate) beside: &'a Beside,
    pub(crate) policy: &'a Policy,
    /// The job this change finishes.
    pub(crate) done: Option<Fence>,
    /// Set when the case is opened.
    pub(crate) wrapped_key: Option<Vec<u8>>,
}

impl Making<'_> {
    pub(crate) fn rows(&self, change: &Change) -> Result<Commit, CellError> {
        let next = change.next();
        let entry = self.entry(change)?;
        let ended = next.stage_name().is_end();
        let (events, trace) = (events(change), self.cell.watch().trace());
        Ok(Commit {
            input: change.consumes(),
            expects: change.expects(),
            case: self.case_row(next, entry.digest)?,
            jobs: self.jobs(change)?,
            outbounds: self.outbounds(change)?,
            deliveries: self.beside.deliveries(&events, self.recorded.now, trace.as_deref()),
            events,
            seen: self.seen(next),
            objects: self.objects(change),
            aliases: self.beside.aliases(),
            open: match (change.expects().is_none(), self.was_ended, ended) {
                (true, _, false) => OpenChange::Open,
                (false, false, true) => OpenChange::Close,
                _ => OpenChange::Keep,
            },
            stop: self.beside.stop(),
            window: self.beside.window(),
            shred: change.shreds(),
            done: self.done,
            entry,
        })
    }

    fn entry(&self, change: &Change) -> Result<EntryRow, CellError> {
        let next = change.next();
        let canonical = beside::canonical(self.recorded, self.beside)?;
        let input = &self.recorded.input.kind;
        let (kind, actor, outcome) = (input.name(), input.actor(), change.outcome().to_string());
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
            sender: self.beside.sender,
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

    /// The same bytes are known again within the cell, by a keyed digest.
    fn seen(&self, next: &Case) -> Vec<SeenRow> {
        let InputKind::TakenIn { evidence, result: Ok(taken) } = &self.recorded.input.kind else {
            return Vec::new();
        };
        let hash = self.cell.keys().lookup("picture", taken.original_sha256.as_bytes());
        vec![SeenRow { hash, case: next.id, evidence: *evidence }]
    }

    /// What was stored for a picture that this change took in; of one it turned away nothing is kept, so its objects
    /// are orphans.
    fn objects(&self, change: &Change) -> Vec<ObjectRow> {
        match &self.recorded.input.kind {
            InputKind::TakenIn { result: Ok(taken), .. } if *change.outcome() == Outcome::Applied => {
                let case = change.next().id;
                [&taken.image, &taken.thumbnail].map(|object| ObjectRow { key: object.key.clone(), case }).into()
            }
            _ => Vec::new(),
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

/// What a queued job of a case asks for, under whichever key it is sealed.
pub(crate) fn open_payload(cell: &Cell, key: &CaseKey, row: &JobRow) -> Result<JobSpec, CellError> {
    let aad = aad(row.key);
    let json = match row.queue {
        Queue::Sweep => cell.keys().open("sweep", &[&aad], &row.payload)?,
        _ => key.open("job", &[&aad], &row.payload)?,
    };
    from_json(&json, "job")
}

pub(crate) fn open_rendered(key: &CaseKey, id: OutboundId, sealed: &[u8]) -> Result<Rendered, CellError> {
    from_json(&key.open("rendered", &[id.as_bytes()], sealed)?, "message")
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
