//! Chance that can be had again: every random moment of a run follows from one seed, which the run prints.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use portico::clock::SystemClock;
use portico_vocab::Clock as _;

/// Names a seed to run again with.
pub const SEED: &str = "PORTICO_CRASH_SEED";

/// A stream of numbers (xorshift64*): for moments and choices, never for keys.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The seed of the environment, else a new one; said on standard output, which a failing test shows.
    #[must_use]
    pub fn seeded() -> Self {
        let given = std::env::var(SEED).ok().and_then(|text| text.parse().ok());
        let seed: u64 = given.unwrap_or_else(|| SystemClock.now().as_micros().unsigned_abs());
        println!("{SEED}={seed}");
        Self(seed | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    /// Less than `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// A while of `from` to `to` milliseconds.
    pub fn while_ms(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.below(to.saturating_sub(from)))
    }

    /// Bytes for the stand-in's ids.
    pub(crate) fn entropy(self) -> portico_simulator::Entropy {
        let chance = Arc::new(Mutex::new(self));
        Arc::new(move |out: &mut [u8]| {
            let mut chance = chance.lock().unwrap_or_else(PoisonError::into_inner);
            out.fill_with(|| chance.next().to_le_bytes()[0]);
        })
    }
}
