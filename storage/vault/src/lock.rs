//! Can the bucket hold objects against deletion?

use aws_sdk_s3::Client;
use aws_sdk_s3::types::ObjectLockEnabled;

use crate::VaultError;
use crate::client::class_error;

const OFF: &str = "Object Lock is off on this bucket";

/// Whether retention can be put on objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockProof {
    /// Object Lock is on.
    CanLock,
    /// It is off, or this S3 has none: the intent is recorded, `doctor` warns.
    CannotLock { why: &'static str },
}

pub(crate) async fn prove(client: &Client, bucket: &str) -> LockProof {
    let why = match client.get_object_lock_configuration().bucket(bucket).send().await {
        Ok(answer) => {
            let lock = answer.object_lock_configuration();
            if lock.and_then(|lock| lock.object_lock_enabled()) == Some(&ObjectLockEnabled::Enabled) {
                return LockProof::CanLock;
            }
            OFF
        }
        Err(error) => match class_error("a look at Object Lock", &error) {
            VaultError::NotOffered { .. } => "this S3 has no Object Lock",
            VaultError::Gone => OFF,
            VaultError::Denied { .. } => "the credentials may not read the bucket's Object Lock",
            _ => "the bucket did not tell about Object Lock",
        },
    };
    LockProof::CannotLock { why }
}
