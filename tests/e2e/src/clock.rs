//! The machine's clock, which a story may move ahead: nobody waits a day for a window to close.

use std::sync::atomic::{AtomicI64, Ordering};

use portico::clock::SystemClock;
use portico_vocab::{Clock, Timestamp};

/// Runs as fast as the machine's, and never back.
#[derive(Debug, Default)]
pub struct TestClock {
    ahead_ms: AtomicI64,
}

impl TestClock {
    pub fn advance_seconds(&self, seconds: i64) {
        self.ahead_ms.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    pub fn advance_hours(&self, hours: i64) {
        self.advance_seconds(hours * 3_600);
    }

    pub fn advance_days(&self, days: i64) {
        self.advance_hours(days * 24);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus_millis(self.ahead_ms.load(Ordering::SeqCst))
    }
}
