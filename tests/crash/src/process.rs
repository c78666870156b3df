//! One process of the real binary, as a service manager would keep it: started, asked to end, killed.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use portico_e2e::until;
use reqwest::StatusCode;
use tokio::process::{Child, Command};

use crate::Island;
use crate::signal::{self, Signal};

/// Names the binary; `cargo xtask test` builds it and sets this.
const BINARY: &str = "PORTICO_TEST_BIN";

/// What a process says once it listens; its address follows.
const SERVES: &str = "portico serves address=";

/// A command of the binary that stands in `PORTICO_TEST_BIN`, on an island if there is one.
///
/// # Errors
/// When not run by `cargo xtask test`.
pub(crate) fn portico(island: Option<&Island>) -> Result<Command> {
    let binary = std::env::var_os(BINARY).with_context(|| format!("{BINARY} is not set: run `cargo xtask test`"))?;
    let mut command = match island {
        Some(island) => island.command(&binary),
        None => Command::new(binary),
    };
    // Nothing of this process's own setting reaches the one that is tested.
    command.env_clear().env("NO_COLOR", "1").stdin(Stdio::null()).kill_on_drop(true);
    Ok(command)
}

/// A running `portico serve`. Dropping it kills it.
pub struct Process {
    child: Child,
    log: PathBuf,
    address: SocketAddr,
    http: reqwest::Client,
}

impl Process {
    /// Starts `command` with its output appended to `log`, and waits until it is ready.
    pub(crate) async fn start(
        mut command: Command,
        log: &Path,
        http: reqwest::Client,
        island: Option<&Island>,
    ) -> Result<Self> {
        let file = std::fs::File::options().create(true).append(true).open(log)?;
        let before = usize::try_from(file.metadata()?.len())?;
        let mut child = command.stdout(file.try_clone()?).stderr(file).spawn().context("the binary does not start")?;
        let said = until("portico serves", async || {
            let text = std::fs::read_to_string(log)?;
            let said = text.get(before..).unwrap_or_default();
            if let Some(status) = child.try_wait()? {
                bail!("it ended with {status} and said:\n{said}");
            }
            let address = said.split_once(SERVES).and_then(|(_, rest)| rest.split_once(char::is_whitespace));
            Ok(address.map(|(address, _)| address.to_owned()))
        })
        .await?;
        let address = match island {
            Some(island) => island.lands(said.parse()?).await?,
            None => said.parse()?,
        };
        let process = Self { child, log: log.to_owned(), address, http };
        process.is_ready().await?;
        Ok(process)
    }

    async fn is_ready(&self) -> Result<()> {
        until("it is ready", async || Ok((self.readiness().await?.0 == StatusCode::OK).then_some(()))).await
    }

    /// # Errors
    /// When it has ended by itself.
    pub fn id(&self) -> Result<u32> {
        self.child.id().context("it has ended by itself")
    }

    /// Where it is reached; on an island it listens elsewhere.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// `/readyz`: its status and what it says.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn readiness(&self) -> Result<(StatusCode, String)> {
        let answer = self.http.get(format!("http://{}/readyz", self.address)).send().await?;
        Ok((answer.status(), answer.text().await?))
    }

    /// `/metrics`.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn metrics(&self) -> Result<String> {
        Ok(self.http.get(format!("http://{}/metrics", self.address)).send().await?.text().await?)
    }

    /// SIGKILL: it learns nothing of it.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub async fn kill(mut self) -> Result<()> {
        self.child.start_kill()?;
        self.child.wait().await?;
        Ok(())
    }

    /// SIGSTOP: it stands still where it is, and learns nothing of it.
    ///
    /// # Errors
    /// When it has ended by itself.
    pub async fn pause(&self) -> Result<()> {
        signal::send(Signal::Stop, &[self.id()?]).await?;
        signal::stopped(self.id()?).await
    }

    /// SIGCONT: it goes on as if nothing had been.
    ///
    /// # Errors
    /// When it has ended by itself.
    pub async fn resume(&self) -> Result<()> {
        signal::send(Signal::Continue, &[self.id()?]).await
    }

    /// All that it has said so far.
    ///
    /// # Errors
    /// When its log cannot be read.
    pub fn said(&self) -> Result<String> {
        Ok(std::fs::read_to_string(&self.log)?)
    }

    /// SIGTERM: it drains and must say that all is well.
    ///
    /// # Errors
    /// When it ends otherwise than with status 0.
    pub async fn terminate(mut self) -> Result<()> {
        signal::send(Signal::Terminate, &[self.id()?]).await?;
        let status: ExitStatus = self.child.wait().await?;
        ensure!(status.success(), "told to end, it ended with {status}: see {}", self.log.display());
        Ok(())
    }
}
