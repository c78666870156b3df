//! Changes of many cases: seven row changes in six tables each, alone, in given batches, or by many callers at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::{Parser, ValueEnum};
use futures::future::join_all;
use portico_ledger::{
    CaseRow, Commit, EntryRow, EventRow, Fence, JobKey, JobRow, Ledger, OpenChange, OutboundRow, OutboundState, Queue,
    SenderId, StopChange,
};
use portico_vocab::{CaseId, CaseVersion, Clock as _, EventId, InputId, OutboundId, Sha256, StageName, Timestamp};
use serde_json::json;

use crate::moment::{Now, case_id, rate};

/// Bytes of a sealed case and of a sealed entry.
const CASE_BYTES: usize = 800;
const ENTRY_BYTES: usize = 600;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Each caller commits one change after another
    Lone,
    /// Each caller commits this many cases together
    Batches,
}

#[derive(Parser)]
pub struct Args {
    #[arg(long)]
    url: String,
    #[arg(long)]
    form: Form,
    #[arg(long, default_value_t = 1)]
    callers: usize,
    #[arg(long, default_value_t = 32)]
    batch: usize,
    #[arg(long, default_value_t = 4_000)]
    millis: u64,
}

/// Cases of its own for each caller, so that none meets another.
const CASES: usize = 64;

pub async fn run(args: &Args) -> Result<()> {
    portico_ledger::migrate(&args.url).await?;
    let ledger = portico_ledger::open(&args.url).await?;
    let done = AtomicUsize::new(0);
    let mut callers = Vec::new();
    for caller in 0..args.callers {
        callers.push(Caller::opens(Arc::clone(&ledger), caller as u64).await?);
    }
    let (begun, millis) = (Instant::now(), Duration::from_millis(args.millis));
    let batch = if args.form == Form::Lone { 1 } else { args.batch };
    let lives = callers.into_iter().map(|mut caller| {
        let done = &done;
        async move {
            while begun.elapsed() < millis {
                caller.changes(batch).await?;
                done.fetch_add(batch, Ordering::Relaxed);
            }
            anyhow::Ok(())
        }
    });
    for ended in join_all(lives).await {
        ended?;
    }
    println!("{}", json!({ "commits_a_second": rate(done.load(Ordering::Relaxed), begun) }));
    Ok(())
}

struct Caller {
    ledger: Arc<dyn Ledger>,
    cases: Vec<(CaseId, u64)>,
    next: usize,
}

impl Caller {
    async fn opens(ledger: Arc<dyn Ledger>, caller: u64) -> Result<Self> {
        let at = Now.now();
        let cases = (0..CASES as u64).map(|number| (case_id(at, caller << 32 | number), 0)).collect();
        let mut caller = Self { ledger, cases, next: 0 };
        for _ in 0..CASES / 32 {
            caller.changes(32).await?;
        }
        Ok(caller)
    }

    async fn changes(&mut self, batch: usize) -> Result<()> {
        let mut commits = Vec::with_capacity(batch);
        for _ in 0..batch {
            let place = self.next % self.cases.len();
            self.next += 1;
            let (case, version) = &mut self.cases[place];
            commits.push(change(*case, *version));
            *version += 1;
        }
        if let [lone] = commits.as_slice() {
            self.ledger.commit(lone).await?;
            return Ok(());
        }
        for result in self.ledger.commit_many(&commits).await {
            ensure!(result.is_ok(), "a commit failed: {result:?}");
        }
        Ok(())
    }
}

/// One input, one case, one entry, the job before it gone, a new job, a message, an event.
pub fn change(case: CaseId, from: u64) -> Commit {
    let (at, version) = (Now.now(), CaseVersion(from + 1));
    let digest = Sha256::of_parts(&[case.as_bytes(), &version.0.to_be_bytes()]);
    let half = |salt: u8| {
        let mut id = [0; 16];
        id.copy_from_slice(&Sha256::of_parts(&[digest.as_bytes(), &[salt]]).as_bytes()[..16]);
        id
    };
    let job = |version| JobKey { owner: *case.as_bytes(), version, ordinal: 0 };
    Commit {
        input: InputId::from_digest(digest),
        expects: (from > 0).then_some(CaseVersion(from)),
        case: case_row(case, version, at, digest),
        entry: entry(case, version, at, digest),
        jobs: vec![JobRow {
            key: job(version.0),
            queue: Queue::Timer,
            run_at: at.plus_days(30),
            payload: vec![7; 120],
            trace: None,
        }],
        outbounds: vec![OutboundRow {
            id: OutboundId::from_bytes(half(1)),
            case,
            version,
            ordinal: 1,
            at,
            text: "photo-ok".to_owned(),
            payload: vec![7; 200],
            state: OutboundState::Queued,
            state_at: at,
            detail: None,
            rendered: None,
            text_hash: None,
            wamid: None,
        }],
        events: vec![EventRow {
            id: EventId::from_bytes(half(2)),
            case,
            seq: version.0,
            version,
            kind: "kyc.retake.requested".to_owned(),
            at,
            data: "{}".to_owned(),
        }],
        deliveries: Vec::new(),
        seen: Vec::new(),
        objects: Vec::new(),
        aliases: Vec::new(),
        open: if from == 0 { OpenChange::Open } else { OpenChange::Keep },
        stop: StopChange::Keep,
        window: None,
        shred: false,
        done: (from > 0).then(|| Fence { key: job(from), fence: 0 }),
    }
}

fn case_row(case: CaseId, version: CaseVersion, at: Timestamp, head: Sha256) -> CaseRow {
    CaseRow {
        id: case,
        sender: SenderId(*case.as_bytes()),
        version,
        stage: StageName::Collecting,
        outcome: None,
        opened_at: at,
        updated_at: at,
        review_since: None,
        summary: "{}".to_owned(),
        head,
        body: vec![7; CASE_BYTES],
        key: Some(vec![7; 96]),
    }
}

fn entry(case: CaseId, version: CaseVersion, at: Timestamp, digest: Sha256) -> EntryRow {
    EntryRow {
        case,
        version,
        at,
        stage: StageName::Collecting,
        kind: "message".to_owned(),
        actor: "applicant".to_owned(),
        outcome: "applied".to_owned(),
        previous: digest,
        digest,
        body: vec![7; ENTRY_BYTES],
    }
}
