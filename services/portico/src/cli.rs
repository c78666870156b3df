//! The command line, as contract.md section 1 lists it.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};
use portico_vocab::CountryCode;

use crate::check::Answer;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::failure::Failure;
use crate::serve::Role;
use crate::{check, dev, doctor, logs, serve, stand_in};

/// KYC onboarding in WhatsApp, one cell a country.
#[derive(Debug, Parser)]
#[command(name = "portico", version, about, max_term_width = 100)]
pub struct Cli {
    /// Log filter, such as `info` or `portico_workers=debug`; also PORTICO_LOG.
    #[arg(long, global = true)]
    pub log: Option<String>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Everything in one process with embedded parts, for trying out: phone, console and account inbox in the browser.
    Dev {
        /// Where the data lie.
        #[arg(long, default_value = ".portico")]
        data: PathBuf,
        /// Loopback only.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// Another account system to send events to, signed with the printed secret.
        #[arg(long)]
        subscriber: Option<String>,
    },
    /// Production: the roles given, by default all.
    Serve {
        #[arg(long)]
        config: PathBuf,
        /// `ingress`, `worker`, `console`, `relay`; several by comma.
        #[arg(long, value_delimiter = ',')]
        role: Vec<Role>,
    },
    /// Proves the configuration against the world: one line a check, with the mend. Changes nothing.
    Doctor {
        #[arg(long)]
        config: PathBuf,
    },
    /// Plays WhatsApp for a configuration, to try `serve` before a real number is connected.
    StandIn {
        /// As `serve` reads it; its graph_url must be on loopback.
        #[arg(long)]
        config: PathBuf,
        /// Where it listens, when something passes graph_url's port on to it.
        #[arg(long)]
        listen: Option<SocketAddr>,
        /// Where webhooks are posted, instead of to the configuration's `listen`.
        #[arg(long)]
        webhook: Option<String>,
        /// The longest pause between two tries of a webhook, in seconds; Meta's grow to an hour.
        #[arg(long, default_value_t = 3600)]
        retry_at_most_s: u64,
    },
    /// Applies migrations to every cell's database.
    Migrate {
        #[arg(long)]
        config: PathBuf,
    },
    /// Refolds every case from its entries and re-checks chains and objects; reads only.
    Fsck {
        #[arg(long)]
        config: PathBuf,
        /// Only this country's cell.
        #[arg(long)]
        cell: Option<CountryCode>,
    },
    /// Work that gave up.
    Parked {
        #[arg(long, global = true, default_value = ".portico/portico.toml")]
        config: PathBuf,
        #[command(subcommand)]
        action: Parked,
    },
    /// The configuration's JSON Schema.
    Config {
        #[command(subcommand)]
        action: ConfigAction,
    },
    /// OpenAPI 3.1 of `/v1`.
    Openapi,
}

#[derive(Debug, Subcommand)]
pub enum Parked {
    /// Jobs, deliveries and sends that were given up, oldest first.
    List,
    /// Takes one up again; a parked send is never sent again.
    Retry {
        /// As `parked list` names it.
        id: String,
    },
    /// Gives one up for good: an inbox row loses its body, a delivery is skipped, a send leaves the list.
    Discard {
        /// As `parked list` names it.
        id: String,
        /// Who decides it; kept in the chain of operations.
        #[arg(long)]
        by: String,
        /// Why; kept beside it. Nothing personal.
        #[arg(long)]
        why: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum ConfigAction {
    /// Prints the JSON Schema of the configuration file.
    Schema,
}

/// Runs one command.
///
/// # Errors
/// See [`Failure`].
pub async fn run(cli: Cli) -> Result<(), Failure> {
    let log = cli.log.as_deref();
    if !matches!(cli.command, Command::Serve { .. }) {
        logs::init(log, None)?;
    }
    match cli.command {
        Command::Dev { data, listen, subscriber } => dev::run(dev::Options { data, listen, subscriber }).await,
        Command::Serve { config, role } => {
            let config = Config::load(&config)?;
            config.check_for_serve()?;
            let (traces, sender) = serve::traces(&config)?.unzip();
            logs::init(log, traces.as_ref())?;
            serve::run(&config, &role, sender).await
        }
        Command::Doctor { config } => doctor::run(&Config::load(&config)?, &SystemClock).await,
        Command::StandIn { config, listen, webhook, retry_at_most_s } => {
            let retry_at_most = Some(Duration::from_secs(retry_at_most_s));
            stand_in::run(&Config::load(&config)?, &stand_in::Options { listen, webhook, retry_at_most }).await
        }
        Command::Migrate { config } => check::migrate(&Config::load(&config)?).await,
        Command::Fsck { config, cell } => check::fsck(&Config::load(&config)?, cell).await,
        Command::Parked { config, action } => {
            let config = Config::load(&config)?;
            match action {
                Parked::List => check::parked_list(&config).await,
                Parked::Retry { id } => check::parked_answer(&config, &SystemClock, &id, &Answer::Retry).await,
                Parked::Discard { id, by, why } => {
                    check::parked_answer(&config, &SystemClock, &id, &Answer::Discard { by, why }).await
                }
            }
        }
        Command::Config { action: ConfigAction::Schema } => print(&crate::config::schema()),
        Command::Openapi => print(&format!("{:#}", portico_console::v1::openapi())),
    }
}

/// Prints a document. A reader that has seen enough (`| head`) is no failure.
fn print(text: &str) -> Result<(), Failure> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::NotSo(error.to_string())),
        _ => Ok(()),
    }
}
