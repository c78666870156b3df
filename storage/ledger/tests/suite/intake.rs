//! Intake: webhook bodies and their days' keys.

use portico_ledger::{JobKey, Ledger, LedgerError, ParkedAct, Queue, Resolved, SegmentRow};

use crate::conformance;
use crate::rows::{at, lease, trace};

conformance!(
    a_segment_is_durable_with_its_sort_job,
    a_segment_twice_lands_nothing,
    a_day_keeps_its_first_key,
    a_day_is_destroyed_once_it_is_sorted,
    a_segment_of_a_destroyed_day_is_refused,
    a_parked_segment_moves_to_another_day,
    a_discarded_segment_keeps_its_custody,
    a_day_is_destroyed_or_takes_a_segment_never_both,
);

fn segment(n: u8, day: &str) -> SegmentRow {
    let (at, bodies, custody) = (at(i64::from(n)), u32::from(n), format!("digest {n}"));
    SegmentRow { id: [n; 16], day: day.into(), at, bodies, custody, body: vec![n; 40], trace: trace(n.into()) }
}

async fn a_segment_is_durable_with_its_sort_job(ledger: &dyn Ledger) {
    let segments: Vec<_> = (1..=40).map(|n| segment(n, "2026-11-22")).collect();
    ledger.accept(&segments).await.unwrap();
    assert_eq!(ledger.segment([7; 16]).await.unwrap().as_ref(), Some(&segments[6]));
    assert_eq!(ledger.segment([99; 16]).await.unwrap(), None);
    let claimed = ledger.claim_jobs(Queue::Sort, at(50), at(100), 50).await.unwrap();
    let owners: Vec<_> = claimed.iter().map(|job| (job.fence.key, job.payload.clone(), job.trace.clone())).collect();
    let expected = (1..=40).map(|n| (JobKey { owner: [n; 16], version: 0, ordinal: 0 }, Vec::new(), trace(n.into())));
    assert_eq!(owners, expected.collect::<Vec<_>>(), "oldest first");
    assert_eq!(ledger.counts(at(0)).await.unwrap().received, (1..=40).sum::<u64>());
}

async fn a_segment_twice_lands_nothing(ledger: &dyn Ledger) {
    ledger.accept(&[segment(1, "2026-11-22")]).await.unwrap();
    ledger.accept(&[segment(2, "2026-11-22"), segment(1, "2026-11-22")]).await.unwrap_err();
    assert_eq!(ledger.segment([2; 16]).await.unwrap(), None);
    assert_eq!(ledger.backlog(Queue::Sort, at(50)).await.unwrap(), (1, Some(at(1))));
}

async fn a_day_keeps_its_first_key(ledger: &dyn Ledger) {
    assert_eq!(ledger.day_key("2026-11-22", &[1]).await.unwrap(), Some(vec![1]));
    assert_eq!(ledger.day_key("2026-11-22", &[2]).await.unwrap(), Some(vec![1]));
    assert_eq!(ledger.day_key("2026-11-23", &[3]).await.unwrap(), Some(vec![3]));
}

async fn a_day_is_destroyed_once_it_is_sorted(ledger: &dyn Ledger) {
    for (day, key) in [("2026-11-20", 20), ("2026-11-21", 21), ("2026-11-22", 22)] {
        ledger.day_key(day, &[key]).await.unwrap();
    }
    ledger.accept(&[segment(1, "2026-11-20"), segment(2, "2026-11-21"), segment(3, "2026-11-22")]).await.unwrap();
    let sorted = ledger.claim_jobs(Queue::Sort, at(10), at(100), 3).await.unwrap();
    ledger.finish_job(sorted[0].fence).await.unwrap();
    ledger.finish_job(sorted[2].fence).await.unwrap();
    assert_eq!(ledger.destroy_day_keys("2026-11-22").await.unwrap(), 1, "the 21st is not sorted, the 22nd not past");
    assert_eq!(ledger.day_key("2026-11-20", &[9]).await.unwrap(), None, "a destroyed key never comes back");
    assert_eq!(ledger.segment([1; 16]).await.unwrap(), None);
    assert!(ledger.segment([2; 16]).await.unwrap().is_some());
    assert_eq!(ledger.destroy_day_keys("2026-11-22").await.unwrap(), 0, "nothing is destroyed twice");
    assert_eq!(ledger.counts(at(0)).await.unwrap().received, 6, "what was destroyed was still received");
}

async fn a_segment_of_a_destroyed_day_is_refused(ledger: &dyn Ledger) {
    ledger.day_key("2026-11-20", &[20]).await.unwrap();
    assert_eq!(ledger.destroy_day_keys("2026-11-22").await.unwrap(), 1);
    let error = ledger.accept(&[segment(1, "2026-11-22"), segment(2, "2026-11-20")]).await.unwrap_err();
    assert!(matches!(error, LedgerError::DayKeyDestroyed { day } if day == "2026-11-20"));
    assert_eq!(ledger.segment([1; 16]).await.unwrap(), None, "all or nothing");
}

/// Parks the one due `sort` job and says its id in the list.
async fn park(ledger: &dyn Ledger) -> String {
    let held = lease(ledger, Queue::Sort).await;
    ledger.park_job(held, at(5), "unreadable").await.unwrap();
    ledger.parked(10).await.unwrap().pop().unwrap().id
}

async fn a_parked_segment_moves_to_another_day(ledger: &dyn Ledger) {
    for day in ["2026-11-20", "2026-11-22"] {
        ledger.day_key(day, &[1]).await.unwrap();
    }
    let kept = segment(1, "2026-11-20");
    ledger.accept(std::slice::from_ref(&kept)).await.unwrap();
    assert!(!ledger.rewrap_segment(kept.id, &kept.day, "2026-11-22", &[9]).await.unwrap(), "it is not parked");
    assert_eq!(ledger.parked_segments("2026-11-22", 10).await.unwrap(), []);
    let id = park(ledger).await;
    assert_eq!(ledger.parked_segments("2026-11-20", 10).await.unwrap(), [], "its day is not past");
    assert_eq!(ledger.parked_segments("2026-11-22", 10).await.unwrap(), std::slice::from_ref(&kept));
    assert_eq!(ledger.parked_segments("2026-11-22", 0).await.unwrap(), []);
    assert_eq!(ledger.destroy_day_keys("2026-11-22").await.unwrap(), 0, "it is not sorted");
    assert!(!ledger.rewrap_segment(kept.id, "2026-11-21", "2026-11-22", &[9]).await.unwrap(), "not of that day");
    assert!(ledger.rewrap_segment(kept.id, &kept.day, "2026-11-22", &[9]).await.unwrap());
    assert_eq!(ledger.destroy_day_keys("2026-11-22").await.unwrap(), 1, "nothing holds its day any more");
    let moved = SegmentRow { day: "2026-11-22".into(), body: vec![9], ..kept.clone() };
    assert_eq!(ledger.segment(kept.id).await.unwrap(), Some(moved));
    let error = ledger.rewrap_segment(kept.id, "2026-11-22", "2026-11-20", &[8]).await.unwrap_err();
    assert!(matches!(error, LedgerError::DayKeyDestroyed { .. }));
    assert_eq!(ledger.resolve_parked(&id, ParkedAct::Retry, at(9), "{}").await.unwrap(), Resolved::Done);
    assert_eq!(lease(ledger, Queue::Sort).await.key.owner, kept.id);
}

async fn a_discarded_segment_keeps_its_custody(ledger: &dyn Ledger) {
    ledger.day_key("2026-11-20", &[1]).await.unwrap();
    let (gone, sorted) = (segment(1, "2026-11-20"), segment(2, "2026-11-20"));
    ledger.accept(std::slice::from_ref(&gone)).await.unwrap();
    let id = park(ledger).await;
    ledger.accept(std::slice::from_ref(&sorted)).await.unwrap();
    ledger.finish_job(lease(ledger, Queue::Sort).await).await.unwrap();
    assert_eq!(ledger.resolve_parked(&id, ParkedAct::Discard, at(9), "{}").await.unwrap(), Resolved::Done);
    assert_eq!(ledger.destroy_day_keys("2026-11-22").await.unwrap(), 1);
    assert_eq!(ledger.segment(gone.id).await.unwrap(), Some(SegmentRow { body: vec![], ..gone }));
    assert_eq!(ledger.segment(sorted.id).await.unwrap(), None);
    assert_eq!(ledger.counts(at(0)).await.unwrap().received, 3, "each is counted once");
}

async fn a_day_is_destroyed_or_takes_a_segment_never_both(ledger: &dyn Ledger) {
    for n in 1..30 {
        let day = format!("2026-11-{n:02}");
        ledger.day_key(&day, &[n]).await.unwrap();
        let segment = [segment(n, &day)];
        let (accepted, destroyed) =
            futures::future::join(ledger.accept(&segment), ledger.destroy_day_keys("2026-12-01")).await;
        assert_ne!(accepted.is_ok(), destroyed.unwrap() == 1, "on {day}");
        if accepted.is_ok() {
            ledger.finish_job(lease(ledger, Queue::Sort).await).await.unwrap();
            ledger.destroy_day_keys("2026-12-01").await.unwrap();
        }
    }
}
