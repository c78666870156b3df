//! `portico fsck`: refolds every case from its entries and holds every row, chain and object against that, beside a
//! running process.

use std::sync::Arc;

use portico_cell::{CaseVerdict, Cell, Fsck};
use portico_vocab::CountryCode;

use super::progress::Progress;
use super::sections;
use crate::assemble::look_at;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::failure::Failure;

/// Cases read at a time.
const PAGE: u32 = 500;

/// Checks every cell whole; exit status 1 when anything differs.
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
    let mut fsck = Fsck::begin(cell, true).await.map_err(|error| not_so(&error))?;
    let (mut sound, mut shredded, mut other, mut differing) = (0_u64, 0_u64, 0_u64, 0_u64);
    let total = cell.ledger().counts(cell.now()).await.map_err(|error| not_so(&error))?.cases;
    let mut progress = Progress::new(cell.id().to_string(), total);
    let mut after = None;
    loop {
        let page = cell.ledger().case_ids(after, PAGE).await.map_err(|error| not_so(&error))?;
        for id in &page {
            progress.step();
            match fsck.case(*id).await.map_err(|error| not_so(&error))? {
                CaseVerdict::Ok => sound += 1,
                CaseVerdict::Shredded => shredded += 1,
                CaseVerdict::OtherStepVersion(version) => {
                    println!("{id} other step version {version}");
                    other += 1;
                }
                CaseVerdict::Differs(differences) => {
                    differing += 1;
                    for difference in differences {
                        println!("{id} {difference}");
                    }
                }
            }
        }
        match page.last() {
            Some(last) => after = Some(*last),
            None => break,
        }
    }
    progress.end();
    for difference in fsck.rest().await.map_err(|error| not_so(&error))? {
        differing += 1;
        println!("{} {difference}", cell.id());
    }
    println!("{}: {sound} ok, {shredded} shredded, {other} other step version, {differing} differ", cell.id());
    Ok(differing)
}
