//! What stands beside a case and is shared by all cases of its sender: names, the stop-list, the 24-hour window.
//!
//! A later case of the same person may have moved such a row on, so a row that is newer than this case's last word is
//! held against the entries of the person's other cases, and against the STOPs of no case.

use std::collections::{BTreeMap, BTreeSet};

use portico_ledger::{AliasRow, Belongings, SenderId, StopChange, StopRow, WindowRow};
use portico_vocab::{CaseId, PhoneNumberId, Timestamp};

use super::Found;
use super::fold::Folded;
use super::links::Links;
use crate::beside::{self, Beside};
use crate::rows::open_entry;
use crate::{Cell, CellError};

/// What several changes wrote beside their cases.
#[derive(Default)]
struct Said {
    names: BTreeSet<([u8; 32], SenderId)>,
    aliases: BTreeMap<[u8; 32], AliasRow>,
    stops: BTreeMap<[u8; 32], Vec<Timestamp>>,
    lifts: BTreeMap<[u8; 32], Vec<Timestamp>>,
    windows: BTreeMap<(PhoneNumberId, SenderId), Vec<Timestamp>>,
    /// Something of it can no longer be read, so that what is not found here may still have been said.
    in_part: bool,
}

impl Said {
    fn add(&mut self, aliases: Vec<AliasRow>, stop: &StopChange, window: Option<WindowRow>) {
        for alias in aliases {
            self.names.insert((alias.hash, alias.sender));
            self.aliases.insert(alias.hash, alias);
        }
        let (times, hashes, at) = match stop {
            StopChange::Keep => (None, [].as_slice(), Timestamp::from_micros(0)),
            StopChange::Set { hashes, at } => (Some(&mut self.stops), hashes.as_slice(), *at),
            StopChange::Lift { hashes, at } => (Some(&mut self.lifts), hashes.as_slice(), *at),
        };
        if let Some(times) = times {
            hashes.iter().for_each(|hash| times.entry(*hash).or_default().push(at));
        }
        if let Some(WindowRow { phone_number, sender, newest_inbound_at }) = window {
            self.windows.entry((phone_number, sender)).or_default().push(newest_inbound_at);
        }
    }

    fn of(folded: &Folded) -> Self {
        let mut said = Self::default();
        for refolded in &folded.changes {
            said.in_part |= !refolded.says_beside;
            let commit = &refolded.commit;
            said.add(commit.aliases.clone(), &commit.stop, commit.window.clone());
        }
        said
    }

    /// What the other cases of these senders say.
    async fn elsewhere(cell: &Cell, senders: &BTreeSet<SenderId>, but: CaseId) -> Result<Self, CellError> {
        let mut said = Self::default();
        for sender in senders {
            for case in cell.ledger().cases_of(*sender).await?.into_iter().filter(|case| *case != but) {
                for beside in written_beside(cell, case).await? {
                    match beside {
                        Some(beside) => said.add(beside.aliases(), &beside.stop(), beside.window()),
                        None => said.in_part = true,
                    }
                }
            }
        }
        Ok(said)
    }
}

async fn written_beside(cell: &Cell, case: CaseId) -> Result<Vec<Option<Beside>>, CellError> {
    let Some(row) = cell.ledger().case(case).await? else { return Ok(Vec::new()) };
    let key = row.key.as_deref().and_then(|wrapped| cell.keys().open_case_key(case, wrapped).ok());
    let Some(key) = key else { return Ok(vec![None]) };
    let entries = cell.ledger().entries(case, 0, u32::MAX).await?;
    let opened = entries.iter().map(|entry| open_entry(&key, entry).ok().map(|(canonical, _)| canonical));
    Ok(opened.map(|canonical| canonical.and_then(|canonical| beside::read(&canonical).ok().flatten())).collect())
}

/// A row that this case does not explain, with the senders whose other cases may.
struct Open {
    difference: String,
    senders: BTreeSet<SenderId>,
    explained: Box<dyn Fn(&Said) -> bool + Send>,
}

pub(super) async fn beside(
    cell: &Cell,
    lying: &Belongings,
    folded: &Folded,
    links: &Links,
    found: &mut Found,
) -> Result<(), CellError> {
    let said = Said::of(folded);
    let mut open = names(cell, lying.row.sender, &said, found).await?;
    open.extend(stops(cell, lying.row.sender, &said, links, found).await?);
    open.extend(windows(cell, &said, found).await?);
    for Open { difference, senders, explained } in open {
        let elsewhere = Said::elsewhere(cell, &senders, lying.row.id).await?;
        if !said.in_part && !elsewhere.in_part && !explained(&elsewhere) {
            found.push(difference);
        }
    }
    Ok(())
}

async fn names(cell: &Cell, sender: SenderId, said: &Said, found: &mut Found) -> Result<Vec<Open>, CellError> {
    let hashes: Vec<_> = said.aliases.keys().copied().collect();
    let known = cell.ledger().senders(&hashes).await?;
    let mut open = Vec::new();
    for (hash, due) in &said.aliases {
        let Some(row) = known.iter().map(|known| &known.alias).find(|row| row.hash == *hash) else {
            found.push("alias: a name that this case's sender gave is missing".to_owned());
            continue;
        };
        if row.kind != due.kind {
            found.push("alias.kind: a name that this case's sender gave is of another kind".to_owned());
        }
        if row.sender != due.sender {
            let moved = (*hash, row.sender);
            open.push(Open {
                difference: "alias.sender: a name that this case's sender gave is of a sender who never gave it".into(),
                senders: BTreeSet::from([row.sender]),
                explained: Box::new(move |elsewhere| elsewhere.names.contains(&moved)),
            });
        }
    }
    for row in cell.ledger().aliases(sender).await? {
        let name = (row.hash, sender);
        if !said.names.contains(&name) {
            open.push(Open {
                difference: "alias: the sender has a name that no message of theirs gave".to_owned(),
                senders: BTreeSet::from([sender]),
                explained: Box::new(move |elsewhere| elsewhere.names.contains(&name)),
            });
        }
    }
    Ok(open)
}

async fn stops(
    cell: &Cell,
    sender: SenderId,
    said: &Said,
    links: &Links,
    found: &mut Found,
) -> Result<Vec<Open>, CellError> {
    let hashes: BTreeSet<[u8; 32]> = said.stops.keys().chain(said.lifts.keys()).copied().collect();
    let hashes: Vec<_> = hashes.into_iter().collect();
    let rows = cell.ledger().stops(&hashes).await?;
    // A name that moved is stopped by the cases of whoever has it now.
    let owners = cell.ledger().senders(&hashes).await?;
    let mut open = Vec::new();
    for hash in hashes {
        let Some(row) = rows.iter().find(|row| row.hash == hash) else {
            found.push("stop_list: the row of a name that this case put there is missing".to_owned());
            continue;
        };
        let owner = owners.iter().find(|owner| owner.alias.hash == hash).map(|owner| owner.alias.sender);
        let senders: BTreeSet<_> = owner.into_iter().chain([sender]).collect();
        for (column, at, times, lifts) in [
            ("stopped_at", row.stopped_at, said.stops.get(&hash), false),
            ("lifted_at", row.lifted_at, said.lifts.get(&hash), true),
        ] {
            let own = times.and_then(|times| times.iter().max()).copied();
            let by_stray = !lifts && links.stopped(cell, row);
            if at < own {
                found.push(format!("stop_list.{column}: earlier than this case says"));
            } else if at != own && !by_stray {
                open.push(Open {
                    difference: format!("stop_list.{column}: a time that nothing says"),
                    senders: senders.clone(),
                    explained: Box::new(move |elsewhere| {
                        let times = if lifts { &elsewhere.lifts } else { &elsewhere.stops };
                        times.get(&hash).is_some_and(|times| times.iter().any(|time| Some(*time) == at))
                    }),
                });
            }
        }
    }
    Ok(open)
}

async fn windows(cell: &Cell, said: &Said, found: &mut Found) -> Result<Vec<Open>, CellError> {
    let mut open = Vec::new();
    for ((number, sender), times) in &said.windows {
        let at = cell.ledger().window(number, *sender).await?;
        let own = times.iter().max().copied();
        if at.is_none() {
            found.push("reach: the window of this case's sender is missing".to_owned());
        } else if at < own {
            found.push("reach.newest_inbound_at: earlier than this case says".to_owned());
        } else if at != own {
            let of = (number.clone(), *sender);
            open.push(Open {
                difference: "reach.newest_inbound_at: a time that no message was sent at".to_owned(),
                senders: BTreeSet::from([*sender]),
                explained: Box::new(move |elsewhere| {
                    elsewhere.windows.get(&of).is_some_and(|times| times.iter().any(|time| Some(*time) == at))
                }),
            });
        }
    }
    Ok(open)
}

/// A row of the stop-list whose name no sender has: a stranger's STOP put it there, and nothing else.
pub(super) fn of_a_stranger(cell: &Cell, links: &Links, row: &StopRow) -> bool {
    row.lifted_at.is_none() && links.stopped(cell, row)
}
