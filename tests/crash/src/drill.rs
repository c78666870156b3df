//! Commands of docs/OPERATING.md that a drill runs as they stand there: a block fenced as `bash drill=NAME`.
//!
//! *Invariant:* nothing is added to them but the variables that the document says an operator sets.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

/// Runs the block of that name to its end, which must be status 0.
///
/// # Errors
/// When the document has no such block, or a command fails, with what it said.
pub async fn drill(name: &str, variables: &[(&str, &OsStr)]) -> Result<()> {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/OPERATING.md");
    let text = std::fs::read_to_string(document)?;
    let fence = format!("```bash drill={name}");
    let mut lines = text.lines().map(str::trim).skip_while(|line| *line != fence).skip(1).peekable();
    lines.peek().with_context(|| format!("docs/OPERATING.md has no block drill={name}"))?;
    let commands = lines.take_while(|line| *line != "```").collect::<Vec<_>>().join("\n");
    let mut shell = Command::new("bash");
    shell.args(["-euo", "pipefail", "-c", &commands]).envs(variables.iter().copied());
    let output = shell.output().await.context("bash does not start")?;
    ensure!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
