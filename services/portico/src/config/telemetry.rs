//! `[telemetry]`: where traces go. Without an endpoint nothing is sent anywhere.

use portico_telemetry::TraceConfig;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TelemetrySection {
    /// Base address of an OTLP/HTTP receiver, such as `https://otel.bank.example:4318`; plain http on loopback only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otlp_endpoint: Option<String>,
    /// Which part of the traces is kept, from 0 to 1; all of them without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_ratio: Option<f64>,
}

impl TelemetrySection {
    /// What the sender needs; `None` without an endpoint.
    #[must_use]
    pub fn traces(&self) -> Option<TraceConfig> {
        let endpoint = self.otlp_endpoint.clone()?;
        Some(TraceConfig { endpoint, sample_ratio: self.sample_ratio.unwrap_or(1.0) })
    }

    pub(crate) fn is_unset(&self) -> bool {
        *self == Self::default()
    }
}
