//! `schedules A..B ENGINE`: one process's share of a campaign. Runs these seeds, on one thread, and prints what they came
//! to as one line of JSON; a seed that fails is told whole on standard error.

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use portico_sim::campaign;
use portico_sim::engine::Kind;
use portico_sim::fault::Fault;
use serde_json::{Map, Value, json};

fn main() -> Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let seeds = arguments.next().context("seeds: A..B")?;
    let (first, end) = seeds.split_once("..").context("seeds: A..B")?;
    let kind = match arguments.next().as_deref() {
        Some("memory") | None => Kind::Memory,
        Some("sqlite") => Kind::Sqlite,
        Some("postgres") => Kind::Postgres,
        Some(other) => bail!("no engine {other}: memory, sqlite or postgres"),
    };
    let report = campaign::run(first.parse()?..end.parse()?, kind, None, 1)?;
    if let Some(told) = report.told(kind, None)? {
        eprintln!("{told}");
        return Ok(ExitCode::FAILURE);
    }
    let faults: Map<String, Value> =
        Fault::ALL.iter().map(|fault| (fault.as_str().to_owned(), report.tally.of(*fault).into())).collect();
    let line = json!({
        "schedules": report.schedules,
        "cases": report.cases,
        "inputs": report.inputs,
        "faults": faults,
    });
    println!("{line}");
    Ok(ExitCode::SUCCESS)
}
