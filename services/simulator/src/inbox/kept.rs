//! What the inbox has received, one entry per `webhook-id`, with every attempt.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use portico_vocab::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Error;
use crate::inbox::verify::{Secret, Verdict};

/// The oldest entries go when there are more than this.
const KEPT: usize = 1_000;

/// How the inbox answers deliveries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// 200, when the signature is right.
    #[default]
    Take,
    /// 500: tried again later.
    Fail,
    /// No answer: tried again later.
    Hang,
    /// 410: the subscriber is disabled.
    Gone,
}

/// One attempt and what it was answered; `None` for no answer.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Attempt {
    pub at: Timestamp,
    pub answered: Option<u16>,
}

/// One event as it arrived.
#[derive(Debug, Clone, Serialize)]
pub struct InboxEvent {
    pub webhook_id: String,
    /// CloudEvents `type`, such as `kyc.account.approved`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `data.case_id`.
    pub case_id: Option<String>,
    pub seq: Option<u64>,
    #[serde(flatten)]
    pub verdict: Verdict,
    pub(crate) attempts: Vec<Attempt>,
    pub body: Value,
}

impl InboxEvent {
    /// How often it was tried.
    #[must_use]
    pub fn attempts(&self) -> usize {
        self.attempts.len()
    }
}

pub(crate) struct AccountInbox {
    pub(super) secret: Secret,
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    pub events: VecDeque<InboxEvent>,
    pub behaviour: Behaviour,
    pub rev: u64,
}

impl AccountInbox {
    pub(crate) fn new(secret: &str) -> Result<Self, Error> {
        Ok(Self { secret: Secret::parse(secret)?, state: Mutex::default() })
    }

    pub(crate) fn behave(&self, behaviour: Behaviour) {
        let mut state = self.state();
        state.behaviour = behaviour;
        state.rev += 1;
    }

    pub(crate) fn events(&self) -> Vec<InboxEvent> {
        self.state().events.iter().cloned().collect()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves the list readable.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Records an attempt. A repeat adds to its entry; a verified one mends an entry that a forgery opened, and a
    /// forgery never spoils one that was verified.
    pub(super) fn record(&mut self, webhook_id: &str, verdict: Verdict, attempt: Attempt, body: Value) {
        self.rev += 1;
        let known = self.events.iter_mut().find(|event| event.webhook_id == webhook_id);
        let Some(event) = known else {
            self.events.push_front(InboxEvent::new(webhook_id, verdict, attempt, body));
            self.events.truncate(KEPT);
            return;
        };
        event.attempts.push(attempt);
        if matches!((&event.verdict, &verdict), (Verdict::Refused { .. }, Verdict::Verified { .. })) {
            let attempts = std::mem::take(&mut event.attempts);
            let last = Attempt { at: Timestamp::default(), answered: None };
            *event = InboxEvent { attempts, ..InboxEvent::new(webhook_id, verdict, last, body) };
        }
    }
}

impl InboxEvent {
    fn new(webhook_id: &str, verdict: Verdict, attempt: Attempt, body: Value) -> Self {
        let text = |at: &str| body.pointer(at).and_then(Value::as_str).map(str::to_owned);
        Self {
            webhook_id: webhook_id.to_owned(),
            kind: text("/type").unwrap_or_default(),
            case_id: text("/data/case_id"),
            seq: body.pointer("/data/seq").and_then(Value::as_u64),
            verdict,
            attempts: vec![attempt],
            body,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_repeat_adds_an_attempt_and_a_forgery_spoils_nothing() {
        let mut state = State::default();
        let attempt = || Attempt { at: Timestamp::default(), answered: Some(200) };
        let (forged, right) =
            (Verdict::Refused { why: "no signature is of our secret" }, Verdict::Verified { key: "k".into() });
        state.record("evt_1", forged.clone(), attempt(), json!({"type": "forged"}));
        state.record("evt_1", right.clone(), attempt(), json!({"type": "kyc.account.approved"}));
        state.record("evt_1", forged, attempt(), json!({"type": "forged"}));
        let event = state.events.front().unwrap();
        assert_eq!((state.events.len(), event.attempts(), event.kind.as_str()), (1, 3, "kyc.account.approved"));
        assert_eq!(event.verdict, right);
    }
}
