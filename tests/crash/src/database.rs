//! A cell's database, as an operator would reach it: by SQL, beside Portico.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use portico_ledger::testing::{Guard, fresh_postgres};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection, Row as _};

use crate::Line;

/// What the cell keeps its records in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    /// On the server of `PORTICO_TEST_POSTGRES`, a fresh database, reached through a line that can be cut.
    Postgres,
}

pub(crate) enum Database {
    Sqlite { file: PathBuf },
    Postgres { direct: String, through: String, line: Line, _guard: Guard },
}

impl Database {
    pub(crate) async fn fresh(engine: Engine, folder: &Path) -> Result<Self> {
        if engine == Engine::Sqlite {
            return Ok(Self::Sqlite { file: folder.join("br.db") });
        }
        let (direct, guard) = fresh_postgres().await;
        let url = reqwest::Url::parse(&direct)?;
        let host = url.host_str().context("no host in PORTICO_TEST_POSTGRES")?.to_owned();
        let server: SocketAddr = format!("{host}:{}", url.port().unwrap_or(5432)).parse()?;
        let line = Line::lay(Some(server))?;
        let mut through = url;
        through.set_port(Some(line.address().port())).map_err(|()| anyhow::anyhow!("no port in {direct}"))?;
        Ok(Self::Postgres { direct, through: through.to_string(), line, _guard: guard })
    }

    /// As the configuration names it.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite { file } => format!("sqlite://{}", file.display()),
            Self::Postgres { through, .. } => through.clone(),
        }
    }

    /// The same, past the line.
    pub(crate) fn direct_url(&self) -> String {
        match self {
            Self::Sqlite { .. } => self.url(),
            Self::Postgres { direct, .. } => direct.clone(),
        }
    }

    pub(crate) fn file(&self) -> Option<&Path> {
        if let Self::Sqlite { file } = self { Some(file) } else { None }
    }

    pub(crate) fn line(&self) -> Option<&Line> {
        if let Self::Postgres { line, .. } = self { Some(line) } else { None }
    }

    /// Runs one statement; says how many rows it changed.
    pub(crate) async fn execute(&self, sql: &str) -> Result<u64> {
        let statement = AssertSqlSafe(sql.to_owned());
        Ok(match self {
            Self::Sqlite { file } => {
                let mut connection = SqliteConnectOptions::new().filename(file).connect().await?;
                let changed = connection.execute(statement).await?.rows_affected();
                connection.close().await?;
                changed
            }
            Self::Postgres { direct, .. } => {
                let mut connection = PgConnection::connect(direct).await?;
                let changed = connection.execute(statement).await?.rows_affected();
                connection.close().await?;
                changed
            }
        })
    }

    /// The one number a query gives.
    pub(crate) async fn number(&self, sql: &str) -> Result<i64> {
        let query = AssertSqlSafe(sql.to_owned());
        Ok(match self {
            Self::Sqlite { file } => {
                let mut connection = SqliteConnectOptions::new().filename(file).read_only(true).connect().await?;
                let number = connection.fetch_one(query).await?.try_get(0)?;
                connection.close().await?;
                number
            }
            Self::Postgres { direct, .. } => {
                let mut connection = PgConnection::connect(direct).await?;
                let number = connection.fetch_one(query).await?.try_get(0)?;
                connection.close().await?;
                number
            }
        })
    }
}
