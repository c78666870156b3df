//! Holding objects against deletion, for as long as the law says (S3 Object Lock, mode COMPLIANCE).
//!
//! Nobody can shorten or lift it, whoever runs the bucket included: so it is put at the decision, on the dossier's
//! objects only, never while collecting. *Invariant:* a lock is never shortened, even where the bucket would let us.

use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::{ObjectLockRetention, ObjectLockRetentionMode};
use portico_vocab::Timestamp;

use crate::client::class_error;
use crate::{LockProof, VaultError, lock};

/// What became of a wish to keep objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retained {
    /// Every object is held at least until then.
    Locked,
    /// This bucket holds nothing: record the intent.
    CannotLock { why: &'static str },
}

/// An object that a lock kept from being deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub object_key: String,
    /// When the lock ends: come again then.
    pub until: Timestamp,
}

const PUT: &str = "a retention lock";
const GET: &str = "a look at a retention lock";
/// What Amazon answers for an object that is under no lock, and what SeaweedFS does.
const NO_LOCK: [&str; 2] = ["NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"];

pub(crate) async fn retain(
    client: &Client,
    bucket: &str,
    object_keys: &[String],
    until: Timestamp,
) -> Result<Retained, VaultError> {
    if let LockProof::CannotLock { why } = lock::ask(client, bucket).await? {
        return Ok(Retained::CannotLock { why });
    }
    // S3 keeps whole seconds; a lock is not to end a moment early.
    let until = Timestamp::from_seconds(until.plus_millis(999).as_seconds());
    for object_key in object_keys {
        retain_one(client, bucket, object_key, until).await?;
    }
    Ok(Retained::Locked)
}

async fn retain_one(client: &Client, bucket: &str, object_key: &str, until: Timestamp) -> Result<(), VaultError> {
    let held = held(client, bucket, object_key).await?;
    let until = match held {
        Some(Held { until: held, compliance: true }) if held >= until => return Ok(()),
        Some(held) => held.until.max(until),
        None => until,
    };
    let retention = ObjectLockRetention::builder()
        .mode(ObjectLockRetentionMode::Compliance)
        .retain_until_date(DateTime::from_secs(until.as_seconds()))
        .build();
    let put = client.put_object_retention().bucket(bucket).key(object_key).retention(retention).send().await;
    match put.map_err(|error| class_error(PUT, &error)) {
        Ok(_) => Ok(()),
        // Another worker may have locked it for longer since we looked.
        Err(VaultError::Denied { .. }) if locked_until(client, bucket, object_key).await? >= Some(until) => Ok(()),
        Err(error) => Err(error),
    }
}

struct Held {
    until: Timestamp,
    compliance: bool,
}

/// The lock that an object is under, expired or not.
async fn held(client: &Client, bucket: &str, object_key: &str) -> Result<Option<Held>, VaultError> {
    let retention = match client.get_object_retention().bucket(bucket).key(object_key).send().await {
        Ok(answer) => answer.retention,
        Err(error) if error.code().is_some_and(|code| NO_LOCK.contains(&code)) => None,
        Err(error) => return Err(class_error(GET, &error)),
    };
    Ok(retention.and_then(|retention| {
        let until = Timestamp::from_seconds(retention.retain_until_date()?.secs());
        Some(Held { until, compliance: retention.mode() == Some(&ObjectLockRetentionMode::Compliance) })
    }))
}

/// When the lock of an object that was not deleted ends; `None` when it is under none.
pub(crate) async fn locked_until(
    client: &Client,
    bucket: &str,
    object_key: &str,
) -> Result<Option<Timestamp>, VaultError> {
    Ok(held(client, bucket, object_key).await?.map(|held| held.until))
}
