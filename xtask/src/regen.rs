//! `cargo xtask regen`: files that the binary generates and the repository keeps, so that a reader and a reviewer see
//! a change of the configuration or of `/v1` in the diff.
//!
//! *Invariant:* with `--check` nothing is written and a stale file fails; a product is passed over only while the
//! binary does not know its command, and that is said aloud.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};

use crate::test::build;
use crate::workspace::{Workspace, output};

/// What the binary is asked, and the file that keeps its answer.
const PRODUCTS: [(&[&str], &str); 2] =
    [(&["config", "schema"], "docs/config.schema.json"), (&["openapi"], "docs/openapi.json")];

#[derive(clap::Args)]
pub struct Args {
    /// Write nothing; fail if a file is not what the binary would generate
    #[arg(long)]
    check: bool,
}

pub fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let binary = build(workspace)?;
    let mut stale = 0;
    for (command, file) in PRODUCTS {
        if !knows(&binary, command) {
            println!("{file}: passed over, `portico {}` does not exist yet", command.join(" "));
            continue;
        }
        let text =
            output(Command::new(&binary).args(command)).with_context(|| format!("portico {}", command.join(" ")))?;
        let path = workspace.root().join(file);
        if std::fs::read_to_string(&path).is_ok_and(|kept| kept == text) {
            continue;
        }
        if args.check {
            println!("{file}: stale; run `cargo xtask regen` and commit it");
            stale += 1;
        } else {
            write(&path, &text)?;
            println!("{file}: written");
        }
    }
    Ok(if stale == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A command exists when its help is printed; a binary that takes any argument and says nothing has none.
fn knows(binary: &Path, command: &[&str]) -> bool {
    let help = Command::new(binary).args(command).arg("--help").stdin(Stdio::null()).output();
    help.is_ok_and(|help| help.status.success() && !help.stdout.is_empty())
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
