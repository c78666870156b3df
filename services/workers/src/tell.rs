//! `tell`: one message to one applicant.
//!
//! There is no idempotency key at Meta, so the row is durably `sending` before the call, and a call whose end is not
//! known is never made again: only a receipt can settle it. Messages of one case leave in the order they were told.

use portico_case::{Input, InputKind, JobSpec};
use portico_cell::{CellError, Loaded, OpenedCase, open_job};
use portico_graph::SendFailure;
use portico_ledger::{ClaimedJob, OutboundRow, OutboundState, Settled};
use portico_vocab::Class;
use portico_whatsapp::compose::{self, ErrorClass, Recipient, SendError};
use portico_whatsapp::gate::{Gate, GateInput, gate};
use portico_whatsapp::inbound::SenderIds;
use portico_whatsapp::texts::TextKey;

use crate::runner::owner_of;
use crate::{JobError, Workers};

/// Waiting for the message before it to leave.
const TURN_MS: i64 = 200;
/// A sender's next message waits this long for one whose end is not known.
const UNKNOWN_HOLDS_SECONDS: i64 = 60;
/// Without a receipt for this long an unknown send is given up.
const UNKNOWN_PARKS_SECONDS: i64 = 600;
/// While Meta refuses everything of a number, each message is tried this often.
const NUMBER_STOPPED_SECONDS: i64 = 60;
/// While WhatsApp cannot be reached, each message is tried at least this often.
const UNREACHABLE_SECONDS: i64 = 60;
/// Refused for the moment this often, a message is given up.
const TRIES: u32 = 8;

pub(crate) async fn run(workers: &Workers, job: &ClaimedJob) -> Result<(), JobError> {
    let cell = workers.cell();
    let ledger = cell.ledger();
    let Some(Loaded::Whole(opened)) = cell.load(owner_of(job)).await? else {
        return Ok(ledger.finish_job(job.fence).await?);
    };
    let JobSpec::Tell { outbound } = open_job(&opened.key, job)? else { return Err(JobError::WrongKind) };
    let Some(row) = ledger.outbound(outbound).await? else { return Ok(ledger.finish_job(job.fence).await?) };
    let now = cell.now();
    let park_at = now.plus_seconds(UNKNOWN_PARKS_SECONDS);
    match row.state {
        OutboundState::Queued => send(workers, job, &opened, &row).await,
        // A lease was lost in the middle of a call: it may have gone out.
        OutboundState::Sending => Ok(ledger.settle(job.fence, row.id, &Settled::Unknown, now, park_at).await?),
        OutboundState::Unknown => {
            ledger.settle(job.fence, row.id, &Settled::Parked, now, now).await?;
            undelivered(workers, &opened, &row, "unknown").await
        }
        _ => Ok(ledger.finish_job(job.fence).await?),
    }
}

async fn send(workers: &Workers, job: &ClaimedJob, opened: &OpenedCase, row: &OutboundRow) -> Result<(), JobError> {
    let cell = workers.cell();
    let ledger = cell.ledger();
    if let Some(wait_ms) = ahead(workers, row).await? {
        return Ok(ledger.postpone_job(job.fence, cell.now().plus_millis(wait_ms)).await?);
    }
    let tell = cell.open_tell(&opened.key, row)?;
    let key = tell.tell.key;
    let now = cell.now();
    let aliases: Vec<[u8; 32]> = ledger.aliases(opened.row.sender).await?.iter().map(|alias| alias.hash).collect();
    let verdict = gate(&GateInput {
        now,
        newest_inbound_at: ledger.window(&opened.case.phone_number, opened.row.sender).await?,
        stopped_at: ledger.stopped_at(&aliases).await?,
        answers_at: tell.answers_at,
        consented: opened.case.stage.agreed().is_some(),
        key,
    });
    let metrics = &workers.watch().metrics;
    if let Gate::Hold(reason) = verdict {
        metrics.gate(cell.id(), reason.as_str());
        let held = Settled::Held { why: reason.as_str().to_owned() };
        ledger.settle(job.fence, row.id, &held, now, now).await?;
        tracing::info!(outbound = %row.id, text = %key, why = reason.as_str(), "a message was held");
        return undelivered(workers, opened, row, reason.as_str()).await;
    }
    metrics.gate(cell.id(), "send");
    let contact = &opened.case.contact;
    let ids = SenderIds { phone: contact.phone.clone(), user_id: contact.user_id.clone(), parent_user_id: None };
    let to = Recipient::of(&ids).ok_or(JobError::NoRecipient)?;
    let rendered = cell
        .texts()
        .render(&opened.case.language, &tell.tell, cell.setting())
        .map_err(|error| JobError::Text(error.to_string()))?;
    let message = compose::message(&rendered, &to, &row.id, tell.quotes.as_ref())
        .map_err(|error| JobError::Text(error.to_string()))?;
    let sealed = cell.seal_rendered(&opened.key, row, &rendered)?;
    if !ledger.start_sending(job.fence, row.id, &sealed, rendered.hash(), now).await? {
        return Ok(ledger.finish_job(job.fence).await?);
    }
    let answer = workers.graph().send(&opened.case.phone_number, &message).await;
    settle(workers, job, opened, row, answer).await
}

/// How long to wait for an earlier message of this case, if one is still on its way.
async fn ahead(workers: &Workers, row: &OutboundRow) -> Result<Option<i64>, JobError> {
    let cell = workers.cell();
    let now = cell.now();
    for other in cell.ledger().outbounds(row.case).await? {
        if (other.version, other.ordinal) >= (row.version, row.ordinal) {
            break;
        }
        match other.state {
            OutboundState::Queued | OutboundState::Sending => return Ok(Some(TURN_MS)),
            OutboundState::Unknown if now.seconds_since(other.state_at) < UNKNOWN_HOLDS_SECONDS => {
                return Ok(Some(1_000));
            }
            _ => {}
        }
    }
    Ok(None)
}

async fn settle(
    workers: &Workers,
    job: &ClaimedJob,
    opened: &OpenedCase,
    row: &OutboundRow,
    answer: Result<portico_graph::Sent, SendFailure>,
) -> Result<(), JobError> {
    let cell = workers.cell();
    let ledger = cell.ledger();
    let now = cell.now();
    watch(workers, opened, &answer);
    let class = match &answer {
        Err(SendFailure::Refused(error)) => Some(error.class.as_str()),
        _ => None,
    };
    let (settled, again_at) = match answer {
        Ok(sent) => {
            let wamid = cell.keys().lookup("wamid", sent.wamid.as_str().as_bytes());
            (Settled::Sent { wamid }, now)
        }
        Err(SendFailure::Unknown(_)) => (Settled::Unknown, now.plus_seconds(UNKNOWN_PARKS_SECONDS)),
        // WhatsApp cannot be reached at all: nobody here is at fault, and the gate ends it with the window.
        Err(SendFailure::NotSent) => {
            let wait = 4_i64.pow(job.tries.min(3)).min(UNREACHABLE_SECONDS);
            (Settled::Again { why: "not_sent".to_owned() }, now.plus_seconds(wait))
        }
        Err(SendFailure::Refused(error)) => match error.class {
            ErrorClass::WindowClosed if job.tries > 0 => (Settled::Held { why: "window_closed".to_owned() }, now),
            ErrorClass::WindowClosed => (Settled::Again { why: code(error) }, now.plus_seconds(10)),
            // The number's own trouble (token, payment, policy): nobody here is at fault, and the gate ends it with the window.
            ErrorClass::StopNumber => (Settled::Again { why: code(error) }, now.plus_seconds(NUMBER_STOPPED_SECONDS)),
            _ if error.class() == Class::Transient => again(job.tries, now, &code(error)),
            _ => (Settled::Failed { why: code(error) }, now),
        },
    };
    ledger.settle(job.fence, row.id, &settled, now, again_at).await?;
    workers.watch().metrics.send(cell.id(), word(&settled), class);
    if matches!(settled, Settled::Sent { .. }) {
        photo_answered(workers, opened, row).await?;
    }
    match &settled {
        Settled::Sent { .. } => tracing::info!(outbound = %row.id, text = row.text, "a message was sent"),
        other => tracing::warn!(outbound = %row.id, text = row.text, settled = ?other, "a message was not sent"),
    }
    match settled {
        Settled::Failed { why } | Settled::Held { why } => undelivered(workers, opened, row, &why).await,
        _ => Ok(()),
    }
}

/// Whether Meta serves the number at all, as this answer shows.
fn watch(workers: &Workers, opened: &OpenedCase, answer: &Result<portico_graph::Sent, SendFailure>) {
    let (cell, number) = (workers.cell(), &opened.case.phone_number);
    let numbers = &workers.watch().numbers;
    match answer {
        Ok(_) => numbers.served(cell.id(), number),
        Err(SendFailure::Refused(error)) if error.class == ErrorClass::StopNumber => {
            numbers.refused(cell.id(), number, error.code, cell.now());
        }
        Err(_) => {}
    }
}

const fn word(settled: &Settled) -> &'static str {
    match settled {
        Settled::Sent { .. } => "sent",
        Settled::Held { .. } => "held",
        Settled::Failed { .. } => "failed",
        Settled::Again { .. } => "again",
        Settled::Unknown => "unknown",
        Settled::Parked => "parked",
    }
}

/// What was told when a picture had been taken in or read answers the newest picture that is no longer pending.
async fn photo_answered(workers: &Workers, opened: &OpenedCase, row: &OutboundRow) -> Result<(), JobError> {
    let cell = workers.cell();
    let before = row.version.0.saturating_sub(1);
    let told_by = cell.ledger().entries(row.case, before, 1).await?.pop();
    if !told_by.is_some_and(|entry| matches!(entry.kind.as_str(), "job:take_in" | "job:read")) {
        return Ok(());
    }
    let photos = opened.case.evidence.iter().filter(|item| !item.is_pending() && item.sent_at <= row.at);
    if let Some(sent_at) = photos.map(|item| item.sent_at).max() {
        let waited_us = cell.now().as_micros().saturating_sub(sent_at.as_micros());
        workers.watch().metrics.photo_answered(cell.id(), waited_us as f64 / 1e6);
    }
    Ok(())
}

fn code(error: SendError) -> String {
    format!("code {}", error.code)
}

/// Known not to have gone out: once more, later (Meta's advice is 4^n seconds), a bounded number of times.
fn again(tries: u32, now: portico_vocab::Timestamp, why: &str) -> (Settled, portico_vocab::Timestamp) {
    if tries >= TRIES {
        return (Settled::Failed { why: why.to_owned() }, now);
    }
    (Settled::Again { why: why.to_owned() }, now.plus_seconds(4_i64.pow(tries.min(5))))
}

/// The case hears that a message will not arrive; the ones nobody waits for change nothing.
async fn undelivered(workers: &Workers, opened: &OpenedCase, row: &OutboundRow, why: &str) -> Result<(), JobError> {
    let cell = workers.cell();
    let Some(text) = TextKey::parse(&row.text) else { return Ok(()) };
    let id = cell.keys().input_id(&[b"undelivered", row.id.as_bytes(), why.as_bytes()]);
    let kind = InputKind::Undelivered { outbound: row.id, text, why: why.to_owned() };
    match cell.apply(opened.case.id, Input { id, kind }, None).await {
        Ok(_) | Err(CellError::Shredded) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
