//! What can go wrong with a ledger, and how each is to be treated.

use portico_vocab::Class;

/// A ledger could not answer.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The store is down, locked or full; the same call may go through later.
    #[error("the ledger cannot be reached or cannot write now")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The job's lease went to another worker: whatever was being done must land nothing.
    #[error("the lease of this job has been lost to another worker")]
    LostLease,
    /// A segment was sealed under a key that is gone: seal it anew under a day that has its key.
    #[error("the inbox key of {day} has been destroyed: seal under the key of today")]
    DayKeyDestroyed {
        /// The segment's day.
        day: String,
    },
    /// A stored row is not what this build can read.
    #[error("a row of {table} cannot be read: {what}")]
    Inconsistent {
        /// The table it lies in.
        table: &'static str,
        /// What is wrong with it, without its content.
        what: &'static str,
    },
    /// The address of the ledger has no form that can be read; it is not shown, for it may hold a password.
    #[error("the database address cannot be read: expected sqlite:///path, postgres://user@host/name or memory:")]
    Address,
    /// SQLite serves one process at a time.
    #[error("another process has this database open: stop it first, or look at it read-only")]
    InUse,
    /// The ledger was opened to look, and was asked to write.
    #[error("this ledger was opened to look at only: nothing can be written through it")]
    ReadOnly,
    /// The schema is newer than this build's.
    #[error("the database is at migration {found} and this build knows {known}: use the build that migrated it")]
    NewerSchema {
        /// The newest migration the database went through.
        found: i64,
        /// The newest this build knows.
        known: i64,
    },
    /// The database went through another text of a migration than this build knows: its tables are not ours to read.
    #[error(
        "migration {number} of the database is not this build's: another build, or another product, made it; use the \
         build that did, or a new database"
    )]
    OtherSchema {
        /// The first migration that differs.
        number: i64,
    },
    /// The schema is older than this build's.
    #[error("the database is at migration {found} and this build needs {needed}: run `portico migrate` of this build")]
    NotMigrated {
        /// The newest migration the database went through.
        found: i64,
        /// The newest this build knows.
        needed: i64,
    },
    /// A statement failed in a way that trying again cannot mend.
    #[error("the ledger refused a statement")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl LedgerError {
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::Unavailable(_) | Self::LostLease | Self::DayKeyDestroyed { .. } => Class::Transient,
            Self::Address
            | Self::InUse
            | Self::NotMigrated { .. }
            | Self::NewerSchema { .. }
            | Self::OtherSchema { .. } => Class::Permanent,
            Self::ReadOnly | Self::Inconsistent { .. } | Self::Refused(_) => Class::Bug,
        }
    }
}

/// A commit landed nothing.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The case has moved on since it was read: read it, step again.
    #[error("the case has changed since it was read")]
    Stale,
    /// Another case of this sender was opened meanwhile: read it, step again on that one.
    #[error("the sender has another open case")]
    AlreadyOpen,
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl CommitError {
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::Stale | Self::AlreadyOpen => Class::Transient,
            Self::Ledger(error) => error.class(),
        }
    }
}
