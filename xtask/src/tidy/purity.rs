//! The core is pure because nothing impure is in its tree: no runtime, no database, no network, no randomness.
//!
//! `cargo tree` resolves features as a build of that crate alone would, so a crate is judged by what it asks for, not
//! by what the rest of the workspace turns on.

use anyhow::Result;

use super::Finding;
use crate::workspace::{Member, Workspace};

/// Names of crates that reach the outside world; one that ends in `-` stands for a family.
const IMPURE: [&str; 23] = [
    "async-std",
    "aws-",
    "axum",
    "fastrand",
    "getrandom",
    "hyper",
    "hyper-util",
    "mio",
    "openssl",
    "rand",
    "rand_chacha",
    "rand_core",
    "reqwest",
    "rustls",
    "s3s",
    "s3s-fs",
    "smol",
    "socket2",
    "sqlx",
    "sqlx-core",
    "tokio",
    "tokio-util",
    "tower",
];

pub fn check(workspace: &Workspace, members: &[Member]) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for member in members.iter().filter(|member| member.folder.starts_with("pipeline/")) {
        let args = ["tree", "--package", &member.name, "--edges", "normal", "--prefix", "depth", "--format", "{p}"];
        let tree = workspace.cargo_output(&args)?;
        findings.extend(impurities(&tree).into_iter().map(|path| {
            let message = format!("pipeline/ is pure, but: {path}; turn the feature off or take it as an argument");
            Finding::new("purity", format!("{}/Cargo.toml", member.folder), message)
        }));
    }
    Ok(findings)
}

/// The paths, from the crate itself to each impure crate, in a tree whose lines are `<depth><name> <version> …`.
fn impurities(tree: &str) -> Vec<String> {
    let mut path: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for line in tree.lines() {
        let name_at = line.find(|c: char| !c.is_ascii_digit()).unwrap_or(line.len());
        let (Ok(depth), Some(name)) = (line[..name_at].parse(), line[name_at..].split(' ').next()) else {
            continue;
        };
        path.truncate(depth);
        path.push(name);
        if is_impure(name) {
            found.push(path.join(" → "));
        }
    }
    found
}

fn is_impure(name: &str) -> bool {
    IMPURE.iter().any(|impure| if impure.ends_with('-') { name.starts_with(impure) } else { name == *impure })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_to_an_impure_crate_is_named() {
        let tree = "0portico-vocab v0.1.0 (path)\n1jiff v0.2.43\n2jiff-core v0.1.5\n1uuid v1.29.1\n2getrandom v0.4.3\n\
                    3libc v0.2.191\n2serde v1.0.0\n";
        assert_eq!(impurities(tree), ["portico-vocab → uuid → getrandom"]);
    }

    #[test]
    fn families_and_whole_names_are_told_apart() {
        assert!(is_impure("aws-lc-rs"));
        assert!(is_impure("tokio"));
        assert!(!is_impure("random-name"));
        assert!(!is_impure("tokio-like"));
    }
}
