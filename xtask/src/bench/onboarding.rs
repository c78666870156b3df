//! `cargo xtask bench onboarding`: figures of the release binary as a whole.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::figures;
use crate::workspace::Workspace;

/// Applicants at once, and how often.
const LOADS: [(usize, usize); 3] = [(1, 10), (10, 4), (50, 2)];
const STARTS: usize = 5;

pub fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let mut build = workspace.cargo();
    build.args(["build", "--release", "--package", "portico", "--package", "portico-e2e", "--bins"]);
    if !build.status()?.success() {
        bail!("the release build failed");
    }
    let bin = workspace.target_folder()?.join("release");
    let size = fs::metadata(bin.join("portico"))?.len();
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(start(&bin.join("portico"))?);
    }
    starts.sort_by(|a, b| a.ready_ms.total_cmp(&b.ready_ms));
    let started = &starts[STARTS / 2];
    let mut rows = String::new();
    for (at_once, rounds) in LOADS {
        let figures = load(&bin.join("onboarding"), workspace, at_once, rounds)?;
        let of = |name: &str, part: &str| figures[name][part].as_f64().unwrap_or_default();
        let (photo, status) = (of("photo_to_reply_ms", "median"), of("status_to_reply_ms", "median"));
        let _ = writeln!(
            rows,
            "| {at_once} | {} | {:.1} | {photo:.0} | {:.0} | {status:.0} | {:.1} |",
            figures["applicants"],
            figures["applicants_a_second"].as_f64().unwrap_or_default(),
            of("photo_to_reply_ms", "p95"),
            photo / status.max(0.1),
        );
    }
    let text = format!(
        "## Onboarding, hello to the reviewer's queue (P8, P10)\n\nBy `cargo xtask bench onboarding`: {}. SQLite, embedded \
         S3 and the stand-in for Meta run on the same cores; no models are built in.\n\n\
         | applicants at once | in all | applicants a second | photo to reply ms, median | p95 | STATUS to reply ms, \
         median | photo / STATUS |\n| --- | --- | --- | --- | --- | --- | --- |\n{rows}\n\
         A STATUS takes the same road without a picture; the ratio is what fetching, drawing anew, sealing, storing and \
         judging a picture costs.\n\n| the process | value |\n| --- | --- |\n\
         | start of `portico dev` to the table of addresses, median of {STARTS} | {:.0} ms |\n\
         | idle resident memory then | {:.1} MiB |\n| release binary | {:.1} MiB |\n",
        figures::measured_on(workspace)?,
        started.ready_ms,
        started.resident_kib as f64 / 1024.0,
        size as f64 / (1024.0 * 1024.0),
    );
    figures::write_section(workspace, "onboarding", &text)
}

struct Started {
    ready_ms: f64,
    resident_kib: u64,
}

/// Starts the binary on a fresh folder and waits for its table.
fn start(binary: &std::path::Path) -> anyhow::Result<Started> {
    let data = std::env::temp_dir().join(format!("portico-bench-{}", std::process::id()));
    let begun = Instant::now();
    let mut child = Command::new(binary)
        .args(["dev", "--listen", "127.0.0.1:0", "--log", "error", "--data"])
        .arg(&data)
        .stdout(Stdio::piped())
        .spawn()?;
    let output = child.stdout.take().context("no output")?;
    let mut ready_ms = None;
    for line in BufReader::new(output).lines() {
        if line?.contains("account inbox") {
            ready_ms = Some(begun.elapsed().as_secs_f64() * 1000.0);
            break;
        }
    }
    let status = fs::read_to_string(format!("/proc/{}/status", child.id()))?;
    let resident =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok());
    child.kill()?;
    child.wait()?;
    fs::remove_dir_all(&data)?;
    Ok(Started {
        ready_ms: ready_ms.context("it never said it was ready")?,
        resident_kib: resident.unwrap_or_default(),
    })
}

fn load(binary: &std::path::Path, workspace: &Workspace, at_once: usize, rounds: usize) -> anyhow::Result<Value> {
    let pictures = workspace.root().join("fixtures/images");
    let line = line_of(
        Command::new(binary).env("PORTICO_LOG", "error").arg(pictures).arg(at_once.to_string()).arg(rounds.to_string()),
    )?;
    Ok(serde_json::from_str(&line)?)
}

fn line_of(command: &mut Command) -> anyhow::Result<String> {
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("{command:?} failed");
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
