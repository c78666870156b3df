//! `portico dev`: the whole path on one machine, through the real code: signed webhooks, Graph API, SQL, S3 protocol,
//! queue, Standard Webhooks. Only Meta and the bank are played.

mod config;
mod progress;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use portico_keys::SystemEntropy;
use portico_simulator::{Pace, Simulator};
use portico_vocab::Clock;
use tokio::net::TcpListener;

use crate::assemble::Assembly;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::failure::Failure;
use crate::serve::{self, Listeners, Role, Running};
use crate::stand_in::{self, Place};
use config::Secrets;

/// What the command line gives.
#[derive(Debug, Clone)]
pub struct Options {
    pub data: PathBuf,
    pub listen: SocketAddr,
    pub subscriber: Option<String>,
}

/// How a started `dev` differs in tests.
pub struct Tuning {
    pub pace: Pace,
    pub clock: Arc<dyn Clock>,
    /// Database addresses by country, instead of SQLite in the data folder.
    pub databases: Vec<(String, String)>,
    /// `limits.graph_timeout_ms`, when not the default.
    pub graph_timeout_ms: Option<u64>,
}

impl Default for Tuning {
    fn default() -> Self {
        Self { pace: Pace::human(), clock: Arc::new(SystemClock), databases: Vec::new(), graph_timeout_ms: None }
    }
}

/// A `dev` that runs.
pub struct Dev {
    pub running: Running,
    pub simulator: Simulator,
    pub config: Config,
    pub api_token: String,
    pub webhook_secret: String,
}

/// Runs until ctrl-c.
///
/// # Errors
/// When the address is not loopback or is taken, or the data folder cannot be used.
pub async fn run(options: Options) -> Result<(), Failure> {
    let listener = serve::bind("--listen", options.listen).await?;
    let dev = start(&options, listener, Tuning::default()).await?;
    print_table(&dev, &options);
    let stop = dev.simulator.clone();
    let ended = dev.running.until_told().await;
    stop.shutdown().await;
    ended
}

/// Starts everything; the caller stops it.
///
/// # Errors
/// As [`run`].
pub async fn start(options: &Options, listener: TcpListener, tuning: Tuning) -> Result<Dev, Failure> {
    let address = listener.local_addr().map_err(|error| Failure::Usage(error.to_string()))?;
    if !address.ip().is_loopback() {
        return Err(Failure::Usage(format!(
            "--listen: {address} is not loopback; `portico dev` signs anyone in: use 127.0.0.1, or `portico serve`"
        )));
    }
    let secrets = Secrets::load_or_make(&options.data, &SystemEntropy)?;
    let config = config::write(options, address, &secrets, &tuning)?;
    for cell in &config.cells {
        portico_ledger::migrate(&cell.database()?)
            .await
            .map_err(|error| Failure::NotSo(format!("{}: {error}", options.data.display())))?;
    }
    let assembly = Assembly::of(&config, Arc::clone(&tuning.clock)).await?;
    let place = place(&config, options, address, &tuning);
    let simulator = stand_in::simulator(&config, place, Arc::clone(&tuning.clock))?;
    let simulator = simulator.with_progress(progress::of(assembly.cells.clone()));
    let listeners = Listeners { public: listener, private: None };
    let roles = [Role::Ingress, Role::Worker, Role::Console, Role::Relay];
    let running = serve::start(assembly, &config, &roles, listeners, Some(simulator.router()))?;
    Ok(Dev { running, simulator, config, api_token: secrets.api_token, webhook_secret: secrets.webhook_secret })
}

fn place(config: &Config, options: &Options, address: SocketAddr, tuning: &Tuning) -> Place {
    let base = format!("http://{address}");
    Place {
        graph_path: "/graph/v25.0".to_owned(),
        webhook_url: format!("{base}/webhooks/whatsapp"),
        api_url: base.clone(),
        public_url: base,
        handshakes: false,
        pace: tuning.pace,
        data_dir: options.data.display().to_string(),
        notices: notices(config),
    }
}

/// What this start cannot do, said on the front page.
fn notices(config: &Config) -> Vec<String> {
    let mut notices: Vec<String> = config
        .cells
        .iter()
        .filter(|cell| cell.policy(None).is_ok_and(|policy| policy.profile.asks_for_masking()))
        .map(|cell| {
            format!(
                "The {} profile asks for Aadhaar numbers to be masked before storing. This build cannot mask yet, so \
                 Aadhaar is not offered and portico serve refuses {}.",
                cell.country, cell.country
            )
        })
        .collect();
    notices.push(
        "Nothing is locked against deletion: the embedded S3 cannot. What the law keeps is noted on each case."
            .to_owned(),
    );
    notices.push("Nobody is screened: no sanctions list is loaded, and every case says so.".to_owned());
    notices
}

fn print_table(dev: &Dev, options: &Options) {
    let base = format!("http://{}", dev.running.address);
    println!("Portico dev · data in {}\n", options.data.display());
    println!("  start here     {base}/");
    println!("  phone          {base}/phone");
    println!("  console        {base}/console");
    println!("  account inbox  {base}/inbox");
    println!("  API token      {}", dev.api_token);
    println!("  webhook secret {}", dev.webhook_secret);
    println!("\n  curl -H 'Authorization: Bearer {}' '{base}/v1/cases?country=IN'\n", dev.api_token);
    println!("Ctrl-C stops it. Other commands: --config {}/portico.toml", options.data.display());
}
