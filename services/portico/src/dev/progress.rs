//! The live line of the front page: how far everything is, over both cells.

use std::sync::Arc;

use futures::FutureExt as _;
use portico_cell::Cell;
use portico_ledger::{CaseFilter, CaseRow};
use portico_simulator::Progress;
use portico_vocab::Timestamp;
use serde_json::{Value, json};

const NEWEST: usize = 3;

pub(super) fn of(cells: Vec<Cell>) -> Progress {
    Arc::new(move || count(cells.clone()).boxed())
}

/// What cannot be read counts as nothing: the page is for looking, `/readyz` for judging.
async fn count(cells: Vec<Cell>) -> Value {
    let (mut received, mut taken_in, mut in_review, mut decided, mut announced) = (0, 0, 0, 0, 0);
    let mut last: Vec<(Timestamp, Value)> = Vec::new();
    for cell in &cells {
        if let Ok(counts) = cell.ledger().counts(cell.now()).await {
            received += counts.received;
            taken_in += counts.taken_in;
            in_review += counts.in_review;
            decided += counts.decided;
            announced += counts.announced;
        }
        last.extend(newest(cell).await.iter().map(|row| (row.updated_at, line(cell, row))));
    }
    last.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let last: Vec<Value> = last.into_iter().take(NEWEST).map(|(_, line)| line).collect();
    json!({
        "received": received,
        "taken_in": taken_in,
        "checked": taken_in,
        "in_review": in_review,
        "decided": decided,
        "announced": announced,
        "last": last,
    })
}

/// The cases opened last. Lists go from the oldest, so all are read: a ledger of `dev` is small.
async fn newest(cell: &Cell) -> Vec<CaseRow> {
    let mut filter = CaseFilter { limit: 1_000, ..CaseFilter::default() };
    let mut rows = Vec::new();
    while let Ok(page) = cell.ledger().cases(&filter).await {
        rows.extend(page.rows);
        rows.drain(..rows.len().saturating_sub(NEWEST));
        match page.next {
            Some(next) => filter.after = Some(next),
            None => break,
        }
    }
    rows
}

fn line(cell: &Cell, row: &CaseRow) -> Value {
    let summary: Value = serde_json::from_str(&row.summary).unwrap_or_default();
    json!({
        "case": row.id,
        "country": cell.country(),
        "what": summary["document"].as_str().map(|kind| kind.replace('_', " ")),
        "stage": row.stage.as_str().replace('_', " "),
        "note": row.outcome.map(|outcome| outcome.as_str().replace('_', " ")),
        "at": row.updated_at.to_rfc3339(),
    })
}
