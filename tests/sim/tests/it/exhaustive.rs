//! Every order of a six-message onboarding, every message twice, a crash after each commit.

use std::sync::atomic::{AtomicUsize, Ordering};

use portico_sim::campaign;
use portico_sim::exhaustive::{ALL, End, Looks, Plan, orders, run};
use portico_vocab::StageName;

/// Each of `count` pieces of work once, on every core.
fn each(count: usize, work: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..campaign::cores() {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= count {
                        return;
                    }
                    work(n);
                }
            });
        }
    });
}

/// As in the order in which they were sent, without a duplicate or a crash.
fn plain(looks: Looks) -> End {
    let end = run(&Plan::plain(&ALL, looks)).unwrap();
    assert_eq!((end.cases, end.stage, end.slots.len()), (1, StageName::InReview, 3));
    end
}

fn ends_alike(plan: &Plan<'_>, plain: &End) {
    let end = run(plan).unwrap_or_else(|error| panic!("{plan:?}: {error:#}"));
    match plan.looks {
        Looks::AsTheyCome => assert_eq!(end.outline(), plain.outline(), "{plan:?}"),
        Looks::AfterTheLast => assert_eq!((end.stage, &end.slots), (plain.stage, &plain.slots), "{plan:?}"),
    }
}

/// Both ways of looking, with how each ends.
fn ends() -> [(Looks, End); 2] {
    [Looks::AsTheyCome, Looks::AfterTheLast].map(|looks| (looks, plain(looks)))
}

#[test]
fn every_order_ends_alike_and_a_message_that_comes_again_changes_nothing() {
    let (orders, ends) = (orders(), ends());
    assert_eq!(orders.len(), 240);
    each(orders.len(), |n| {
        for (looks, plain) in &ends {
            ends_alike(&Plan { all_again: true, ..Plan::plain(&orders[n], *looks) }, plain);
        }
    });
}

/// Every subset, of every sixteenth order.
#[test]
fn orders_with_every_subset_twice_end_alike() {
    let (orders, ends) = (orders(), ends());
    let some: Vec<_> = orders.iter().step_by(16).collect();
    each(some.len() * 64, |n| {
        let twice = u8::try_from(n % 64).unwrap();
        let (looks, plain) = &ends[usize::from(twice.count_ones() % 2 == 1)];
        ends_alike(&Plan { twice, ..Plan::plain(some[n / 64], *looks) }, plain);
    });
}

/// Of every order with pictures looked at as they come, and of every fourth with pictures looked at in the end.
#[test]
fn every_order_with_a_crash_after_each_commit_ends_alike() {
    let (orders, ends) = (orders(), ends());
    each(orders.len(), |n| {
        for (looks, plain) in ends.iter().take(if n % 4 == 0 { 2 } else { 1 }) {
            let plan = Plan::plain(&orders[n], *looks);
            let commits = run(&plan).unwrap().commits;
            for after in 1..=commits {
                ends_alike(&Plan { crash_after: Some(after), ..plan }, plain);
            }
        }
    });
}
