//! What a scrape reads from the cells themselves.
//!
//! Only what costs as much as is unfinished: nothing here walks what grows. A cell that does not answer in time has no
//! values of its own in this scrape; `portico_ready` says which part it was.

use std::time::Duration;

use futures::future::join_all;
use portico_cell::Cell;
use portico_ledger::{LedgerError, OutboundState, Queue};
use portico_telemetry::StockMetrics;
use portico_vault::{LockProof, RegionProof};
use portico_vocab::{StageName, Timestamp};
use tokio::time::timeout;

use super::Watched;
use super::parts::State;
use super::ready::Report;

const PATIENCE: Duration = Duration::from_secs(3);

pub(super) async fn fill(watched: &Watched, report: &Report) {
    let stock = &watched.metrics.stock;
    stock.clear();
    for (cell, parts) in &report.0 {
        for (name, part) in parts {
            stock.ready(*cell, name, part.state == State::Ok);
        }
    }
    join_all(watched.cells.iter().map(|cell| async move {
        if !matches!(timeout(PATIENCE, read(stock, cell)).await, Ok(Ok(()))) {
            tracing::warn!(cell = %cell.id(), "a cell could not be read for metrics");
        }
    }))
    .await;
}

async fn read(stock: &StockMetrics, cell: &Cell) -> Result<(), LedgerError> {
    let (id, now, ledger) = (cell.id(), cell.now(), cell.ledger());
    for queue in Queue::ALL {
        let (due, oldest) = ledger.backlog(*queue, now).await?;
        stock.jobs(id, queue.as_str(), due, oldest.map_or(0, |at| now.seconds_since(at).max(0)));
    }
    let unfinished = ledger.unfinished().await?;
    for stage in StageName::ALL.iter().filter(|stage| !stage.is_end()) {
        stock.cases(id, stage.as_str(), unfinished.cases.get(stage).copied().unwrap_or(0));
    }
    let messages = |state| unfinished.outbounds.get(&state).copied().unwrap_or(0);
    for state in [OutboundState::Queued, OutboundState::Sending, OutboundState::Unknown] {
        stock.messages(id, state.as_str(), messages(state));
    }
    stock.parked(id, "job", unfinished.parked_jobs);
    stock.parked(id, "inbox", unfinished.parked_inbox);
    stock.parked(id, "delivery", unfinished.deliveries_parked);
    stock.parked(id, "send", messages(OutboundState::Parked));
    for (operation, end, calls) in cell.vault().tally() {
        stock.vault(id, operation, end, calls);
    }
    for subscriber in ledger.subscribers().await? {
        let lag = subscriber.oldest_due.map_or(0, |at| now.seconds_since(at).max(0));
        let last = subscriber.last_success.map(Timestamp::as_seconds);
        stock.deliveries(id, &subscriber.name, subscriber.waiting, lag, last);
    }
    Ok(())
}

/// What the bucket says of its place and of locks; asked once, for it does not change while we run.
pub(super) async fn places(watched: &Watched) {
    let stock = &watched.metrics.stock;
    join_all(watched.cells.iter().map(|cell| async move {
        let region = match timeout(PATIENCE, cell.vault().region()).await {
            Ok(RegionProof::Confirmed) => "confirmed",
            Ok(RegionProof::Contradicted { .. }) => "contradicted",
            Ok(RegionProof::CannotSay { .. }) | Err(_) => "cannot_say",
        };
        let lock = match timeout(PATIENCE, cell.vault().can_lock()).await {
            Ok(LockProof::CanLock) => "can_lock",
            Ok(LockProof::CannotLock { .. }) | Err(_) => "cannot_lock",
        };
        stock.region(cell.id(), region);
        stock.lock(cell.id(), lock);
    }))
    .await;
}
