//! `cargo xtask bench ingest`: figures P1 and P2. wrk posts signed webhooks to the product's router on PostgreSQL and on
//! SQLite, to the same router on a ledger that keeps nothing, and to a handler that makes one INSERT a request.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::rounds::{Contender, median, medians};
use super::yard::Yard;
use crate::figures;
use crate::programs;
use crate::workspace::{Workspace, output};

const SECONDS: u32 = 4;
const CONNECTIONS: [u32; 2] = [64, 256];

/// One server under load, and the latencies that wrk saw.
struct Served<'y> {
    yard: &'y Yard,
    way: &'static str,
    url: String,
    p50: Vec<f64>,
    p99: Vec<f64>,
}

impl<'y> Served<'y> {
    fn new(yard: &'y Yard, way: &'static str, url: String) -> Self {
        Self { yard, way, url, p50: Vec::new(), p99: Vec::new() }
    }

    /// Starts it, lets wrk at it, ends it; requests a second.
    fn turn(&mut self, wrk: &Path, script: &Path, connections: u32) -> Result<f64> {
        let mut server = Server::start(self.yard.load(&["ingest", "--way", self.way, "--url", &self.url]))?;
        let mut wrk = Command::new(wrk);
        wrk.arg("-t1").arg(format!("-c{connections}")).arg(format!("-d{SECONDS}s")).arg("-s").arg(script);
        let said = output(wrk.arg(format!("http://{}", server.address)))?;
        server.end()?;
        let line = said.lines().rfind(|line| line.starts_with('{')).context("wrk said no figures")?;
        let figures: Value = serde_json::from_str(line)?;
        let of = |name: &str| figures[name].as_f64().with_context(|| format!("no {name}: {line}"));
        ensure!(of("errors")? == 0.0, "{} answered otherwise than 200: {said}", self.way);
        self.p50.push(of("p50")? / 1_000.0);
        self.p99.push(of("p99")? / 1_000.0);
        Ok(of("requests")? / (of("micros")? / 1e6))
    }
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(mut command: Command) -> Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut address)?;
        Ok(Self { child, address: address.trim().to_owned() })
    }

    /// It ends with its input.
    fn end(&mut self) -> Result<()> {
        drop(self.child.stdin.take());
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

pub fn run(workspace: &Workspace) -> Result<()> {
    let wrk = programs::wrk()?;
    let yard = Yard::build(workspace)?;
    let script = yard.folder().join("bodies.lua");
    output(yard.load(&["bodies"]).arg(&script))?;
    let mut tables = String::new();
    for connections in CONNECTIONS {
        let mut nothing = Served::new(&yard, "nothing", String::new());
        let mut postgres = Served::new(&yard, "portico", yard.postgres()?);
        let mut tcp = Served::new(&yard, "portico", yard.over_tcp(&yard.postgres()?)?);
        let mut sqlite = Served::new(&yard, "portico", yard.sqlite());
        let mut insert = Served::new(&yard, "insert", yard.postgres()?);
        let mut contenders = [
            Contender::new("no database", || nothing.turn(&wrk, &script, connections)),
            Contender::new("PostgreSQL", || postgres.turn(&wrk, &script, connections)),
            Contender::new("PostgreSQL over TCP", || tcp.turn(&wrk, &script, connections)),
            Contender::new("SQLite", || sqlite.turn(&wrk, &script, connections)),
            Contender::new("one INSERT each, PostgreSQL", || insert.turn(&wrk, &script, connections)),
        ];
        let made = medians(&mut contenders)?;
        let names: Vec<String> = contenders.iter().map(|contender| contender.name.clone()).collect();
        drop(contenders);
        let _ = writeln!(
            tables,
            "\n{connections} connections:\n\n| store | requests a second | of no database | of one INSERT each | p50 ms | p99 \
             ms |\n| --- | --- | --- | --- | --- | --- |"
        );
        let seen = [nothing, postgres, tcp, sqlite, insert];
        for ((name, figure), served) in names.iter().zip(&made).zip(seen) {
            let (bare, plain) = (figure / made[0], figure / made[4]);
            let (p50, p99) = (median(served.p50), median(served.p99));
            let _ = writeln!(tables, "| {name} | {figure:.0} | {bare:.2} | {plain:.1} | {p50:.1} | {p99:.1} |");
        }
    }
    let text = format!(
        "## Webhooks durable before 200 (P1, P2)\n\nBy `cargo xtask bench ingest`: {}. Verified, routed, sealed, committed, \
         then 200; wrk, server and database on the same cores; rounds of {SECONDS} s that alternate, medians.\n{tables}",
        figures::measured_on(workspace)?,
    );
    figures::write_section(workspace, "ingest", &text)
}
