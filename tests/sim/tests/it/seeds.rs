//! Many seeds on the memory ledger, and one seed whole.

use portico_sim::campaign::{self, SEED};
use portico_sim::engine::Kind;
use portico_sim::fault::Fault;
use portico_sim::simulate::{Order, simulate};

/// How many schedules the tests run on the memory ledger.
const SCHEDULES: u64 = 20_000;
/// Instead of [`SCHEDULES`].
const COUNT: &str = "PORTICO_SIM_SCHEDULES";

/// Seeds that found something in the product, with what it was; they stay.
const REGRESSIONS: [(u64, &str); 6] = [
    (1, "fsck did not explain a lifted STOP where a number had gone to another sender and come back"),
    (16, "a receipt said that a message failed, its worker died, and the case never heard"),
    (25, "a message was held, its worker died, and the case never heard"),
    (42, "a message was given up, its worker died, and the case never heard"),
    (666, "a failed verdict of which the case, and so the bank, never heard"),
    (958, "a message whose job was parked held up every later one of its case"),
];

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// `PORTICO_SIM_SEED=n cargo test -p portico-sim one_seed -- --nocapture` tells a schedule whole.
#[test]
fn one_seed() {
    if let Some(seed) = number(SEED) {
        println!("{}", campaign::told(seed, Kind::Memory, None).unwrap());
    }
}

#[test]
fn what_was_found_once_stays_mended() {
    for (seed, what) in REGRESSIONS {
        let outcome = simulate(&Order::of(seed)).unwrap();
        assert!(outcome.findings.is_empty(), "{what}: {}", campaign::told(seed, Kind::Memory, None).unwrap());
    }
}

#[test]
fn every_schedule_on_the_memory_ledger_holds_and_every_kind_of_fault_fires() {
    let count = number(COUNT).unwrap_or(SCHEDULES);
    let report = campaign::run(0..count, Kind::Memory, None, campaign::cores()).unwrap();
    println!("{report}");
    if let Some(told) = report.told(Kind::Memory, None).unwrap() {
        panic!("{told}");
    }
    let silent: Vec<_> = Fault::ALL.iter().filter(|fault| report.tally.of(**fault) == 0).collect();
    assert!(silent.is_empty(), "never happened: {silent:?}");
}

#[test]
fn the_same_seed_gives_the_same_history_byte_for_byte() {
    for seed in 0..200 {
        let order = Order { digested: true, ..Order::of(seed) };
        let (first, second) = (simulate(&order).unwrap(), simulate(&order).unwrap());
        assert_eq!((seed, first.digest, first.tally), (seed, second.digest, second.tally));
    }
}
