//! `take_in`: fetch a picture, measure it, draw it anew, seal it, store it.
//!
//! What is wrong with the picture is the applicant's to mend and comes back as an input; what is wrong with WhatsApp,
//! the bucket or us is tried again.

use portico_case::{Defect, EvidenceState, Facts, Input, InputKind, JobSpec, StoredObject, Taken};
use portico_cell::{Loaded, OpenedCase, job_key, open_job};
use portico_evidence::{Downloaded, Measured, Normalised, Refusal};
use portico_graph::{GraphError, HashCheck, Media};
use portico_ledger::ClaimedJob;
use portico_vault::{Purpose, Stored};
use portico_vocab::{EvidenceId, ReasonCode};
use portico_whatsapp::compose::ErrorClass;
use portico_whatsapp::inbound::MediaRef;

use crate::runner::owner_of;
use crate::{JobError, Workers};

pub(crate) async fn run(workers: &Workers, job: &ClaimedJob) -> Result<(), JobError> {
    let cell = workers.cell();
    let Some(Loaded::Whole(opened)) = cell.load(owner_of(job)).await? else {
        return Ok(cell.ledger().finish_job(job.fence).await?);
    };
    let JobSpec::TakeIn { evidence, media } = open_job(&opened.key, job)? else { return Err(JobError::WrongKind) };
    let waits = opened.case.evidence(evidence).is_some_and(|item| item.state == EvidenceState::Fetching);
    if !waits || opened.case.stage_name().is_end() {
        // Withdrawn or deleted meanwhile: nothing is fetched any more.
        return Ok(cell.ledger().finish_job(job.fence).await?);
    }
    let result = match fetch(workers, &opened, &media).await? {
        Ok(fetched) => take(workers, &opened, &media, fetched).await?,
        Err(defect) => Err(defect),
    };
    let id = cell.keys().input_id(&[b"job", &job_key(job.fence)]);
    let input = Input { id, kind: InputKind::TakenIn { evidence, result } };
    done(workers, job, evidence, input).await
}

async fn done(workers: &Workers, job: &ClaimedJob, evidence: EvidenceId, input: Input) -> Result<(), JobError> {
    let applied = workers.cell().apply(owner_of(job), input, Some(job.fence)).await?;
    tracing::info!(%evidence, outcome = %applied.outcome, "a picture was taken in");
    Ok(())
}

async fn fetch(workers: &Workers, opened: &OpenedCase, media: &MediaRef) -> Result<Result<Media, Defect>, JobError> {
    let number = &opened.case.phone_number;
    let defect = |reason, detail: &str| Ok(Err(Defect { reason, detail: detail.to_owned() }));
    let answer = workers.graph().media(number, &media.id, media.declared_sha256.as_ref()).await;
    let (cell, numbers) = (workers.cell(), &workers.watch().numbers);
    match &answer {
        Ok(_) => numbers.served(cell.id(), number),
        Err(GraphError::Refused(error)) if error.class == ErrorClass::StopNumber => {
            numbers.refused(cell.id(), number, error.code, cell.now());
        }
        Err(_) => {}
    }
    match answer {
        Ok(fetched) => Ok(Ok(fetched)),
        Err(GraphError::Gone) => defect(ReasonCode::MediaGone, "WhatsApp no longer has it"),
        Err(GraphError::TooLarge { .. }) => defect(ReasonCode::PhotoTooLarge, "the file is too large"),
        Err(GraphError::Altered { .. }) => defect(ReasonCode::MediaAltered, "not the file that was announced"),
        Err(error) => Err(error.into()),
    }
}

async fn take(
    workers: &Workers,
    opened: &OpenedCase,
    media: &MediaRef,
    fetched: Media,
) -> Result<Result<Taken, Defect>, JobError> {
    let size = fetched.bytes.len() as u64;
    let hash_check = hash_check(fetched.verified);
    let declared = media.declared_mime.clone();
    let limits = workers.limits().evidence;
    // Decoding takes a core: not on the runtime's threads, and only as many at once as the limit says.
    let _place = workers.pictures().acquire().await.map_err(|_| JobError::CutOff)?;
    let drawn = tokio::task::spawn_blocking(move || {
        let downloaded = Downloaded::new(fetched.bytes, declared.as_deref());
        Measured::of(downloaded, &limits).and_then(Normalised::of)
    })
    .await
    .map_err(|_| JobError::CutOff)?;
    let picture = match drawn {
        Ok(picture) => picture,
        Err(refusal) => return Ok(Err(defect_of(&refusal))),
    };
    let vault = workers.cell().vault();
    let image = vault.put(&opened.key, Purpose::Image, picture.image()).await?;
    let thumbnail = vault.put(&opened.key, Purpose::Thumbnail, picture.thumbnail()).await?;
    let facts = picture.facts();
    Ok(Ok(Taken {
        original_sha256: picture.original_sha256(),
        original_size: size,
        image: object(image),
        thumbnail: object(thumbnail),
        width: picture.width(),
        height: picture.height(),
        facts: Facts {
            kind: facts.real_kind.to_string(),
            declared_matches: facts.declared_mime_matches.unwrap_or(true),
            original_width: facts.original_width,
            original_height: facts.original_height,
            orientation: facts.orientation,
            had_exif: facts.had_exif,
            had_gps: facts.had_gps,
            hash_check: hash_check.to_owned(),
        },
    }))
}

fn defect_of(refusal: &Refusal) -> Defect {
    let detail = match refusal {
        Refusal::Unsupported { kind } | Refusal::UnsupportedVariant { kind, .. } | Refusal::Incomplete { kind, .. } => {
            kind.to_string()
        }
        _ => refusal.reason().internal_text().to_owned(),
    };
    Defect { reason: refusal.reason(), detail }
}

fn object(stored: Stored) -> StoredObject {
    let reference = stored.into_reference();
    StoredObject { key: reference.object_key, sha256: reference.sha256, size: reference.size }
}

const fn hash_check(check: HashCheck) -> &'static str {
    match check {
        HashCheck::Both => "both",
        HashCheck::Webhook => "webhook",
        HashCheck::Graph => "graph",
        HashCheck::Unverifiable => "unverifiable",
    }
}
