//! A whole `dev` in a folder of its own: two cells, Meta, the bank.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, bail};
use portico::dev::{self, Dev, Options, Tuning};
use portico_cell::Cell;
use portico_ledger::ChainName;
use portico_ledger::testing::{Guard, fresh_postgres};
use portico_simulator::{Pace, Shown, Simulator};
use portico_vocab::{CaseId, CountryCode, StageName};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::{Applicant, Bank, Reviewer, Subscriber, TestClock, logs, soundness};

const COUNTRIES: [&str; 2] = ["IN", "BR"];

/// What the cells keep their records in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    /// On the server of `PORTICO_TEST_POSTGRES`, a fresh database a cell.
    Postgres,
}

/// Tells a story in a world of its own, then looks whether the world is sound.
///
/// # Errors
/// What the story or the look afterwards found wrong.
pub async fn story(engine: Engine, tell: impl AsyncFnOnce(&mut World) -> Result<()>) -> Result<()> {
    let mut world = World::start(engine).await?;
    let told = tell(&mut world).await;
    let sound = if told.is_ok() { soundness::check(&world).await } else { Ok(()) };
    world.stop().await;
    told.and(sound)
}

/// Some stories wait for a call that is never answered; longer than an answer takes on a busy machine.
const GRAPH_TIMEOUT_MS: u64 = 5_000;

/// Everything a story takes place in.
pub struct World {
    pub clock: Arc<TestClock>,
    /// The bank's own endpoint for events, beside the account inbox.
    pub subscriber: Subscriber,
    dev: Option<Dev>,
    folder: TempDir,
    databases: Vec<(String, String)>,
    _guards: Vec<Guard>,
    secrets: Mutex<Vec<String>>,
    expected_parked: Mutex<usize>,
}

impl World {
    async fn start(engine: Engine) -> Result<Self> {
        logs::keep();
        let (mut databases, mut guards) = (Vec::new(), Vec::new());
        if engine == Engine::Postgres {
            for country in COUNTRIES {
                let (url, guard) = fresh_postgres().await;
                databases.push((country.to_owned(), url));
                guards.push(guard);
            }
        }
        let mut world = Self {
            clock: Arc::default(),
            subscriber: Subscriber::start().await?,
            dev: None,
            folder: tempfile::Builder::new().prefix("portico-e2e-").tempdir()?,
            databases,
            _guards: guards,
            secrets: Mutex::default(),
            expected_parked: Mutex::default(),
        };
        world.dev = Some(world.start_dev().await?);
        Ok(world)
    }

    async fn start_dev(&self) -> Result<Dev> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let options = Options {
            data: self.folder.path().to_path_buf(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            subscriber: Some(self.subscriber.url().to_owned()),
        };
        let clock = Arc::clone(&self.clock);
        let databases = self.databases.clone();
        let tuning = Tuning { pace: Pace::instant(), clock, databases, graph_timeout_ms: Some(GRAPH_TIMEOUT_MS) };
        dev::start(&options, listener, tuning).await.map_err(|failure| anyhow::anyhow!("portico dev: {failure:?}"))
    }

    /// Stops Portico and starts it again on the same data. Meta forgets everybody but their numbers.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn restart(&mut self) -> Result<()> {
        self.stop_dev().await;
        self.dev = Some(self.start_dev().await?);
        Ok(())
    }

    async fn stop_dev(&mut self) {
        if let Some(dev) = self.dev.take() {
            dev.simulator.shutdown().await;
            dev.running.stop().await;
        }
    }

    async fn stop(mut self) {
        self.stop_dev().await;
        self.subscriber.stop().await;
    }

    fn dev(&self) -> Result<&Dev> {
        self.dev.as_ref().context("portico is not running")
    }

    /// # Errors
    /// When Portico is not running.
    pub fn simulator(&self) -> Result<&Simulator> {
        Ok(&self.dev()?.simulator)
    }

    /// `http://127.0.0.1:…`, without a slash.
    ///
    /// # Errors
    /// When Portico is not running.
    pub fn url(&self) -> Result<String> {
        Ok(format!("http://{}", self.dev()?.running.address))
    }

    /// The configuration `dev` gave itself.
    ///
    /// # Errors
    /// When Portico is not running.
    pub fn config(&self) -> Result<&portico::config::Config> {
        Ok(&self.dev()?.config)
    }

    /// The secret events are signed with.
    ///
    /// # Errors
    /// When Portico is not running.
    pub fn webhook_secret(&self) -> Result<&str> {
        Ok(&self.dev()?.webhook_secret)
    }

    pub(crate) fn cells(&self) -> Result<&[Cell]> {
        Ok(&self.dev()?.running.cells)
    }

    /// # Errors
    /// When there is no cell of this country.
    pub fn cell(&self, country: &str) -> Result<&Cell> {
        let country = CountryCode::parse(country)?;
        self.cells()?.iter().find(|cell| cell.country() == country).with_context(|| format!("no cell {country}"))
    }

    /// Somebody who has never written before.
    ///
    /// # Errors
    /// When there is no cell of this country.
    pub fn applicant(&self, country: &str, shown: Shown) -> Result<Applicant> {
        let person = self.simulator()?.new_applicant(CountryCode::parse(country)?, shown)?;
        self.meet(person)
    }

    /// One of the people every start knows; those seen by their number alone are the same people after a restart.
    ///
    /// # Errors
    /// When nobody has this name.
    pub fn known(&self, name: &str) -> Result<Applicant> {
        let people = self.simulator()?.applicants();
        match people.into_iter().find(|person| person.name == name) {
            Some(person) => self.meet(person),
            None => bail!("nobody is called {name}"),
        }
    }

    fn meet(&self, person: portico_simulator::Applicant) -> Result<Applicant> {
        self.keep_out_of_logs(person.phone.as_str());
        self.keep_out_of_logs(person.user_id.as_str());
        let cell = self.cell(person.country.as_str())?.clone();
        Ok(Applicant::new(self.simulator()?.clone(), cell, person))
    }

    /// # Errors
    /// When the sign-in page does not know this colleague.
    pub async fn reviewer(&self, id: &str) -> Result<Reviewer> {
        Reviewer::signs_in(self.url()?, id).await
    }

    /// # Errors
    /// When Portico is not running.
    pub fn bank(&self) -> Result<Bank> {
        Bank::new(self.url()?, self.dev()?.api_token.clone())
    }

    /// Text that no log line of this process may hold.
    pub fn keep_out_of_logs(&self, secret: &str) {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).push(secret.to_owned());
    }

    pub(crate) fn secrets(&self) -> Vec<String> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says that the story ends with so much work given up.
    pub fn expects_parked(&self, count: usize) {
        *self.expected_parked.lock().unwrap_or_else(PoisonError::into_inner) = count;
    }

    pub(crate) fn expected_parked(&self) -> usize {
        *self.expected_parked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every case of a country, the newest opened last.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn cases(&self, country: &str) -> Result<Vec<CaseId>> {
        soundness::cases(self.cell(country)?).await
    }

    /// # Errors
    /// When there is no such case.
    pub async fn stage(&self, country: &str, case: CaseId) -> Result<StageName> {
        Ok(self.cell(country)?.ledger().case(case).await?.context("no such case")?.stage)
    }

    /// How many inputs belonged to no case.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn strays(&self, country: &str) -> Result<usize> {
        Ok(self.cell(country)?.ledger().chain(ChainName::Stray, 0, u32::MAX).await?.len())
    }

    /// How many objects lie in a country's bucket.
    ///
    /// # Errors
    /// When its folder cannot be read.
    pub fn objects(&self, country: &str) -> Result<usize> {
        let bucket = format!("kyc-{}", country.to_lowercase());
        let folder = self.folder.path().join(format!("{}.objects", country.to_lowercase())).join(bucket);
        if folder.exists() { count_files(&folder) } else { Ok(0) }
    }

    /// Waits until nothing is on its way: no webhook, no receipt, no job but timers.
    ///
    /// # Errors
    /// When something never ends.
    pub async fn quiet(&self) -> Result<()> {
        soundness::quiet(self).await
    }
}

fn count_files(folder: &Path) -> Result<usize> {
    let mut count = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        count += if entry.file_type()?.is_dir() { count_files(&entry.path())? } else { 1 };
    }
    Ok(count)
}
