//! Signals to processes, as an operator sends them, and what has become of their receivers.

use anyhow::{Result, ensure};
use portico_e2e::until;
use tokio::process::Command;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Signal {
    Terminate,
    Kill,
    Stop,
    Continue,
    Interrupt,
}

impl Signal {
    const fn word(self) -> &'static str {
        match self {
            Self::Terminate => "-TERM",
            Self::Kill => "-KILL",
            Self::Stop => "-STOP",
            Self::Continue => "-CONT",
            Self::Interrupt => "-INT",
        }
    }
}

/// Sends it to each of them, in this order.
pub(crate) async fn send(signal: Signal, processes: &[u32]) -> Result<()> {
    let named: Vec<_> = processes.iter().map(u32::to_string).collect();
    let script =
        "signal=$1; shift; for process; do kill \"$signal\" \"$process\" || missed=1; done; test -z \"$missed\"";
    let told = Command::new("/bin/sh").args(["-c", script, "kill", signal.word()]).args(&named).status().await?;
    // A child of a dead server may have gone by itself.
    ensure!(told.success() || matches!(signal, Signal::Kill), "{signal:?} does not reach {named:?}");
    Ok(())
}

/// Waits until there is no such process, or nothing but its name.
pub(crate) async fn gone(process: u32) -> Result<()> {
    until("a process is gone", async || Ok(matches!(state(process), None | Some('Z' | 'X')).then_some(()))).await
}

/// Waits until the kernel says so of every thread that counts for it: `T` is stopped.
pub(crate) async fn stopped(process: u32) -> Result<()> {
    until("a process is stopped", async || Ok((state(process) == Some('T')).then_some(()))).await
}

/// As `/proc/PID/stat` has it, behind the name in brackets.
fn state(process: u32) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}
