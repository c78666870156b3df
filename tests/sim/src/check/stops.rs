//! The stop-list is honoured: of the messages that left, none was weighed after a STOP that forbids it, and a withdrawal
//! is confirmed once.
//!
//! It is judged by what was committed before the worker began to weigh the message: a STOP that comes while a message is
//! on its way out cannot call it back.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use portico_ledger::StopChange;
use portico_vocab::{CaseId, Timestamp};

use super::Judged;

/// Texts that confirm a STOP.
const CONFIRMS: [&str; 2] = ["withdrawn", "stop-after-decision"];

pub(super) fn check(judged: &mut Judged<'_>) -> Result<()> {
    let mut found = Vec::new();
    let shown: Vec<_> = judged.world.meta.lock().shown.iter().map(|shown| shown.outbound).collect();
    let book = judged.world.book.lock();
    let mut confirmed: BTreeMap<CaseId, usize> = BTreeMap::new();
    for id in &shown {
        let (Some((case, text)), Some(tick)) = (book.told.get(id), book.weighed.get(id)) else { continue };
        *confirmed.entry(*case).or_default() += usize::from(text == "withdrawn");
        let Some((_, lying)) = judged.cases.iter().find(|(of, _)| of == case) else { continue };
        let Some(wrapped) = &lying.row.key else { continue };
        let Some(record) = lying.outbounds.iter().find(|record| record.row.id == *id) else { continue };
        let key = judged.cell.keys().open_case_key(*case, wrapped)?;
        let answers_at = judged.cell.open_tell(&key, &record.row)?.answers_at;
        let mut owners = BTreeMap::new();
        for (_, name, sender) in book.names.iter().filter(|(at, ..)| at < tick) {
            owners.insert(*name, *sender);
        }
        let names = owners.into_iter().filter(|(_, sender)| *sender == lying.row.sender).map(|(name, _)| name);
        let Some(stop) = in_force(&names.collect(), &book.stops, *tick) else { continue };
        if !CONFIRMS.contains(&text.as_str()) && answers_at.is_none_or(|answers| answers <= stop) {
            found.push(format!("{case}: {id} ({text}) left after a STOP"));
        }
    }
    for (case, times) in confirmed.into_iter().filter(|(_, times)| *times > 1) {
        found.push(format!("{case}: its withdrawal was confirmed {times} times"));
    }
    drop(book);
    judged.findings.extend(found);
    Ok(())
}

/// The newest STOP that no START has lifted, of what was known before `tick`.
fn in_force(names: &BTreeSet<[u8; 32]>, stops: &[(u64, StopChange)], tick: u64) -> Option<Timestamp> {
    let newest = |name: &[u8; 32], lifting: bool| {
        let times = stops.iter().filter(|(at, _)| *at < tick).filter_map(|(_, change)| match change {
            StopChange::Set { hashes, at } if !lifting && hashes.contains(name) => Some(*at),
            StopChange::Lift { hashes, at } if lifting && hashes.contains(name) => Some(*at),
            _ => None,
        });
        times.max()
    };
    let of = |name: &[u8; 32]| {
        let stopped = newest(name, false)?;
        newest(name, true).is_none_or(|lifted| stopped >= lifted).then_some(stopped)
    };
    names.iter().filter_map(of).max()
}
