//! One seed, from its first hello to the judge.

use std::sync::Arc;

use anyhow::Result;
use portico_cell::Act;
use portico_ledger::{ParkedAct, ParkedItem, ParkedKind};
use portico_vocab::Sha256;

use crate::check::GivenUp;
use crate::engine::{Engine, Kind};
use crate::fault::{Fault, Mood, Tally};
use crate::schedule::{Rest, Schedule};
use crate::script::Happening;
use crate::teeth::Tooth;
use crate::world::World;
use crate::{applicant, check};

/// What is to be run.
#[derive(Debug, Clone)]
pub struct Order {
    pub seed: u64,
    pub kind: Kind,
    pub tooth: Option<Tooth>,
    /// Write down what happens, for a reader.
    pub traced: bool,
    /// How many people at most.
    pub people: usize,
    /// Take the digest of the whole history, to be held against another run's.
    pub digested: bool,
    /// Instead of the drawn one.
    pub mood: Option<Mood>,
}

impl Order {
    #[must_use]
    pub const fn of(seed: u64) -> Self {
        Self { seed, kind: Kind::Memory, tooth: None, traced: false, people: 4, digested: false, mood: None }
    }
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub seed: u64,
    /// What does not hold; empty when all does.
    pub findings: Vec<String>,
    pub digest: Sha256,
    pub tally: Tally,
    pub cases: usize,
    pub inputs: usize,
    pub trace: Vec<String>,
}

impl Outcome {
    pub(crate) fn broken(seed: u64, finding: String) -> Self {
        let (digest, tally) = (Sha256::of(b""), Tally::default());
        Self { seed, findings: vec![finding], digest, tally, cases: 0, inputs: 0, trace: Vec::new() }
    }
}

/// Runs one schedule.
///
/// # Errors
/// When it cannot be set up or judged; what does not hold is in the outcome.
pub fn simulate(order: &Order) -> Result<Outcome> {
    let engine = Engine::fresh(order.kind)?;
    let world = World::new(order, engine);
    world.objects.lock().locks = world.chance.permille(500);
    let mut schedule = Schedule::new(Arc::clone(&world))?;
    applicant::arrive(&world, order.people);
    visitors(&mut schedule);
    schedule.run_rough()?;
    schedule.come_to_rest(Rest::Near)?;
    let given_up = operate(&mut schedule)?;
    if world.long {
        schedule.happens(world.now().plus_days(3), Happening::House);
        schedule.come_to_rest(Rest::At(world.now().plus_days(400)))?;
    }
    judge(&world, &schedule, given_up)
}

fn judge(world: &World, schedule: &Schedule, given_up: GivenUp) -> Result<Outcome> {
    let cell = schedule.shared.judge()?;
    let mut tally = world.faults.tally();
    let reordered = world.meta.lock().reordered;
    tally.count(Fault::WebhookReordered, reordered);
    let findings = world.engine.run(check::findings(schedule, &cell, given_up))?;
    let digest = if world.digested { world.engine.run(check::digest(world))? } else { Sha256::of(b"") };
    let totals = world.engine.run(world.engine.ledger.totals())?;
    Ok(Outcome {
        seed: world.seed,
        findings,
        digest,
        tally,
        cases: world.engine.run(world.engine.ledger.case_ids(None, 10_000))?.len(),
        inputs: usize::try_from(totals.entries + totals.strays)?,
        trace: world.trace(),
    })
}

/// Reviewers, house-keeping and crooked clocks come as they please.
fn visitors(schedule: &mut Schedule) {
    let world = Arc::clone(&schedule.world);
    let chance = &world.chance;
    for _ in 0..chance.below(8) {
        let at = world.now().plus_millis(chance.between(30_000, 1_800_000));
        schedule.happens(at, Happening::Review);
    }
    for n in 0..chance.below(3) {
        let change = crate::wire::account(["GREEN", "YELLOW", "RED"][usize::try_from(n).unwrap_or(0)]);
        let body = world.meta.lock().body(change, world.now(), format!("account event {n}"));
        crate::meta::posts(&world, body);
    }
    for days in 0..chance.between(0, 4) {
        let at = world.now().plus_days(days).plus_millis(chance.between(0, 80_000_000));
        schedule.happens(at, Happening::House);
        schedule.happens(at.plus_millis(chance.between(0, 3_600_000)), Happening::Review);
    }
}

/// People answer for what gave up, and take subscribers back; then everything goes on. Says what is given up for good.
fn operate(schedule: &mut Schedule) -> Result<GivenUp> {
    let world = Arc::clone(&schedule.world);
    let (ledger, chance) = (&*world.engine.ledger, &world.chance);
    let mut given_up = GivenUp::default();
    if chance.permille(500) {
        for item in world.engine.run(ledger.parked(1_000))? {
            answer(&world, &item, &mut given_up)?;
        }
        for name in world.engine.run(ledger.disabled_subscribers())? {
            let note = Act::enable(&name, "reviewer:o.perator".to_owned()).note()?;
            world.engine.run(ledger.enable_subscriber(&name, world.now(), &note))?;
        }
        world.book.lock().deliveries_moved = true;
        schedule.come_to_rest(Rest::Near)?;
    }
    let left = world.engine.run(ledger.parked(1_000))?;
    given_up.inbox |= left.iter().any(|item| item.kind == ParkedKind::Inbox);
    Ok(given_up)
}

/// A person retries it, or lets it go.
fn answer(world: &World, item: &ParkedItem, given_up: &mut GivenUp) -> Result<()> {
    let retries = item.kind != ParkedKind::Send && world.chance.permille(700);
    let act = if retries { ParkedAct::Retry } else { ParkedAct::Discard };
    let note = Act::answer(act, &item.id, Some("reviewer:o.perator".to_owned()), None).note()?;
    let _ = world.engine.run(world.engine.ledger.resolve_parked(&item.id, act, world.now(), &note))?;
    world.book.lock().resolved(&item.id, act, world.now());
    if act == ParkedAct::Discard {
        given_up.inbox |= item.kind == ParkedKind::Inbox;
        given_up.cases.extend(item.case.filter(|_| item.kind == ParkedKind::Job));
    }
    Ok(())
}
