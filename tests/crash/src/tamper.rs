//! Hands on a cell's SQLite file, past Portico: what stands in any column of any row, and the same with something else
//! there.

use anyhow::{Context as _, Result, bail};
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions};
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection, TypeInfo as _, ValueRef as _};

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    Null,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// See the module.
pub struct Tamper(SqliteConnection);

impl Tamper {
    pub(crate) async fn open(file: &std::path::Path) -> Result<Self> {
        let options = SqliteConnectOptions::new().filename(file).busy_timeout(std::time::Duration::from_secs(5));
        Ok(Self(SqliteConnection::connect_with(&options).await?))
    }

    /// # Errors
    /// When the file cannot be closed.
    pub async fn close(self) -> Result<()> {
        Ok(self.0.close().await?)
    }

    /// Every table with its columns, by name.
    ///
    /// # Errors
    /// When the schema cannot be read.
    pub async fn tables(&mut self) -> Result<Vec<(String, Vec<String>)>> {
        let names = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
        let mut tables = Vec::new();
        for row in sqlx::query(names).fetch_all(&mut self.0).await? {
            let table: String = row.get(0);
            let columns = format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid");
            let columns = sqlx::query(AssertSqlSafe(columns)).fetch_all(&mut self.0).await?;
            tables.push((table, columns.iter().map(|row| row.get(0)).collect()));
        }
        Ok(tables)
    }

    /// The rows of a table that are so, by SQLite's own number.
    ///
    /// # Errors
    /// When `condition` is none.
    pub async fn rows(&mut self, table: &str, condition: &str) -> Result<Vec<i64>> {
        let query = format!("SELECT rowid FROM {table} WHERE {condition} ORDER BY rowid");
        Ok(sqlx::query(AssertSqlSafe(query)).fetch_all(&mut self.0).await?.iter().map(|row| row.get(0)).collect())
    }

    /// # Errors
    /// When there is no such row or column.
    pub async fn read(&mut self, table: &str, column: &str, row: i64) -> Result<Held> {
        let query = format!("SELECT {column} FROM {table} WHERE rowid = ?1");
        let found = sqlx::query(AssertSqlSafe(query)).bind(row).fetch_one(&mut self.0).await?;
        let held = found.try_get_raw(0)?;
        let kind = if held.is_null() { "NULL".to_owned() } else { held.type_info().name().to_owned() };
        Ok(match kind.as_str() {
            "NULL" => Held::Null,
            "INTEGER" => Held::Number(found.try_get(0)?),
            "TEXT" => Held::Text(found.try_get(0)?),
            "BLOB" => Held::Bytes(found.try_get(0)?),
            other => bail!("{table}.{column} holds {other}"),
        })
    }

    /// Puts something else there. `false` when the database itself refuses it.
    ///
    /// # Errors
    /// When the row is gone.
    pub async fn write(&mut self, table: &str, column: &str, row: i64, held: &Held) -> Result<bool> {
        let text = format!("UPDATE {table} SET {column} = ?1 WHERE rowid = ?2");
        let query = bind(sqlx::query(AssertSqlSafe(text)), held).bind(row);
        self.changes(query).await.with_context(|| format!("{table}.{column}"))
    }

    /// Takes a row out; gives what puts it back.
    ///
    /// # Errors
    /// When there is no such row.
    pub async fn delete(&mut self, table: &str, columns: &[String], row: i64) -> Result<Vec<Held>> {
        let mut held = Vec::new();
        for column in columns {
            held.push(self.read(table, column, row).await?);
        }
        let text = format!("DELETE FROM {table} WHERE rowid = ?1");
        sqlx::query(AssertSqlSafe(text)).bind(row).execute(&mut self.0).await?;
        Ok(held)
    }

    /// Puts a row back where it was.
    ///
    /// # Errors
    /// When something else is there.
    pub async fn restore(&mut self, table: &str, columns: &[String], row: i64, held: &[Held]) -> Result<()> {
        let places: Vec<_> = (2..columns.len() + 2).map(|place| format!("?{place}")).collect();
        let text = format!("INSERT INTO {table} (rowid, {}) VALUES (?1, {})", columns.join(", "), places.join(", "));
        let query = held.iter().fold(sqlx::query(AssertSqlSafe(text)).bind(row), bind);
        if !self.changes(query).await? {
            bail!("{table}: the row cannot be put back");
        }
        Ok(())
    }

    async fn changes(&mut self, query: sqlx::query::Query<'_, sqlx::Sqlite, SqliteArguments>) -> Result<bool> {
        match query.execute(&mut self.0).await {
            Ok(done) if done.rows_affected() == 1 => Ok(true),
            Ok(_) => bail!("the row is gone"),
            // A key that is there already, a check, a type: such damage cannot be.
            Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| is_constraint(&code)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// SQLITE_CONSTRAINT and its extended codes (sqlite.org/rescode.html).
fn is_constraint(code: &str) -> bool {
    code.parse::<u32>().is_ok_and(|code| code & 0xff == 19)
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Sqlite, SqliteArguments>;

fn bind<'q>(query: Query<'q>, held: &Held) -> Query<'q> {
    match held {
        Held::Null => query.bind(None::<i64>),
        Held::Number(number) => query.bind(*number),
        Held::Text(text) => query.bind(text.clone()),
        Held::Bytes(bytes) => query.bind(bytes.clone()),
    }
}
