//! The four guards of the ledger, to be taken out one at a time. A campaign that still passes without one of them has no
//! teeth, so a test takes each out and expects a failure.
//!
//! It is done here, in front of a sound ledger, so that the product has no switch. *Invariant:* with no tooth pulled
//! nothing of this runs.

use portico_ledger::{Commit, CommitError, Committed, Fence};
use portico_vocab::{CaseVersion, InputId, Sha256};

use crate::world::World;

/// A guard that is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tooth {
    /// Writes land whoever holds the job.
    Fence,
    /// An input that was consumed is consumed again.
    InputId,
    /// A change lands on another version than it was made from.
    Expects,
    /// What a change asks for is written after it, in a transaction of its own.
    Outbox,
}

impl Tooth {
    pub const ALL: [Self; 4] = [Self::Fence, Self::InputId, Self::Expects, Self::Outbox];
}

/// The fence a write is made under; `None` when there is no job any more and nobody asks.
pub(crate) fn fence(world: &World, fence: Fence) -> Option<Fence> {
    if world.tooth == Some(Tooth::Fence) { world.book.lock().fence_of_row(fence.key) } else { Some(fence) }
}

/// An id that was never consumed, when this one was. Teeth are pulled in memory alone, where a call may be made inside
/// another.
pub(crate) fn another(world: &World, input: InputId) -> InputId {
    if !matches!(world.engine.run(world.engine.ledger.input_consumed(input)), Ok(true)) {
        return input;
    }
    let mut bytes = *input.as_bytes();
    bytes[..8].copy_from_slice(&world.chance.below(u64::MAX).to_be_bytes());
    InputId::from_digest(Sha256::from_bytes(bytes))
}

pub(crate) async fn commit(world: &World, tooth: Tooth, commit: &Commit) -> Result<Committed, CommitError> {
    let ledger = &world.engine.ledger;
    match tooth {
        Tooth::Fence => {
            let done = commit.done.and_then(|held| fence(world, held));
            ledger.commit(&Commit { done, ..commit.clone() }).await
        }
        Tooth::InputId => ledger.commit(&Commit { input: another(world, commit.input), ..commit.clone() }).await,
        Tooth::Expects => match ledger.commit(commit).await {
            Err(CommitError::Stale) => on_top(world, commit).await,
            other => other,
        },
        Tooth::Outbox => ledger.commit(commit).await,
    }
}

/// The same rows, as of the version that is there.
async fn on_top(world: &World, commit: &Commit) -> Result<Committed, CommitError> {
    let Some(row) = world.engine.ledger.case(commit.case.id).await? else { return Err(CommitError::Stale) };
    let version = CaseVersion(row.version.0 + 1);
    let mut moved = commit.clone();
    moved.expects = Some(row.version);
    (moved.case.version, moved.entry.version) = (version, version);
    moved.jobs.iter_mut().for_each(|job| job.key.version = version.0);
    moved.outbounds.iter_mut().for_each(|outbound| outbound.version = version);
    moved.events.iter_mut().for_each(|event| event.version = version);
    world.engine.ledger.commit(&moved).await
}
