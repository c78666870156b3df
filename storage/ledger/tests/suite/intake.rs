//! Intake: webhook bodies and their days' keys.

use portico_ledger::{JobKey, Ledger, Queue, SegmentRow};

use crate::conformance;
use crate::rows::at;

conformance!(
    a_segment_is_durable_with_its_sort_job,
    a_segment_twice_lands_nothing,
    a_day_keeps_its_first_key,
    a_day_is_destroyed_once_it_is_sorted,
);

fn segment(n: u8, day: &str) -> SegmentRow {
    SegmentRow { id: [n; 16], day: day.into(), at: at(i64::from(n)), bodies: u32::from(n), body: vec![n; 40] }
}

async fn a_segment_is_durable_with_its_sort_job(ledger: &dyn Ledger) {
    let segments: Vec<_> = (1..=40).map(|n| segment(n, "2026-11-22")).collect();
    ledger.accept(&segments).await.unwrap();
    assert_eq!(ledger.segment([7; 16]).await.unwrap().as_ref(), Some(&segments[6]));
    assert_eq!(ledger.segment([99; 16]).await.unwrap(), None);
    let claimed = ledger.claim_jobs(Queue::Sort, at(50), at(100), 50).await.unwrap();
    let owners: Vec<_> = claimed.iter().map(|job| (job.fence.key, job.payload.clone())).collect();
    let expected = (1..=40).map(|n| (JobKey { owner: [n; 16], version: 0, ordinal: 0 }, Vec::new()));
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
