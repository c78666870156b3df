//! A bucket that a simulation plays: its objects and its failures are the player's, sealing and names stay the vault's.
//! Behind the feature `testing`.
//!
//! It answers in this process, with no socket, no thread and no time of its own, so that a run can be had again byte for
//! byte. *Invariant:* what a player says of an object is believed no more than any bucket is: it must open under its key.

use async_trait::async_trait;
use portico_vocab::Timestamp;

use crate::{Kept, Page, Retained, VaultError};

/// What is asked of a bucket, with the errors that a real one's answers become.
#[async_trait]
pub trait Bucket: Send + Sync + 'static {
    /// Never over another object: [`VaultError::NameTaken`].
    async fn put(&self, object_key: &str, object: &[u8]) -> Result<(), VaultError>;
    async fn get(&self, object_key: &str) -> Result<Vec<u8>, VaultError>;
    /// Those already gone count as deleted; what a lock keeps is returned.
    async fn delete(&self, object_keys: &[String]) -> Result<Vec<Kept>, VaultError>;
    async fn retain(&self, object_keys: &[String], until: Timestamp) -> Result<Retained, VaultError>;
    /// A page of the names after `after`.
    async fn list(&self, after: Option<&str>) -> Result<Page, VaultError>;
}
