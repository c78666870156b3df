//! `cargo xtask campaign sim`: seeds of the simulator, on every core, in a release build; a line a campaign is added to
//! docs/FIGURES.md.
//!
//! *Invariant:* a line is added only when every seed of it held.

use std::fmt::Write as _;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::figures;
use crate::postgres::Cluster;
use crate::programs::Programs;
use crate::workspace::Workspace;

const SECTION: &str = "simulated-schedules";

const HEAD: &str = "\
## Simulated schedules

Written by `cargo xtask campaign sim --seeds A..B`, a line a campaign. A schedule is one cell from its applicants' first \
words to rest, with everything going wrong that the table below counts; in every one of them every acknowledged input has \
exactly one entry, no case is decided twice, nothing is stuck, no message that may have arrived is sent again, and \
`fsck` finds nothing.

| seeds | engine | schedules | cases | inputs | faults | minutes | a second and core | cores | commit |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
";

const FAULTS: &str = "\n| what went wrong, in the last campaign | times |\n| --- | --- |\n";

#[derive(clap::Args)]
pub struct Args {
    /// Which seeds, such as 0..100000
    #[arg(long)]
    seeds: String,
    /// memory, sqlite or postgres
    #[arg(long, default_value = "memory")]
    engine: String,
}

pub fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let (first, end) = args.seeds.split_once("..").context("--seeds A..B")?;
    let (first, end): (u64, u64) = (first.parse()?, end.parse()?);
    let mut build = workspace.cargo();
    build.args(["build", "--release", "--package", "portico-sim", "--bin", "schedules"]);
    if !build.status()?.success() {
        bail!("the release build failed");
    }
    let binary = workspace.target_folder()?.join("release/schedules");
    let cluster = match args.engine.as_str() {
        "postgres" => Some(Cluster::start(&Programs::ensure(false)?.postgres)?),
        _ => None,
    };
    let cores = std::thread::available_parallelism()?.get() as u64;
    let begun = Instant::now();
    let share = (end - first).div_ceil(cores).max(1);
    let mut running = Vec::new();
    for from in (first..end).step_by(usize::try_from(share)?) {
        let mut command = Command::new(&binary);
        command.arg(format!("{from}..{}", end.min(from + share))).arg(&args.engine);
        if let Some(cluster) = &cluster {
            command.env("PORTICO_TEST_POSTGRES", cluster.url());
        }
        running.push(command.stdout(Stdio::piped()).spawn().context("cannot start the simulator")?);
    }
    let lines = running.into_iter().map(line_of).collect::<Result<Vec<_>>>()?;
    let minutes = begun.elapsed().as_secs_f64() / 60.0;
    let commit = commit()?;
    let made = Made { seeds: &args.seeds, engine: &args.engine, minutes, cores, commit: &commit };
    let text = section(&figures::read_section(workspace, SECTION)?, &made, &lines);
    figures::write_section(workspace, SECTION, &text)?;
    println!("{text}");
    Ok(ExitCode::SUCCESS)
}

fn line_of(process: Child) -> Result<Value> {
    let output = process.wait_with_output()?;
    if !output.status.success() {
        bail!("a seed does not hold: it is told above");
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn commit() -> Result<String> {
    let output = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// A campaign, but for what it came to.
struct Made<'a> {
    seeds: &'a str,
    engine: &'a str,
    minutes: f64,
    cores: u64,
    commit: &'a str,
}

/// The section with a line more; `lines` are what its processes said.
fn section(old: &str, made: &Made<'_>, lines: &[Value]) -> String {
    let sum = |name: &str| lines.iter().filter_map(|line| line[name].as_u64()).sum::<u64>();
    let mut faults: Vec<(&str, u64)> = Vec::new();
    for (name, times) in lines.iter().filter_map(|line| line["faults"].as_object()).flatten() {
        let times = times.as_u64().unwrap_or_default();
        match faults.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known += times,
            None => faults.push((name, times)),
        }
    }
    let all: u64 = faults.iter().map(|(_, times)| times).sum();
    let pace = sum("schedules") as f64 / (made.minutes * 60.0).max(0.001) / made.cores as f64;
    let line = format!(
        "| {} | {} | {} | {} | {} | {all} | {:.1} | {pace:.0} | {} | {} |",
        made.seeds,
        made.engine,
        sum("schedules"),
        sum("cases"),
        sum("inputs"),
        made.minutes,
        made.cores,
        made.commit,
    );
    let mut rows: Vec<&str> = campaigns(old).collect();
    rows.push(&line);
    let mut text = format!("{HEAD}{}\n\n", rows.join("\n"));
    for engine in ["memory", "sqlite", "postgres"] {
        let of_it = rows.iter().filter(|row| cell(row, 1) == engine);
        let schedules: u64 = of_it.filter_map(|row| cell(row, 2).parse::<u64>().ok()).sum();
        if schedules > 0 {
            let _ = writeln!(text, "In all {schedules} schedules on {engine}.");
        }
    }
    text.push_str(FAULTS);
    for (name, times) in faults {
        let _ = writeln!(text, "| {name} | {times} |");
    }
    text
}

/// The lines of campaigns: those whose first cell is a range of seeds.
fn campaigns(old: &str) -> impl Iterator<Item = &str> {
    old.lines().filter(|row| cell(row, 0).split_once("..").is_some_and(|(first, _)| first.parse::<u64>().is_ok()))
}

fn cell(row: &str, n: usize) -> &str {
    row.trim_start_matches('|').split('|').nth(n).unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_campaign_adds_its_line_and_keeps_those_before() {
        let line = json!({ "schedules": 10, "cases": 20, "inputs": 300, "faults": { "a process dies": 7 } });
        let made = |seeds| Made { seeds, engine: "memory", minutes: 0.5, cores: 2, commit: "abc" };
        let first = section("", &made("0..20"), &[line.clone(), line.clone()]);
        assert!(first.contains("| 0..20 | memory | 20 | 40 | 600 | 14 | 0.5 | 0 | 2 | abc |"), "{first}");
        let second = section(&first, &made("20..30"), &[line]);
        assert!(second.contains("| 0..20 |") && second.contains("| 20..30 |"), "{second}");
        assert!(second.contains("In all 30 schedules on memory."), "{second}");
        assert!(second.contains("| a process dies | 7 |"), "{second}");
    }
}
