//! Whether a message may leave now. Asked at the moment of sending, never earlier.
//!
//! *Invariant:* after a STOP at most one message confirms it, and nothing else leaves before the applicant writes again.

use portico_vocab::Timestamp;
use serde::{Deserialize, Serialize};

use crate::texts::TextKey;

/// Meta closes the window 24 hours after the newest inbound; five minutes less, because clocks and queues differ
/// (docs/domain/whatsapp.md 4.1).
const WINDOW_SECONDS: i64 = 24 * 3600 - 5 * 60;

/// What is known when a message is about to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GateInput {
    pub now: Timestamp,
    /// WhatsApp's time of the newest message of this sender to this number of ours.
    pub newest_inbound_at: Option<Timestamp>,
    /// WhatsApp's time of the STOP in force.
    pub stopped_at: Option<Timestamp>,
    /// WhatsApp's time of the inbound that this message answers.
    pub answers_at: Option<Timestamp>,
    /// Whether the open case holds a consent.
    pub consented: bool,
    pub key: TextKey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    Send,
    Hold(HoldReason),
}

/// Why nothing was sent; the case shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// More than 24 hours since the applicant last wrote.
    WindowClosed,
    /// The applicant asked us not to write.
    Stopped,
    /// The applicant never wrote to this number.
    NoInbound,
    /// Nobody consented, and the message answers nothing.
    NoConsent,
}

impl HoldReason {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WindowClosed => "window_closed",
            Self::Stopped => "stopped",
            Self::NoInbound => "no_inbound",
            Self::NoConsent => "no_consent",
        }
    }
}

/// May it leave? A STOP is the strongest refusal, then consent, then Meta's window.
#[must_use]
pub fn gate(input: &GateInput) -> Gate {
    if let Some(stopped_at) = input.stopped_at
        && !confirms_stop(input.key)
        && input.answers_at.is_none_or(|answers_at| answers_at <= stopped_at)
    {
        return Gate::Hold(HoldReason::Stopped);
    }
    if !input.consented && input.answers_at.is_none() && !confirms_stop(input.key) {
        return Gate::Hold(HoldReason::NoConsent);
    }
    match input.newest_inbound_at {
        None => Gate::Hold(HoldReason::NoInbound),
        // A time of the future (WhatsApp's clock is ahead of ours) is now.
        Some(newest) if input.now.seconds_since(newest) < WINDOW_SECONDS => Gate::Send,
        Some(_) => Gate::Hold(HoldReason::WindowClosed),
    }
}

/// The one text that answers a STOP.
const fn confirms_stop(key: TextKey) -> bool {
    matches!(key, TextKey::Withdrawn | TextKey::StopAfterDecision)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3600;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000 + seconds)
    }

    fn input(key: TextKey) -> GateInput {
        let newest = Some(at(0));
        GateInput { now: at(10), newest_inbound_at: newest, stopped_at: None, answers_at: newest, consented: true, key }
    }

    #[test]
    fn the_window_closes_five_minutes_early() {
        for (seconds, expected) in [
            (-60, Gate::Send),
            (24 * HOUR - 301, Gate::Send),
            (24 * HOUR - 300, Gate::Hold(HoldReason::WindowClosed)),
            (90 * HOUR, Gate::Hold(HoldReason::WindowClosed)),
        ] {
            assert_eq!(gate(&GateInput { now: at(seconds), ..input(TextKey::VerdictApproved) }), expected, "{seconds}");
        }
        let never = GateInput { newest_inbound_at: None, ..input(TextKey::VerdictApproved) };
        assert_eq!(gate(&never), Gate::Hold(HoldReason::NoInbound));
    }

    #[test]
    fn after_stop_only_its_confirmation_or_an_answer_to_something_newer() {
        let stopped = GateInput { stopped_at: Some(at(0)), ..input(TextKey::Checking) };
        assert_eq!(gate(&stopped), Gate::Hold(HoldReason::Stopped), "a tie is the STOP's");
        assert_eq!(gate(&GateInput { answers_at: None, ..stopped }), Gate::Hold(HoldReason::Stopped));
        assert_eq!(gate(&GateInput { answers_at: Some(at(1)), ..stopped }), Gate::Send);
        for key in [TextKey::Withdrawn, TextKey::StopAfterDecision] {
            assert_eq!(gate(&GateInput { key, consented: false, ..stopped }), Gate::Send);
        }
    }

    #[test]
    fn without_consent_we_only_answer() {
        let stranger = GateInput { consented: false, ..input(TextKey::Notice) };
        assert_eq!(gate(&stranger), Gate::Send);
        assert_eq!(gate(&GateInput { answers_at: None, ..stranger }), Gate::Hold(HoldReason::NoConsent));
    }
}
