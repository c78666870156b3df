//! Receipts: what became of a message of the business, told by `statuses` webhooks.

use crate::applicant::{Applicant, ApplicantId};
use crate::config::Number;
use crate::sent::SentMessage;
use crate::simulator::Simulator;
use crate::thread::Tick;
use crate::webhook::courier::Parcel;
use crate::webhook::wire;

/// What becomes of an accepted message. Accepted is not sent: only receipts tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Reaches this person: `sent`, `delivered`, `read`.
    Arrives(ApplicantId),
    /// `failed` with this code; the person is known to the business number or not.
    Fails(u32, Option<ApplicantId>),
    /// Nothing is ever heard of it.
    Vanishes,
}

impl Simulator {
    /// Sends the receipts of one message in the background.
    pub(crate) fn send_receipts(&self, number: Number, sent: SentMessage, address: String, fate: Fate) {
        let simulator = self.clone();
        self.spawn(async move {
            tokio::time::sleep(simulator.0.config.pace.sent).await;
            match fate {
                Fate::Arrives(who) => simulator.arrive(&number, &sent, &address, &who).await,
                Fate::Fails(code, who) => {
                    if let Some(who) = &who {
                        simulator.advance(who, &sent, Tick::Failed);
                    }
                    let applicant = who.and_then(|who| simulator.applicant(&who));
                    simulator.receipt(&number, applicant.as_ref(), &address, &sent, "failed", Some(code)).await;
                }
                Fate::Vanishes => {}
            }
        });
    }

    async fn arrive(&self, number: &Number, sent: &SentMessage, address: &str, who: &ApplicantId) {
        let pace = self.0.config.pace;
        let Some(applicant) = self.applicant(who) else { return };
        self.advance(who, sent, Tick::Sent);
        self.receipt(number, Some(&applicant), address, sent, "sent", None).await;

        tokio::time::sleep(pace.delivered).await;
        self.advance(who, sent, Tick::Delivered);
        // With the chat open only `read` is sent (Meta: Status messages webhook, 2026-09-14).
        let now = self.now();
        let open = applicant.reads && self.world().thread(who).is_ok_and(|thread| thread.chat_open(now));
        if !open {
            self.receipt(number, Some(&applicant), address, sent, "delivered", None).await;
        }
        if applicant.reads {
            tokio::time::sleep(pace.read).await;
            self.advance(who, sent, Tick::Read);
            self.receipt(number, Some(&applicant), address, sent, "read", None).await;
        }
    }

    async fn receipt(
        &self,
        number: &Number,
        to: Option<&Applicant>,
        address: &str,
        sent: &SentMessage,
        status: &str,
        error: Option<u32>,
    ) {
        let mischief = self.world().receipts.clone();
        let body = wire::status(number, to, address, sent, status, self.now(), error);
        let parcel = Parcel::of_receipt(&self.0.config.app_secret, number, &body, mischief.forged);
        self.deliver(parcel, &mischief).await;
    }

    fn applicant(&self, who: &ApplicantId) -> Option<Applicant> {
        self.world().thread(who).ok().map(|thread| thread.applicant.clone())
    }

    fn advance(&self, who: &ApplicantId, sent: &SentMessage, tick: Tick) {
        if let Ok(thread) = self.world().thread_mut(who) {
            thread.tick(&sent.wamid, tick);
        }
    }
}
