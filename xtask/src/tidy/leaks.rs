//! What must not be in any tracked file: paths of somebody's machine, hosts of package registries.
//!
//! A path or a mirror of one machine works on one machine. Lock files are written by their package managers and are
//! passed over. The forbidden names are put together from parts, so that this file does not hold them.

use super::Finding;
use super::source::Source;

/// Written by package managers, which name their sources in them.
const LOCK_FILES: [&str; 2] = ["Cargo.lock", "package-lock.json"];

/// The folders that people's files live in.
const HOMES: [&str; 4] = ["home", "root", "Users", "work"];

/// The hosts of registries, in parts.
const REGISTRIES: [&[&str]; 8] = [
    &["crates", "io"],
    &["pypi", "org"],
    &["pythonhosted", "org"],
    &["registry", "npmjs", "org"],
    &["deb", "debian", "org"],
    &["security", "debian", "org"],
    &["proxy", "golang", "org"],
    &["registry", "yarnpkg", "com"],
];

pub fn check(source: &Source) -> Vec<Finding> {
    if LOCK_FILES.contains(&source.name()) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (line, text) in source.lines() {
        if HOMES.iter().any(|home| names_folder(text, &format!("/{home}/"))) {
            findings.push(Finding::new("machine", source.place(line), "a path of one machine: make it relative"));
        }
        for host in REGISTRIES.iter().map(|parts| parts.join(".")).filter(|host| text.contains(host)) {
            findings.push(Finding::new("registry", source.place(line), format!("names the registry host {host}")));
        }
    }
    findings
}

/// Whether `folder` stands in `text` as the beginning of an absolute path: not inside a longer path or a URL.
fn names_folder(text: &str, folder: &str) -> bool {
    text.match_indices(folder).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + folder.len()..].chars().next();
        !before.is_some_and(|c| c.is_alphanumeric() || "/._-~}$*".contains(c))
            && after.is_some_and(|c| c.is_alphanumeric() || c == '.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<&'static str> {
        check(&Source::new(path, text)).into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn a_path_of_a_machine_is_caught() {
        let path = ["", "home", "ana", "portico"].join("/");
        assert_eq!(rules("docs/a.md", &format!("run `{path}`")), ["machine"]);
        assert_eq!(rules("docs/a.md", "https://example.org/home/ana, services/home/a, /homes/a"), [""; 0]);
    }

    #[test]
    fn a_registry_host_is_caught() {
        let host = REGISTRIES[1].join(".");
        assert_eq!(rules("tests/e2e/run.sh", &format!("pip --index https://{host}/simple")), ["registry"]);
        assert_eq!(rules("Cargo.lock", &host), [""; 0]);
    }
}
