//! What is read once: the cell's own chains, whether they hold and what in them explains rows elsewhere; its policies.

use std::collections::{BTreeMap, BTreeSet};

use portico_ledger::{ChainEntry, ChainName, ParkedId, StopRow};
use portico_vocab::{InputId, Sha256, Timestamp};

use super::{Found, of_chain, unreadable};
use crate::links::{Act, Stray, of_name};
use crate::{Cell, CellError};

/// Links read at a time.
const PAGE: u32 = 1_000;

/// See the module.
#[derive(Default)]
pub(super) struct Links {
    /// Where a chain does not hold.
    pub(super) broken: Found,
    /// How many links each chain has, and the newest one's digest.
    pub(super) ends: BTreeMap<&'static str, (u64, Option<Sha256>)>,
    /// Inputs of no case, with their times and the links that say so.
    pub(super) strays: Vec<(u64, Timestamp, InputId)>,
    /// Every STOP of no case: the name it was said under, as links call it, and when.
    pub(super) stops: BTreeSet<(Sha256, Timestamp)>,
    /// What the policies there are are called by.
    pub(super) policies: BTreeSet<Sha256>,
    /// The parked work that people gave up, by the text that names it.
    discarded: BTreeSet<String>,
}

impl Links {
    pub(super) async fn read(cell: &Cell) -> Result<Self, CellError> {
        let policies = cell.ledger().policies().await?.into_iter().map(|(hash, _)| hash).collect();
        let mut links = Self { policies, ..Self::default() };
        for chain in ChainName::ALL {
            if let Err(error) = links.walk(cell, *chain).await {
                links.broken.push(unreadable(error)?);
            }
        }
        Ok(links)
    }

    async fn walk(&mut self, cell: &Cell, chain: ChainName) -> Result<(), CellError> {
        let name = chain.as_str();
        let (mut previous, mut last) = (portico_audit::genesis(name), 0);
        loop {
            let page = cell.ledger().chain(chain, last, PAGE).await?;
            for link in &page {
                if link.seq != last + 1 {
                    self.broken.push(format!("{}: missing", of_chain(chain, last + 1)));
                }
                if link.previous != previous || link.digest != link.digest_after(chain, &previous) {
                    self.broken.push(format!("{}: not what was written", of_chain(chain, link.seq)));
                }
                (previous, last) = (link.digest, link.seq);
                self.note(chain, link);
            }
            if page.is_empty() {
                self.ends.insert(name, (last, (last > 0).then_some(previous)));
                return Ok(());
            }
        }
    }

    fn note(&mut self, chain: ChainName, link: &ChainEntry) {
        match chain {
            ChainName::Stray => {
                let Some(stray) = Stray::read(link) else { return };
                if let Some(input) = stray.input {
                    self.strays.push((link.seq, link.at, InputId::from_digest(input)));
                }
                if let Some(stop) = stray.stop {
                    self.stops.extend(stop.of.into_iter().map(|name| (name, stop.at)));
                }
            }
            ChainName::Operations => {
                if let Some(act) = Act::read(link).filter(|act| act.did == Act::DISCARD) {
                    self.discarded.insert(act.id);
                }
            }
            ChainName::Access => {}
        }
    }

    /// Whether a person gave up the work of this name.
    pub(super) fn discarded(&self, id: &ParkedId) -> bool {
        self.discarded.contains(&id.to_string())
    }

    /// Whether a STOP of no case stopped this name then.
    pub(super) fn stopped(&self, cell: &Cell, row: &StopRow) -> bool {
        row.stopped_at.is_some_and(|at| self.stops.contains(&(of_name(cell, &row.hash), at)))
    }
}
