//! A ledger as it is after years: finished cases by the hundred thousand, made by the server itself, so that what is
//! measured beside them is measured on tables of that size.

use anyhow::{Result, ensure};
use clap::Parser;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, raw_sql};

#[derive(Parser)]
pub struct Args {
    /// Of PostgreSQL
    #[arg(long)]
    url: String,
    #[arg(long)]
    cases: u64,
}

/// What finished cases leave, from one number to another; the ledger's own test of plans uses it too.
const GROWN: &str = include_str!("../../../storage/ledger/tests/grown.sql");

/// Cases a statement.
const STEP: u64 = 20_000;

pub async fn run(args: &Args) -> Result<()> {
    portico_ledger::migrate(&args.url).await?;
    let mut conn = PgConnection::connect(&args.url).await?;
    conn.execute("SET synchronous_commit = off").await?;
    let there: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM kase").fetch_one(&mut conn).await?;
    let mut from = u64::try_from(there)? + 1;
    ensure!(from <= args.cases, "there are {there} cases already");
    while from <= args.cases {
        let to = args.cases.min(from + STEP - 1);
        let text = GROWN.replace("FROM_N", &from.to_string()).replace("TO_N", &to.to_string());
        conn.execute(raw_sql(AssertSqlSafe(text))).await?;
        from = to + 1;
    }
    conn.execute("VACUUM (ANALYZE)").await?;
    println!("{}", serde_json::json!({ "cases": args.cases }));
    Ok(())
}
