//! `timer`: time that has come becomes an input.

use portico_case::{Input, InputKind, JobSpec};
use portico_cell::{Loaded, job_key, open_job};
use portico_ledger::ClaimedJob;

use crate::runner::owner_of;
use crate::{JobError, Workers};

pub(crate) async fn run(workers: &Workers, job: &ClaimedJob) -> Result<(), JobError> {
    let cell = workers.cell();
    let Some(Loaded::Whole(opened)) = cell.load(owner_of(job)).await? else {
        return Ok(cell.ledger().finish_job(job.fence).await?);
    };
    let JobSpec::Timer { timer, set_by } = open_job(&opened.key, job)? else { return Err(JobError::WrongKind) };
    if opened.case.timers.get(&timer) != Some(&set_by) {
        // Replaced or done with meanwhile: a time that nothing waits for any more is no input.
        return Ok(cell.ledger().finish_job(job.fence).await?);
    }
    let id = cell.keys().input_id(&[b"job", &job_key(job.fence)]);
    let input = Input { id, kind: InputKind::Timer { timer, set_by } };
    let applied = cell.apply(owner_of(job), input, Some(job.fence)).await?;
    tracing::info!(case = %owner_of(job), timer = timer.as_str(), outcome = %applied.outcome, "a timer fired");
    Ok(())
}
