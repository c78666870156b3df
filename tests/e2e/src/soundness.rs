//! What must hold of a world when its story is over.

use anyhow::{Result, ensure};
use portico_cell::{CaseVerdict, Cell, Fsck};
use portico_ledger::{CaseFilter, Queue};
use portico_vocab::CaseId;

use crate::{World, logs, traces, until};

/// Jobs leased or put back for a moment are due within this; timers and doubtful sends are not.
const ON_ITS_WAY_SECONDS: i64 = 300;

pub(crate) async fn check(world: &World) -> Result<()> {
    quiet(world).await?;
    let mut parked = Vec::new();
    for cell in world.cells()? {
        parked.extend(cell.ledger().parked(1_000).await?);
        let mut fsck = Fsck::begin(cell, true).await?;
        for id in cases(cell).await? {
            let verdict = fsck.case(id).await?;
            ensure!(matches!(verdict, CaseVerdict::Ok | CaseVerdict::Shredded), "fsck says of {id}: {verdict:?}");
        }
        let rest = fsck.rest().await?;
        ensure!(rest.is_empty(), "fsck says of {}: {rest:#?}", cell.id());
    }
    ensure!(parked.len() == world.expected_parked(), "parked at the end: {parked:#?}");
    if let Some(place) = logs::leaked(&world.secrets()) {
        anyhow::bail!("the log holds personal data: secret number {place} of this story");
    }
    if let Some(place) = world.secrets().iter().position(|secret| traces::sent(secret)) {
        anyhow::bail!("a trace holds personal data: secret number {place} of this story");
    }
    Ok(())
}

pub(crate) async fn quiet(world: &World) -> Result<()> {
    until("nothing is on its way any more", async || {
        world.simulator()?.settle().await;
        for cell in world.cells()? {
            let horizon = cell.now().plus_seconds(ON_ITS_WAY_SECONDS);
            for queue in Queue::ALL.iter().filter(|queue| **queue != Queue::Timer) {
                if cell.ledger().backlog(*queue, horizon).await?.0 > 0 {
                    return Ok(None);
                }
            }
        }
        Ok(Some(()))
    })
    .await
}

/// Every case of a cell, the newest opened last.
pub(crate) async fn cases(cell: &Cell) -> Result<Vec<CaseId>> {
    let mut filter = CaseFilter { limit: 100, ..CaseFilter::default() };
    let mut found = Vec::new();
    loop {
        let page = cell.ledger().cases(&filter).await?;
        found.extend(page.rows.iter().map(|row| row.id));
        if page.next.is_none() {
            return Ok(found);
        }
        filter.after = page.next;
    }
}
