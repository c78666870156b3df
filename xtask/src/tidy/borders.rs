//! Borders inside the product: routes stand in route tables, SQL in storage/, and pages escape what they print.

use super::Finding;
use super::source::Source;

/// The route tables, one per service. Tests, the OpenAPI document and the audit catalogue read the same tables, so a
/// route added elsewhere would be seen by none of them.
const ROUTE_TABLES: [&str; 5] = [
    "services/console/src/routes.rs",
    "services/console/src/v1/routes.rs",
    "services/ingress/src/routes.rs",
    "services/portico/src/ops.rs",
    "services/simulator/src/routes.rs",
];

/// The ways to give a router a path.
const ROUTERS: [&str; 3] = [".route(", ".route_service(", ".nest_service("];

/// How SQL is written here: keywords in upper case, two of them so that prose is not caught.
const STATEMENTS: [(&str, &str); 7] = [
    ("SELECT ", " FROM "),
    ("INSERT INTO ", ""),
    ("DELETE FROM ", ""),
    ("UPDATE ", " SET "),
    ("CREATE TABLE", ""),
    ("ALTER TABLE", ""),
    ("DROP TABLE", ""),
];

/// How SQL begins where the house style was forgotten too.
const LOWER_CASE: [&str; 3] = ["\"select ", "\"insert into ", "\"delete from "];

/// Ways to make askama print a value as it is; split, so that this file does not have them.
const UNESCAPED: [&str; 3] = ["|safe", "escape=\"none\"", "escape_none"];

pub fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    if source.is_product() {
        findings.extend(routes(source));
        findings.extend(sql(source));
        findings.extend(unescaped(source));
    }
    findings
}

fn routes(source: &Source) -> Vec<Finding> {
    if source.extension() != "rs" || ROUTE_TABLES.contains(&source.path.as_str()) {
        return Vec::new();
    }
    let adds = |line: &str| ROUTERS.iter().any(|router| line.contains(router));
    let lines = source.code().filter(|(_, line)| adds(line));
    lines
        .map(|(line, _)| Finding::new("routes", source.place(line), "routes are rows of the service's `src/routes.rs`"))
        .collect()
}

fn sql(source: &Source) -> Vec<Finding> {
    if source.path.starts_with("storage/") || !matches!(source.extension(), "rs" | "sql") {
        return Vec::new();
    }
    let is_sql = |line: &str| {
        let shouts = STATEMENTS.iter().any(|(first, second)| {
            line.split_once(first).is_some_and(|(before, after)| {
                !before.ends_with(char::is_alphanumeric) && format!(" {after} ").contains(second)
            })
        });
        shouts || LOWER_CASE.iter().any(|start| line.contains(start))
    };
    let lines = source.code().filter(|(_, line)| is_sql(line));
    lines.map(|(line, _)| Finding::new("sql", source.place(line), "SQL stays in storage/ledger")).collect()
}

fn unescaped(source: &Source) -> Vec<Finding> {
    if !matches!(source.extension(), "html" | "rs" | "txt" | "xml") {
        return Vec::new();
    }
    let prints_raw = |line: &str| {
        let dense: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        UNESCAPED.iter().any(|way| dense.contains(way))
    };
    let lines = source.code().filter(|(_, line)| prints_raw(line));
    lines.map(|(line, _)| Finding::new("escape", source.place(line), "pages escape every value they print")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, line: &str) -> Vec<&'static str> {
        check(&Source::new(path, format!("{line}\n"))).into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn a_route_outside_the_tables_is_caught() {
        let line = r#"router.route("/cases", get(list))"#;
        assert_eq!(rules("services/console/src/queue.rs", line), ["routes"]);
        assert_eq!(rules("services/console/src/routes.rs", line), [""; 0]);
    }

    #[test]
    fn sql_outside_storage_is_caught() {
        for line in ["let q = \"SELECT id FROM job\";", "UPDATE job SET run_at = $1", "q(\"select 1\")"] {
            assert_eq!(rules("services/workers/src/sort.rs", line), ["sql"], "{line}");
            assert_eq!(rules("storage/ledger/src/job.rs", line), [""; 0]);
        }
        assert_eq!(rules("services/console/src/queue.rs", "// SELECT id FROM job"), [""; 0]);
        assert_eq!(rules("services/console/src/queue.rs", "\"Select one FROM the list\""), [""; 0]);
    }

    #[test]
    fn an_unescaped_value_is_caught() {
        assert_eq!(rules("services/console/templates/case.html", "<p>{{ name | safe }}</p>"), ["escape"]);
        assert_eq!(
            rules("services/console/src/page.rs", "#[template(path = \"a.html\", escape = \"none\")]"),
            ["escape"]
        );
        assert_eq!(rules("services/console/templates/case.html", "<p>{{ name }} is safe</p>"), [""; 0]);
    }
}
