//! `sweep`: deletes the objects of a shredded case. They are unreadable already; this frees the space.

use portico_case::JobSpec;
use portico_cell::open_sweep;
use portico_ledger::ClaimedJob;

use crate::{JobError, Workers};

pub(crate) async fn run(workers: &Workers, job: &ClaimedJob) -> Result<(), JobError> {
    let cell = workers.cell();
    let JobSpec::Sweep { objects } = open_sweep(cell, job)? else { return Err(JobError::WrongKind) };
    cell.vault().delete(&objects).await?;
    Ok(cell.ledger().finish_job(job.fence).await?)
}
