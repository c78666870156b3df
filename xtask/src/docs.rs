//! `cargo xtask docs`: the API documentation, where a broken link is an error and not a surprise.

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::workspace::Workspace;

pub fn run(workspace: &Workspace) -> Result<ExitCode> {
    let status = workspace
        .cargo()
        .args(["doc", "--workspace", "--no-deps"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .status()
        .context("cannot start cargo doc")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
