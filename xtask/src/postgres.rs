//! A private PostgreSQL: its own cluster in a temporary folder, on a free port of the loopback interface.
//!
//! Tests get a server whose version and settings are ours and whose data nobody will miss. The server refuses to run
//! as root, so as root it runs as the `postgres` account, else as `nobody`. *Invariant:* the cluster ends when we end,
//! however we end: see [`Reaper`].

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::ports::{PORT_TRIES_MAX, free_ports, password};
use crate::reaper::Reaper;
use crate::workspace::output;

/// Waits for the end of its input, then stops the server in the folder and removes the folder.
///
/// The second removal is for a run that was killed while `initdb` was still writing.
const REAPER: &str = r#"
cat > /dev/null
"$1/pg_ctl" --pgdata="$2/data" --mode=immediate stop
rm -rf "$2" || { sleep 1; rm -rf "$2"; }
"#;

/// A running server. Dropping it stops the server and removes every trace of it.
pub struct Cluster {
    url: String,
    /// `postgres:password@127.0.0.1:port`.
    server: String,
    home: PathBuf,
    account: Option<Account>,
    _reaper: Reaper,
    // The reaper removes it; this is the net under it, and dropped last.
    _folder: TempDir,
}

/// The account that the server runs as, where we ourselves are root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Account {
    uid: u32,
    gid: u32,
}

impl Cluster {
    /// Starts a server with the programs of `bin` (the folder of `initdb` and `pg_ctl`).
    pub fn start(bin: &Path) -> Result<Self> {
        let private = fs::Permissions::from_mode(0o700);
        let folder = tempfile::Builder::new().prefix("portico-postgres-").permissions(private).tempdir()?;
        let home = folder.path().to_path_buf();
        let account = if fs::metadata(&home)?.uid() == 0 { Some(Account::unprivileged()?) } else { None };
        let password = password()?;
        let password_file = home.join("password");
        fs::write(&password_file, &password)?;
        if let Some(Account { uid, gid }) = account {
            chown(&password_file, Some(uid), Some(gid))?;
            chown(&home, Some(uid), Some(gid))?;
        }
        let server = Server { account, bin: bin.to_path_buf(), home };
        // From here on every way out, an error too, leads through the drop of this value.
        let (url, home) = (String::new(), server.home.clone());
        let mut cluster = Self { server: url.clone(), url, home, account, _reaper: server.reaper()?, _folder: folder };
        server.initialise(&password_file)?;
        let port = server.start()?;
        cluster.server = format!("postgres:{password}@127.0.0.1:{port}");
        cluster.url = cluster.by_tcp("postgres");
        Ok(cluster)
    }

    /// How a client connects: a superuser of an empty database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A database of it, over TCP.
    pub fn by_tcp(&self, database: &str) -> String {
        format!("postgres://{}/{database}", self.server)
    }

    /// The same, over the server's own socket.
    pub fn by_socket(&self, database: &str) -> String {
        let (home, port) = (self.home.display(), self.server.rsplit(':').next().unwrap_or_default());
        let user = self.server.split('@').next().unwrap_or_default();
        format!("postgres://{user}@localhost/{database}?host={home}&port={port}")
    }

    /// Stops and starts it, so that every setting holds.
    pub fn restart(&self, bin: &Path) -> Result<()> {
        let server = Server { account: self.account, bin: bin.to_path_buf(), home: self.home.clone() };
        let mut pg_ctl = server.command(server.bin.join("pg_ctl"));
        pg_ctl.args(["restart", "--wait", "--mode=fast", "--log"]).arg(self.home.join("log"));
        output(pg_ctl.arg("--pgdata").arg(self.home.join("data"))).context("the server did not start again")?;
        Ok(())
    }
}

/// The programs of the server and the folder they work in.
struct Server {
    account: Option<Account>,
    bin: PathBuf,
    home: PathBuf,
}

impl Server {
    fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir(&self.home);
        if let Some(Account { uid, gid }) = self.account {
            command.uid(uid).gid(gid);
        }
        command
    }

    fn initialise(&self, password_file: &Path) -> Result<()> {
        let mut initdb = self.command(self.bin.join("initdb"));
        // Collation C orders text by bytes, as SQLite does: both ledgers sort alike.
        initdb.args(["--username=postgres", "--auth=password", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        initdb.arg("--pwfile").arg(password_file).arg("--pgdata").arg(self.home.join("data"));
        output(&mut initdb).context("initdb failed; can the account of the server reach the temporary folder?")?;
        Ok(())
    }

    /// Starts the server and returns its port.
    fn start(&self) -> Result<u16> {
        let data = self.home.join("data");
        let log = self.home.join("log");
        let defaults = fs::read_to_string(data.join("postgresql.conf"))?;
        for _ in 0..PORT_TRIES_MAX {
            let [port] = free_ports()?;
            fs::write(data.join("postgresql.conf"), format!("{defaults}\n{}", settings(port, &self.home)))?;
            let mut pg_ctl = self.command(self.bin.join("pg_ctl"));
            pg_ctl.arg("start").arg("--wait").arg("--pgdata").arg(&data).arg("--log").arg(&log);
            let Err(error) = output(&mut pg_ctl) else {
                return Ok(port);
            };
            let said = fs::read_to_string(&log).unwrap_or_default();
            if !said.contains("Address already in use") {
                return Err(error.context(format!("the test database did not start; its log:\n{said}")));
            }
        }
        bail!("no free port for the test database in {PORT_TRIES_MAX} tries")
    }

    fn reaper(&self) -> Result<Reaper> {
        let mut shell = self.command("/bin/sh");
        shell.args(["-c", REAPER, "reaper"]).arg(&self.bin).arg(&self.home);
        Reaper::start("the test database", shell)
    }
}

/// What differs from the server's defaults. Durability stays on: tests see what production sees.
fn settings(port: u16, socket_folder: &Path) -> String {
    format!(
        "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{}'\n\
         max_connections = 300\nlog_min_messages = 'warning'\ntimezone = 'UTC'\n",
        socket_folder.display().to_string().replace('\'', "''")
    )
}

impl Account {
    /// The account that Debian makes for the server, else the one that owns nothing.
    fn unprivileged() -> Result<Self> {
        let accounts = fs::read_to_string("/etc/passwd").context("cannot read the list of accounts")?;
        let found = ["postgres", "nobody"].iter().find_map(|name| Self::find(&accounts, name));
        found.context("PostgreSQL refuses to run as root and there is no account `postgres` or `nobody` to run it as")
    }

    /// Reads a line of the form `name:x:uid:gid:…`.
    fn find(accounts: &str, name: &str) -> Option<Self> {
        accounts.lines().find_map(|line| {
            let mut fields = line.split(':');
            (fields.next()? == name).then_some(())?;
            let uid = fields.nth(1)?.parse().ok()?;
            let gid = fields.next()?.parse().ok()?;
            Some(Self { uid, gid })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::Programs;

    #[test]
    fn accounts_are_found_by_their_whole_name() {
        let accounts = "postgresql:x:1:2::/:/bin/sh\npostgres:x:101:104:PostgreSQL:/var:/bin/bash\n";
        assert_eq!(Account::find(accounts, "postgres"), Some(Account { uid: 101, gid: 104 }));
        assert_eq!(Account::find(accounts, "nobody"), None);
    }

    #[test]
    fn a_quote_in_the_folder_stays_inside_its_setting() {
        assert!(settings(5433, Path::new("/a'b")).contains("unix_socket_directories = '/a''b'\n"));
    }

    #[test]
    fn a_cluster_answers_and_leaves_nothing_behind() {
        let programs = Programs::ensure(false).unwrap();
        let cluster = Cluster::start(&programs.postgres).unwrap();
        let folder = cluster._folder.path().to_path_buf();
        let version =
            output(Command::new(programs.postgres.join("psql")).args(["-tAc", "SELECT 7 * 6", cluster.url()]));
        assert_eq!(version.unwrap(), "42\n");
        drop(cluster);
        assert!(!folder.exists(), "the folder of the cluster is gone");
    }
}
