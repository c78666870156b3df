//! Manifests: every dependency stands once, in the root, in order, with a line of why; every crate keeps the lints.

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::Finding;
use crate::workspace::{Member, Workspace};

const ROOT: &str = "Cargo.toml";

/// The tables of a manifest that name dependencies.
const TABLES: [&str; 3] = ["build-dependencies", "dependencies", "dev-dependencies"];

pub fn check(workspace: &Workspace, members: &[Member]) -> Result<Vec<Finding>> {
    let mut findings = reasons(&workspace.read(ROOT)?);
    for member in members {
        let path = format!("{}/Cargo.toml", member.folder);
        let manifest: Table = workspace.read(&path)?.parse().with_context(|| format!("{path} is no TOML"))?;
        findings.extend(inherits(&path, &manifest));
    }
    Ok(findings)
}

/// Reads the text of the root manifest, since reasons are comments, which no parser keeps. A comment must name the
/// crates it speaks for, `like this`, and stands above one of them or a run of them. Our own crates need none.
fn reasons(manifest: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut reason = String::new();
    let mut last_was_comment = false;
    let mut previous = "";
    let lines = manifest.lines().enumerate().skip_while(|(_, line)| *line != "[workspace.dependencies]").skip(1);
    for (index, line) in lines.take_while(|(_, line)| !line.starts_with('[')) {
        if let Some(comment) = line.strip_prefix('#') {
            if !last_was_comment {
                reason.clear();
            }
            reason.push_str(comment);
            last_was_comment = true;
            continue;
        }
        last_was_comment = false;
        let Some((name, value)) = line.split_once(" = ").filter(|(_, value)| !value.contains("path = ")) else {
            continue;
        };
        let place = || format!("{ROOT}:{}", index + 1);
        if !reason.contains(&format!("`{name}`")) {
            findings.push(Finding::new("reasons", place(), format!("say above it why `{name}` is here")));
        }
        if value.contains("git = ") {
            findings.push(Finding::new("reasons", place(), format!("`{name}` comes from git: use a release")));
        }
        if name < previous {
            findings.push(Finding::new(
                "reasons",
                place(),
                format!("`{name}` stands after `{previous}`: keep them in order"),
            ));
        }
        previous = name;
    }
    findings
}

/// A crate takes versions and lints from the workspace. Only for its own tests may it name itself, by path, to turn
/// its own features on.
fn inherits(path: &str, manifest: &Table) -> Vec<Finding> {
    let from_workspace =
        |value: Option<&Value>| value.and_then(|value| value.get("workspace")) == Some(&Value::Boolean(true));
    let mut findings = Vec::new();
    if !from_workspace(manifest.get("lints")) {
        findings.push(Finding::new("manifests", path, "add `[lints] workspace = true`"));
    }
    for (name, value) in TABLES.iter().filter_map(|table| manifest.get(*table)?.as_table()).flatten() {
        let is_itself = value.get("path").and_then(Value::as_str) == Some(".");
        if !is_itself && !from_workspace(Some(value)) {
            findings.push(Finding::new("manifests", path, format!("`{name}`: move its version to the root manifest")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(lines: &str) -> Vec<Finding> {
        reasons(&format!(
            "[workspace]\nmembers = []\n\n[workspace.dependencies]\n{lines}\n[workspace.lints.rust]\na = \"warn\"\n"
        ))
    }

    #[test]
    fn reasons_in_order_pass() {
        let good = "# `a`: for this.\na = \"1\"\n# `b`, `b-c`: for that,\n# and more.\nb = \"1\"\nb-c = \"1\"\n\n# Our own.\nz = { path = \"z\" }\n";
        assert_eq!(root(good), []);
    }

    #[test]
    fn a_dependency_without_its_reason_is_caught() {
        let findings = root("# `a`: for this.\na = \"1\"\nb = \"1\"\n");
        assert_eq!(findings, [Finding::new("reasons", "Cargo.toml:7", "say above it why `b` is here")]);
    }

    #[test]
    fn disorder_and_git_are_caught() {
        assert_eq!(root("# `b`, `a`: why.\nb = \"1\"\na = \"1\"\n").len(), 1);
        assert_eq!(root("# `a`: why.\na = { git = \"https://example.org/a\" }\n").len(), 1);
    }

    #[test]
    fn a_version_of_its_own_and_missing_lints_are_caught() {
        let manifest = |text: &str| inherits("a/Cargo.toml", &text.parse().unwrap()).len();
        assert_eq!(manifest("[lints]\nworkspace = true\n[dependencies]\na.workspace = true\n"), 0);
        assert_eq!(manifest("[lints]\nworkspace = true\n[dev-dependencies]\na = { path = \".\" }\n"), 0);
        assert_eq!(manifest("[lints]\nworkspace = true\n[dev-dependencies]\na = \"1\"\n"), 1);
        assert_eq!(manifest("[dependencies]\na = { workspace = true, features = [\"b\"] }\n"), 1);
    }
}
