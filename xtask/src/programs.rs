//! The programs that tests run beside our own: PostgreSQL, Python, Chromium, its driver, the fonts that pages need, the
//! sandbox that the image and the walk run in, what brings up a network of its own, what shows system calls.
//!
//! Debian packages them all; as root on Debian what is missing is installed, elsewhere it is named. *Invariant:* a
//! program that is already there is used as it is and nothing is installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace::output;

/// The first PostgreSQL major version that the ledger is tested on.
const POSTGRES_MIN: u32 = 15;

/// Where the programs are.
pub struct Programs {
    /// The folder of `initdb` and `pg_ctl`.
    pub postgres: PathBuf,
    /// One that can make virtual environments.
    pub python: PathBuf,
    /// Absent when no browser was asked for.
    pub browser: Option<Browser>,
}

pub struct Browser {
    pub chromium: PathBuf,
    pub chromedriver: PathBuf,
}

/// Something tests need, and the Debian package that has it.
struct Need {
    package: &'static str,
    find: fn() -> Option<PathBuf>,
}

const SERVER: Need = Need { package: "postgresql", find: postgres };
const PYTHON: Need = Need { package: "python3-venv", find: python };
const CHROMIUM: Need = Need { package: "chromium", find: || on_path("chromium") };
const DRIVER: Need = Need { package: "chromium-driver", find: || on_path("chromedriver") };
/// Runs the image and the stranger's walk in namespaces of their own.
const BUBBLEWRAP: Need = Need { package: "bubblewrap", find: || on_path("bwrap") };
const WRK: Need = Need { package: "wrk", find: || on_path("wrk") };
/// Brings up the loopback of a network that a test walls a process in with; the rest is util-linux, which is always there.
const IPROUTE: Need = Need { package: "iproute2", find: || on_path("ip") };
/// Shows what a process asks of the kernel, and when.
const STRACE: Need = Need { package: "strace", find: || on_path("strace") };
/// Reads units the way the service manager does.
const SYSTEMD: Need = Need { package: "systemd", find: || on_path("systemd-analyze") };
/// Without these, Hindi and emoji are empty boxes on the screenshots.
const FONTS: [Need; 3] = [
    Need { package: "fonts-liberation", find: || font("liberation/LiberationSans-Regular.ttf") },
    Need { package: "fonts-noto-core", find: || font("noto/NotoSansDevanagari-Regular.ttf") },
    Need { package: "fonts-noto-color-emoji", find: || font("noto/NotoColorEmoji.ttf") },
];

impl Programs {
    /// Finds the programs, installing what is missing where that is possible.
    pub fn ensure(browser: bool) -> Result<Self> {
        let mut needs = vec![&SERVER, &PYTHON, &BUBBLEWRAP, &IPROUTE, &STRACE, &SYSTEMD];
        if browser {
            needs.extend([&CHROMIUM, &DRIVER]);
            needs.extend(&FONTS);
        }
        let missing = missing(&needs);
        if !missing.is_empty() {
            install(&missing)?;
        }
        let find = |need: &Need| (need.find)().with_context(|| format!("{} is still missing", need.package));
        let browser =
            if browser { Some(Browser { chromium: find(&CHROMIUM)?, chromedriver: find(&DRIVER)? }) } else { None };
        Ok(Self { postgres: find(&SERVER)?, python: find(&PYTHON)?, browser })
    }
}

/// Bubblewrap alone, for commands that need nothing else.
pub fn bubblewrap() -> Result<PathBuf> {
    alone(&BUBBLEWRAP)
}

/// The load generator of `cargo xtask bench ingest`.
pub fn wrk() -> Result<PathBuf> {
    alone(&WRK)
}

fn alone(need: &Need) -> Result<PathBuf> {
    if (need.find)().is_none() {
        install(&[need.package])?;
    }
    (need.find)().with_context(|| format!("{} is still missing", need.package))
}

fn missing(needs: &[&Need]) -> Vec<&'static str> {
    needs.iter().filter(|need| (need.find)().is_none()).map(|need| need.package).collect()
}

/// Installs Debian packages, or says which ones to install.
fn install(packages: &[&'static str]) -> Result<()> {
    let list = packages.join(" ");
    let is_root = output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !is_root || on_path("apt-get").is_none() {
        bail!(
            "this needs these Debian packages (or the same programs from elsewhere on the PATH): {list}\n\
             install them with `apt-get install {list}`; `cargo xtask test --no-browser` leaves Chromium and the fonts out"
        );
    }
    println!("installing {list}");
    apt_get(&["update"])?;
    apt_get(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
}

fn apt_get(args: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    command.arg("--quiet=2").args(args).env("DEBIAN_FRONTEND", "noninteractive");
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().context("cannot start apt-get")?;
    if !status.success() {
        bail!("`apt-get {}` failed: {status}", args.join(" "));
    }
    Ok(())
}

/// The newest PostgreSQL that Debian installed, else the one on the PATH; none when it is too old.
fn postgres() -> Option<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = installed
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(version, folder)| *version >= POSTGRES_MIN && folder.join("initdb").exists())
        .max_by_key(|(version, _)| *version);
    newest.map(|(_, folder)| folder).or_else(|| {
        // The programs find each other by their own folder, so a link to one of them is followed.
        let pg_ctl = on_path("pg_ctl")?.canonicalize().ok()?;
        let version = output(Command::new(&pg_ctl).arg("--version")).ok()?;
        (major_version(&version)? >= POSTGRES_MIN).then(|| pg_ctl.parent().map(Path::to_path_buf)).flatten()
    })
}

/// The 15 of `pg_ctl (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major_version(printed: &str) -> Option<u32> {
    let (_, version) = printed.split_once("(PostgreSQL) ")?;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Debian's Python comes without what `venv` needs until python3-venv is there.
fn python() -> Option<PathBuf> {
    let python = on_path("python3")?;
    output(Command::new(&python).args(["-c", "import ensurepip, venv"])).ok().map(|_| python)
}

fn font(file: &str) -> Option<PathBuf> {
    Some(Path::new("/usr/share/fonts/truetype").join(file)).filter(|path| path.exists())
}

pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major_version("pg_ctl (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major_version("pg_ctl (PostgreSQL) 17beta1\n"), Some(17));
        assert_eq!(major_version("something else 15"), None);
    }

    #[test]
    fn only_what_is_missing_is_named() {
        let there = Need { package: "there", find: || Some(PathBuf::new()) };
        let absent = Need { package: "absent", find: || None };
        assert_eq!(missing(&[&there, &absent]), ["absent"]);
    }
}
