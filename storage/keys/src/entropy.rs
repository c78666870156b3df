//! Randomness as an argument.
//!
//! Keys, nonces, tokens and object names all draw from one [`Entropy`] that the shell hands in, so that a seeded run
//! repeats itself byte for byte.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// A source of random bytes.
pub trait Entropy: Send + Sync + 'static {
    /// Overwrites all of `out`.
    fn fill(&self, out: &mut [u8]);
}

/// The generator of aws-lc, seeded by the operating system. The only one production uses.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    /// # Panics
    /// When the operating system has no randomness to give: a process that cannot make keys must stop.
    #[expect(clippy::expect_used, reason = "without randomness nothing may be sealed; stopping is the safe answer")]
    fn fill(&self, out: &mut [u8]) {
        aws_lc_rs::rand::fill(out).expect("the operating system has no randomness to give");
    }
}

/// ChaCha20 from a seed: the same seed gives the same keys, nonces and names on every machine and in every version.
/// For tests and simulation only; whoever knows the seed knows every key.
pub struct SeededEntropy(Mutex<ChaCha20Rng>);

impl SeededEntropy {
    /// The stream of `seed`: eight little-endian bytes, padded with zeros to ChaCha20's key.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        Self(Mutex::new(ChaCha20Rng::from_seed(key)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, out: &mut [u8]) {
        // A panic elsewhere cannot leave the generator half-way: every state of it is a good one.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(out);
    }
}

impl fmt::Debug for SeededEntropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeededEntropy")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(entropy: &dyn Entropy) -> [u8; 32] {
        let mut out = [0; 32];
        entropy.fill(&mut out);
        out
    }

    #[test]
    fn a_seed_repeats_itself_and_the_system_does_not() {
        assert_eq!(draw(&SeededEntropy::new(7)), draw(&SeededEntropy::new(7)));
        assert_ne!(draw(&SeededEntropy::new(7)), draw(&SeededEntropy::new(8)));
        assert_ne!(draw(&SystemEntropy), draw(&SystemEntropy));
    }
}
