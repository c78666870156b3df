//! Readiness: what every part was found to be, and since when it is so.
//!
//! *Invariant:* peers are looked at no more than once a second, however often somebody asks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use portico_vocab::{CellId, Timestamp};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Watched;
use super::parts::{State, look_at_all};

const FRESH: Duration = Duration::from_secs(1);

/// One part, and since when it stands as it does (as far as this process has looked).
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) state: State,
    pub(super) since: Timestamp,
}

/// One round of looks.
#[derive(Debug, Default)]
pub(super) struct Report(pub(super) BTreeMap<CellId, BTreeMap<String, Part>>);

impl Report {
    pub(super) fn is_ready(&self) -> bool {
        self.parts().all(|part| !matches!(part.state, State::Down(_)))
    }

    fn is_degraded(&self) -> bool {
        self.parts().any(|part| part.state != State::Ok)
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        self.0.values().flat_map(BTreeMap::values)
    }

    /// `{ready, degraded, cells: {CC: {PART: {state, since, why?}}}}`.
    pub(super) fn to_json(&self) -> Value {
        let mut cells = serde_json::Map::new();
        for (cell, parts) in &self.0 {
            let parts = parts.iter().map(|(name, part)| (name.clone(), part.to_json()));
            cells.insert(cell.to_string(), Value::Object(parts.collect()));
        }
        json!({ "ready": self.is_ready(), "degraded": self.is_degraded(), "cells": cells })
    }
}

impl Part {
    fn to_json(&self) -> Value {
        let since = self.since.to_rfc3339();
        match &self.state {
            State::Ok => json!({ "state": "ok", "since": since }),
            State::Degraded(why) => json!({ "state": "degraded", "since": since, "why": why }),
            State::Down(why) => json!({ "state": "down", "since": since, "why": why }),
        }
    }
}

/// Remembers the newest report.
#[derive(Default)]
pub(super) struct Board(Mutex<Option<(Instant, Arc<Report>)>>);

impl Board {
    /// The newest report, made now when it is older than a second.
    pub(super) async fn report(&self, watched: &Watched) -> Arc<Report> {
        let mut newest = self.0.lock().await;
        if let Some((at, report)) = newest.as_ref()
            && at.elapsed() < FRESH
        {
            return Arc::clone(report);
        }
        let looks = look_at_all(watched).await;
        let mut report = Report::default();
        for (cell, states) in watched.cells.iter().zip(looks) {
            let before = newest.as_ref().and_then(|(_, report)| report.0.get(&cell.id()));
            let part = |(name, state): (String, State)| {
                let same = before.and_then(|parts| parts.get(&name)).filter(|part| kind(&part.state) == kind(&state));
                let since = same.map_or_else(|| cell.now(), |part| part.since);
                (name, Part { state, since })
            };
            report.0.insert(cell.id(), states.into_iter().map(part).collect());
        }
        let report = Arc::new(report);
        *newest = Some((Instant::now(), Arc::clone(&report)));
        report
    }
}

/// What must change for `since` to begin anew: the words may differ from look to look.
fn kind(state: &State) -> std::mem::Discriminant<State> {
    std::mem::discriminant(state)
}
