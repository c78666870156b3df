//! Commands that look at a configuration's cells and change little: migrate, fsck, parked.

use std::sync::Arc;

use portico_cell::{CaseVerdict, Cell, Fsck};
use portico_ledger::{CaseFilter, ChainName, ParkedAct, ParkedItem, Resolved};
use portico_vocab::CountryCode;

use crate::assemble::Assembly;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::failure::Failure;

/// Applies migrations to every cell's database.
///
/// # Errors
/// When a database cannot be reached or refuses.
pub async fn migrate(config: &Config) -> Result<(), Failure> {
    for cell in &config.cells {
        let applied = portico_ledger::migrate(&cell.database)
            .await
            .map_err(|error| Failure::NotSo(format!("cell {}: {error}", cell.country)))?;
        println!("{}: {applied} migrations applied", cell.country);
    }
    Ok(())
}

async fn cells(config: &Config) -> Result<Vec<Cell>, Failure> {
    Ok(Assembly::of(config, Arc::new(SystemClock)).await?.cells)
}

/// Checks every case and chain; exit status 1 when anything differs.
///
/// # Errors
/// When a cell cannot be read, or a case is not what its history says.
pub async fn fsck(config: &Config, only: Option<CountryCode>) -> Result<(), Failure> {
    let mut differing = 0_u64;
    for cell in cells(config).await?.iter().filter(|cell| only.is_none_or(|country| cell.country() == country)) {
        differing += fsck_cell(cell).await?;
        cell.vault().close().await;
    }
    if differing == 0 { Ok(()) } else { Err(Failure::NotSo(format!("{differing} differ"))) }
}

async fn fsck_cell(cell: &Cell) -> Result<u64, Failure> {
    let not_so = |error: &dyn std::error::Error| Failure::NotSo(format!("cell {}: {error}", cell.id()));
    let fsck = Fsck::new(cell, true);
    let (mut sound, mut shredded, mut other, mut differing) = (0_u64, 0_u64, 0_u64, 0_u64);
    let mut filter = CaseFilter { limit: 500, ..CaseFilter::default() };
    loop {
        let page = cell.ledger().cases(&filter).await.map_err(|error| not_so(&error))?;
        for row in page.rows {
            match fsck.case(row.id).await.map_err(|error| not_so(&error))? {
                CaseVerdict::Ok => sound += 1,
                CaseVerdict::Shredded => shredded += 1,
                CaseVerdict::OtherStepVersion(version) => {
                    println!("{} other step version {version}", row.id);
                    other += 1;
                }
                CaseVerdict::Differs(differences) => {
                    differing += 1;
                    for difference in differences {
                        println!("{} {difference}", row.id);
                    }
                }
            }
        }
        match page.next {
            Some(next) => filter.after = Some(next),
            None => break,
        }
    }
    for chain in [ChainName::Stray, ChainName::Access, ChainName::Operations] {
        differing += chain_differences(cell, chain).await.map_err(|error| not_so(&error))?;
    }
    println!("{}: {sound} ok, {shredded} shredded, {other} other step version, {differing} differ", cell.id());
    Ok(differing)
}

async fn chain_differences(cell: &Cell, chain: ChainName) -> Result<u64, portico_ledger::LedgerError> {
    let name = chain.as_str();
    let (mut previous, mut expected, mut differing) = (portico_audit::genesis(name), 1, 0);
    loop {
        let links = cell.ledger().chain(chain, expected - 1, 1_000).await?;
        if links.is_empty() {
            return Ok(differing);
        }
        for link in links {
            let digest = portico_audit::link_digest(name, link.seq, &previous, link.at, &link.body);
            if link.seq != expected || link.previous != previous || link.digest != digest {
                println!("{} chain {name}: link {expected} is not what was written", cell.id());
                differing += 1;
            }
            previous = link.digest;
            expected = link.seq + 1;
        }
    }
}

/// Prints everything that gave up.
///
/// # Errors
/// When a cell cannot be read.
pub async fn parked_list(config: &Config) -> Result<(), Failure> {
    for cell in cells(config).await? {
        let items = cell.ledger().parked(1_000).await.map_err(|error| Failure::NotSo(error.to_string()))?;
        for ParkedItem { id, since, what, why, .. } in items {
            println!("{} {since} {id} {what}: {why}", cell.id());
        }
        cell.vault().close().await;
    }
    Ok(())
}

/// Takes one up again and notes it in the cell's chain of operations.
///
/// # Errors
/// When nothing parked has this id.
pub async fn parked_retry(config: &Config, id: &str) -> Result<(), Failure> {
    let mut found = false;
    for cell in cells(config).await? {
        let ledger = cell.ledger();
        let not_so = |error: portico_ledger::LedgerError| Failure::NotSo(error.to_string());
        let note = serde_json::json!({ "did": "parked_retry", "id": id }).to_string();
        match ledger.resolve_parked(id, ParkedAct::Retry, cell.now(), &note).await.map_err(not_so)? {
            Resolved::Done => {
                println!("{}: {id} is due again", cell.id());
                found = true;
            }
            Resolved::NotParked => {}
            Resolved::NeverResent => {
                let why = "it may have arrived, so it is never sent again; discard it once you know";
                return Err(Failure::NotSo(format!("{id} is a parked message: {why}")));
            }
        }
        cell.vault().close().await;
    }
    if found {
        Ok(())
    } else {
        Err(Failure::NotSo(format!("nothing parked is called {id}: see `portico parked list`")))
    }
}
