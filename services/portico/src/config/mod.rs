//! The configuration: one TOML file, one struct a section, unknown keys are errors, units in names.

mod cell;
mod clients;
mod error;
mod limits;
mod secret;
mod telemetry;
mod whatsapp;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use portico_telemetry::TelemetryError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use cell::{Bucket, Capture, CellConfig};
pub use clients::{ApiClientConfig, ConsoleSection, OneOrMore, SubscriberSection};
pub use error::ConfigError;
pub use limits::Limits;
pub use secret::Secret;
pub use telemetry::TelemetrySection;
pub use whatsapp::WhatsappSection;

/// `portico.toml` (contract.md section 2).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Public: webhooks and liveness.
    pub listen: SocketAddr,
    /// Console, `/v1`, readiness and metrics; without it all is on `listen`, which must then be loopback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listen_private: Option<SocketAddr>,
    /// Needed when one process takes webhooks for cells of two countries; says why that was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared_ingress_accepted: Option<String>,
    /// Fluent files `LANGUAGE.ftl` that override shipped texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub texts_dir: Option<PathBuf>,
    /// Policy files `NAME.toml`; a name not found there is a shipped one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policies_dir: Option<PathBuf>,
    /// Lets secrets stand in this file; refused by `serve` otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_inline_secrets: bool,
    pub whatsapp: WhatsappSection,
    #[serde(default)]
    pub limits: Limits,
    #[serde(rename = "cell")]
    pub cells: Vec<CellConfig>,
    #[serde(default, rename = "subscriber", skip_serializing_if = "Vec::is_empty")]
    pub subscribers: Vec<SubscriberSection>,
    #[serde(default, rename = "api_client", skip_serializing_if = "Vec::is_empty")]
    pub api_clients: Vec<ApiClientConfig>,
    #[serde(default)]
    pub console: ConsoleSection,
    #[serde(default, skip_serializing_if = "TelemetrySection::is_unset")]
    pub telemetry: TelemetrySection,
}

/// The JSON Schema of the file, indented.
#[must_use]
pub fn schema() -> String {
    format!("{:#}", schemars::schema_for!(Config).to_value())
}

impl Config {
    /// # Errors
    /// When the file cannot be read or is not a configuration; the message names the key.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::File { path: path.to_owned(), why: error.to_string() })?;
        Self::parse(&text).map_err(|error| error.in_file(path))
    }

    /// # Errors
    /// When `text` is not a configuration or its cells overlap.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|error| ConfigError::Toml(error.to_string()))?;
        config.check()?;
        Ok(config)
    }

    /// What no command accepts: no cell, or two cells that share what must be apart.
    fn check(&self) -> Result<(), ConfigError> {
        if self.cells.is_empty() {
            return Err(ConfigError::key("cell", "at least one [[cell]]", "add the country's cell"));
        }
        let mut seen: BTreeSet<(&str, String)> = BTreeSet::new();
        for cell in &self.cells {
            let master = cell.master_key.fingerprint();
            let bucket = format!("{} {}", cell.bucket.endpoint, cell.bucket.name);
            let mut apart =
                vec![("country", cell.country.to_string()), ("database", cell.database.clone()), ("bucket", bucket)];
            apart.push(("master_key", master));
            apart.extend(cell.phone_number_ids.iter().map(|id| ("phone_number_ids", id.to_string())));
            for (key, value) in apart {
                if !seen.insert((key, value)) {
                    return Err(ConfigError::Shared { key, country: cell.country });
                }
            }
        }
        if let Some(traces) = self.telemetry.traces() {
            traces.check().map_err(|error| match error {
                TelemetryError::Config { key, expected } => ConfigError::key(key, expected, "mend it or leave it out"),
                other => ConfigError::key("telemetry", "a trace receiver", other.to_string()),
            })?;
        }
        self.check_references()
    }

    /// Names of countries in subscribers and clients must be those of cells here.
    fn check_references(&self) -> Result<(), ConfigError> {
        let known = |country| self.cells.iter().any(|cell| cell.country == country);
        let subscribers = self.subscribers.iter().map(|s| ("subscriber", &s.name, &s.cells));
        let clients = self.api_clients.iter().map(|c| ("api_client", &c.name, &c.cells));
        for (section, name, cells) in subscribers.chain(clients) {
            if let Some(country) = cells.iter().find(|country| !known(**country)) {
                return Err(ConfigError::UnknownCell { section, name: name.clone(), country: *country });
            }
        }
        Ok(())
    }

    /// What `serve` refuses besides: each message names the key and the mend.
    ///
    /// # Errors
    /// The first refusal of contract.md section 2 that applies.
    pub fn check_for_serve(&self) -> Result<(), ConfigError> {
        if !self.allow_inline_secrets
            && let Some(key) = self.inline_secret()
        {
            return Err(ConfigError::key(
                key,
                "a secret as { env = \"NAME\" } or { file = \"PATH\" }",
                "move it out of the file, or set allow_inline_secrets = true",
            ));
        }
        if self.listen_private.is_none() && !self.listen.ip().is_loopback() {
            return Err(ConfigError::key(
                "listen_private",
                "an address of its own for console, /v1 and metrics when `listen` is not loopback",
                "set listen_private = \"10.0.0.5:9090\"",
            ));
        }
        let countries: BTreeSet<_> = self.cells.iter().map(|cell| cell.country).collect();
        if countries.len() > 1 && self.shared_ingress_accepted.is_none() {
            return Err(ConfigError::key(
                "shared_ingress_accepted",
                "one `serve` a country, because a webhook is read before its country is known",
                "split the file, or say why one process may take both",
            ));
        }
        if self.console.dev_sign_in && !self.console_address().ip().is_loopback() {
            return Err(ConfigError::key(
                "console.dev_sign_in",
                "false, unless the console listens on loopback",
                "remove it; without it the role `console` serves /v1 alone",
            ));
        }
        for cell in &self.cells {
            cell.check_profile()?;
        }
        Ok(())
    }

    /// Where the console and `/v1` are reached.
    #[must_use]
    pub fn console_address(&self) -> SocketAddr {
        self.listen_private.unwrap_or(self.listen)
    }

    fn inline_secret(&self) -> Option<&'static str> {
        let whatsapp = &self.whatsapp;
        let mut secrets: Vec<(&'static str, &Secret)> =
            vec![("whatsapp.verify_token", &whatsapp.verify_token), ("whatsapp.access_token", &whatsapp.access_token)];
        secrets.extend(whatsapp.app_secrets.iter().map(|s| ("whatsapp.app_secrets", s)));
        for cell in &self.cells {
            secrets.push(("cell.master_key", &cell.master_key));
            secrets.extend(cell.bucket.access_key.iter().map(|s| ("cell.bucket.access_key", s)));
            secrets.extend(cell.bucket.secret_key.iter().map(|s| ("cell.bucket.secret_key", s)));
        }
        secrets.extend(self.subscribers.iter().flat_map(|s| s.secret.iter().map(|s| ("subscriber.secret", s))));
        secrets.extend(self.api_clients.iter().flat_map(|c| c.token.iter().map(|s| ("api_client.token", s))));
        secrets.into_iter().find(|(_, secret)| secret.is_inline()).map(|(key, _)| key)
    }
}
