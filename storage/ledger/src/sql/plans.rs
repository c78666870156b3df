//! No statement of the work walks a table that grows with history: both planners are asked, PostgreSQL on a hundred
//! thousand finished cases, for the plan it keeps whatever the values are.

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, raw_sql};

use super::statement::Any;
use super::{PostgresLedger, SqliteLedger, text};
use crate::testing::fresh_postgres;

/// What holds more the longer a cell lives.
const GROWING: &[&str] = &[
    "alias",
    "chain",
    "delivery",
    "entry",
    "event",
    "input",
    "kase",
    "object",
    "outbound",
    "reach",
    "seen",
    "stop_list",
];

/// Rooms whose statements are run while work is done.
fn statements() -> impl Iterator<Item = Any> {
    let rooms = [
        text::desk::ALL,
        text::feed::ALL,
        text::intake::ALL,
        text::messages::ALL,
        text::read::ALL,
        text::record::ALL,
        text::work::ALL,
    ];
    rooms.into_iter().flatten().copied()
}

/// For pages that people look at, now and then: totals of everything.
const WALKS: &[&str] = &["COUNTS"];

struct Asked {
    name: &'static str,
    binds: String,
    sqlite: &'static str,
    postgres: &'static str,
}

fn asked() -> Vec<Asked> {
    let mut asked = Vec::new();
    for statement in statements() {
        match statement {
            Any::one(s) | Any::two(s) => {
                asked.push(Asked { name: s.name, binds: s.binds.into(), sqlite: s.sqlite, postgres: s.postgres });
            }
            Any::rows(rows) => asked.extend([1, 32].map(|size| {
                let (_, text) = rows.text(size);
                Asked { name: rows.name, binds: rows.binds.repeat(size), sqlite: text, postgres: text }
            })),
        }
    }
    asked.retain(|asked| !WALKS.contains(&asked.name));
    asked
}

fn postgres_type(letter: char) -> &'static str {
    match letter {
        'b' => "bytea",
        'i' => "int8",
        _ => "text",
    }
}

/// Finished cases in the ledger.
const CASES: u32 = 100_000;

#[tokio::test]
async fn postgres_walks_nothing_that_grows() {
    let (url, _guard) = fresh_postgres().await;
    PostgresLedger::connect(&url).await.unwrap().migrate().await.unwrap();
    let mut conn = PgConnection::connect(&url).await.unwrap();
    let grown = include_str!("../../tests/grown.sql").replace("FROM_N", "1").replace("TO_N", &CASES.to_string());
    // Two rows a case of each kind: enough for the planner, and sooner there.
    let grown = ["12", "7", "6", "4", "3"]
        .iter()
        .fold(grown, |text, many| text.replace(&format!("generate_series(1, {many})"), "generate_series(1, 2)"));
    conn.execute("SET synchronous_commit = off").await.unwrap();
    conn.execute(raw_sql(AssertSqlSafe(grown))).await.unwrap();
    conn.execute("ANALYZE").await.unwrap();
    conn.execute("SET plan_cache_mode = force_generic_plan").await.unwrap();
    let mut walks = Vec::new();
    for (place, Asked { name, binds, postgres, .. }) in asked().into_iter().enumerate() {
        let types: Vec<_> = binds.chars().map(postgres_type).collect();
        let (types, nulls) = (types.join(", "), vec!["NULL"; binds.len()].join(", "));
        let (types, nulls) =
            if binds.is_empty() { (types, nulls) } else { (format!("({types})"), format!("({nulls})")) };
        conn.execute(raw_sql(AssertSqlSafe(format!("PREPARE s{place} {types} AS {postgres}")))).await.unwrap();
        let explain = AssertSqlSafe(format!("EXPLAIN EXECUTE s{place}{nulls}"));
        let plan: Vec<String> = conn.fetch_all(raw_sql(explain)).await.unwrap().iter().map(|row| row.get(0)).collect();
        let walked = plan.iter().filter_map(|line| line.split_once("Seq Scan on ")).map(|(_, rest)| rest);
        let walked = walked.filter_map(|rest| rest.split_whitespace().next());
        walks.extend(walked.filter(|table| GROWING.contains(table)).map(|table| format!("{name}: {table}: {plan:#?}")));
    }
    assert!(walks.is_empty(), "{}", walks.join("\n"));
}

#[tokio::test]
async fn sqlite_walks_nothing_that_grows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cell.db");
    SqliteLedger::open(&path).await.unwrap().migrate().await.unwrap();
    let mut conn = SqliteConnection::connect(&path.to_string_lossy()).await.unwrap();
    let mut walks = Vec::new();
    for Asked { name, sqlite, .. } in asked() {
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sqlite}"));
        for row in conn.fetch_all(explain).await.unwrap() {
            let line: String = row.get("detail");
            // An index that is walked holds the unfinished and no more, or ends at a limit.
            let walked = line.strip_prefix("SCAN ").filter(|rest| !rest.contains(" USING "));
            if walked.is_some_and(|table| GROWING.contains(&table)) {
                walks.push(format!("{name}: {line}"));
            }
        }
    }
    assert!(walks.is_empty(), "{}", walks.join("\n"));
}
