//! Liveness, readiness, metrics.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use portico_cell::Cell;
use portico_ingress::IngressMetrics;
use portico_ledger::Queue;

/// What the operators' routes look at.
pub(crate) struct Ops {
    pub(crate) cells: Vec<Cell>,
    pub(crate) ingress: Arc<IngressMetrics>,
}

struct RouteInfo {
    path: &'static str,
    handler: fn() -> MethodRouter<Arc<Ops>>,
}

/// Liveness stands with the webhooks, the rest with the console.
const PUBLIC: &[RouteInfo] = &[RouteInfo { path: "/healthz", handler: || get(|| async { "ok\n" }) }];
const PRIVATE: &[RouteInfo] =
    &[RouteInfo { path: "/readyz", handler: || get(ready) }, RouteInfo { path: "/metrics", handler: || get(metrics) }];

pub(crate) fn public(ops: &Arc<Ops>) -> Router {
    router(PUBLIC, ops)
}

pub(crate) fn private(ops: &Arc<Ops>) -> Router {
    router(PRIVATE, ops)
}

fn router(routes: &[RouteInfo], ops: &Arc<Ops>) -> Router {
    let router = routes.iter().fold(Router::new(), |router, route| router.route(route.path, (route.handler)()));
    router.with_state(Arc::clone(ops))
}

/// 200 when every part of every cell answers, else 503; the body says which.
async fn ready(State(ops): State<Arc<Ops>>) -> Response {
    let mut all = true;
    let mut cells = serde_json::Map::new();
    for cell in &ops.cells {
        let ledger = cell.ledger().health().await.err().map(|error| error.to_string());
        let vault = cell.vault().health().await.err().map(|error| error.to_string());
        all &= ledger.is_none() && vault.is_none();
        let word = |error: Option<String>| error.unwrap_or_else(|| "ok".to_owned());
        cells.insert(cell.id().to_string(), serde_json::json!({ "ledger": word(ledger), "vault": word(vault) }));
    }
    let status = if all { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(serde_json::json!({ "ready": all, "cells": cells }))).into_response()
}

/// Prometheus text format 0.0.4. Labels are cells and queues, never people.
async fn metrics(State(ops): State<Arc<Ops>>) -> Response {
    let mut out = String::new();
    ops.ingress.render(&mut out);
    let _ = writeln!(out, "# HELP portico_jobs_due Jobs that are due.\n# TYPE portico_jobs_due gauge");
    let mut lag = String::from(
        "# HELP portico_job_lag_seconds Age of the oldest due job.\n# TYPE portico_job_lag_seconds gauge\n",
    );
    let mut cases = String::from("# HELP portico_cases Cases by state.\n# TYPE portico_cases gauge\n");
    let mut parked = String::from("# HELP portico_parked Work that gave up.\n# TYPE portico_parked gauge\n");
    for cell in &ops.cells {
        let (id, now) = (cell.id(), cell.now());
        for queue in Queue::ALL {
            let Ok((due, oldest)) = cell.ledger().backlog(*queue, now).await else { continue };
            let age = oldest.map_or(0, |at| now.seconds_since(at).max(0));
            let queue = queue.as_str();
            let _ = writeln!(out, "portico_jobs_due{{cell=\"{id}\",queue=\"{queue}\"}} {due}");
            let _ = writeln!(lag, "portico_job_lag_seconds{{cell=\"{id}\",queue=\"{queue}\"}} {age}");
        }
        if let Ok(counts) = cell.ledger().counts(now).await {
            for (state, count) in [("all", counts.cases), ("in_review", counts.in_review), ("decided", counts.decided)]
            {
                let _ = writeln!(cases, "portico_cases{{cell=\"{id}\",state=\"{state}\"}} {count}");
            }
            let _ = writeln!(parked, "portico_parked{{cell=\"{id}\"}} {}", counts.parked);
        }
    }
    out.push_str(&lag);
    out.push_str(&cases);
    out.push_str(&parked);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], out).into_response()
}
