//! Which crate may use which: arrows point services → storage → pipeline, never back, and doors to the outside have
//! one keeper each.
//!
//! A lower layer is open to every higher one. Inside a layer only the pairs listed here are allowed, so that a new one
//! is a decision somebody sees. Tests are looser: a dev-dependency may use anything of its own layer or below.

use super::Finding;
use crate::workspace::{Kind, Member};

/// From the bottom up.
const LAYERS: [&str; 3] = ["pipeline", "storage", "services"];

/// Crates outside the layers: they may use every crate, and no crate may use them.
const OUTSIDE: [&str; 2] = ["tests", "xtask"];

/// The binary wires all services together.
const BINARY: &str = "services/portico";

/// Arrows inside a layer: the first may use the second.
const NEIGHBOURS: [(&str, &str); 18] = [
    ("pipeline/audit", "pipeline/vocab"),
    ("pipeline/case", "pipeline/audit"),
    ("pipeline/case", "pipeline/policy"),
    ("pipeline/case", "pipeline/vocab"),
    ("pipeline/case", "pipeline/whatsapp"),
    ("pipeline/evidence", "pipeline/vocab"),
    ("pipeline/policy", "pipeline/vocab"),
    ("pipeline/whatsapp", "pipeline/vocab"),
    ("services/console", "services/telemetry"),
    ("services/ingress", "services/telemetry"),
    ("services/relay", "services/telemetry"),
    ("services/workers", "services/graph"),
    ("services/workers", "services/telemetry"),
    ("storage/cell", "storage/keys"),
    ("storage/cell", "storage/ledger"),
    ("storage/cell", "storage/vault"),
    ("storage/ledger", "storage/keys"),
    ("storage/vault", "storage/keys"),
];

/// Doors to the outside world, and the only crates of the product that may open them. A service without sqlx cannot
/// hold SQL, whatever it is called there.
const DOORS: [(&str, &[&str]); 5] = [
    ("sqlx", &["storage/ledger"]),
    ("aws-sdk-s3", &["storage/vault"]),
    ("s3s", &["storage/vault"]),
    ("s3s-fs", &["storage/vault"]),
    ("reqwest", &["services/graph", "services/relay", "services/simulator", "services/telemetry"]),
];

pub fn check(members: &[Member]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in members {
        let Some(rank) = rank(&member.folder) else {
            if !OUTSIDE.contains(&layer(&member.folder)) {
                let message = format!("no layer: crates live in {}, tests or xtask", LAYERS.join(", "));
                findings.push(Finding::new("arrows", &member.folder, message));
            }
            continue;
        };
        for (name, kind) in &member.dependencies {
            findings.extend(door(member, name, *kind));
            let Some(target) = members.iter().find(|other| other.name == *name) else {
                continue;
            };
            if !may_use(&member.folder, rank, &target.folder, *kind) {
                let message = format!(
                    "{} may not use {}: arrows point services → storage → pipeline (NEIGHBOURS lists the rest)",
                    member.folder, target.folder
                );
                findings.push(Finding::new("arrows", format!("{}/Cargo.toml", member.folder), message));
            }
        }
    }
    findings
}

fn may_use(from: &str, rank_from: usize, to: &str, kind: Kind) -> bool {
    match rank(to) {
        None => false,
        Some(rank_to) if rank_to < rank_from => true,
        Some(rank_to) if rank_to > rank_from => false,
        Some(_) => {
            let wires = from == BINARY;
            wires || kind == Kind::Dev || NEIGHBOURS.contains(&(from, to))
        }
    }
}

fn door(member: &Member, dependency: &str, kind: Kind) -> Option<Finding> {
    let (_, keepers) = DOORS.iter().find(|(name, _)| *name == dependency)?;
    (kind != Kind::Dev && !keepers.contains(&member.folder.as_str())).then(|| {
        let message = format!("only {} may use {dependency}", keepers.join(", "));
        Finding::new("doors", format!("{}/Cargo.toml", member.folder), message)
    })
}

fn layer(folder: &str) -> &str {
    folder.split_once('/').map_or(folder, |(layer, _)| layer)
}

fn rank(folder: &str) -> Option<usize> {
    LAYERS.iter().position(|name| *name == layer(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workspace in small; `folder` uses `dependency`.
    fn findings(folder: &str, dependency: &str, kind: Kind) -> Vec<&'static str> {
        let folders = ["pipeline/vocab", "pipeline/case", "storage/ledger", "services/relay", BINARY, "tests/e2e"];
        let mut members: Vec<_> = folders
            .iter()
            .map(|folder| Member { name: (*folder).into(), folder: (*folder).into(), dependencies: Vec::new() })
            .collect();
        members.retain(|member| member.folder != folder);
        let dependencies = vec![(dependency.to_owned(), kind)];
        members.push(Member { name: folder.into(), folder: folder.into(), dependencies });
        check(&members).into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn arrows_downwards_and_listed_ones_pass() {
        for (from, to) in [
            ("services/relay", "storage/ledger"),
            ("storage/ledger", "pipeline/case"),
            ("pipeline/case", "pipeline/vocab"),
            (BINARY, "services/relay"),
            ("tests/e2e", "services/relay"),
        ] {
            assert_eq!(findings(from, to, Kind::Normal), [""; 0], "{from} → {to}");
        }
    }

    #[test]
    fn other_arrows_are_caught() {
        for (from, to) in [
            ("pipeline/case", "storage/ledger"),
            ("storage/ledger", "services/relay"),
            ("pipeline/vocab", "pipeline/case"),
            ("services/ingress", "services/relay"),
            ("services/relay", "tests/e2e"),
        ] {
            assert_eq!(findings(from, to, Kind::Normal), ["arrows"], "{from} → {to}");
        }
        assert_eq!(findings("pipeline/case", "storage/ledger", Kind::Dev), ["arrows"]);
        assert_eq!(findings("elsewhere/crate", "pipeline/vocab", Kind::Normal), ["arrows"]);
    }

    #[test]
    fn tests_of_a_crate_may_use_a_neighbour() {
        assert_eq!(findings("services/ingress", "services/relay", Kind::Dev), [""; 0]);
    }

    #[test]
    fn a_door_has_one_keeper() {
        assert_eq!(findings("services/relay", "sqlx", Kind::Normal), ["doors"]);
        assert_eq!(findings("storage/ledger", "sqlx", Kind::Normal), [""; 0]);
        assert_eq!(findings("services/relay", "sqlx", Kind::Dev), [""; 0]);
    }
}
