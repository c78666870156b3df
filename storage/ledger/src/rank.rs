//! How a message to an applicant moves: by the end of its send, and by receipts. Pure, and the same for every ledger.
//!
//! Receipts come late, twice and out of order, and one may come before the call that sent the message returns.
//! *Invariant:* a state proved by a receipt never goes back; a send that ended says nothing against such proof.

use crate::model::{OutboundState, Settled};

/// The state after a send ended, or `None` when receipts have already proved more than the end of the call knows.
#[must_use]
pub fn after_send(before: OutboundState, settled: &Settled) -> Option<OutboundState> {
    use OutboundState::{Failed, Held, Parked, Queued, Sending, Sent, Unknown};
    let open = matches!(before, Queued | Sending | Unknown);
    match settled {
        // Meta's own word that it took the message overrules our having given up on hearing it.
        Settled::Sent { .. } => (open || matches!(before, Parked | Held)).then_some(Sent),
        Settled::Held { .. } => open.then_some(Held),
        Settled::Failed { .. } => open.then_some(Failed),
        // Only a call that is known not to have gone out may be made again.
        Settled::Again { .. } => (before == Sending).then_some(Queued),
        Settled::Unknown => matches!(before, Queued | Sending).then_some(Unknown),
        Settled::Parked => open.then_some(Parked),
    }
}

/// The state after a receipt: the higher of the two, because [`OutboundState`] is ordered by what proves what.
/// `failed` stands above `sent` and below `delivered`, so that it is final unless the phone shows otherwise.
#[must_use]
pub fn after_receipt(before: OutboundState, receipt: OutboundState) -> OutboundState {
    if receipt >= OutboundState::Sent { before.max(receipt) } else { before }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OutboundState::{Delivered, Failed, Held, Parked, Queued, Read, Sending, Sent, Unknown};

    #[test]
    fn any_order_of_receipts_ends_in_the_same_state() {
        for (receipts, end) in [
            ([Sent, Delivered, Read], Read),
            ([Read, Delivered, Sent], Read),
            ([Failed, Sent, Sent], Failed),
            ([Sent, Failed, Delivered], Delivered),
            ([Delivered, Failed, Sent], Delivered),
        ] {
            for start in [Queued, Sending, Unknown, Parked, Held] {
                assert_eq!(receipts.into_iter().fold(start, after_receipt), end, "{start:?} {receipts:?}");
            }
        }
    }

    #[test]
    fn what_is_no_receipt_moves_nothing() {
        assert_eq!(after_receipt(Queued, Held), Queued);
    }

    #[test]
    fn the_end_of_a_call_never_takes_back_what_a_receipt_proved() {
        let ends = [
            Settled::Sent { wamid: [0; 32] },
            Settled::Held { why: String::new() },
            Settled::Failed { why: String::new() },
            Settled::Again { why: String::new() },
            Settled::Unknown,
            Settled::Parked,
        ];
        for end in &ends {
            for proved in [Sent, Failed, Delivered, Read] {
                assert_eq!(after_send(proved, end), None, "{proved:?} {end:?}");
            }
        }
    }
}
