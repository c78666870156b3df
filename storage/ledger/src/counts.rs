//! How much there is of what: totals for people, and what is unfinished for metrics and operators.

use std::collections::BTreeMap;

use portico_vocab::{StageName, Timestamp};
use serde::Serialize;

use crate::model::OutboundState;

/// Totals since the beginning, for pages that people look at. They walk whole tables: metrics use [`Unfinished`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Webhook bodies accepted.
    pub received: u64,
    /// Pictures taken in.
    pub taken_in: u64,
    pub in_review: u64,
    pub decided: u64,
    /// Deliveries that arrived.
    pub announced: u64,
    pub cases: u64,
    pub jobs_waiting: u64,
    pub parked: u64,
}

/// What has begun and not ended. Its cost is that of the unfinished, however much is finished: every count reads an
/// index that holds nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unfinished {
    /// Cases that have not ended, by stage; a stage without any is missing.
    pub cases: BTreeMap<StageName, u64>,
    /// Messages `queued`, `sending`, `unknown`, and `parked` without a person's acknowledgement; a state without any is
    /// missing.
    pub outbounds: BTreeMap<OutboundState, u64>,
    /// Segments of webhook bodies not sorted yet, parked ones apart.
    pub segments: u64,
    /// When the oldest of them came in.
    pub oldest_segment: Option<Timestamp>,
    /// Parked jobs that are no inbox rows.
    pub parked_jobs: u64,
    pub parked_inbox: u64,
    pub deliveries_waiting: u64,
    pub deliveries_parked: u64,
}

impl Unfinished {
    /// Everything that waits for a person's answer, as `parked` lists it.
    #[must_use]
    pub fn parked(&self) -> u64 {
        let sends = self.outbounds.get(&OutboundState::Parked).copied().unwrap_or_default();
        self.parked_jobs + self.parked_inbox + self.deliveries_parked + sends
    }
}

/// How it stands with one subscriber.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SubscriberState {
    pub name: String,
    /// Deliveries neither ended nor parked, those held back by an earlier one of their case among them.
    pub waiting: u64,
    /// When the first try of the oldest of them was due: the lag counts from here.
    pub oldest_due: Option<Timestamp>,
    /// When the next try is due; a delivery on its way counts from the end of its lease.
    pub next_try: Option<Timestamp>,
    pub parked: u64,
    pub last_success: Option<Timestamp>,
    /// Since it answered 410; nothing goes to it until a person takes it back.
    pub disabled_since: Option<Timestamp>,
}
