//! `retain`: locks what was decided on against deletion, where the bucket can. Where it cannot, the case says so: the
//! intent is what is recorded, and `doctor` warns.

use portico_case::{Input, InputKind};
use portico_cell::job_key;
use portico_ledger::ClaimedJob;
use portico_vault::Retained;
use portico_vocab::Timestamp;

use crate::runner::owner_of;
use crate::{JobError, Workers};

pub(crate) async fn run(
    workers: &Workers,
    job: &ClaimedJob,
    objects: &[String],
    until: Timestamp,
) -> Result<(), JobError> {
    let cell = workers.cell();
    let cannot_lock = match cell.vault().retain(objects, until).await? {
        Retained::Locked => None,
        Retained::CannotLock { why } => Some(why.to_owned()),
    };
    let locked = cannot_lock.is_none();
    let id = cell.keys().input_id(&[b"job", &job_key(job.fence)]);
    let input = Input { id, kind: InputKind::Retained { until, cannot_lock } };
    let applied = cell.apply(owner_of(job), input, Some(job.fence)).await?;
    tracing::info!(case = %owner_of(job), %until, locked, outcome = %applied.outcome, "what was decided on is kept");
    Ok(())
}
