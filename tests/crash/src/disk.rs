//! A small disk of its own, to be filled to the last byte and freed again: a tmpfs.
//!
//! *Invariant:* it is taken off with this process, however that ends.

use std::fs::{self, File, Permissions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;
use tokio::process::Command;

use crate::account::holds;
use crate::reaper::Reaper;

/// Without `CAP_SYS_ADMIN` nobody mounts anything.
const CAPABILITY: u64 = 1 << 21;
/// Even if something still lies open on it.
const REAPER: &str = "umount --lazy \"$1\"";
const BALLAST: &str = "ballast";

/// See the module.
pub struct Disk {
    folder: PathBuf,
    // Taken off before the folder it stood on goes.
    _reaper: Reaper,
    _stand: TempDir,
}

impl Disk {
    /// Whether this machine lets us have disks.
    ///
    /// # Errors
    /// When it does not say.
    pub fn may_be_had() -> Result<bool> {
        holds(CAPABILITY)
    }

    /// An empty one.
    ///
    /// # Errors
    /// When it cannot be mounted.
    pub async fn of(mebibytes: u32) -> Result<Self> {
        let stand = tempfile::Builder::new().prefix("portico-disk-").tempdir()?;
        // The account of a database server must get there.
        fs::set_permissions(stand.path(), Permissions::from_mode(0o755))?;
        let folder = stand.path().join("disk");
        fs::create_dir(&folder)?;
        let reaper = Reaper::of(REAPER, &[folder.as_os_str()])?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m,mode=755"), "tmpfs"]).arg(&folder);
        let mounted = mount.output().await.context("there is no `mount`")?;
        ensure!(mounted.status.success(), "mount: {}", String::from_utf8_lossy(&mounted.stderr));
        Ok(Self { folder, _reaper: reaper, _stand: stand })
    }

    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes every byte that is left.
    ///
    /// # Errors
    /// When something else than its being full is in the way.
    pub fn fill(&self) -> Result<()> {
        let mut ballast = File::options().create(true).append(true).open(self.folder.join(BALLAST))?;
        for bytes in [1 << 20, 1 << 12, 1] {
            let chunk = vec![0_u8; bytes];
            loop {
                match ballast.write_all(&chunk) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => bail!("the disk cannot be filled: {error}"),
                }
            }
        }
        Ok(())
    }

    /// Gives back what [`Self::fill`] took.
    ///
    /// # Errors
    /// When it was not filled.
    pub fn free(&self) -> Result<()> {
        Ok(fs::remove_file(self.folder.join(BALLAST))?)
    }
}
