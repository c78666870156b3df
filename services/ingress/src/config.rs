//! What the ingress must be told, with the limits of contract.md section 3 and docs/domain/ledger.md section 3.

use std::sync::Arc;

use portico_keys::CellKeys;
use portico_ledger::Intake;
use portico_vocab::{CellId, PhoneNumberId, WabaId};
use portico_whatsapp::signature::AppSecret;

/// How webhooks are taken. Holds secrets, so it has no `Debug`.
#[derive(Clone)]
pub struct IngressConfig {
    /// Two while the secret is rotated.
    pub app_secrets: Vec<AppSecret>,
    pub verify_token: String,
    /// Numbers of the same app that are not ours, and Meta's dashboard sample: acknowledged, not kept.
    pub ignore_phone_number_ids: Vec<PhoneNumberId>,
    /// Meta's largest webhook is 3 MB (docs/domain/whatsapp.md 1.4).
    pub max_body_bytes: usize,
    /// How long a body may take to come in.
    pub read_timeout_ms: u64,
    /// How long a commit may take before Meta is asked to come again.
    pub commit_timeout_ms: u64,
    /// Requests being read or waiting, over all cells; more are told 503 at once.
    pub max_in_flight: usize,
    /// Bodies waiting for one cell's writer; more are told 503 at once.
    pub max_waiting: usize,
    /// A segment is closed at this many bodies …
    pub max_segment_bodies: usize,
    /// … or at this many bytes, whichever comes first.
    pub max_segment_bytes: usize,
}

impl IngressConfig {
    /// The configuration with the defaults of everything that has one.
    #[must_use]
    pub fn new(app_secrets: Vec<AppSecret>, verify_token: &str) -> Self {
        Self {
            app_secrets,
            verify_token: verify_token.to_owned(),
            ignore_phone_number_ids: Vec::new(),
            max_body_bytes: 3 * 1024 * 1024,
            read_timeout_ms: 10_000,
            commit_timeout_ms: 5_000,
            max_in_flight: 512,
            max_waiting: 512,
            max_segment_bodies: 128,
            max_segment_bytes: 256 * 1024,
        }
    }
}

/// One cell as the ingress sees it: what is addressed to it, and the one thing that may be done there.
#[derive(Clone)]
pub struct CellDoor {
    pub cell: CellId,
    pub phone_number_ids: Vec<PhoneNumberId>,
    pub waba_ids: Vec<WabaId>,
    /// An `Arc<dyn Ledger>` fits; the ingress has no use for the other rooms.
    pub ledger: Arc<dyn Intake>,
    pub keys: CellKeys,
}
