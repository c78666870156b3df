//! House-keeping of one cell: what has to go when its time is over, and nobody asks for.
//!
//! Inbox keys are destroyed once their day is over and sorted. A parked segment would hold its day's key for as long as
//! nobody answers for it, and with it every other body of that day; so it is sealed anew under the key of today, again
//! and again, until it is retried or discarded. *Invariant:* while house is kept, no inbox key outlives its day by more
//! than the two days that `sort` may be trying, plus one round.
//!
//! Objects that no case knows are swept from the bucket: see [`Orphans`].

use std::time::Duration;

use portico_keys::{CellKeys, DayKey};
use portico_ledger::segment::SEAL_PURPOSE;
use portico_ledger::{Ledger, SegmentRow};
use portico_vocab::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::orphans::{Orphans, Swept};
use crate::{JobError, Workers};

/// How often.
const EVERY: Duration = Duration::from_secs(600);

/// A case that changed more lately is on its way.
const QUIET_SECONDS: i64 = 600;

/// Rows in one transaction.
const BATCH: u32 = 64;

/// Keeps house until cancelled. Whatever fails is tried again the next time.
pub(crate) async fn keep(workers: &Workers, cancel: &CancellationToken) {
    let cell = workers.cell();
    let (ledger, keys) = (&**cell.ledger(), cell.keys());
    let mut orphans = Orphans::default();
    while !cancel.is_cancelled() {
        let now = cell.now();
        match empty_inbox(ledger, keys, now).await {
            Ok(Emptied { moved: 0, days: 0 }) => {}
            Ok(Emptied { moved, days }) => tracing::info!(days, moved, "inbox keys of sorted days were destroyed"),
            Err(error) => tracing::warn!(%error, "inbox keys could not be destroyed"),
        }
        if let Err(error) = sweep_desk(ledger, now).await {
            tracing::warn!(%error, "sessions and requests that are over could not be deleted");
        }
        stuck(workers, now).await;
        match orphans.round(cell.vault(), now, async |names| ledger.unknown_objects(names).await).await {
            Ok(Swept { deleted: 0, doubted: 0, .. }) => {}
            Ok(Swept { doubted: 0, seen, deleted, kept }) => {
                tracing::info!(seen, deleted, kept, "objects that no case knows were deleted");
            }
            Ok(Swept { seen, doubted, .. }) => tracing::error!(
                seen,
                doubted,
                "the database knows so few of the bucket's objects that none was deleted: is it this bucket's, and whole?"
            ),
            Err(error) => tracing::warn!(%error, "the bucket could not be swept"),
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = cancel.cancelled() => {}
        }
    }
}

/// A case that nothing moves on is a bug of ours, or somebody's hand in the database: it is counted and named.
async fn stuck(workers: &Workers, now: Timestamp) {
    let cell = workers.cell();
    match cell.ledger().stuck(now.plus_seconds(-QUIET_SECONDS), BATCH).await {
        Ok(cases) => {
            workers.watch().metrics.stuck(cell.id(), cases.len());
            for case in cases {
                tracing::error!(%case, "an open case has no work that would move it on: run `portico fsck`");
            }
        }
        Err(error) => tracing::warn!(%error, "it could not be looked whether a case is stuck"),
    }
}

/// What became of the inbox.
#[derive(Debug, PartialEq, Eq)]
struct Emptied {
    /// Parked segments that were sealed anew.
    moved: u64,
    /// Days whose key was destroyed.
    days: u64,
}

async fn empty_inbox(ledger: &dyn Ledger, keys: &CellKeys, now: Timestamp) -> Result<Emptied, JobError> {
    // Yesterday's key stays a day longer: a segment accepted at midnight may still be sealed under it.
    let yesterday = now.plus_days(-1).to_date();
    let mut moved = 0;
    loop {
        let parked = ledger.parked_segments(&yesterday, BATCH).await?;
        let mut moved_now = 0;
        for segment in &parked {
            match rewrap(ledger, keys, segment, &now.to_date()).await {
                Ok(done) => moved_now += u64::from(done),
                // Damaged: it keeps its day until a person discards it, and must not keep the others.
                Err(error) => tracing::error!(%error, day = segment.day, "a parked segment could not be sealed anew"),
            }
        }
        moved += moved_now;
        if moved_now == 0 {
            break;
        }
    }
    Ok(Emptied { moved, days: ledger.destroy_day_keys(&yesterday).await? })
}

/// Seals a parked segment under the key of `today`; `false` when somebody answered for it meanwhile.
async fn rewrap(ledger: &dyn Ledger, keys: &CellKeys, segment: &SegmentRow, today: &str) -> Result<bool, JobError> {
    let from = day_key(ledger, keys, &segment.day).await?.ok_or(JobError::DayKeyGone)?;
    let to = day_key(ledger, keys, today).await?.ok_or(JobError::DayKeyGone)?;
    let plain = from.open(SEAL_PURPOSE, &[&segment.id], &segment.body)?;
    let body = to.seal(SEAL_PURPOSE, &[&segment.id], &plain);
    Ok(ledger.rewrap_segment(segment.id, &segment.day, today, &body).await?)
}

/// The inbox key of a day, made if the day has none yet; `None` when it has been destroyed.
pub(crate) async fn day_key(ledger: &dyn Ledger, keys: &CellKeys, day: &str) -> Result<Option<DayKey>, JobError> {
    let (_, offered) = keys.new_day_key(day);
    let wrapped = ledger.day_key(day, &offered).await?;
    Ok(wrapped.map(|wrapped| keys.open_day_key(day, &wrapped)).transpose()?)
}

async fn sweep_desk(ledger: &dyn Ledger, now: Timestamp) -> Result<(), JobError> {
    while ledger.sweep_desk(now, BATCH).await? > 0 {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use portico_keys::{MasterKey, SeededEntropy};
    use portico_ledger::{Intake as _, MemoryLedger, Queue, Work as _};
    use portico_vocab::{CellId, CountryCode};

    use super::*;

    const fn at(day: i64) -> Timestamp {
        Timestamp::from_seconds(1_795_338_000).plus_days(day)
    }

    fn keys() -> CellKeys {
        let entropy = SeededEntropy::new(1);
        let cell = CellId::of(CountryCode::parse("BR").unwrap());
        CellKeys::new(cell, MasterKey::generate(&entropy), Arc::new(entropy))
    }

    /// A segment of `day` whose `sort` job was given up.
    async fn parked(ledger: &MemoryLedger, keys: &CellKeys, n: u8, body: Option<&[u8]>) -> SegmentRow {
        let day = at(0).to_date();
        let key = day_key(ledger, keys, &day).await.unwrap().unwrap();
        let id = [n; 16];
        let body = body.map_or_else(|| key.seal(SEAL_PURPOSE, &[&id], b"a body"), <[u8]>::to_vec);
        let segment = SegmentRow { id, day, at: at(0), bodies: 1, custody: String::new(), body, trace: None };
        ledger.accept(std::slice::from_ref(&segment)).await.unwrap();
        let held = ledger.claim_jobs(Queue::Sort, at(0), at(1), 1).await.unwrap().remove(0).fence;
        ledger.park_job(held, at(0), "unreadable").await.unwrap();
        segment
    }

    #[tokio::test]
    async fn a_parked_body_moves_from_key_to_key_and_can_still_be_read() {
        let (ledger, keys) = (MemoryLedger::new(), keys());
        let segment = parked(&ledger, &keys, 1, None).await;
        let tomorrow = empty_inbox(&ledger, &keys, at(1)).await.unwrap();
        assert_eq!(tomorrow, Emptied { moved: 0, days: 0 }, "its day is not past yet");
        for day in [3, 6, 9] {
            assert_eq!(empty_inbox(&ledger, &keys, at(day)).await.unwrap(), Emptied { moved: 1, days: 1 });
            let moved = ledger.segment(segment.id).await.unwrap().unwrap();
            assert_eq!(moved.day, at(day).to_date());
            assert!(day_key(&ledger, &keys, &segment.day).await.unwrap().is_none(), "its first key is gone");
            let key = day_key(&ledger, &keys, &moved.day).await.unwrap().unwrap();
            assert_eq!(key.open(SEAL_PURPOSE, &[&moved.id], &moved.body).unwrap(), b"a body");
        }
    }

    #[tokio::test]
    async fn a_damaged_body_keeps_its_own_day_and_no_other_body() {
        let (ledger, keys) = (MemoryLedger::new(), keys());
        parked(&ledger, &keys, 1, Some(b"damaged")).await;
        let sound = parked(&ledger, &keys, 2, None).await;
        assert_eq!(empty_inbox(&ledger, &keys, at(3)).await.unwrap(), Emptied { moved: 1, days: 0 });
        assert_eq!(ledger.segment(sound.id).await.unwrap().unwrap().day, at(3).to_date());
    }
}
