//! `sweep`: deletes the objects of a shredded case. They are unreadable already; this frees the space. The other work on
//! objects, locking them, shares its queue.
//!
//! What a retention lock still holds is no failure: the job comes again when the last of the locks has ended.

use portico_case::JobSpec;
use portico_cell::open_sweep;
use portico_ledger::ClaimedJob;

use crate::{JobError, Workers, retain};

pub(crate) async fn run(workers: &Workers, job: &ClaimedJob) -> Result<(), JobError> {
    let cell = workers.cell();
    let objects = match open_sweep(cell, job)? {
        JobSpec::Sweep { objects } => objects,
        JobSpec::Retain { objects, until } => return retain::run(workers, job, &objects, until).await,
        _ => return Err(JobError::WrongKind),
    };
    let kept = cell.vault().delete(&objects).await?;
    let Some(until) = kept.iter().map(|object| object.until).max() else {
        cell.ledger().forget_objects(&objects).await?;
        return Ok(cell.ledger().finish_job(job.fence).await?);
    };
    tracing::info!(kept = kept.len(), %until, "a retention lock keeps objects of a shredded case");
    // By the bucket's clock the lock may end later than by ours.
    let again = until.max(cell.now()).plus_days(1);
    Ok(cell.ledger().postpone_job(job.fence, again).await?)
}
