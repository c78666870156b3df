//! `cargo xtask bench …`: figures of the release build, each beside a peer that runs in the same minutes, written to
//! docs/FIGURES.md.
//!
//! Machines are shared and noisy, so rounds alternate, medians are taken, and what is claimed is a ratio.

mod commit;
mod ingest;
mod onboarding;
mod queue;
mod rounds;
mod yard;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use crate::workspace::Workspace;

#[derive(Parser)]
pub struct Args {
    /// What to measure
    what: What,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// Applicants end to end, photo to reply, start-up, memory, size
    Onboarding,
    /// Webhooks durable before 200, beside no database and one INSERT each
    Ingest,
    /// Changes of cases, beside single-row INSERTs of pgbench
    Commit,
    /// Jobs claimed and finished, beside graphile-worker, and as the ledger grows
    Queue,
}

pub fn run(workspace: &Workspace, args: &Args) -> anyhow::Result<ExitCode> {
    match args.what {
        What::Onboarding => onboarding::run(workspace)?,
        What::Ingest => ingest::run(workspace)?,
        What::Commit => commit::run(workspace)?,
        What::Queue => queue::run(workspace)?,
    }
    Ok(ExitCode::SUCCESS)
}
