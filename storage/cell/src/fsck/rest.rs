//! What belongs to no case: the cell's chains and their heads, webhook bodies and their days' keys, inputs without a
//! case, strangers on the stop-list, positions of events, policies; and what all tables must add up to.

use std::collections::{BTreeMap, BTreeSet};

use portico_keys::DayKey;
use portico_ledger::segment::{self, Slice};
use portico_ledger::{JobKey, SegmentRow};
use portico_policy::Policy;
use portico_vocab::PhoneNumberId;
use portico_whatsapp::inbound::{Update, read_change_at};

use super::links::Links;
use super::{Found, of_chain, sender, unreadable};
use crate::{Cell, CellError};

/// Rows read at a time.
const PAGE: u32 = 500;

pub(super) async fn look(cell: &Cell, links: &Links) -> Result<Found, CellError> {
    let mut found = links.broken.clone();
    let looked = totals(cell, links, &mut found).await;
    noted(looked, &mut found)?;
    let looked = strays(cell, links, &mut found).await;
    noted(looked, &mut found)?;
    let looked = stop_list(cell, links, &mut found).await;
    noted(looked, &mut found)?;
    let looked = inbox(cell, &mut found).await;
    noted(looked, &mut found)?;
    let looked = policies(cell, &mut found).await;
    noted(looked, &mut found)?;
    Ok(found)
}

/// A row that cannot even be read is a difference, and the next room is looked at all the same.
fn noted(looked: Result<(), CellError>, found: &mut Found) -> Result<(), CellError> {
    if let Err(error) = looked {
        found.push(unreadable(error)?);
    }
    Ok(())
}

/// Heads are where their chains end, and no row is without what it belongs to.
async fn totals(cell: &Cell, links: &Links, found: &mut Found) -> Result<(), CellError> {
    let totals = cell.ledger().totals().await?;
    found.extend(totals.ownerless.iter().map(|(table, rows)| format!("{table}: {rows} rows belong to nothing")));
    if totals.entries != totals.inputs_of_cases {
        found.push(format!("input: {} of cases, and {} entries", totals.inputs_of_cases, totals.entries));
    }
    let stray = links.ends.get("stray").map_or(0, |(links, _)| *links);
    if totals.strays != stray {
        found.push(format!("input: {} without a case, and {stray} links of the chain stray", totals.strays));
    }
    if totals.placed != totals.newest_position {
        let (placed, newest) = (totals.placed, totals.newest_position);
        found.push(format!("event.position: {placed} of them, and the newest is {newest}"));
    }
    for (name, made, said) in &totals.successes {
        if made != said {
            found.push(format!("subscriber {name}.last_success_at: not that of its newest delivery"));
        }
    }
    let mut heads: BTreeMap<_, _> =
        cell.ledger().heads().await?.into_iter().map(|head| (head.name, (head.seq, head.digest))).collect();
    let event = (totals.newest_position, None);
    for (name, end) in links.ends.iter().map(|(name, end)| (*name, *end)).chain([("event", event)]) {
        match heads.remove(name) {
            None => found.push(format!("head: that of {name} is missing")),
            Some(head) if head != end => found.push(format!("head: that of {name} is not where it ends")),
            Some(_) => {}
        }
    }
    if heads.remove("health") != Some((0, None)) {
        found.push("head: that of health is missing or counts".to_owned());
    }
    found.extend(heads.keys().map(|name| format!("head {name}: nothing is counted by it")));
    Ok(())
}

/// Each link of the chain has its input.
async fn strays(cell: &Cell, links: &Links, found: &mut Found) -> Result<(), CellError> {
    for page in links.strays.chunks(PAGE as usize) {
        let ids: Vec<_> = page.iter().map(|(_, _, input)| *input).collect();
        let rows: BTreeMap<_, _> = cell.ledger().inputs(&ids).await?.into_iter().map(|row| (row.id, row)).collect();
        for (seq, at, input) in page {
            let sound = rows.get(input).is_some_and(|row| row.case.is_none() && row.version.is_none() && row.at == *at);
            if !sound {
                let link = of_chain(portico_ledger::ChainName::Stray, *seq);
                found.push(format!("input: that of {link} is missing or another"));
            }
        }
    }
    Ok(())
}

/// What a STOP of no case put on the stop-list is there, and a name that no sender has was put there by one.
async fn stop_list(cell: &Cell, links: &Links, found: &mut Found) -> Result<(), CellError> {
    let mut missing: BTreeSet<_> = links.stops.iter().map(|(name, _)| *name).collect();
    let mut after = None;
    loop {
        let page = cell.ledger().stop_list(after, PAGE).await?;
        let hashes: Vec<_> = page.iter().map(|row| row.hash).collect();
        let known: BTreeSet<_> = cell.ledger().senders(&hashes).await?.iter().map(|known| known.alias.hash).collect();
        for row in &page {
            let name = crate::links::of_name(cell, &row.hash);
            missing.remove(&name);
            let newest = links.stops.range((name, portico_vocab::Timestamp::from_micros(i64::MIN))..);
            let newest = newest.take_while(|(of, _)| *of == name).last().map(|(_, at)| *at);
            if row.stopped_at < newest {
                found.push("stop_list.stopped_at: earlier than a STOP of no case".to_owned());
            }
            if !known.contains(&row.hash) && !sender::of_a_stranger(cell, links, row) {
                found.push("stop_list: the row of a name that nobody has and nothing stopped".to_owned());
            }
        }
        match page.last() {
            Some(last) => after = Some(last.hash),
            None => break,
        }
    }
    if !missing.is_empty() {
        found.push(format!("stop_list: {} names of STOPs of no case are missing", missing.len()));
    }
    Ok(())
}

/// Bodies open, are what custody says, and have become inputs once they are sorted.
async fn inbox(cell: &Cell, found: &mut Found) -> Result<(), CellError> {
    let mut keys: BTreeMap<String, DayKey> = BTreeMap::new();
    for day in cell.ledger().inbox_days().await? {
        let Some(wrapped) = &day.wrapped else { continue };
        match cell.keys().open_day_key(&day.day, wrapped) {
            Ok(key) => drop(keys.insert(day.day, key)),
            Err(error) => found.push(format!("inbox_day {}.wrapped: {error}", day.day)),
        }
    }
    let mut after = None;
    loop {
        let page = cell.ledger().segments(after, PAGE).await?;
        for row in &page {
            let custody = row.custody.lines().count();
            if custody != row.bodies as usize {
                found.push(format!("segment of {}: {} bodies, and custody of {custody}", row.day, row.bodies));
            }
            if made_at(row) != row.at.as_micros() / 1_000 {
                found.push(format!("segment of {}: its id was made at another time", row.day));
            }
            // A person discarded it: what custody keeps is what is left.
            if row.body.is_empty() {
                continue;
            }
            match opened(&keys, row) {
                Ok(slices) => bodies(cell, row, &slices, found).await?,
                Err(why) => found.push(format!("segment of {}: {why}", row.day)),
            }
        }
        match page.last() {
            Some(last) => after = Some(last.id),
            None => return Ok(()),
        }
    }
}

/// Milliseconds since 1970, from the first 48 bits of a UUIDv7 (RFC 9562 5.7).
fn made_at(row: &SegmentRow) -> i64 {
    row.id[..6].iter().fold(0, |millis, byte| millis << 8 | i64::from(*byte))
}

fn opened(keys: &BTreeMap<String, DayKey>, row: &SegmentRow) -> Result<Vec<Slice>, String> {
    let key = keys.get(&row.day).ok_or("its day's key is destroyed or damaged, and the bodies are still there")?;
    let plain = key.open(segment::SEAL_PURPOSE, &[&row.id], &row.body).map_err(|error| format!("body: {error}"))?;
    segment::decode(&plain).map_err(|error| format!("body: {error}"))
}

async fn bodies(cell: &Cell, row: &SegmentRow, slices: &[Slice], found: &mut Found) -> Result<(), CellError> {
    // Which slices are one body's is not said, so repeats are left out on both sides.
    let (kept, due) = (row.custody.lines().collect::<BTreeSet<_>>(), segment::custody(slices));
    if kept != due.lines().collect() {
        found.push(format!("segment of {}: custody is not that of its bodies", row.day));
    }
    let sort = JobKey { owner: row.id, version: 0, ordinal: 0 };
    if cell.ledger().job(sort).await?.is_some() {
        return Ok(());
    }
    let mut due = Vec::new();
    for slice in slices {
        let number = slice.phone_number.as_ref().map_or("", PhoneNumberId::as_str);
        for update in read_change_at(slice.waba.as_ref(), slice.entry_time, &slice.change) {
            // Receipts become inputs only when they matter.
            if matches!(update, Update::Message(_) | Update::Account(_)) {
                let parts = update.id_parts(number);
                let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
                due.push(cell.keys().input_id(&parts));
            }
        }
    }
    let due: BTreeSet<_> = due.into_iter().collect();
    let ids: Vec<_> = due.iter().copied().collect();
    let consumed = cell.ledger().inputs(&ids).await?.len();
    if consumed != ids.len() {
        let lost = ids.len() - consumed;
        found.push(format!("segment of {}: sorted, and {lost} of its messages are no inputs", row.day));
    }
    Ok(())
}

/// Each policy is what it is called by.
async fn policies(cell: &Cell, found: &mut Found) -> Result<(), CellError> {
    for (hash, body) in cell.ledger().policies().await? {
        if !Policy::from_json(&body).is_ok_and(|policy| policy.pin().hash == hash) {
            found.push(format!("policy {hash}: not what it is called by"));
        }
    }
    Ok(())
}
