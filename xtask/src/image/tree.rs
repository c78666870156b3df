//! The files of the image, and nothing else.
//!
//! What the binary needs is asked of the loader, never listed by hand: a new library comes in by itself, one that is
//! gone goes. No time zones: they are compiled in. *Invariant:* nothing in the tree can be written to, nothing has a
//! mode bit that lends rights, and only the binary and the loader can be executed.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace::output;

/// Where the image has the binary.
pub const BINARY: &str = "usr/bin/portico";

/// Whom TLS believes; the engine of TLS looks here.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Small files that a C library looks for. One account and no root; names are asked of files, then of DNS.
const FILES: [(&str, &str); 3] = [
    ("etc/passwd", "portico:x:65532:65532:Portico:/:/\n"),
    ("etc/group", "portico:x:65532:\n"),
    ("etc/nsswitch.conf", "hosts: files dns\n"),
];

/// What comes with the program wherever it goes.
const PAPERS: [&str; 2] = ["LICENSE", "NOTICE"];

/// Where others mount: an image that runs read-only must have the places.
const PLACES: [&str; 5] = ["dev", "etc/portico", "proc", "run/secrets", "tmp"];

/// A build context: `root/` becomes the image, `data/portico/` (empty) the folder it may write to.
pub struct Tree {
    root: PathBuf,
}

impl Tree {
    /// Gathers everything in `context`, anew.
    pub fn assemble(workspace: &Path, binary: &Path, context: &Path) -> Result<Self> {
        let tree = Self { root: context.join("root") };
        let data = context.join("data");
        for folder in [&tree.root, &data] {
            if folder.exists() {
                fs::remove_dir_all(folder)?;
            }
        }
        // A builder gives a folder that it copies to its owner, not the one that it copies into.
        fs::create_dir_all(data.join("portico"))?;
        tree.copy(binary, BINARY, 0o555)?;
        for library in libraries(binary)? {
            let loader = library.file_name().is_some_and(|name| name.to_string_lossy().starts_with("ld-"));
            let place = library.strip_prefix("/").context("the loader names a library by no absolute path")?;
            tree.copy(&library, place, if loader { 0o555 } else { 0o444 })?;
        }
        tree.copy(Path::new(AUTHORITIES), Path::new(AUTHORITIES).strip_prefix("/")?, 0o444)
            .context("the image needs certificate authorities: install Debian's ca-certificates")?;
        for (place, text) in FILES {
            tree.write(place, text.as_bytes(), 0o444)?;
        }
        for paper in PAPERS {
            tree.copy(&workspace.join(paper), Path::new("usr/share/doc/portico").join(paper), 0o444)?;
        }
        for place in PLACES {
            fs::create_dir_all(tree.root.join(place))?;
        }
        fs::create_dir_all(tree.root.join("var/lib"))?;
        Ok(tree)
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    fn copy(&self, from: &Path, place: impl AsRef<Path>, mode: u32) -> Result<()> {
        let bytes = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
        self.write(place, &bytes, mode)
    }

    fn write(&self, place: impl AsRef<Path>, bytes: &[u8], mode: u32) -> Result<()> {
        let path = self.root.join(place);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, bytes)?;
        fs::set_permissions(&path, Permissions::from_mode(mode))?;
        Ok(())
    }

    /// Every file with its mode, by path inside the image.
    pub fn files(&self) -> Result<Vec<(PathBuf, u32)>> {
        let (mut files, mut folders) = (Vec::new(), vec![self.root.clone()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                let meta = fs::symlink_metadata(&path)?;
                if meta.is_dir() {
                    folders.push(path);
                } else {
                    files.push((path.strip_prefix(&self.root)?.to_path_buf(), meta.permissions().mode()));
                }
            }
        }
        files.sort();
        Ok(files)
    }

    /// Refuses a tree with anything in it that could be written, lends rights or could run besides the binary.
    pub fn look(&self) -> Result<()> {
        for (path, mode) in self.files()? {
            let place = path.display();
            if mode & 0o170_000 != 0o100_000 {
                bail!("/{place} is no plain file");
            }
            if mode & 0o7222 != 0 {
                bail!("/{place} has mode {:o}: nothing may be written, nothing lends rights", mode & 0o7777);
            }
            let loader = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("ld-"));
            if mode & 0o111 != 0 && path != Path::new(BINARY) && !loader {
                bail!("/{place} can be executed: the image holds one program");
            }
        }
        Ok(())
    }
}

/// The shared libraries of a program and their loader, as the loader finds them.
fn libraries(binary: &Path) -> Result<Vec<PathBuf>> {
    let printed = output(Command::new("ldd").arg(binary)).context("ldd cannot read the binary")?;
    found(&printed)
}

/// The paths in `ldd`'s lines: `name => path (address)`, `path (address)`; the kernel's own `linux-vdso` has none.
fn found(printed: &str) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for line in printed.lines().map(str::trim) {
        if line.ends_with("not found") {
            bail!("{line}: install the library");
        }
        let target = line.split_once("=> ").map_or(line, |(_, target)| target);
        let path = target.split(" (").next().unwrap_or_default();
        if path.starts_with('/') {
            paths.push(PathBuf::from(path));
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "\tlinux-vdso.so.1 (0x00007ffd)\n\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f)\n\
                           \t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n";

    #[test]
    fn libraries_are_read_from_what_the_loader_says() {
        let paths = found(PRINTED).unwrap();
        assert_eq!(paths, ["/lib/x86_64-linux-gnu/libm.so.6", "/lib64/ld-linux-x86-64.so.2"].map(PathBuf::from));
        assert!(found("\tlibzip.so.4 => not found\n").is_err());
    }

    #[test]
    fn a_file_that_does_not_belong_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let tree = Tree { root: folder.path().to_path_buf() };
        tree.write(BINARY, b"", 0o555).unwrap();
        tree.look().unwrap();
        for (place, mode) in [("bin/sh", 0o555), ("bin/su", 0o4444), ("etc/hosts", 0o644)] {
            tree.write(place, b"", mode).unwrap();
            assert!(tree.look().unwrap_err().to_string().contains(place), "{place} was let in");
            fs::remove_file(tree.root.join(place)).unwrap();
        }
        std::os::unix::fs::symlink("portico", tree.root.join("usr/bin/sh")).unwrap();
        assert!(tree.look().is_err(), "a link was let in");
    }
}
