//! What the bank has seen: each case's events in order at the first attempt, every one of them at least once, no decision
//! but one.

use anyhow::Result;
use portico_vocab::EventId;

use super::Judged;

pub(super) async fn check(judged: &mut Judged<'_>) -> Result<()> {
    let mut found = Vec::new();
    // What is announced after a 410 waits until a person takes the subscriber back.
    let disabled = judged.world.engine.ledger.disabled_subscribers().await?;
    judged_from(judged, &disabled, &mut found);
    judged.findings.extend(found);
    Ok(())
}

fn judged_from(judged: &Judged<'_>, disabled: &[String], found: &mut Vec<String>) {
    let bank = judged.world.bank.lock();
    for ((subscriber, case), seqs) in &bank.tried {
        if !seqs.is_sorted() {
            found.push(format!("{subscriber} was first offered the events of {case} in the order {seqs:?}"));
        }
    }
    for (case, decisions) in bank.decisions.iter().filter(|(_, decisions)| decisions.len() > 1) {
        found.push(format!("the bank heard of {} decisions of {case}", decisions.len()));
    }
    let mut known: Vec<EventId> = Vec::new();
    for (id, lying) in &judged.cases {
        known.extend(lying.events.iter().map(|event| event.row.id));
        let decisions = lying.events.iter().filter(|event| event.row.kind == "kyc.decision.made").count();
        if decisions > 1 {
            found.push(format!("{id}: {decisions} decisions were announced"));
        }
        for delivery in &lying.deliveries {
            let (event, subscriber) = (delivery.row.event, &delivery.row.subscriber);
            let taken = bank.taken.get(subscriber).is_some_and(|taken| taken.contains(&event));
            if delivery.delivered_at.is_some() && !taken {
                found.push(format!("{event} is said to be delivered to {subscriber}, who never took it"));
            }
            let ended = delivery.delivered_at.or(delivery.skipped_at).or(delivery.parked_at).is_some();
            let held_back = lying.deliveries.iter().any(|other| {
                other.row.subscriber == *subscriber && other.row.seq < delivery.row.seq && other.parked_at.is_some()
            });
            if !ended && !held_back && !disabled.contains(subscriber) {
                found.push(format!("{event} never came to {subscriber}"));
            }
        }
    }
    for (subscriber, taken) in &bank.taken {
        let unknown = taken.iter().filter(|event| !known.contains(event)).count();
        if unknown > 0 {
            found.push(format!("{subscriber} has {unknown} events that no case announced"));
        }
    }
}
