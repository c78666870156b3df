//! Proof that a case is what its history says: refold every entry, check every digest and every object.

use std::collections::BTreeSet;

use portico_case::{Case, Ctx, Recorded, STEP_VERSION, open, step};
use portico_vault::{Purpose, StoredRef};
use portico_vocab::{CaseId, CaseVersion, IdStream};

use crate::read::OpenedCase;
use crate::rows::{expected_digest, open_entry};
use crate::{Cell, CellError, Loaded};

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

/// Checks cases of one cell; reads only.
pub struct Fsck<'a> {
    cell: &'a Cell,
    /// Objects too, which reads every picture.
    objects: bool,
}

impl<'a> Fsck<'a> {
    #[must_use]
    pub const fn new(cell: &'a Cell, objects: bool) -> Self {
        Self { cell, objects }
    }

    /// Checks one case, also while others change it: a difference counts only when the case stood still meanwhile.
    ///
    /// # Errors
    /// When ledger or vault cannot be read; damage is a verdict, not an error.
    pub async fn case(&self, id: CaseId) -> Result<CaseVerdict, CellError> {
        let mut version = self.version(id).await?;
        loop {
            let verdict = self.look(id).await?;
            let now = self.version(id).await?;
            if now == version || !matches!(verdict, CaseVerdict::Differs(_)) {
                return Ok(verdict);
            }
            version = now;
        }
    }

    async fn version(&self, id: CaseId) -> Result<Option<CaseVersion>, CellError> {
        Ok(self.cell.ledger().case(id).await?.map(|row| row.version))
    }

    async fn look(&self, id: CaseId) -> Result<CaseVerdict, CellError> {
        let loaded = match self.cell.load(id).await {
            Ok(loaded) => loaded,
            Err(CellError::Key(error)) => return Ok(CaseVerdict::Differs(vec![format!("case row: {error}")])),
            Err(CellError::Unreadable { what }) => {
                return Ok(CaseVerdict::Differs(vec![format!("case row: the {what} cannot be read")]));
            }
            Err(error) => return Err(error),
        };
        match loaded {
            None => Err(CellError::NotFound),
            Some(Loaded::Shredded(row)) => {
                let differences = self.links(id, row.head).await?;
                Ok(if differences.is_empty() { CaseVerdict::Shredded } else { CaseVerdict::Differs(differences) })
            }
            Some(Loaded::Whole(opened)) => self.whole(opened).await,
        }
    }

    /// Each entry names its predecessor's digest, and the last one's is the case's head.
    async fn links(&self, id: CaseId, head: portico_vocab::Sha256) -> Result<Vec<String>, CellError> {
        let mut differences = Vec::new();
        let mut previous = portico_audit::genesis("case");
        let mut expected = 1;
        for entry in self.cell.ledger().entries(id, 0, u32::MAX).await? {
            if entry.version.0 != expected {
                differences.push(format!("entry {expected} is missing"));
                expected = entry.version.0;
            }
            if entry.previous != previous {
                differences.push(format!("entry {expected} does not link its predecessor"));
            }
            previous = entry.digest;
            expected += 1;
        }
        if previous != head {
            differences.push("the newest entry is not the case's head".to_owned());
        }
        Ok(differences)
    }

    async fn whole(&self, opened: OpenedCase) -> Result<CaseVerdict, CellError> {
        let id = opened.case.id;
        let mut differences = self.links(id, opened.row.head).await?;
        let mut folded: Option<Case> = None;
        for entry in self.cell.ledger().entries(id, 0, u32::MAX).await? {
            let at = entry.version.0;
            let Ok((canonical, recorded)) = open_entry(&opened.key, &entry) else {
                differences.push(format!("entry {at}: its body does not open"));
                return Ok(CaseVerdict::Differs(differences));
            };
            if expected_digest(&opened.key, id, &entry, &canonical, &recorded) != entry.digest {
                differences.push(format!("entry {at}: its digest is another"));
            }
            if recorded.step_version != STEP_VERSION {
                return Ok(if differences.is_empty() {
                    CaseVerdict::OtherStepVersion(recorded.step_version)
                } else {
                    CaseVerdict::Differs(differences)
                });
            }
            let Some(next) = self.fold(folded.take(), &recorded).await? else {
                differences.push(format!("entry {at}: there is nothing it could follow"));
                return Ok(CaseVerdict::Differs(differences));
            };
            if next.version != entry.version || next.stage_name() != entry.stage {
                differences.push(format!("entry {at}: refolding gives another version or stage"));
            }
            folded = Some(next);
        }
        if folded.as_ref() != Some(&opened.case) {
            differences.push("refolding the history gives another case than the row holds".to_owned());
        }
        if let Some(case) = &folded {
            let policy = self.cell.policy_of(case).await?;
            differences.extend(portico_case::invariant::of_case(case, &policy).into_iter().map(str::to_owned));
        }
        differences.extend(self.object_rows(&opened.case).await?);
        if self.objects {
            differences.extend(self.pictures(&opened).await?);
        }
        Ok(if differences.is_empty() { CaseVerdict::Ok } else { CaseVerdict::Differs(differences) })
    }

    async fn fold(&self, before: Option<Case>, recorded: &Recorded) -> Result<Option<Case>, CellError> {
        let policy = self.cell.policy_by_hash(recorded.policy).await?;
        let change = match (&before, &recorded.opening) {
            (None, Some(opening)) => {
                let ids = IdStream::new(opening.id, portico_vocab::CaseVersion(1));
                open(opening, &recorded.input, &Ctx { now: recorded.now, policy: &policy, ids })
            }
            (Some(case), None) => {
                let ids = IdStream::new(case.id, case.version.next());
                step(case, &recorded.input, &Ctx { now: recorded.now, policy: &policy, ids })
            }
            _ => return Ok(None),
        };
        Ok(Some(change.next().clone()))
    }

    /// The ledger knows the objects of the case and no others under its name: what it does not know is swept.
    async fn object_rows(&self, case: &Case) -> Result<Vec<String>, CellError> {
        let mut differences = Vec::new();
        let mut rows: BTreeSet<String> = self.cell.ledger().objects(case.id).await?.into_iter().collect();
        for item in &case.evidence {
            let Some(taken) = &item.taken else { continue };
            for (object, purpose) in [(&taken.image, Purpose::Image), (&taken.thumbnail, Purpose::Thumbnail)] {
                if !rows.remove(&object.key) {
                    differences.push(format!("{} {purpose}: its object row is missing", item.id));
                }
            }
        }
        differences.extend(rows.iter().map(|key| format!("object row {key}: no picture of the case is this object")));
        Ok(differences)
    }

    /// Every stored object opens and has the digest the case says.
    async fn pictures(&self, opened: &OpenedCase) -> Result<Vec<String>, CellError> {
        let mut differences = Vec::new();
        for item in &opened.case.evidence {
            let Some(taken) = &item.taken else { continue };
            for (object, purpose) in [(&taken.image, Purpose::Image), (&taken.thumbnail, Purpose::Thumbnail)] {
                let stored =
                    StoredRef { object_key: object.key.clone(), purpose, sha256: object.sha256, size: object.size };
                match self.cell.vault().get(&opened.key, &stored).await {
                    Ok(_) => {}
                    Err(error) if error.class() == portico_vocab::Class::Transient => return Err(error.into()),
                    Err(error) => differences.push(format!("{} {purpose}: {error}", item.id)),
                }
            }
        }
        Ok(differences)
    }
}
