//! Messages: sends under their job's fence, receipts in every order, windows, the stop-list.

use portico_ledger::OutboundState::{self, Delivered, Failed, Held, Parked, Queued, Read, Sending, Sent, Unknown};
use portico_ledger::{Commit, Fence, Ledger, LedgerError, Queue, Settled, StopChange, WindowRow};
use portico_vocab::{OutboundId, PhoneNumberId, Sha256};

use crate::conformance;
use crate::rows::{With as _, applied, at, changing, hash, lease, opening, sender};

conformance!(
    a_send_is_durable_before_the_call,
    a_lost_lease_neither_starts_nor_settles,
    each_end_of_a_send_is_kept,
    an_unknown_send_keeps_its_job,
    a_send_that_never_went_out_is_sent_again,
    receipts_in_every_order_end_alike,
    a_receipt_before_the_call_returns_is_not_undone,
    a_receipt_resolves_what_was_given_up,
    a_receipt_finds_its_message_by_either_name,
    a_window_never_moves_back,
    stop_and_its_lifting_come_in_any_order,
);

const WAMID: [u8; 32] = [8; 32];

/// A case with one message told, and the lease of its job.
async fn told(ledger: &dyn Ledger, n: u8) -> (OutboundId, Fence) {
    let commit = applied(ledger, opening(n).with_job(0, Queue::Tell, at(0)).with_outbound(0)).await;
    (commit.outbounds[0].id, lease(ledger, Queue::Tell).await)
}

async fn state(ledger: &dyn Ledger, id: OutboundId) -> OutboundState {
    ledger.outbound(id).await.unwrap().unwrap().state
}

async fn start(ledger: &dyn Ledger, fence: Fence, id: OutboundId) -> bool {
    ledger.start_sending(fence, id, b"sealed", Sha256::of(b"text"), at(10)).await.unwrap()
}

async fn a_send_is_durable_before_the_call(ledger: &dyn Ledger) {
    let (id, fence) = told(ledger, 1).await;
    assert!(start(ledger, fence, id).await);
    let row = ledger.outbound(id).await.unwrap().unwrap();
    assert_eq!((row.state, row.state_at, row.rendered.as_deref()), (Sending, at(10), Some(&b"sealed"[..])));
    assert_eq!(row.text_hash, Some(Sha256::of(b"text")));
    assert!(!start(ledger, fence, id).await, "it is sent once");
    assert!(!start(ledger, fence, OutboundId::from_bytes([77; 16])).await);
    ledger.settle(fence, id, &Settled::Sent { wamid: WAMID }, at(11), at(0)).await.unwrap();
    let row = ledger.outbound(id).await.unwrap().unwrap();
    assert_eq!((row.state, row.state_at, row.wamid), (Sent, at(11), Some(WAMID)));
    assert_eq!(ledger.job(fence.key).await.unwrap(), None, "its job is done with it");
    assert_eq!(ledger.outbound_by_wamid(WAMID).await.unwrap(), Some(row));
}

async fn a_lost_lease_neither_starts_nor_settles(ledger: &dyn Ledger) {
    let (id, lost) = told(ledger, 1).await;
    let fence = ledger.claim_jobs(Queue::Tell, at(1000), at(2000), 1).await.unwrap()[0].fence;
    let started = ledger.start_sending(lost, id, b"", Sha256::of(b""), at(10)).await;
    assert!(matches!(started, Err(LedgerError::LostLease)));
    assert!(start(ledger, fence, id).await);
    let settled = ledger.settle(lost, id, &Settled::Sent { wamid: WAMID }, at(11), at(0)).await;
    assert!(matches!(settled, Err(LedgerError::LostLease)));
    assert_eq!(state(ledger, id).await, Sending);
}

async fn each_end_of_a_send_is_kept(ledger: &dyn Ledger) {
    for (n, end, state, detail) in [
        (1, Settled::Held { why: "window_closed".into() }, Held, Some("window_closed")),
        (2, Settled::Failed { why: "131026".into() }, Failed, Some("131026")),
        (3, Settled::Parked, Parked, None),
    ] {
        let (id, fence) = told(ledger, n).await;
        ledger.settle(fence, id, &end, at(11), at(0)).await.unwrap();
        let row = ledger.outbound(id).await.unwrap().unwrap();
        assert_eq!((row.state, row.state_at, row.detail.as_deref()), (state, at(11), detail));
        assert_eq!(ledger.job(fence.key).await.unwrap(), None);
    }
}

async fn an_unknown_send_keeps_its_job(ledger: &dyn Ledger) {
    let (id, fence) = told(ledger, 1).await;
    assert!(start(ledger, fence, id).await);
    ledger.settle(fence, id, &Settled::Unknown, at(11), at(600)).await.unwrap();
    assert_eq!(state(ledger, id).await, Unknown);
    assert_eq!(ledger.job(fence.key).await.unwrap().unwrap().run_at, at(600));
    assert!(matches!(ledger.finish_job(fence).await, Err(LedgerError::LostLease)));
    let claimed = ledger.claim_jobs(Queue::Tell, at(600), at(700), 1).await.unwrap().remove(0);
    assert_eq!(claimed.tries, 1);
    let fence = claimed.fence;
    assert!(!start(ledger, fence, id).await, "it is never sent again");
    ledger.settle(fence, id, &Settled::Parked, at(601), at(0)).await.unwrap();
    assert_eq!(state(ledger, id).await, Parked);
}

async fn a_send_that_never_went_out_is_sent_again(ledger: &dyn Ledger) {
    let (id, fence) = told(ledger, 1).await;
    assert!(start(ledger, fence, id).await);
    ledger.settle(fence, id, &Settled::Again { why: "429".into() }, at(11), at(600)).await.unwrap();
    let row = ledger.outbound(id).await.unwrap().unwrap();
    assert_eq!((row.state, row.detail.as_deref()), (Queued, Some("429")));
    let claimed = ledger.claim_jobs(Queue::Tell, at(600), at(700), 1).await.unwrap().remove(0);
    assert_eq!(claimed.tries, 1);
    assert!(start(ledger, claimed.fence, id).await);
}

async fn receipts_in_every_order_end_alike(ledger: &dyn Ledger) {
    let orders = [
        ([Sent, Delivered, Read], Read),
        ([Read, Delivered, Sent], Read),
        ([Delivered, Sent, Delivered], Delivered),
        ([Failed, Sent, Failed], Failed),
        ([Failed, Delivered, Failed], Delivered),
    ];
    for (n, (receipts, end)) in (1..).zip(orders) {
        let (id, _) = told(ledger, n).await;
        let mut before = Queued;
        for receipt in receipts {
            let outcome = ledger.receipt(Some(id), hash(n), receipt, None, at(20)).await.unwrap().unwrap();
            assert_eq!((outcome.id, outcome.before), (id, before));
            before = outcome.after;
        }
        assert_eq!((before, state(ledger, id).await), (end, end), "{receipts:?}");
    }
}

async fn a_receipt_before_the_call_returns_is_not_undone(ledger: &dyn Ledger) {
    let (id, fence) = told(ledger, 1).await;
    assert!(start(ledger, fence, id).await);
    ledger.receipt(Some(id), WAMID, Delivered, None, at(12)).await.unwrap();
    ledger.settle(fence, id, &Settled::Failed { why: "timeout".into() }, at(13), at(0)).await.unwrap();
    let row = ledger.outbound(id).await.unwrap().unwrap();
    assert_eq!((row.state, row.state_at, row.detail, row.wamid), (Delivered, at(12), None, Some(WAMID)));
}

async fn a_receipt_resolves_what_was_given_up(ledger: &dyn Ledger) {
    for (n, end) in [(1, Settled::Unknown), (2, Settled::Parked), (3, Settled::Held { why: "stopped".into() })] {
        let (id, fence) = told(ledger, n).await;
        ledger.settle(fence, id, &end, at(11), at(2000)).await.unwrap();
        ledger.receipt(Some(id), hash(n), Sent, None, at(12)).await.unwrap();
        let row = ledger.outbound(id).await.unwrap().unwrap();
        assert_eq!((row.state, row.detail, row.wamid), (Sent, None, Some(hash(n))), "{end:?}");
    }
    assert_eq!(ledger.parked(10).await.unwrap(), []);
}

async fn a_receipt_finds_its_message_by_either_name(ledger: &dyn Ledger) {
    let (id, fence) = told(ledger, 1).await;
    let nobody = Some(OutboundId::from_bytes([77; 16]));
    assert_eq!(ledger.receipt(nobody, WAMID, Delivered, None, at(9)).await.unwrap(), None);
    ledger.settle(fence, id, &Settled::Sent { wamid: WAMID }, at(11), at(0)).await.unwrap();
    let failed = ledger.receipt(None, WAMID, Failed, Some("131047"), at(12)).await.unwrap().unwrap();
    assert_eq!((failed.id, failed.before, failed.after), (id, Sent, Failed));
    assert_eq!(ledger.outbound(id).await.unwrap().unwrap().detail.as_deref(), Some("131047"));
    let read = ledger.receipt(nobody, WAMID, Read, None, at(13)).await.unwrap().unwrap();
    assert_eq!((read.id, read.after), (id, Read));
}

async fn a_window_never_moves_back(ledger: &dyn Ledger) {
    let number = PhoneNumberId::parse("106540352242922").unwrap();
    let inbound = |commit: Commit, second| {
        let window = WindowRow { phone_number: number.clone(), sender: sender(1), newest_inbound_at: at(second) };
        Commit { window: Some(window), ..commit }
    };
    applied(ledger, inbound(opening(1), 50)).await;
    applied(ledger, inbound(changing(1, 1), 20)).await;
    assert_eq!(ledger.window(&number, sender(1)).await.unwrap(), Some(at(50)));
    let together = [inbound(changing(1, 2), 70), inbound(opening(2), 60)];
    assert!(ledger.commit_many(&together).await.iter().all(Result::is_ok));
    assert_eq!(ledger.window(&number, sender(1)).await.unwrap(), Some(at(70)));
    assert_eq!(ledger.window(&number, sender(2)).await.unwrap(), None);
}

async fn stop_and_its_lifting_come_in_any_order(ledger: &dyn Ledger) {
    let set = |n: u8, second| StopChange::Set { hashes: vec![hash(n), hash(n + 100)], at: at(second) };
    let lift = |n: u8, second| StopChange::Lift { hashes: vec![hash(n)], at: at(second) };
    let cases = [
        ([set(1, 10), lift(1, 20)], None),
        ([lift(2, 20), set(2, 10)], None),
        ([set(3, 20), lift(3, 10)], Some(at(20))),
        ([set(4, 20), lift(4, 20)], Some(at(20))),
        ([set(5, 20), set(5, 10)], Some(at(20))),
    ];
    for (n, (changes, stopped)) in (1..).zip(cases) {
        for (version, stop) in (0..).zip(changes) {
            let commit = if version == 0 { opening(n) } else { changing(n, version) };
            applied(ledger, Commit { stop, ..commit }).await;
        }
        assert_eq!(ledger.stopped_at(&[hash(n)]).await.unwrap(), stopped, "case {n}");
        assert!(ledger.stopped_at(&[hash(n), hash(n + 100)]).await.unwrap().is_some(), "one lifted name is not all");
    }
}
