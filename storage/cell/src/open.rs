//! Opening a case: a new key, a first step, and the sender's one open place, in one commit.

use portico_case::{Ctx, Input, Opening, Recorded, STEP_VERSION, open};
use portico_ledger::{Committed, SenderId};
use portico_vocab::{CaseId, IdStream, Language, PhoneNumberId};

use crate::apply::{Applied, Around};
use crate::beside::Beside;
use crate::rows::Making;
use crate::{Cell, CellError, watch};

/// What a new case needs besides its first input.
#[derive(Debug, Clone)]
pub struct OpenCase {
    pub sender: SenderId,
    pub phone_number: PhoneNumberId,
    pub language: Language,
}

impl Cell {
    /// Opens a case by its first input.
    ///
    /// # Errors
    /// `CommitError::AlreadyOpen` inside [`CellError::Commit`] when another case of the sender was opened meanwhile: the
    /// input then belongs to that one.
    pub async fn open_case(&self, new: OpenCase, input: &Input, around: &Around) -> Result<Applied, CellError> {
        let now = self.now();
        let mut random = [0; 10];
        self.keys().entropy().fill(&mut random);
        let id = CaseId::new(now, random);
        let (key, wrapped) = self.keys().new_case_key(id);
        let policy = self.policy();
        let OpenCase { sender, phone_number, language } = new;
        let opening = Opening { id, cell: self.id(), phone_number, language, at: now };
        let ctx = Ctx { now, policy, ids: IdStream::new(id, portico_vocab::CaseVersion(1)) };
        let change = open(&opening, input, &ctx);
        let recorded = Recorded {
            step_version: STEP_VERSION,
            opening: Some(opening),
            now,
            policy: policy.pin().hash,
            input: input.clone(),
        };
        let beside = Beside::of(sender, &change, input, false, around, self.subscribers());
        let making = Making {
            cell: self,
            key: &key,
            head: portico_audit::genesis("case"),
            was_ended: false,
            recorded: &recorded,
            beside: &beside,
            policy,
            done: around.done,
            wrapped_key: Some(wrapped),
        };
        let commit = making.rows(&change)?;
        let repeated = self.ledger().commit(&commit).await? == Committed::AlreadyApplied;
        if !repeated {
            watch::tell(self.watch(), self.id(), None, &change, policy);
        }
        Ok(Applied { outcome: change.outcome().clone(), case: change.next().clone(), repeated })
    }
}
