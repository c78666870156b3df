//! Many seeds, on as many threads as there are cores; the first failure is run again with its trace.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, bail};

use crate::engine::Kind;
use crate::fault::Tally;
use crate::simulate::{Order, Outcome, simulate};
use crate::teeth::Tooth;

/// Names one seed to run again, with its trace.
pub const SEED: &str = "PORTICO_SIM_SEED";

/// What many schedules came to.
#[derive(Debug, Default)]
pub struct Report {
    pub schedules: u64,
    pub cases: u64,
    pub inputs: u64,
    pub tally: Tally,
    /// Seeds that failed, the lowest first, with what does not hold.
    pub failed: BTreeMap<u64, Vec<String>>,
}

/// After so many failures the rest would tell nothing new.
const FAILURES: usize = 12;

impl Report {
    fn add(&mut self, outcome: Outcome) {
        self.schedules += 1;
        self.cases += outcome.cases as u64;
        self.inputs += outcome.inputs as u64;
        self.tally.add(&outcome.tally);
        if !outcome.findings.is_empty() {
            self.failed.insert(outcome.seed, outcome.findings);
        }
    }

    /// What a person reads when it failed: every seed with its first finding, and the first seed whole.
    ///
    /// # Errors
    /// When the seed cannot be run again.
    pub fn told(&self, kind: Kind, tooth: Option<Tooth>) -> Result<Option<String>> {
        let Some(first) = self.failed.keys().next() else { return Ok(None) };
        let mut out = told(*first, kind, tooth)?;
        for (seed, findings) in &self.failed {
            let _ = writeln!(out, "seed {seed}: {}", findings.join("; "));
        }
        Ok(Some(out))
    }
}

/// Runs `seeds`, until too many have failed.
///
/// # Errors
/// When a schedule cannot be set up or judged.
pub fn run(seeds: Range<u64>, kind: Kind, tooth: Option<Tooth>, threads: usize) -> Result<Report> {
    let next = AtomicU64::new(seeds.start);
    let report = Mutex::new(Report::default());
    std::thread::scope(|scope| {
        let work = || -> Result<()> {
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= seeds.end {
                    return Ok(());
                }
                let outcome = caught(&Order { kind, tooth, ..Order::of(seed) });
                let mut report = report.lock().unwrap_or_else(PoisonError::into_inner);
                report.add(outcome);
                if report.failed.len() >= FAILURES {
                    next.store(seeds.end, Ordering::Relaxed);
                }
            }
        };
        let threads: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| bail!("a schedule panicked")))
    })?;
    Ok(report.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// A panic is a finding too: a broken invariant of `step` is one in a debug build. So is a ledger that cannot be read.
fn caught(order: &Order) -> Outcome {
    let run = std::panic::AssertUnwindSafe(|| simulate(order));
    match std::panic::catch_unwind(run) {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => Outcome::broken(order.seed, format!("it cannot be judged: {error:#}")),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Outcome::broken(order.seed, format!("it panicked: {}", text.unwrap_or_default()))
        }
    }
}

/// As many threads as make sense.
#[must_use]
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} schedules, {} cases, {} inputs", self.schedules, self.cases, self.inputs)?;
        f.write_str(&self.tally.table())
    }
}

/// What a person reads of a seed that failed: its trace, what does not hold, and how to have it again.
///
/// # Errors
/// When it cannot be set up again.
pub fn told(seed: u64, kind: Kind, tooth: Option<Tooth>) -> Result<String> {
    let outcome = caught(&Order { kind, tooth, traced: true, ..Order::of(seed) });
    Ok(format!(
        "{}\n\nseed {seed} does not hold:\n{}\n\nagain: {SEED}={seed} cargo test -p portico-sim one_seed -- --nocapture\n",
        outcome.trace.join("\n"),
        outcome.findings.join("\n")
    ))
}
