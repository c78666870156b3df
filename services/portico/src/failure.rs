//! Why a command did not succeed, and the exit status it stands for (contract.md section 1).

/// Why a command did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// The thing checked is not so, or the work failed: exit status 1.
    NotSo(String),
    /// Usage or configuration: exit status 2; the message names the key or file, what was expected, and the mend.
    Usage(String),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::NotSo(format!("{error:#}"))
    }
}

impl From<crate::config::ConfigError> for Failure {
    fn from(error: crate::config::ConfigError) -> Self {
        Self::Usage(error.to_string())
    }
}
