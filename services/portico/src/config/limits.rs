//! `[limits]`: every limit has a default and its unit in its name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ConfigError;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// A larger webhook is answered 413.
    pub webhook_bytes: usize,
    /// A larger file is not downloaded.
    pub media_bytes: u64,
    /// From the first byte of a call to WhatsApp to the last of its answer, downloads excepted. A message not answered
    /// by then is never sent again by itself.
    pub graph_timeout_ms: u64,
    /// To a connection with WhatsApp; when it runs out nothing was sent.
    pub graph_connect_timeout_ms: u64,
    /// Jobs at once, a queue and cell.
    pub jobs_at_once: usize,
    /// Pictures decoded at once, a cell.
    pub pictures_at_once: usize,
    /// How long a job may run before another worker takes it.
    pub job_lease_ms: i64,
    /// How late work may be found when a wake-up is lost.
    pub poll_ms: u64,
    /// How long a reviewer holds a case.
    pub review_lease_s: i64,
    /// How long running work may take to end after SIGTERM.
    pub drain_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            webhook_bytes: 3 * 1024 * 1024,
            media_bytes: 16 * 1024 * 1024,
            graph_timeout_ms: 20_000,
            graph_connect_timeout_ms: 5_000,
            jobs_at_once: 16,
            pictures_at_once: 2,
            job_lease_ms: 60_000,
            poll_ms: 1_000,
            review_lease_s: 600,
            drain_ms: 20_000,
        }
    }
}

impl Limits {
    /// Zero would stop what the limit is to bound.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let zero = [
            ("limits.webhook_bytes", self.webhook_bytes == 0),
            ("limits.media_bytes", self.media_bytes == 0),
            ("limits.graph_timeout_ms", self.graph_timeout_ms == 0),
            ("limits.graph_connect_timeout_ms", self.graph_connect_timeout_ms == 0),
            ("limits.jobs_at_once", self.jobs_at_once == 0),
            ("limits.pictures_at_once", self.pictures_at_once == 0),
            ("limits.job_lease_ms", self.job_lease_ms <= 0),
            ("limits.poll_ms", self.poll_ms == 0),
            ("limits.review_lease_s", self.review_lease_s <= 0),
        ];
        match zero.iter().find(|(_, zero)| *zero) {
            Some((key, _)) => Err(ConfigError::key(key, "more than zero", "remove it to have the default")),
            None => Ok(()),
        }
    }
}
