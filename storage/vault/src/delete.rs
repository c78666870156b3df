//! Deleting objects so that their bytes go, in a bucket that keeps versions too (one that can lock always does).
//!
//! A plain delete there only hides the object behind a marker, locked or not, and frees nothing. So each version is
//! named, markers too; what a lock holds is then refused by the bucket, and reported with the day to come again.

use std::collections::BTreeSet;

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{BucketVersioningStatus, Delete, ObjectIdentifier};

use crate::client::class_error;
use crate::{Kept, VaultError, retention};

const OPERATION: &str = "a delete";
/// DeleteObjects takes this many names (Amazon S3 API reference).
const PAGE_OBJECTS: usize = 1000;

/// Deletes objects of a bucket that keeps one version of each.
pub(crate) async fn plainly(client: &Client, bucket: &str, object_keys: &[String]) -> Result<Vec<Kept>, VaultError> {
    let names = object_keys.iter().map(|name| identifier(name, None)).collect::<Result<Vec<_>, _>>()?;
    delete(client, bucket, names).await
}

/// Deletes every version of objects.
pub(crate) async fn wholly(client: &Client, bucket: &str, object_keys: &[String]) -> Result<Vec<Kept>, VaultError> {
    let mut names = Vec::new();
    for object_key in object_keys {
        versions(client, bucket, object_key, &mut names).await?;
    }
    delete(client, bucket, names).await
}

/// Whether the bucket keeps versions, now or of objects from before.
pub(crate) async fn keeps_versions(client: &Client, bucket: &str) -> Result<bool, VaultError> {
    match client.get_bucket_versioning().bucket(bucket).send().await {
        Ok(answer) => {
            Ok(matches!(answer.status(), Some(BucketVersioningStatus::Enabled | BucketVersioningStatus::Suspended)))
        }
        Err(error) => match class_error("a look at its versioning", &error) {
            VaultError::NotOffered { .. } => Ok(false),
            error => Err(error),
        },
    }
}

/// Adds every version of one object, and every marker. Names are random and of one length: none is another's beginning.
async fn versions(
    client: &Client,
    bucket: &str,
    object_key: &str,
    names: &mut Vec<ObjectIdentifier>,
) -> Result<(), VaultError> {
    let request = client.list_object_versions().bucket(bucket).prefix(object_key);
    let answer = request.send().await.map_err(|error| class_error("a list of versions", &error))?;
    let versions = answer.versions().iter().map(|version| (version.key(), version.version_id()));
    let markers = answer.delete_markers().iter().map(|marker| (marker.key(), marker.version_id()));
    for (name, version) in versions.chain(markers) {
        if name == Some(object_key) {
            names.push(identifier(object_key, version)?);
        }
    }
    Ok(())
}

async fn delete(client: &Client, bucket: &str, names: Vec<ObjectIdentifier>) -> Result<Vec<Kept>, VaultError> {
    let mut refused = BTreeSet::new();
    let mut code = None;
    for page in names.chunks(PAGE_OBJECTS) {
        let delete = Delete::builder().set_objects(Some(page.to_vec())).quiet(true).build().map_err(unbuildable)?;
        let request = client.delete_objects().bucket(bucket).delete(delete);
        let answer = request.send().await.map_err(|error| class_error(OPERATION, &error))?;
        for error in answer.errors() {
            code = error.code().map(str::to_owned).or(code);
            refused.extend(error.key().map(str::to_owned));
        }
    }
    let failed = refused.len();
    let mut kept = Vec::with_capacity(failed);
    for object_key in refused {
        // The code alone does not tell a lock from a policy that forbids deleting: ask for the lock.
        if code.as_deref() == Some("AccessDenied")
            && let Some(until) = retention::locked_until(client, bucket, &object_key).await?
        {
            kept.push(Kept { object_key, until });
        }
    }
    if kept.len() < failed {
        let code = code.unwrap_or_else(|| "no code".to_owned());
        return Err(VaultError::NotDeleted { failed: failed - kept.len(), code });
    }
    Ok(kept)
}

fn identifier(name: &str, version: Option<&str>) -> Result<ObjectIdentifier, VaultError> {
    ObjectIdentifier::builder().key(name).set_version_id(version.map(str::to_owned)).build().map_err(unbuildable)
}

fn unbuildable<T>(_: T) -> VaultError {
    VaultError::Refused { operation: OPERATION, code: "the request could not be built".to_owned() }
}
