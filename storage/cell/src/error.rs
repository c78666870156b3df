//! What can go wrong in a cell.

use portico_keys::KeyError;
use portico_ledger::{CommitError, LedgerError};
use portico_policy::PolicyError;
use portico_vault::VaultError;
use portico_vocab::Class;

#[derive(Debug, thiserror::Error)]
pub enum CellError {
    #[error("there is no such case in this cell")]
    NotFound,
    #[error("the case has been shredded: its key was destroyed and nothing personal of it can be read")]
    Shredded,
    #[error("there is no such picture in this case")]
    NoPicture,
    #[error("the case changed under every attempt to change it")]
    Contended,
    #[error("the stored {what} cannot be read by this build")]
    Unreadable { what: &'static str },
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Commit(#[from] CommitError),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

impl CellError {
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::NotFound | Self::Shredded | Self::NoPicture => Class::Permanent,
            Self::Contended => Class::Transient,
            Self::Unreadable { .. } => Class::Bug,
            Self::Ledger(error) => error.class(),
            Self::Commit(error) => error.class(),
            Self::Vault(error) => error.class(),
            Self::Key(error) => error.class(),
            Self::Policy(error) => error.class(),
        }
    }
}
