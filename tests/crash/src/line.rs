//! A line that can be cut: TCP between Portico and whoever it talks to.
//!
//! Each peer of a [`Site`](crate::Site) is reached through one, so that an outage is an outage of the network and nobody
//! in it plays along. *Invariant:* the address stays the same for the line's whole life, down or up.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const BACKLOG: u32 = 1_024;
const CHUNK_BYTES: usize = 64 * 1_024;

/// How things go on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    Fair,
    /// New connections are refused, those that were open are reset.
    Down,
    /// Connections are taken and stay open, and nothing comes through.
    Hung,
}

#[derive(Debug, Clone, Copy)]
struct Order {
    weather: Weather,
    /// Nobody lives at the other end before the first [`Line::lead_to`].
    to: Option<SocketAddr>,
}

/// One line. Dropping it cuts it for good.
pub struct Line {
    address: SocketAddr,
    order: watch::Sender<Order>,
    stop: CancellationToken,
    /// Bound and never listening: it keeps the port ours while the line is down.
    _seat: TcpSocket,
}

impl Line {
    /// A line from a fresh port of loopback to `to`.
    ///
    /// # Errors
    /// When there is no free port.
    pub fn lay(to: Option<SocketAddr>) -> Result<Self> {
        let seat = socket(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let address = seat.local_addr()?;
        let (order, orders) = watch::channel(Order { weather: Weather::Fair, to });
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        // The first listener is made here, so that whoever has the line can call at once.
        let listener = socket(address)?.listen(BACKLOG)?;
        tasks.spawn(stop.clone().run_until_cancelled_owned(keep(
            address,
            listener,
            orders,
            tasks.clone(),
            stop.clone(),
        )));
        Ok(Self { address, order, stop, _seat: seat })
    }

    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// New connections lead there from now on.
    pub fn lead_to(&self, to: SocketAddr) {
        self.order.send_modify(|order| order.to = Some(to));
    }

    pub fn set(&self, weather: Weather) {
        self.order.send_modify(|order| order.weather = weather);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A socket on `address` that shares it with the others of this line.
fn socket(address: SocketAddr) -> Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Listens while the line is not down. A port that nobody listens on refuses by itself.
async fn keep(
    address: SocketAddr,
    first: TcpListener,
    mut orders: watch::Receiver<Order>,
    tasks: TaskTracker,
    stop: CancellationToken,
) {
    let mut listener = Some(first);
    loop {
        let down = orders.borrow_and_update().weather == Weather::Down;
        listener = match listener {
            _ if down => None,
            None => socket(address).ok().and_then(|socket| socket.listen(BACKLOG).ok()),
            open => open,
        };
        let Some(open) = &listener else {
            if orders.changed().await.is_err() {
                return;
            }
            continue;
        };
        tokio::select! {
            changed = orders.changed() => if changed.is_err() { return },
            accepted = open.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                tasks.spawn(stop.clone().run_until_cancelled_owned(carry(stream, orders.clone())));
            }
        }
    }
}

/// Carries one connection until either side ends it or the line goes down, which both sides feel as a reset.
async fn carry(mut near: TcpStream, mut orders: watch::Receiver<Order>) {
    let Ok(order) = orders.wait_for(|order| order.weather != Weather::Hung).await.map(|order| *order) else { return };
    let Some(to) = order.to.filter(|_| order.weather == Weather::Fair) else { return };
    let Ok(mut far) = TcpStream::connect(to).await else { return };
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let cut = {
        let ((near_in, near_out), (far_in, far_out)) = (near.split(), far.split());
        let (there, back) = (pump(near_in, far_out, orders.clone()), pump(far_in, near_out, orders.clone()));
        tokio::select! {
            ((), ()) = async { tokio::join!(there, back) } => false,
            _ = orders.wait_for(|order| order.weather == Weather::Down) => true,
        }
    };
    if cut {
        // What was on its way is lost, as on a real line.
        let _ = (near.set_zero_linger(), far.set_zero_linger());
    }
}

/// One direction. While the line hangs nothing is read, so nothing comes through.
async fn pump(mut from: ReadHalf<'_>, mut into: WriteHalf<'_>, mut orders: watch::Receiver<Order>) {
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        if orders.wait_for(|order| order.weather == Weather::Fair).await.is_err() {
            return;
        }
        tokio::select! {
            read = from.read(&mut chunk) => match read {
                Ok(0) | Err(_) => break,
                Ok(count) => if into.write_all(&chunk[..count]).await.is_err() { break },
            },
            _ = orders.changed() => {}
        }
    }
    // The other direction may go on: an end of file travels by itself.
    let _ = into.shutdown().await;
}
