//! docs/CONFIGURATION.md and docs/REFUSALS.md are complete, and every test they name exists.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The rows of every table of a document under docs/, cell by cell, without headings and rules.
fn rows(document: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(root().join("docs").join(document)).unwrap_or_default();
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    text.lines().filter(|line| line.starts_with("| `") || line.starts_with("| _")).map(cells).collect()
}

/// Every key of the JSON Schema, as `cell.bucket.name`.
fn keys(schema: &Value, node: &Value, path: &str, found: &mut BTreeSet<String>) {
    let node = match node["$ref"].as_str().and_then(|name| name.strip_prefix('#')) {
        Some(pointer) => schema.pointer(pointer).unwrap_or(node),
        None => node,
    };
    // A secret has several forms; it is one key.
    if node["anyOf"].as_array().is_some_and(|forms| forms.iter().any(|form| form["required"][0] == "env")) {
        return;
    }
    for (name, inner) in node["properties"].as_object().into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let before = found.len();
        let inner = inner["allOf"].get(0).unwrap_or(inner);
        keys(schema, inner, &path, found);
        keys(schema, &inner["items"], &path, found);
        if found.len() == before {
            found.insert(path);
        }
    }
}

/// `services/portico/tests/it/keys.rs` and one test in it, as the last cell of a row says; several by comma.
fn named(cell: &str) -> Vec<(String, String)> {
    let pairs = cell.split(',').filter_map(|pair| pair.trim().trim_matches('`').split_once("::"));
    pairs.map(|(file, test)| (file.to_owned(), test.to_owned())).collect()
}

fn missing(document: &str) -> Vec<String> {
    let mut missing = Vec::new();
    for row in rows(document) {
        let tests = row.last().map(|cell| named(cell)).unwrap_or_default();
        if tests.is_empty() {
            missing.push(format!("{} names no test", row[0]));
        }
        for (file, test) in tests {
            let text = std::fs::read_to_string(root().join(&file)).unwrap_or_default();
            if !text.contains(&format!("fn {test}(")) {
                missing.push(format!("{}: there is no {test} in {file}", row[0]));
            }
        }
    }
    missing
}

#[test]
fn every_key_stands_in_the_document_with_a_test_of_it() {
    let schema: Value = serde_json::from_str(&portico::config::schema()).unwrap();
    let mut known = BTreeSet::new();
    keys(&schema, &schema, "", &mut known);
    assert!(
        known.contains("cell.bucket.region") && known.contains("limits.poll_ms"),
        "the schema was not read: {known:?}"
    );
    let told: BTreeSet<_> = rows("CONFIGURATION.md").iter().map(|row| row[0].trim_matches('`').to_owned()).collect();
    let (untold, gone): (Vec<_>, Vec<_>) = (known.difference(&told).collect(), told.difference(&known).collect());
    assert!(untold.is_empty() && gone.is_empty(), "docs/CONFIGURATION.md lacks {untold:?} and tells of {gone:?}");
    assert_eq!(missing("CONFIGURATION.md"), Vec::<String>::new());
}

#[test]
fn every_refusal_has_a_test() {
    assert!(rows("REFUSALS.md").len() > 40, "docs/REFUSALS.md was not read");
    assert_eq!(missing("REFUSALS.md"), Vec::<String>::new());
}
