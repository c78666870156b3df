//! `POST /inbox/hooks`: the subscriber's endpoint.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::inbox::kept::{Attempt, Behaviour};
use crate::inbox::verify::{Headers, Verdict};
use crate::simulator::Simulator;

/// Longer than any sender waits.
const SILENCE: Duration = Duration::from_secs(300);

pub(crate) async fn hooks(State(simulator): State<Simulator>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let named =
        Headers { id: text("webhook-id"), timestamp: text("webhook-timestamp"), signature: text("webhook-signature") };
    let now = simulator.now();
    let inbox = &simulator.0.inbox;
    let verdict = inbox.secret.verify(&named, &body, now);
    let answer = {
        let mut state = inbox.state();
        let answer = match (&verdict, state.behaviour) {
            (_, Behaviour::Fail) => Some(StatusCode::INTERNAL_SERVER_ERROR),
            (_, Behaviour::Gone) => Some(StatusCode::GONE),
            (_, Behaviour::Hang) => None,
            (Verdict::Refused { .. }, Behaviour::Take) => Some(StatusCode::UNAUTHORIZED),
            (Verdict::Verified { .. }, Behaviour::Take) => Some(StatusCode::OK),
        };
        let attempt = Attempt { at: now, answered: answer.map(|status| status.as_u16()) };
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        state.record(named.id.unwrap_or("(none)"), verdict, attempt, body);
        answer
    };
    match answer {
        Some(status) => status,
        None => {
            tokio::select! {
                () = simulator.0.stop.cancelled() => {}
                () = tokio::time::sleep(SILENCE) => {}
            }
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
