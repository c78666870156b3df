//! The handle that tests and `dev` hold: what it is made from, how it starts and ends, and the plumbing its parts
//! share. What can be done with it from outside is in `control`.
//!
//! *Invariant:* time and chance come in through [`Simulator::new`] alone, and no task outlives
//! [`Simulator::shutdown`].

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use portico_vocab::{Clock, CountryCode, MediaId, PhoneNumberId, Timestamp};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::applicant::{self, ApplicantId};
use crate::config::{Number, SimulatorConfig};
use crate::dev::Progress;
use crate::error::Error;
use crate::inbox::AccountInbox;
use crate::media::UrlKey;
use crate::outage::Outage;
use crate::routes::MEDIA;
use crate::world::World;

/// Fills a buffer with random bytes; injected, so that tests repeat.
pub type Entropy = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// The outside world. Cheap to clone; all clones are the same one.
#[derive(Clone)]
pub struct Simulator(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub config: SimulatorConfig,
    pub clock: Arc<dyn Clock>,
    entropy: Entropy,
    pub client: reqwest::Client,
    world: Mutex<World>,
    pub outage: watch::Sender<Option<Outage>>,
    /// Whether the endpoint has passed the handshake.
    verified: AtomicBool,
    pub urls: UrlKey,
    pub inbox: AccountInbox,
    pub progress: OnceLock<Progress>,
    tasks: TaskTracker,
    pub stop: CancellationToken,
    busy: watch::Sender<usize>,
}

/// Longer than any webhook or `/v1` call should take; Meta's own limit is not documented.
const PATIENCE: Duration = Duration::from_secs(15);

impl Simulator {
    /// # Errors
    /// When the inbox's secret has no `whsec_` form or the HTTP client cannot be built.
    pub fn new(config: SimulatorConfig, clock: Arc<dyn Clock>, entropy: Entropy) -> Result<Self, Error> {
        // Everything is on this machine: a proxy from the environment would only lose it. Meta follows no redirect.
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("portico-simulator")
            .build()
            .map_err(Error::Client)?;
        let mut key = [0; 32];
        entropy(&mut key);
        let simulator = Self(Arc::new(Inner {
            inbox: AccountInbox::new(&config.webhook_secret)?,
            clock,
            entropy,
            client,
            world: Mutex::new(World::of(&config.numbers)),
            outage: watch::Sender::new(None),
            verified: AtomicBool::new(false),
            urls: UrlKey::new(key),
            progress: OnceLock::new(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            busy: watch::Sender::new(0),
            config,
        }));
        for country in simulator.0.config.numbers.iter().map(|number| number.country).collect::<Vec<_>>() {
            for (name, shown) in applicant::first_names(country) {
                simulator.admit(country, Some(name), shown)?;
            }
        }
        Ok(simulator)
    }

    /// Gives the front page its counts.
    #[must_use]
    pub fn with_progress(self, progress: Progress) -> Self {
        // A second source is ignored: the first one given stays.
        let _ = self.0.progress.set(progress);
        self
    }

    /// Base of the Graph API, for `whatsapp.graph_url`.
    #[must_use]
    pub fn graph_url(&self) -> String {
        format!("{}{}", self.0.config.public_url, self.0.config.graph_path)
    }

    /// The Graph API's path without its version: `/graph`, or nothing.
    pub(crate) fn graph_prefix(&self) -> &str {
        self.0.config.graph_path.rsplit_once('/').map_or("", |(prefix, _)| prefix)
    }

    /// Whether a path is the Graph API's or its media's.
    pub(crate) fn is_graph(&self, path: &str) -> bool {
        path.starts_with(MEDIA) || path.starts_with(&self.0.config.graph_path)
    }

    /// The only host media comes from, for `whatsapp.media_hosts`: host and port.
    #[must_use]
    pub fn media_host(&self) -> String {
        let url = &self.0.config.public_url;
        url.split_once("://").map_or(url.as_str(), |(_, host)| host).trim_end_matches('/').to_owned()
    }

    /// The verification handshake, as Meta does it when the app's callback URL is saved.
    ///
    /// # Errors
    /// When the endpoint cannot be reached, refuses the token, or answers anything but the bare challenge.
    pub async fn subscribe(&self, verify_token: &str) -> Result<(), Error> {
        self.handshake(&self.0.config.webhook_url, verify_token).await?;
        self.0.verified.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Whether webhooks may be posted; makes the handshake that is still missing.
    pub(crate) async fn is_verified(&self) -> bool {
        let Some(token) = &self.0.config.verify_token else { return true };
        self.0.verified.load(Ordering::Relaxed) || self.subscribe(token).await.is_ok()
    }

    pub(crate) async fn handshake(&self, endpoint: &str, verify_token: &str) -> Result<(), Error> {
        let challenge = self.random_digits(10);
        let query = [("hub.mode", "subscribe"), ("hub.challenge", &challenge), ("hub.verify_token", verify_token)];
        let url = reqwest::Url::parse_with_params(endpoint, query).map_err(|_| Error::Handshake)?;
        let answer = self.0.client.get(url).send().await.map_err(Error::Unreachable)?;
        let ok = answer.status() == reqwest::StatusCode::OK;
        let body = answer.text().await.map_err(Error::Unreachable)?;
        if ok && body == challenge { Ok(()) } else { Err(Error::Handshake) }
    }

    /// Ends retries, delays and hanging answers, and waits for what runs.
    pub async fn shutdown(&self) {
        self.0.stop.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    /// Waits until no webhook, retry or receipt is on its way. Held-back webhooks do not count.
    pub async fn settle(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.0.busy.subscribe().wait_for(|busy| *busy == 0).await;
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        // A panic elsewhere leaves the memory readable: each change is one assignment or push.
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.0.entropy)(&mut bytes);
        bytes
    }

    /// As many decimal digits, the first not zero: Meta's ids look like this.
    pub(crate) fn random_digits(&self, count: usize) -> String {
        let mut bytes = vec![0; count];
        (self.0.entropy)(&mut bytes);
        bytes
            .iter()
            .enumerate()
            .map(|(at, byte)| char::from(if at == 0 { b'1' + byte % 9 } else { b'0' + byte % 10 }))
            .collect()
    }

    pub(crate) fn new_media_id(&self) -> Result<MediaId, Error> {
        Ok(MediaId::parse(&self.random_digits(16))?)
    }

    pub(crate) fn number_of(&self, country: CountryCode) -> Result<&Number, Error> {
        self.0.config.numbers.iter().find(|number| number.country == country).ok_or(Error::NoNumber(country))
    }

    pub(crate) fn number_by_id(&self, id: &str) -> Option<&Number> {
        self.0.config.numbers.iter().find(|number| number.phone_number_id.as_str() == id)
    }

    pub(crate) fn owner_of(&self, who: &ApplicantId) -> Result<PhoneNumberId, Error> {
        let country = self.world().thread(who)?.applicant.country;
        Ok(self.number_of(country)?.phone_number_id.clone())
    }

    /// Runs `work` until it ends or the stand-in is shut down; [`Simulator::settle`] waits for it.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let busy = Busy::mark(&self.0.busy);
        self.spawn_idle(async move {
            work.await;
            drop(busy);
        });
    }

    /// As [`Simulator::spawn`], but nobody waits for it.
    pub(crate) fn spawn_idle(&self, work: impl Future<Output = ()> + Send + 'static) {
        let stop = self.0.stop.clone();
        self.0.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = work => {}
            }
        });
    }
}

/// Counts work on its way, and uncounts it however it ends.
struct Busy(watch::Sender<usize>);

impl Busy {
    fn mark(counter: &watch::Sender<usize>) -> Self {
        counter.send_modify(|busy| *busy += 1);
        Self(counter.clone())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.send_modify(|busy| *busy = busy.saturating_sub(1));
    }
}
