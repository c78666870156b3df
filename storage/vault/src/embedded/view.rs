//! Reading the embedded store's folder while another process has it: no lock is taken and nothing is written.
//!
//! A second s3s-fs over the folder would do neither: at its start it deletes the files that the first one is writing.
//! An object is a file of its bytes, and comes under its name whole (see [`super::folder`]); so it can be read at any time.

use std::fs::{self, DirEntry, File};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use portico_vocab::Timestamp;
use tokio::task::spawn_blocking;

use super::refusal::check_name;
use crate::{Listed, Page, VaultError};

pub(crate) struct View {
    bucket: PathBuf,
}

impl View {
    pub(crate) fn new(root: &Path, bucket: &str) -> Self {
        Self { bucket: root.join(bucket) }
    }

    /// Whether the bucket is there and can be read.
    pub(crate) async fn health(&self) -> Result<(), VaultError> {
        let bucket = self.bucket.clone();
        reading(VaultError::NoBucket, move || fs::read_dir(bucket).map(drop)).await
    }

    /// An object's bytes, of which it should have `expected`; one more is read when there are more.
    pub(crate) async fn get(&self, name: &str, expected: usize) -> Result<Vec<u8>, VaultError> {
        check_name(name).map_err(|_| VaultError::Gone)?;
        let file = self.bucket.join(name);
        reading(VaultError::Gone, move || {
            let mut bytes = Vec::new();
            File::open(file)?.take(expected as u64 + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        })
        .await
    }

    /// Up to `limit` objects whose names come after `after`.
    pub(crate) async fn list(&self, after: Option<&str>, limit: usize) -> Result<Page, VaultError> {
        let (bucket, after) = (self.bucket.clone(), after.map(str::to_owned));
        reading(VaultError::NoBucket, move || {
            let mut objects = Vec::new();
            for entry in fs::read_dir(bucket)? {
                objects.extend(listed(&entry?)?.filter(|object| after.as_ref().is_none_or(|a| object.object_key > *a)));
            }
            objects.sort_by(|a, b| a.object_key.cmp(&b.object_key));
            let next = (objects.len() > limit).then(|| objects[limit - 1].object_key.clone());
            objects.truncate(limit);
            Ok(Page { objects, next })
        })
        .await
    }
}

/// `None` for what is no object, or was deleted since its name was read.
fn listed(entry: &DirEntry) -> io::Result<Option<Listed>> {
    let about = match entry.metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        about => about?,
    };
    let Some(name) =
        entry.file_name().to_str().filter(|name| about.is_file() && check_name(name).is_ok()).map(str::to_owned)
    else {
        return Ok(None);
    };
    let age = about.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let put_at = Timestamp::from_seconds(i64::try_from(age.as_secs()).unwrap_or(i64::MAX));
    Ok(Some(Listed { object_key: name, put_at, size: about.len() }))
}

async fn reading<T: Send + 'static>(
    missing: VaultError,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, VaultError> {
    let done = spawn_blocking(work).await.map_err(|error| VaultError::Folder(io::Error::other(error)))?;
    done.map_err(|error| if error.kind() == ErrorKind::NotFound { missing } else { VaultError::Folder(error) })
}
