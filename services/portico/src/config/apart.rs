//! What two cells must not share, however it is spelt: country, database, bucket, master key, phone number.
//!
//! An address has many spellings (a symlink, a default port, `localhost`), so places are compared by an identity that
//! folds them. A secret is compared by where it lies here, and by its value when `assemble` has read it.

use std::collections::BTreeSet;

use portico_vault::BucketConfig;

use super::{CellConfig, ConfigError, Secret};

/// What the cells so far have for themselves.
#[derive(Default)]
pub(crate) struct Apart(BTreeSet<(&'static str, String)>);

impl Apart {
    /// Adds what the file says of a cell.
    ///
    /// # Errors
    /// When an earlier cell has one of it, or a place has no form that can be read.
    pub(crate) fn add(&mut self, cell: &CellConfig) -> Result<(), ConfigError> {
        self.own(cell, "country", cell.country.to_string())?;
        match &cell.database {
            Secret::Inline(address) => self.own_database(cell, address)?,
            elsewhere => self.own(cell, "database", elsewhere.fingerprint())?,
        }
        self.own(cell, "bucket", bucket(cell)?)?;
        self.own(cell, "master_key", cell.master_key.fingerprint())?;
        for number in &cell.phone_number_ids {
            self.own(cell, "phone_number_ids", number.to_string())?;
        }
        Ok(())
    }

    /// Adds the database of a cell, once its address is known.
    ///
    /// # Errors
    /// As [`Apart::add`].
    pub(crate) fn own_database(&mut self, cell: &CellConfig, address: &str) -> Result<(), ConfigError> {
        let place = portico_ledger::place(address).map_err(|error| {
            ConfigError::key("cell.database", "sqlite:///PATH or postgres://USER@HOST/NAME", error.to_string())
        })?;
        self.own(cell, "database", place)
    }

    /// Adds one thing of a cell.
    ///
    /// # Errors
    /// When an earlier cell has it.
    pub(crate) fn own(&mut self, cell: &CellConfig, key: &'static str, what: String) -> Result<(), ConfigError> {
        if self.0.insert((key, what)) { Ok(()) } else { Err(ConfigError::Shared { key, country: cell.country }) }
    }
}

fn bucket(cell: &CellConfig) -> Result<String, ConfigError> {
    let bucket = &cell.bucket;
    let (access_key, secret_key) = (String::new(), String::new());
    let (name, region, endpoint) = (bucket.name.clone(), bucket.region.clone(), bucket.endpoint.clone());
    BucketConfig { name, region, endpoint, access_key, secret_key }.place().map_err(|error| {
        ConfigError::key("cell.bucket", "a name, a region and an endpoint that can be used", error.to_string())
    })
}

/// Whether a database's address holds a password: `postgres://user:password@host/name` or `?password=`.
pub(super) fn holds_password(address: &str) -> bool {
    let Some((_, rest)) = address.split_once("://") else { return false };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    user.contains(':') || rest.split(['?', '&']).skip(1).any(|pair| pair.starts_with("password="))
}
