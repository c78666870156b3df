//! Messages out. There is no idempotency key, so the one question that matters is whether the request may have been
//! taken: only then is an answer [`SendFailure::Unknown`], and only a receipt can settle it.

use portico_vocab::{PhoneNumberId, Wamid};
use portico_whatsapp::compose::{self, classify};
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::answer;
use crate::{Graph, SendFailure, Unreachable};

/// WhatsApp took the message; whether it arrives, receipts tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub wamid: Wamid,
}

impl Graph {
    /// Sends what [`compose::message`] made, from `number`. Call it only when the row is durably `sending`.
    ///
    /// # Errors
    /// [`SendFailure::NotSent`] when no connection was made; [`SendFailure::Refused`] when WhatsApp said no;
    /// [`SendFailure::Unknown`] when the request went out and nothing of WhatsApp's own came back.
    pub async fn send(&self, number: &PhoneNumberId, message: &Value) -> Result<Sent, SendFailure> {
        let (status, body) = self.post(number, message).await?;
        let wamid = answer::message_id(&body).and_then(|id| Wamid::parse(&id).ok());
        match wamid {
            Some(wamid) if status.is_success() => Ok(Sent { wamid }),
            _ => Err(refusal(status, &body)),
        }
    }

    /// Marks `wamid` and what came before it as read; `typing` shows the sign until we answer. Harmless to repeat.
    ///
    /// # Errors
    /// As [`Self::send`]; no caller needs to do anything about it.
    pub async fn mark_read(&self, number: &PhoneNumberId, wamid: &Wamid, typing: bool) -> Result<(), SendFailure> {
        let (status, body) = self.post(number, &compose::mark_read(wamid, typing)).await?;
        if status.is_success() { Ok(()) } else { Err(refusal(status, &body)) }
    }

    async fn post(&self, number: &PhoneNumberId, message: &Value) -> Result<(StatusCode, Vec<u8>), SendFailure> {
        let url = self.address(&[number.as_str(), "messages"]);
        let request = self.request(Method::POST, url, self.config().timeout_ms).json(message);
        let response = request.send().await.map_err(|error| in_doubt(&error))?;
        let status = response.status();
        let body = answer::read(response).await.map_err(|_| SendFailure::Unknown("the answer broke off"))?;
        Ok((status, body.unwrap_or_default()))
    }
}

fn in_doubt(error: &reqwest::Error) -> SendFailure {
    match Unreachable::from(error) {
        Unreachable::NoConnection => SendFailure::NotSent,
        Unreachable::TimedOut => SendFailure::Unknown("no answer in time"),
        // A request that could not even be built was not written either.
        Unreachable::Broke if error.is_builder() => SendFailure::NotSent,
        Unreachable::Broke => SendFailure::Unknown("the connection broke"),
    }
}

fn refusal(status: StatusCode, body: &[u8]) -> SendFailure {
    match answer::error(body, status.as_u16()) {
        Some(error) => SendFailure::Refused(error),
        None if status.is_success() => SendFailure::Unknown("a success without a message id"),
        // A gateway's own 502 or 504: what stands behind it may have taken the message.
        None if status.is_server_error() => SendFailure::Unknown("a server error without WhatsApp's own code"),
        None => SendFailure::Refused(classify(0, status.as_u16())),
    }
}
