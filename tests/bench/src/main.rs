//! `portico-bench`: the loads that `cargo xtask bench` puts on the parts of Portico, one a subcommand, each beside a peer
//! that the command runs in the same minutes. Prints one JSON line.
//!
//! *Invariant:* what is measured is the product's own code behind its public doors; nothing here makes it faster than
//! `serve` has it.

mod commits;
mod grow;
mod ingest;
mod jobs;
mod moment;

use clap::{Parser, Subcommand};

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    load: Load,
}

#[derive(Subcommand)]
enum Load {
    /// Serve webhooks until the input ends; prints the address first
    Ingest(ingest::Args),
    /// Write a wrk script that posts signed webhooks
    Bodies(ingest::BodiesArgs),
    /// Commit changes of many cases
    Commits(commits::Args),
    /// Claim and finish jobs
    Jobs(jobs::Args),
    /// Load finished cases
    Grow(grow::Args),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse().load {
        Load::Ingest(args) => ingest::serve(&args).await,
        Load::Bodies(args) => ingest::bodies(&args),
        Load::Commits(args) => commits::run(&args).await,
        Load::Jobs(args) => jobs::run(&args).await,
        Load::Grow(args) => grow::run(&args).await,
    }
}
