//! `read`: the first checks on one stored picture.
//!
//! What is read is what was stored, opened again from the bucket: a finding is about the evidence itself, and an object
//! that cannot be opened is found out now and not at the decision.

use bytes::Bytes;
use portico_case::{EvidenceState, Input, InputKind, JobSpec, Taken};
use portico_cell::{Cell, Loaded, job_key, open_job};
use portico_evidence::quality::{self, Subject};
use portico_ledger::ClaimedJob;
use portico_vault::{Purpose, StoredRef};
use portico_vocab::{CaseId, CheckKind, EvidenceId, Finding, FindingResult, ReasonCode};

use crate::runner::owner_of;
use crate::{JobError, Workers};

pub(crate) async fn run(workers: &Workers, job: &ClaimedJob) -> Result<(), JobError> {
    let cell = workers.cell();
    let case = owner_of(job);
    let Some(Loaded::Whole(opened)) = cell.load(case).await? else {
        return Ok(cell.ledger().finish_job(job.fence).await?);
    };
    let JobSpec::Read { evidence } = open_job(&opened.key, job)? else { return Err(JobError::WrongKind) };
    let item = opened.case.evidence(evidence).filter(|item| item.state == EvidenceState::Reading);
    let Some((item, taken)) = item.and_then(|item| Some((item, item.taken.as_ref()?))) else {
        return Ok(cell.ledger().finish_job(job.fence).await?);
    };
    let stored = StoredRef {
        object_key: taken.image.key.clone(),
        purpose: Purpose::Image,
        sha256: taken.image.sha256,
        size: taken.image.size,
    };
    let image = Bytes::from(cell.vault().get(&opened.key, &stored).await?);
    // Before a document is chosen a picture is most likely a side of it.
    let subject = item.slot.map_or(Subject::Document, Subject::from);
    let mut findings = judge(workers, image, taken, subject).await?;
    for finding in &mut findings {
        finding.evidence = Some(evidence);
    }
    findings.push(repeat(cell, case, evidence, taken).await?);
    let id = cell.keys().input_id(&[b"job", &job_key(job.fence)]);
    let input = Input { id, kind: InputKind::Read { evidence, findings } };
    let applied = cell.apply(case, input, Some(job.fence)).await?;
    tracing::info!(%evidence, outcome = %applied.outcome, "a picture was read");
    Ok(())
}

/// Quality, the defect to name first.
async fn judge(workers: &Workers, image: Bytes, taken: &Taken, subject: Subject) -> Result<Vec<Finding>, JobError> {
    let thresholds = workers.limits().quality.clone();
    let original = (taken.facts.original_width, taken.facts.original_height);
    let _place = workers.pictures().acquire().await.map_err(|_| JobError::CutOff)?;
    let judged = tokio::task::spawn_blocking(move || quality::judge_stored(&image, original, &thresholds, subject))
        .await
        .map_err(|_| JobError::CutOff)?;
    let mut findings = judged.map_err(|_| JobError::Unreadable("a stored picture"))?;
    if let Some(worst) = quality::worst(&findings) {
        findings.sort_by_key(|finding| finding.reasons.first() != Some(&worst));
    }
    Ok(findings)
}

/// Whether the very same bytes came in another case of this cell; for a person to look at, never to decline on.
async fn repeat(cell: &Cell, case: CaseId, evidence: EvidenceId, taken: &Taken) -> Result<Finding, JobError> {
    let hash = cell.keys().lookup("picture", taken.original_sha256.as_bytes());
    let elsewhere = cell.ledger().seen(hash).await?.iter().any(|(of, _)| *of != case);
    Ok(Finding {
        check: CheckKind::Repeat,
        result: if elsewhere { FindingResult::Consider } else { FindingResult::Clear },
        evidence: Some(evidence),
        reasons: if elsewhere { vec![ReasonCode::PhotoRepeated] } else { Vec::new() },
        score_milli: None,
        clear_from_milli: None,
        source: "repeat/1".to_owned(),
    })
}
