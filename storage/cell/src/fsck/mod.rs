//! Proof that a cell is what its histories say: every case is refolded from its entries, and every row that its changes
//! wrote is held against the row that is there; then what belongs to no case.
//!
//! A look at a case: [`fold`] refolds it, [`rows`] compares what hangs on it, [`sender`] what stands beside it,
//! [`objects`] what lies in the bucket. [`rest`] is the cell without its cases. What no history can tell is listed in
//! docs/OPERATING.md, "What fsck proves"; the damage test walks every column and knows the same list.
//!
//! *Invariant:* nothing is written, and a case that changes meanwhile is no difference: one counts only when a second
//! look finds it too.

mod fold;
mod links;
mod objects;
mod rest;
mod rows;
mod sender;

use std::collections::BTreeSet;

use portico_ledger::{Belongings, ChainName, LedgerError, Queue};
use portico_vocab::CaseId;

use crate::rows::open_case;
use crate::{Cell, CellError};
use fold::Refold;
use links::Links;

/// What `fsck` says of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseVerdict {
    Ok,
    /// The key is destroyed: the chain's links hold, the inputs cannot be refolded.
    Shredded,
    /// Made by another version of `step`: digests hold, the fold is not tried.
    OtherStepVersion(u32),
    /// What differs, and where.
    Differs(Vec<String>),
}

/// Differences, as they are found.
type Found = Vec<String>;

/// Checks one cell; reads only.
pub struct Fsck<'a> {
    cell: &'a Cell,
    /// Objects too, which reads every picture.
    objects: bool,
    links: Links,
}

impl<'a> Fsck<'a> {
    /// Reads the cell's chains, to check cases against them.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn begin(cell: &'a Cell, objects: bool) -> Result<Self, CellError> {
        Ok(Self { cell, objects, links: Links::read(cell).await? })
    }

    /// Checks one case, also while others change it.
    ///
    /// # Errors
    /// When ledger or vault cannot be read; damage is a verdict, not an error.
    pub async fn case(&mut self, id: CaseId) -> Result<CaseVerdict, CellError> {
        let first = match self.look(id).await? {
            CaseVerdict::Differs(first) => first,
            sound => return Ok(sound),
        };
        self.links = Links::read(self.cell).await?;
        let second = match self.look(id).await? {
            CaseVerdict::Differs(second) => second,
            sound => return Ok(sound),
        };
        let first: BTreeSet<_> = first.into_iter().collect();
        let both: Vec<_> = second.into_iter().filter(|difference| first.contains(difference)).collect();
        if both.is_empty() { Ok(CaseVerdict::Ok) } else { Ok(CaseVerdict::Differs(both)) }
    }

    /// Checks what belongs to no case: chains, inbox, events' positions, stop-list, policies, and what all tables must
    /// add up to.
    ///
    /// # Errors
    /// As [`Self::case`].
    pub async fn rest(&mut self) -> Result<Vec<String>, CellError> {
        let first: BTreeSet<_> = rest::look(self.cell, &self.links).await?.into_iter().collect();
        if first.is_empty() {
            return Ok(Vec::new());
        }
        self.links = Links::read(self.cell).await?;
        let second = rest::look(self.cell, &self.links).await?;
        Ok(second.into_iter().filter(|difference| first.contains(difference)).collect())
    }

    /// A row that cannot even be read is a difference too.
    async fn look(&self, id: CaseId) -> Result<CaseVerdict, CellError> {
        let looked = self.look_at(id).await;
        looked.or_else(|error| Ok(CaseVerdict::Differs(vec![unreadable(error)?])))
    }

    async fn look_at(&self, id: CaseId) -> Result<CaseVerdict, CellError> {
        let Some(lying) = self.cell.ledger().belongings(id).await? else { return Err(CellError::NotFound) };
        let mut found = Found::new();
        fold::links(&lying, &mut found);
        rows::whole(&lying, &mut found);
        let Some(wrapped) = &lying.row.key else {
            shredded(&lying, &mut found);
            return Ok(verdict(found, CaseVerdict::Shredded));
        };
        let key = match self.cell.keys().open_case_key(id, wrapped) {
            Ok(key) => key,
            Err(error) => {
                found.push(format!("kase.wrapped_key: {error}"));
                return Ok(CaseVerdict::Differs(found));
            }
        };
        let folded = match fold::refold(self.cell, &key, &lying, &self.links, &mut found).await? {
            Refold::Whole(folded) => folded,
            Refold::OtherStepVersion(version) => return Ok(verdict(found, CaseVerdict::OtherStepVersion(version))),
            Refold::Broken => return Ok(CaseVerdict::Differs(found)),
        };
        match open_case(&key, &lying.row) {
            Ok(case) if case == folded.case => {}
            Ok(_) => found.push("kase.body: refolding the history gives another case".to_owned()),
            Err(error) => found.push(format!("kase.body: {error}")),
        }
        rows::derived(self.cell, &key, &lying, &folded, &self.links, &mut found);
        rows::consumed(self.cell, &folded, &mut found).await?;
        sender::beside(self.cell, &lying, &folded, &self.links, &mut found).await?;
        objects::known(&folded.case, &lying, &mut found);
        if self.objects {
            objects::open(self.cell, &key, &folded.case, &mut found).await?;
        }
        Ok(verdict(found, CaseVerdict::Ok))
    }
}

/// What of the ledger cannot be read by this build; other errors are not about what lies there.
fn unreadable(error: CellError) -> Result<String, CellError> {
    match error {
        CellError::Ledger(LedgerError::Inconsistent { table, what }) => Ok(format!("{table}: {what}")),
        CellError::Unreadable { what } => Ok(format!("the stored {what} cannot be read")),
        other => Err(other),
    }
}

fn verdict(found: Found, sound: CaseVerdict) -> CaseVerdict {
    if found.is_empty() { sound } else { CaseVerdict::Differs(found) }
}

/// Of a shredded case there is nothing to refold: an entry says that it was purged, its objects are gone or on their way out.
fn shredded(lying: &Belongings, found: &mut Found) {
    let purged = lying.entries.iter().any(|entry| entry.kind == "timer:purge" && entry.outcome == "applied");
    if !purged {
        found.push("kase.wrapped_key: gone, and no entry says that the case was purged".to_owned());
    }
    let swept_later = lying.jobs.iter().any(|job| job.row.queue == Queue::Sweep);
    if !lying.objects.is_empty() && !swept_later {
        found.push(format!("object: {} are left of a shredded case and nothing sweeps them", lying.objects.len()));
    }
}

/// How a link of a chain is named in a difference.
fn of_chain(chain: ChainName, seq: u64) -> String {
    format!("chain {}: link {seq}", chain.as_str())
}
