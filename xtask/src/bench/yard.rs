//! What all benches of the ledger stand on: the release build of the loads, a PostgreSQL of our own with its durability
//! on, fresh databases, a folder for SQLite files.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::postgres::Cluster;
use crate::programs::Programs;
use crate::workspace::{Workspace, output};

pub struct Yard {
    cluster: Cluster,
    bin: PathBuf,
    bench: PathBuf,
    folder: TempDir,
    next: AtomicU32,
}

impl Yard {
    pub fn build(workspace: &Workspace) -> Result<Self> {
        ensure!(workspace.cargo().args(["build", "--release", "--package", "portico-bench"]).status()?.success());
        let bin = Programs::ensure(false)?.postgres;
        let cluster = Cluster::start(&bin)?;
        let bench = workspace.target_folder()?.join("release/portico-bench");
        // On the disk that the database is on, not in memory.
        let folder = tempfile::Builder::new().prefix("portico-bench-").tempdir()?;
        let yard = Self { cluster, bin, bench, folder, next: AtomicU32::new(1) };
        for setting in ["shared_buffers = '512MB'", "max_wal_size = '4GB'", "checkpoint_timeout = '15min'"] {
            yard.sql(yard.cluster.url(), &format!("ALTER SYSTEM SET {setting}"))?;
        }
        yard.cluster.restart(&yard.bin)?;
        Ok(yard)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// An empty database on the server, reached over its socket.
    pub fn postgres(&self) -> Result<String> {
        let name = format!("bench_{}", self.next.fetch_add(1, Ordering::Relaxed));
        self.sql(self.cluster.url(), &format!("CREATE DATABASE {name}"))?;
        Ok(self.cluster.by_socket(&name))
    }

    /// The same database over TCP.
    pub fn over_tcp(&self, by_socket: &str) -> Result<String> {
        let name = by_socket.split(['/', '?']).nth(3).context("no database in the address")?;
        Ok(self.cluster.by_tcp(name))
    }

    /// A file that is not there yet.
    pub fn sqlite(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        format!("sqlite://{}/{number}.db", self.folder.path().display())
    }

    pub fn sql(&self, url: &str, text: &str) -> Result<String> {
        output(self.psql().args(["-XqtA", "-v", "ON_ERROR_STOP=1", "-c", text, url]))
    }

    pub fn psql(&self) -> Command {
        Command::new(self.bin.join("psql"))
    }

    /// A load of ours, to be started by the caller.
    pub fn load(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.bench);
        command.args(words);
        command
    }

    /// Runs a load of ours to its end and reads one of its figures.
    pub fn figure(&self, words: &[&str], name: &str) -> Result<f64> {
        let line = output(&mut self.load(words))?;
        let said: Value = serde_json::from_str(line.trim()).with_context(|| format!("not JSON: {line}"))?;
        said[name].as_f64().with_context(|| format!("no {name} in {line}"))
    }

    /// Single-row INSERTs of about the size of an entry, by pgbench, each a transaction; how many a second.
    pub fn single_inserts(&self, url: &str, connections: usize, seconds: u32) -> Result<f64> {
        self.sql(url, "CREATE TABLE IF NOT EXISTS plain_row (id BIGINT PRIMARY KEY, body BYTEA NOT NULL)")?;
        let script = self.folder.path().join("insert.sql");
        let text = "\\set n random(1, 9000000000000000000)\n\
                    INSERT INTO plain_row (id, body) VALUES (:n, repeat('x', 500)::bytea) ON CONFLICT DO NOTHING;\n";
        std::fs::write(&script, text)?;
        let connections = connections.to_string();
        let threads = if connections == "1" { "1" } else { "2" };
        let mut pgbench = Command::new(self.bin.join("pgbench"));
        pgbench.args(["-n", "-M", "prepared", "-c", &connections, "-j", threads, "-T", &seconds.to_string(), "-f"]);
        let said = output(pgbench.arg(&script).arg(url))?;
        let tps = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok());
        let Some(tps) = tps else { bail!("pgbench said nothing of tps:\n{said}") };
        Ok(tps)
    }
}
