//! A network of its own for the processes of one site: a loopback, and nothing that leads away from it.
//!
//! It is a network namespace of Linux without any other interface or route, so that "reaches only its own database, S3
//! and the stand-in" need not be believed of a configuration or a firewall. What may be reached is carried across by this
//! process, which can make sockets on both sides: a socket belongs to the namespace of the thread that made it, whoever
//! uses it later. An address is the same on both sides, so a configuration cannot tell that it stands on an island, and
//! the product's rule that plain HTTP and `listen` stay on loopback holds there as everywhere. Files are not walled off:
//! what is shown is the network.
//!
//! *Invariant:* nothing crosses but to the addresses that [`Island::bridges`] was given. The namespace ends with this
//! process, however that ends: it is held by a `cat` whose input we keep open.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::AsFd as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use tokio::io::{AsyncReadExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::account::holds;

/// Brings the loopback up, says so, and stays until its input ends.
const HOLD: &str = "ip link set lo up && echo && exec cat";
/// On an island everything is near: an address that is there answers at once, and so does one that is not.
const NEAR: Duration = Duration::from_secs(5);
/// `CAP_NET_ADMIN` and `CAP_SYS_ADMIN`: without both nobody makes such a namespace.
const CAPABILITIES: u64 = 1 << 12 | 1 << 21;

/// See the module.
pub struct Island {
    _holder: Child,
    /// The namespace, as other programs name it.
    path: PathBuf,
    shore: Shore,
    tasks: TaskTracker,
    stop: CancellationToken,
    _end: DropGuard,
}

/// Where threads go ashore.
#[derive(Clone)]
struct Shore(Arc<File>);

impl Island {
    /// Whether this machine lets us have islands.
    ///
    /// # Errors
    /// When it does not say.
    pub fn may_rise() -> Result<bool> {
        holds(CAPABILITIES)
    }

    /// # Errors
    /// When a program is missing, or the namespace cannot be made.
    pub async fn rises() -> Result<Self> {
        let mut command = Command::new("unshare");
        command.args(["--net", "--", "/bin/sh", "-c", HOLD]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut holder = command.spawn().context("unshare does not start")?;
        let mut up = [0];
        let said = holder.stdout.as_mut().context("no output")?.read(&mut up).await?;
        ensure!(said == 1, "no network namespace: see the error of unshare or ip above");
        let path = PathBuf::from(format!("/proc/{}/ns/net", holder.id().context("it has ended")?));
        let shore = Shore(Arc::new(File::open(&path)?));
        let stop = CancellationToken::new();
        let end = stop.clone().drop_guard();
        Ok(Self { _holder: holder, path, shore, tasks: TaskTracker::new(), stop, _end: end })
    }

    /// A command of `program` that runs there.
    pub(crate) fn command(&self, program: &OsStr) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--net={}", self.path.display())).arg("--").arg(program);
        command
    }

    /// Whether a process lives there.
    ///
    /// # Errors
    /// When it has ended.
    pub fn holds(&self, process: u32) -> Result<bool> {
        Ok(std::fs::metadata(format!("/proc/{process}/ns/net"))?.ino() == self.shore.0.metadata()?.ino())
    }

    /// From there `address` leads to the same address here.
    ///
    /// # Errors
    /// When it is taken there.
    pub async fn bridges(&self, address: SocketAddr) -> Result<()> {
        let listener = self.shore.does(move || std::net::TcpListener::bind(address)).await?;
        self.carry(tokio_listener(listener)?, move || TcpStream::connect(address));
        Ok(())
    }

    /// An address here that leads to `address` there.
    ///
    /// # Errors
    /// When there is no free port.
    pub async fn lands(&self, address: SocketAddr) -> Result<SocketAddr> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let here = listener.local_addr()?;
        let shore = self.shore.clone();
        self.carry(listener, move || {
            let shore = shore.clone();
            async move {
                let stream = shore.does(move || std::net::TcpStream::connect_timeout(&address, NEAR)).await?;
                stream.set_nonblocking(true)?;
                TcpStream::from_std(stream)
            }
        });
        Ok(here)
    }

    /// Tries to connect from there.
    ///
    /// # Errors
    /// What the attempt came to.
    pub async fn reaches(&self, address: SocketAddr) -> io::Result<()> {
        self.shore.does(move || std::net::TcpStream::connect_timeout(&address, NEAR)).await.map(drop)
    }

    /// Names of the network interfaces there, and its routes and neighbours as the kernel lists them.
    ///
    /// # Errors
    /// When the kernel does not say.
    pub async fn ways(&self) -> Result<(Vec<String>, String)> {
        let read = |name| std::fs::read_to_string(format!("/proc/thread-self/net/{name}"));
        let (interfaces, routes) = self.shore.does(move || Ok((read("dev")?, read("route")?))).await?;
        let named = interfaces.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name.trim().to_owned());
        Ok((named.collect(), routes.lines().skip(1).collect()))
    }

    /// Carries whatever `listener` takes to what `connect` reaches.
    fn carry<F>(&self, listener: TcpListener, connect: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = io::Result<TcpStream>> + Send + 'static,
    {
        let (tasks, stop) = (self.tasks.clone(), self.stop.clone());
        let taking = async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let far = connect();
                tasks.spawn(stop.clone().run_until_cancelled_owned(async move {
                    // Who is not there hangs up.
                    if let Ok(mut far) = far.await {
                        let _ = (near.set_nodelay(true), far.set_nodelay(true));
                        let _ = copy_bidirectional(&mut near, &mut far).await;
                    }
                }));
            }
        };
        self.tasks.spawn(self.stop.clone().run_until_cancelled_owned(taking));
    }
}

impl Shore {
    /// Lets a thread of its own go ashore and do something. It never comes back to other work: it would do that there.
    async fn does<T: Send + 'static>(&self, act: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
        let Self(namespace) = self.clone();
        let (tell, told) = oneshot::channel();
        std::thread::Builder::new().name("ashore".to_owned()).spawn(move || {
            let there = move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network));
            // Nobody waits for it any more once the test is over.
            let _ = tell.send(there.map_err(io::Error::from).and_then(|()| act()));
        })?;
        told.await.map_err(io::Error::other)?
    }
}

fn tokio_listener(listener: std::net::TcpListener) -> io::Result<TcpListener> {
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}
