//! The configuration: one TOML file, one struct a section, unknown keys are errors, units in names.
//!
//! docs/CONFIGURATION.md explains every key and names the test that shows what it does.

mod apart;
mod cell;
mod check;
mod clients;
mod error;
mod hours;
mod limits;
mod secret;
mod telemetry;
mod whatsapp;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use apart::Apart;
pub use cell::{Bucket, Capture, CellConfig};
pub use clients::{ApiClientConfig, ConsoleSection, OneOrMore, SubscriberSection};
pub use error::ConfigError;
pub use hours::DutyHours;
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
    /// Where Meta reaches `listen`, such as `https://kyc-in.bank.example`; `doctor` compares Meta's subscriptions with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
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
    /// When `text` is not a configuration, or one of the refusals that every command makes applies.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|error| ConfigError::Toml(error.to_string()))?;
        config.check()?;
        Ok(config)
    }

    /// Where the console and `/v1` are reached.
    #[must_use]
    pub fn console_address(&self) -> SocketAddr {
        self.listen_private.unwrap_or(self.listen)
    }
}
