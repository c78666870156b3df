//! Sections of the configuration in the words of the parts they are for. Reads secrets; opens and calls nothing.

use std::collections::BTreeSet;

use portico_cell::SubscriberRule;
use portico_console::ConsoleConfig;
use portico_console::v1::{ApiClient, ApiConfig, Scope};
use portico_graph::{AccessToken, Graph, GraphConfig};
use portico_ingress::IngressConfig;
use portico_keys::MasterKey;
use portico_relay::{Secret as WebhookSecret, Subscriber, SubscriberConfig};
use portico_vault::BucketConfig;
use portico_vocab::{CellId, Sha256};
use portico_whatsapp::signature::AppSecret;
use portico_workers::WorkLimits;

use crate::config::{CellConfig, Config, ConfigError, Secret};

/// The key of a cell, from wherever it lies.
///
/// # Errors
/// When it cannot be read or is none.
pub fn master_key(section: &CellConfig) -> Result<MasterKey, ConfigError> {
    MasterKey::parse_base64(&section.master_key.read()?)
        .map_err(|error| ConfigError::key("cell.master_key", "32 bytes in base64", error.to_string()))
}

/// A cell's bucket, with its credentials.
///
/// # Errors
/// When a secret cannot be read.
pub fn bucket(section: &CellConfig) -> Result<BucketConfig, ConfigError> {
    let bucket = &section.bucket;
    let read = |secret: &Option<Secret>| secret.as_ref().map_or(Ok(String::new()), Secret::read);
    Ok(BucketConfig {
        name: bucket.name.clone(),
        region: bucket.region.clone(),
        endpoint: bucket.endpoint.clone(),
        access_key: read(&bucket.access_key)?,
        secret_key: read(&bucket.secret_key)?,
    })
}

/// Who is told of what happens in a cell.
#[must_use]
pub fn rules(config: &Config, section: &CellConfig) -> Vec<SubscriberRule> {
    let of_cell = config.subscribers.iter().filter(|subscriber| subscriber.cells.contains(&section.country));
    of_cell.map(|s| SubscriberRule { name: s.name.clone(), events: s.events.clone() }).collect()
}

/// Account systems that get events.
///
/// # Errors
/// When a secret cannot be read or a section holds what cannot be delivered to.
pub fn subscribers(config: &Config) -> Result<Vec<Subscriber>, ConfigError> {
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

/// Clients of `/v1`, their tokens as hashes.
///
/// # Errors
/// When a token cannot be read, two clients have the same one, or a scope is unknown.
pub fn api(config: &Config, subscribers: &[Subscriber]) -> Result<ApiConfig, ConfigError> {
    let (mut clients, mut tokens) = (Vec::new(), BTreeSet::new());
    for section in &config.api_clients {
        let mut token_hashes = Vec::new();
        for token in section.token.iter() {
            let hash = Sha256::of(token.read()?.as_bytes());
            if !tokens.insert(hash) {
                return Err(ConfigError::key(
                    "api_client.token",
                    "a token of its own for every client",
                    format!("that of {:?} is another's too: make a new one", section.name),
                ));
            }
            token_hashes.push(hash);
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

/// How webhooks are taken.
///
/// # Errors
/// When a secret cannot be read.
pub fn ingress(config: &Config) -> Result<IngressConfig, ConfigError> {
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

/// How the Graph API is reached.
///
/// # Errors
/// When the token cannot be read or is none.
pub fn graph_config(config: &Config) -> Result<GraphConfig, ConfigError> {
    let whatsapp = &config.whatsapp;
    let token = AccessToken::parse(&whatsapp.access_token.read()?).map_err(graph_wrong)?;
    let hosts: Vec<&str> = whatsapp.media_hosts.iter().map(String::as_str).collect();
    let mut graph = GraphConfig::new(&whatsapp.graph_url, &hosts, token);
    graph.allow_http = whatsapp.allow_http;
    graph.max_media_bytes = config.limits.media_bytes;
    graph.timeout_ms = config.limits.graph_timeout_ms;
    graph.connect_timeout_ms = config.limits.graph_connect_timeout_ms;
    Ok(graph)
}

/// The client of the Graph API.
///
/// # Errors
/// When the token cannot be read or the address be used.
pub fn graph(config: &Config) -> Result<Graph, ConfigError> {
    Graph::new(graph_config(config)?).map_err(graph_wrong)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape `map_err` takes")]
fn graph_wrong(error: portico_graph::GraphError) -> ConfigError {
    ConfigError::key("whatsapp", "a Graph API that can be called", error.to_string())
}

/// How much is done at once.
#[must_use]
pub fn work(config: &Config) -> WorkLimits {
    WorkLimits {
        at_once: config.limits.jobs_at_once,
        pictures_at_once: config.limits.pictures_at_once,
        lease_ms: config.limits.job_lease_ms,
        poll_ms: config.limits.poll_ms,
        ..WorkLimits::default()
    }
}

/// The reviewers' pages.
#[must_use]
pub fn console(config: &Config) -> ConsoleConfig {
    ConsoleConfig {
        dev_sign_in: config.console.dev_sign_in,
        public_url: config.console.public_url.clone(),
        lease_seconds: config.limits.review_lease_s,
        ..ConsoleConfig::default()
    }
}
