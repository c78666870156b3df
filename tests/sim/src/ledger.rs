//! The ledger as one process of a schedule sees it: every call waits its turn, may fail, may be heard or not; what landed
//! is noted in the book.
//!
//! *Invariant:* it changes no answer of the ledger behind it, save with a tooth pulled.

mod rooms;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use portico_ledger::{Commit, CommitError, Committed, Fence, Ledger, LedgerError};

use crate::book::Ends;
use crate::fault::Fault;
use crate::pause::pause;
use crate::teeth::{self, Tooth};
use crate::world::{Place, World};

type Result<T, E = LedgerError> = std::result::Result<T, E>;

/// One process's way to the ledger.
#[derive(Clone)]
pub struct SimLedger {
    world: Arc<World>,
}

impl SimLedger {
    #[must_use]
    pub const fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    fn inner(&self) -> &dyn Ledger {
        &*self.world.engine.ledger
    }

    /// Waits for its turn; then nothing has happened, or the store is down.
    async fn turn(&self, place: Place) -> Result<()> {
        let world = &self.world;
        world.stands(place);
        pause().await;
        if world.goes_wrong(world.mood.ledger) {
            world.fired(Fault::LedgerDownBefore);
            return Err(unavailable());
        }
        Ok(())
    }

    /// What was written is written; whether the caller hears of it is another matter.
    async fn heard(&self, name: &'static str) -> Result<()> {
        let world = &self.world;
        world.stands(Place::After(name));
        pause().await;
        if world.goes_wrong(world.mood.ledger) {
            world.fired(Fault::LedgerDownAfter);
            return Err(unavailable());
        }
        Ok(())
    }

    async fn read<T: Send>(&self, name: &'static str, call: impl Future<Output = Result<T>> + Send) -> Result<T> {
        self.turn(Place::Read(name)).await?;
        self.world.engine.run(call)
    }

    async fn write<T: Send>(&self, name: &'static str, call: impl Future<Output = Result<T>> + Send) -> Result<T> {
        self.turn(Place::Before(name)).await?;
        let done = self.run(name, call)?;
        self.heard(name).await?;
        Ok(done)
    }

    /// Makes a write's call, and counts it.
    fn run<T>(&self, name: &'static str, call: impl Future<Output = Result<T>>) -> Result<T> {
        let world = &self.world;
        let done = world.engine.run(call);
        world.writes.fetch_add(1, Ordering::Relaxed);
        world.note(|| format!("{name}: {}", done.as_ref().err().map_or_else(|| "ok".to_owned(), ToString::to_string)));
        if matches!(done, Err(LedgerError::LostLease)) {
            world.fired(Fault::LeaseLost);
        }
        done
    }

    /// A write under a fence.
    async fn fenced<T: Send>(
        &self,
        name: &'static str,
        fence: Fence,
        ends: Ends,
        call: impl AsyncFnOnce(Fence) -> Result<T> + Send,
    ) -> Result<Option<T>> {
        self.turn(Place::Before(name)).await?;
        let Some(passed) = teeth::fence(&self.world, fence) else {
            self.world.book.lock().landed(name, fence, Ends::No);
            return Ok(None);
        };
        let done = self.run(name, call(passed))?;
        self.world.book.lock().landed(name, fence, ends);
        Ok(Some(done))
    }

    async fn commit_one(&self, commit: &Commit) -> Result<Committed, CommitError> {
        let (world, name) = (&self.world, "commit");
        self.turn(Place::Before(name)).await?;
        let done = match world.tooth {
            None => world.engine.run(self.inner().commit(commit)),
            Some(Tooth::Outbox) => self.commit_and_then_its_jobs(commit).await,
            Some(tooth) => world.engine.run(teeth::commit(world, tooth, commit)),
        };
        world.writes.fetch_add(1, Ordering::Relaxed);
        world.note(|| {
            let (entry, jobs) = (&commit.entry, commit.jobs.len());
            let told: Vec<_> = commit.outbounds.iter().map(|row| row.text.as_str()).collect();
            format!(
                "commit {} {} {}: {} {told:?} {jobs} jobs: {done:?}",
                entry.case, entry.version, entry.kind, entry.outcome
            )
        });
        match &done {
            // With the outbox taken apart it has been noted already, without its jobs.
            Ok(Committed::Applied) if world.tooth != Some(Tooth::Outbox) => {
                world.book.lock().committed(world.tick(), commit);
            }
            Ok(_) => {}
            Err(CommitError::Stale) => world.fired(Fault::Stale),
            Err(CommitError::AlreadyOpen) => world.fired(Fault::OpenedTwice),
            Err(CommitError::Ledger(LedgerError::LostLease)) => world.fired(Fault::LeaseLost),
            Err(CommitError::Ledger(error)) => {
                world.book.lock().finds(format!("the ledger refuses a commit: {error:?}"));
            }
        }
        let done = done?;
        self.heard(name).await?;
        Ok(done)
    }

    /// The tooth that cannot be pulled in one poll: what a commit asks for is written after it.
    async fn commit_and_then_its_jobs(&self, commit: &Commit) -> Result<Committed, CommitError> {
        let bare = Commit { jobs: Vec::new(), ..commit.clone() };
        let done = self.world.engine.run(self.inner().commit(&bare))?;
        if done == Committed::Applied {
            self.world.book.lock().committed(self.world.tick(), &bare);
            self.world.stands(Place::After("commit"));
            pause().await;
            self.world.engine.run(self.inner().add_jobs(&commit.jobs))?;
            let mut book = self.world.book.lock();
            commit.jobs.iter().for_each(|job| book.queued(job.key, job.queue, job.run_at));
        }
        Ok(done)
    }
}

fn unavailable() -> LedgerError {
    LedgerError::Unavailable("simulated".into())
}
