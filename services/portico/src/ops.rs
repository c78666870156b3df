//! The operators' routes: liveness, readiness, metrics.

mod parts;
mod ready;
mod scrape;

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use portico_cell::Cell;
use portico_ingress::Inbox;
use portico_telemetry::{CONTENT_TYPE, Metrics, Numbers};
use portico_vocab::{CellId, PhoneNumberId};
use tokio::sync::{Mutex, OnceCell};

use crate::serve::Role;
use ready::Board;

/// What the operators' routes look at.
pub(crate) struct Watched {
    pub(crate) roles: Vec<Role>,
    pub(crate) cells: Vec<Cell>,
    /// Which of our numbers are of which cell.
    pub(crate) numbers: Vec<(CellId, Vec<PhoneNumberId>)>,
    /// Which of them Meta refuses.
    pub(crate) stopped: Numbers,
    /// Empty without the role `ingress`.
    pub(crate) inbox: Inbox,
    pub(crate) metrics: Arc<Metrics>,
}

pub(crate) struct Ops {
    watched: Watched,
    board: Board,
    scraping: Mutex<()>,
    places: OnceCell<()>,
}

struct RouteInfo {
    path: &'static str,
    handler: fn() -> MethodRouter<Arc<Ops>>,
}

/// Liveness stands with the webhooks, the rest with the console.
const PUBLIC: &[RouteInfo] = &[RouteInfo { path: "/healthz", handler: || get(|| async { "ok\n" }) }];
const PRIVATE: &[RouteInfo] =
    &[RouteInfo { path: "/readyz", handler: || get(ready) }, RouteInfo { path: "/metrics", handler: || get(metrics) }];

impl Ops {
    pub(crate) fn new(watched: Watched) -> Arc<Self> {
        Arc::new(Self { watched, board: Board::default(), scraping: Mutex::default(), places: OnceCell::new() })
    }

    pub(crate) fn public(self: &Arc<Self>) -> Router {
        self.router(PUBLIC)
    }

    pub(crate) fn private(self: &Arc<Self>) -> Router {
        self.router(PRIVATE)
    }

    fn router(self: &Arc<Self>, routes: &[RouteInfo]) -> Router {
        let router = routes.iter().fold(Router::new(), |router, route| router.route(route.path, (route.handler)()));
        router.with_state(Arc::clone(self))
    }
}

/// 200 while every part this process needs answers, else 503; the body says which does not, and since when.
async fn ready(State(ops): State<Arc<Ops>>) -> Response {
    let report = ops.board.report(&ops.watched).await;
    let status = if report.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(report.to_json())).into_response()
}

async fn metrics(State(ops): State<Arc<Ops>>) -> Response {
    // One at a time: a scrape first forgets what the last one read.
    let _alone = ops.scraping.lock().await;
    let report = ops.board.report(&ops.watched).await;
    ops.places.get_or_init(|| scrape::places(&ops.watched)).await;
    scrape::fill(&ops.watched, &report).await;
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], ops.watched.metrics.render()).into_response()
}
