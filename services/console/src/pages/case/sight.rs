//! A case as loaded for one look at it.

use std::sync::Arc;

use portico_case::Case;
use portico_cell::{Cell, HistoryItem, Loaded, ToldItem};
use portico_ledger::ClaimLease;
use portico_policy::Policy;
use portico_vocab::{CaseId, Slot, Timestamp};
use portico_whatsapp::texts::{Setting, Texts};

use crate::desk::{Desk, access};
use crate::error::Error;
use crate::pages::words;
use crate::session::Reviewer;

/// Entries shown at most; a longer history shows its newest.
const HISTORY_MAX: u32 = 1000;

/// Everything the page is made of. Holds no cell, so that pages can be built in tests by hand.
pub(crate) struct Sight {
    pub case: Case,
    /// The one the case is judged by.
    pub policy: Arc<Policy>,
    pub history: Vec<HistoryItem>,
    pub messages: Vec<ToldItem>,
    pub claim: Option<ClaimLease>,
    pub setting: Setting,
    pub texts: Arc<Texts>,
    pub now: Timestamp,
}

impl Sight {
    /// Commits the access (`what` is being read), then reads.
    pub(crate) async fn load(desk: &Desk, reviewer: &Reviewer, id: CaseId, what: &str) -> Result<(Cell, Self), Error> {
        let (cell, loaded) = desk.find(reviewer, id).await?;
        let Loaded::Whole(opened) = loaded else { return Err(Error::Shredded) };
        cell.record_access(id, &access(reviewer), what).await?;
        let (case, key) = (opened.case, opened.key);
        let now = cell.now();
        let mut messages = cell.messages(id).await?;
        for item in &mut messages {
            // One that was held or waits has not been rendered yet: what it would say is what a reviewer asks about.
            if item.rendered.is_none() {
                let tell = cell.open_tell(&key, &item.row)?.tell;
                item.rendered = cell.texts().render(&case.language, &tell, cell.setting()).ok();
            }
        }
        let older = case.version.0.saturating_sub(u64::from(HISTORY_MAX));
        let sight = Self {
            policy: cell.policy_of(&case).await?,
            history: cell.history(id, older, HISTORY_MAX).await?,
            messages,
            claim: cell.ledger().claim_of(id, now).await?,
            setting: cell.setting().clone(),
            texts: Arc::clone(cell.texts()),
            now,
            case,
        };
        Ok((cell, sight))
    }

    pub(crate) fn zone(&self) -> &str {
        &self.setting.timezone
    }

    /// `Passport · front`, as pictures and findings are named.
    pub(crate) fn slot_label(&self, slot: Slot) -> &'static str {
        let has_back = self.case.required_slots().contains(&Slot::DocumentBack);
        if slot == Slot::DocumentFront && !has_back { self.document() } else { words::slot(slot) }
    }

    pub(crate) fn document(&self) -> &'static str {
        let kind = self.case.stage.agreed().and_then(|agreed| agreed.document);
        kind.map_or("No document chosen", |kind| words::document(kind, self.case.cell.country()))
    }

    /// Who else holds the case now.
    pub(crate) fn held_by_other(&self, reviewer: &str) -> Option<&ClaimLease> {
        self.claim.as_ref().filter(|claim| claim.reviewer != reviewer)
    }
}
