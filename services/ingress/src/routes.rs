//! Every route of the ingress, once: the router is built from this table, and tests and documents read it.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, get, post};
use portico_telemetry::IngressMetrics;
use portico_vocab::Clock;

use crate::directory::Directory;
use crate::webhook::{self, Ingress};
use crate::writer::{self, Writers};
use crate::{CellDoor, IngressConfig, IngressError};

/// One route, as a person would describe it.
pub struct RouteInfo {
    pub method: &'static str,
    pub path: &'static str,
    /// Who may call it, and how that is proven.
    pub who: &'static str,
    /// What it leaves behind.
    pub audits: &'static str,
    handler: fn() -> MethodRouter<Arc<Ingress>>,
}

/// Nothing else adds a route.
pub const ROUTES: &[RouteInfo] = &[
    RouteInfo {
        method: "GET",
        path: "/webhooks/whatsapp",
        who: "Meta, by the verify token",
        audits: "a counter",
        handler: || get(webhook::handshake),
    },
    RouteInfo {
        method: "POST",
        path: "/webhooks/whatsapp",
        who: "Meta, by the signature over the raw body",
        audits: "digest and signature of the body beside every slice; a counter for what is refused",
        handler: || post(webhook::receive),
    },
];

/// The routes, and the writers that must run for them (on the shell's supervised task set) to answer anything but 503.
///
/// # Errors
/// When a secret is missing, two cells claim one number, or a door has another cell's keys.
pub fn router(
    config: IngressConfig,
    doors: Vec<CellDoor>,
    clock: Arc<dyn Clock>,
    metrics: IngressMetrics,
) -> Result<(Router, Writers), IngressError> {
    check(&config, &doors)?;
    let directory = Directory::new(&doors, &config.ignore_phone_number_ids)?;
    let (mailboxes, writers) = writer::writers(&config, doors, &clock, &metrics);
    let max_body_bytes = config.max_body_bytes;
    let ingress = Arc::new(Ingress::new(config, directory, mailboxes, clock, metrics));
    let router = ROUTES.iter().fold(Router::new(), |router, route| router.route(route.path, (route.handler)()));
    Ok((router.layer(DefaultBodyLimit::max(max_body_bytes)).with_state(ingress), writers))
}

fn check(config: &IngressConfig, doors: &[CellDoor]) -> Result<(), IngressError> {
    if config.app_secrets.is_empty() {
        return Err(IngressError::NoSecret);
    }
    if config.verify_token.is_empty() {
        return Err(IngressError::NoToken);
    }
    match doors.iter().find(|door| door.keys.cell() != door.cell) {
        Some(door) => Err(IngressError::OtherKeys { door: door.cell, keys: door.keys.cell() }),
        None => Ok(()),
    }
}
