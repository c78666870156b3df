//! How many calls of each kind a vault has made, and how they ended; for metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use portico_vocab::Class;

use crate::VaultError;

/// What was asked of the bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    Put,
    Get,
    Delete,
    List,
    Retain,
}

impl Operation {
    const ALL: [Self; 5] = [Self::Put, Self::Get, Self::Delete, Self::List, Self::Retain];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Get => "get",
            Self::Delete => "delete",
            Self::List => "list",
            Self::Retain => "retain",
        }
    }
}

/// `ok`, and the classes of what failed.
const ENDS: [&str; 4] = ["ok", "transient", "permanent", "bug"];

/// Counts since the vault was opened.
#[derive(Debug, Default)]
pub(crate) struct Tally([[AtomicU64; ENDS.len()]; Operation::ALL.len()]);

impl Tally {
    /// Counts one call and hands its end on.
    pub(crate) fn count<T>(&self, operation: Operation, end: Result<T, VaultError>) -> Result<T, VaultError> {
        let place = match &end {
            Ok(_) => 0,
            Err(error) => match error.class() {
                Class::Transient => 1,
                Class::Permanent => 2,
                Class::Bug => 3,
            },
        };
        self.0[operation as usize][place].fetch_add(1, Ordering::Relaxed);
        end
    }

    /// (operation, end, calls so far), every pair.
    pub(crate) fn read(&self) -> Vec<(&'static str, &'static str, u64)> {
        let of = |operation: Operation| {
            let counts = &self.0[operation as usize];
            ENDS.iter().zip(counts).map(move |(end, count)| (operation.as_str(), *end, count.load(Ordering::Relaxed)))
        };
        Operation::ALL.into_iter().flat_map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_is_counted_in_its_place() {
        let tally = Tally::default();
        assert!(tally.count(Operation::Put, Ok(())).is_ok());
        assert!(tally.count::<()>(Operation::Get, Err(VaultError::Gone)).is_err());
        assert!(tally.count::<()>(Operation::Get, Err(VaultError::Gone)).is_err());
        let counted: Vec<_> = tally.read().into_iter().filter(|(.., count)| *count > 0).collect();
        assert_eq!(counted, [("put", "ok", 1), ("get", "permanent", 2)]);
    }
}
