//! Waking those who wait for work in any process of a cell: `NOTIFY` and `LISTEN`, on connections of their own.
//!
//! A `NOTIFY` inside the transactions that bring work would queue their commits behind one lock, so it follows them,
//! one for as many commits as ended meanwhile. *Invariant:* nothing depends on it: it may be lost, the poll is the truth.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use tokio::sync::Mutex;

const CHANNEL: &str = "portico_work";

/// See the module.
#[derive(Debug)]
pub struct Wake {
    local: crate::wake::Wake,
    /// One connection listens, one speaks; neither is taken from those who work.
    pool: PgPool,
    listener: Mutex<Option<PgListener>>,
    speaker: Mutex<()>,
    unsaid: AtomicBool,
}

impl Wake {
    pub fn new(options: PgConnectOptions) -> Self {
        // A hint need not outlive a crash, so it does not wait for the disk.
        let options = options.options([("synchronous_commit", "off")]);
        let pool = PgPoolOptions::new().max_connections(2).connect_lazy_with(options);
        Self {
            local: crate::wake::Wake::default(),
            pool,
            listener: Mutex::new(None),
            speaker: Mutex::new(()),
            unsaid: AtomicBool::new(false),
        }
    }

    /// Wakes every waiter of this process at once and those of other processes soon.
    pub async fn wake(&self) {
        self.local.notify();
        self.unsaid.store(true, Ordering::Release);
        // Whoever is speaking already will say this too.
        let Ok(_speaking) = self.speaker.try_lock() else { return };
        while self.unsaid.swap(false, Ordering::AcqRel) {
            if sqlx::query("NOTIFY portico_work").execute(&self.pool).await.is_err() {
                tracing::debug!("other processes could not be woken; they will find the work by looking");
            }
        }
    }

    /// Returns when woken from here or elsewhere, or after `at_most`.
    pub async fn wait(&self, at_most: Duration) {
        tokio::select! {
            () = self.local.wait(at_most) => {}
            () = self.heard() => {}
        }
    }

    /// One waiter of the process listens and wakes the others by what it hears.
    async fn heard(&self) {
        let mut listener = self.listener.lock().await;
        if listener.is_none() {
            *listener = self.listen().await;
        }
        let heard = match listener.as_mut() {
            Some(connection) => connection.recv().await.is_ok(),
            None => false,
        };
        if heard {
            self.local.notify();
        } else {
            *listener = None;
            // Without a listener the waiter waits its time out.
            drop(listener);
            std::future::pending().await
        }
    }

    async fn listen(&self) -> Option<PgListener> {
        let mut listener = PgListener::connect_with(&self.pool).await.ok()?;
        listener.listen(CHANNEL).await.ok()?;
        Some(listener)
    }
}
