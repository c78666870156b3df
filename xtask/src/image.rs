//! `cargo xtask image`: the container image, from nothing but what this machine has.
//!
//! A base image would have to be fetched from somewhere and trusted; Portico needs five files of one. So the root tree
//! is gathered here, looked over, tried out read-only in a sandbox, and only then handed to a builder. *Invariant:* a
//! tree that was not seen to run is never built into an image.

mod tree;
mod trial;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

pub use self::tree::Tree;
use crate::programs;
use crate::workspace::{Workspace, output};

const CONTAINERFILE: &str = "docs/install/Containerfile";

#[derive(clap::Args)]
pub struct Args {
    /// Pack this binary instead of building the release one
    #[arg(long)]
    binary: Option<PathBuf>,
}

pub fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let binary = match &args.binary {
        Some(binary) => binary.clone(),
        None => build(workspace)?,
    };
    let context = workspace.target_folder()?.join("image");
    let tree = Tree::assemble(workspace.root(), &binary, &context)?;
    tree.look()?;
    println!("{} holds {} files", tree.root().display(), tree.files()?.len());
    let seen = trial::run(&tree, &programs::bubblewrap()?)?;
    println!("it ran read-only as {}, answered /healthz, wrote to {} alone and drained", seen.account, seen.writable);
    match programs::on_path("buildah") {
        Some(buildah) => pack(workspace, &buildah, &context)?,
        None => println!(
            "buildah is not installed; any engine builds it: docker build --file {CONTAINERFILE} {}",
            context.display()
        ),
    }
    Ok(ExitCode::SUCCESS)
}

fn build(workspace: &Workspace) -> Result<PathBuf> {
    let mut cargo = workspace.cargo();
    if !cargo.args(["build", "--release", "--locked", "--package", "portico"]).status()?.success() {
        bail!("the release build failed");
    }
    Ok(workspace.target_folder()?.join("release/portico"))
}

/// Builds the image with no engine running: as files, unpacked nowhere but in a folder of its own.
fn pack(workspace: &Workspace, buildah: &Path, context: &Path) -> Result<()> {
    let store = tempfile::tempdir()?;
    let revision = output(Command::new("git").current_dir(workspace.root()).args(["rev-parse", "HEAD"]))?;
    let archive = context.join("portico.oci.tar");
    if archive.exists() {
        std::fs::remove_file(&archive)?;
    }
    let mut command = Command::new(buildah);
    command.arg("--storage-driver").arg("vfs");
    command.arg("--root").arg(store.path().join("root")).arg("--runroot").arg(store.path().join("run"));
    command.args(["build", "--quiet", "--isolation", "chroot", "--timestamp", "0"]);
    command.arg("--build-arg").arg(format!("VERSION={}", env!("CARGO_PKG_VERSION")));
    command.arg("--build-arg").arg(format!("REVISION={}", revision.trim()));
    command.arg("--file").arg(workspace.root().join(CONTAINERFILE));
    command.arg("--tag").arg(format!("oci-archive:{}", archive.display())).arg(context);
    output(&mut command).context("buildah could not build the image")?;
    println!("{} is the image, as an OCI archive", archive.display());
    Ok(())
}
