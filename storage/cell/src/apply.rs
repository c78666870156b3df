//! Load, step, commit; again when someone was faster.

use portico_case::{Case, Ctx, Input, Outcome, Recorded, STEP_VERSION, step};
use portico_ledger::{AliasKind, CommitError, Committed, Fence};
use portico_vocab::{CaseId, IdStream, PhoneNumberId, Timestamp};

use crate::beside::Beside;
use crate::read::{Loaded, OpenedCase};
use crate::rows::Making;
use crate::{Cell, CellError, watch};

/// A stale commit is stepped again this often before the input goes back to its queue.
const TRIES: u32 = 8;

/// What is known of the sender and written beside the case in the same transaction.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// Names of the sender that are new or move to it, as keyed hashes.
    pub names: Vec<(AliasKind, [u8; 32])>,
    /// Every name of the sender, for the stop-list.
    pub all_names: Vec<[u8; 32]>,
    /// When the newest message was sent, and to which of our numbers.
    pub window: Option<(PhoneNumberId, Timestamp)>,
    /// The job this input is the result of.
    pub done: Option<Fence>,
}

/// What became of an input.
#[derive(Debug, Clone)]
pub struct Applied {
    pub outcome: Outcome,
    /// The case after it.
    pub case: Case,
    /// The input had been consumed before; nothing was written.
    pub repeated: bool,
}

impl Cell {
    /// Lets `input` happen to a case.
    ///
    /// # Errors
    /// [`CellError::NotFound`], [`CellError::Shredded`], or whatever the ledger says; a commit that stays stale is
    /// [`CellError::Contended`].
    pub async fn apply(&self, id: CaseId, input: Input, done: Option<Fence>) -> Result<Applied, CellError> {
        self.apply_with(id, &input, &Around { done, ..Around::default() }).await
    }

    /// The same, with what belongs beside the case.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub async fn apply_with(&self, id: CaseId, input: &Input, around: &Around) -> Result<Applied, CellError> {
        for _ in 0..TRIES {
            let opened = match self.load(id).await? {
                Some(Loaded::Whole(opened)) => opened,
                Some(Loaded::Shredded(_)) => return Err(CellError::Shredded),
                None => return Err(CellError::NotFound),
            };
            match self.attempt(opened, input, around).await {
                Err(CellError::Commit(CommitError::Stale)) => {}
                other => return other,
            }
        }
        Err(CellError::Contended)
    }

    async fn attempt(&self, opened: OpenedCase, input: &Input, around: &Around) -> Result<Applied, CellError> {
        let OpenedCase { case, row, key } = opened;
        let policy = self.policy_of(&case).await?;
        let now = self.now().max(case.updated_at);
        let ctx = Ctx { now, policy: &policy, ids: IdStream::new(case.id, case.version.next()) };
        let change = step(&case, input, &ctx);
        let recorded = Recorded {
            step_version: STEP_VERSION,
            opening: None,
            now,
            policy: policy.pin().hash,
            input: input.clone(),
        };
        let was_ended = case.stage_name().is_end();
        let beside = Beside::of(row.sender, &change, input, was_ended, around, self.subscribers());
        let making = Making {
            cell: self,
            key: &key,
            head: row.head,
            was_ended,
            recorded: &recorded,
            beside: &beside,
            policy: &policy,
            done: around.done,
            wrapped_key: None,
        };
        let commit = making.rows(&change)?;
        match self.ledger().commit(&commit).await? {
            Committed::Applied => {
                watch::tell(self.watch(), self.id(), Some(&case), &change, &policy);
                Ok(Applied { outcome: change.outcome().clone(), case: change.next().clone(), repeated: false })
            }
            Committed::AlreadyApplied => Ok(Applied { outcome: Outcome::Applied, case, repeated: true }),
        }
    }
}
