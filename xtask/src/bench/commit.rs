//! `cargo xtask bench commit`: figure P4. One change is seven row changes in six tables; a single-row INSERT of pgbench,
//! on the same server with the same number of connections, is what it stands beside.

use std::fmt::Write as _;

use anyhow::Result;

use super::rounds::{Contender, medians};
use super::yard::Yard;
use crate::figures;
use crate::workspace::Workspace;

const SECONDS: u32 = 4;
/// Callers of `commit` at once; they share the connections that carry commits.
const CALLERS: usize = 32;
const POOL: usize = 16;

pub fn run(workspace: &Workspace) -> Result<()> {
    let yard = Yard::build(workspace)?;
    let url = yard.postgres()?;
    let tcp = yard.over_tcp(&url)?;
    let ours = |url: &str, form: &str, callers: usize| {
        let (callers, millis) = (callers.to_string(), (SECONDS * 1_000).to_string());
        let words = ["commits", "--url", url, "--form", form, "--callers", &callers, "--millis", &millis];
        yard.figure(&words, "commits_a_second")
    };
    let mut contenders = [
        Contender::new("pgbench, 1 connection", || yard.single_inserts(&url, 1, SECONDS)),
        Contender::new("pgbench, 2 connections", || yard.single_inserts(&url, 2, SECONDS)),
        Contender::new("pgbench, 16 connections", || yard.single_inserts(&url, POOL, SECONDS)),
        Contender::new("pgbench, 32 connections", || yard.single_inserts(&url, CALLERS, SECONDS)),
        Contender::new("one change at a time, 1 caller", || ours(&url, "lone", 1)),
        Contender::new("the same over TCP", || ours(&tcp, "lone", 1)),
        Contender::new("32 in a transaction, 1 caller", || ours(&url, "batches", 1)),
        Contender::new("the same over TCP", || ours(&tcp, "batches", 1)),
        Contender::new("32 in a transaction, 16 callers", || ours(&url, "batches", POOL)),
        Contender::new("32 callers of `commit`, grouped on 2 connections", || ours(&url, "lone", CALLERS)),
        Contender::new("SQLite, one change at a time, 1 caller", || ours(&yard.sqlite(), "lone", 1)),
        Contender::new("SQLite, 32 callers of `commit`, grouped", || ours(&yard.sqlite(), "lone", CALLERS)),
        Contender::new("SQLite, 32 in a transaction, 1 caller", || ours(&yard.sqlite(), "batches", 1)),
    ];
    let made = medians(&mut contenders)?;
    // Each beside the INSERTs of as many connections.
    let beside = [0, 1, 2, 3, 0, 0, 0, 0, 2, 1, 0, 0, 0];
    let mut rows = String::new();
    for ((contender, figure), peer) in contenders.iter().zip(&made).zip(beside) {
        let ratio = figure / made[peer];
        let _ = writeln!(rows, "| {} | {figure:.0} | {ratio:.2} of {} |", contender.name, contenders[peer].name);
    }
    let text = format!(
        "## Changes committed (P4)\n\nBy `cargo xtask bench commit`: {}. PostgreSQL with `fsync` and `synchronous_commit` \
         on, client and server on the same cores, rounds of {SECONDS} s that alternate, medians. One change: input, case, \
         entry, the job before it gone, a job, a message, an event. SQLite: WAL, `synchronous = FULL`, beside one \
         connection of pgbench.\n\n| what | a second | ratio |\n| --- | --- | --- |\n{rows}",
        figures::measured_on(workspace)?,
    );
    figures::write_section(workspace, "commit", &text)
}
