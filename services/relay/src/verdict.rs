//! What becomes of a delivery after an attempt. Pure: time and chance are arguments.
//!
//! Delays grow as Standard Webhooks 1.0 proposes and end after seven days, as contract.md section 6 promises.
//! *Invariant:* a failed delivery is either due again in the future and within its seven days, or parked.

use portico_ledger::{ClaimedDelivery, DeliveryEnd};
use portico_vocab::Timestamp;

use crate::Answer;

/// Seconds to wait after the first, second, … failed attempt; after that the last one again and again.
pub const DELAYS_S: &[i64] = &[5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// Counted from when the first attempt was due.
pub const GIVE_UP_AFTER_S: i64 = 7 * 86_400;

/// A subscriber may ask for a longer wait, up to this.
pub const LONGEST_RETRY_AFTER_S: i64 = 86_400;

/// The end of an attempt that was answered by `answer` at `now`. `jitter` lengthens a delay by up to a tenth, so that
/// what failed together does not come back together.
#[must_use]
pub fn verdict(delivery: &ClaimedDelivery, answer: Answer, now: Timestamp, jitter: u16) -> DeliveryEnd {
    let (why, retry_after_s) = match answer {
        Answer::Taken => return DeliveryEnd::Delivered,
        Answer::NotWanted => return DeliveryEnd::Disabled,
        Answer::Silent => (String::from("no answer in time"), None),
        Answer::Failed { why, retry_after_s } => (why, retry_after_s),
    };
    let asked_for_s = retry_after_s.unwrap_or(0).min(LONGEST_RETRY_AFTER_S);
    let run_at = now.plus_millis(lengthened_ms(delay_s(delivery.tries).max(asked_for_s), jitter));
    if run_at.seconds_since(delivery.first_at) < GIVE_UP_AFTER_S {
        DeliveryEnd::Retry { run_at, why }
    } else {
        DeliveryEnd::Parked { why: format!("given up after seven days: {why}") }
    }
}

fn delay_s(tries_before: u32) -> i64 {
    let last = DELAYS_S.len() - 1;
    DELAYS_S[(tries_before as usize).min(last)]
}

fn lengthened_ms(seconds: i64, jitter: u16) -> i64 {
    seconds * 1_000 + seconds * 100 * i64::from(jitter) / i64::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use portico_ledger::EventRow;
    use portico_vocab::{CaseId, CaseVersion, EventId, Sha256};

    use super::*;

    const FIRST: Timestamp = Timestamp::from_seconds(1_795_000_000);

    fn tried(tries: u32) -> ClaimedDelivery {
        let event = EventRow {
            id: EventId::from_bytes([1; 16]),
            case: CaseId::from_bytes([2; 16]),
            seq: 1,
            version: CaseVersion(1),
            kind: String::from("kyc.case.opened"),
            at: FIRST,
            data: String::from("{}"),
        };
        let history_digest = Sha256::of(b"");
        let subscriber = String::from("core-banking");
        ClaimedDelivery {
            event,
            subscriber,
            fence: 1,
            tries,
            first_at: FIRST,
            previous: None,
            history_digest,
            trace: None,
        }
    }

    fn failed(retry_after_s: Option<i64>) -> Answer {
        Answer::Failed { why: String::from("http 500"), retry_after_s }
    }

    fn wait_s(end: &DeliveryEnd, now: Timestamp) -> i64 {
        match end {
            DeliveryEnd::Retry { run_at, .. } => run_at.seconds_since(now),
            other => panic!("{other:?}"),
        }
    }

    /// A receiver that always fails, on a clock that jumps to each next attempt.
    #[test]
    fn a_dead_receiver_is_tried_for_seven_days_with_growing_delays() {
        let (mut now, mut waits) = (FIRST, Vec::new());
        let end = loop {
            match verdict(&tried(waits.len() as u32), failed(None), now, 0) {
                DeliveryEnd::Retry { run_at, .. } => {
                    waits.push(run_at.seconds_since(now));
                    now = run_at;
                }
                end => break end,
            }
        };
        assert_eq!(waits, [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400, 86_400, 86_400, 86_400]);
        assert_eq!(end, DeliveryEnd::Parked { why: String::from("given up after seven days: http 500") });
        assert!(now.seconds_since(FIRST) > 6 * 86_400, "the last attempt is on the seventh day");
    }

    #[test]
    fn success_and_410_end_it() {
        assert_eq!(verdict(&tried(3), Answer::Taken, FIRST, 0), DeliveryEnd::Delivered);
        assert_eq!(verdict(&tried(3), Answer::NotWanted, FIRST, 0), DeliveryEnd::Disabled);
    }

    #[test]
    fn a_wish_to_wait_is_honoured_within_bounds() {
        for (asked, waited) in [(None, 5), (Some(0), 5), (Some(60), 60), (Some(i64::MAX), LONGEST_RETRY_AFTER_S)] {
            assert_eq!(wait_s(&verdict(&tried(0), failed(asked), FIRST, 0), FIRST), waited);
        }
    }

    #[test]
    fn jitter_lengthens_by_at_most_a_tenth() {
        let wait = |jitter| wait_s(&verdict(&tried(8), failed(None), FIRST, jitter), FIRST);
        assert_eq!((wait(0), wait(u16::MAX)), (86_400, 95_040));
        assert!(wait(1_000) > wait(0) && wait(1_000) < wait(2_000));
    }
}
