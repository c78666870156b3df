//! A receiver of traces, as a bank would run one: OTLP over HTTP, every body kept as it came.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Straw;

type Bodies = Arc<Mutex<Vec<Bytes>>>;

/// See the module.
pub struct Traces {
    pub address: SocketAddr,
    bodies: Bodies,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Traces {
    /// # Errors
    /// When there is no free port.
    pub async fn receive() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (address, bodies) = (listener.local_addr()?, Bodies::default());
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let router = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&bodies));
        let told = stop.clone().cancelled_owned();
        tasks.spawn(async move { axum::serve(listener, router).with_graceful_shutdown(told).await });
        tasks.close();
        Ok(Self { address, bodies, stop, tasks })
    }

    /// Everything that came so far.
    #[must_use]
    pub fn straws(&self) -> Vec<Straw> {
        let bodies = self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        bodies.iter().map(|body| Straw { place: "trace".to_owned(), bytes: body.to_vec() }).collect()
    }

    pub async fn close(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

async fn take(State(bodies): State<Bodies>, body: Bytes) {
    bodies.lock().unwrap_or_else(PoisonError::into_inner).push(body);
}
