//! What can go wrong with the vault. Errors name the operation and the bucket's code, never a key, a name or a body.

use std::io;

use portico_keys::KeyError;
use portico_vocab::Class;

#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("{0}")]
    Configuration(&'static str),
    #[error("another process is using the embedded store: stop it, or give each process a folder of its own")]
    InUse,
    #[error("the folder of the embedded store cannot be used: check that it can be made and written to, and has space")]
    Folder(#[source] io::Error),
    #[error("the embedded store cannot listen on 127.0.0.1")]
    Listen(#[source] io::Error),
    #[error(
        "this vault is open for reading only, so that it can be looked at while another process works: use that one"
    )]
    ReadOnly,
    #[error("this vault is of another cell than the case key")]
    OtherCell,
    #[error("the object is larger than the vault's limit of {limit_bytes} bytes")]
    TooLarge { limit_bytes: usize },
    #[error("the object is not in the bucket")]
    Gone,
    #[error("the bucket does not exist: create it, or mend bucket.name")]
    NoBucket,
    #[error("the bucket refused the credentials ({code}): check bucket.access_key, bucket.secret_key and their policy")]
    Denied { code: String },
    #[error("the object's random name was taken")]
    NameTaken,
    #[error("the bucket did not answer {operation} ({why})")]
    Unavailable { operation: &'static str, why: String },
    #[error("the bucket refused {operation} ({code})")]
    Refused { operation: &'static str, code: String },
    #[error("the bucket cannot do {operation}")]
    NotOffered { operation: &'static str },
    #[error("{failed} of the objects could not be deleted ({code})")]
    NotDeleted { failed: usize, code: String },
    #[error("the stored object is not the one that was put: its length or digest differs")]
    Altered,
    #[error("the stored object does not open with this case key")]
    Sealed(#[from] KeyError),
}

impl VaultError {
    /// What to do about it: see [`Class`].
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            // A policy forbids it: asking again does not help.
            Self::NotDeleted { code, .. } if code == "AccessDenied" => Class::Permanent,
            Self::Unavailable { .. } | Self::NameTaken | Self::NotDeleted { .. } => Class::Transient,
            Self::Configuration(_)
            | Self::InUse
            | Self::ReadOnly
            | Self::Folder(_)
            | Self::Listen(_)
            | Self::TooLarge { .. }
            | Self::Gone
            | Self::NoBucket
            | Self::Denied { .. }
            | Self::Refused { .. }
            | Self::NotOffered { .. } => Class::Permanent,
            Self::OtherCell | Self::Altered | Self::Sealed(_) => Class::Bug,
        }
    }
}
