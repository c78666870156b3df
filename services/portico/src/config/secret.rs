//! Secrets by reference: the environment or a file, and inline only where that was allowed.

use std::fmt;
use std::path::PathBuf;

use portico_vocab::Sha256;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ConfigError;

/// `{ env = "NAME" }`, `{ file = "PATH" }`, or the secret itself.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Secret {
    Env {
        env: String,
    },
    File {
        file: PathBuf,
    },
    /// Refused by `serve` unless `allow_inline_secrets`.
    Inline(String),
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env { env } => write!(f, "env {env}"),
            Self::File { file } => write!(f, "file {}", file.display()),
            Self::Inline(_) => f.write_str("inline"),
        }
    }
}

impl Secret {
    /// The secret, without the line end a file brings.
    ///
    /// # Errors
    /// When the variable is not set or the file cannot be read, naming which.
    pub fn read(&self) -> Result<String, ConfigError> {
        let missing = |why| ConfigError::Secret { what: format!("{self:?}"), why };
        let text = match self {
            Self::Env { env } => std::env::var(env).map_err(|_| missing("is not set"))?,
            Self::File { file } => std::fs::read_to_string(file).map_err(|_| missing("cannot be read"))?,
            Self::Inline(text) => text.clone(),
        };
        let text = text.trim().to_owned();
        if text.is_empty() { Err(missing("is empty")) } else { Ok(text) }
    }

    #[must_use]
    pub const fn is_inline(&self) -> bool {
        matches!(self, Self::Inline(_))
    }

    /// Tells two references apart without reading them.
    pub(crate) fn fingerprint(&self) -> String {
        match self {
            Self::Inline(text) => Sha256::of(text.as_bytes()).to_hex(),
            other => format!("{other:?}"),
        }
    }
}
