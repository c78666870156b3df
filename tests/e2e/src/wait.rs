//! The one way to wait: for a condition, never for a time.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::MissedTickBehavior;

const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Half a minute of looks: longer than anything takes on a busy machine, short enough to end a hopeless run.
const LOOKS: usize = 1_500;

/// Looks again and again until `look` gives something.
///
/// # Errors
/// When it never does, naming what was waited for, or when looking fails.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let mut clock = tokio::time::interval(LOOK_EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for _ in 0..LOOKS {
        clock.tick().await;
        if let Some(found) = look().await? {
            return Ok(found);
        }
    }
    bail!("waited half a minute in vain: {what}")
}
