//! Roles, listeners and their supervision.
//!
//! Every task runs on one tracker. *Invariant:* a task that ends before it was asked to stops the process: half a
//! Portico that looks alive is worse than none.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use clap::ValueEnum;
use portico_cell::Cell;
use portico_ingress::Inbox;
use portico_keys::SystemEntropy;
use portico_relay::{Courier, CourierConfig, Relay};
use portico_telemetry::{Metrics, Numbers, TraceSender, Traces};
use portico_workers::{WorkWatch, Workers};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::assemble::{Assembly, parts};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::failure::Failure;
use crate::ops::{Ops, Watched};
use crate::watch::Onlooker;

/// What a process does; several may run beside each other on one Postgres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub enum Role {
    Ingress,
    Worker,
    Console,
    Relay,
}

const ALL_ROLES: &[Role] = &[Role::Ingress, Role::Worker, Role::Console, Role::Relay];

/// `portico serve`: runs until SIGTERM or ctrl-c, then drains.
///
/// # Errors
/// When something cannot be opened, or a part ends by itself.
pub async fn run(config: &Config, roles: &[Role], traces: Option<TraceSender>) -> Result<(), Failure> {
    let roles = if roles.is_empty() { ALL_ROLES } else { roles };
    let public = bind("listen", config.listen).await?;
    let private = match config.listen_private {
        Some(address) => Some(bind("listen_private", address).await?),
        None => None,
    };
    let assembly = Assembly { traces, ..Assembly::of(config, Arc::new(SystemClock)).await? };
    let running = start(assembly, config, roles, Listeners { public, private }, None)?;
    tracing::info!(address = %running.address, "portico serves");
    running.until_told().await
}

/// The traces that `[telemetry]` asks for.
///
/// # Errors
/// When its values cannot be used.
pub fn traces(config: &Config) -> Result<Option<(Traces, TraceSender)>, Failure> {
    let Some(traces) = config.telemetry.traces() else { return Ok(None) };
    let made = Traces::new(&traces, Arc::new(SystemEntropy));
    made.map(Some).map_err(|error| Failure::Usage(error.to_string()))
}

/// Binds one address.
///
/// # Errors
/// When it is taken or not ours, naming the key.
pub async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::Usage(format!("{key}: {address} cannot be listened on ({error}): free it or choose another"))
    })
}

pub struct Listeners {
    pub public: TcpListener,
    pub private: Option<TcpListener>,
}

/// A Portico that runs.
pub struct Running {
    pub address: SocketAddr,
    pub cells: Vec<Cell>,
    tasks: TaskTracker,
    cancel: CancellationToken,
    failed: CancellationToken,
    drain: Duration,
}

/// Starts the roles on the listeners; `extra` routes stand beside the public ones (`dev`).
///
/// # Errors
/// When a part refuses its configuration.
pub fn start(
    assembly: Assembly,
    config: &Config,
    roles: &[Role],
    listeners: Listeners,
    extra: Option<Router>,
) -> Result<Running, Failure> {
    let usage = |error: &dyn std::error::Error| Failure::Usage(error.to_string());
    let address = listeners.public.local_addr().map_err(|error| usage(&error))?;
    let ids: Vec<_> = assembly.cells.iter().map(Cell::id).collect();
    let metrics = Arc::new(Metrics::new(&ids));
    let numbers = Numbers::default();
    let onlooker = Arc::new(Onlooker { cases: metrics.cases.clone() });
    let cells: Vec<Cell> = assembly.cells.into_iter().map(|cell| cell.watched_by(onlooker.clone())).collect();
    let supervisor = Supervisor::new();
    let mut watched = Watched {
        roles: roles.to_vec(),
        cells: cells.clone(),
        numbers: assembly.doors.iter().map(|door| (door.cell, door.phone_number_ids.clone())).collect(),
        stopped: numbers.clone(),
        inbox: Inbox::default(),
        metrics: Arc::clone(&metrics),
    };
    let mut public = Router::new();
    if roles.contains(&Role::Ingress) {
        let (clock, metrics) = (Arc::clone(&assembly.clock), metrics.ingress.clone());
        let (router, writers) =
            portico_ingress::router(assembly.ingress, assembly.doors, clock, metrics).map_err(|error| usage(&error))?;
        public = public.merge(router);
        watched.inbox = writers.inbox();
        // The writers end by themselves when the router is gone and everything is committed.
        supervisor.tasks.spawn(writers.run());
    }
    let ops = Ops::new(watched);
    public = public.merge(ops.public());
    let mut private = ops.private();
    if roles.contains(&Role::Console) {
        private = private.merge(portico_console::router(cells.clone(), parts::console(config)));
        private = private.merge(portico_console::v1::router(cells.clone(), assembly.api));
    }
    if let Some(extra) = extra {
        public = public.merge(extra);
    }
    match listeners.private {
        Some(listener) => supervisor.serve("private listener", listener, private),
        None => public = public.merge(private),
    }
    supervisor.serve("public listener", listeners.public, public);
    for cell in &cells {
        if roles.contains(&Role::Worker) {
            let watch = WorkWatch { metrics: metrics.work.clone(), numbers: numbers.clone() };
            let workers = Workers::new(cell.clone(), assembly.graph.clone(), assembly.work.clone(), watch);
            let cancel = supervisor.cancel.clone();
            supervisor.watch("workers", async move { workers.run(cancel).await });
        }
        if roles.contains(&Role::Relay) {
            let courier = Courier::new(CourierConfig::default()).map_err(|error| usage(&error))?;
            let (clock, entropy) = (Arc::clone(&assembly.clock), Arc::clone(&assembly.entropy));
            let ledger = Arc::clone(cell.ledger());
            let relay = Relay::new(cell.id(), ledger, &assembly.subscribers, clock, entropy, courier)
                .counted_by(metrics.deliveries.clone());
            let cancel = supervisor.cancel.clone();
            supervisor.watch("relay", async move { relay.run(cancel).await });
        }
    }
    if let Some(sender) = assembly.traces {
        let cancel = supervisor.cancel.clone();
        supervisor.watch("trace sender", async move { sender.run(cancel).await });
    }
    let Supervisor { tasks, cancel, failed } = supervisor;
    tasks.close();
    let drain = Duration::from_millis(config.limits.drain_ms);
    Ok(Running { address, cells, tasks, cancel, failed, drain })
}

struct Supervisor {
    tasks: TaskTracker,
    cancel: CancellationToken,
    failed: CancellationToken,
}

impl Supervisor {
    fn new() -> Self {
        Self { tasks: TaskTracker::new(), cancel: CancellationToken::new(), failed: CancellationToken::new() }
    }

    /// Runs a part that must not end before it is told to.
    fn watch(&self, name: &'static str, part: impl Future<Output = ()> + Send + 'static) {
        let (cancel, failed) = (self.cancel.clone(), self.failed.clone());
        self.tasks.spawn(async move {
            // A panic drops the guard without disarming it.
            let guard = failed.clone().drop_guard();
            part.await;
            if cancel.is_cancelled() {
                guard.disarm();
            } else {
                tracing::error!(part = name, "a part ended by itself");
            }
        });
    }

    fn serve(&self, name: &'static str, listener: TcpListener, router: Router) {
        let cancel = self.cancel.clone();
        self.watch(name, async move {
            let told = cancel.clone().cancelled_owned();
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(told).await {
                tracing::error!(part = name, %error, "a listener failed");
            }
        });
    }
}

impl Running {
    /// Runs until a signal, then drains.
    ///
    /// # Errors
    /// When a part ended by itself.
    pub async fn until_told(self) -> Result<(), Failure> {
        tokio::select! {
            () = signalled() => {}
            () = self.failed.cancelled() => {}
        }
        let failed = self.failed.is_cancelled();
        self.stop().await;
        if failed { Err(Failure::NotSo("a part of portico ended by itself: see the log".to_owned())) } else { Ok(()) }
    }

    /// Stops taking in, lets running work end, closes what is open.
    pub async fn stop(self) {
        tracing::info!("draining");
        self.cancel.cancel();
        if tokio::time::timeout(self.drain, self.tasks.wait()).await.is_err() {
            tracing::warn!("work was cut off: its leases run out and others take it up");
        }
        for cell in &self.cells {
            cell.vault().close().await;
        }
    }
}

/// Waits for SIGTERM or ctrl-c.
pub(crate) async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
