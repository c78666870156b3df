//! Reading a cell. Whoever looks at a picture or a person's data has the access committed first.

use portico_case::{Case, Recorded, TellEffect};
use portico_keys::CaseKey;
use portico_ledger::{CaseRow, ChainName, EntryRow, OutboundRow};
use portico_vault::{Purpose, StoredRef};
use portico_vocab::{CaseId, EvidenceId};
use portico_whatsapp::texts::Rendered;

use crate::rows::{open_case, open_entry, open_rendered, open_tell, to_json};
use crate::{Cell, CellError};

/// A case as it can be read now.
#[expect(clippy::large_enum_variant, reason = "made once a look, never kept")]
pub enum Loaded {
    Whole(OpenedCase),
    /// Its key is destroyed; only the plain columns remain.
    Shredded(CaseRow),
}

pub struct OpenedCase {
    pub case: Case,
    pub row: CaseRow,
    pub key: CaseKey,
}

/// One entry and, while the key exists, what it recorded.
pub struct HistoryItem {
    pub entry: EntryRow,
    pub recorded: Option<Recorded>,
}

/// One message to the applicant and, once it was rendered, what it said.
pub struct ToldItem {
    pub row: OutboundRow,
    pub rendered: Option<Rendered>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Image,
    Thumbnail,
}

/// Who looks, and why; goes into the access chain. Names no applicant.
#[derive(Debug, Clone)]
pub struct Access {
    /// `reviewer:a.reviewer`, `client:core-banking`.
    pub actor: String,
    pub purpose: String,
    pub request_id: Option<String>,
}

impl Cell {
    /// The case, opened; `None` when there is none of this id.
    ///
    /// # Errors
    /// When the ledger cannot be read or the row does not open.
    pub async fn load(&self, id: CaseId) -> Result<Option<Loaded>, CellError> {
        let Some(row) = self.ledger().case(id).await? else {
            return Ok(None);
        };
        let Some(wrapped) = &row.key else {
            return Ok(Some(Loaded::Shredded(row)));
        };
        let key = self.keys().open_case_key(id, wrapped)?;
        let case = open_case(&key, &row)?;
        Ok(Some(Loaded::Whole(OpenedCase { case, row, key })))
    }

    /// The case, or why it cannot be had.
    ///
    /// # Errors
    /// [`CellError::NotFound`] or [`CellError::Shredded`] besides what the ledger says.
    pub async fn load_whole(&self, id: CaseId) -> Result<OpenedCase, CellError> {
        match self.load(id).await? {
            Some(Loaded::Whole(opened)) => Ok(opened),
            Some(Loaded::Shredded(_)) => Err(CellError::Shredded),
            None => Err(CellError::NotFound),
        }
    }

    /// Entries after a version, oldest first, opened while the key exists.
    ///
    /// # Errors
    /// When the ledger cannot be read or an entry does not open.
    pub async fn history(&self, id: CaseId, after: u64, limit: u32) -> Result<Vec<HistoryItem>, CellError> {
        let Some(row) = self.ledger().case(id).await? else {
            return Err(CellError::NotFound);
        };
        let key = row.key.as_deref().map(|wrapped| self.keys().open_case_key(id, wrapped)).transpose()?;
        let entries = self.ledger().entries(id, after, limit).await?;
        entries
            .into_iter()
            .map(|entry| {
                let recorded = key.as_ref().map(|key| open_entry(key, &entry)).transpose()?.map(|(_, r)| r);
                Ok(HistoryItem { entry, recorded })
            })
            .collect()
    }

    /// Messages to the applicant, in the order they were told.
    ///
    /// # Errors
    /// When the ledger cannot be read or a text does not open.
    pub async fn messages(&self, id: CaseId) -> Result<Vec<ToldItem>, CellError> {
        let Some(row) = self.ledger().case(id).await? else {
            return Err(CellError::NotFound);
        };
        let key = row.key.as_deref().map(|wrapped| self.keys().open_case_key(id, wrapped)).transpose()?;
        let rows = self.ledger().outbounds(id).await?;
        rows.into_iter()
            .map(|row| {
                let rendered = match (&key, &row.rendered) {
                    (Some(key), Some(sealed)) => Some(open_rendered(key, row.id, sealed)?),
                    _ => None,
                };
                Ok(ToldItem { row, rendered })
            })
            .collect()
    }

    /// What a queued message is to say.
    ///
    /// # Errors
    /// When it does not open under the case's key.
    pub fn open_tell(&self, key: &CaseKey, row: &OutboundRow) -> Result<TellEffect, CellError> {
        open_tell(key, row.id, &row.payload)
    }

    /// Seals what is about to be sent.
    ///
    /// # Errors
    /// Never in practice: text always serialises.
    pub fn seal_rendered(&self, key: &CaseKey, row: &OutboundRow, rendered: &Rendered) -> Result<Vec<u8>, CellError> {
        Ok(key.seal("rendered", &[row.id.as_bytes()], &to_json(rendered)?))
    }

    /// Commits the access, then reads the picture: no audit, no answer.
    ///
    /// # Errors
    /// [`CellError::NoPicture`] when it was never stored, besides what ledger and vault say.
    pub async fn picture(
        &self,
        id: CaseId,
        evidence: EvidenceId,
        which: Which,
        access: &Access,
    ) -> Result<Vec<u8>, CellError> {
        let opened = self.load_whole(id).await?;
        let taken = opened.case.evidence(evidence).and_then(|item| item.taken.as_ref()).ok_or(CellError::NoPicture)?;
        let (object, purpose, word) = match which {
            Which::Image => (&taken.image, Purpose::Image, "image"),
            Which::Thumbnail => (&taken.thumbnail, Purpose::Thumbnail, "thumbnail"),
        };
        self.record_access(id, access, &format!("{word}:{evidence}")).await?;
        let stored = StoredRef { object_key: object.key.clone(), purpose, sha256: object.sha256, size: object.size };
        Ok(self.vault().get(&opened.key, &stored).await?)
    }

    /// Appends to the access chain: who looked at what of which case, and why.
    ///
    /// # Errors
    /// When the ledger cannot be written; then nothing may be shown.
    pub async fn record_access(&self, id: CaseId, access: &Access, what: &str) -> Result<(), CellError> {
        let body = serde_json::json!({
            "actor": access.actor,
            "purpose": access.purpose,
            "what": what,
            "request": access.request_id,
        });
        self.ledger().append(ChainName::Access, self.now(), Some(id), &body.to_string()).await?;
        Ok(())
    }
}
