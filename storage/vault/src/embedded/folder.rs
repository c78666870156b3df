//! The folder of the embedded S3: its lock, and making what is in it durable.
//!
//! ```text
//! DIR/.portico.lock                        held while the store runs
//! DIR/<bucket>/<name>                      an object
//! DIR/.bucket-<b>.object-<o>.<kind>.json   what s3s-fs notes beside it: <b>, <o> are base64url of bucket and name
//! ```

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::VaultError;

const LOCK_FILE: &str = ".portico.lock";
/// The kinds of note s3s-fs 0.14.1 keeps; a test checks that it still names them so.
const NOTE_KINDS: [&str; 2] = ["metadata", "internal"];

/// A folder this process alone uses, with one bucket in it.
pub(crate) struct Folder {
    root: PathBuf,
    bucket: String,
    /// The lock is the open file: it ends with the process, however that ends.
    _lock: File,
}

impl Folder {
    /// Makes the folder and the bucket if need be, for this user only, and takes the lock.
    pub(crate) fn open(root: &Path, bucket: &str) -> Result<Self, VaultError> {
        DirBuilder::new().recursive(true).mode(0o700).create(root.join(bucket)).map_err(VaultError::Folder)?;
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(root.join(LOCK_FILE));
        let lock = lock.map_err(VaultError::Folder)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => VaultError::InUse,
            TryLockError::Error(error) => VaultError::Folder(error),
        })?;
        let root = root.canonicalize().map_err(VaultError::Folder)?;
        let folder = Self { root, bucket: bucket.to_owned(), _lock: lock };
        folder.sync_root().map_err(VaultError::Folder)?;
        Ok(folder)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Brings an object and its notes to disk, then the names that lead to them.
    pub(crate) fn sync_object(&self, name: &str) -> io::Result<()> {
        sync(&self.root.join(&self.bucket).join(name))?;
        for note in self.notes(name) {
            sync(&note)?;
        }
        self.sync_names()
    }

    /// Removes the notes s3s-fs leaves behind when it deletes objects, and makes the deletion last.
    pub(crate) fn forget_objects<'a>(&self, names: impl Iterator<Item = &'a str>) -> io::Result<()> {
        for note in names.flat_map(|name| self.notes(name)) {
            match std::fs::remove_file(note) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        self.sync_names()
    }

    /// The folder and the bucket may be new: makes their own names last.
    fn sync_root(&self) -> io::Result<()> {
        sync(&self.root)?;
        match self.root.parent().map(sync) {
            // A parent we may pass through but not read holds a folder that somebody else made.
            Some(Err(error)) if error.kind() != io::ErrorKind::PermissionDenied => Err(error),
            _ => Ok(()),
        }
    }

    fn sync_names(&self) -> io::Result<()> {
        sync(&self.root.join(&self.bucket))?;
        sync(&self.root)
    }

    fn notes(&self, name: &str) -> [PathBuf; 2] {
        let (bucket, name) = (URL_SAFE_NO_PAD.encode(&self.bucket), URL_SAFE_NO_PAD.encode(name));
        NOTE_KINDS.map(|kind| self.root.join(format!(".bucket-{bucket}.object-{name}.{kind}.json")))
    }
}

/// Brings a file, or the names in a folder, to disk.
fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
