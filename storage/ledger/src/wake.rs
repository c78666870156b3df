//! Waking those who wait for work within one process.

use std::time::Duration;

use tokio::sync::Notify;

/// Wakes every waiter of this process. A hint only: the poll is the truth.
#[derive(Debug, Default)]
pub struct Wake(Notify);

impl Wake {
    /// Wakes all who wait, and lets the next who comes pass at once: work that arrives between someone's last look
    /// and their wait is not slept through. The price is one look too many.
    pub fn notify(&self) {
        self.0.notify_waiters();
        self.0.notify_one();
    }

    /// As [`Self::notify`]; async because the other wake, over the database, is, and one source calls both.
    pub async fn wake(&self) {
        self.notify();
    }

    /// Returns when woken, or after `at_most`.
    pub async fn wait(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.0.notified()).await;
    }
}
