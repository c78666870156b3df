//! The tree, run the way an engine would run the image: its own root, read-only, one account, no rights, no shell.
//!
//! Bubblewrap makes the same namespaces as a container engine and needs no service, no images and no root account.
//! Portico is process 1 in there, as in a container, so signals and orphans are its own affair. *Invariant:* what is
//! reported was read from the kernel while the program ran.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::tree::Tree;
use crate::ports::free_ports;
use crate::workspace::output;

/// Where the image keeps data.
const DATA: &str = "/var/lib/portico";

/// What was seen of the running program.
pub struct Seen {
    /// Its user and group.
    pub account: String,
    /// The mounts it can write to, but for the kernel's own.
    pub writable: String,
}

/// Runs it once: migrate, serve, ask, look, stop.
pub fn run(tree: &Tree, bubblewrap: &Path) -> Result<Seen> {
    let (outside, data) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let [port] = free_ports()?;
    fs::write(outside.path().join("portico.toml"), configuration(port))?;
    for name in ["app_secret", "verify_token", "access_token"] {
        fs::write(outside.path().join(name), format!("{name}-of-a-trial"))?;
    }
    fs::write(outside.path().join("master_key"), "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")?;
    let sandbox = |arguments: &[&str]| sandbox(bubblewrap, tree, outside.path(), data.path(), arguments);

    ensure!(output(sandbox(&["/bin/sh", "-c", "true"]).stdin(Stdio::null())).is_err(), "a shell runs in the image");
    output(&mut sandbox(&["/usr/bin/portico", "migrate", "--config", "/etc/portico/portico.toml"]))
        .context("`portico migrate` failed in the image")?;
    let mut serve = sandbox(&["/usr/bin/portico", "serve", "--config", "/etc/portico/portico.toml"]);
    let mut serving = Serving::start(&mut serve)?;
    let pid = serving.ready()?;
    let answer = get(SocketAddr::from((Ipv4Addr::LOCALHOST, port)), "/healthz")?;
    ensure!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok\n"), "/healthz answered {answer:?}");
    let seen = Seen { account: account(pid)?, writable: writable(pid)? };
    serving.stop(pid)?;
    Ok(seen)
}

/// A command in the tree. The binary is process 1, and standard output tells its number outside.
fn sandbox(bubblewrap: &Path, tree: &Tree, outside: &Path, data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(bubblewrap);
    command.args(["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--as-pid-1"]);
    command.args(["--uid", "65532", "--gid", "65532", "--cap-drop", "ALL", "--clearenv", "--die-with-parent"]);
    command.arg("--ro-bind").arg(tree.root()).arg("/").args(["--tmpfs", "/var/lib"]);
    command.arg("--bind").arg(data).arg(DATA).args(["--remount-ro", "/var/lib"]);
    command.arg("--ro-bind").arg(outside).arg("/etc/portico").args(["--proc", "/proc", "--dev", "/dev"]);
    command.args(["--remount-ro", "/dev", "--json-status-fd", "1", "--"]).args(arguments);
    command
}

/// A started `serve`, killed when it is no longer looked at. Its pipes stay open: who writes to a closed one dies of it.
struct Serving {
    process: Child,
    status: BufReader<ChildStdout>,
    log: BufReader<ChildStderr>,
}

impl Serving {
    fn start(serve: &mut Command) -> Result<Self> {
        let mut process = serve.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().context("cannot start bwrap")?;
        let status = BufReader::new(process.stdout.take().context("no status")?);
        let log = BufReader::new(process.stderr.take().context("no log")?);
        Ok(Self { process, status, log })
    }

    /// Waits until it says that it serves; its number as this machine counts.
    fn ready(&mut self) -> Result<u32> {
        let mut line = String::new();
        self.status.read_line(&mut line)?;
        let status: Value = serde_json::from_str(&line).context("bubblewrap started nothing")?;
        let pid = status["child-pid"].as_u64().context("bubblewrap names no child")?;
        let mut log = String::new();
        while !log.contains("portico serves") {
            ensure!(self.log.read_line(&mut log)? > 0, "`portico serve` ended in the image:\n{log}");
        }
        Ok(u32::try_from(pid)?)
    }

    /// Asks it to drain, and sees that it did.
    fn stop(mut self, pid: u32) -> Result<()> {
        output(Command::new("kill").arg("-TERM").arg(pid.to_string()))?;
        let ended = self.process.wait()?;
        ensure!(ended.success(), "after SIGTERM `portico serve` ended with {ended}");
        Ok(())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Err(error) = self.process.kill().and_then(|()| self.process.wait()) {
            eprintln!("warning: the trial may still run: {error}");
        }
    }
}

/// Asks the path and returns the whole answer.
fn get(address: SocketAddr, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address).context("it does not listen")?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Which account the process has inside, and that it has no rights beside.
fn account(pid: u32) -> Result<String> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.map(str::trim).with_context(|| format!("the kernel tells no {name}"))
    };
    for rights in ["CapEff", "CapPrm", "CapBnd", "CapAmb"] {
        ensure!(field(rights)?.bytes().all(|digit| digit == b'0'), "it has rights: {rights} {}", field(rights)?);
    }
    ensure!(field("NoNewPrivs")? == "1", "it could gain rights");
    let inside = |map: &str| -> Result<String> {
        let map = fs::read_to_string(format!("/proc/{pid}/{map}"))?;
        Ok(map.split_whitespace().next().context("an empty map")?.to_owned())
    };
    Ok(format!("{}:{}", inside("uid_map")?, inside("gid_map")?))
}

/// The mounts that can be written to. `/proc` and `/dev/…` are the kernel's, and every engine makes them.
fn writable(pid: u32) -> Result<String> {
    let mounts = fs::read_to_string(format!("/proc/{pid}/mountinfo"))?;
    let mut writable = Vec::new();
    for line in mounts.lines() {
        let mut fields = line.split(' ').skip(4);
        let (place, options) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        let kernels = place == "/proc" || place.starts_with("/dev/");
        if !kernels && options.split(',').any(|option| option == "rw") {
            writable.push(place.to_owned());
        }
    }
    Ok(writable.join(" "))
}

/// The smallest cell: embedded engines in the data folder, no number that rings.
fn configuration(port: u16) -> String {
    format!(
        r#"listen = "127.0.0.1:{port}"
[whatsapp]
graph_url    = "https://graph.facebook.com/v25.0"
media_hosts  = ["lookaside.fbsbx.com"]
app_secrets  = [{{ file = "/etc/portico/app_secret" }}]
verify_token = {{ file = "/etc/portico/verify_token" }}
access_token = {{ file = "/etc/portico/access_token" }}
[[cell]]
country = "BR"
bank_name = "Banco Exemplo"
privacy_url = "https://bank.example/kyc"
contact = "privacy@bank.example"
handoff_url = "https://bank.example/branch"
timezone = "America/Sao_Paulo"
duty_hours = "Mon-Fri 09:00-18:00"
waba_ids = ["102290129340398"]
phone_number_ids = ["106540352242922"]
database = "sqlite://{DATA}/br.db"
master_key = {{ file = "/etc/portico/master_key" }}
languages = ["pt_BR"]
[cell.bucket]
name = "kyc-br"
region = "sa-east-1"
endpoint = "embedded:{DATA}/objects"
"#
    )
}

#[cfg(test)]
mod tests {
    use super::super::tree::BINARY;
    use super::*;

    /// The binary that `cargo xtask test` built runs in the image's files and needs nothing else.
    #[test]
    fn the_image_runs_read_only_without_rights_and_drains() {
        let binary = std::env::var_os("PORTICO_TEST_BIN").expect("run `cargo xtask test`");
        let bubblewrap = crate::programs::bubblewrap().unwrap();
        let context = tempfile::tempdir().unwrap();
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let tree = Tree::assemble(workspace, Path::new(&binary), context.path()).unwrap();
        tree.look().unwrap();
        let executable: Vec<_> = tree.files().unwrap().into_iter().filter(|(_, mode)| mode & 0o111 != 0).collect();
        assert!(
            executable.iter().any(|(path, _)| path == Path::new(BINARY)) && executable.len() == 2,
            "and the loader"
        );
        let seen = run(&tree, &bubblewrap).unwrap();
        assert_eq!((seen.account.as_str(), seen.writable.as_str()), ("65532:65532", DATA));
    }
}
