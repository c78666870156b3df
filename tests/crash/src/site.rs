//! A bank's installation in Brazil: configuration, secrets, database, bucket; and at the other ends of its lines the
//! stand-in WhatsApp and the bank's account inbox.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use portico::assemble::Assembly;
use portico::clock::SystemClock;
use portico::config::{Config, Secret};
use portico_cell::Cell;
use portico_e2e::until;
use portico_ledger::Queue;
use portico_simulator::{Number, Pace, Simulator, SimulatorConfig};
use portico_vocab::{Clock as _, CountryCode, Language, PhoneNumberId, WabaId};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::bucket::Bucket;
use crate::database::Database;
use crate::process::portico;
use crate::{AccountSystem, Chance, Engine, Line, Person, Process, Tamper};

pub(crate) const COUNTRY: &str = "BR";
pub(crate) const PHONE_NUMBER_ID: &str = "106540352242933";
const WABA_ID: &str = "102290129340409";

const API_TOKEN: &str = "pk_example";

/// Invented, like everything that is secret here.
const SECRETS: [(&str, &str); 6] = [
    ("PORTICO_APP_SECRET", "0123456789abcdef0123456789abcdef"),
    ("PORTICO_VERIFY_TOKEN", "verify-me"),
    ("PORTICO_ACCESS_TOKEN", "EAAexample"),
    ("PORTICO_CBS_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ("PORTICO_CBS_TOKEN", API_TOKEN),
    ("PORTICO_BR_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
];

/// Short enough that what a dead worker held is soon another's; long enough for a picture on a busy machine.
const LEASE_MS: u32 = 4_000;
/// Jobs leased or put back for a moment are due within this; timers and doubtful sends are not.
const ON_ITS_WAY_SECONDS: i64 = 300;
const HTTP_PATIENCE: Duration = Duration::from_secs(20);

/// See the module.
pub struct Site {
    pub simulator: Simulator,
    /// From Meta to the ingress.
    pub front: Line,
    /// From the account system to the console's `/v1`.
    pub api: Line,
    /// From Portico to the Graph API and to media.
    pub graph: Line,
    /// From Portico to the account inbox.
    pub subscriber: Line,
    pub(crate) database: Database,
    pub(crate) bucket: Bucket,
    pub(crate) http: reqwest::Client,
    folder: TempDir,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Site {
    /// Everything is there, migrated and configured; nothing of Portico runs yet.
    ///
    /// # Errors
    /// When a part of it cannot be had.
    pub async fn build(engine: Engine, bucket: Bucket, chance: &Chance) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("portico-crash-").tempdir()?;
        let outside = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (front, api) = (Line::lay(None)?, Line::lay(None)?);
        let (graph, subscriber) = (Line::lay(Some(outside.local_addr()?))?, Line::lay(Some(outside.local_addr()?))?);
        let simulator = simulator(&front, &graph, chance)?;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let (router, told) = (simulator.router(), stop.clone().cancelled_owned());
        tasks.spawn(async move { axum::serve(outside, router).with_graceful_shutdown(told).await });
        tasks.close();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(HTTP_PATIENCE)
            .build()?;
        let database = Database::fresh(engine, folder.path()).await?;
        let site = Self { simulator, front, api, graph, subscriber, database, bucket, http, folder, stop, tasks };
        site.bucket.make().await?;
        site.write_configuration()?;
        site.command(&["migrate"]).await?;
        Ok(site)
    }

    fn config_file(&self) -> PathBuf {
        self.folder.path().join("portico.toml")
    }

    /// Secrets by the environment, as a service manager gives them, and the master key by a file; the same in files for
    /// [`Self::cell`].
    fn write_configuration(&self) -> Result<()> {
        for (name, value) in self.secrets() {
            std::fs::write(self.folder.path().join(name), value)?;
        }
        let (graph, subscriber) = (self.graph.address(), self.subscriber.address());
        let key = self.folder.path().join("PORTICO_BR_KEY");
        let (key, bucket) = (key.display(), self.bucket.section(self.folder.path()));
        let text = format!(
            r#"
listen = "127.0.0.1:0"

[whatsapp]
graph_url = "http://{graph}/graph/v25.0"
media_hosts = ["{graph}"]
allow_http = true
app_secrets = [{{ env = "PORTICO_APP_SECRET" }}]
verify_token = {{ env = "PORTICO_VERIFY_TOKEN" }}
access_token = {{ env = "PORTICO_ACCESS_TOKEN" }}

[limits]
job_lease_ms = {LEASE_MS}
poll_ms = 100
drain_ms = 10000

[[cell]]
country = "{COUNTRY}"
bank_name = "Banco Exemplo"
privacy_url = "https://bank.example/kyc"
contact = "privacy@bank.example"
handoff_url = "https://bank.example/branch"
timezone = "America/Sao_Paulo"
duty_hours = "Mon-Fri 09:00-18:00"
waba_ids = ["{WABA_ID}"]
phone_number_ids = ["{PHONE_NUMBER_ID}"]
database = {{ env = "PORTICO_BR_DATABASE" }}
master_key = {{ file = "{key}" }}
languages = ["pt_BR"]
{bucket}
[[subscriber]]
name = "core-banking"
cells = ["{COUNTRY}"]
url = "http://{subscriber}/inbox/hooks"
secret = {{ env = "PORTICO_CBS_SECRET" }}
allow_private = true

[[api_client]]
name = "core-banking"
cells = ["{COUNTRY}"]
scopes = ["case:read", "decision:write"]
token = {{ env = "PORTICO_CBS_TOKEN" }}
"#
        );
        std::fs::write(self.config_file(), text)?;
        Ok(())
    }

    /// A command of the binary with this site's configuration and secrets.
    fn portico(&self, words: &[&str]) -> Result<Command> {
        let mut command = portico()?;
        command.args(words).arg("--config").arg(self.config_file()).envs(self.secrets());
        Ok(command)
    }

    fn secrets(&self) -> Vec<(&'static str, String)> {
        let mut secrets: Vec<_> = SECRETS.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        // It holds the test cluster's password.
        secrets.push(("PORTICO_BR_DATABASE", self.database.url()));
        secrets.extend(self.bucket.secrets());
        secrets
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

    /// Starts `portico serve` and leads Meta to it when it takes webhooks. `roles` empty is all of them.
    ///
    /// # Errors
    /// When it does not become ready, with what it said.
    pub async fn start(&self, name: &str, roles: &[&str]) -> Result<Process> {
        let mut command = self.portico(&["serve"])?;
        if !roles.is_empty() {
            command.arg("--role").arg(roles.join(","));
        }
        let process =
            Process::start(command, &self.folder.path().join(format!("{name}.log")), self.http.clone()).await?;
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

    /// How many objects lie in the bucket of a real S3, whether anybody knows of them or not.
    ///
    /// # Errors
    /// When S3 does not answer, or the bucket is embedded.
    pub async fn objects(&self) -> Result<usize> {
        self.bucket.objects().await
    }

    /// Lays hands on the database, past Portico; says how many rows that changed.
    ///
    /// # Errors
    /// When the statement is refused.
    pub async fn tampers(&self, sql: &str) -> Result<u64> {
        self.database.execute(sql).await
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
        self.folder.path().join("objects").join("kyc-br")
    }

    /// The cell itself, in this process. On SQLite, or with an embedded bucket, nothing else may run meanwhile.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn cell(&self) -> Result<Cell> {
        let mut config = Config::load(&self.config_file())?;
        // What the others read from their environment stands in a file too; past the line, for it may be down.
        let file = |name: &str| Secret::File { file: self.folder.path().join(name) };
        config.whatsapp.app_secrets = vec![file("PORTICO_APP_SECRET")];
        config.whatsapp.verify_token = file("PORTICO_VERIFY_TOKEN");
        config.whatsapp.access_token = file("PORTICO_ACCESS_TOKEN");
        config.subscribers.clear();
        config.api_clients.clear();
        for cell in &mut config.cells {
            cell.database = Secret::Inline(self.database.direct_url());
            cell.bucket.access_key = cell.bucket.access_key.take().map(|_| file("PORTICO_BR_S3_KEY"));
            cell.bucket.secret_key = cell.bucket.secret_key.take().map(|_| file("PORTICO_BR_S3_SECRET"));
        }
        let assembly = Assembly::of(&config, Arc::new(SystemClock)).await;
        let assembly = assembly.map_err(|failure| anyhow::anyhow!("the cell does not open: {failure:?}"))?;
        assembly.cells.into_iter().next().context("no cell")
    }

    /// Lets minutes pass for all that waits, with nobody at work meanwhile: leases run out, doubtful sends come up. The
    /// times that cases have set are not theirs to move.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn minutes_pass(&self, minutes: i64) -> Result<()> {
        let micros = minutes * 60_000_000;
        for (table, column, which) in [
            ("job", "run_at", "queue <> 'timer'"),
            ("delivery", "run_at", "TRUE"),
            ("delivery", "first_at", "TRUE"),
            ("outbound", "state_at", "TRUE"),
        ] {
            self.database.execute(&format!("UPDATE {table} SET {column} = {column} - {micros} WHERE {which}")).await?;
        }
        Ok(())
    }

    /// How much is on its way: jobs that are due or leased, but for timers, and deliveries.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn on_its_way(&self) -> Result<i64> {
        let horizon = SystemClock.now().plus_seconds(ON_ITS_WAY_SECONDS).as_micros();
        let timer = Queue::Timer.as_str();
        let jobs =
            format!("SELECT COUNT(*) FROM job WHERE parked_at IS NULL AND queue <> '{timer}' AND run_at <= {horizon}");
        let deliveries = "SELECT COUNT(*) FROM delivery WHERE delivered_at IS NULL AND parked_at IS NULL";
        Ok(self.database.number(&jobs).await? + self.database.number(deliveries).await?)
    }

    /// How many jobs of a queue have been tried in vain.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn put_off(&self, queue: Queue) -> Result<i64> {
        let queue = queue.as_str();
        self.database.number(&format!("SELECT COUNT(*) FROM job WHERE queue = '{queue}' AND tries > 0")).await
    }

    /// The same of deliveries.
    ///
    /// # Errors
    /// As [`Self::put_off`].
    pub async fn deliveries_put_off(&self) -> Result<i64> {
        self.database.number("SELECT COUNT(*) FROM delivery WHERE delivered_at IS NULL AND tries > 0").await
    }

    /// Waits until nothing is on its way: no webhook, no receipt, no job but timers, no delivery.
    ///
    /// # Errors
    /// When something never ends.
    pub async fn quiet(&self) -> Result<()> {
        until("nothing is on its way any more", async || {
            self.simulator.settle().await;
            Ok((self.on_its_way().await? == 0).then_some(()))
        })
        .await
    }

    fn account_system(&self) -> AccountSystem {
        AccountSystem { simulator: self.simulator.clone(), http: self.http.clone(), token: API_TOKEN }
    }

    /// Waits until as many cases as `people` complete are approved and announced.
    ///
    /// # Errors
    /// When one never is.
    pub async fn approves(&self, people: &[Person]) -> Result<()> {
        let expected = people.iter().filter(|person| person.plot.completes()).count();
        until("every complete case is approved", async || {
            let events = self.simulator.inbox_events().into_iter();
            let approved = events.filter(|event| event.kind == "kyc.account.approved");
            let cases: BTreeSet<_> = approved.filter_map(|event| event.case_id).collect();
            Ok((cases.len() == expected).then_some(()))
        })
        .await
    }

    /// Lets `story` happen beside the bank's own system, which decides what comes before reviewers.
    ///
    /// # Errors
    /// What the story found wrong.
    pub async fn with_account_system<T>(&self, story: impl Future<Output = Result<T>>) -> Result<T> {
        let end = CancellationToken::new();
        let bank = self.account_system();
        let told = async {
            let told = story.await;
            end.cancel();
            told
        };
        tokio::join!(told, bank.decides(&self.api, end.clone())).0
    }

    /// Ends the world outside. Whoever started processes ends them before.
    pub async fn close(self) {
        self.simulator.shutdown().await;
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

fn simulator(front: &Line, graph: &Line, chance: &Chance) -> Result<Simulator> {
    let secret = |name: &str| SECRETS.iter().find(|(of, _)| *of == name).map(|(_, value)| (*value).to_owned());
    let secret = |name: &str| secret(name).context("no such secret");
    let config = SimulatorConfig {
        numbers: vec![Number {
            country: CountryCode::parse(COUNTRY)?,
            phone_number_id: PhoneNumberId::parse(PHONE_NUMBER_ID)?,
            waba_id: WabaId::parse(WABA_ID)?,
            display_number: "550000000000".to_owned(),
            bank_name: "Banco Exemplo".to_owned(),
            languages: vec![Language::parse("pt_BR")?],
        }],
        app_secret: secret("PORTICO_APP_SECRET")?,
        access_token: secret("PORTICO_ACCESS_TOKEN")?,
        verify_token: None,
        graph_path: "/graph/v25.0".to_owned(),
        webhook_url: format!("http://{}/webhooks/whatsapp", front.address()),
        public_url: format!("http://{}", graph.address()),
        webhook_secret: secret("PORTICO_CBS_SECRET")?,
        api_url: format!("http://{}", front.address()),
        api_token: secret("PORTICO_CBS_TOKEN")?,
        // Meta never gives up here: what is not taken comes again and again.
        pace: Pace { retry_most: Duration::from_millis(200), give_up: Duration::from_secs(900), ..Pace::instant() },
        data_dir: String::new(),
        notices: Vec::new(),
    };
    Ok(Simulator::new(config, Arc::new(SystemClock), chance.clone().entropy())?)
}

/// Where something of this site's listens.
pub(crate) fn url(address: SocketAddr, path: &str) -> String {
    format!("http://{address}{path}")
}
