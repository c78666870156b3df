//! The reference client of Standard Webhooks, for the tests that let somebody else's code verify our events.
//!
//! It is installed from its pinned digest into a virtual environment under the target folder, once; nothing of it is
//! built or shipped. *Invariant:* what is installed is what `requirements.txt` names, byte for byte, or nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::workspace::output;

/// What is installed, beside the tests that use it.
const REQUIREMENTS: &str = "tests/e2e/verifier/requirements.txt";

/// The Python that can import the client, installing it when it is not there yet.
pub fn ensure(python: &Path, root: &Path, target: &Path) -> Result<PathBuf> {
    let requirements = root.join(REQUIREMENTS);
    let wanted = std::fs::read(&requirements).with_context(|| format!("cannot read {REQUIREMENTS}"))?;
    let home = target.join("standardwebhooks");
    let (own, installed) = (home.join("bin/python"), home.join("requirements.txt"));
    if std::fs::read(&installed).is_ok_and(|there| there == wanted) {
        return Ok(own);
    }
    output(Command::new(python).args(["-m", "venv", "--clear"]).arg(&home))
        .context("cannot make a Python environment")?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    let strict = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--requirement"];
    output(Command::new(&own).args(pip).args(strict).arg(&requirements)).context("pip could not install the client")?;
    // Last, so that a run that was cut short begins anew.
    std::fs::write(&installed, wanted)?;
    Ok(own)
}
