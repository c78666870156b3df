//! What this process may do on this machine, and as whom it lets others work.

use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::Path;

use anyhow::{Context as _, Result};

/// The account that PostgreSQL runs as, which refuses root.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Account {
    /// Where we are not root ourselves, there is none to change to.
    pub(crate) fn of_postgres() -> Result<Option<Self>> {
        if std::fs::metadata("/proc/self")?.uid() != 0 {
            return Ok(None);
        }
        let accounts = std::fs::read_to_string("/etc/passwd")?;
        let named = |name: &str| {
            let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
            let mut numbers = line.split(':').skip(2).map(str::parse);
            Some(Self { uid: numbers.next()?.ok()?, gid: numbers.next()?.ok()? })
        };
        named("postgres").or_else(|| named("nobody")).map(Some).context("no account for PostgreSQL, which refuses root")
    }

    pub(crate) fn owns(self, path: &Path) -> Result<()> {
        Ok(chown(path, Some(self.uid), Some(self.gid))?)
    }
}

/// Whether this process holds all these capabilities (capabilities(7), as bits).
pub(crate) fn holds(capabilities: u64) -> Result<bool> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let held = status.lines().find_map(|line| line.strip_prefix("CapEff:")).context("no capabilities are named")?;
    Ok(u64::from_str_radix(held.trim(), 16)? & capabilities == capabilities)
}
