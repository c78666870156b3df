//! `[limits]`: every limit has a default and its unit in its name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// A larger webhook is answered 413.
    pub webhook_bytes: usize,
    /// A larger file is not downloaded.
    pub media_bytes: u64,
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
            jobs_at_once: 16,
            pictures_at_once: 2,
            job_lease_ms: 60_000,
            poll_ms: 1_000,
            review_lease_s: 600,
            drain_ms: 20_000,
        }
    }
}
