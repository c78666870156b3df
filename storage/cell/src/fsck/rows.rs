//! What hangs on a case, row by row and column by column, against what its changes must have written.

use std::collections::{BTreeMap, BTreeSet};

use portico_case::{Case, Effect, EvidenceState, InputKind, JobSpec, Stage};
use portico_keys::CaseKey;
use portico_ledger::{
    Belongings, CaseRow, Commit, DeliveryRecord, EventRecord, InputRow, JobKey, JobRecord, JobRow, OutboundRecord,
    OutboundRow, OutboundState, ParkedId, Queue,
};
use portico_vocab::{EventId, OutboundId};

use super::Found;
use super::fold::{Folded, Refolded};
use super::links::Links;
use crate::rows::{open_payload, open_rendered, open_tell};
use crate::{Cell, CellError};

/// What can be said without opening anything.
pub(super) fn whole(lying: &Belongings, found: &mut Found) {
    if !lying.findable {
        found.push("kase.id_end: not the end of its id".to_owned());
    }
    let open = lying.open == Some(lying.row.id);
    if open == lying.row.stage.is_end() {
        let word = if open { "an ended case stands as" } else { "it is not" };
        found.push(format!("open_case: {word} its sender's open one"));
    }
    for record in &lying.deliveries {
        ends(record, found);
    }
    let positions: Vec<_> = lying.events.iter().filter_map(|event| event.position).collect();
    if !positions.is_sorted() {
        found.push("event.position: not in the order of seq".to_owned());
    }
    for record in &lying.outbounds {
        coherent(record, found);
    }
    for job in &lying.jobs {
        if job.parked_at.is_some() && job.why.is_none() {
            found.push(format!("job {}: parked without a reason", named(job.row.key)));
        }
    }
}

/// What the refolded changes wrote.
pub(super) fn derived(
    cell: &Cell,
    key: &CaseKey,
    lying: &Belongings,
    folded: &Folded,
    links: &Links,
    found: &mut Found,
) {
    if let Some(last) = folded.changes.last() {
        case_row(&lying.row, last, found);
    }
    jobs(cell, key, lying, folded, links, found);
    outbounds(key, lying, folded, links, found);
    events(&lying.events, folded, found);
    deliveries(&lying.deliveries, folded, links, found);
}

fn case_row(row: &CaseRow, last: &Refolded, found: &mut Found) {
    let due = &last.commit.case;
    let columns = [
        ("sender", row.sender == due.sender),
        ("version", row.version == due.version),
        ("stage", row.stage == due.stage),
        ("outcome", row.outcome == due.outcome),
        ("opened_at", row.opened_at == due.opened_at),
        ("updated_at", row.updated_at == due.updated_at),
        ("review_since", row.review_since == due.review_since),
        ("summary", row.summary == due.summary),
    ];
    differing("kase", &columns, found);
}

fn differing(row: &str, columns: &[(&str, bool)], found: &mut Found) {
    found.extend(columns.iter().filter(|(_, same)| !same).map(|(column, _)| format!("{row}.{column}: another")));
}

fn named(key: JobKey) -> String {
    format!("{}/{}", key.version, key.ordinal)
}

/// A job that is there asks for what its change asked for; one that is not was done, is needed no more, or was given up
/// by a named person.
fn jobs(cell: &Cell, key: &CaseKey, lying: &Belongings, folded: &Folded, links: &Links, found: &mut Found) {
    let mut rows: BTreeMap<JobKey, &JobRecord> = lying.jobs.iter().map(|job| (job.row.key, job)).collect();
    for refolded in &folded.changes {
        for due in &refolded.commit.jobs {
            let Ok(spec) = open_payload(cell, key, due) else { continue };
            let Some(job) = rows.remove(&due.key) else {
                let given_up = || links.discarded(&ParkedId::Job(due.key));
                if awaited(&spec, due.key, lying, folded) && !given_up() {
                    found.push(format!("job {}: missing, and its work is not done", named(due.key)));
                }
                continue;
            };
            present(cell, key, &job.row, due, &spec, found);
        }
    }
    found.extend(rows.keys().map(|key| format!("job {}: no change of this case asked for it", named(*key))));
}

fn present(cell: &Cell, key: &CaseKey, row: &JobRow, due: &JobRow, spec: &JobSpec, found: &mut Found) {
    let name = format!("job {}", named(row.key));
    if row.queue != due.queue {
        found.push(format!("{name}.queue: another"));
    } else if open_payload(cell, key, row).ok().as_ref() != Some(spec) {
        found.push(format!("{name}.payload: does not open to what was asked for"));
    }
    // Leases and retries push a job later; only a timer's time means something by itself.
    if row.queue == Queue::Timer && row.run_at < due.run_at {
        found.push(format!("{name}.run_at: earlier than the timer was set for"));
    }
}

/// Whether somebody still waits for the work.
fn awaited(spec: &JobSpec, key: JobKey, lying: &Belongings, folded: &Folded) -> bool {
    let case: &Case = &folded.case;
    let ended = case.stage_name().is_end();
    let stands = |id, state: &EvidenceState| case.evidence(id).is_some_and(|item| item.state == *state);
    match spec {
        JobSpec::TakeIn { evidence, .. } => !ended && stands(*evidence, &EvidenceState::Fetching),
        JobSpec::Read { evidence } => !ended && stands(*evidence, &EvidenceState::Reading),
        JobSpec::Decide => matches!(case.stage, Stage::Checking { .. }) && newest_decide(folded) == Some(key.version),
        JobSpec::Tell { outbound } => lying.outbounds.iter().any(|told| {
            use OutboundState::{Queued, Sending, Unknown};
            told.row.id == *outbound && matches!(told.row.state, Queued | Sending | Unknown)
        }),
        JobSpec::Timer { timer, set_by } => case.timers.get(timer) == Some(set_by),
        JobSpec::Sweep { objects } => objects.iter().any(|object| lying.objects.contains(object)),
        JobSpec::Retain { until, .. } => {
            let asked = |kind: &InputKind| matches!(kind, InputKind::Retained { until: of, .. } if of == until);
            case.marks.retention.is_some_and(|retention| retention.until == *until)
                && !folded.changes.iter().any(|refolded| asked(&refolded.recorded.input.kind))
        }
    }
}

fn newest_decide(folded: &Folded) -> Option<u64> {
    let decides = |refolded: &&Refolded| {
        refolded.change.effects().iter().any(|effect| matches!(effect, Effect::Run { job: JobSpec::Decide, .. }))
    };
    folded.changes.iter().rev().find(decides).map(|refolded| refolded.commit.case.version.0)
}

fn outbounds(key: &CaseKey, lying: &Belongings, folded: &Folded, links: &Links, found: &mut Found) {
    let mut rows: BTreeMap<OutboundId, &OutboundRecord> =
        lying.outbounds.iter().map(|told| (told.row.id, told)).collect();
    for due in folded.changes.iter().flat_map(|refolded| &refolded.commit.outbounds) {
        let Some(told) = rows.remove(&due.id) else {
            found.push(format!("outbound {}: missing", due.id));
            continue;
        };
        outbound(key, &told.row, due, found);
        let job = JobKey { owner: *due.case.as_bytes(), version: due.version.0, ordinal: due.ordinal };
        let names = [ParkedId::Send(due.id), ParkedId::Job(job)];
        if told.acknowledged_at.is_some() && !names.iter().any(|name| links.discarded(name)) {
            found.push(format!("outbound {}.acknowledged_at: nobody did", due.id));
        }
    }
    found.extend(rows.keys().map(|id| format!("outbound {id}: no change of this case told it")));
}

fn outbound(key: &CaseKey, row: &OutboundRow, due: &OutboundRow, found: &mut Found) {
    let name = format!("outbound {}", row.id);
    let columns = [
        ("case_id", row.case == due.case),
        ("version", row.version == due.version),
        ("ordinal", row.ordinal == due.ordinal),
        ("at", row.at == due.at),
        ("text", row.text == due.text),
    ];
    differing(&name, &columns, found);
    if !matches!((open_tell(key, row.id, &row.payload), open_tell(key, due.id, &due.payload)), (Ok(a), Ok(b)) if a == b)
    {
        found.push(format!("{name}.payload: does not open to what was told"));
    }
    if let Some(sealed) = &row.rendered {
        let said = open_rendered(key, row.id, sealed).ok().map(|rendered| rendered.hash());
        if said.is_none() || said != row.text_hash {
            found.push(format!("{name}.text_hash: not that of what was rendered"));
        }
    }
}

/// What a state of a message says of its other columns.
fn coherent(record: &OutboundRecord, found: &mut Found) {
    use OutboundState::{Delivered, Failed, Held, Parked, Queued, Read, Sending, Sent, Unknown};
    let row = &record.row;
    let name = format!("outbound {}", row.id);
    let rendered = row.rendered.is_some();
    if rendered != row.text_hash.is_some() {
        found.push(format!("{name}.rendered: one of it and its hash is missing"));
    }
    let wrong = match row.state {
        Sent | Delivered | Read => !rendered || row.wamid.is_none(),
        Sending | Unknown => !rendered,
        Held | Failed => row.detail.is_none(),
        Queued | Parked => false,
    };
    if wrong {
        found.push(format!("{name}.state: {} does not go with its other columns", row.state.as_str()));
    }
    if record.acknowledged_at.is_some() && !matches!(row.state, Parked | Held | Sent | Delivered | Read | Failed) {
        found.push(format!("{name}.acknowledged_at: it was not given up"));
    }
}

fn events(lying: &[EventRecord], folded: &Folded, found: &mut Found) {
    let mut rows: BTreeMap<EventId, &EventRecord> = lying.iter().map(|event| (event.row.id, event)).collect();
    for due in folded.changes.iter().flat_map(|refolded| &refolded.commit.events) {
        let Some(event) = rows.remove(&due.id) else {
            found.push(format!("event {}: missing", due.id));
            continue;
        };
        let row = &event.row;
        let columns = [
            ("case_id", row.case == due.case),
            ("seq", row.seq == due.seq),
            ("version", row.version == due.version),
            ("kind", row.kind == due.kind),
            ("at", row.at == due.at),
            ("data", row.data == due.data),
        ];
        differing(&format!("event {}", due.id), &columns, found);
    }
    found.extend(rows.keys().map(|id| format!("event {id}: no change of this case announced it")));
}

/// At most one end, and an end that a person made has their name in the chain.
fn ends(record: &DeliveryRecord, found: &mut Found) {
    let name = format!("delivery {} to {}", record.row.event, record.row.subscriber);
    let ends = [record.delivered_at, record.skipped_at, record.parked_at];
    if ends.iter().flatten().count() > 1 {
        found.push(format!("{name}: more than one end"));
    }
    if record.parked_at.is_some() && record.why.is_none() {
        found.push(format!("{name}: parked without a reason"));
    }
}

fn deliveries(lying: &[DeliveryRecord], folded: &Folded, links: &Links, found: &mut Found) {
    let key = |event: EventId, subscriber: &str| (event, subscriber.to_owned());
    let mut rows: BTreeMap<_, &DeliveryRecord> =
        lying.iter().map(|record| (key(record.row.event, &record.row.subscriber), record)).collect();
    for due in folded.changes.iter().flat_map(|refolded| &refolded.commit.deliveries) {
        let name = format!("delivery {} to {}", due.event, due.subscriber);
        let Some(record) = rows.remove(&key(due.event, &due.subscriber)) else {
            found.push(format!("{name}: missing"));
            continue;
        };
        let row = &record.row;
        differing(&name, &[("case_id", row.case == due.case), ("seq", row.seq == due.seq)], found);
        let parked = || ParkedId::Delivery { subscriber: due.subscriber.clone(), event: due.event };
        if record.skipped_at.is_some() && !links.discarded(&parked()) {
            found.push(format!("{name}.skipped_at: nobody did"));
        }
    }
    if folded.changes.iter().all(|refolded| refolded.says_beside) {
        found.extend(rows.keys().map(|(event, to)| format!("delivery {event} to {to}: nobody was to be told")));
    }
}

/// Every input of the history was consumed once, for the version it made; every picture is known again by its bytes.
pub(super) async fn consumed(cell: &Cell, folded: &Folded, found: &mut Found) -> Result<(), CellError> {
    let commits: Vec<&Commit> = folded.changes.iter().map(|refolded| &refolded.commit).collect();
    let ids: Vec<_> = commits.iter().map(|commit| commit.input).collect();
    let rows: BTreeMap<_, InputRow> = cell.ledger().inputs(&ids).await?.into_iter().map(|row| (row.id, row)).collect();
    for commit in &commits {
        let at = commit.entry.version;
        match rows.get(&commit.input) {
            None => found.push(format!("input: that of entry {at} is missing")),
            Some(row) => {
                let columns = [
                    ("case_id", row.case == Some(commit.case.id)),
                    ("version", row.version == Some(at)),
                    ("at", row.at == commit.entry.at),
                ];
                differing(&format!("input of entry {at}"), &columns, found);
            }
        }
    }
    let seen: BTreeSet<_> =
        commits.iter().flat_map(|commit| &commit.seen).map(|row| (row.hash, row.evidence)).collect();
    for (hash, evidence) in seen {
        if !cell.ledger().seen(hash).await?.contains(&(folded.case.id, evidence)) {
            found.push(format!("seen: the row of {evidence} is missing"));
        }
    }
    Ok(())
}
