//! `cargo xtask bench queue`: figure P3. Jobs claimed and finished a second, each side durable, beside graphile-worker
//! with its local queue on the same server; and ours again as finished cases pile up beside them.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::rounds::{Contender, medians};
use super::yard::Yard;
use crate::figures;
use crate::workspace::{Workspace, output};

const JOBS: usize = 20_000;
/// Finished cases in the ledger.
const GROWN: [u64; 4] = [0, 10_000, 100_000, 1_000_000];
/// The peer, pinned; its folder is made under the target folder.
const PEER: &str = "graphile-worker@0.17.3";

pub fn run(workspace: &Workspace) -> Result<()> {
    let yard = Yard::build(workspace)?;
    let peer = workspace.target_folder()?.join("graphile-worker");
    install(&peer)?;
    std::fs::copy(workspace.root().join("xtask/src/bench/graphile.mjs"), peer.join("bench.mjs"))?;
    let ours = |url: &str, workers: usize| {
        let (jobs, workers) = (JOBS.to_string(), workers.to_string());
        yard.figure(&["jobs", "--url", url, "--jobs", &jobs, "--workers", &workers], "jobs_a_second")
    };
    let (fresh, theirs) = (yard.postgres()?, yard.postgres()?);
    let mut contenders = [
        Contender::new("graphile-worker, local queue 500", || graphile(&yard, &peer, &theirs, 500)),
        Contender::new("graphile-worker, no local queue", || graphile(&yard, &peer, &theirs, 0)),
        Contender::new("Portico, 4 workers", || ours(&fresh, 4)),
        Contender::new("Portico, 1 worker", || ours(&fresh, 1)),
        Contender::new("Portico on SQLite, 4 workers", || ours(&yard.sqlite(), 4)),
    ];
    let made = medians(&mut contenders)?;
    let best = made[0].max(made[1]);
    let mut rows = String::new();
    for (contender, figure) in contenders.iter().zip(&made) {
        let _ = writeln!(rows, "| {} | {figure:.0} | {:.2} |", contender.name, figure / best);
    }
    let grown = growth(&yard, &ours)?;
    let text = format!(
        "## Jobs claimed and finished (P3)\n\nBy `cargo xtask bench queue`: {}. {JOBS} jobs that cost nothing, each claimed \
         and each finished durably, 50 claimed at a time, on one server; {PEER} with 24 at once. Rounds alternate, \
         medians.\n\n| what | jobs a second | of the peer's best |\n| --- | --- | --- |\n{rows}\n\
         The same, 4 workers, on a ledger that holds finished cases (12 entries, 7 messages, 4 events each). *Old \
         snapshot*: a transaction that began before is open all the while, so that nothing can be vacuumed.\n\n\
         | finished cases | jobs a second | of none | with an old snapshot | database, KiB a case |\n\
         | --- | --- | --- | --- | --- |\n{grown}",
        figures::measured_on(workspace)?,
    );
    figures::write_section(workspace, "queue", &text)
}

fn growth(yard: &Yard, ours: &dyn Fn(&str, usize) -> Result<f64>) -> Result<String> {
    let url = yard.postgres()?;
    let (mut rows, mut first) = (String::new(), None);
    for cases in GROWN {
        if cases > 0 {
            output(&mut yard.load(&["grow", "--url", &url, "--cases", &cases.to_string()]))?;
        }
        let mut turns = [Contender::new(format!("{cases} cases"), || ours(&url, 4))];
        let plain = medians(&mut turns)?[0];
        let held = {
            let _old = Held::open(yard, &url)?;
            let mut turns = [Contender::new(format!("{cases} cases, old snapshot"), || ours(&url, 4))];
            medians(&mut turns)?[0]
        };
        let none = *first.get_or_insert(plain);
        let bytes: f64 = yard.sql(&url, "SELECT pg_database_size(current_database())")?.trim().parse()?;
        let each = if cases == 0 { String::from("–") } else { format!("{:.1}", bytes / cases as f64 / 1024.0) };
        let _ = writeln!(rows, "| {cases} | {plain:.0} | {:.2} | {held:.0} | {each} |", plain / none);
    }
    Ok(rows)
}

/// A transaction that has seen the database and stays open.
struct Held(std::process::Child);

impl Held {
    fn open(yard: &Yard, url: &str) -> Result<Self> {
        let text = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT COUNT(*) FROM job; SELECT pg_sleep(3600)";
        let child = yard.psql().args(["-Xqc", text, url]).spawn()?;
        let seen = "SELECT COUNT(*) FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND query LIKE '%pg_sleep%' \
                    AND pid <> pg_backend_pid()";
        while yard.sql(url, seen)?.trim() == "0" {
            std::thread::yield_now();
        }
        Ok(Self(child))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn install(folder: &Path) -> Result<()> {
    if folder.join("node_modules/graphile-worker").exists() {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    let mut npm = Command::new("npm");
    npm.current_dir(folder).args(["install", "--no-audit", "--no-fund", "--ignore-scripts", PEER]);
    output(&mut npm).context("npm could not install the peer")?;
    Ok(())
}

fn graphile(yard: &Yard, folder: &Path, url: &str, local: usize) -> Result<f64> {
    yard.sql(url, "DROP SCHEMA IF EXISTS graphile_worker CASCADE")?;
    let mut node = Command::new("node");
    node.current_dir(folder).arg("bench.mjs").args([url, &JOBS.to_string(), &local.to_string()]);
    let said = output(&mut node)?;
    let line = said.lines().last().context("the peer said nothing")?;
    line.trim().parse().with_context(|| format!("the peer said {line}"))
}
