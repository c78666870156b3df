//! Posts signed webhooks and posts them again until they are taken (Meta: Create a webhook endpoint, 2026-09-11:
//! anything but 200 is a failure; retried at once, then ever more rarely, for seven days).

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::join_all;
use portico_vocab::{PhoneNumberId, Wamid};
use serde_json::Value;

use crate::applicant::ApplicantId;
use crate::config::Number;
use crate::inbound::Mischief;
use crate::media::keyed_hex;
use crate::simulator::Simulator;
use crate::thread::Tick;
use crate::webhook::json;

/// What a forger signs with, for want of the app secret.
const FORGED_SECRET: &[u8] = b"not the app secret";

/// One webhook body with its signature, ready to be posted any number of times.
#[derive(Clone)]
pub(crate) struct Parcel {
    body: Bytes,
    signature: Arc<str>,
    forged: bool,
    /// Whose it is; its address is looked up at each attempt.
    number: PhoneNumberId,
    /// The message inside, whose tick moves when the webhook is taken; receipts carry none.
    message: Option<(ApplicantId, Wamid)>,
}

impl Parcel {
    pub(super) fn of_message(
        secret: &str,
        number: &Number,
        body: &Value,
        forged: bool,
        who: ApplicantId,
        wamid: Wamid,
    ) -> Self {
        Self { message: Some((who, wamid)), ..Self::of_receipt(secret, number, body, forged) }
    }

    pub(super) fn of_receipt(secret: &str, number: &Number, body: &Value, forged: bool) -> Self {
        let body = Bytes::from(json::to_bytes(body));
        let key = if forged { FORGED_SECRET } else { secret.as_bytes() };
        let signature = format!("sha256={}", keyed_hex(key, &body)).into();
        Self { body, signature, forged, number: number.phone_number_id.clone(), message: None }
    }
}

impl Simulator {
    /// Posts a webhook as `mischief` says. Answers when the first attempt of each copy has ended, at once when it is
    /// held back or late.
    pub(crate) async fn deliver(&self, parcel: Parcel, mischief: &Mischief) {
        let (simulator, times) = (self.clone(), mischief.times.max(1));
        if mischief.hold {
            self.hold(parcel, times);
            return;
        }
        let releases = parcel.message.is_some();
        if mischief.delay.is_zero() {
            self.post(parcel, times).await;
        } else {
            let delay = mischief.delay;
            self.spawn(async move {
                tokio::time::sleep(delay).await;
                simulator.post(parcel, times).await;
            });
        }
        // A receipt releases nothing: "out of order" means two messages that changed places.
        if releases {
            self.release_held().await;
        }
    }

    /// Posts what was held back, in the order it was said.
    pub async fn release_held(&self) {
        let held = std::mem::take(&mut self.world().held);
        for (parcel, times) in held {
            self.post(parcel, times).await;
        }
    }

    /// Keeps a webhook for after the next one; nobody's message waits for ever.
    fn hold(&self, parcel: Parcel, times: u8) {
        self.world().held.push((parcel, times));
        let (simulator, late) = (self.clone(), self.0.config.pace.late);
        self.spawn_idle(async move {
            tokio::time::sleep(late).await;
            simulator.release_held().await;
        });
    }

    async fn post(&self, parcel: Parcel, times: u8) {
        let answers = join_all((0..times).map(|_| self.attempt(&parcel))).await;
        // A forger does not try again.
        if answers.contains(&true) || parcel.forged {
            return;
        }
        let simulator = self.clone();
        self.world().deliveries.waiting += 1;
        self.spawn(async move {
            simulator.retry(parcel).await;
            simulator.world().deliveries.waiting -= 1;
        });
    }

    /// At once, then after growing pauses.
    async fn retry(&self, parcel: Parcel) {
        let pace = self.0.config.pace;
        let (mut pause, mut waited) = (Duration::ZERO, Duration::ZERO);
        while waited <= pace.give_up {
            tokio::time::sleep(pause).await;
            if self.attempt(&parcel).await {
                return;
            }
            waited += pause;
            pause = (pause * 2).clamp(pace.retry, pace.retry_most);
        }
        tracing::warn!("a webhook was given up: the endpoint never answered 200");
    }

    /// One POST; whether that is the end of it: answered 200, or nobody subscribed.
    async fn attempt(&self, parcel: &Parcel) -> bool {
        let Some(url) = self.callback(&parcel.number) else { return true };
        let taken = self.is_verified().await && self.hand_over(parcel, url).await;
        let mut world = self.world();
        if taken {
            world.deliveries.taken += 1
        } else {
            world.deliveries.failed += 1
        }
        if let (true, Some((who, wamid))) = (taken, &parcel.message)
            && let Ok(thread) = world.thread_mut(who)
        {
            thread.tick(wamid, Tick::Delivered);
        }
        taken
    }

    fn callback(&self, number: &PhoneNumberId) -> Option<String> {
        let number = self.number_by_id(number.as_str())?;
        self.world().business.callback(number, &self.0.config.webhook_url).map(str::to_owned)
    }

    async fn hand_over(&self, parcel: &Parcel, url: String) -> bool {
        let request = self
            .0
            .client
            .post(url)
            .header("content-type", "application/json")
            .header("x-hub-signature-256", parcel.signature.as_ref())
            .body(parcel.body.clone());
        request.send().await.is_ok_and(|answer| answer.status() == reqwest::StatusCode::OK)
    }
}
