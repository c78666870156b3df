//! A bank's installation in one country: configuration, secrets, database, bucket; and lines to the world outside.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use portico::assemble::Assembly;
use portico::clock::SystemClock;
use portico_cell::Cell;
use portico_simulator::Simulator;
use tempfile::TempDir;
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

use crate::bucket::Bucket;
use crate::country::BRAZIL;
use crate::database::Database;
use crate::drill::drill;
use crate::process::portico;
use crate::{
    AccountSystem, Blockade, Chance, Cluster, Country, Disk, Engine, Island, Line, Outside, Process, Record, Tamper,
};

pub(crate) const GRAPH_PATH: &str = "/graph/v25.0";
const HTTP_PATIENCE: Duration = Duration::from_secs(20);

/// What an installation is to be made of.
pub struct Plan {
    pub country: &'static Country,
    pub engine: Engine,
    pub bucket: Bucket,
    /// Where its processes live; among us without one.
    pub island: Option<Island>,
    /// A receiver of traces.
    pub traces: Option<SocketAddr>,
    /// Whether reviewers may sign in by choosing a name.
    pub sign_in: bool,
    /// A disk of its own, for a database that is a file and a bucket that is a folder.
    pub disk: Option<Disk>,
    /// A PostgreSQL of its own.
    pub cluster: Option<Cluster>,
    /// A backup of the folder of an embedded database and bucket, to begin with.
    pub restored_from: Option<PathBuf>,
    /// Lines of the cell's section besides.
    pub cell: &'static str,
    /// What is logged, as `PORTICO_LOG` says it.
    pub log: &'static str,
}

impl Plan {
    #[must_use]
    pub const fn of(country: &'static Country, engine: Engine, bucket: Bucket) -> Self {
        let (island, traces, disk, cluster) = (None, None, None, None);
        Self {
            country,
            engine,
            bucket,
            island,
            traces,
            sign_in: false,
            disk,
            cluster,
            restored_from: None,
            cell: "",
            log: "info",
        }
    }
}

/// See the module.
pub struct Site {
    pub country: &'static Country,
    pub simulator: Simulator,
    /// From Meta to the ingress.
    pub front: Line,
    /// From the account system to the console's `/v1`.
    pub api: Line,
    /// From Portico to the Graph API.
    pub graph: Line,
    /// From Portico to the account inbox.
    pub subscriber: Line,
    /// Where Portico fetches media.
    pub(crate) media: SocketAddr,
    pub(crate) traces: Option<SocketAddr>,
    pub(crate) sign_in: bool,
    pub(crate) database: Database,
    pub(crate) bucket: Bucket,
    pub(crate) http: reqwest::Client,
    island: Option<Island>,
    log: &'static str,
    pub(crate) cell: &'static str,
    disk: Option<Disk>,
    data: PathBuf,
    folder: TempDir,
    /// Its own world outside, where no other country shares it.
    outside: Option<Outside>,
}

impl Site {
    /// A bank in Brazil, alone in the world. Nothing of Portico runs yet.
    ///
    /// # Errors
    /// When a part of it cannot be had.
    pub async fn build(engine: Engine, bucket: Bucket, chance: &Chance) -> Result<Self> {
        Self::build_alone(Plan::of(&BRAZIL, engine, bucket), chance).await
    }

    /// A bank as planned, alone in the world. Nothing of Portico runs yet.
    ///
    /// # Errors
    /// When a part of it cannot be had.
    pub async fn build_alone(plan: Plan, chance: &Chance) -> Result<Self> {
        let outside = Outside::of(&[plan.country], chance).await?;
        let mut site = Self::build_in(&outside, plan).await?;
        site.outside = Some(outside);
        Ok(site)
    }

    /// Everything is there, migrated and configured; nothing of Portico runs yet.
    ///
    /// # Errors
    /// When a part of it cannot be had.
    pub async fn build_in(outside: &Outside, plan: Plan) -> Result<Self> {
        let Plan { country, engine, bucket, island, traces, sign_in, disk, cluster, restored_from, cell, log } = plan;
        let folder = tempfile::Builder::new().prefix("portico-crash-").tempdir()?;
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(HTTP_PATIENCE)
            .build()?;
        let data = disk.as_ref().map_or_else(|| folder.path().join("data"), |disk| disk.folder().join("data"));
        std::fs::create_dir(&data)?;
        if let Some(backup) = restored_from {
            drill("restore-sqlite", &[("BACKUP", backup.as_os_str()), ("DATA", data.as_os_str())]).await?;
        }
        let database = match cluster {
            Some(cluster) => Database::fresh_on(cluster, country).await?,
            None => Database::fresh(engine, country, &data).await?,
        };
        let site = Self {
            country,
            simulator: outside.simulator.clone(),
            front: Line::lay(None)?,
            api: Line::lay(None)?,
            graph: Line::lay(Some(outside.address))?,
            subscriber: Line::lay(Some(outside.address))?,
            media: outside.address,
            traces,
            sign_in,
            database,
            bucket,
            http,
            island,
            log,
            cell,
            disk,
            data,
            folder,
            outside: None,
        };
        outside.leads(country, &site.front)?;
        site.bucket.make().await?;
        site.write_setting()?;
        if let Some(island) = &site.island {
            for peer in site.peers() {
                island.bridges(peer).await?;
            }
        }
        site.command(&["migrate"]).await?;
        Ok(site)
    }

    /// Every address that its configuration names, and so all that its processes may reach.
    #[must_use]
    pub fn peers(&self) -> Vec<SocketAddr> {
        let near = [self.database.line(), self.bucket.line(), Some(&self.graph), Some(&self.subscriber)];
        near.into_iter().flatten().map(Line::address).chain([self.media]).chain(self.traces).collect()
    }

    /// Its own database and its own S3, each at the near end of the line that its configuration names, and past it.
    ///
    /// # Errors
    /// Where they are files.
    pub fn stores(&self) -> Result<Vec<SocketAddr>> {
        let s3 = self.bucket.server().context("an embedded bucket has no address")?;
        Ok(vec![self.database_line()?.address(), self.bucket_line()?.address(), self.database.server()?, s3])
    }

    /// Tries to connect to the database of another site with its own role; what the server says to that.
    ///
    /// # Errors
    /// When it may.
    pub async fn trespasses(&self, other: &Self) -> Result<String> {
        self.database.trespasses(&other.database).await
    }

    /// What its account system shows `/v1`.
    #[must_use]
    pub const fn api_token(&self) -> &'static str {
        self.country.api_token
    }

    #[must_use]
    pub const fn island(&self) -> Option<&Island> {
        self.island.as_ref()
    }

    /// Where its files lie: configuration, secrets, logs; and what is embedded.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where an embedded database and bucket lie.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// # Errors
    /// When it was planned without one.
    pub fn disk(&self) -> Result<&Disk> {
        self.disk.as_ref().context("it has no disk of its own")
    }

    /// # Errors
    /// When it was planned without one.
    pub fn cluster(&self) -> Result<&Cluster> {
        self.database.cluster().context("it has no PostgreSQL of its own")
    }

    /// Keeps everybody from reading a table, on Postgres.
    ///
    /// # Errors
    /// On SQLite, or when there is no such table.
    pub async fn hides(&self, table: &str) -> Result<Blockade> {
        self.database.blocks(table, "ACCESS EXCLUSIVE").await
    }

    /// Keeps everybody from writing to a table, on Postgres.
    ///
    /// # Errors
    /// As [`Self::hides`].
    pub async fn freezes(&self, table: &str) -> Result<Blockade> {
        self.database.blocks(table, "EXCLUSIVE").await
    }

    pub(crate) fn config_file(&self) -> PathBuf {
        self.folder().join("portico.toml")
    }

    /// A command of the binary with this site's configuration and secrets.
    fn portico(&self, words: &[&str]) -> Result<Command> {
        let mut command = portico(self.island.as_ref())?;
        command.args(words).arg("--config").arg(self.config_file()).envs(self.secrets()).env("PORTICO_LOG", self.log);
        // What it leaves lying about lies in the folder.
        command.current_dir(self.folder()).env("TMPDIR", self.folder());
        Ok(command)
    }

    /// Runs a command to its end, which must be status 0; gives what it printed.
    ///
    /// # Errors
    /// When it ends otherwise, with all that it said.
    pub async fn command(&self, words: &[&str]) -> Result<String> {
        let output = self.portico(words)?.output().await?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let warned = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "portico {}: {}\n{said}{warned}", words.join(" "), output.status);
        Ok(said)
    }

    /// Runs a command to its end, however it ends; gives all that it said.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn says(&self, words: &[&str]) -> Result<Vec<u8>> {
        let output = self.portico(words)?.output().await?;
        Ok([output.stdout, output.stderr].concat())
    }

    /// Starts `portico serve` and leads Meta to it when it takes webhooks. `roles` empty is all of them.
    ///
    /// # Errors
    /// When it does not become ready, with what it said.
    pub async fn start(&self, name: &str, roles: &[&str]) -> Result<Process> {
        let mut command = self.portico(&["serve"])?;
        if !roles.is_empty() {
            command.arg("--role").arg(roles.join(","));
        }
        let log = self.folder().join(format!("{name}.log"));
        let process = Process::start(command, &log, self.http.clone(), self.island.as_ref()).await?;
        if roles.is_empty() || roles.contains(&"ingress") {
            self.front.lead_to(process.address());
        }
        if roles.is_empty() || roles.contains(&"console") {
            self.api.lead_to(process.address());
        }
        Ok(process)
    }

    /// The line to the database, on Postgres.
    ///
    /// # Errors
    /// On SQLite there is none.
    pub fn database_line(&self) -> Result<&Line> {
        self.database.line().context("SQLite has no line")
    }

    /// The line to the bucket, of a real S3.
    ///
    /// # Errors
    /// The embedded one has none.
    pub fn bucket_line(&self) -> Result<&Line> {
        self.bucket.line().context("an embedded bucket has no line")
    }

    /// The names of the objects in the bucket of a real S3, whether anybody knows of them or not.
    ///
    /// # Errors
    /// When S3 does not answer, or the bucket is embedded.
    pub async fn objects(&self) -> Result<Vec<String>> {
        self.bucket.names().await
    }

    /// One of them as it lies there, sealed.
    ///
    /// # Errors
    /// As [`Self::objects`].
    pub async fn object(&self, name: &str) -> Result<Vec<u8>> {
        self.bucket.object(name).await
    }

    /// Lays an object into the bucket of a real S3, past Portico.
    ///
    /// # Errors
    /// As [`Self::objects`].
    pub async fn puts(&self, name: &str, bytes: &[u8]) -> Result<()> {
        self.bucket.put(name, bytes).await
    }

    /// Every row of the database.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn records(&self) -> Result<Vec<Record>> {
        self.database.records().await
    }

    /// Lays hands on the database, past Portico; says how many rows that changed.
    ///
    /// # Errors
    /// When the statement is refused.
    pub async fn tampers(&self, sql: &str) -> Result<u64> {
        self.database.execute(sql).await
    }

    /// Runs any number of statements past Portico.
    ///
    /// # Errors
    /// When one is refused.
    pub async fn runs(&self, sql: &str) -> Result<()> {
        self.database.script(sql).await
    }

    /// Hands on every column of the database, on SQLite.
    ///
    /// # Errors
    /// When it cannot be opened, or is another engine's.
    pub async fn tamper(&self) -> Result<Tamper> {
        Tamper::open(self.database.file().context("only SQLite is a file")?).await
    }

    /// The one number a query gives.
    ///
    /// # Errors
    /// When the query is refused.
    pub async fn counts(&self, sql: &str) -> Result<i64> {
        self.database.number(sql).await
    }

    /// Where an embedded bucket keeps its objects.
    #[must_use]
    pub fn objects_folder(&self) -> PathBuf {
        self.data().join("objects").join(format!("kyc-{}", self.country.lower()))
    }

    /// The cell itself, in this process. On SQLite, or with an embedded bucket, nothing else may run meanwhile.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn cell(&self) -> Result<Cell> {
        let assembly = Assembly::of(&self.setting_here()?, Arc::new(SystemClock)).await;
        let assembly = assembly.map_err(|failure| anyhow::anyhow!("the cell does not open: {failure:?}"))?;
        assembly.cells.into_iter().next().context("no cell")
    }

    /// Lets `story` happen beside the bank's own system, which decides what comes before reviewers.
    ///
    /// # Errors
    /// What the story found wrong.
    pub async fn with_account_system<T>(&self, story: impl Future<Output = Result<T>>) -> Result<T> {
        let end = CancellationToken::new();
        let bank = AccountSystem { site: self };
        let told = async {
            let told = story.await;
            end.cancel();
            told
        };
        tokio::join!(told, bank.works(end.clone())).0
    }

    /// Ends its own world outside. Whoever started processes ends them before.
    pub async fn close(self) {
        if let Some(outside) = self.outside {
            outside.close().await;
        }
    }
}

/// Where something listens.
pub(crate) fn url(address: SocketAddr, path: &str) -> String {
    format!("http://{address}{path}")
}
