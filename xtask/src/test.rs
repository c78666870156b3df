//! `cargo xtask test`: the one test command. It starts what tests need, runs them all, and closes with one plain line.
//!
//! Everything is built once, by one cargo call with one profile, so that end-to-end tests run the very binary that the
//! unit tests were built beside. What tests find in their environment is listed in xtask/README.md.
//! *Invariant:* the last line printed is `N passed, N failed, N skipped`, and a run of no test at all has failed.

mod tally;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use self::tally::Tally;
use crate::postgres::Cluster;
use crate::programs::Programs;
use crate::s3::Servers;
use crate::venv;
use crate::workspace::Workspace;

/// Tests that need Chromium have this word in their path.
const BROWSER: &str = "browser";

#[derive(clap::Args)]
pub struct Args {
    /// Leave out the tests that drive a browser
    #[arg(long)]
    no_browser: bool,
    /// Run only tests whose path contains this text
    filter: Option<String>,
    /// What tests find in their environment besides
    #[arg(skip)]
    environment: Vec<(&'static str, String)>,
}

impl Args {
    /// Only tests whose path contains `filter`, none with a browser.
    pub fn only(filter: &str, environment: Vec<(&'static str, String)>) -> Self {
        Self { no_browser: true, filter: Some(filter.to_owned()), environment }
    }
}

pub fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let started = Instant::now();
    let programs = Programs::ensure(!args.no_browser)?;
    let (root, target) = (workspace.root(), workspace.target_folder()?);
    let verifier = venv::VERIFIER.ensure(&programs.python, root, &target)?;
    // They come up while the workspace is built.
    let mut servers = Servers::start(&venv::S3.ensure(&programs.python, root, &target)?)?;
    let binary = build(workspace)?;
    let built = started.elapsed();
    let cluster = Cluster::start(&programs.postgres)?;
    servers.wait()?;

    let mut tests = workspace.cargo();
    tests.args(["test", "--workspace", "--no-fail-fast"]);
    tests.env("PORTICO_TEST_POSTGRES", cluster.url());
    tests.env("PORTICO_TEST_POSTGRES_BIN", &programs.postgres);
    tests.env("PORTICO_TEST_BIN", binary);
    tests.env("PORTICO_TEST_STANDARDWEBHOOKS", verifier.join("python"));
    tests.envs(servers.variables());
    tests.envs(args.environment.iter().map(|(name, value)| (name, value)));
    if let Some(browser) = &programs.browser {
        tests.env("PORTICO_TEST_CHROMIUM", &browser.chromium);
        tests.env("PORTICO_TEST_CHROMEDRIVER", &browser.chromedriver);
    }
    tests.arg("--").args(&args.filter);
    if args.no_browser {
        tests.args(["--skip", BROWSER]);
    }
    let tally = count(&mut tests)?;
    drop((cluster, servers));

    let minutes = |seconds: f64| seconds / 60.0;
    let all = started.elapsed();
    println!(
        "built in {:.1} min, tested in {:.1} min",
        minutes(built.as_secs_f64()),
        minutes((all - built).as_secs_f64())
    );
    if tally.ran() == 0 {
        eprintln!("error: no test ran; is the filter right?");
    }
    println!("{tally}");
    Ok(if tally.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds every target of the workspace and returns the path of the `portico` binary.
pub fn build(workspace: &Workspace) -> Result<PathBuf> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--workspace", "--all-targets", "--message-format=json-render-diagnostics"]);
    let mut cargo = cargo.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("cannot start cargo build")?;
    let stdout = cargo.stdout.take().context("cargo build has no output")?;
    let mut binary = None;
    for line in BufReader::new(stdout).lines() {
        binary = portico_binary(&line?).or(binary);
    }
    if !cargo.wait()?.success() {
        bail!("the workspace does not build");
    }
    binary.context("the workspace built no binary named `portico`")
}

/// The executable that a line of cargo's messages announces, if it is the product (and not its test harness).
fn portico_binary(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let is_product = message["target"]["name"] == "portico"
        && message["target"]["kind"][0] == "bin"
        && message["profile"]["test"] == false;
    is_product.then(|| message["executable"].as_str().map(PathBuf::from)).flatten()
}

/// Runs the tests, shows what they print as it comes, and adds up their results.
fn count(tests: &mut Command) -> Result<Tally> {
    let mut child = tests.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("cannot start cargo test")?;
    let stdout = child.stdout.take().context("cargo test has no output")?;
    let mut tally = Tally::default();
    let mut line = Vec::new();
    let mut stdout = BufReader::new(stdout);
    while stdout.read_until(b'\n', &mut line)? > 0 {
        // Bytes, not a string: a test may print anything.
        let text = String::from_utf8_lossy(&line);
        print!("{text}");
        tally.read(&text);
        line.clear();
    }
    tally.close(child.wait()?.success());
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_product_is_told_from_its_test_harness() {
        let message = |test: bool| {
            serde_json::json!({"reason": "compiler-artifact", "executable": "target/debug/portico",
                "target": {"name": "portico", "kind": ["bin"]}, "profile": {"test": test}})
            .to_string()
        };
        assert_eq!(portico_binary(&message(false)), Some(PathBuf::from("target/debug/portico")));
        assert_eq!(portico_binary(&message(true)), None);
        assert_eq!(portico_binary("warning: not JSON"), None);
    }
}
