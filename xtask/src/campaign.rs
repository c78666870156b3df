//! `cargo xtask campaign …`: what the tests do for a minute, done for as long as somebody cares to wait.
//!
//! *Invariant:* a campaign runs the very tests of `cargo xtask test`, with larger numbers; what it finds can be had
//! again by the seed that the failing test prints.

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use crate::test;
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// `kill -9` at random moments of a busy run: on both engines, and one worker among three
    Kill {
        /// How often each is killed
        #[arg(long, default_value_t = 1_000)]
        kills: u32,
        /// Choose the same moments and people again
        #[arg(long)]
        seed: Option<u64>,
    },
    /// `kill -9` of PostgreSQL itself, every process of it, under load
    Server {
        /// How often
        #[arg(long, default_value_t = 200)]
        kills: u32,
        /// Choose the same moments and people again
        #[arg(long)]
        seed: Option<u64>,
    },
    /// A worker that sleeps past its lease (SIGSTOP) and wakes again, at random moments of a busy run
    Pause {
        /// How often it falls asleep
        #[arg(long, default_value_t = 1_000)]
        pauses: u32,
        /// Choose the same moments and people again
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Every write and every sync of one onboarding on SQLite fails, one at a time
    Io,
}

pub fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let (filter, often, seed) = match &args.what {
        What::Kill { kills, seed } => ("kill::", ("PORTICO_CRASH_KILLS", kills.to_string()), *seed),
        What::Server { kills, seed } => {
            ("postgres::the_data", ("PORTICO_CRASH_SERVER_KILLS", kills.to_string()), *seed)
        }
        What::Pause { pauses, seed } => ("paused::one", ("PORTICO_CRASH_PAUSES", pauses.to_string()), *seed),
        What::Io => ("io::", ("PORTICO_CRASH_IO", "all".to_owned()), None),
    };
    let seed = seed.map(|seed| ("PORTICO_CRASH_SEED", seed.to_string()));
    test::run(workspace, &test::Args::only(filter, std::iter::once(often).chain(seed).collect()))
}
