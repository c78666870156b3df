//! The whole Graph API down, until it is said to be back: by a closed port, a broken connection, silence, or a
//! gateway's error page.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::error::Error;
use crate::simulator::Simulator;

/// How the Graph API is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outage {
    /// Nobody listens: the port is closed, for the pages too. Only [`Simulator::serve`] can; elsewhere as `Breaks`.
    Refuses,
    /// The connection breaks after the request was read.
    Breaks,
    /// No answer, until it is over.
    Hangs,
    /// 502 and a page that is not Meta's.
    Fails,
}

/// Middleware of all routes; pages are spared.
pub(crate) async fn strike(State(simulator): State<Simulator>, request: Request, next: Next) -> Response {
    let outage = *simulator.0.outage.borrow();
    let Some(outage) = outage.filter(|_| simulator.is_graph(request.uri().path())) else {
        return next.run(request).await;
    };
    match outage {
        Outage::Refuses | Outage::Breaks => broken(),
        Outage::Hangs => {
            let mut changes = simulator.0.outage.subscribe();
            tokio::select! {
                () = simulator.0.stop.cancelled() => {}
                _ = changes.wait_for(|now| *now != Some(Outage::Hangs)) => {}
            }
            broken()
        }
        Outage::Fails => (StatusCode::BAD_GATEWAY, "<html>Sorry, something went wrong.</html>").into_response(),
    }
}

/// An answer that promises bytes and breaks the connection instead.
fn broken() -> Response {
    let end = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    let body = Body::from_stream(stream::iter([Err::<Vec<u8>, _>(end)]));
    ([(header::CONTENT_LENGTH, "100")], body).into_response()
}

impl Simulator {
    /// Takes the Graph API down, or up again with `None`.
    pub fn graph_is_down(&self, outage: Option<Outage>) {
        self.0.outage.send_replace(outage);
    }

    /// Serves every route on `listener` until [`Simulator::shutdown`]; [`Outage::Refuses`] closes the port meanwhile.
    ///
    /// # Errors
    /// When the port cannot be listened on again.
    pub async fn serve(&self, mut listener: TcpListener) -> Result<(), Error> {
        let address = listener.local_addr().map_err(Error::Listen)?;
        loop {
            let (mut changes, stop) = (self.0.outage.subscribe(), self.0.stop.clone());
            let closes = async move {
                tokio::select! {
                    () = stop.cancelled() => {}
                    _ = changes.wait_for(|now| *now == Some(Outage::Refuses)) => {}
                }
            };
            axum::serve(listener, self.router()).with_graceful_shutdown(closes).await.map_err(Error::Listen)?;
            let mut changes = self.0.outage.subscribe();
            tokio::select! {
                () = self.0.stop.cancelled() => return Ok(()),
                _ = changes.wait_for(|now| *now != Some(Outage::Refuses)) => {}
            }
            listener = TcpListener::bind(address).await.map_err(Error::Listen)?;
        }
    }
}
