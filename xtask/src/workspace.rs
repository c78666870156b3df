//! The workspace on disk: where it is, how its cargo is called, what its crates are.
//!
//! Cargo is asked, never re-implemented: `cargo metadata` for manifests, `cargo tree` for what is really built, since
//! only the latter resolves features the way a build does.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The checkout that this command was started from.
pub struct Workspace {
    root: PathBuf,
}

/// When a dependency is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Normal,
    Dev,
    Build,
}

/// One crate of the workspace, as its manifest says.
#[derive(Clone, Debug)]
pub struct Member {
    pub name: String,
    /// Relative to the root: `pipeline/vocab`.
    pub folder: String,
    pub dependencies: Vec<(String, Kind)>,
}

impl Workspace {
    /// The workspace that cargo is running us from.
    pub fn locate() -> Result<Self> {
        let package = std::env::var_os("CARGO_MANIFEST_DIR").context("run this as `cargo xtask`, not by its path")?;
        let root = Path::new(&package).parent().context("xtask has no parent folder")?;
        Ok(Self { root: root.to_path_buf() })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A call of the same cargo that runs us, in the root.
    pub fn cargo(&self) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(&self.root);
        command
    }

    /// What cargo prints for `args`.
    pub fn cargo_output(&self, args: &[&str]) -> Result<String> {
        output(self.cargo().args(args)).with_context(|| format!("cargo {}", args.join(" ")))
    }

    /// Where cargo puts what it builds.
    pub fn target_folder(&self) -> Result<PathBuf> {
        let metadata: Value =
            serde_json::from_str(&self.cargo_output(&["metadata", "--no-deps", "--format-version=1"])?)?;
        let folder = metadata["target_directory"].as_str().context("cargo metadata names no target folder")?;
        Ok(PathBuf::from(folder))
    }

    /// The text of a file under the root.
    pub fn read(&self, path: &str) -> Result<String> {
        let full = self.root.join(path);
        std::fs::read_to_string(&full).with_context(|| format!("cannot read {path}"))
    }

    /// Every crate of the workspace, by folder.
    pub fn members(&self) -> Result<Vec<Member>> {
        let text = self.cargo_output(&["metadata", "--no-deps", "--format-version", "1"])?;
        let metadata: Value = serde_json::from_str(&text).context("cargo metadata printed no JSON")?;
        let packages = metadata["packages"].as_array().context("cargo metadata names no packages")?;
        let mut members = packages.iter().map(|package| self.member(package)).collect::<Result<Vec<_>>>()?;
        members.sort_by(|a, b| a.folder.cmp(&b.folder));
        Ok(members)
    }

    fn member(&self, package: &Value) -> Result<Member> {
        let name = package["name"].as_str().context("a package without a name")?.to_owned();
        let manifest = Path::new(package["manifest_path"].as_str().context("a package without a manifest")?);
        let folder = manifest.parent().and_then(|folder| folder.strip_prefix(&self.root).ok());
        let folder = folder.with_context(|| format!("{name} lies outside the workspace"))?;
        let dependencies = package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
        let dependencies = dependencies.iter().filter_map(|dependency| {
            let kind = match dependency["kind"].as_str() {
                None => Kind::Normal,
                Some("dev") => Kind::Dev,
                Some(_) => Kind::Build,
            };
            Some((dependency["name"].as_str()?.to_owned(), kind))
        });
        Ok(Member { dependencies: dependencies.collect(), folder: folder.display().to_string(), name })
    }
}

/// Runs a command to its end and returns what it printed; its error output becomes the error.
pub fn output(command: &mut Command) -> Result<String> {
    let done = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {command:?}"))?;
    if !done.status.success() {
        bail!("{}: {}", done.status, String::from_utf8_lossy(&done.stderr).trim());
    }
    String::from_utf8(done.stdout).context("the output is not UTF-8")
}
