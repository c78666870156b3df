//! `portico fsck`: refolds every case from its entries and re-checks chains and objects, beside a running process.

use std::sync::Arc;

use portico_cell::{CaseVerdict, Cell, Fsck};
use portico_ledger::{CaseFilter, ChainName};
use portico_vocab::CountryCode;

use super::progress::Progress;
use super::sections;
use crate::assemble::look_at;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::failure::Failure;

/// Checks every case and chain; exit status 1 when anything differs.
///
/// # Errors
/// When a cell cannot be read, or a case is not what its history says.
pub async fn fsck(config: &Config, only: Option<CountryCode>) -> Result<(), Failure> {
    let mut differing = 0_u64;
    for section in sections(config, only)? {
        let cell = look_at(config, section, Arc::new(SystemClock)).await?;
        differing += fsck_cell(&cell).await?;
        cell.vault().close().await;
    }
    if differing == 0 { Ok(()) } else { Err(Failure::NotSo(format!("{differing} differ"))) }
}

async fn fsck_cell(cell: &Cell) -> Result<u64, Failure> {
    let not_so = |error: &dyn std::error::Error| Failure::NotSo(format!("cell {}: {error}", cell.id()));
    let fsck = Fsck::new(cell, true);
    let (mut sound, mut shredded, mut other, mut differing) = (0_u64, 0_u64, 0_u64, 0_u64);
    let total = cell.ledger().counts(cell.now()).await.map_err(|error| not_so(&error))?.cases;
    let mut progress = Progress::new(cell.id().to_string(), total);
    let mut filter = CaseFilter { limit: 500, ..CaseFilter::default() };
    loop {
        let page = cell.ledger().cases(&filter).await.map_err(|error| not_so(&error))?;
        for row in page.rows {
            progress.step();
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
    progress.end();
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
