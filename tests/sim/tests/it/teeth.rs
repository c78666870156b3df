//! The campaign notices: with each guard of the ledger taken out, one at a time, it fails.

use portico_sim::campaign;
use portico_sim::engine::Kind;
use portico_sim::teeth::Tooth;

/// Within so many schedules.
const SCHEDULES: u64 = 400;

fn fails_without(tooth: Tooth) {
    let report = campaign::run(0..SCHEDULES, Kind::Memory, Some(tooth), 1).unwrap();
    assert!(!report.failed.is_empty(), "without {tooth:?}, {} schedules hold: nothing notices", report.schedules);
    let (seed, findings) = report.failed.first_key_value().unwrap();
    println!(
        "without {tooth:?}, {} of {} schedules fail, seed {seed} with: {}",
        report.failed.len(),
        report.schedules,
        findings.join("; ")
    );
}

#[test]
fn without_the_fence_it_fails() {
    fails_without(Tooth::Fence);
}

#[test]
fn without_the_input_id_it_fails() {
    fails_without(Tooth::InputId);
}

#[test]
fn without_the_expected_version_it_fails() {
    fails_without(Tooth::Expects);
}

#[test]
fn without_the_atomic_outbox_it_fails() {
    fails_without(Tooth::Outbox);
}
