//! Chance that can be had again: everything a schedule draws follows from one seed.
//!
//! *Invariant:* nothing in this crate draws from anywhere else; keys and nonces come of the same seed, by a stream of
//! their own, so that a draw more or less of the one does not shift the other.

use std::sync::{Mutex, PoisonError};

/// A stream of numbers (splitmix64): for choices and moments, never for keys.
#[derive(Debug)]
pub struct Chance(Mutex<u64>);

impl Chance {
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }

    fn next(&self) -> u64 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Less than `bound`.
    pub fn below(&self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// From `low` to `high`, both included.
    pub fn between(&self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).unsigned_abs()).cast_signed()
    }

    /// So many times in a thousand.
    pub fn permille(&self, rate: u64) -> bool {
        rate > 0 && self.below(1_000) < rate
    }

    pub fn index(&self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap_or(0)
    }

    /// One of them. They must not be empty.
    pub fn pick<'a, T>(&self, of: &'a [T]) -> &'a T {
        &of[self.index(of.len())]
    }
}
