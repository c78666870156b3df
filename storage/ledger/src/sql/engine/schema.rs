//! Bringing a database up to this build's schema, and asking it how durable it is.

use portico_vocab::Sha256;
use sqlx::{AssertSqlSafe, Executor as _, raw_sql};

use super::super::{DURABILITY, NO_TABLE, VERSION, ddl};
use super::run::{self, Fault, transaction};
use super::{Conn, Result, SqlLedger};
use crate::durability::{Durability, DurabilitySetting};
use crate::error::LedgerError;
use crate::sql::asked::Asked;
use crate::sql::migration::{MIGRATIONS, Migration, TABLE};
use crate::sql::text::schema as t;
use crate::sql::value::values;

use super::reader::Reader;

impl SqlLedger {
    /// Takes the steps of the schema not yet taken, all in one transaction; says how many there were.
    ///
    /// # Errors
    /// [`LedgerError::OtherSchema`] when a step already taken had another text than this build's,
    /// [`LedgerError::NewerSchema`] when there are more than it knows.
    #[tracing::instrument(skip_all, err(level = "debug"))]
    pub async fn migrate(&self) -> Result<usize> {
        transaction!(self.try_migrate())
    }

    async fn try_migrate(&self) -> Result<usize, Fault> {
        let mut tx = self.begin().await?;
        tx.execute(raw_sql(AssertSqlSafe(ddl(TABLE)))).await?;
        let left = steps_after(&taken(&mut tx).await?)?;
        for step in left {
            take(&mut tx, step).await?;
        }
        tx.commit().await?;
        Ok(left.len())
    }

    /// Names of the steps not yet taken, in order; nothing is written.
    ///
    /// # Errors
    /// As [`Self::migrate`].
    pub async fn pending_migrations(&self) -> Result<Vec<&'static str>> {
        Ok(self.steps_left().await?.iter().map(|step| step.name).collect())
    }

    /// # Errors
    /// [`LedgerError::NotMigrated`] when a step is left to take, besides what [`Self::migrate`] says.
    pub async fn require_schema(&self) -> Result<()> {
        match self.steps_left().await? {
            [] => Ok(()),
            [next, ..] => Err(LedgerError::NotMigrated { found: next.number - 1, needed: newest() }),
        }
    }

    async fn steps_left(&self) -> Result<&'static [Migration]> {
        let mut conn = self.reader().await.map_err(run::unavailable)?;
        match taken(&mut conn).await {
            Ok(taken) => steps_after(&taken),
            // A database that was never migrated has no table to ask.
            Err(Fault::Sql(sqlx::Error::Database(error))) if error.code().as_deref() == Some(NO_TABLE) => {
                Ok(MIGRATIONS)
            }
            Err(fault) => Err(fault.into()),
        }
    }

    pub(super) async fn durability_of_writes(&self) -> Result<Durability> {
        let mut conn = self.write.acquire().await.map_err(run::unavailable)?;
        let engine = answer(&mut conn, VERSION).await?;
        let mut settings = Vec::with_capacity(DURABILITY.len());
        for Asked { name, text, unsound } in DURABILITY {
            let value = answer(&mut conn, text).await?;
            let sound = !unsound.contains(&value.as_str());
            settings.push(DurabilitySetting { name, value, sound });
        }
        Ok(Durability { engine, settings })
    }
}

async fn answer(conn: &mut Conn, text: &'static str) -> Result<String> {
    let row = sqlx::query(text).fetch_one(conn).await.map_err(Fault::from)?;
    Reader::new("settings", &row).text()
}

fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |step| step.number)
}

/// The steps left after those taken.
fn steps_after(taken: &[(i64, Sha256)]) -> Result<&'static [Migration]> {
    for (step, known) in MIGRATIONS.iter().zip(taken) {
        if *known != (step.number, Sha256::of(step.text.as_bytes())) {
            return Err(LedgerError::OtherSchema { number: step.number });
        }
    }
    match (taken.last(), MIGRATIONS.get(taken.len()..)) {
        (_, Some(left)) => Ok(left),
        (found, None) => Err(LedgerError::NewerSchema { found: found.map_or(0, |step| step.0), known: newest() }),
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
