//! S3 servers for the tests: two SeaweedFS, which lock as Amazon does, as two regions, and a moto, which says where a
//! bucket lies as Amazon does. None does both; docs of the vault say what each is asked.
//!
//! They take seconds to come up, so starting and waiting are two steps with the build between them. *Invariant:* they
//! end when we end, however we end: see [`Reaper`].

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;
use tempfile::TempDir;

use crate::ports::{PORT_TRIES_MAX, free_ports, password};
use crate::reaper::Reaper;

/// A machine that builds on all its cores lets them wait.
const START_MAX: Duration = Duration::from_secs(180);
const LOOK_AGAIN: Duration = Duration::from_millis(50);
const ANSWER_MAX: Duration = Duration::from_secs(2);

/// Each line of the input is a process and the ports of its sockets, which SeaweedFS puts into /tmp whatever it is told.
///
/// They are killed, not asked: nothing they keep outlives them, and SeaweedFS takes fifteen seconds to say goodbye.
const REAPER: &str = r#"
while read -r process ports; do
    processes="$processes $process"
    for port in $ports; do sockets="$sockets /tmp/seaweedfs-*-grpc-$port.sock"; done
done
kill -KILL $processes
rm -f $sockets
rm -rf "$1" || { sleep 1; rm -rf "$1"; }
"#;

/// Running servers. Dropping them stops them and removes every trace of them.
pub struct Servers {
    // Dropped first: it kills what the servers' own drop takes note of.
    reaper: Reaper,
    servers: Vec<Server>,
    // The reaper removes it; this is the net under it, and dropped last.
    _folder: TempDir,
}

#[derive(Clone, Copy)]
enum Program {
    SeaweedFs,
    Moto,
}

/// Program, the environment variable that tells tests of it, the region it plays.
const SERVERS: [(Program, &str, &str); 3] = [
    (Program::SeaweedFs, "PORTICO_TEST_S3_1", "eu-central-1"),
    (Program::SeaweedFs, "PORTICO_TEST_S3_2", "sa-east-1"),
    (Program::Moto, "PORTICO_TEST_S3_MOTO", "us-east-1"),
];

impl Servers {
    /// Starts the servers and does not wait for them. `programs` is the folder of `weed` and `moto_server`.
    pub fn start(programs: &Path) -> Result<Self> {
        let private = fs::Permissions::from_mode(0o700);
        let folder = tempfile::Builder::new().prefix("portico-s3-").permissions(private).tempdir()?;
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", REAPER, "reaper"]).arg(folder.path());
        let reaper = Reaper::start("the S3 servers", shell)?;
        // From here on every way out, an error too, leads through the drop of this value.
        let mut all = Self { reaper, servers: Vec::new(), _folder: folder };
        for (program, variable, region) in SERVERS {
            let home = all._folder.path().join(variable);
            let (access_key, secret_key) = (password()?, password()?);
            let recipe =
                Recipe { program, variable, region, programs: programs.to_path_buf(), home, access_key, secret_key };
            all.servers.push(recipe.start(&mut all.reaper)?);
        }
        Ok(all)
    }

    /// Waits until every server answers.
    pub fn wait(&mut self) -> Result<()> {
        let until = Instant::now() + START_MAX;
        for server in &mut self.servers {
            server.wait(until, &mut self.reaper)?;
        }
        Ok(())
    }

    /// What tests find in their environment: for each server its address, the region it plays, and its keys.
    pub fn variables(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.servers.iter().map(|Server { recipe, port, .. }| {
            let value = json!({
                "endpoint": format!("http://127.0.0.1:{port}"),
                "region": recipe.region,
                "access_key": recipe.access_key,
                "secret_key": recipe.secret_key,
            });
            (recipe.variable, value.to_string())
        })
    }
}

struct Server {
    recipe: Recipe,
    process: Child,
    port: u16,
}

impl Server {
    fn wait(&mut self, until: Instant, reaper: &mut Reaper) -> Result<()> {
        let mut tries = 1;
        while !answers(self.port, self.recipe.page()) {
            if let Some(status) = self.process.try_wait()? {
                if tries == PORT_TRIES_MAX || !self.recipe.log().to_lowercase().contains("address already in use") {
                    bail!("the server of {} ended: {status}; its log:\n{}", self.recipe.variable, self.recipe.log());
                }
                tries += 1;
                let recipe = self.recipe.clone();
                *self = recipe.start(reaper)?;
            }
            if Instant::now() > until {
                bail!("the server of {} did not answer in time; its log:\n{}", self.recipe.variable, self.recipe.log());
            }
            pause();
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The reaper has killed it; this takes note.
        let _ = self.process.wait();
    }
}

/// How a server is started.
#[derive(Clone)]
struct Recipe {
    program: Program,
    variable: &'static str,
    region: &'static str,
    programs: PathBuf,
    /// Its own folder, for data and log.
    home: PathBuf,
    access_key: String,
    secret_key: String,
}

impl Recipe {
    fn start(self, reaper: &mut Reaper) -> Result<Server> {
        fs::create_dir_all(&self.home)?;
        let (mut command, port, sockets) = match self.program {
            Program::SeaweedFs => self.seaweedfs()?,
            Program::Moto => {
                let [port] = free_ports()?;
                let mut command = Command::new(self.programs.join("moto_server"));
                command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
                (command, port, String::new())
            }
        };
        let log = File::create(self.home.join("log"))?;
        command.current_dir(&self.home).env("HOME", &self.home).env("TMPDIR", &self.home);
        // In a group of its own, so that Ctrl-C in the terminal leaves it to the reaper.
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0);
        let process = command.spawn().with_context(|| format!("cannot start the server of {}", self.variable))?;
        reaper.tell(&format!("{} {sockets}", process.id()))?;
        Ok(Server { recipe: self, process, port })
    }

    /// The command of a whole SeaweedFS in one process, its S3 port, and the ports that its sockets are named by.
    fn seaweedfs(&self) -> Result<(Command, u16, String)> {
        let identity = json!({"identities": [{
            "name": "portico",
            "credentials": [{"accessKey": self.access_key, "secretKey": self.secret_key}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }]});
        fs::write(self.home.join("identities.json"), identity.to_string())?;
        let ports: [u16; 8] = free_ports()?;
        let [master, volume, filer, s3, rpc @ ..] = ports;
        let mut command = Command::new(self.programs.join("weed"));
        command.arg("-logdir=.").args(["server", "-dir=.", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3"]);
        for (name, port) in [("master", master), ("volume", volume), ("filer", filer), ("s3", s3)].iter().zip(rpc) {
            let ((part, own), rpc) = (name, port);
            command.arg(format!("-{part}.port={own}")).arg(format!("-{part}.port.grpc={rpc}"));
        }
        // Two more doors that nobody asked for, on fixed ports; and it would tell its makers about the cluster.
        command.args(["-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"]);
        command.args(["-filer.localSocket=filer.sock", "-s3.localSocket=s3.sock"]);
        // A bucket that is not there must not appear because somebody wrote to it.
        command.args(["-s3.config=identities.json", "-s3.autoCreateBucket=false"]);
        // Each bucket takes a few volumes, and each test a bucket.
        command.args(["-master.volumeSizeLimitMB=64", "-volume.max=500"]);
        let sockets = rpc.map(|port| port.to_string()).join(" ");
        Ok((command, s3, sockets))
    }

    /// What it answers with 200 once it works.
    fn page(&self) -> &'static str {
        match self.program {
            Program::SeaweedFs => "/healthz",
            Program::Moto => "/moto-api/",
        }
    }

    fn log(&self) -> String {
        fs::read(self.home.join("log")).map(|log| String::from_utf8_lossy(&log).into_owned()).unwrap_or_default()
    }
}

#[expect(clippy::disallowed_methods, reason = "no runtime is held up, and a server of another maker gives no sign")]
fn pause() {
    std::thread::sleep(LOOK_AGAIN);
}

/// Whether a page of a server on loopback is answered with 200.
fn answers(port: u16, page: &str) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(ANSWER_MAX))?;
        write!(stream, "GET {page} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
        let mut head = [0; 12];
        stream.read_exact(&mut head)?;
        Ok(&head[8..] == b" 200")
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::Programs;
    use crate::venv;
    use crate::workspace::Workspace;

    #[test]
    fn the_servers_answer_and_leave_nothing_behind() {
        let python = Programs::ensure(false).unwrap().python;
        let workspace = Workspace::locate().unwrap();
        let programs = venv::S3.ensure(&python, workspace.root(), &workspace.target_folder().unwrap()).unwrap();
        let mut servers = Servers::start(&programs).unwrap();
        let folder = servers._folder.path().to_path_buf();
        servers.wait().unwrap();
        let ports: Vec<u16> = servers.servers.iter().map(|server| server.port).collect();
        let variables: Vec<_> = servers.variables().collect();
        assert_eq!(variables.len(), SERVERS.len());
        assert!(variables.iter().zip(&ports).all(|((_, value), port)| value.contains(&format!(":{port}\""))));
        drop(servers);
        assert!(!folder.exists(), "the folder of the servers is gone");
        assert!(ports.iter().all(|port| TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).is_err()), "nobody listens");
    }
}
