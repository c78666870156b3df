//! Where a claim begins to look: dead index entries before that are not walked again and again.
//!
//! A job that is claimed or finished leaves a dead entry in the index of due jobs until it is vacuumed, and none is while
//! an old snapshot is open (a backup, a report): a claim from the beginning then walks all of them, 30 times slower after
//! 60,000 jobs (measured: docs/domain/ledger.md 4). So a claim begins where the last one ended, a little before; what
//! this process itself queues earlier than that moves the floor back. *Invariant:* at least once a second the whole
//! queue is looked at, so that what others queued or let go earlier is a second late at most.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use portico_vocab::Timestamp;

use crate::model::Queue;

/// Commits of one process end in another order than their times; more than they differ by.
const MARGIN_MS: i64 = 1_000;
/// How often the whole queue is looked at.
const WHOLE_MS: i64 = 1_000;

#[derive(Debug, Clone, Copy)]
struct Floor {
    /// When the whole queue was last looked at.
    whole_at: Timestamp,
    /// The newest time claimed, or an older one queued since.
    from: Timestamp,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Floors(Mutex<HashMap<Queue, Floor>>);

impl Floors {
    /// Jobs due earlier than this need not be looked for now.
    pub(crate) fn of(&self, queue: Queue, now: Timestamp) -> Timestamp {
        let mut floors = self.lock();
        match floors.get(&queue) {
            Some(floor) if now >= floor.whole_at && now < floor.whole_at.plus_millis(WHOLE_MS) => {
                floor.from.plus_millis(-MARGIN_MS)
            }
            _ => {
                // Until something is claimed there is nothing that could be left behind.
                floors.insert(queue, Floor { whole_at: now, from: Timestamp::from_micros(i64::MIN / 2) });
                Timestamp::from_micros(i64::MIN)
            }
        }
    }

    /// Everything due before `newest` was claimed with it.
    pub(crate) fn claimed(&self, queue: Queue, newest: Timestamp) {
        if let Some(floor) = self.lock().get_mut(&queue) {
            floor.from = newest.max(floor.from);
        }
    }

    /// A job was queued for `run_at`.
    pub(crate) fn queued(&self, queue: Queue, run_at: Timestamp) {
        if let Some(floor) = self.lock().get_mut(&queue) {
            floor.from = run_at.min(floor.from);
        }
    }

    /// A job of any queue was put back for `run_at`.
    pub(crate) fn put_back(&self, run_at: Timestamp) {
        self.lock().values_mut().for_each(|floor| floor.from = run_at.min(floor.from));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Queue, Floor>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(ms: i64) -> Timestamp {
        Timestamp::from_micros(1_795_338_000_000_000 + ms * 1_000)
    }

    #[test]
    fn a_claim_begins_a_little_before_the_last_one_and_from_the_start_once_a_second() {
        let floors = Floors::default();
        let start = Timestamp::from_micros(i64::MIN);
        assert_eq!(floors.of(Queue::Tell, at(0)), start);
        assert!(floors.of(Queue::Tell, at(1)) < at(-1_000_000), "nothing was claimed yet");
        floors.claimed(Queue::Tell, at(-5_000));
        assert_eq!(floors.of(Queue::Tell, at(2)), at(-6_000));
        assert_eq!(floors.of(Queue::Read, at(2)), start, "each queue has its own");
        assert_eq!(floors.of(Queue::Tell, at(1_000)), start);
        floors.claimed(Queue::Tell, at(900));
        assert_eq!(floors.of(Queue::Tell, at(999)), start, "a clock that was set back looks at all of it");
    }

    #[test]
    fn what_is_queued_earlier_is_found() {
        let floors = Floors::default();
        floors.of(Queue::Tell, at(0));
        floors.claimed(Queue::Tell, at(0));
        floors.queued(Queue::Read, at(-9_000));
        assert_eq!(floors.of(Queue::Tell, at(1)), at(-1_000));
        floors.queued(Queue::Tell, at(-3_000));
        assert_eq!(floors.of(Queue::Tell, at(1)), at(-4_000));
        floors.claimed(Queue::Tell, at(0));
        floors.put_back(at(-7_000));
        assert_eq!(floors.of(Queue::Tell, at(1)), at(-8_000));
    }
}
