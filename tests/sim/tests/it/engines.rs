//! Some seeds on the SQL engines: they hold there too, and the histories are those of the memory ledger, byte for byte.

use std::ops::Range;

use portico_sim::campaign;
use portico_sim::engine::Kind;
use portico_sim::simulate::{Order, simulate};

/// A database takes its time: fewer people, the same faults.
const PEOPLE: usize = 2;

fn agrees(kind: Kind, seeds: Range<u64>) {
    std::thread::scope(|scope| {
        let cores = campaign::cores() as u64;
        for first in 0..cores {
            let seeds = seeds.clone();
            scope.spawn(move || {
                for seed in seeds.filter(|seed| seed % cores == first) {
                    let order = Order { people: PEOPLE, digested: true, ..Order::of(seed) };
                    let memory = simulate(&order).unwrap();
                    let sql = simulate(&Order { kind, ..order }).unwrap();
                    assert!(sql.findings.is_empty(), "{kind:?}, seed {seed}: {:#?}", sql.findings);
                    assert_eq!((seed, sql.tally), (seed, memory.tally), "{kind:?} and memory went different ways");
                    assert_eq!((seed, sql.digest), (seed, memory.digest), "{kind:?} and memory have other histories");
                }
            });
        }
    });
}

#[test]
fn sqlite_holds_and_has_the_histories_of_memory() {
    agrees(Kind::Sqlite, 0..500);
}

#[test]
fn postgres_holds_and_has_the_histories_of_memory() {
    agrees(Kind::Postgres, 0..50);
}
