//! What the stand-in is told at start. It is configured by `dev` and by tests, never by a bank, so it has no TOML
//! section: the values are those of the cells it stands in front of.

use std::time::Duration;

use portico_vocab::{CountryCode, Language, PhoneNumberId, WabaId};

/// One business number: what Meta would know about it.
#[derive(Debug, Clone)]
pub struct Number {
    pub country: CountryCode,
    pub phone_number_id: PhoneNumberId,
    pub waba_id: WabaId,
    /// As Meta shows it, such as `15550783881`: digits, never used for routing.
    pub display_number: String,
    /// The verified name at the top of the chat.
    pub bank_name: String,
    pub languages: Vec<Language>,
}

/// Both sides' secrets and addresses. No `Debug`: half of it is secret.
#[derive(Clone)]
pub struct SimulatorConfig {
    pub numbers: Vec<Number>,
    /// Signs webhooks (`X-Hub-Signature-256`).
    pub app_secret: String,
    /// The bearer token every Graph call must carry.
    pub access_token: String,
    /// Where the app's webhooks are posted, such as `http://127.0.0.1:8080/webhooks/whatsapp`.
    pub webhook_url: String,
    /// Given: nothing is posted before the endpoint has passed the handshake with it.
    pub verify_token: Option<String>,
    /// Where the stand-in itself is reached, such as `http://127.0.0.1:8080`; no slash at the end.
    pub public_url: String,
    /// The Graph API's path with its version, such as `/graph/v25.0`.
    pub graph_path: String,
    /// The account inbox's `whsec_…` (Standard Webhooks v1).
    pub webhook_secret: String,
    /// Base of `/v1`, which the inbox asks for the applicant.
    pub api_url: String,
    pub api_token: String,
    pub pace: Pace,
    /// Where `dev` keeps its data, as the front page names it; empty when nothing is kept.
    pub data_dir: String,
    /// What this start cannot do, in whole sentences: banners of the front page.
    pub notices: Vec<String>,
}

/// How fast the outside world answers.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// From accepting a message to its `sent` receipt.
    pub sent: Duration,
    /// From `sent` to `delivered`.
    pub delivered: Duration,
    /// From `delivered` (or from `sent`, when the chat is open) to `read`.
    pub read: Duration,
    /// Pause before the second retry of a webhook; the first retry is immediate, each later pause doubles.
    pub retry: Duration,
    /// The longest pause between two retries.
    pub retry_most: Duration,
    /// Retries stop this long after the first attempt. Meta: seven days.
    pub give_up: Duration,
    /// How late the phone page's "late" delivers, and after how long a held-back webhook goes out by itself.
    pub late: Duration,
}

impl Pace {
    /// As a person with a good connection would see it.
    #[must_use]
    pub const fn human() -> Self {
        Self {
            sent: Duration::from_millis(120),
            delivered: Duration::from_millis(250),
            read: Duration::from_millis(900),
            retry: Duration::from_secs(1),
            retry_most: Duration::from_secs(3600),
            give_up: Duration::from_secs(7 * 86_400),
            late: Duration::from_secs(20),
        }
    }

    /// For tests: nothing waits, held-back webhooks wait for the next one.
    #[must_use]
    pub const fn instant() -> Self {
        Self {
            sent: Duration::ZERO,
            delivered: Duration::ZERO,
            read: Duration::ZERO,
            retry: Duration::from_millis(1),
            retry_most: Duration::from_millis(20),
            give_up: Duration::from_secs(20),
            late: Duration::from_secs(3600),
        }
    }
}
