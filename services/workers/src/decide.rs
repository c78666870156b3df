//! `decide`: the policy's word on a complete case. Today every case goes to a reviewer; what no machine of this build
//! can check is recorded as unavailable, never as clear.

use portico_case::{Input, InputKind, JobSpec, Stage, dossier_digest, effective_findings};
use portico_cell::{Loaded, job_key, open_job};
use portico_ledger::ClaimedJob;
use portico_vocab::{Finding, FindingResult};

use crate::runner::owner_of;
use crate::{JobError, Workers};

/// Names this code in the findings it records.
const SOURCE: &str = "policy/1";

pub(crate) async fn run(workers: &Workers, job: &ClaimedJob) -> Result<(), JobError> {
    let cell = workers.cell();
    let Some(Loaded::Whole(opened)) = cell.load(owner_of(job)).await? else {
        return Ok(cell.ledger().finish_job(job.fence).await?);
    };
    if open_job(&opened.key, job)? != JobSpec::Decide {
        return Err(JobError::WrongKind);
    }
    if !matches!(opened.case.stage, Stage::Checking { .. }) {
        return Ok(cell.ledger().finish_job(job.fence).await?);
    }
    let policy = cell.policy_of(&opened.case).await?;
    let findings = effective_findings(&opened.case, &policy)
        .into_iter()
        .filter(|row| row.required && row.result == FindingResult::Unavailable && row.source.is_empty())
        .map(|row| Finding {
            check: row.check,
            result: FindingResult::Unavailable,
            evidence: None,
            reasons: Vec::new(),
            score_milli: None,
            clear_from_milli: None,
            source: SOURCE.to_owned(),
        })
        .collect();
    let id = cell.keys().input_id(&[b"job", &job_key(job.fence)]);
    let input = Input { id, kind: InputKind::Assessed { dossier: dossier_digest(&opened.case), findings } };
    cell.apply(owner_of(job), input, Some(job.fence)).await?;
    Ok(())
}
