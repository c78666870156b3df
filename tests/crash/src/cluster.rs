//! A PostgreSQL of one test's own, to be killed, filled up and watched: the server that the other tests share must live.
//!
//! Its settings are the server's defaults, as far as durability goes, unless a test asks for others. *Invariant:* it ends
//! with this process, however that ends, and its address stays the same for its whole life, dead or alive.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use portico_e2e::until;
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;
use tokio::net::TcpSocket;
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

use crate::account::Account;
use crate::drill::drill;
use crate::reaper::Reaper;
use crate::signal::{self, Signal};

/// The folder of `initdb` and `postgres`; `cargo xtask test` sets it.
const PROGRAMS: &str = "PORTICO_TEST_POSTGRES_BIN";
/// Of the superuser: the cluster is private, on loopback, and gone after the test.
const PASSWORD: &str = "invented-Blekksprut";
/// Dead first, then its folder: children of a dead server end by themselves.
const REAPER: &str = r#"
kill -KILL "$(head -n 1 "$1/data/postmaster.pid")"
rm -rf "$1" || { sleep 1; rm -rf "$1"; }
"#;

/// See the module.
pub struct Cluster {
    programs: PathBuf,
    home: PathBuf,
    address: SocketAddr,
    account: Option<Account>,
    /// It has databases already.
    pub(crate) is_restored: bool,
    server: Mutex<Option<Child>>,
    _reaper: Reaper,
    /// Where it stands on no disk of its own.
    _folder: Option<TempDir>,
    /// Bound and never listening: it keeps the port ours while the server is down.
    _seat: TcpSocket,
}

/// What a server finds.
enum Begins<'a> {
    Empty,
    From(&'a Path),
}

impl Cluster {
    /// A running server with these settings besides, such as `fsync=off`.
    ///
    /// # Errors
    /// When not run by `cargo xtask test`, or the server does not come up.
    pub async fn rises(settings: &[&str]) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("portico-cluster-").tempdir()?;
        let home = folder.path().to_owned();
        Self::rises_in(home, Some(folder), Begins::Empty, settings).await
    }

    /// A running server on what a backup holds, as docs/OPERATING.md says to bring it back.
    ///
    /// # Errors
    /// As [`Self::rises`], or when the document's commands fail.
    pub async fn rises_again(backup: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("portico-cluster-").tempdir()?;
        let home = folder.path().to_owned();
        Self::rises_in(home, Some(folder), Begins::From(backup), &[]).await
    }

    /// Takes a backup of it while it runs, as docs/OPERATING.md says to.
    ///
    /// # Errors
    /// When the document's commands fail.
    pub async fn is_backed_up(&self, to: &Path) -> Result<()> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut all = self.programs.as_os_str().to_owned();
        all.push(":");
        all.push(path);
        let url = self.url("postgres");
        drill("backup-postgres", &[("DATABASE", url.as_ref()), ("BACKUP", to.as_os_str()), ("PATH", &all)]).await
    }

    /// The same, with all of it in `place`.
    ///
    /// # Errors
    /// As [`Self::rises`].
    pub async fn rises_on(place: &Path, settings: &[&str]) -> Result<Self> {
        let home = place.join("cluster");
        fs::create_dir(&home)?;
        Self::rises_in(home, None, Begins::Empty, settings).await
    }

    async fn rises_in(home: PathBuf, folder: Option<TempDir>, begins: Begins<'_>, settings: &[&str]) -> Result<Self> {
        let programs =
            std::env::var_os(PROGRAMS).with_context(|| format!("{PROGRAMS} is not set: run `cargo xtask test`"))?;
        let seat = TcpSocket::new_v4()?;
        seat.set_reuseaddr(true)?;
        seat.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let account = Account::of_postgres()?;
        if let Some(account) = account {
            account.owns(&home)?;
        }
        let cluster = Self {
            programs: programs.into(),
            address: seat.local_addr()?,
            account,
            is_restored: matches!(begins, Begins::From(_)),
            server: Mutex::default(),
            _reaper: Reaper::of(REAPER, &[home.as_os_str()])?,
            home,
            _folder: folder,
            _seat: seat,
        };
        match begins {
            Begins::Empty => cluster.initialise().await?,
            Begins::From(backup) => cluster.restore(backup).await?,
        }
        cluster.configure(settings)?;
        cluster.begins().await?;
        Ok(cluster)
    }

    async fn initialise(&self) -> Result<()> {
        let password = self.home.join("password");
        fs::write(&password, PASSWORD)?;
        if let Some(account) = self.account {
            account.owns(&password)?;
        }
        let mut initdb = self.program("initdb");
        // Small segments: a small disk is to hold a few of them.
        initdb.args(["--username=postgres", "--auth=password", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        initdb.arg("--wal-segsize=1").arg("--pwfile").arg(&password).arg("--pgdata").arg(self.data());
        let made = initdb.output().await.context("initdb does not start")?;
        ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        Ok(())
    }

    async fn restore(&self, backup: &Path) -> Result<()> {
        let data = self.data();
        fs::create_dir(&data)?;
        let variables = [("BACKUP", backup.as_os_str()), ("PGDATA", data.as_os_str())];
        drill("restore-postgres", &variables).await?;
        if let Some(account) = self.account {
            let owner = format!("{}:{}", account.uid, account.gid);
            let owns = Command::new("chown").arg("-R").arg(owner).arg(self.data()).status().await?;
            ensure!(owns.success(), "the server's account cannot be given its folder");
        }
        Ok(())
    }

    fn configure(&self, settings: &[&str]) -> Result<()> {
        let (port, sockets) = (self.address.port(), self.home.display());
        let own = format!(
            "\nlisten_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{sockets}'\n\
             max_connections = 100\ntimezone = 'UTC'\nmin_wal_size = '2MB'\nmax_wal_size = '8MB'\n{}\n",
            settings.join("\n")
        );
        let file = self.data().join("postgresql.conf");
        let defaults = fs::read_to_string(&file)?;
        Ok(fs::write(file, defaults + &own)?)
    }

    /// Starts the server, after whatever has befallen it, and waits until it answers.
    ///
    /// # Errors
    /// When it does not come up, with what it said.
    pub async fn begins(&self) -> Result<()> {
        let log = self.home.join("log");
        let said = fs::File::options().create(true).append(true).open(&log)?;
        let mut command = self.program("postgres");
        command.arg("-D").arg(self.data()).stdin(Stdio::null()).stdout(said.try_clone()?).stderr(said);
        let mut server = command.kill_on_drop(true).spawn().context("postgres does not start")?;
        until("PostgreSQL answers", async || {
            let ended = server.try_wait()?;
            ensure!(ended.is_none(), "PostgreSQL ended: {}", fs::read_to_string(&log)?);
            Ok(PgConnection::connect(&self.url("postgres")).await.ok().map(drop))
        })
        .await?;
        *self.server.lock().await = Some(server);
        Ok(())
    }

    /// `kill -9` of the server and of every process of it.
    ///
    /// # Errors
    /// When it does not run.
    pub async fn kill(&self) -> Result<()> {
        let processes = self.processes().await?;
        let mut server = self.server.lock().await.take().context("PostgreSQL does not run")?;
        // The server first: it must not see its children die and mend that by itself.
        signal::send(Signal::Kill, &processes).await?;
        server.wait().await?;
        for process in processes {
            signal::gone(process).await?;
        }
        Ok(())
    }

    /// Starts the server again where it has given up by itself, as whoever supervises it would.
    ///
    /// # Errors
    /// As [`Self::begins`].
    pub async fn is_kept_alive(&self) -> Result<()> {
        let mut server = self.server.lock().await;
        let ended = match server.as_mut() {
            Some(server) => server.try_wait()?.is_some(),
            None => true,
        };
        drop(server);
        if ended { self.begins().await } else { Ok(()) }
    }

    /// The server and its children.
    ///
    /// # Errors
    /// When it does not run.
    pub async fn processes(&self) -> Result<Vec<u32>> {
        let server = self.server.lock().await.as_ref().and_then(Child::id).context("PostgreSQL does not run")?;
        let children = fs::read_to_string(format!("/proc/{server}/task/{server}/children"))?;
        let children = children.split_whitespace().map(str::parse);
        Ok(std::iter::once(Ok(server)).chain(children).collect::<Result<_, _>>()?)
    }

    /// A database of it, as the superuser reaches it.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://postgres:{PASSWORD}@{}/{database}", self.address)
    }

    fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.current_dir(&self.home).env_clear();
        if let Some(Account { uid, gid }) = self.account {
            command.uid(uid).gid(gid);
        }
        command
    }
}
