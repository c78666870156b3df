//! Every statement is prepared on both engines, and both schemas are the same.
//!
//! SQLite takes what is wrong (a missing or extra bind, a bind of another type), so Postgres is asked about the types
//! and both about the numbers.

use std::collections::BTreeSet;

use sqlx::postgres::PgTypeInfo;
use sqlx::{
    AssertSqlSafe, Connection as _, Either, Executor as _, PgConnection, Row as _, SqlSafeStr as _, SqlStr,
    Statement as _,
};

use super::statement::{Any, SIZES, Statement};
use super::{PostgresLedger, SqliteLedger, text};
use crate::testing::fresh_postgres;

/// A text as it is sent: its name, the letters of its binds, and its form on each engine.
struct Sent {
    name: &'static str,
    binds: String,
    sqlite: &'static str,
    postgres: &'static str,
}

fn statements() -> impl Iterator<Item = Any> {
    let rooms = [
        text::desk::ALL,
        text::feed::ALL,
        text::inspect::ALL,
        text::intake::ALL,
        text::messages::ALL,
        text::read::ALL,
        text::record::ALL,
        text::schema::ALL,
        text::work::ALL,
    ];
    rooms.into_iter().flatten().copied()
}

fn sent() -> Vec<Sent> {
    let mut all = Vec::new();
    for statement in statements() {
        match statement {
            Any::one(s) | Any::two(s) => {
                all.push(Sent { name: s.name, binds: s.binds.into(), sqlite: s.sqlite, postgres: s.postgres });
            }
            Any::rows(rows) => all.extend(SIZES.map(|size| {
                let (_, text) = rows.text(size);
                Sent { name: rows.name, binds: rows.binds.repeat(size), sqlite: text, postgres: text }
            })),
        }
    }
    all
}

/// The numbers after `$`.
fn parameters(text: &str) -> BTreeSet<usize> {
    let digits = |rest: &str| rest.chars().take_while(char::is_ascii_digit).collect::<String>();
    text.split('$').skip(1).map(|rest| digits(rest).parse().expect("a number follows $")).collect()
}

#[test]
fn the_parameters_of_each_text_are_its_binds() {
    for Sent { name, binds, sqlite, postgres } in sent() {
        let numbers: BTreeSet<usize> = (1..=binds.len()).collect();
        assert_eq!(parameters(sqlite), numbers, "{name}");
        assert_eq!(parameters(postgres), numbers, "{name}");
    }
}

#[test]
fn no_more_than_four_statements_have_two_texts() {
    let two = statements().filter(|statement| matches!(statement, Any::two(_))).count();
    assert_eq!(two, 3, "each text of two is a place where the engines can drift apart: at most four");
}

#[tokio::test]
async fn sqlite_prepares_every_statement() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cell.db");
    SqliteLedger::open(&path).await.unwrap().migrate().await.unwrap();
    let mut conn = sqlx::SqliteConnection::connect(&path.to_string_lossy()).await.unwrap();
    for Sent { name, binds, sqlite, .. } in sent() {
        let prepared = conn.prepare(sqlite.into_sql_str()).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(count(prepared.parameters()), binds.len(), "{name}");
    }
}

#[tokio::test]
async fn postgres_prepares_every_statement_with_its_declared_types() {
    let (url, _guard) = fresh_postgres().await;
    PostgresLedger::connect(&url).await.unwrap().migrate().await.unwrap();
    let mut conn = PgConnection::connect(&url).await.unwrap();
    for Sent { name, binds, postgres, .. } in sent() {
        let types: Vec<PgTypeInfo> = binds.chars().map(postgres_type).collect();
        let prepared = conn.prepare_with(postgres.into_sql_str(), &types).await;
        let prepared = prepared.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(count(prepared.parameters()), binds.len(), "{name}");
    }
}

fn postgres_type(letter: char) -> PgTypeInfo {
    PgTypeInfo::with_name(match letter {
        'b' => "bytea",
        'i' => "int8",
        't' => "text",
        other => panic!("no such bind: {other}"),
    })
}

fn count<T>(parameters: Option<Either<&[T], usize>>) -> usize {
    match parameters {
        Some(Either::Left(types)) => types.len(),
        Some(Either::Right(count)) => count,
        None => 0,
    }
}

/// Metrics are read every few seconds: what they count must come from indexes that hold the unfinished and no more.
const UNFINISHED: &[(&Statement, &str)] = &[
    (&text::read::CASES_OPEN, "kase_open"),
    (&text::read::OUTBOUNDS_OPEN, "outbound_open"),
    (&text::read::OUTBOUNDS_PARKED, "outbound_parked"),
    (&text::read::SEGMENTS_UNSORTED, "job_due"),
    (&text::read::JOBS_PARKED, "job_parked"),
    (&text::read::DELIVERIES_OPEN, "delivery_open"),
    (&text::feed::OPEN, "delivery_open"),
];

#[tokio::test]
async fn what_is_unfinished_is_read_from_indexes_that_hold_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cell.db");
    SqliteLedger::open(&path).await.unwrap().migrate().await.unwrap();
    let mut sqlite = sqlx::SqliteConnection::connect(&path.to_string_lossy()).await.unwrap();
    let (url, _guard) = fresh_postgres().await;
    PostgresLedger::connect(&url).await.unwrap().migrate().await.unwrap();
    let mut postgres = PgConnection::connect(&url).await.unwrap();
    // Tables are empty, so that only this makes an index worth it.
    postgres.execute("SET enable_seqscan = off").await.unwrap();
    for (statement, index) in UNFINISHED {
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", statement.sqlite));
        let plan: Vec<String> = sqlite.fetch_all(explain).await.unwrap().iter().map(|row| row.get("detail")).collect();
        assert!(plan.join("\n").contains(&format!("INDEX {index}")), "{}: {plan:?}", statement.name);
        let explain = AssertSqlSafe(format!("EXPLAIN {}", statement.postgres));
        let plan: Vec<String> = postgres.fetch_all(explain).await.unwrap().iter().map(|row| row.get(0)).collect();
        assert!(plan.join("\n").contains(index), "{}: {plan:?}", statement.name);
    }
}

/// What both engines are asked about a schema, one text line a fact.
const SQLITE_COLUMNS: &str = "
SELECT t.name || '.' || c.name || ' ' || LOWER(c.type) || CASE WHEN c.\"notnull\" = 1 THEN ' not null' ELSE '' END
FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
WHERE t.type = 'table'";
const SQLITE_KEYS: &str = "
SELECT t.name || ' (' || (SELECT group_concat(k.name) FROM pragma_index_info(i.name) AS k) || ')'
FROM sqlite_schema AS t, pragma_index_list(t.name) AS i
WHERE t.type = 'table' AND i.\"unique\" = 1";
const SQLITE_INDEXES: &str = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";

const POSTGRES_COLUMNS: &str = "
SELECT table_name || '.' || column_name || ' ' || data_type
    || CASE WHEN is_nullable = 'NO' THEN ' not null' ELSE '' END
FROM information_schema.columns
WHERE table_schema = 'public'";
const POSTGRES_KEYS: &str = "
SELECT t.relname || ' (' || (
    SELECT string_agg(a.attname, ',' ORDER BY k.place)
    FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
    JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.attnum
) || ')'
FROM pg_index AS i
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_namespace AS n ON n.oid = t.relnamespace
WHERE i.indisunique AND n.nspname = 'public'";
const POSTGRES_INDEXES: &str = "
SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE '%key'";

#[tokio::test]
async fn both_engines_have_the_same_tables_columns_and_keys() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cell.db");
    SqliteLedger::open(&path).await.unwrap().migrate().await.unwrap();
    let mut sqlite = sqlx::SqliteConnection::connect(&path.to_string_lossy()).await.unwrap();
    let (url, _guard) = fresh_postgres().await;
    PostgresLedger::connect(&url).await.unwrap().migrate().await.unwrap();
    let mut postgres = PgConnection::connect(&url).await.unwrap();
    for (on_sqlite, on_postgres) in
        [(SQLITE_COLUMNS, POSTGRES_COLUMNS), (SQLITE_KEYS, POSTGRES_KEYS), (SQLITE_INDEXES, POSTGRES_INDEXES)]
    {
        let rows = sqlite.fetch_all(SqlStr::from_static(on_sqlite)).await.unwrap();
        let words = |fact: String| fact.replace("blob", "bytea").replace("integer", "bigint");
        let on_sqlite: BTreeSet<String> = rows.iter().map(|row| words(row.get(0))).collect();
        let rows = postgres.fetch_all(SqlStr::from_static(on_postgres)).await.unwrap();
        let on_postgres: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
        assert_eq!(on_sqlite, on_postgres);
    }
}
