//! The loopback server of the embedded S3: one supervised task that owns its connections.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::Client;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use portico_keys::Entropy;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::task::{JoinSet, spawn_blocking};
use tokio_util::sync::CancellationToken;

use super::folder::Folder;
use super::guard::Guard;
use crate::VaultError;
use crate::client::{Peer, connect};

/// After a failed accept (no file descriptors left), how long to leave the socket alone.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A running embedded S3. Dropping it ends its tasks; [`Embedded::close`] waits for them too.
pub(crate) struct Embedded {
    address: SocketAddr,
    access_key: String,
    secret_key: String,
    stop: CancellationToken,
    task: Mutex<JoinSet<()>>,
}

impl Embedded {
    /// Locks `folder` and listens on a free loopback port. Credentials are drawn afresh: nobody else shall call.
    pub(crate) async fn start(folder: &Path, bucket: &str, entropy: &dyn Entropy) -> Result<Self, VaultError> {
        let (root, name) = (folder.to_owned(), bucket.to_owned());
        let opened = spawn_blocking(move || Folder::open(&root, &name)).await;
        let folder = Arc::new(opened.map_err(|error| VaultError::Folder(io::Error::other(error)))??);
        let store = FileSystem::new(folder.root()).map_err(|_| {
            VaultError::Folder(io::Error::other("the folder could not be read, or old temporary files not removed"))
        })?;
        let (access_key, secret_key) = (random_word(entropy), random_word(entropy));
        let mut service = S3ServiceBuilder::new(Guard::new(store, folder));
        service.set_auth(SimpleAuth::from_single(access_key.as_str(), secret_key.as_str()));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(VaultError::Listen)?;
        let address = listener.local_addr().map_err(VaultError::Listen)?;
        let stop = CancellationToken::new();
        let mut task = JoinSet::new();
        task.spawn(serve(listener, service.build(), stop.clone()));
        Ok(Self { address, access_key, secret_key, stop, task: Mutex::new(task) })
    }

    /// A client of this server.
    pub(crate) fn client(&self, region: &str) -> Client {
        connect(&Peer {
            url: &format!("http://{}", self.address),
            region,
            access_key: &self.access_key,
            secret_key: &self.secret_key,
            path_style: true,
        })
    }

    #[cfg(test)]
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    #[cfg(test)]
    pub(crate) fn credentials(&self) -> (&str, &str) {
        (&self.access_key, &self.secret_key)
    }

    /// Finishes the requests that are running, ends, and frees the folder.
    pub(crate) async fn close(&self) {
        self.stop.cancel();
        let mut task = self.task.lock().await;
        while task.join_next().await.is_some() {}
    }
}

fn random_word(entropy: &dyn Entropy) -> String {
    let mut random = [0; 16];
    entropy.fill(&mut random);
    format!("{:032x}", u128::from_be_bytes(random))
}

/// Takes connections until `stop`, then waits for those that are open. Each is a task of this one, so that none
/// outlives it and a panic in one ends that one.
async fn serve(listener: TcpListener, service: S3Service, stop: CancellationToken) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve_connection(stream, service.clone(), stop.clone()));
                }
                Err(error) => {
                    tracing::warn!(kind = ?error.kind(), "the embedded store could not take a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(service);
    while connections.join_next().await.is_some() {}
}

async fn serve_connection(stream: TcpStream, service: S3Service, stop: CancellationToken) {
    let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if ended.is_err() {
        tracing::debug!("a connection to the embedded store ended early");
    }
}
