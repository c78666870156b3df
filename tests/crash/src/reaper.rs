//! What ends things outside this process when it ends, however it ends: a shell whose input we keep open.
//!
//! *Invariant:* what it cleans up is gone when the drop of the reaper returns.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};

/// See the module.
pub(crate) struct Reaper(Child);

impl Reaper {
    /// Runs `script` once we are gone; its arguments are `$1` and so on.
    pub(crate) fn of(script: &str, arguments: &[&OsStr]) -> Result<Self> {
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(format!("cat > /dev/null\n{script}")).arg("reaper").args(arguments);
        // In a group of its own, so that Ctrl-C in the terminal spares it.
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        Ok(Self(shell.spawn().context("no shell to clean up after us")?))
    }
}

impl Drop for Reaper {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
