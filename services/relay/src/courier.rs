//! The HTTP side of a delivery: one POST, no redirect, one time-out over everything, no word of the answer's body read.

use std::error::Error;
use std::time::Duration;

use portico_ledger::envelope::CONTENT_TYPE;
use portico_telemetry::Traceparent;
use portico_vocab::{EventId, Timestamp};
use reqwest::{Client, ClientBuilder, header, redirect};

use crate::address::{PrivateAddress, PublicOnly, check_literal};
use crate::{Answer, RelayError, Subscriber, sign};

/// Limits of an attempt.
#[derive(Debug, Clone, Copy)]
pub struct CourierConfig {
    pub connect_timeout_ms: u64,
    /// From the first byte out to the last header in; Standard Webhooks asks for 15 to 30 seconds.
    pub timeout_ms: u64,
}

impl Default for CourierConfig {
    fn default() -> Self {
        Self { connect_timeout_ms: 5_000, timeout_ms: 20_000 }
    }
}

/// Carries deliveries out. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Courier {
    /// Resolves to public addresses only.
    public: Client,
    /// For subscribers with `allow_private`.
    anywhere: Client,
}

impl Courier {
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(config: CourierConfig) -> Result<Self, RelayError> {
        let public = builder(config).dns_resolver(PublicOnly).build().map_err(|_| RelayError::Client)?;
        let anywhere = builder(config).build().map_err(|_| RelayError::Client)?;
        Ok(Self { public, anywhere })
    }

    /// One attempt to hand `body`, the envelope of event `id`, to `subscriber`, signed with the time of this attempt.
    pub(crate) async fn carry(&self, subscriber: &Subscriber, id: EventId, body: Vec<u8>, now: Timestamp) -> Answer {
        let client = match self.client(subscriber) {
            Ok(client) => client,
            Err(refused) => return Answer::failed(refused.to_string()),
        };
        let id = id.to_string();
        let request = client
            .post(subscriber.url().clone())
            .header(header::CONTENT_TYPE, CONTENT_TYPE)
            .header("webhook-id", &id)
            .header("webhook-timestamp", now.as_seconds())
            .header("webhook-signature", sign(subscriber.secrets(), &id, now, &body))
            .body(body);
        let request = match Traceparent::current() {
            Some(trace) => request.header("traceparent", trace.as_str()),
            None => request,
        };
        match request.send().await {
            // Dropped unread: whatever the body is, however long, it says nothing that counts.
            Ok(response) => {
                let retry_after = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
                Answer::of(response.status().as_u16(), retry_after, now)
            }
            Err(error) => no_answer(&error),
        }
    }

    /// Whether anything answers where `subscriber` is: name, address, TLS and HTTP, by a `HEAD` that carries no event, no
    /// signature and no secret.
    ///
    /// # Errors
    /// Why not, in our own words.
    pub async fn reach(&self, subscriber: &Subscriber) -> Result<Reached, String> {
        let client = self.client(subscriber).map_err(|refused| refused.to_string())?;
        match client.head(subscriber.url().clone()).send().await {
            Ok(response) => {
                let date = response.headers().get(header::DATE).and_then(|value| value.to_str().ok());
                let date = date.and_then(|text| jiff::fmt::rfc2822::parse(text).ok());
                let at = date.map(|date| Timestamp::from_seconds(date.timestamp().as_second()));
                Ok(Reached { status: response.status().as_u16(), at })
            }
            Err(error) => Err(match no_answer(&error) {
                Answer::Failed { why, .. } => why,
                _ => String::from("the connection was taken, and then nothing came"),
            }),
        }
    }

    /// The client that may connect to `subscriber`.
    fn client(&self, subscriber: &Subscriber) -> Result<&Client, PrivateAddress> {
        if subscriber.allows_private() {
            return Ok(&self.anywhere);
        }
        check_literal(subscriber.url()).map(|()| &self.public)
    }
}

/// A server that answered, whatever it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    pub status: u16,
    /// Its time, to the second, where it tells it (`Date`, RFC 9110 section 6.6.1).
    pub at: Option<Timestamp>,
}

fn builder(config: CourierConfig) -> ClientBuilder {
    Client::builder()
        .redirect(redirect::Policy::none())
        // A proxy would resolve names itself, behind the check.
        .no_proxy()
        .referer(false)
        .user_agent(concat!("portico/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_millis(config.connect_timeout_ms))
        .timeout(Duration::from_millis(config.timeout_ms))
}

/// In our own words: an HTTP library's would hold the address, which may hold a key.
fn no_answer(error: &reqwest::Error) -> Answer {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(inner) = cause {
        if inner.is::<PrivateAddress>() {
            return Answer::failed(PrivateAddress.to_string());
        }
        cause = inner.source();
    }
    if error.is_connect() {
        Answer::failed("no connection")
    } else if error.is_timeout() {
        Answer::Silent
    } else {
        Answer::failed("the connection broke")
    }
}
