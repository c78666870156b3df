//! `sort`: a segment of verified webhook bodies becomes inputs.
//!
//! The whole segment is sorted again after a crash; every input has its own unique key, so a second time changes
//! nothing. *Invariant:* the job ends only when every slice has become an input, or has been found to be none.

use portico_case::{Answered, Custody, Input, InputKind, Route, command_of, route};
use portico_cell::{Around, Cell, CellError, OpenCase};
use portico_ledger::segment::{self, Slice};
use portico_ledger::{ClaimedJob, CommitError, OutboundState, StopChange};
use portico_telemetry::spans;
use portico_vocab::{CaseId, InputId, Language, PhoneNumberId, Purpose};
use portico_whatsapp::command::Command;
use portico_whatsapp::inbound::{Content, Inbound, Receipt, ReceiptStatus, Update, read_change_at};
use portico_whatsapp::texts::TextKey;
use tracing::Instrument as _;

use crate::sender::{self, Sender};
use crate::{JobError, Workers, house};

/// Two workers may open a case of one sender at the same instant; the loser finds the winner's within this many looks.
const LOOKS: u32 = 8;
/// Waiting for the call that sends a message which has been answered already.
const TURN_MS: i64 = 100;

pub(crate) async fn run(workers: &Workers, job: &ClaimedJob) -> Result<(), JobError> {
    let cell = workers.cell();
    let ledger = cell.ledger();
    let Some(slices) = open_segment(cell, job.fence.key.owner).await? else {
        return Ok(ledger.finish_job(job.fence).await?);
    };
    let mut failed: Option<JobError> = None;
    for slice in &slices {
        let span = spans::sort(cell.id(), slice.trace.as_deref());
        if let Err(error) = sort_slice(workers, slice).instrument(span).await
            && failed.as_ref().is_none_or(|known| matches!(known, JobError::AnswersUnsent))
        {
            failed = Some(error);
        }
    }
    match failed {
        // No failure: the call that sends the message is still out, and ends within its lease.
        Some(JobError::AnswersUnsent) => Ok(ledger.postpone_job(job.fence, cell.now().plus_millis(TURN_MS)).await?),
        Some(error) => Err(error),
        None => Ok(ledger.finish_job(job.fence).await?),
    }
}

/// What lies in a segment; `None` when there is none.
async fn open_segment(cell: &Cell, id: [u8; 16]) -> Result<Option<Vec<Slice>>, JobError> {
    let ledger = cell.ledger();
    let Some(mut row) = ledger.segment(id).await? else { return Ok(None) };
    loop {
        if let Some(key) = house::day_key(&**ledger, cell.keys(), &row.day).await? {
            let plain = key.open(segment::SEAL_PURPOSE, &[&row.id], &row.body)?;
            return Ok(Some(segment::decode(&plain)?));
        }
        // House-keeping moved it to another day's key between our two looks, or the key is gone for good.
        match ledger.segment(id).await? {
            Some(moved) if moved.day != row.day => row = moved,
            Some(_) => return Err(JobError::DayKeyGone),
            None => return Ok(None),
        }
    }
}

/// Every update of one slice. One that fails must not hold up the others: they are consumed, and skipped when the
/// segment comes again. The failure that weighs most is the one told.
async fn sort_slice(workers: &Workers, slice: &Slice) -> Result<(), JobError> {
    let mut failed: Option<JobError> = None;
    for update in read_change_at(slice.waba.as_ref(), slice.entry_time, &slice.change) {
        if let Err(error) = sort_update(workers, slice, update).await {
            tracing::warn!(%error, "an update could not be sorted");
            if failed.as_ref().is_none_or(|known| matches!(known, JobError::AnswersUnsent)) {
                failed = Some(error);
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn sort_update(workers: &Workers, slice: &Slice, update: Update) -> Result<(), JobError> {
    let cell = workers.cell();
    let number = slice.phone_number.as_ref().map_or("", PhoneNumberId::as_str);
    let parts = update.id_parts(number);
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    match update {
        Update::Message(message) => {
            let id = cell.keys().input_id(&parts);
            sort_message(cell, slice, id, message).await
        }
        Update::Receipt(receipt) => {
            let id = cell.keys().input_id(&parts);
            sort_receipt(cell, slice, id, &receipt).await?;
            count(workers, &receipt);
            Ok(())
        }
        Update::Account(event) => {
            let id = cell.keys().input_id(&parts);
            tracing::info!(field = event.field, "an account-level event");
            Ok(cell.record_stray(id, slice.received_at, "account_event", StopChange::Keep).await?)
        }
        Update::Errors { codes } => {
            tracing::warn!(?codes, "errors reported by webhook");
            Ok(())
        }
        Update::Unreadable { why } => Err(JobError::Unreadable(why)),
    }
}

async fn sort_message(cell: &Cell, slice: &Slice, id: InputId, message: Inbound) -> Result<(), JobError> {
    if cell.ledger().input_consumed(id).await? {
        return Ok(());
    }
    for _ in 0..LOOKS {
        match place(cell, slice, id, &message).await {
            Err(JobError::Cell(CellError::Commit(CommitError::AlreadyOpen) | CellError::Shredded)) => {}
            other => return other,
        }
    }
    Err(JobError::Cell(CellError::Contended))
}

/// One look at whose message it is and where it goes.
async fn place(cell: &Cell, slice: &Slice, id: InputId, message: &Inbound) -> Result<(), JobError> {
    let sender = sender::resolve(cell, &message.sender).await?;
    if let Some(younger) = sender.superseded {
        supersede(cell, younger, &sender).await?;
    }
    let answers = answered(cell, message, &sender).await?;
    let around = around(slice, message, &sender);
    let target = route(message, sender.known, slice.received_at);
    let kind = |answers: Option<(CaseId, Answered)>, case: Option<CaseId>| InputKind::Message {
        message: Box::new(message.clone()),
        answers: answers.filter(|(of, _)| Some(*of) == case).map(|(_, answered)| answered),
        stopped_at: sender.stopped_at,
        custody: Custody {
            body_sha256: Some(slice.body_sha256),
            signature: slice.signature.clone(),
            received_at: slice.received_at,
        },
    };
    match (target, &slice.phone_number) {
        (Route::To(case), _) => {
            let input = Input { id, kind: kind(answers, Some(case)) };
            cell.apply_with(case, &input, &around).await?;
        }
        (Route::Open, Some(number)) => {
            let input = Input { id, kind: kind(None, None) };
            let new =
                OpenCase { sender: sender.id, phone_number: number.clone(), language: language_of(cell, message) };
            cell.open_case(new, &input, &around).await?;
        }
        (Route::Open, None) => cell.record_stray(id, slice.received_at, "no_number", StopChange::Keep).await?,
        (Route::Stray(reason), _) => {
            let stop = match command_of(message) {
                Some(Command::Stop) => {
                    StopChange::Set { hashes: sender.all, at: message.sent_at.min(slice.received_at) }
                }
                _ => StopChange::Keep,
            };
            cell.record_stray(id, slice.received_at, reason, stop).await?;
        }
    }
    Ok(())
}

fn around(slice: &Slice, message: &Inbound, sender: &Sender) -> Around {
    // A system message is WhatsApp's own: whether it opens the window is undocumented, so it does not.
    let opens_window = !matches!(message.content, Content::System { .. });
    let number = slice.phone_number.clone().filter(|_| opens_window);
    let window = number.map(|number| (number, message.sent_at.min(slice.received_at)));
    Around { names: sender.names.clone(), all_names: sender.all.clone(), window, done: None }
}

/// The message of ours that a tap or reply answers, with the case it was of.
///
/// WhatsApp may show a message, and bring the tap on it, before the call that sent it has told us its name: such a tap
/// waits for the call to end, or it would be taken for one on an old message.
async fn answered(cell: &Cell, message: &Inbound, sender: &Sender) -> Result<Option<(CaseId, Answered)>, JobError> {
    let Some(wamid) = message.context.as_ref().and_then(|context| context.answers.as_ref()) else { return Ok(None) };
    let hash = cell.keys().lookup("wamid", wamid.as_str().as_bytes());
    let Some(row) = cell.ledger().outbound_by_wamid(hash).await? else {
        return if is_sending(cell, sender).await? { Err(JobError::AnswersUnsent) } else { Ok(None) };
    };
    let Some(text) = TextKey::parse(&row.text) else { return Ok(None) };
    Ok(Some((row.case, Answered { outbound: row.id, text, text_hash: row.text_hash })))
}

async fn is_sending(cell: &Cell, sender: &Sender) -> Result<bool, JobError> {
    let Some(case) = sender.known.open else { return Ok(false) };
    let told = cell.ledger().outbounds(case).await?;
    Ok(told.iter().any(|row| row.state == OutboundState::Sending))
}

/// The younger open case of one person ends for the older one, by its own input.
async fn supersede(cell: &Cell, younger: CaseId, sender: &Sender) -> Result<(), JobError> {
    let id = cell.keys().input_id(&[b"join", &sender.id.0, younger.as_bytes()]);
    let by = sender.known.open.unwrap_or(younger);
    let input = Input { id, kind: InputKind::Superseded { by } };
    match cell.apply(younger, input, None).await {
        Ok(_) | Err(CellError::Shredded | CellError::NotFound) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// By the script of the first message, else the cell's first (chat.md rule 6).
fn language_of(cell: &Cell, message: &Inbound) -> Language {
    let offered = &cell.setting().languages;
    let written = match &message.content {
        Content::Text { body } => portico_whatsapp::language::detect(body.expose(Purpose::Compare)),
        _ => None,
    };
    let first = || offered.first().cloned().unwrap_or_else(Language::english);
    written.filter(|language| offered.contains(language)).unwrap_or_else(first)
}

async fn sort_receipt(cell: &Cell, slice: &Slice, id: InputId, receipt: &Receipt) -> Result<(), JobError> {
    let wamid = cell.keys().lookup("wamid", receipt.wamid.as_str().as_bytes());
    let state = match receipt.status {
        ReceiptStatus::Failed => OutboundState::Failed,
        ReceiptStatus::Sent => OutboundState::Sent,
        ReceiptStatus::Delivered => OutboundState::Delivered,
        ReceiptStatus::Read | ReceiptStatus::Played => OutboundState::Read,
    };
    let detail = receipt.errors.first().map(|code| format!("code {code}"));
    let moved = cell.ledger().receipt(receipt.callback, wamid, state, detail.as_deref(), receipt.at).await?;
    let Some(moved) = moved else {
        return Ok(cell.record_stray(id, slice.received_at, "receipt_of_unknown", StopChange::Keep).await?);
    };
    if moved.after == OutboundState::Failed && moved.before != OutboundState::Failed {
        let Some(row) = cell.ledger().outbound(moved.id).await? else { return Ok(()) };
        let Some(text) = TextKey::parse(&row.text) else { return Ok(()) };
        let why = detail.unwrap_or_else(|| "failed".to_owned());
        let input = Input { id, kind: InputKind::Undelivered { outbound: moved.id, text, why } };
        match cell.apply(moved.case, input, None).await {
            Ok(_) | Err(CellError::Shredded) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// By what Meta charges: `pricing.category` and `pricing.type`; `billable` is on its way out of Meta's webhooks.
fn count(workers: &Workers, receipt: &Receipt) {
    let pricing = receipt.pricing.as_ref();
    let (category, kind) = (pricing.and_then(|p| p.category.as_deref()), pricing.and_then(|p| p.kind.as_deref()));
    workers.watch().metrics.receipt(workers.cell().id(), receipt.status.as_str(), category, kind);
}
