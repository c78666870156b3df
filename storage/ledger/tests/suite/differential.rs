//! Random operations on a SQL ledger and on the memory ledger must be answered alike and leave the same behind.
//!
//! Drafts are drawn from a small world (three cases, two senders, a few jobs and names), so that they collide often:
//! repeats, stale versions, lost leases, second openings. A draft becomes a [`Call`] by looking at the memory ledger.
//! Calls made at once are compared with every order of them: one must explain all answers (they are linearizable).
//! The drawing is fixed, so a failure comes back; `PROPTEST_CASES` draws further.

mod call;
mod draft;
mod dump;

use futures::future::join_all;
use portico_ledger::{Ledger, MemoryLedger};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use crate::engines::{self, Fresh};
use call::Call;
use draft::{Draft, World};

/// Histories drawn for each engine; each has a database of its own.
const CASES: u32 = 24;

fn run<S: Strategy>(strategy: &S, check: impl AsyncFn(S::Value) -> Result<(), TestCaseError>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(CASES);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    runner.run(strategy, |value| runtime.block_on(check(value))).unwrap();
}

/// Turns each draft into a call and makes it on both; gives the calls, for who has to make them again.
async fn in_step(world: &mut World, other: &dyn Ledger, drafts: &[Draft]) -> Result<Vec<Call>, TestCaseError> {
    let mut calls = Vec::new();
    for draft in drafts {
        let call = world.call(draft).await;
        let (right, said) = (call.make(&world.memory).await, call.make(other).await);
        prop_assert_eq!(&right, &said, "{:?} after {:?}", call, calls);
        world.learn(&right);
        calls.push(call);
    }
    Ok(calls)
}

async fn agrees(fresh: Fresh, drafts: &[Draft]) -> Result<(), TestCaseError> {
    let mut world = World::default();
    let calls = in_step(&mut world, &*fresh.ledger, drafts).await?;
    let (right, left) = (dump::dump(&world.memory).await, dump::dump(&*fresh.ledger).await);
    for (right, left) in right.iter().zip(&left) {
        prop_assert_eq!(right, left, "after {:?}", calls);
    }
    Ok(())
}

async fn explained(fresh: Fresh, before: &[Draft], at_once: &[Draft]) -> Result<(), TestCaseError> {
    let mut world = World::default();
    let history = in_step(&mut world, &*fresh.ledger, before).await?;
    let mut calls = Vec::new();
    for draft in at_once {
        calls.push(world.call(draft).await);
    }
    let said = join_all(calls.iter().map(|call| call.make(&*fresh.ledger))).await;
    let left = dump::dump(&*fresh.ledger).await;
    for order in orders(calls.len()) {
        let memory = MemoryLedger::new();
        for call in &history {
            call.make(&memory).await;
        }
        let mut right = vec![call::Answer::default(); calls.len()];
        for place in order {
            right[place] = calls[place].make(&memory).await;
        }
        if right == said && dump::dump(&memory).await == left {
            return Ok(());
        }
    }
    Err(TestCaseError::fail(format!("no order of {calls:?} explains {said:?} after {history:?}")))
}

/// Every order of the first `n` numbers.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let insert = |order: Vec<usize>| {
        (0..n).map(move |place| {
            let mut order = order.clone();
            order.insert(place, n - 1);
            order
        })
    };
    orders(n - 1).into_iter().flat_map(insert).collect()
}

fn histories() -> impl Strategy<Value = Vec<Draft>> {
    prop::collection::vec(draft::alone(), 1..40)
}

fn races() -> impl Strategy<Value = (Vec<Draft>, Vec<Draft>)> {
    (prop::collection::vec(draft::alone(), 0..12), prop::collection::vec(draft::racing(), 2..5))
}

#[test]
fn memory_and_sqlite_agree() {
    run(&histories(), async |drafts| agrees(engines::sqlite().await, &drafts).await);
}

#[test]
fn memory_and_postgres_agree() {
    run(&histories(), async |drafts| agrees(engines::postgres().await, &drafts).await);
}

#[test]
fn some_order_explains_a_race_on_sqlite() {
    run(&races(), async |(before, at_once)| explained(engines::sqlite().await, &before, &at_once).await);
}

#[test]
fn some_order_explains_a_race_on_postgres() {
    run(&races(), async |(before, at_once)| explained(engines::postgres().await, &before, &at_once).await);
}
