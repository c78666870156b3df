//! Everything that an installation has written down or told, piece by piece, each with the place where it was found.

use std::fmt;

use crate::Spelling;

/// One piece. Its place is searched as well: files and objects have names.
#[derive(Clone)]
pub struct Straw {
    pub place: String,
    pub bytes: Vec<u8>,
}

/// See the module.
#[derive(Clone, Default)]
pub struct Haystack(Vec<Straw>);

impl Haystack {
    pub fn add(&mut self, place: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.push(Straw { place: place.into(), bytes: bytes.into() });
    }

    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    #[must_use]
    pub fn straws(&self) -> &[Straw] {
        &self.0
    }

    /// How many pieces come from a place of this kind.
    #[must_use]
    pub fn count(&self, kind: &str) -> usize {
        self.0.iter().filter(|straw| straw.place.starts_with(kind)).count()
    }
}

/// A needle in a haystack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    pub needle: String,
    pub spelling: Spelling,
    pub place: String,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:?}) in {}", self.needle, self.spelling, self.place)
    }
}
