//! One process of a cell: the real cell, workers and relay, on peers that are played.

use std::sync::{Arc, LazyLock};

use anyhow::Result;
use portico_cell::{Cell, CellParts, SubscriberRule};
use portico_keys::{CellKeys, Entropy, MasterKey, SeededEntropy};
use portico_ledger::Ledger;
use portico_policy::Policy;
use portico_relay::{Relay, Secret, Subscriber, SubscriberConfig};
use portico_vault::Vault;
use portico_vocab::{CellId, CountryCode, Language};
use portico_whatsapp::texts::{Setting, Texts};
use portico_workers::{Peers, WorkLimits, WorkWatch, Workers};

use crate::bank::{Messenger, SUBSCRIBERS};
use crate::bucket::SimBucket;
use crate::darkroom::Remembered;
use crate::intake::Today;
use crate::ledger::SimLedger;
use crate::meta::Line;
use crate::watch::Watching;
use crate::world::{ProcessClock, World};

/// What is read once a process of the simulator, for it is dear and never changes.
struct Given {
    policy: Policy,
    texts: Arc<Texts>,
    setting: Setting,
    country: CountryCode,
}

static GIVEN: LazyLock<Result<Given, String>> = LazyLock::new(|| given().map_err(|error| format!("{error:#}")));

fn given() -> Result<Given> {
    let country = CountryCode::parse("BR")?;
    let policy = Policy::shipped(country, "default")?;
    let setting = Setting {
        bank: "Example Bank".to_owned(),
        contact: "privacy@bank.example".to_owned(),
        privacy_url: "https://bank.example/kyc".to_owned(),
        handoff_url: "https://bank.example/branch".to_owned(),
        timezone: "America/Sao_Paulo".to_owned(),
        country,
        languages: vec![Language::parse("en")?],
        retention_years: policy.profile.retention_years_min,
        years_without_account: policy.profile.years_without_account(),
        purge_days: 30,
        wait_hours: Some(2),
        duty_hours: "Mon-Sat 09:00-18:00".to_owned(),
        limits: policy.profile.limits_text(),
        exception: std::collections::BTreeMap::new(),
    };
    Ok(Given { policy, texts: Arc::new(Texts::shipped()?), setting, country })
}

pub struct Process {
    pub number: usize,
    pub cell: Cell,
    pub workers: Workers,
    pub relay: Arc<Relay>,
    pub today: Arc<Today>,
    parts: Shared,
}

/// What all processes of a cell have in common.
#[derive(Clone)]
pub struct Shared {
    world: Arc<World>,
    master: String,
    entropy: Arc<SeededEntropy>,
}

impl Shared {
    #[must_use]
    pub fn new(world: Arc<World>) -> Self {
        let entropy = Arc::new(SeededEntropy::new(world.seed));
        Self { world, master: MasterKey::generate(&*entropy).to_base64(), entropy }
    }

    fn keys(&self) -> Result<CellKeys> {
        let given = GIVEN.as_ref().map_err(anyhow::Error::msg)?;
        let master = MasterKey::parse_base64(&self.master)?;
        Ok(CellKeys::new(CellId::of(given.country), master, self.entropy.clone()))
    }

    /// The cell on `ledger`; the judge's bucket neither waits nor fails.
    fn cell(&self, ledger: Arc<dyn Ledger>, process: usize, judge: bool) -> Result<Cell> {
        let given = GIVEN.as_ref().map_err(anyhow::Error::msg)?;
        let keys = self.keys()?;
        let bucket = Arc::new(SimBucket::new(Arc::clone(&self.world), judge));
        let cell = Cell::open_read_only(CellParts {
            ledger,
            vault: Vault::played(keys.cell(), bucket, self.entropy.clone()),
            keys,
            policy: given.policy.clone(),
            setting: given.setting.clone(),
            texts: Arc::clone(&given.texts),
            clock: Arc::new(ProcessClock(Arc::clone(&self.world), process)),
            subscribers: SUBSCRIBERS
                .iter()
                .map(|(name, events)| SubscriberRule {
                    name: (*name).to_owned(),
                    events: events.iter().map(|event| (*event).to_owned()).collect(),
                })
                .collect(),
        });
        Ok(cell.watched_by(Arc::new(Watching(Arc::clone(&self.world)))))
    }

    /// The cell as whoever judges it sees it: without faults, without turns.
    ///
    /// # Errors
    /// When the policy or the texts cannot be had.
    pub fn judge(&self) -> Result<Cell> {
        self.cell(Arc::clone(&self.world.engine.ledger), 0, true)
    }

    fn relay(&self, cell: &Cell, process: usize) -> Result<Arc<Relay>> {
        let clock = Arc::new(ProcessClock(Arc::clone(&self.world), process));
        let subscribers = subscribers(cell.id())?;
        let (ledger, entropy): (_, Arc<dyn Entropy>) = (Arc::clone(cell.ledger()), self.entropy.clone());
        let messenger = Messenger(Arc::clone(&self.world));
        Ok(Arc::new(Relay::new(cell.id(), ledger, &subscribers, clock, entropy, messenger)))
    }

    /// # Errors
    /// As [`Self::judge`].
    pub fn process(&self, number: usize) -> Result<Process> {
        let cell = self.cell(Arc::new(SimLedger::new(Arc::clone(&self.world))), number, false)?;
        let peers = Peers { whatsapp: Box::new(Line(Arc::clone(&self.world))), darkroom: Box::new(Remembered) };
        let workers = Workers::with_peers(cell.clone(), peers, WorkLimits::default(), WorkWatch::default());
        let relay = self.relay(&cell, number)?;
        Ok(Process { number, cell, workers, relay, today: Arc::default(), parts: self.clone() })
    }
}

impl Process {
    /// What a new process does not know any more.
    ///
    /// # Errors
    /// When a subscriber cannot be made.
    pub fn begin_anew(&mut self) -> Result<()> {
        self.today = Arc::default();
        self.relay = self.parts.relay(&self.cell, self.number)?;
        Ok(())
    }
}

fn subscribers(cell: CellId) -> Result<Vec<Subscriber>> {
    let make = |(name, events): &(&str, &[&str])| {
        Ok(Subscriber::new(SubscriberConfig {
            name: (*name).to_owned(),
            cells: vec![cell],
            url: "https://bank.example/hooks".to_owned(),
            events: events.iter().map(|event| (*event).to_owned()).collect(),
            secrets: vec![Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?],
            allow_private: false,
        })?)
    };
    SUBSCRIBERS.iter().map(make).collect()
}
