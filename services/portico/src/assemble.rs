//! From configuration to parts that run: ledgers, vaults, keys, cells, clients.

use std::sync::Arc;

use portico_cell::{Cell, CellParts, SubscriberRule};
use portico_console::v1::{ApiClient, ApiConfig, Scope};
use portico_graph::{AccessToken, Graph, GraphConfig};
use portico_ingress::{CellDoor, IngressConfig};
use portico_keys::{CellKeys, Entropy, MasterKey, SystemEntropy};
use portico_ledger::Ledger;
use portico_relay::{Secret as WebhookSecret, Subscriber, SubscriberConfig};
use portico_telemetry::TraceSender;
use portico_vault::{BucketConfig, RegionProof, Vault};
use portico_vocab::{CellId, Clock, Sha256};
use portico_whatsapp::signature::AppSecret;
use portico_workers::WorkLimits;

use crate::config::{CellConfig, Config, ConfigError, Secret};
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
        let subscribers = subscribers(config)?;
        let texts = Arc::new(setting::texts(config.texts_dir.as_deref())?);
        let (mut cells, mut doors) = (Vec::new(), Vec::new());
        for section in &config.cells {
            let policy = section.policy(config.policies_dir.as_deref())?;
            let id = CellId::of(section.country);
            let keys = CellKeys::new(id, master_key(section)?, Arc::clone(&entropy));
            let ledger = open_ledger(section).await?;
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
                subscribers: rules(config, section),
            };
            cells.push(Cell::open(parts).await.map_err(|error| Failure::NotSo(format!("cell {id}: {error}")))?);
        }
        let api = api(config, &subscribers)?;
        let (ingress, graph) = (ingress(config)?, graph(config)?);
        let work = WorkLimits {
            at_once: config.limits.jobs_at_once,
            pictures_at_once: config.limits.pictures_at_once,
            lease_ms: config.limits.job_lease_ms,
            poll_ms: config.limits.poll_ms,
            ..WorkLimits::default()
        };
        Ok(Self { cells, doors, ingress, graph, subscribers, api, work, clock, entropy, traces: None })
    }
}

async fn open_ledger(section: &CellConfig) -> Result<Arc<dyn Ledger>, Failure> {
    portico_ledger::open(&section.database).await.map_err(|error| {
        Failure::NotSo(format!(
            "cell {}: database: {error}: see that it runs, that the address is right and that `portico migrate` was run",
            section.country
        ))
    })
}

async fn open_vault(id: CellId, section: &CellConfig, entropy: &Arc<dyn Entropy>) -> Result<Vault, Failure> {
    let bucket = &section.bucket;
    let read = |secret: &Option<Secret>| secret.as_ref().map_or(Ok(String::new()), Secret::read);
    let config = BucketConfig {
        name: bucket.name.clone(),
        region: bucket.region.clone(),
        endpoint: bucket.endpoint.clone(),
        access_key: read(&bucket.access_key)?,
        secret_key: read(&bucket.secret_key)?,
    };
    let vault = Vault::open(id, config, Arc::clone(entropy))
        .await
        .map_err(|error| Failure::NotSo(format!("cell {id}: bucket: {error}")))?;
    match vault.region().await {
        RegionProof::Confirmed => {}
        RegionProof::CannotSay { why } => tracing::warn!(cell = %id, why, "the bucket cannot say where it lies"),
        RegionProof::Contradicted { actual } => {
            return Err(Failure::Usage(format!(
                "cell.bucket.region: the bucket of {id} lies in {actual}, not in {}: name a bucket in the country",
                bucket.region
            )));
        }
    }
    Ok(vault)
}

fn master_key(section: &CellConfig) -> Result<MasterKey, ConfigError> {
    MasterKey::parse_base64(&section.master_key.read()?)
        .map_err(|error| ConfigError::key("cell.master_key", "32 bytes in base64", error.to_string()))
}

fn rules(config: &Config, section: &CellConfig) -> Vec<SubscriberRule> {
    let of_cell = config.subscribers.iter().filter(|subscriber| subscriber.cells.contains(&section.country));
    of_cell.map(|s| SubscriberRule { name: s.name.clone(), events: s.events.clone() }).collect()
}

fn subscribers(config: &Config) -> Result<Vec<Subscriber>, ConfigError> {
    let wrong =
        |error: portico_relay::RelayError| ConfigError::key("subscriber", "a usable section", error.to_string());
    let mut subscribers = Vec::new();
    for section in &config.subscribers {
        let mut secrets = Vec::new();
        for secret in section.secret.iter() {
            secrets.push(WebhookSecret::parse(&secret.read()?).map_err(wrong)?);
        }
        let config = SubscriberConfig {
            name: section.name.clone(),
            cells: section.cells.iter().map(|country| CellId::of(*country)).collect(),
            url: section.url.clone(),
            events: section.events.clone(),
            secrets,
            allow_private: section.allow_private,
        };
        subscribers.push(Subscriber::new(config).map_err(wrong)?);
    }
    Ok(subscribers)
}

fn api(config: &Config, subscribers: &[Subscriber]) -> Result<ApiConfig, ConfigError> {
    let mut clients = Vec::new();
    for section in &config.api_clients {
        let mut token_hashes = Vec::new();
        for token in section.token.iter() {
            token_hashes.push(Sha256::of(token.read()?.as_bytes()));
        }
        let mut scopes = Vec::new();
        for word in &section.scopes {
            scopes.push(scope(word)?);
        }
        clients.push(ApiClient { name: section.name.clone(), cells: section.cells.clone(), scopes, token_hashes });
    }
    let webhook_public_keys =
        subscribers.iter().flat_map(|s| s.secrets().iter().filter_map(WebhookSecret::public_key)).collect();
    Ok(ApiConfig { clients, webhook_public_keys })
}

fn scope(word: &str) -> Result<Scope, ConfigError> {
    Scope::ALL.iter().copied().find(|scope| scope.as_str() == word).ok_or_else(|| {
        let known: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        ConfigError::key("api_client.scopes", known.join(", "), format!("{word:?} is none of them"))
    })
}

fn ingress(config: &Config) -> Result<IngressConfig, ConfigError> {
    let whatsapp = &config.whatsapp;
    let mut secrets = Vec::new();
    for secret in &whatsapp.app_secrets {
        let secret = AppSecret::parse(&secret.read()?)
            .map_err(|error| ConfigError::key("whatsapp.app_secrets", "the app's secret", error.to_string()))?;
        secrets.push(secret);
    }
    let mut ingress = IngressConfig::new(secrets, &whatsapp.verify_token.read()?);
    ingress.ignore_phone_number_ids.clone_from(&whatsapp.ignore_phone_number_ids);
    ingress.max_body_bytes = config.limits.webhook_bytes;
    Ok(ingress)
}

fn graph(config: &Config) -> Result<Graph, ConfigError> {
    let wrong =
        |error: portico_graph::GraphError| ConfigError::key("whatsapp", "a reachable Graph API", error.to_string());
    let whatsapp = &config.whatsapp;
    let token = AccessToken::parse(&whatsapp.access_token.read()?).map_err(wrong)?;
    let hosts: Vec<&str> = whatsapp.media_hosts.iter().map(String::as_str).collect();
    let mut graph = GraphConfig::new(&whatsapp.graph_url, &hosts, token);
    graph.allow_http = whatsapp.allow_http;
    graph.max_media_bytes = config.limits.media_bytes;
    Graph::new(graph).map_err(wrong)
}
