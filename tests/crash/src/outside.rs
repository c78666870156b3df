//! The world outside: one Meta with every country's number and account, and the bank's account inbox, whatever goes on
//! in the countries.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use portico::clock::SystemClock;
use portico_simulator::{Pace, Simulator, SimulatorConfig};
use portico_vocab::WabaId;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::setting::secret;
use crate::site::{GRAPH_PATH, url};
use crate::{Chance, Country, Line};

/// See the module.
pub struct Outside {
    pub simulator: Simulator,
    /// Where media is fetched from, and the far end of every line to Meta and to the inbox.
    pub(crate) address: SocketAddr,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Outside {
    /// # Errors
    /// When the stand-in cannot be made.
    pub async fn of(countries: &[&Country], chance: &Chance) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let config = SimulatorConfig {
            numbers: countries.iter().map(|country| country.number()).collect::<Result<_>>()?,
            app_secret: secret("PORTICO_APP_SECRET")?,
            access_token: secret("PORTICO_ACCESS_TOKEN")?,
            verify_token: None,
            graph_path: GRAPH_PATH.to_owned(),
            // Each account overrides it: one `serve` a country.
            webhook_url: url(address, "/nobody"),
            public_url: url(address, ""),
            webhook_secret: secret("PORTICO_CBS_SECRET")?,
            api_url: url(address, ""),
            api_token: String::new(),
            // Meta never gives up here: what is not taken comes again and again.
            pace: Pace { retry_most: Duration::from_millis(200), give_up: Duration::from_secs(900), ..Pace::instant() },
            data_dir: String::new(),
            notices: Vec::new(),
        };
        let simulator = Simulator::new(config, Arc::new(SystemClock), chance.clone().entropy())?;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let (router, told) = (simulator.router(), stop.clone().cancelled_owned());
        tasks.spawn(async move { axum::serve(listener, router).with_graceful_shutdown(told).await });
        tasks.close();
        Ok(Self { simulator, address, stop, tasks })
    }

    /// From now on the messages of a country's account go to the near end of `front`: Meta's override of an account.
    pub(crate) fn leads(&self, country: &Country, front: &Line) -> Result<()> {
        let to = url(front.address(), "/webhooks/whatsapp");
        let account = WabaId::parse(country.waba_id)?;
        let led = self.simulator.account_stands(&account, |account| account.override_callback_uri = Some(to));
        led.context("no such account")
    }

    /// Ends it. Whoever started processes ends them before.
    pub async fn close(self) {
        self.simulator.shutdown().await;
        self.stop.cancel();
        self.tasks.wait().await;
    }
}
