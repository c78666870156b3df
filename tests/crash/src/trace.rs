//! What processes ask of the kernel, in order: a trace by strace of the calls that write, sync, receive and send.
//!
//! It shows what no kill can: SIGKILL leaves what the kernel holds in memory, a power cut does not. So what matters is that
//! the kernel was told to put it on the disk, and had said yes, before anybody was told that it is safe. *Invariant:* a
//! call counts as over when it has returned 0 or more, and never earlier.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use portico_e2e::until;
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

use crate::signal::{self, Signal};

const CALLS: &str = "trace=write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync,read,recvfrom";
/// Enough of what is sent to know a request and an answer by.
const SHOWN_BYTES: &str = "48";
const INJECTED: &str = "(INJECTED)";
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// One call. Times are microseconds of the same clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub name: String,
    /// What it was called with, files and sockets by name.
    pub with: String,
    pub begun: i64,
    pub ended: i64,
}

/// How many calls there were, and how many of them were made to fail.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    pub calls: usize,
    pub injected: usize,
}

/// A trace that is being taken.
pub struct Trace {
    strace: Child,
    file: PathBuf,
}

impl Trace {
    /// Whether this machine lets one process look at another (ptrace).
    ///
    /// # Errors
    /// When strace is missing.
    pub async fn may_be_taken() -> Result<bool> {
        let mut strace = Command::new("strace");
        strace.args(["-o", "/dev/null", "true"]).stdin(Stdio::null()).stderr(Stdio::null());
        Ok(strace.status().await.context("there is no strace: run `cargo xtask test`")?.success())
    }

    /// Looks at these processes, and at those they will start, from now on.
    ///
    /// # Errors
    /// When they may not be looked at.
    pub async fn of(processes: &[u32], file: &Path) -> Result<Self> {
        let mut command = Command::new("strace");
        command.args(["-f", "-yy", "-ttt", "-s", SHOWN_BYTES, "-e", CALLS, "-o"]).arg(file);
        Self::begins(command, processes, file).await
    }

    /// Looks at the `calls` of one process that are about these files, and lets the `failing`-th end with an I/O error.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub async fn failing(
        process: u32,
        calls: &str,
        failing: Option<usize>,
        files: &[PathBuf],
        file: &Path,
    ) -> Result<Self> {
        let mut command = Command::new("strace");
        command.args(["-f", "-yy", "-ttt", "-s", "0", "-e", &format!("trace={calls}"), "-o"]).arg(file);
        for file in files {
            command.arg("-P").arg(file);
        }
        if let Some(failing) = failing {
            command.args(["-e", &format!("inject={calls}:error=EIO:when={failing}")]);
        }
        Self::begins(command, &[process], file).await
    }

    async fn begins(mut command: Command, processes: &[u32], file: &Path) -> Result<Self> {
        for process in processes {
            command.args(["-p", &process.to_string()]);
        }
        let strace = command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn()?;
        for process in processes {
            let status = format!("/proc/{process}/status");
            until("strace looks", async || {
                let status = std::fs::read_to_string(&status)?;
                let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
                Ok(tracer.is_some_and(|tracer| tracer.trim() != "0").then_some(()))
            })
            .await?;
        }
        Ok(Self { strace, file: file.to_owned() })
    }

    /// Lets no second call fail: once one has, strace goes. It counts for each thread, and a connection made anew has a
    /// thread of its own.
    ///
    /// # Errors
    /// When the trace cannot be read.
    pub async fn fails_once(&self, end: &CancellationToken) -> Result<()> {
        let mut beat = tokio::time::interval(LOOK_EVERY);
        while end.run_until_cancelled(beat.tick()).await.is_some() {
            if std::fs::read_to_string(&self.file)?.contains(INJECTED) {
                return signal::send(Signal::Interrupt, &[self.strace.id().context("strace has ended by itself")?])
                    .await;
            }
        }
        Ok(())
    }

    /// Looks no longer; counts what was seen. The process may have ended meanwhile.
    ///
    /// # Errors
    /// When the trace cannot be read.
    pub async fn seen(mut self) -> Result<Seen> {
        if let Some(strace) = self.strace.id() {
            let _ = signal::send(Signal::Interrupt, &[strace]).await;
        }
        self.strace.wait().await?;
        let text = std::fs::read_to_string(&self.file)?;
        let calls = text.lines().filter(|line| !line.contains("resumed>") && line.contains('(')).count();
        Ok(Seen { calls, injected: text.matches(INJECTED).count() })
    }

    /// Looks no longer; gives what was seen, in the order in which it ended.
    ///
    /// # Errors
    /// When the trace cannot be read.
    pub async fn ends(mut self) -> Result<Vec<Call>> {
        signal::send(Signal::Interrupt, &[self.strace.id().context("strace has ended by itself")?]).await?;
        self.strace.wait().await?;
        calls(&std::fs::read_to_string(&self.file)?)
    }
}

/// Lines such as `17 1.000002 fdatasync(9</d/br.db-wal>) = 0`, and the same in two parts when another came in between.
fn calls(text: &str) -> Result<Vec<Call>> {
    let mut open: Vec<(String, Call)> = Vec::new();
    let mut found = Vec::new();
    for line in text.lines() {
        let Some((process, rest)) = line.split_once(char::is_whitespace) else { continue };
        let Some((time, what)) = rest.trim_start().split_once(' ') else { continue };
        let Some(time) = micros(time) else { bail!("no time in {line}") };
        if let Some(resumed) = what.strip_prefix("<... ") {
            let place = open.iter().position(|(of, _)| of == process);
            let Some((_, mut call)) = place.map(|place| open.remove(place)) else { continue };
            call.with.push_str(resumed);
            call.ended = time;
            found.extend(succeeded(resumed).then_some(call));
        } else if let Some((name, with)) = what.split_once('(') {
            let call = Call { name: name.to_owned(), with: with.to_owned(), begun: time, ended: time };
            if what.ends_with("<unfinished ...>") {
                open.push((process.to_owned(), call));
            } else {
                found.extend(succeeded(what).then_some(call));
            }
        }
    }
    found.sort_by_key(|call| call.ended);
    Ok(found)
}

fn succeeded(line: &str) -> bool {
    line.rsplit_once(" = ").is_some_and(|(_, result)| !result.starts_with('-') && !result.starts_with('?'))
}

fn micros(time: &str) -> Option<i64> {
    let (seconds, fraction) = time.split_once('.')?;
    Some(seconds.parse::<i64>().ok()? * 1_000_000 + fraction.parse::<i64>().ok()?)
}

/// Looks whether every webhook was on the disk before its answer: between the request and its 200 something was written
/// to a file whose name holds `log`, and that file was synced after. Says how many there were.
///
/// # Errors
/// Naming the first that was not.
pub fn synced_before_answers(calls: &[Call], log: &str) -> Result<usize> {
    let mut answered = 0;
    for request in calls.iter().filter(|call| call.with.contains("\"POST /webhooks/whatsapp")) {
        let socket = socket(&request.with).context("a request on no socket")?;
        let answer = calls.iter().find(|call| {
            call.begun >= request.ended && call.with.contains(socket) && call.with.contains("\"HTTP/1.1 200")
        });
        let Some(answer) = answer else { continue };
        let between =
            |call: &&Call| call.begun >= request.ended && call.ended <= answer.begun && call.with.contains(log);
        let written =
            calls.iter().filter(between).filter(|call| call.name.contains("write")).map(|call| call.ended).min();
        let written = written.with_context(|| format!("answered and not written: {answer:?}"))?;
        let synced = calls.iter().filter(between).filter(|call| call.name.ends_with("sync") && call.begun >= written);
        ensure!(synced.count() > 0, "answered, written and not synced: {answer:?}");
        answered += 1;
    }
    Ok(answered)
}

/// The `TCP:[…]` that a call is on.
fn socket(with: &str) -> Option<&str> {
    let start = with.find("TCP:[")?;
    with.get(start..).and_then(|rest| rest.split(']').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEEN: &str = r#"
7 1.000001 recvfrom(9<TCP:[127.0.0.1:1->127.0.0.1:2]>, "POST /webhooks/whatsapp HTTP/1.1"..., 8192, 0, NULL, NULL) = 700
8 1.000002 pwrite64(5</d/br.db-wal>, "x"..., 4096, 32) = 4096
8 1.000003 fdatasync(5</d/br.db-wal> <unfinished ...>
7 1.000004 read(3</d/other>, ""..., 8) = 0
8 1.000009 <... fdatasync resumed>)       = 0
7 1.000010 writev(9<TCP:[127.0.0.1:1->127.0.0.1:2]>, [{iov_base="HTTP/1.1 200 OK\r\n"..., iov_len=90}], 1) = 90
"#;

    #[test]
    fn a_sync_between_request_and_answer_is_seen() {
        assert_eq!(synced_before_answers(&calls(SEEN).unwrap(), "br.db-wal").unwrap(), 1);
    }

    #[test]
    fn a_sync_that_failed_or_came_late_or_was_of_another_file_is_none() {
        for (from, to) in [
            ("resumed>)       = 0", "resumed>)       = -1 EIO"),
            ("1.000009", "1.000011"),
            ("fdatasync(5</d/br.db-wal>", "fdatasync(5</d/br.db>"),
            ("1.000003", "1.000001"),
        ] {
            let calls = calls(&SEEN.replace(from, to)).unwrap();
            assert!(synced_before_answers(&calls, "br.db-wal").is_err(), "{to}");
        }
    }
}
