//! Nothing is stuck: every job has ended or is parked, and whatever waits for a job has one.

use anyhow::Result;
use portico_case::{EvidenceState, Stage};
use portico_cell::Loaded;
use portico_ledger::{OutboundState, Queue};

use super::Judged;
use crate::book::ENDING;

/// Sweeps of what a retention lock holds come again that far ahead.
const AHEAD_DAYS: i64 = 2;

pub(super) async fn check(judged: &mut Judged<'_>) -> Result<()> {
    let (ledger, now) = (&*judged.world.engine.ledger, judged.world.now());
    for queue in ENDING {
        let (due, _) = ledger.backlog(queue, now.plus_days(AHEAD_DAYS)).await?;
        if due > 0 {
            judged.finds(format!("{due} jobs of {} are left", queue.as_str()));
        }
    }
    if ledger.backlog(Queue::Timer, now).await?.0 > 0 {
        judged.finds("a timer that is due has not fired");
    }
    for index in 0..judged.cases.len() {
        messages(judged, index);
        if !judged.given_up.cases.contains(&judged.cases[index].0) {
            waiting(judged, index).await?;
        }
    }
    Ok(())
}

/// A message that has not ended has its job.
fn messages(judged: &mut Judged<'_>, index: usize) {
    let (id, lying) = &judged.cases[index];
    let mut stuck = Vec::new();
    for record in &lying.outbounds {
        let row = &record.row;
        let open = matches!(row.state, OutboundState::Queued | OutboundState::Sending | OutboundState::Unknown);
        let has_job = lying.jobs.iter().any(|job| {
            let key = job.row.key;
            (key.version, key.ordinal) == (row.version.0, row.ordinal)
        });
        if open && lying.row.key.is_some() && !has_job {
            stuck.push(format!("{id}: {} ({}) is {} for ever", row.id, row.text, row.state.as_str()));
        }
    }
    judged.findings.extend(stuck);
}

/// A picture that is looked at, or a case that is, has its job.
async fn waiting(judged: &mut Judged<'_>, index: usize) -> Result<()> {
    let (id, lying) = &judged.cases[index];
    let Some(Loaded::Whole(opened)) = judged.cell.load(*id).await? else { return Ok(()) };
    let mut stuck = Vec::new();
    let has = |queue: Queue| lying.jobs.iter().any(|job| job.row.queue == queue);
    if !opened.case.stage_name().is_end() {
        for item in &opened.case.evidence {
            let queue = match item.state {
                EvidenceState::Fetching => Queue::TakeIn,
                EvidenceState::Reading => Queue::Read,
                _ => continue,
            };
            if !has(queue) {
                stuck.push(format!("{id}: {} is {} for ever", item.id, item.state.as_str()));
            }
        }
    }
    if matches!(opened.case.stage, Stage::Checking { .. }) && !has(Queue::Decide) {
        stuck.push(format!("{id}: checking for ever"));
    }
    for (timer, version) in &opened.case.timers {
        let set = lying.jobs.iter().any(|job| job.row.queue == Queue::Timer && job.row.key.version == version.0);
        if !set {
            stuck.push(format!("{id}: nothing will fire the timer {}", timer.as_str()));
        }
    }
    judged.findings.extend(stuck);
    Ok(())
}
