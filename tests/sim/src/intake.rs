//! A webhook becomes durable: the calls that `services/ingress/src/writer.rs` makes, in its order, without its sockets,
//! channels and time-outs.
//!
//! The writer itself cannot run here: it lives on a runtime's channels and clock. *Invariant:* a body counts as answered
//! 200 only after `accept` has said so, here as there.

use std::sync::Arc;

use portico_cell::Cell;
use portico_keys::DayKey;
use portico_ledger::segment::{self, Slice};
use portico_ledger::{LedgerError, SegmentRow};
use portico_vocab::Sha256;
use portico_whatsapp::inbound::{ReceiptStatus, Update, read_change_at};

use crate::wire::{self, Body};
use crate::world::{Locked, World};

/// The newest day's key, which a process holds until its day is over.
pub type Today = Locked<Option<DayKey>>;

/// Posts bodies to a process; whether they were answered 200.
pub async fn post(world: Arc<World>, cell: Cell, today: Arc<Today>, bodies: Vec<Arc<Body>>) -> bool {
    let slices: Vec<Slice> = bodies.iter().map(|body| slice(&cell, body)).collect();
    let durable = match commit(&cell, &today, &slices).await {
        Err(LedgerError::DayKeyDestroyed { .. }) => {
            *today.lock() = None;
            commit(&cell, &today, &slices).await
        }
        done => done,
    };
    let taken = durable.is_ok();
    if taken {
        for body in &bodies {
            acknowledge(&world, &cell, body);
        }
    }
    taken
}

fn slice(cell: &Cell, body: &Body) -> Slice {
    Slice {
        received_at: cell.now(),
        body_sha256: Sha256::of(body.change.as_bytes()),
        signature_ok: true,
        signature: String::new(),
        waba: wire::waba(),
        phone_number: wire::number(),
        entry_time: None,
        trace: None,
        change: body.change.clone(),
    }
}

async fn commit(cell: &Cell, today: &Today, slices: &[Slice]) -> Result<(), LedgerError> {
    let at = cell.now();
    let day = at.to_date();
    let known = today.lock().clone().filter(|key| key.day() == day);
    let key = match known {
        Some(key) => key,
        None => {
            let (_, wrapped) = cell.keys().new_day_key(&day);
            let destroyed = || LedgerError::Unavailable("the day's key has been destroyed".into());
            let stored = cell.ledger().day_key(&day, &wrapped).await?.ok_or_else(destroyed)?;
            let opened = cell.keys().open_day_key(&day, &stored);
            opened.map_err(|error| LedgerError::Unavailable(Box::new(error)))?
        }
    };
    *today.lock() = Some(key.clone());
    let mut random = [0; 10];
    cell.keys().entropy().fill(&mut random);
    let millis = u64::try_from(at.as_micros() / 1_000).unwrap_or(0);
    let id = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().into_bytes();
    let body = key.seal(segment::SEAL_PURPOSE, &[&id], &segment::encode(slices));
    let bodies = u32::try_from(slices.len()).unwrap_or(u32::MAX);
    let row =
        SegmentRow { id, day: key.day().to_owned(), at, bodies, custody: segment::custody(slices), body, trace: None };
    cell.ledger().accept(&[row]).await
}

/// From here on, what the body says has to be found again. A receipt that moves a message along is no input.
fn acknowledge(world: &World, cell: &Cell, body: &Body) {
    for update in read_change_at(wire::waba().as_ref(), None, &body.change) {
        let is_input = match &update {
            Update::Message(_) | Update::Account(_) => true,
            Update::Receipt(receipt) => receipt.status == ReceiptStatus::Failed,
            Update::Errors { .. } | Update::Unreadable { .. } => false,
        };
        if let Update::Receipt(receipt) = &update {
            world.meta.lock().heard_of(receipt.callback);
        }
        let parts = update.id_parts(wire::NUMBER);
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let id = cell.keys().input_id(&parts);
        world.note(|| format!("200 for {}", body.what));
        if is_input && !matches!(update, Update::Receipt(_)) {
            world.book.lock().acknowledge(id, body.what.clone());
        }
    }
    world.meta.lock().answered(body.order);
}
