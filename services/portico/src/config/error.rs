//! What is wrong with a configuration: the key or file, what was expected, and the mend.

use std::path::{Path, PathBuf};

use portico_vocab::CountryCode;

#[derive(Debug, Clone, thiserror::Error)]
pub enum ConfigError {
    #[error("{path}: cannot be read ({why}): give the path of a portico.toml with --config", path = path.display())]
    File { path: PathBuf, why: String },
    #[error("not a configuration: {0}")]
    Toml(String),
    #[error("{path}: {error}", path = path.display())]
    In { path: PathBuf, error: Box<ConfigError> },
    #[error("{key}: expected {expected}; {mend}")]
    Key { key: &'static str, expected: String, mend: String },
    #[error("cell.{key}: two cells share it ({country} is the second): give each cell its own")]
    Shared { key: &'static str, country: CountryCode },
    #[error("{section} {name:?} names the cell {country}, which is not in this file: add a [[cell]] or remove it")]
    UnknownCell { section: &'static str, name: String, country: CountryCode },
    #[error("{section} {name:?}: expected a name of its own, by which operators and histories know it: rename it")]
    Named { section: &'static str, name: String },
    #[error("secret {what}: {why}: set the variable, or mend the path and its permissions")]
    Secret { what: String, why: &'static str },
}

impl ConfigError {
    pub(crate) fn key(key: &'static str, expected: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Key { key, expected: expected.into(), mend: mend.into() }
    }

    pub(crate) fn in_file(self, path: &Path) -> Self {
        Self::In { path: path.to_owned(), error: Box::new(self) }
    }
}
