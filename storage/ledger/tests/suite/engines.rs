//! A fresh ledger on each engine.

use std::any::Any;
use std::sync::Arc;

use portico_ledger::testing::fresh_postgres;
use portico_ledger::{Ledger, MemoryLedger, migrate, open};

/// A ledger and what must live as long as it.
pub struct Fresh {
    // First, so that it is dropped before its database.
    pub ledger: Arc<dyn Ledger>,
    _place: Box<dyn Any + Send>,
}

pub async fn memory() -> Fresh {
    Fresh { ledger: Arc::new(MemoryLedger::new()), _place: Box::new(()) }
}

pub async fn sqlite() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/cell.db", folder.path().display());
    migrate(&url).await.unwrap();
    Fresh { ledger: open(&url).await.unwrap(), _place: Box::new(folder) }
}

pub async fn postgres() -> Fresh {
    let (url, guard) = fresh_postgres().await;
    migrate(&url).await.unwrap();
    Fresh { ledger: open(&url).await.unwrap(), _place: Box::new(guard) }
}
