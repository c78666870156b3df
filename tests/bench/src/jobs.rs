//! Jobs claimed and finished, each side durable: what a queue does with work that costs nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Result, ensure};
use clap::Parser;
use futures::future::join_all;
use portico_ledger::{JobKey, JobRow, Ledger, Queue};
use portico_vocab::Clock as _;
use serde_json::json;

use crate::moment::{Now, case_id, rate};

/// Claimed at a time (docs/domain/ledger.md 4).
const CLAIM: u32 = 50;
const ADDED_AT_ONCE: usize = 1_024;

#[derive(Parser)]
pub struct Args {
    #[arg(long)]
    url: String,
    #[arg(long, default_value_t = 20_000)]
    jobs: usize,
    #[arg(long, default_value_t = 4)]
    workers: usize,
}

pub async fn run(args: &Args) -> Result<()> {
    portico_ledger::migrate(&args.url).await?;
    let ledger = portico_ledger::open(&args.url).await?;
    add(&ledger, args.jobs).await?;
    let (done, begun) = (AtomicUsize::new(0), Instant::now());
    for ended in join_all((0..args.workers).map(|_| work(&ledger, &done))).await {
        ended?;
    }
    let finished = done.load(Ordering::Relaxed);
    ensure!(finished == args.jobs, "{finished} jobs of {} were finished", args.jobs);
    println!("{}", json!({ "jobs_a_second": rate(finished, begun) }));
    Ok(())
}

async fn add(ledger: &Arc<dyn Ledger>, jobs: usize) -> Result<()> {
    let at = Now.now();
    let row = |number: usize| JobRow {
        key: JobKey { owner: *case_id(at, number as u64).as_bytes(), version: 1, ordinal: 0 },
        queue: Queue::Tell,
        run_at: at,
        payload: vec![7; 120],
        trace: None,
    };
    for first in (0..jobs).step_by(ADDED_AT_ONCE) {
        let rows: Vec<_> = (first..jobs.min(first + ADDED_AT_ONCE)).map(row).collect();
        ledger.add_jobs(&rows).await?;
    }
    Ok(())
}

async fn work(ledger: &Arc<dyn Ledger>, done: &AtomicUsize) -> Result<()> {
    loop {
        let now = Now.now();
        let claimed = ledger.claim_jobs(Queue::Tell, now, now.plus_seconds(60), CLAIM).await?;
        if claimed.is_empty() {
            return Ok(());
        }
        for finished in join_all(claimed.iter().map(|job| ledger.finish_job(job.fence))).await {
            finished?;
        }
        done.fetch_add(claimed.len(), Ordering::Relaxed);
    }
}
