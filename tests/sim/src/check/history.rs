//! Nothing is lost and nothing happens twice: every acknowledged input has exactly one entry, or one link of a stray; a
//! case has at most one decision; what did not reach the applicant is in the history.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use portico_case::InputKind;
use portico_ledger::{ChainName, OutboundState};
use portico_vocab::{InputId, OutboundId};

use super::Judged;

pub(super) async fn check(judged: &mut Judged<'_>) -> Result<()> {
    let mut consumed: BTreeMap<InputId, usize> = BTreeMap::new();
    let mut shredded = false;
    for index in 0..judged.cases.len() {
        let id = judged.cases[index].0;
        let (mut decisions, mut undelivered) = (0, BTreeSet::new());
        for item in judged.cell.history(id, 0, u32::MAX).await? {
            let decides = matches!(item.entry.kind.as_str(), "review:decide" | "api:decide");
            decisions += usize::from(decides && item.entry.outcome == "applied");
            let Some(recorded) = item.recorded else {
                shredded = true;
                continue;
            };
            *consumed.entry(recorded.input.id).or_default() += 1;
            if let InputKind::Undelivered { outbound, .. } = recorded.input.kind {
                undelivered.insert(outbound);
            }
        }
        if decisions > 1 {
            judged.finds(format!("{id}: decided {decisions} times"));
        }
        unheard(judged, index, &undelivered);
    }
    for (input, times) in consumed.iter().filter(|(_, times)| **times > 1) {
        judged.finds(format!("an input has {times} entries: {input:?}"));
    }
    acknowledged(judged, &consumed, shredded).await
}

/// What failed, was held or given up is told to its case, so that it can say so.
fn unheard(judged: &mut Judged<'_>, index: usize, undelivered: &BTreeSet<OutboundId>) {
    let (id, lying) = &judged.cases[index];
    if lying.row.key.is_none() {
        return;
    }
    let mut unheard = Vec::new();
    for record in &lying.outbounds {
        let row = &record.row;
        let given_up = matches!(row.state, OutboundState::Failed | OutboundState::Held | OutboundState::Parked);
        let by_a_person = row.detail.as_deref() == Some("discarded");
        if given_up && !by_a_person && !undelivered.contains(&row.id) && !has_job(lying, row) {
            let (text, state) = (&row.text, row.state.as_str());
            unheard.push(format!("{id}: {} ({text}) is {state} and the case never heard", row.id));
        }
    }
    judged.findings.extend(unheard);
}

fn has_job(lying: &portico_ledger::Belongings, row: &portico_ledger::OutboundRow) -> bool {
    lying.jobs.iter().any(|job| (job.row.key.version, job.row.key.ordinal) == (row.version.0, row.ordinal))
}

async fn acknowledged(judged: &mut Judged<'_>, consumed: &BTreeMap<InputId, usize>, shredded: bool) -> Result<()> {
    let ledger = &*judged.world.engine.ledger;
    let strays = ledger.chain(ChainName::Stray, 0, u32::MAX).await?;
    let acknowledged = judged.world.book.lock().acknowledged.clone();
    let ids: Vec<InputId> = acknowledged.keys().copied().collect();
    let rows: BTreeMap<_, _> = ledger.inputs(&ids).await?.into_iter().map(|row| (row.id, row)).collect();
    for (input, what) in &acknowledged {
        let Some(row) = rows.get(input) else {
            if !judged.given_up.inbox {
                judged.finds(format!("acknowledged and lost: {what}"));
            }
            continue;
        };
        let text = portico_vocab::Sha256::from_bytes(*input.as_bytes()).to_hex();
        let links = strays.iter().filter(|link| link.body.contains(&text)).count();
        let entries = consumed.get(input).copied().unwrap_or_default();
        let expected = if row.case.is_some() { (1, 0) } else { (0, 1) };
        // The entries of a case whose key is destroyed do not say which input they were.
        let unreadable = shredded && row.case.is_some() && entries == 0;
        if (entries, links) != expected && !unreadable {
            judged.finds(format!("{entries} entries and {links} links, not {expected:?}, of {what}"));
        }
    }
    Ok(())
}
