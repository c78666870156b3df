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
}

pub fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let What::Kill { kills, seed } = &args.what;
    let mut environment = vec![("PORTICO_CRASH_KILLS", kills.to_string())];
    environment.extend(seed.map(|seed| ("PORTICO_CRASH_SEED", seed.to_string())));
    test::run(workspace, &test::Args::only("kill::", environment))
}
