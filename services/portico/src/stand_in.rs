//! `portico stand-in`: WhatsApp played for a configuration of `serve`, before a real number is connected: the Graph API
//! on `whatsapp.graph_url`, signed webhooks to `listen`, a phone and an account inbox in the browser.
//!
//! *Invariant:* it takes the place of a loopback address only, so that it can never be mistaken for Meta.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use portico_keys::{Entropy as _, SystemEntropy};
use portico_simulator::{Number, Pace, Simulator, SimulatorConfig};
use portico_vocab::Clock;

use crate::clock::SystemClock;
use crate::config::{CellConfig, Config, ConfigError};
use crate::failure::Failure;
use crate::serve;

/// What the command line gives.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where it listens, when that is not `graph_url`'s own address.
    pub listen: Option<SocketAddr>,
    /// Where webhooks go, when not to the configuration's `listen`.
    pub webhook: Option<String>,
    /// The longest pause between two tries of a webhook.
    pub retry_at_most: Option<Duration>,
}

/// Runs until a signal.
///
/// # Errors
/// When the configuration does not point to loopback, or the address cannot be listened on.
pub async fn run(config: &Config, options: &Options) -> Result<(), Failure> {
    let graph = GraphAddress::of(config)?;
    let listener = serve::bind("whatsapp.graph_url", options.listen.unwrap_or(graph.address)).await?;
    let place = Place::alone(config, &graph, options);
    let webhook_url = place.webhook_url.clone();
    let simulator = simulator(config, place, Arc::new(SystemClock))?;
    // As an operator is told to: each account's messages go to this country's own address.
    for waba in config.cells.iter().flat_map(|cell| &cell.waba_ids) {
        // An account without a number is not known to the stand-in.
        let _ = simulator.account_stands(waba, |account| account.override_callback_uri = Some(webhook_url.clone()));
    }
    print_table(config, &graph);
    match simulator.subscribe(&config.whatsapp.verify_token.read()?).await {
        Ok(()) => println!("The webhook endpoint passed the handshake."),
        Err(error) => println!("Not yet: {error}. Webhooks wait until it does."),
    }
    let served = tokio::select! {
        served = simulator.serve(listener) => served,
        () = serve::signalled() => Ok(()),
    };
    simulator.shutdown().await;
    served.map_err(|error| Failure::NotSo(error.to_string()))
}

/// Where `whatsapp.graph_url` points: an address of loopback and the path with the version.
#[derive(Debug)]
struct GraphAddress {
    address: SocketAddr,
    path: String,
}

impl GraphAddress {
    fn of(config: &Config) -> Result<Self, ConfigError> {
        let whatsapp = &config.whatsapp;
        let refuse = || {
            ConfigError::key(
                "whatsapp.graph_url",
                "http on a port of loopback, with the version",
                "this would stand in for Meta itself: set whatsapp.graph_url to http://127.0.0.1:PORT/v25.0 and \
                 allow_http = true",
            )
        };
        let rest = whatsapp.graph_url.strip_prefix("http://").filter(|_| whatsapp.allow_http).ok_or_else(refuse)?;
        let (authority, path) = rest.trim_end_matches('/').split_once('/').ok_or_else(refuse)?;
        let address: SocketAddr = authority.replace("localhost:", "127.0.0.1:").parse().map_err(|_| refuse())?;
        if !address.ip().is_loopback() {
            return Err(refuse());
        }
        if !whatsapp.media_hosts.iter().any(|host| host == authority) {
            return Err(ConfigError::key(
                "whatsapp.media_hosts",
                format!("{authority:?} among them: pictures come from the stand-in too"),
                format!("set media_hosts = [{authority:?}]"),
            ));
        }
        Ok(Self { address, path: format!("/{path}") })
    }
}

/// Where a stand-in stands: what `dev` and `stand-in` do not share.
pub(crate) struct Place {
    /// Where it is reached, without a slash at the end.
    pub public_url: String,
    pub graph_path: String,
    pub webhook_url: String,
    /// Base of `/v1`.
    pub api_url: String,
    pub handshakes: bool,
    pub pace: Pace,
    pub data_dir: String,
    pub notices: Vec<String>,
}

impl Place {
    fn alone(config: &Config, graph: &GraphAddress, options: &Options) -> Self {
        let webhook = options.webhook.clone();
        let mut pace = Pace::human();
        pace.retry_most = options.retry_at_most.unwrap_or(pace.retry_most);
        Self {
            public_url: format!("http://{}", graph.address),
            graph_path: graph.path.clone(),
            webhook_url: webhook.unwrap_or_else(|| format!("http://{}/webhooks/whatsapp", reachable(config.listen))),
            api_url: format!("http://{}", reachable(config.listen_private.unwrap_or(config.listen))),
            handshakes: true,
            pace,
            data_dir: String::new(),
            notices: vec!["Stand-in for WhatsApp: nothing here reaches a real phone, and nothing is kept.".to_owned()],
        }
    }
}

/// An address that listens everywhere is reached on loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    if listen.ip().is_unspecified() { SocketAddr::new([127, 0, 0, 1].into(), listen.port()) } else { listen }
}

/// The stand-in of `config`: its numbers, secrets and tokens.
///
/// # Errors
/// When a secret cannot be read.
pub(crate) fn simulator(config: &Config, place: Place, clock: Arc<dyn Clock>) -> Result<Simulator, Failure> {
    let whatsapp = &config.whatsapp;
    let missing = || ConfigError::key("whatsapp.app_secrets", "at least one secret", "give the app's secret");
    let inbox = format!("{}/inbox/hooks", place.public_url);
    let verify_token = if place.handshakes { Some(whatsapp.verify_token.read()?) } else { None };
    let simulator = SimulatorConfig {
        numbers: config.cells.iter().flat_map(numbers).collect(),
        app_secret: whatsapp.app_secrets.first().ok_or_else(missing)?.read()?,
        access_token: whatsapp.access_token.read()?,
        webhook_url: place.webhook_url,
        verify_token,
        graph_path: place.graph_path,
        public_url: place.public_url,
        webhook_secret: inbox_secret(config, &inbox)?,
        api_url: place.api_url,
        api_token: api_token(config)?,
        pace: place.pace,
        data_dir: place.data_dir,
        notices: place.notices,
    };
    let entropy = Arc::new(|out: &mut [u8]| SystemEntropy.fill(out));
    Simulator::new(simulator, clock, entropy).map_err(|error| Failure::NotSo(error.to_string()))
}

/// A cell's numbers, each with the account of the same place in the list, or the last one.
fn numbers(cell: &CellConfig) -> impl Iterator<Item = Number> {
    cell.phone_number_ids.iter().enumerate().filter_map(|(at, id)| {
        Some(Number {
            country: cell.country,
            phone_number_id: id.clone(),
            waba_id: cell.waba_ids.get(at).or(cell.waba_ids.last())?.clone(),
            display_number: display_number(cell.country.as_str()).to_owned(),
            bank_name: cell.bank_name.clone(),
            languages: cell.languages.clone(),
        })
    })
}

/// What stands at the top of the chat: numbers nobody has.
fn display_number(country: &str) -> &'static str {
    match country {
        "IN" => "910000000000",
        "BR" => "550000000000",
        _ => "999000000000",
    }
}

/// The secret of the subscriber that points here; without one a secret nobody knows, so that nothing verifies.
fn inbox_secret(config: &Config, inbox: &str) -> Result<String, ConfigError> {
    let local = inbox.replace("127.0.0.1", "localhost");
    let ours = config.subscribers.iter().find(|subscriber| subscriber.url == inbox || subscriber.url == local);
    let Some(subscriber) = ours else { return Ok(unknown_secret()) };
    for secret in subscriber.secret.iter() {
        let secret = secret.read()?;
        if secret.starts_with("whsec_") {
            return Ok(secret);
        }
    }
    Err(ConfigError::key(
        "subscriber.secret",
        "a whsec_… secret for the account inbox of the stand-in",
        "the inbox verifies HMAC signatures only: give this subscriber a whsec_… secret",
    ))
}

fn unknown_secret() -> String {
    use base64::Engine as _;
    let mut key = [0; 32];
    SystemEntropy.fill(&mut key);
    format!("whsec_{}", base64::engine::general_purpose::STANDARD.encode(key))
}

/// The first API client's token, with which the inbox fetches an applicant; empty when there is none.
fn api_token(config: &Config) -> Result<String, ConfigError> {
    let first = config.api_clients.first().and_then(|client| client.token.iter().next());
    first.map_or(Ok(String::new()), |token| token.read())
}

fn print_table(config: &Config, graph: &GraphAddress) {
    let base = format!("http://{}", graph.address);
    println!("Portico stand-in for WhatsApp\n");
    for cell in &config.cells {
        let numbers: Vec<_> = cell.phone_number_ids.iter().map(|id| id.as_str()).collect();
        println!("  numbers of {}  {}", cell.country, numbers.join(", "));
    }
    println!("  Graph API      {base}{}", graph.path);
    println!("  phone          {base}/phone");
    println!("  account inbox  {base}/inbox · subscriber url {base}/inbox/hooks (allow_private = true)");
    println!("  its state      {base}/stand-in\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = include_str!("../../../docs/examples/portico.br.toml");

    fn address(change: (&str, &str)) -> Result<GraphAddress, ConfigError> {
        assert!(FILE.contains(change.0));
        // Without allow_http the example's own address would be refused first.
        let file = FILE.replace("http://127.0.0.1:8080", "https://kyc.example");
        GraphAddress::of(&Config::parse(&file.replace(change.0, change.1)).unwrap())
    }

    #[test]
    fn it_stands_only_on_loopback_and_says_so() {
        let here = address(("", "")).unwrap();
        assert_eq!((here.address.port(), here.path.as_str()), (8090, "/v25.0"));
        for change in [
            ("http://127.0.0.1:8090/v25.0", "https://graph.facebook.com/v25.0"),
            ("http://127.0.0.1:8090/v25.0", "http://10.0.0.5:8090/v25.0"),
            ("http://127.0.0.1:8090/v25.0", "https://127.0.0.1:8090/v25.0"),
            ("http://127.0.0.1:8090/v25.0", "http://127.0.0.1:8090"),
            ("http://127.0.0.1:8090/v25.0", "http://127.0.0.1/v25.0"),
            ("allow_http   = true", "allow_http   = false"),
        ] {
            let refused = address(change).unwrap_err().to_string();
            assert!(refused.contains("whatsapp.graph_url") && refused.contains("stand in for Meta"), "{refused}");
        }
        let refused = address((r#"media_hosts  = ["127.0.0.1:8090"]"#, "")).unwrap_err().to_string();
        assert!(refused.contains(r#"set media_hosts = ["127.0.0.1:8090"]"#), "{refused}");
    }

    #[test]
    fn each_number_has_an_account() {
        let several = FILE.replace("[\"102290129340409\"]", "[\"1\", \"2\"]");
        let several = several.replace("[\"106540352242933\"]", "[\"11\", \"12\", \"13\"]");
        let config = Config::parse(&several).unwrap();
        let accounts: Vec<_> = numbers(&config.cells[0]).map(|number| number.waba_id.to_string()).collect();
        assert_eq!(accounts, ["1", "2", "2"]);
    }
}
