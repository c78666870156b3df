//! Bringing a database up to this build's schema.

use portico_vocab::Sha256;
use sqlx::{AssertSqlSafe, Executor as _, raw_sql};

use super::super::ddl;
use super::run::{self, Fault, transaction};
use super::{Conn, Result, SqlLedger};
use crate::error::LedgerError;
use crate::sql::migration::{MIGRATIONS, Migration, TABLE};
use crate::sql::text::schema as t;
use crate::sql::value::values;

use super::reader::Reader;

impl SqlLedger {
    /// Takes the steps of the schema not yet taken, all in one transaction; says how many there were.
    ///
    /// # Errors
    /// [`LedgerError::Inconsistent`] when a step already taken had another text than this build's.
    #[tracing::instrument(skip_all, err(level = "debug"))]
    pub async fn migrate(&self) -> Result<usize> {
        transaction!(self.try_migrate())
    }

    async fn try_migrate(&self) -> Result<usize, Fault> {
        let mut tx = self.begin().await?;
        tx.execute(raw_sql(AssertSqlSafe(ddl(TABLE)))).await?;
        let taken = taken(&mut tx).await?;
        let mut steps = 0;
        for (place, step) in MIGRATIONS.iter().enumerate() {
            match taken.get(place) {
                Some(known) if *known == (step.number, Sha256::of(step.text.as_bytes())) => {}
                Some(_) => {
                    let what =
                        "a step already taken differs from this build's: this is another product's or an altered one";
                    return Err(LedgerError::Inconsistent { table: "migration", what }.into());
                }
                None => {
                    take(&mut tx, step).await?;
                    steps += 1;
                }
            }
        }
        tx.commit().await?;
        Ok(steps)
    }

    /// # Errors
    /// [`LedgerError::NotMigrated`] when the schema is not the newest this build knows.
    pub async fn require_schema(&self) -> Result<()> {
        let mut conn = self.reader().await.map_err(run::unavailable)?;
        let needed = MIGRATIONS.last().map_or(0, |step| step.number);
        // A database that was never migrated has no table to ask.
        let found = match run::optional(&mut conn, &t::NEWEST, values![]).await {
            Ok(Some(row)) => Reader::new("migration", &row).number_or_null()?.unwrap_or(0),
            Ok(None) | Err(sqlx::Error::Database(_)) => 0,
            Err(error) => return Err(Fault::from(error).into()),
        };
        if found == needed { Ok(()) } else { Err(LedgerError::NotMigrated { found, needed }) }
    }
}

async fn taken(conn: &mut Conn) -> Result<Vec<(i64, Sha256)>, Fault> {
    let rows = run::all(conn, &t::TAKEN, values![]).await?;
    let mut taken = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut reader = Reader::new("migration", row);
        taken.push((reader.number()?, reader.digest()?));
    }
    Ok(taken)
}

async fn take(conn: &mut Conn, step: &Migration) -> Result<(), Fault> {
    conn.execute(raw_sql(AssertSqlSafe(ddl(step.text)))).await?;
    let digest = Sha256::of(step.text.as_bytes());
    run::execute(conn, &t::TAKE, values![step.number, step.name, digest]).await?;
    tracing::info!(number = step.number, name = step.name, "migrated");
    Ok(())
}
