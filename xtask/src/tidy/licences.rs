//! Licences and banned crates, over everything that a build of the workspace really takes in.
//!
//! Reads the lists of deny.toml, so that cargo-deny and this check can never disagree; it is here because building
//! cargo-deny takes longer than all our own checks together.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::{Finding, spdx};
use crate::workspace::Workspace;

const RULES: &str = "deny.toml";

/// One crate of the build.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Built {
    name: String,
    licence: String,
}

pub fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let rules: Table = workspace.read(RULES)?.parse().context("deny.toml is no TOML")?;
    let tree = workspace.cargo_output(&["tree", "--workspace", "--prefix", "none", "--format", "{p}\t{l}"])?;
    let built: BTreeSet<Built> = tree.lines().filter_map(Built::parse).collect();
    Ok(built.iter().flat_map(|one| judge(one, &rules)).collect())
}

impl Built {
    /// Reads `name v1.2.3 (…)<tab>licence (*)`.
    fn parse(line: &str) -> Option<Self> {
        let (package, licence) = line.split_once('\t')?;
        let licence = licence.strip_suffix("(*)").unwrap_or(licence).trim();
        Some(Self { name: package.split(' ').next()?.to_owned(), licence: licence.to_owned() })
    }
}

fn judge(built: &Built, rules: &Table) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(ban) = entries(rules, "bans", "deny").find(|entry| speaks_of(entry, &built.name)) {
        let reason = ban.get("reason").and_then(Value::as_str).unwrap_or("no reason given");
        findings.push(Finding::new("bans", &built.name, format!("is banned by {RULES}: {reason}")));
    }
    let licence = entries(rules, "licenses", "clarify")
        .find(|entry| speaks_of(entry, &built.name))
        .and_then(|entry| entry.get("expression")?.as_str())
        .unwrap_or(&built.licence);
    let mut allowed = strings(rules.get("licenses").and_then(|table| table.get("allow")));
    let exceptions = entries(rules, "licenses", "exceptions").filter(|entry| speaks_of(entry, &built.name));
    allowed.extend(exceptions.flat_map(|entry| strings(entry.get("allow"))));
    if !spdx::satisfied(licence, &|one| allowed.contains(&one)) {
        let shown = if licence.is_empty() { "no licence named" } else { licence };
        findings.push(Finding::new("licences", &built.name, format!("`{shown}` is not among those {RULES} allows")));
    }
    findings
}

/// The entries of a list such as `deny` in a table such as `[bans]`.
fn entries<'a>(rules: &'a Table, table: &str, list: &str) -> impl Iterator<Item = &'a Value> {
    let list = rules.get(table).and_then(|table| table.get(list)).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default().iter()
}

fn speaks_of(entry: &Value, name: &str) -> bool {
    entry.get("crate").and_then(Value::as_str) == Some(name)
}

fn strings(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_array).map(|list| list.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = r#"
        [licenses]
        allow = ["MIT", "ISC"]
        exceptions = [{ crate = "roots", allow = ["CDLA-Permissive-2.0"] }]
        clarify = [{ crate = "unclear", expression = "ISC" }]
        [bans]
        deny = [{ crate = "openssl", reason = "one provider" }]
    "#;

    fn rules(line: &str) -> Vec<&'static str> {
        let built = Built::parse(line).unwrap();
        judge(&built, &SAMPLE.parse().unwrap()).into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn allowed_excepted_and_clarified_licences_pass() {
        for line in
            ["a v1\tMIT OR GPL-3.0", "b v1 (proc-macro)\tISC (*)", "roots v1\tCDLA-Permissive-2.0", "unclear v1\t"]
        {
            assert_eq!(rules(line), [""; 0], "{line}");
        }
    }

    #[test]
    fn other_licences_are_caught() {
        for line in ["a v1\tGPL-3.0", "a v1\tMIT AND GPL-3.0", "a v1\tCDLA-Permissive-2.0", "a v1\t"] {
            assert_eq!(rules(line), ["licences"], "{line}");
        }
    }

    #[test]
    fn a_banned_crate_is_caught() {
        assert_eq!(rules("openssl v0.10\tMIT"), ["bans"]);
        assert_eq!(rules("openssl-probe v0.2\tMIT"), [""; 0]);
    }
}
