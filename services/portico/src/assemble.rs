//! From configuration to parts that run: ledgers, vaults, keys, cells, clients.

pub mod parts;

use std::sync::Arc;

use portico_cell::{Cell, CellParts};
use portico_console::v1::ApiConfig;
use portico_graph::Graph;
use portico_ingress::{CellDoor, IngressConfig};
use portico_keys::{CellKeys, Entropy, SystemEntropy};
use portico_ledger::Ledger;
use portico_relay::Subscriber;
use portico_telemetry::TraceSender;
use portico_vault::{RegionProof, Vault};
use portico_vocab::{CellId, Clock};
use portico_workers::WorkLimits;

use crate::config::{Apart, CellConfig, Config};
use crate::failure::Failure;
use crate::setting;

/// Everything a process of Portico is made of, whatever roles it plays.
pub struct Assembly {
    pub cells: Vec<Cell>,
    pub doors: Vec<CellDoor>,
    pub ingress: IngressConfig,
    pub graph: Graph,
    pub subscribers: Vec<Subscriber>,
    pub api: ApiConfig,
    pub work: WorkLimits,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    /// Sends traces, when `serve` was told where to.
    pub traces: Option<TraceSender>,
}

impl Assembly {
    /// Reads secrets, opens every ledger and bucket, and checks that the bucket lies where the configuration says.
    ///
    /// # Errors
    /// A [`Failure::Usage`] names the key; a [`Failure::NotSo`] what could not be reached.
    pub async fn of(config: &Config, clock: Arc<dyn Clock>) -> Result<Self, Failure> {
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        // Everything that the file alone decides comes first: nothing is opened for a configuration that is refused.
        let subscribers = parts::subscribers(config)?;
        let api = parts::api(config, &subscribers)?;
        let (ingress, graph) = (parts::ingress(config)?, parts::graph(config)?);
        let texts = Arc::new(setting::texts(config)?);
        let mut apart = Apart::default();
        let (mut cells, mut doors) = (Vec::new(), Vec::new());
        for section in &config.cells {
            let policy = section.policy(config.policies_dir.as_deref())?;
            let id = CellId::of(section.country);
            let master_key = parts::master_key(section)?;
            apart.own(section, "master_key", master_key.id())?;
            let database = section.database()?;
            apart.own_database(section, &database)?;
            let keys = CellKeys::new(id, master_key, Arc::clone(&entropy));
            let ledger = open_ledger(section, &database).await?;
            check_durability(section, ledger.as_ref()).await?;
            let vault = open_vault(id, section, &entropy).await?;
            doors.push(CellDoor {
                cell: id,
                phone_number_ids: section.phone_number_ids.clone(),
                waba_ids: section.waba_ids.clone(),
                ledger: ledger.clone(),
                keys: keys.clone(),
            });
            let parts = CellParts {
                ledger,
                keys,
                vault,
                setting: setting::setting(section, &policy),
                policy,
                texts: Arc::clone(&texts),
                clock: Arc::clone(&clock),
                subscribers: parts::rules(config, section),
            };
            cells.push(Cell::open(parts).await.map_err(|error| Failure::NotSo(format!("cell {id}: {error}")))?);
        }
        let work = parts::work(config);
        Ok(Self { cells, doors, ingress, graph, subscribers, api, work, clock, entropy, traces: None })
    }
}

async fn open_ledger(section: &CellConfig, database: &str) -> Result<Arc<dyn Ledger>, Failure> {
    portico_ledger::open(database).await.map_err(|error| {
        Failure::NotSo(format!(
            "cell {}: database: {error}: see that it runs, that the address is right and that `portico migrate` was run",
            section.country
        ))
    })
}

/// A store that may forget what it has acknowledged is used only where somebody has accepted that.
async fn check_durability(section: &CellConfig, ledger: &dyn Ledger) -> Result<(), Failure> {
    let country = section.country;
    let durability = ledger.durability().await;
    let durability = durability.map_err(|error| Failure::NotSo(format!("cell {country}: database: {error}")))?;
    section.check_durability(&durability)?;
    if let Some(accepted) = section.accept_volatile_database.as_deref().filter(|_| !durability.is_sound()) {
        let settings = durability.unsound();
        tracing::warn!(%country, settings, accepted, "the database may lose what it has acknowledged");
    }
    Ok(())
}

async fn open_vault(id: CellId, section: &CellConfig, entropy: &Arc<dyn Entropy>) -> Result<Vault, Failure> {
    let config = parts::bucket(section)?;
    let vault = Vault::open(id, config, Arc::clone(entropy))
        .await
        .map_err(|error| Failure::NotSo(format!("cell {id}: bucket: {error}")))?;
    match vault.region().await {
        RegionProof::Confirmed => {}
        RegionProof::CannotSay { why } => tracing::warn!(cell = %id, why, "the bucket cannot say where it lies"),
        RegionProof::Contradicted { actual } => {
            return Err(Failure::Usage(format!(
                "cell.bucket.region: the bucket of {id} lies in {actual}, not in {}: name a bucket in the country",
                section.bucket.region
            )));
        }
    }
    Ok(vault)
}

/// One cell, opened to look only: beside a running process, and without a write.
///
/// # Errors
/// As [`Assembly::of`].
pub async fn look_at(config: &Config, section: &CellConfig, clock: Arc<dyn Clock>) -> Result<Cell, Failure> {
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let id = CellId::of(section.country);
    let not_so = |error: &dyn std::error::Error| Failure::NotSo(format!("cell {id}: {error}"));
    let policy = section.policy(config.policies_dir.as_deref())?;
    let database = section.database()?;
    let ledger = portico_ledger::open_read_only(&database).await.map_err(|error| not_so(&error))?;
    let bucket = parts::bucket(section)?;
    let vault = Vault::open_read_only(id, bucket, Arc::clone(&entropy)).map_err(|error| not_so(&error))?;
    let parts = CellParts {
        ledger,
        keys: CellKeys::new(id, parts::master_key(section)?, entropy),
        vault,
        setting: setting::setting(section, &policy),
        policy,
        texts: Arc::new(setting::texts(config)?),
        clock,
        subscribers: Vec::new(),
    };
    Ok(Cell::open_read_only(parts))
}
