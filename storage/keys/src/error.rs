//! What can go wrong with keys. Errors say what to do and hold no data.

use portico_vocab::Class;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("the master key is not 32 bytes in base64: make one with `openssl rand -base64 32`")]
    MasterForm,
    #[error("the master key is all zeros: make one with `openssl rand -base64 32`")]
    MasterZero,
    #[error("sealed bytes are cut short")]
    CutShort,
    #[error("sealed bytes are of a form this build does not know: a newer version may have written them")]
    UnknownForm,
    #[error("sealed bytes do not open: they were altered, or belong to another key, cell, case or purpose")]
    DoesNotOpen,
    #[error("a wrapped key is not the one that was committed to")]
    NotCommitted,
}

impl KeyError {
    /// A wrong master key is for the operator to mend; sealed bytes that do not open mean a corrupted store or our own
    /// mistake.
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::MasterForm | Self::MasterZero | Self::UnknownForm => Class::Permanent,
            Self::CutShort | Self::DoesNotOpen | Self::NotCommitted => Class::Bug,
        }
    }
}
