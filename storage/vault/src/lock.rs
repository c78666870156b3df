//! Can the bucket hold objects against deletion?

use aws_sdk_s3::Client;
use aws_sdk_s3::types::ObjectLockEnabled;

use crate::VaultError;
use crate::client::class_error;

pub(crate) const NOT_OFFERED: &str = "this S3 has no Object Lock";
const OFF: &str = "Object Lock is off on this bucket";

/// Whether retention can be put on objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockProof {
    /// Object Lock is on.
    CanLock,
    /// It is off, or this S3 has none: the intent is recorded, `doctor` warns.
    CannotLock { why: &'static str },
}

/// What is known of it, for a report: a bucket that does not tell cannot be relied on.
pub(crate) async fn prove(client: &Client, bucket: &str) -> LockProof {
    ask(client, bucket).await.unwrap_or_else(|error| LockProof::CannotLock {
        why: match error {
            VaultError::Denied { .. } => "the credentials may not read the bucket's Object Lock",
            _ => "the bucket did not tell about Object Lock",
        },
    })
}

/// What the bucket says; that it says nothing is an error, so that an outage is not taken for an answer.
pub(crate) async fn ask(client: &Client, bucket: &str) -> Result<LockProof, VaultError> {
    let why = match client.get_object_lock_configuration().bucket(bucket).send().await {
        Ok(answer) => {
            let lock = answer.object_lock_configuration();
            if lock.and_then(|lock| lock.object_lock_enabled()) == Some(&ObjectLockEnabled::Enabled) {
                return Ok(LockProof::CanLock);
            }
            OFF
        }
        Err(error) => match class_error("a look at Object Lock", &error) {
            VaultError::NotOffered { .. } => NOT_OFFERED,
            VaultError::Gone => OFF,
            error => return Err(error),
        },
    };
    Ok(LockProof::CannotLock { why })
}
