//! 200 means durable: whatever the ledger does, nothing acknowledged is missing.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use futures::future::join_all;
use portico_telemetry::Count;

use crate::stage::{BR_NUMBER, BR_WABA, IN_NUMBER, IN_WABA, Stage, entry, indian, message, webhook};

const UNAVAILABLE: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

#[tokio::test]
async fn a_ledger_that_is_down_is_503_until_it_is_back() {
    let stage = Stage::new();
    stage.india.inbox.down.store(true, Ordering::SeqCst);
    assert_eq!(stage.post(&indian("hi")).await, UNAVAILABLE);
    assert!(stage.nothing_kept());
    assert_eq!(stage.counted(Count::NotDurable), 1);
    stage.india.inbox.down.store(false, Ordering::SeqCst);
    assert_eq!(stage.post(&indian("hi")).await, StatusCode::OK);
    assert_eq!(stage.india.slices().len(), 1);
}

#[tokio::test]
async fn one_cell_down_does_not_keep_the_other_from_its_part() {
    let stage = Stage::new();
    stage.india.inbox.down.store(true, Ordering::SeqCst);
    let body =
        webhook(&[entry(IN_WABA, &[message(IN_NUMBER, "namaste")]), entry(BR_WABA, &[message(BR_NUMBER, "oi")])]);
    assert_eq!(stage.post(&body).await, UNAVAILABLE);
    assert_eq!((stage.india.segments().len(), stage.brazil.slices().len()), (0, 1));
}

#[tokio::test]
async fn a_commit_that_takes_too_long_is_503() {
    let stage = Stage::with(|config| config.commit_timeout_ms = 10);
    stage.india.inbox.pace.forget_permits(usize::MAX);
    assert_eq!(stage.post(&indian("hi")).await, UNAVAILABLE);
    stage.india.inbox.pace.add_permits(1_000);
    // The writer goes on, and Meta comes again until it has its 200.
    while stage.post(&indian("hi")).await != StatusCode::OK {}
    assert!(!stage.india.slices().is_empty());
}

#[tokio::test]
async fn without_a_writer_it_is_503() {
    let mut stage = Stage::new();
    stage.writers.shutdown().await;
    assert_eq!(stage.post(&indian("hi")).await, UNAVAILABLE);
}

#[tokio::test]
async fn a_destroyed_day_key_is_503_and_a_new_day_has_a_new_key() {
    let stage = Stage::new();
    assert_eq!(stage.post(&indian("today")).await, StatusCode::OK);
    stage.india.inbox.keys_destroyed.store(true, Ordering::SeqCst);
    stage.clock.0.fetch_add(86_400, Ordering::SeqCst);
    assert_eq!(stage.post(&indian("tomorrow")).await, UNAVAILABLE);
    stage.india.inbox.keys_destroyed.store(false, Ordering::SeqCst);
    assert_eq!(stage.post(&indian("tomorrow")).await, StatusCode::OK);
    let days: Vec<_> = stage.india.segments().into_iter().map(|row| row.day).collect();
    assert_eq!(days, ["2026-11-22", "2026-11-23"]);
    assert_eq!(stage.india.slices().len(), 2);
}

/// A process that was paused between sealing and committing: the day's key was destroyed meanwhile.
#[tokio::test]
async fn what_was_sealed_under_a_key_that_is_gone_is_sealed_anew() {
    let stage = Stage::new();
    stage.india.inbox.pace.forget_permits(usize::MAX);
    let days_pass = async {
        while stage.india.inbox.days.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        stage.clock.0.fetch_add(3 * 86_400, Ordering::SeqCst);
        stage.india.inbox.past_days.lock().unwrap().push("2026-11-22".into());
        stage.india.inbox.pace.add_permits(2);
    };
    let late = indian("late");
    let (answer, ()) = futures::join!(stage.post(&late), days_pass);
    assert_eq!(answer, StatusCode::OK);
    let days: Vec<_> = stage.india.segments().into_iter().map(|row| row.day).collect();
    assert_eq!(days, ["2026-11-25"]);
    assert!(stage.india.slices()[0].change.contains("late"));
}

/// The first commit is held up; everything that comes meanwhile shares the second.
#[tokio::test]
async fn what_gathers_during_a_commit_shares_the_next_one() {
    let stage = Stage::new();
    stage.india.inbox.pace.forget_permits(usize::MAX);
    let bodies: Vec<_> = (0..40).map(|n| indian(&format!("message-{n}-"))).collect();
    let (first, rest) = bodies.split_first().unwrap();
    let rest = async {
        while stage.india.inbox.days.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        let release = async { stage.india.inbox.pace.add_permits(100) };
        futures::join!(join_all(rest.iter().map(|body| stage.post(body))), release).0
    };
    let (first, rest) = futures::join!(stage.post(first), rest);
    assert!(rest.iter().chain([&first]).all(|answer| *answer == StatusCode::OK));
    let counts: Vec<_> = stage.india.segments().iter().map(|row| row.bodies).collect();
    assert_eq!(counts, [1, 39]);
    let slices = stage.india.slices();
    for n in 0..40 {
        assert_eq!(slices.iter().filter(|slice| slice.change.contains(&format!("message-{n}-"))).count(), 1);
    }
    assert_eq!(stage.metrics.segments(stage.india.keys.cell()), 2);
}

#[tokio::test]
async fn a_segment_is_closed_at_its_limits() {
    let stage = Stage::with(|config| config.max_segment_bodies = 3);
    let bodies: Vec<_> = (0..20).map(|n| indian(&n.to_string())).collect();
    join_all(bodies.iter().map(|body| stage.post(body))).await;
    assert!(stage.india.segments().iter().all(|row| row.bodies <= 3));
    assert_eq!(stage.india.slices().len(), 20);
}

#[tokio::test]
async fn when_too_much_is_waiting_it_is_503_at_once() {
    let stage = Stage::with(|config| (config.max_waiting, config.commit_timeout_ms) = (2, 60_000));
    stage.india.inbox.pace.forget_permits(usize::MAX);
    let bodies: Vec<_> = (0..10).map(|n| indian(&n.to_string())).collect();
    let release = async {
        while stage.counted(Count::Busy) == 0 {
            tokio::task::yield_now().await;
        }
        stage.india.inbox.pace.add_permits(100);
    };
    let (answers, ()) = futures::join!(join_all(bodies.iter().map(|body| stage.post(body))), release);
    let taken = answers.iter().filter(|answer| **answer == StatusCode::OK).count();
    let told = answers.iter().filter(|answer| **answer == UNAVAILABLE).count();
    assert!(told >= 1 && taken + told == 10);
    assert_eq!(stage.india.slices().len(), taken, "exactly the acknowledged ones are kept");
}

#[tokio::test]
async fn when_the_ingress_ends_the_writers_end_after_it() {
    let Stage { router, mut writers, india, .. } = {
        let stage = Stage::new();
        assert_eq!(stage.post(&indian("last words")).await, StatusCode::OK);
        stage
    };
    drop(router);
    assert!(writers.join_next().await.unwrap().is_ok());
    assert_eq!(india.slices().len(), 1);
}
