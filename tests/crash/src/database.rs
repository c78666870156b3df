//! A cell's database, as an operator would reach it: by SQL, beside Portico.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use portico_ledger::testing::{Guard, fresh_postgres};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection, Row as _};

use crate::{Cluster, Country, Line};

/// What the cell keeps its records in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    /// On the server of `PORTICO_TEST_POSTGRES`, a fresh database with a role of its own, the only one beside the
    /// superuser that may connect to it; reached through a line that can be cut.
    Postgres,
}

/// One row, past Portico.
#[derive(Clone)]
pub struct Record {
    pub table: String,
    /// By column; what is NULL is not there.
    pub values: BTreeMap<String, Value>,
}

/// What a column of a row holds: numbers and text as they are written, bytes as they are.
#[derive(Clone)]
pub struct Value {
    pub bytes: Vec<u8>,
    pub is_bytes: bool,
}

pub(crate) enum Database {
    Sqlite {
        file: PathBuf,
    },
    /// `direct` is the superuser's; `through` is the role's, along the line.
    Postgres {
        direct: String,
        through: String,
        line: Line,
        keeper: Keeper,
    },
}

/// What a Postgres database lives by.
pub(crate) enum Keeper {
    /// One of many on the server of the tests.
    Shared { _guard: Guard },
    /// Alone on a server of its own.
    Own(Box<Cluster>),
}

/// A table that others cannot use, until this is lifted.
pub struct Blockade(PgConnection);

impl Blockade {
    /// # Errors
    /// When the server is gone.
    pub async fn lifts(self) -> Result<()> {
        Ok(self.0.close().await?)
    }
}

/// Longer than Portico holds the one writer's place on SQLite.
const BUSY: std::time::Duration = std::time::Duration::from_secs(5);

/// Of every role: the cluster is private, on loopback, and gone after the run.
const PASSWORD: &str = "invented-Kolkrabe";

impl Database {
    pub(crate) async fn fresh(engine: Engine, country: &Country, folder: &Path) -> Result<Self> {
        if engine == Engine::Sqlite {
            return Ok(Self::Sqlite { file: folder.join(format!("{}.db", country.lower())) });
        }
        let (direct, guard) = fresh_postgres().await;
        Self::on(direct, Keeper::Shared { _guard: guard }).await
    }

    /// A fresh database on a server of its own.
    pub(crate) async fn fresh_on(cluster: Cluster, country: &Country) -> Result<Self> {
        let name = format!("kyc_{}", country.lower());
        if !cluster.is_restored {
            let mut connection = PgConnection::connect(&cluster.url("postgres")).await?;
            connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
            connection.close().await?;
        }
        Self::on(cluster.url(&name), Keeper::Own(Box::new(cluster))).await
    }

    async fn on(direct: String, keeper: Keeper) -> Result<Self> {
        let mut through = reqwest::Url::parse(&direct)?;
        let name = through.path().trim_start_matches('/').to_owned();
        let is_restored = matches!(&keeper, Keeper::Own(cluster) if cluster.is_restored);
        if !is_restored {
            give_to_a_role(&direct, &name).await?;
        }
        let line = Line::lay(Some(server(&direct)?))?;
        let wrong = |()| anyhow::anyhow!("PORTICO_TEST_POSTGRES is no address of a server");
        through.set_port(Some(line.address().port())).map_err(wrong)?;
        through.set_username(&name).map_err(wrong)?;
        through.set_password(Some(PASSWORD)).map_err(wrong)?;
        Ok(Self::Postgres { direct, through: through.to_string(), line, keeper })
    }

    /// Where the server listens, past the line.
    pub(crate) fn server(&self) -> Result<SocketAddr> {
        server(&self.direct_url())
    }

    /// Tries to connect to another database as the role of this one; what the server says to that.
    pub(crate) async fn trespasses(&self, other: &Self) -> Result<String> {
        let (ours, theirs) = (reqwest::Url::parse(&self.url())?, reqwest::Url::parse(&other.url())?);
        let mut address = ours;
        address.set_path(theirs.path());
        match PgConnection::connect(address.as_str()).await {
            Ok(_) => bail!("it may"),
            Err(error) => Ok(error.to_string()),
        }
    }

    /// Every row of every table. The engine itself says what there is, so that no column can be forgotten.
    pub(crate) async fn records(&self) -> Result<Vec<Record>> {
        let columns = match self {
            Self::Sqlite { .. } => {
                "SELECT CAST(t.name AS BLOB), CAST(c.name AS BLOB), CAST(c.type AS BLOB), \
                 CAST('CAST(\"' || c.name || '\" AS BLOB)' AS BLOB) \
                 FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"
            }
            Self::Postgres { .. } => {
                "SELECT convert_to(table_name, 'UTF8'), convert_to(column_name, 'UTF8'), convert_to(data_type, 'UTF8'), \
                 convert_to(CASE WHEN data_type = 'bytea' THEN format('%I', column_name) \
                 ELSE format('convert_to(%I::text, ''UTF8'')', column_name) END, 'UTF8') \
                 FROM information_schema.columns WHERE table_schema = 'public'"
            }
        };
        let mut tables: BTreeMap<String, Vec<[String; 3]>> = BTreeMap::new();
        for column in self.rows(columns).await? {
            let words: Vec<_> = column.into_iter().flatten().map(String::from_utf8).collect::<Result<_, _>>()?;
            let [table, name, kind, value] = words.try_into().ok().context("a column is told by four words")?;
            tables.entry(table).or_default().push([name, kind, value]);
        }
        let mut found = Vec::new();
        for (table, columns) in tables {
            let values: Vec<_> = columns.iter().map(|[_, _, value]| value.as_str()).collect();
            for row in self.rows(&format!("SELECT {} FROM \"{table}\"", values.join(", "))).await? {
                let named = columns.iter().zip(row).filter_map(|([name, kind, _], value)| {
                    let is_bytes = kind.eq_ignore_ascii_case("bytea") || kind.eq_ignore_ascii_case("blob");
                    Some((name.clone(), Value { bytes: value?, is_bytes }))
                });
                found.push(Record { table: table.clone(), values: named.collect() });
            }
        }
        Ok(found)
    }

    /// The rows of a query whose columns are all bytes.
    async fn rows(&self, sql: &str) -> Result<Vec<Vec<Option<Vec<u8>>>>> {
        let query = AssertSqlSafe(sql.to_owned());
        Ok(match self {
            Self::Sqlite { file } => {
                let mut connection = SqliteConnectOptions::new().filename(file).read_only(true).connect().await?;
                let rows = connection.fetch_all(query).await?;
                connection.close().await?;
                rows.iter().map(bytes).collect::<Result<_, _>>()?
            }
            Self::Postgres { direct, .. } => {
                let mut connection = PgConnection::connect(direct).await?;
                let rows = connection.fetch_all(query).await?;
                connection.close().await?;
                rows.iter().map(bytes).collect::<Result<_, _>>()?
            }
        })
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

    pub(crate) fn cluster(&self) -> Option<&Cluster> {
        if let Self::Postgres { keeper: Keeper::Own(cluster), .. } = self { Some(cluster) } else { None }
    }

    /// Locks a table.
    pub(crate) async fn blocks(&self, table: &str, mode: &str) -> Result<Blockade> {
        let Self::Postgres { direct, .. } = self else { bail!("SQLite has no locks on tables") };
        let mut connection = PgConnection::connect(direct).await?;
        for statement in ["BEGIN".to_owned(), format!("LOCK TABLE {table} IN {mode} MODE")] {
            connection.execute(AssertSqlSafe(statement)).await?;
        }
        Ok(Blockade(connection))
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

    /// Runs any number of statements.
    pub(crate) async fn script(&self, sql: &str) -> Result<()> {
        let statements = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match self {
            Self::Sqlite { file } => {
                let patient = SqliteConnectOptions::new().filename(file).busy_timeout(BUSY);
                let mut connection = patient.connect().await?;
                connection.execute(statements).await?;
                connection.close().await?;
            }
            Self::Postgres { direct, .. } => {
                let mut connection = PgConnection::connect(direct).await?;
                connection.execute(statements).await?;
                connection.close().await?;
            }
        }
        Ok(())
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

/// Makes a role that has this database and may connect to no other; nobody else may connect to it.
async fn give_to_a_role(direct: &str, name: &str) -> Result<()> {
    let mut connection = PgConnection::connect(direct).await?;
    for statement in [
        // A process that was killed may have left one under this name.
        format!("DROP ROLE IF EXISTS {name}"),
        format!("CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'"),
        format!("ALTER DATABASE {name} OWNER TO {name}"),
        format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"),
    ] {
        connection.execute(AssertSqlSafe(statement)).await?;
    }
    Ok(connection.close().await?)
}

fn server(url: &str) -> Result<SocketAddr> {
    let url = reqwest::Url::parse(url)?;
    let host = url.host_str().context("PORTICO_TEST_POSTGRES names no host")?.to_owned();
    Ok(format!("{host}:{}", url.port().unwrap_or(5432)).parse()?)
}

fn bytes<R>(row: &R) -> Result<Vec<Option<Vec<u8>>>, sqlx::Error>
where
    R: sqlx::Row,
    usize: sqlx::ColumnIndex<R>,
    for<'a> Option<Vec<u8>>: sqlx::Decode<'a, R::Database> + sqlx::Type<R::Database>,
{
    (0..row.len()).map(|place| row.try_get(place)).collect()
}
