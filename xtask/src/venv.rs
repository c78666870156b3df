//! Python environments for what tests borrow from PyPI: the reference client of Standard Webhooks, S3 servers.
//!
//! Each is installed from pinned digests into a folder under the target folder, once; nothing of it is built or
//! shipped. *Invariant:* what is installed is what the requirements name, byte for byte, or nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::workspace::output;

/// What an environment holds.
pub struct Venv {
    /// Of its folder.
    pub name: &'static str,
    /// Pinned versions with their digests, relative to the root.
    pub requirements: &'static str,
}

pub const VERIFIER: Venv = Venv { name: "standardwebhooks", requirements: "tests/e2e/verifier/requirements.txt" };
pub const S3: Venv = Venv { name: "s3-servers", requirements: "xtask/s3/requirements.txt" };

impl Venv {
    /// The folder of the environment's programs, installing them when they are not there yet.
    pub fn ensure(&self, python: &Path, root: &Path, target: &Path) -> Result<PathBuf> {
        let Self { name, requirements } = self;
        let file = root.join(requirements);
        let wanted = std::fs::read(&file).with_context(|| format!("cannot read {requirements}"))?;
        let home = target.join(name);
        let (programs, installed) = (home.join("bin"), home.join("requirements.txt"));
        if std::fs::read(&installed).is_ok_and(|there| there == wanted) {
            return Ok(programs);
        }
        println!("installing {requirements}");
        output(Command::new(python).args(["-m", "venv", "--clear"]).arg(&home))
            .context("cannot make a Python environment")?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        let strict = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--requirement"];
        output(Command::new(programs.join("python")).args(pip).args(strict).arg(&file))
            .with_context(|| format!("pip could not install {requirements}"))?;
        // Last, so that a run that was cut short begins anew.
        std::fs::write(&installed, wanted)?;
        Ok(programs)
    }
}
