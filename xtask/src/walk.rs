//! `cargo xtask walk`: README.md and docs/OPERATING.md, followed to the letter by somebody who knows nothing else.
//!
//! The commands are read out of the documents and run as they stand there, in a fresh clone, with an empty home, in
//! namespaces of their own. So documents and script cannot drift apart: they are the same thing. *Invariant:* the walk
//! has succeeded only when it ends in an event that the bank's side verified.

mod pages;
mod script;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::programs;
use crate::workspace::{Workspace, output};

/// The documents of a stranger, in the order they are read. Each is a walk of its own, in the same clone.
const DOCUMENTS: [&str; 2] = ["README.md", "docs/OPERATING.md"];

/// What the last document must come to print.
const GOAL: &str = r#""type":"kyc.account.approved","verdict":"verified""#;

/// How long a document may take when nothing is built.
const MINUTES_MAX: &str = "5m";

/// Inside the sandbox.
const HOME: &str = "/tmp/walk/home";
const CLONE: &str = "/tmp/walk/portico";
const TOOLS: &str = "/tmp/walk/bin";

#[derive(clap::Args)]
pub struct Args {
    /// Do as if this binary had just been built, instead of building it
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Print the commands and run nothing
    #[arg(long)]
    print: bool,
}

pub fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    if args.print {
        for document in DOCUMENTS {
            print!("{}", script::of(&pages::blocks(document, &workspace.read(document)?)?));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let machine = Machine::clean(workspace.root(), args.binary.as_deref())?;
    walk(&machine)?;
    println!("a stranger gets from the clone to a verified event");
    Ok(ExitCode::SUCCESS)
}

fn walk(machine: &Machine) -> Result<()> {
    let mut said = String::new();
    for document in DOCUMENTS {
        let text = fs::read_to_string(machine.folder.path().join("portico").join(document))?;
        let blocks = pages::blocks(document, &text)?;
        ensure!(!blocks.is_empty(), "{document} asks for nothing to be run");
        said = machine.run(&script::of(&blocks)).with_context(|| format!("{document} cannot be followed"))?;
    }
    ensure!(said.contains(GOAL), "the walk ended without `{GOAL}`:\n{said}");
    Ok(())
}

/// A machine with a Rust toolchain, `git`, `curl` and nothing of ours.
struct Machine {
    folder: tempfile::TempDir,
    bubblewrap: PathBuf,
    /// Stands in for what cargo would build; without it cargo builds.
    built: Option<PathBuf>,
}

impl Machine {
    /// Clones what is committed, so that what is not committed is missed here and not by the first stranger.
    fn clean(root: &Path, built: Option<&Path>) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("portico-walk-").tempdir()?;
        let clone = folder.path().join("portico");
        output(Command::new("git").args(["clone", "--quiet", "--no-hardlinks"]).arg(root).arg(&clone))?;
        for place in ["home", "bin"] {
            fs::create_dir(folder.path().join(place))?;
        }
        let built = built.map(Path::canonicalize).transpose()?;
        if built.is_some() {
            let cargo = folder.path().join("bin/cargo");
            fs::write(&cargo, script::cargo_that_has_built())?;
            fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755))?;
        }
        Ok(Self { folder, bubblewrap: programs::bubblewrap()?, built })
    }

    /// Runs a script there, shows what it says as errors, and returns what it printed.
    fn run(&self, script: &str) -> Result<String> {
        let file = self.folder.path().join("walk.sh");
        fs::write(&file, script)?;
        let mut command = Command::new(&self.bubblewrap);
        command.args(["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--bind"]);
        command.arg(self.folder.path()).arg("/tmp/walk").args(["--unshare-pid", "--die-with-parent", "--clearenv"]);
        command.args(["--setenv", "HOME", HOME, "--setenv", "LANG", "C.UTF-8", "--chdir", CLONE]);
        let mut path = String::from("/usr/local/bin:/usr/bin:/bin");
        match &self.built {
            // Nothing outside is needed any more, so nothing outside is there. The ports are all free, too.
            Some(binary) => {
                command.arg("--unshare-net").arg("--ro-bind").arg(binary).arg(script::BUILT);
                path.insert_str(0, &format!("{TOOLS}:"));
            }
            None => {
                let toolchain = Toolchain::current()?;
                command.arg("--bind").arg(&toolchain.home).arg(&toolchain.home);
                command.arg("--setenv").arg("CARGO_HOME").arg(&toolchain.home);
                path.insert_str(0, &format!("{}:", toolchain.programs.display()));
            }
        }
        command.args(["--setenv", "PATH", &path, "--"]);
        if self.built.is_some() {
            // A command that waits for what never comes must end, too. Building may take what it takes.
            command.args(["timeout", MINUTES_MAX]);
        }
        command.args(["bash", "/tmp/walk/walk.sh"]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn();
        let done = child.context("cannot start bubblewrap")?.wait_with_output()?;
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        if !done.status.success() {
            bail!("a command failed ({}); what was printed:\n{said}", done.status);
        }
        Ok(said)
    }
}

/// The cargo that runs us, and where it keeps what it downloads.
struct Toolchain {
    programs: PathBuf,
    home: PathBuf,
}

impl Toolchain {
    fn current() -> Result<Self> {
        let cargo = PathBuf::from(std::env::var_os("CARGO").context("run this as `cargo xtask walk`")?);
        let programs = cargo.parent().context("cargo lies in no folder")?.to_path_buf();
        let default = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"));
        let home = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(default);
        Ok(Self { programs, home: home.context("neither CARGO_HOME nor HOME is set")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_gets_from_the_clone_to_a_verified_event() {
        let binary = std::env::var_os("PORTICO_TEST_BIN").expect("run `cargo xtask test`");
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        walk(&Machine::clean(root, Some(Path::new(&binary))).unwrap()).unwrap();
    }
}
