//! From the address in a configuration to the ledger behind it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{PostgresLedger, SqliteLedger};
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::memory::MemoryLedger;

/// The forms an address may take.
enum Address<'a> {
    Memory,
    Sqlite(&'a Path),
    Postgres(&'a str),
}

impl<'a> Address<'a> {
    fn parse(url: &'a str) -> Result<Self, LedgerError> {
        if url == "memory:" {
            return Ok(Self::Memory);
        }
        if let Some(path) = url.strip_prefix("sqlite://").filter(|path| !path.is_empty()) {
            return Ok(Self::Sqlite(Path::new(path)));
        }
        let postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
        if postgres { Ok(Self::Postgres(url)) } else { Err(LedgerError::Address) }
    }
}

/// Opens the ledger at `url`: `sqlite:///absolute/path`, `sqlite://relative/path`, `postgres://…` or `memory:`.
///
/// # Errors
/// [`LedgerError::Address`] for any other form; [`LedgerError::NotMigrated`] when the schema is not the one this build
/// writes ([`LedgerError::NewerSchema`], [`LedgerError::OtherSchema`]); [`LedgerError::InUse`] when another process has the SQLite file; `Unavailable` when nothing answers.
pub async fn open(url: &str) -> Result<Arc<dyn Ledger>, LedgerError> {
    Ok(match Address::parse(url)? {
        Address::Memory => Arc::new(MemoryLedger::new()),
        Address::Sqlite(path) => {
            let ledger = SqliteLedger::open(path).await?;
            ledger.require_schema().await?;
            Arc::new(ledger)
        }
        Address::Postgres(url) => {
            let ledger = PostgresLedger::connect(url).await?;
            ledger.require_schema().await?;
            Arc::new(ledger)
        }
    })
}

/// Opens the ledger at `url` to look only, beside whoever writes it. Every write through it is [`LedgerError::ReadOnly`].
///
/// # Errors
/// As [`open`], but for [`LedgerError::InUse`].
pub async fn open_read_only(url: &str) -> Result<Arc<dyn Ledger>, LedgerError> {
    Ok(match Address::parse(url)? {
        // A ledger in memory is of this process alone and was never written.
        Address::Memory => Arc::new(MemoryLedger::new()),
        Address::Sqlite(path) => {
            let ledger = SqliteLedger::open_read_only(path).await?;
            ledger.require_schema().await?;
            Arc::new(ledger)
        }
        Address::Postgres(url) => {
            let ledger = PostgresLedger::connect_read_only(url).await?;
            ledger.require_schema().await?;
            Arc::new(ledger)
        }
    })
}

/// Names of the migrations that the database at `url` has still to go through, in order; nothing is written.
///
/// # Errors
/// As [`open_read_only`], but for [`LedgerError::NotMigrated`], which is what is asked.
pub async fn pending_migrations(url: &str) -> Result<Vec<&'static str>, LedgerError> {
    match Address::parse(url)? {
        Address::Memory => Ok(Vec::new()),
        Address::Sqlite(path) => SqliteLedger::open_read_only(path).await?.pending_migrations().await,
        Address::Postgres(url) => PostgresLedger::connect_read_only(url).await?.pending_migrations().await,
    }
}

/// Brings the schema at `url` up to this build; says how many steps were taken. Nothing to do is no error.
///
/// # Errors
/// As [`open`], but for [`LedgerError::NotMigrated`], which this mends.
pub async fn migrate(url: &str) -> Result<usize, LedgerError> {
    match Address::parse(url)? {
        Address::Memory => Ok(0),
        Address::Sqlite(path) => SqliteLedger::open(path).await?.migrate().await,
        Address::Postgres(url) => PostgresLedger::connect(url).await?.migrate().await,
    }
}

/// One text for every spelling of one place: two addresses with the same text are the same database. Names of one host
/// that only a resolver knows stay apart.
///
/// # Errors
/// [`LedgerError::Address`] when `url` has no form that can be read.
pub fn place(url: &str) -> Result<String, LedgerError> {
    Ok(match Address::parse(url)? {
        Address::Memory => url.to_owned(),
        Address::Sqlite(path) => format!("sqlite {}", settled(path).display()),
        Address::Postgres(url) => super::postgres::place(url)?,
    })
}

/// The file behind a path, through symlinks and dots, whether it is there already or not.
fn settled(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let whole = std::fs::canonicalize(&path);
    whole.unwrap_or_else(|_| match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) => settled(folder).join(name),
        _ => path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_place_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display();
        std::fs::create_dir(folder.path().join("real")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("real"), folder.path().join("link")).unwrap();
        let same = |one: &str, other: &str| assert_eq!(place(one).unwrap(), place(other).unwrap(), "{one} {other}");
        same(&format!("sqlite://{at}/real/in.db"), &format!("sqlite://{at}/link/in.db"));
        same(&format!("sqlite://{at}/real/in.db"), &format!("sqlite://{at}/real/./in.db"));
        same("postgres://a:secret@DB.bank.example/kyc", "postgresql://b@db.bank.example:5432/kyc?sslmode=require");
        same("postgres://a@localhost/kyc", "postgres://a@127.0.0.1:5432/%6byc");
        assert_ne!(place("postgres://a@h/in").unwrap(), place("postgres://a@h/br").unwrap());
        assert_ne!(place("postgres://a@h:5433/in").unwrap(), place("postgres://a@h/in").unwrap());
        assert!(!place("postgres://a:secret@h/in").unwrap().contains("secret"));
    }

    #[test]
    fn another_form_is_refused_with_those_that_are_read() {
        for url in ["", "memory", "sqlite:", "sqlite://", "mysql://host/db", "/var/lib/in.db"] {
            let error = Address::parse(url).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains("sqlite:///") && error.contains("postgres://"), "{url}: {error}");
        }
    }
}
