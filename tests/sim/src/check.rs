//! What must hold when a schedule has come to rest. The judge reads the ledger directly, without turns and faults.
//!
//! *Invariant:* nothing here asks a worker what it believes: histories, rows, phones and the bank are held against each
//! other.

mod history;
mod outside;
mod rest;
mod stops;

use std::collections::BTreeSet;

use anyhow::Result;
use portico_cell::{Cell, Fsck};
use portico_ledger::Belongings;
use portico_vocab::{CaseId, Sha256};

use crate::schedule::Schedule;
use crate::world::World;

/// All there is, read once.
pub(crate) struct Judged<'a> {
    pub(crate) world: &'a World,
    pub(crate) cell: &'a Cell,
    pub(crate) cases: Vec<(CaseId, Belongings)>,
    pub(crate) findings: Vec<String>,
    /// What was given up, or settled by a person: what hung on it may be missing.
    pub(crate) given_up: GivenUp,
}

#[derive(Debug, Clone, Default)]
pub struct GivenUp {
    /// Webhooks are parked, or a person discarded some.
    pub inbox: bool,
    /// Cases of which a person discarded a job.
    pub cases: BTreeSet<CaseId>,
}

impl Judged<'_> {
    pub(crate) fn finds(&mut self, finding: impl Into<String>) {
        self.findings.push(finding.into());
    }
}

/// Every finding of a schedule that is at rest.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn findings(schedule: &Schedule, cell: &Cell, given_up: GivenUp) -> Result<Vec<String>> {
    let world = &*schedule.world;
    let ledger = &*world.engine.ledger;
    let mut cases = Vec::new();
    for id in ledger.case_ids(None, 10_000).await? {
        if let Some(belongings) = ledger.belongings(id).await? {
            cases.push((id, belongings));
        }
    }
    let findings = std::mem::take(&mut world.book.lock().findings);
    let mut judged = Judged { world, cell, cases, findings, given_up };
    if schedule.at_work() > 0 {
        judged.finds(format!("{} tasks are still at work", schedule.at_work()));
    }
    rest::check(&mut judged).await?;
    history::check(&mut judged).await?;
    outside::check(&mut judged).await?;
    stops::check(&mut judged)?;
    fsck(&mut judged).await?;
    Ok(judged.findings)
}

async fn fsck(judged: &mut Judged<'_>) -> Result<()> {
    let mut fsck = Fsck::begin(judged.cell, judged.world.seed.is_multiple_of(4)).await?;
    let ids: Vec<_> = judged.cases.iter().map(|(id, _)| *id).collect();
    for id in ids {
        match fsck.case(id).await? {
            portico_cell::CaseVerdict::Ok | portico_cell::CaseVerdict::Shredded => {}
            verdict => judged.finds(format!("fsck of {id}: {verdict:?}")),
        }
    }
    let rest = fsck.rest().await?;
    judged.findings.extend(rest.into_iter().map(|finding| format!("fsck of the rest: {finding}")));
    Ok(())
}

/// One digest of everything that happened: two runs of a seed must agree on it.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn digest(world: &World) -> Result<Sha256> {
    let ledger = &*world.engine.ledger;
    let mut parts: Vec<Vec<u8>> = Vec::new();
    for id in ledger.case_ids(None, 10_000).await? {
        let Some(lying) = ledger.belongings(id).await? else { continue };
        parts.extend(lying.entries.iter().map(|entry| [entry.digest.as_bytes().as_slice(), &entry.body].concat()));
        parts.extend(lying.outbounds.iter().map(|record| format!("{:?}", record.row).into_bytes()));
        parts.extend(lying.deliveries.iter().map(|record| format!("{record:?}").into_bytes()));
    }
    for chain in portico_ledger::ChainName::ALL {
        let links = ledger.chain(*chain, 0, u32::MAX).await?;
        parts.extend(links.into_iter().map(|link| link.digest.as_bytes().to_vec()));
    }
    parts.push(world.now().as_micros().to_be_bytes().to_vec());
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    Ok(Sha256::of_parts(&parts))
}
