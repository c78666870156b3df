//! `/webhooks/whatsapp`: the handshake, and the webhooks themselves (contract.md, section 3).
//!
//! *Invariant:* the body is not looked at before its signature is found good, and nothing is answered with 200 before
//! it is durable wherever it belongs.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest as _, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::future::join_all;
use portico_ledger::segment;
use portico_telemetry::{Count, IngressMetrics, Traceparent, spans};
use portico_vocab::{Clock, Sha256};
use portico_whatsapp::envelope::{self, Envelope};
use portico_whatsapp::signature::{self, SignatureError};
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::IngressConfig;
use crate::directory::{Directory, Plan};
use crate::writer::{Mailbox, NotDurable};

const SIGNATURE: &str = "x-hub-signature-256";

/// Meta's challenges are ten digits; this leaves room and keeps us from echoing anything at length.
const MAX_CHALLENGE_CHARS: usize = 256;

/// What the handlers share.
pub(crate) struct Ingress {
    config: IngressConfig,
    directory: Directory,
    /// By the place of the cell in the list of doors.
    mailboxes: Vec<Mailbox>,
    in_flight: Semaphore,
    clock: Arc<dyn Clock>,
    metrics: IngressMetrics,
}

#[derive(Deserialize)]
pub(crate) struct Handshake {
    #[serde(rename = "hub.mode")]
    mode: String,
    #[serde(rename = "hub.challenge")]
    challenge: String,
    #[serde(rename = "hub.verify_token")]
    verify_token: String,
}

/// `GET`: proves to Meta's dashboard that we know the token, by answering the bare challenge.
pub(crate) async fn handshake(
    State(ingress): State<Arc<Ingress>>,
    query: Result<Query<Handshake>, QueryRejection>,
) -> Response {
    let met = query.ok().map(|Query(handshake)| handshake).filter(|handshake| {
        handshake.mode == "subscribe"
            && handshake.challenge.chars().count() <= MAX_CHALLENGE_CHARS
            && signature::verify_token_matches(&ingress.config.verify_token, &handshake.verify_token)
    });
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    match met {
        Some(handshake) => {
            ingress.metrics.add(Count::HandshakeMet, 1);
            (headers, handshake.challenge).into_response()
        }
        None => {
            ingress.metrics.add(Count::HandshakeRefused, 1);
            let expected = "expected hub.mode=subscribe, hub.challenge and the hub.verify_token of the configuration\n";
            (StatusCode::FORBIDDEN, headers, expected).into_response()
        }
    }
}

/// `POST`: a webhook.
pub(crate) async fn receive(State(ingress): State<Arc<Ingress>>, headers: HeaderMap, request: Request) -> Answer {
    let span = spans::webhook();
    let answer = ingress.receive(&headers, request).instrument(span.clone()).await;
    span.record("answer", answer.as_str());
    ingress.metrics.add(answer.count(), 1);
    answer
}

/// How a webhook is answered. Only `Accepted` and `Empty` are 200; after anything else Meta comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Accepted,
    Empty,
    Unsigned,
    Forged,
    TooLarge,
    CutOff,
    Stranger,
    NotDurable,
    Busy,
}

impl Answer {
    const fn count(self) -> Count {
        match self {
            Self::Accepted => Count::Accepted,
            Self::Empty => Count::Empty,
            Self::Unsigned => Count::Unsigned,
            Self::Forged => Count::Forged,
            Self::TooLarge => Count::TooLarge,
            Self::CutOff => Count::CutOff,
            Self::Stranger => Count::Stranger,
            Self::NotDurable => Count::NotDurable,
            Self::Busy => Count::Busy,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Empty => "empty",
            Self::Unsigned => "unsigned",
            Self::Forged => "forged",
            Self::TooLarge => "too_large",
            Self::CutOff => "cut_off",
            Self::Stranger => "stranger",
            Self::NotDurable => "not_durable",
            Self::Busy => "busy",
        }
    }

    const fn status_and_text(self) -> (StatusCode, &'static str) {
        match self {
            Self::Accepted | Self::Empty => (StatusCode::OK, ""),
            Self::Unsigned => {
                (StatusCode::UNAUTHORIZED, "expected X-Hub-Signature-256: sha256= and 64 lower-case hex digits\n")
            }
            Self::Forged => (StatusCode::UNAUTHORIZED, "the signature does not fit the body\n"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "expected a body of at most 3 MiB\n"),
            Self::CutOff => (StatusCode::BAD_REQUEST, "the body did not come in whole\n"),
            Self::Stranger => (StatusCode::SERVICE_UNAVAILABLE, "a number or account in it belongs to no cell\n"),
            Self::NotDurable => (StatusCode::SERVICE_UNAVAILABLE, "not made durable; please come again\n"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "too much is waiting; please come again\n"),
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        self.status_and_text().into_response()
    }
}

impl Ingress {
    pub(crate) fn new(
        config: IngressConfig,
        directory: Directory,
        mailboxes: Vec<Mailbox>,
        clock: Arc<dyn Clock>,
        metrics: IngressMetrics,
    ) -> Self {
        let in_flight = Semaphore::new(config.max_in_flight);
        Self { config, directory, mailboxes, in_flight, clock, metrics }
    }

    async fn receive(&self, headers: &HeaderMap, request: Request) -> Answer {
        let Ok(_permit) = self.in_flight.try_acquire() else {
            return Answer::Busy;
        };
        let came_at = Instant::now();
        // Whoever signs nothing is not listened to any longer.
        let Some(header) = headers.get(SIGNATURE) else { return Answer::Unsigned };
        // A header that is not ASCII is none Meta wrote: it is passed on as something that cannot fit.
        let header = header.to_str().unwrap_or_default();
        let body = match self.read(request).await {
            Ok(body) => body,
            Err(answer) => return answer,
        };
        match signature::verify(&self.config.app_secrets, Some(header), &body) {
            Ok(()) => self.keep(&body, header, came_at).await,
            Err(SignatureError::Missing | SignatureError::Malformed) => Answer::Unsigned,
            Err(SignatureError::Mismatch) => Answer::Forged,
        }
    }

    async fn read(&self, request: Request) -> Result<Bytes, Answer> {
        let in_time = Duration::from_millis(self.config.read_timeout_ms);
        match tokio::time::timeout(in_time, Bytes::from_request(request, &())).await {
            Ok(Ok(body)) => Ok(body),
            Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(Answer::TooLarge),
            Ok(Err(_)) | Err(_) => Err(Answer::CutOff),
        }
    }

    /// Commits a body that Meta signed to every cell it names.
    async fn keep(&self, body: &[u8], header: &str, came_at: Instant) -> Answer {
        let digest = Sha256::of(body);
        let Ok(envelope) = envelope::slices(body) else {
            tracing::warn!(body_sha256 = %digest, bytes = body.len(), "a signed webhook is not a JSON object");
            return Answer::Empty;
        };
        let plan = self.directory.plan(&envelope.slices);
        self.tell(&plan, &envelope, digest);
        let trace = Traceparent::current();
        let commits = plan.cells.iter().filter_map(|(cell, places)| {
            let slices =
                places.iter().filter_map(|place| self.slice(&envelope, *place, digest, header, trace.as_ref()));
            Some(self.mailboxes.get(*cell)?.commit(slices.collect(), came_at))
        });
        // All cells at once, and each to its end: one that is down must not keep the others from what is theirs.
        let failures: Vec<_> = join_all(commits).await.into_iter().filter_map(Result::err).collect();
        match failures.first() {
            Some(NotDurable::Busy) => Answer::Busy,
            Some(NotDurable::Failed) => Answer::NotDurable,
            None if !plan.strangers.is_empty() => Answer::Stranger,
            None if plan.cells.is_empty() => Answer::Empty,
            None => Answer::Accepted,
        }
    }

    fn slice(
        &self,
        envelope: &Envelope<'_>,
        place: usize,
        body_sha256: Sha256,
        header: &str,
        trace: Option<&Traceparent>,
    ) -> Option<segment::Slice> {
        let slice = envelope.slices.get(place)?;
        Some(segment::Slice {
            received_at: self.clock.now(),
            body_sha256,
            signature_ok: true,
            signature: header.to_owned(),
            waba: slice.waba.clone(),
            phone_number: slice.phone_number.clone(),
            entry_time: slice.entry_time,
            trace: trace.map(|trace| trace.as_str().to_owned()),
            change: slice.raw.get().to_owned(),
        })
    }

    /// What goes to no cell is counted and logged by digest and by our own ids; none of them is personal.
    fn tell(&self, plan: &Plan, envelope: &Envelope<'_>, digest: Sha256) {
        self.metrics.add(Count::ChangeIgnored, plan.ignored);
        self.metrics.add(Count::ChangeOfNobody, plan.nobody);
        self.metrics.add(Count::ChangeOfStranger, plan.strangers.len());
        if plan.nobody > 0 || envelope.slices.is_empty() {
            tracing::warn!(body_sha256 = %digest, changes = plan.nobody, "a signed webhook names nobody");
        }
        for slice in plan.strangers.iter().filter_map(|place| envelope.slices.get(*place)) {
            tracing::warn!(
                body_sha256 = %digest,
                phone_number_id = slice.phone_number.as_ref().map(|id| id.as_str()),
                waba_id = slice.waba.as_ref().map(|id| id.as_str()),
                "a signed webhook is for no cell: add the number to one, or to whatsapp.ignore_phone_number_ids"
            );
        }
    }
}
