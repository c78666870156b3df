//! What ends a server of the tests when we end, however we end.
//!
//! A small shell waits for our end of its pipe to close, which the kernel sees to even when we are killed, and then
//! cleans up. *Invariant:* what it cleans up is gone when the drop of the reaper returns.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

pub struct Reaper {
    shell: Child,
    /// Said when it fails.
    of: &'static str,
}

impl Reaper {
    /// `shell` runs `/bin/sh -c` with a script that reads its input to the end before it cleans up. It is put into a
    /// process group of its own, so that Ctrl-C in the terminal spares it.
    pub fn start(of: &'static str, mut shell: Command) -> Result<Self> {
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let shell = shell.spawn().with_context(|| format!("cannot start a shell to look after {of}"))?;
        Ok(Self { shell, of })
    }

    /// Gives the script a line to remember.
    pub fn tell(&mut self, line: &str) -> Result<()> {
        let of = self.of;
        let input = self.shell.stdin.as_mut().context("the input of a reaper is closed")?;
        writeln!(input, "{line}").with_context(|| format!("the shell that looks after {of} has ended"))
    }
}

impl Drop for Reaper {
    fn drop(&mut self) {
        // Closing its input is the sign that it waits for.
        drop(self.shell.stdin.take());
        if let Err(error) = self.shell.wait() {
            eprintln!("warning: {} may not have stopped: {error}", self.of);
        }
    }
}
